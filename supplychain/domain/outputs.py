"""Custody outputs: so many units of a lot, in a state, with a holder.

Every custody statement uses up outputs of earlier entries and makes new ones; each output is
used once. Quantities are exact integers of the smallest saleable unit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest
from typing import Self

from ledger.core.canonical import Json
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln
from supplychain.domain.loads import NOTHING_PACKED, Load
from supplychain.domain.members import choice, hex_32, members, quantity, text
from supplychain.domain.rides import Ride
from supplychain.domain.spent import NOTHING_SPENT, Spent

Way = tuple[frozenset[Gln], ...]
"""Givers of goods, the last one last; several in one place where goods of several were mixed."""

WAY_MAX = 16
"""How far back a way is remembered: goods go on for ever, and a record of them must not grow so."""


class State(StrEnum):
    """What has become of goods."""

    HELD = "held"
    IN_TRANSIT = "in_transit"
    QUARANTINED = "quarantined"
    RETURNED = "returned"
    DISPENSED = "dispensed"
    DESTROYED = "destroyed"
    LOST = "lost"
    STOLEN = "stolen"
    SAMPLED = "sampled"
    EXPORTED = "exported"
    DECOMMISSIONED = "decommissioned"
    TRANSFORMED = "transformed"

    @property
    def final(self) -> bool:
        """Whether goods never leave this state again (R10)."""
        return self in FINAL


FINAL = frozenset(
    {
        State.DISPENSED,
        State.DESTROYED,
        State.LOST,
        State.STOLEN,
        State.SAMPLED,
        State.EXPORTED,
        State.DECOMMISSIONED,
        State.TRANSFORMED,
    }
)


@dataclass(frozen=True, slots=True)
class OutputClaim:
    """An output as a statement writes it: `{"state", "holder", "quantity", "to"?, "packs"?}`.

    The holder of goods in transit is the giver; `to` names the receiver, there and only there.
    `packs` is the root of the set of packs (64 hex digits), where the lot has serial numbers.
    """

    state: State
    holder: Gln
    quantity: int
    to: Gln | None = None
    packs: str | None = None

    def __post_init__(self) -> None:
        """Prove the quantity, and that just what is in transit names a receiver."""
        quantity(self.quantity, "output.quantity")
        if (self.to is not None) != (self.state is State.IN_TRANSIT):
            raise Invalid("TO_MISPLACED", "output.to: goods in transit have it, and no others.")

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read one member of `outputs`. Raises Invalid."""
        found = members(value, "output", ("state", "holder", "quantity"), ("to", "packs"))
        return cls(
            state=choice(found["state"], "output.state", State),
            holder=Gln.parse(text(found["holder"], "output.holder")),
            quantity=quantity(found["quantity"], "output.quantity"),
            to=Gln.parse(text(found["to"], "output.to")) if "to" in found else None,
            packs=hex_32(found["packs"], "output.packs") if "packs" in found else None,
        )

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        plain: dict[str, Json] = {
            "state": self.state.value,
            "holder": str(self.holder),
            "quantity": self.quantity,
        }
        if self.to is not None:
            plain["to"] = str(self.to)
        return plain if self.packs is None else plain | {"packs": self.packs}


@dataclass(frozen=True, slots=True)
class Over:
    """What a receiver found beyond what was sent: `{"quantity", "packs"?}`. It is no output yet."""

    quantity: int
    packs: str | None = None

    def __post_init__(self) -> None:
        """Prove the quantity."""
        quantity(self.quantity, "over.quantity")

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read the member `over`. Raises Invalid."""
        found = members(value, "over", ("quantity",), ("packs",))
        return cls(
            quantity(found["quantity"], "over.quantity"),
            hex_32(found["packs"], "over.packs") if "packs" in found else None,
        )

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        plain: dict[str, Json] = {"quantity": self.quantity}
        return plain if self.packs is None else plain | {"packs": self.packs}


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """An output that stands in the ledger.

    `made_at` is the time claimed by the entry that made it; what is told of goods on the way leaves
    it as it was, for they may have arrived before that. Goods in transit carry the entry id
    and time of the dispatch that sent them off, also after a part of them was received, and where
    they are on the way back to a supplier, in `sent_back` the state that they were in before.
    `rides` is what live trackers told of them since the dispatch.
    Goods in a final state carry in `ended_at` the time when they came into it.
    `packs` is the root of the set of packs, None where the lot has no serial numbers. `way` says
    by whose hands the goods came to their holder, and so to whom they can go back. `questions` are
    the entries whose temperature has to be decided on before the goods move on, `spent` is what
    they used up of a stability budget. `unchecked`: they came back, and nobody has held them
    against their maker's record. `load` says how many units without serial numbers are packed.
    """

    state: State
    holder: Gln
    quantity: int
    made_at: datetime
    to: Gln | None = None
    dispatch: str | None = None
    dispatched_at: datetime | None = None
    sent_back: State | None = None
    ended_at: datetime | None = None
    way: Way = ()
    packs: str | None = None
    questions: frozenset[str] = frozenset()
    spent: Spent = field(default=NOTHING_SPENT, hash=False)
    unchecked: bool = False
    rides: tuple[Ride, ...] = field(default=(), hash=False)
    load: Load = field(default=NOTHING_PACKED, hash=False)


def mixed(goods: Iterable[Output]) -> Way:
    """The way of what is made of these goods: the last givers with the last ones, and so on."""
    backwards = zip_longest(*(output.way[::-1] for output in goods), fillvalue=frozenset[Gln]())
    return tuple(frozenset[Gln]().union(*givers) for givers in backwards)[::-1]
