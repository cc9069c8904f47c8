"""What needs somebody now."""

from dataclasses import dataclass
from datetime import datetime

from supplychain.domain.exception_cases import Kind
from supplychain.queries.devices import DeviceLine, calibrations_due
from supplychain.queries.exceptions import CaseLine, open_cases_of
from supplychain.queries.lots import LegLine, excursions_to_read
from supplychain.queries.questions import Waiting, waiting_with
from supplychain.queries.recalls import RecallToAnswer, recalls_to
from supplychain.queries.stock import InTransit, Stock, expiring, inbound_to, outbound_of, stock_of
from supplychain.queries.surpluses import SurplusLine, surpluses_asked

_SHOWN = frozenset({Kind.SHORT, Kind.DAMAGED})


@dataclass(frozen=True, slots=True)
class Attention:
    """What an organisation's desk shows first. `short`: dispatches of which a part is missing.

    `came_back` is to be checked, `too_many` is what receivers found beyond a dispatch.

    `exceptions` are those that no other list here shows: short and damaged goods have their own.
    """

    to_receive: tuple[InTransit, ...]
    short: tuple[InTransit, ...]
    quarantined: tuple[Stock, ...]
    blocked: tuple[Stock, ...]
    excursions: tuple[LegLine, ...]
    expiring: tuple[Stock, ...]
    recalls: tuple[RecallToAnswer, ...] = ()
    exceptions: tuple[CaseLine, ...] = ()
    undecided: tuple[Waiting, ...] = ()
    calibrations: tuple[DeviceLine, ...] = ()
    came_back: tuple[Stock, ...] = ()
    too_many: tuple[SurplusLine, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return any(
            (
                self.to_receive,
                self.short,
                self.quarantined,
                self.blocked,
                self.excursions,
                self.expiring,
                self.recalls,
                self.exceptions,
                self.undecided,
                self.calibrations,
                self.came_back,
                self.too_many,
            )
        )


def needs_you_now(gln: str, at: datetime) -> Attention:
    """The organisation's own matters that wait for a person."""
    inbound, stock = inbound_to(gln), stock_of(gln)
    return Attention(
        to_receive=tuple(line for line in inbound if not line.rest),
        short=tuple(line for line in (*inbound, *outbound_of(gln)) if line.rest),
        quarantined=tuple(line for line in stock if line.quarantined),
        blocked=tuple(line for line in stock if line.lot.recalled or line.lot.on_hold),
        excursions=tuple(excursions_to_read(gln)),
        expiring=tuple(expiring(gln, at)),
        recalls=tuple(one for one in recalls_to(gln) if one.units and one.answer is None),
        calibrations=tuple(calibrations_due(gln, at.date())),
        undecided=tuple(waiting_with(gln)),
        came_back=tuple(line for line in stock if line.returned),
        too_many=tuple(surpluses_asked(gln)),
        exceptions=tuple(one for one in open_cases_of(gln) if one.case.kind not in _SHOWN),
    )
