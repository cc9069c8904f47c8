"""What receivers found too much, and no giver has admitted yet."""

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.core.entry import stream_id
from supplychain.domain.lots import LotKey
from supplychain.models import OverReceipt
from supplychain.queries.lot_lines import LotLine, lot_lines
from supplychain.queries.organisations import names_of


@dataclass(frozen=True, slots=True)
class SurplusLine:
    """A question to the giver: the entry `receipt` found so many units too much."""

    receipt: str
    lot: LotLine
    receiver: str
    receiver_name: str
    quantity: int
    serials: tuple[str, ...]


def surpluses_asked(gln: str) -> list[SurplusLine]:
    """What is asked of the organisation, the oldest first."""
    return _lines(OverReceipt.objects.filter(giver=gln, admitted_by=None).order_by("at"))


def surplus_of(gln: str, lot: LotKey, receipt: str) -> SurplusLine | None:
    """What this receipt of the lot asks of the organisation, while it is open."""
    stream = stream_id(lot.stream)
    rows = OverReceipt.objects.filter(
        stream_id=stream, entry_id=receipt, giver=gln, admitted_by=None
    )
    return next(iter(_lines(rows)), None)


def _lines(rows: Iterable[OverReceipt]) -> list[SurplusLine]:
    found = list(rows)
    lots = lot_lines({row.stream_id for row in found})
    names = names_of({row.receiver for row in found})
    return [
        SurplusLine(
            receipt=row.entry_id,
            lot=lots[row.stream_id],
            receiver=row.receiver,
            receiver_name=names.get(row.receiver, row.receiver),
            quantity=row.quantity,
            serials=tuple(row.serials),
        )
        for row in found
    ]
