"""What an organisation holds, and what is on the way."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, QuerySet, Sum

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.identifiers import Gln
from supplychain.domain.loads import NOTHING_PACKED, Load
from supplychain.domain.lots import LotKey
from supplychain.domain.sales import Sale
from supplychain.models import Leg, Output
from supplychain.queries.lot_lines import LotLine, lot_lines
from supplychain.queries.organisations import names_of
from supplychain.queries.rides import trackers_along

_KEPT = ("held", "quarantined", "returned")
_RECORD = "conditions.record"
_ARRIVED_MAX = 100


@dataclass(frozen=True, slots=True)
class Stock:
    """How much of one lot an organisation holds, in smallest saleable units."""

    lot: LotLine
    held: int
    quarantined: int
    returned: int = 0
    serialised: bool = False


@dataclass(frozen=True, slots=True)
class InTransit:
    """Units on the way from `giver` to `receiver`. `rest`: part of the dispatch has arrived.

    Where they go back to a supplier, `sent_back` is the state that they were in before. `trackers`
    are devices of the giver's that told of the journey.
    """

    output: OutputRef
    lot: LotLine
    quantity: int
    giver: str
    giver_name: str
    receiver: str
    receiver_name: str
    shipment: str
    dispatch: str
    dispatched_at: datetime
    rest: bool
    sent_back: str = ""
    serialised: bool = False
    trackers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parcel:
    """An unused output of one organisation; `questions` are entries that wait for a decision.

    What is on the way goes to `receiver`.
    """

    ref: OutputRef
    quantity: int
    state: str
    questions: frozenset[str] = frozenset()
    receiver: str = ""
    load: Load = NOTHING_PACKED
    serialised: bool = False

    @property
    def loose(self) -> int:
        """How many of the units are in no container, as far as these have no serial numbers."""
        return self.quantity - self.load.total


def stock_of(gln: str) -> list[Stock]:
    """Everything the organisation holds, by expiry: first expired, first out."""
    own = _unused().filter(holder=gln, state__in=_KEPT)
    grouped = own.values("stream_id", "state").order_by()
    sums = list(grouped.annotate(total=Sum("quantity"), root=Max("packs")))
    serialised = {row["stream_id"] for row in sums if row["root"]}
    amounts = {(row["stream_id"], row["state"]): row["total"] for row in sums}
    lots = lot_lines({stream for stream, _ in amounts})
    stock = (
        Stock(
            lot,
            **{state: amounts.get((stream, state), 0) for state in _KEPT},
            serialised=stream in serialised,
        )
        for stream, lot in lots.items()
    )
    return sorted(stock, key=lambda line: (line.lot.expiry.on, line.lot.key))


def expiring(gln: str, at: datetime, within: timedelta = timedelta(days=90)) -> list[Stock]:
    """What the organisation holds that is expired or will be within that time."""
    return [line for line in stock_of(gln) if line.lot.expiry.passed(at + within)]


def sale_of(lot: LotKey, dispatch: str) -> Sale:
    """The owners that a dispatch names beside its giver and receiver."""
    leg = Leg.objects.filter(stream_id=stream_id(lot.stream), entry_id=dispatch).first()
    seller, buyer = (leg.seller, leg.buyer) if leg else ("", "")
    return Sale(Gln(seller) if seller else None, Gln(buyer) if buyer else None)


def used_by(lot: LotKey, entry: str) -> list[OutputRef]:
    """The outputs that an entry used up."""
    rows = Output.objects.filter(stream_id=stream_id(lot.stream), spent_by=entry)
    return [OutputRef(row.entry_id, row.n) for row in rows]


def inbound_to(gln: str) -> list[InTransit]:
    """What is on the way to the organisation, oldest dispatch first."""
    return _in_transit(_unused().filter(receiver=gln, state="in_transit"))


def outbound_of(gln: str) -> list[InTransit]:
    """What the organisation dispatched and nobody received, oldest dispatch first."""
    return _in_transit(_unused().filter(holder=gln, state="in_transit"))


@dataclass(frozen=True, slots=True)
class Made:
    """What an entry made first: the output, what the entry is, and whether somebody used it."""

    output: OutputRef
    made_as: str
    lot: LotKey
    quantity: int
    state: str
    used: bool


def made_first(entries: Collection[str]) -> list[Made]:
    """The first outputs of these entries, as far as they made any, by entry."""
    rows = list(Output.objects.filter(entry_id__in=entries, n=0).order_by("entry_id"))
    lots = lot_lines({row.stream_id for row in rows})
    return [
        Made(
            OutputRef(row.entry_id, row.n),
            row.made_as,
            lots[row.stream_id].key,
            row.quantity,
            row.state,
            row.spent_by is not None,
        )
        for row in rows
    ]


def times_of(lot: LotKey, entries: Collection[str]) -> list[datetime]:
    """When these entries of a lot say that they were made, as far as they made anything."""
    stream = stream_id(lot.stream)
    found = Output.objects.filter(stream_id=stream, entry_id__in=entries, n=0)
    return list(found.values_list("at", flat=True))


def suppliers_of(gln: str, lot: LotKey) -> dict[str, str]:
    """Who ever sent units of the lot to the organisation, by GLN, with their names."""
    sent = Output.objects.filter(
        stream_id=stream_id(lot.stream), receiver=gln, state="in_transit", sent_back=""
    )
    glns = sorted(set(sent.values_list("holder", flat=True)))
    names = names_of(glns)
    return {one: names.get(one, one) for one in glns}


def arrived_of(gln: str, lot: LotKey) -> list[OutputRef]:
    """What was on the way to the organisation and is not any more: the newest 100, those first."""
    sent = Output.objects.filter(
        stream_id=stream_id(lot.stream), receiver=gln, state="in_transit", spent_by__isnull=False
    )
    rows = sent.order_by("-number", "n").values_list("entry_id", "n")
    return [OutputRef(entry_id, n) for entry_id, n in rows[:_ARRIVED_MAX]]


def parcels(gln: str, lot: LotKey, state: str = "held") -> list[Parcel]:
    """The organisation's unused outputs of a lot in one state, in order of arrival."""
    rows = _unused().filter(stream_id=stream_id(lot.stream), holder=gln, state=state)
    return [
        Parcel(
            OutputRef(row.entry_id, row.n),
            row.quantity,
            row.state,
            frozenset(row.questions.split(",")) - {""},
            row.receiver,
            Load.parse(row.load),
            bool(row.packs),
        )
        for row in rows.order_by("number", "n")
    ]


def is_mixed(stream: UUID, ref: OutputRef) -> bool:
    """Whether the entry that made an output used up several others."""
    return Output.objects.filter(stream_id=stream, spent_by=ref.entry_id).count() > 1


def in_transit(lot: LotKey, ref: OutputRef) -> InTransit | None:
    """The units on the way that this output of the lot stands for, when nobody has moved them yet.

    A record of their temperature uses the output up and makes it again: the newest one is given.
    """
    stream, named = stream_id(lot.stream), ref.entry_id
    asked = Output.objects.filter(stream_id=stream, entry_id=named, n=ref.n, state="in_transit")
    row = asked.first()
    if row is not None and row.spent_by is not None:
        told = Output.objects.filter(stream_id=stream, dispatch=row.dispatch, made_as=_RECORD)
        by_entry = {one.entry_id: one for one in told}
        while row is not None and row.spent_by is not None:
            row = by_entry.get(row.spent_by)
    return None if row is None else _in_transit([row])[0]


def _unused() -> QuerySet[Output]:
    return Output.objects.filter(spent_by__isnull=True)


def _in_transit(rows: Iterable[Output]) -> list[InTransit]:
    found = sorted(rows, key=lambda row: (row.dispatched_at, row.entry_id, row.n))
    lots = lot_lines({row.stream_id for row in found})
    names = names_of({row.holder for row in found} | {row.receiver for row in found})
    sent, along = _sent(found), trackers_along(found)
    return [
        replace(
            _line(row, lots[row.stream_id], names, rest=row.quantity < sent.get(row.dispatch, 0)),
            trackers=along.get(row.dispatch, ()),
        )
        for row in found
    ]


def _sent(rows: Iterable[Output]) -> dict[str, int]:
    """How much each dispatch sent."""
    dispatches = {(row.stream_id, row.dispatch) for row in rows}
    found = Output.objects.filter(
        stream_id__in={stream for stream, _ in dispatches},
        entry_id__in={entry for _, entry in dispatches},
        state="in_transit",
    )
    return dict(found.values_list("entry_id", "quantity"))


def _line(row: Output, lot: LotLine, names: dict[str, str], *, rest: bool) -> InTransit:
    return InTransit(
        output=OutputRef(row.entry_id, row.n),
        lot=lot,
        quantity=row.quantity,
        giver=row.holder,
        giver_name=names.get(row.holder, row.holder),
        receiver=row.receiver,
        receiver_name=names.get(row.receiver, row.receiver),
        shipment=row.shipment,
        dispatch=row.dispatch,
        dispatched_at=row.dispatched_at or row.at,
        rest=rest,
        serialised=bool(row.packs),
        sent_back=row.sent_back,
    )
