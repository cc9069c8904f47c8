"""Lots as one organisation may see them: its own trade, and for the maker all of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from ledger.core.entry import stream_id
from supplychain.domain.lots import LotKey
from supplychain.models import ASKING, Leg, LegAnswer, Output, Trade
from supplychain.queries.lot_lines import LotLine, lot_line, lot_lines
from supplychain.queries.organisations import names_of
from supplychain.queries.own_goods import outputs_of


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry of a lot: what it made, and whether each part was used up since."""

    entry_id: str
    number: int
    what: str
    by: str
    by_name: str
    at: datetime
    shipment: str
    outputs: tuple["Part", ...]
    leg: "LegLine | None" = None


@dataclass(frozen=True, slots=True)
class Part:
    """One output of a movement."""

    n: int
    state: str
    quantity: int
    holder: str
    holder_name: str
    receiver: str
    receiver_name: str
    spent_by: str | None


@dataclass(frozen=True, slots=True)
class LegLine:
    """What a hand-off said of its temperature."""

    entry_id: str
    lot: LotLine
    made_as: str
    giver: str
    giver_name: str
    receiver: str
    receiver_name: str
    state: str
    reason: str
    starts_at: datetime | None
    ends_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class LotDetail:
    """One lot as one organisation sees it."""

    lot: LotLine
    movements: tuple[Movement, ...]
    held: int
    quarantined: int
    inbound: int
    outbound: int
    returned: int = 0

    @property
    def to_release(self) -> int:
        """What is with the organisation and is no stock until it is released."""
        return self.quarantined + self.returned


@dataclass(frozen=True, slots=True)
class Place:
    """How many units are with somebody in one state."""

    holder: str
    holder_name: str
    state: str
    receiver: str
    receiver_name: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where all units of a lot are; the places add up to what was registered."""

    lot: LotLine
    places: tuple[Place, ...]
    tree: tuple[Movement, ...]

    @property
    def balanced(self) -> bool:
        """Whether what exists is what was made."""
        return sum(place.quantity for place in self.places) == self.lot.registered


def lots_of(gln: str) -> list[LotLine]:
    """The lots that the organisation made or ever had to do with, by expiry."""
    streams = set(Trade.objects.filter(gln=gln).values_list("stream_id", flat=True))
    return sorted(lot_lines(streams).values(), key=lambda lot: (lot.expiry.on, lot.key))


def lot_detail(gln: str, lot: LotKey) -> LotDetail | None:
    """The lot with the organisation's own trade in it; None for a stranger to the lot."""
    line = lot_line(lot)
    own = _trade_of(gln, lot)
    if line is None or not (own or line.maker == gln):
        return None
    return LotDetail(
        lot=line,
        movements=_movements(line, own, {row.entry_id for row in own}),
        held=_units(own, "held", gln),
        quarantined=_units(own, "quarantined", gln),
        inbound=sum(_open(row) for row in own if row.receiver == gln),
        outbound=_units(own, "in_transit", gln),
        returned=_units(own, "returned", gln),
    )


def where_are_units(gln: str, lot: LotKey) -> Whereabouts | None:
    """Where the units of its lot are, for the lot's maker; None for anybody else."""
    line = lot_line(lot)
    if line is None or line.maker != gln:
        return None
    rows = list(Output.objects.filter(stream_id=stream_id(lot.stream)))
    return Whereabouts(line, _places(rows), _movements(line, rows, {row.entry_id for row in rows}))


def excursions_of(gln: str) -> list[LegLine]:
    """Where the temperature was outside in the organisation's hands or on a way, newest first."""
    legs = Leg.objects.filter(Q(giver=gln) | Q(receiver=gln), state__in=ASKING).order_by("-at")
    return _leg_lines(list(legs[:200]))


def excursions_to_read(gln: str) -> list[LegLine]:
    """Those of them that nobody of the organisation has acknowledged."""
    read = LegAnswer.objects.filter(gln=gln).values_list("entry_id", flat=True)
    return [leg for leg in excursions_of(gln) if leg.entry_id not in set(read)]


def excursion_to(gln: str, lot: LotKey, entry_id: str) -> LegLine | None:
    """The temperature that was outside in this entry of the lot, if it concerns the party."""
    own = Q(giver=gln) | Q(receiver=gln)
    rows = Leg.objects.filter(
        own, stream_id=stream_id(lot.stream), entry_id=entry_id, state__in=ASKING
    )
    return next(iter(_leg_lines(list(rows))), None)


def _trade_of(gln: str, lot: LotKey) -> list[Output]:
    return list(outputs_of(gln, lot))


def _open(row: Output) -> int:
    return row.quantity if row.spent_by is None and row.state == "in_transit" else 0


def _units(rows: Iterable[Output], state: str, gln: str) -> int:
    found = (row for row in rows if row.spent_by is None and row.holder == gln)
    return sum(row.quantity for row in found if row.state == state)


def _movements(line: LotLine, rows: Sequence[Output], entries: set[str]) -> tuple[Movement, ...]:
    names = names_of({gln for row in rows for gln in (row.holder, row.receiver, row.made_by)})
    stream = stream_id(line.key.stream)
    legs = Leg.objects.filter(stream_id=stream, entry_id__in=entries)
    leg_of = {leg.entry_id: leg for leg in _leg_lines(list(legs))}
    grouped: dict[str, list[Output]] = {}
    for row in sorted(rows, key=lambda row: (row.number, row.n)):
        grouped.setdefault(row.entry_id, []).append(row)
    return tuple(_movement(group, names, leg_of.get(entry)) for entry, group in grouped.items())


def _movement(rows: Sequence[Output], names: dict[str, str], leg: LegLine | None) -> Movement:
    first = rows[0]
    return Movement(
        entry_id=first.entry_id,
        number=first.number,
        what=first.made_as,
        by=first.made_by,
        by_name=names.get(first.made_by, first.made_by),
        at=first.at,
        shipment=first.shipment,
        outputs=tuple(_part(row, names) for row in rows),
        leg=leg,
    )


def _part(row: Output, names: dict[str, str]) -> Part:
    return Part(
        n=row.n,
        state=row.state,
        quantity=row.quantity,
        holder=row.holder,
        holder_name=names.get(row.holder, row.holder),
        receiver=row.receiver,
        receiver_name=names.get(row.receiver, row.receiver),
        spent_by=row.spent_by,
    )


def _places(rows: Iterable[Output]) -> tuple[Place, ...]:
    units: dict[tuple[str, str, str], int] = {}
    for row in rows:
        if row.spent_by is None:
            place = (row.holder, row.state, row.receiver)
            units[place] = units.get(place, 0) + row.quantity
    names = names_of({gln for holder, _, receiver in units for gln in (holder, receiver)})
    return tuple(
        Place(holder, names.get(holder, holder), state, to, names.get(to, to), quantity)
        for (holder, state, to), quantity in sorted(units.items())
    )


def _leg_lines(legs: Sequence[Leg]) -> list[LegLine]:
    lots = lot_lines({leg.stream_id for leg in legs})
    names = names_of({gln for leg in legs for gln in (leg.giver, leg.receiver)})
    return [
        LegLine(
            entry_id=leg.entry_id,
            lot=lots[leg.stream_id],
            made_as=leg.made_as,
            giver=leg.giver,
            giver_name=names.get(leg.giver, leg.giver),
            receiver=leg.receiver,
            receiver_name=names.get(leg.receiver, leg.receiver),
            state=leg.state,
            reason=leg.reason,
            starts_at=leg.starts_at,
            ends_at=leg.ends_at,
            at=leg.at,
        )
        for leg in legs
    ]
