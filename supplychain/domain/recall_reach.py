"""How far a recall has come: where each unit of the lot is, and who has answered for it.

Every unit stands on one rung, the one that it has surely reached, so that the rungs add up to all
units there are. Goods on the way are only as far as the less informed of the two parties.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State

_ENDED_SAFELY = frozenset({State.DESTROYED, State.SAMPLED, State.DECOMMISSIONED})
_BEYOND_REACH = frozenset({State.LOST, State.STOLEN, State.EXPORTED})


class Rung(StrEnum):
    """How far a unit has come, the least first."""

    UNTRACED = "untraced"
    UNTOLD = "untold"
    TOLD = "told"
    ACKNOWLEDGED = "acknowledged"
    DISPENSED = "dispensed"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Whereabout:
    """So many units of a lot in one state with one party, and to whom they are on the way."""

    lot: LotKey
    holder: str
    state: State
    quantity: int
    receiver: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """What passed between the one who recalls and a party.

    `told_at`: a notice lies at its desk; `mailed_at`: it went by mail too. `found` is how many
    units the party says that it set aside.
    """

    told_at: datetime | None = None
    mailed_at: datetime | None = None
    acknowledged_at: datetime | None = None
    found: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """One party that has, sent, was sent or ended units. `incoming`: on the way to it.

    `sent_back` is how many units came home from it since the recall. `makes`: the goods are its
    own, and it answers to nobody.
    """

    gln: str
    units: Mapping[State, int]
    incoming: int
    sent_back: int
    makes: bool
    contact: Contact

    def of(self, *states: State) -> int:
        """How many units it has in these states."""
        return sum(self.units.get(state, 0) for state in states)

    @property
    def waiting(self) -> bool:
        """Whether it has goods, or is to get some, and did not acknowledge."""
        has = self.incoming or any(not state.final for state in self.units)
        return bool(has) and not self.makes and self.contact.acknowledged_at is None


@dataclass(frozen=True, slots=True)
class Reach:
    """All parties, by GLN, and how many units stand on each rung."""

    parties: tuple[Reached, ...]
    rungs: Mapping[Rung, int]

    @property
    def units(self) -> int:
        """All units there are."""
        return sum(self.rungs.values())

    def at_least(self, rung: Rung) -> int:
        """How many units have come to this rung or further."""
        order = list(Rung)
        return sum(self.rungs.get(one, 0) for one in order[order.index(rung) :])


@dataclass(slots=True)
class _Sums:
    units: dict[str, Counter[State]] = field(default_factory=dict)
    incoming: Counter[str] = field(default_factory=Counter)
    rungs: Counter[Rung] = field(default_factory=Counter)


def reach(
    places: Iterable[Whereabout],
    contacts: Mapping[str, Contact],
    makers: frozenset[str],
    sent_back: Mapping[str, int],
) -> Reach:
    """The reach of a recall over these places, of one lot or of it and its descendants.

    What is with `makers`, who made the goods, has come home: they answer for it themselves.
    `sent_back` are the units that came home since the recall, by who sent them. What was made into
    other lots is where these are.
    """
    sums = _Sums()
    for place in (one for one in places if one.state is not State.TRANSFORMED):
        sums.units.setdefault(place.holder, Counter())[place.state] += place.quantity
        sums.rungs[_rung(place, contacts, makers)] += place.quantity
        if place.receiver:
            sums.units.setdefault(place.receiver, Counter())
            sums.incoming[place.receiver] += place.quantity
    parties = tuple(
        Reached(
            gln=gln,
            units=sums.units.get(gln, {}),
            incoming=sums.incoming[gln],
            sent_back=sent_back.get(gln, 0),
            makes=gln in makers,
            contact=contacts.get(gln, Contact()),
        )
        for gln in sorted({*sums.units, *sent_back})
    )
    return Reach(parties, {rung: sums.rungs[rung] for rung in Rung})


def _rung(place: Whereabout, contacts: Mapping[str, Contact], makers: frozenset[str]) -> Rung:
    if place.state in _BEYOND_REACH:
        return Rung.UNTRACED
    if place.state in _ENDED_SAFELY:
        return Rung.RETURNED
    if place.state is State.DISPENSED:
        return Rung.DISPENSED
    if place.holder in makers and not place.receiver:
        return Rung.RETURNED
    answering = {place.holder, place.receiver or place.holder} - makers
    answers = [_answer(contacts.get(gln, Contact())) for gln in answering]
    return min(answers, key=list(Rung).index, default=Rung.ACKNOWLEDGED)


def _answer(contact: Contact) -> Rung:
    if contact.acknowledged_at is not None:
        return Rung.ACKNOWLEDGED
    return Rung.UNTOLD if contact.told_at is None else Rung.TOLD
