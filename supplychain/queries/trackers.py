"""Live trackers: what they have told, and where the goods are that they ride with."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Q

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.conditions import Reading, moment, unpack
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.models import Output, Tracker, TrackerBatch, TrackerLoad, TrackerReading
from supplychain.queries.stock import InTransit

SILENT_AFTER: Final = timedelta(hours=2)
TOLD_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class TrackerLine:
    """A live tracker as it stands: `waiting` readings are not sealed yet; `loads` go on."""

    row: Tracker
    waiting: int
    loads: tuple[TrackerLoad, ...]

    def is_silent(self, at: datetime) -> bool:
        """Whether it rides with goods and has sent nothing for long enough to look."""
        heard = self.row.heard_at
        return bool(self.loads) and (heard is None or at - heard > SILENT_AFTER)

    @property
    def lots(self) -> tuple[LotKey, ...]:
        """The lots of the goods that it rides with."""
        return tuple(LotKey.from_stream(load.lot_stream) for load in self.loads)

    def troubles(self, at: datetime) -> tuple[str, ...]:
        """What was lately wrong with what it sent, and what keeps its batches from being signed."""
        told = self.row.trouble_at
        lately = self.row.trouble if told and at - told < TOLD_FOR else ""
        return tuple(filter(None, (lately, *(load.trouble for load in self.loads))))


def trackers_of(gln: str) -> list[TrackerLine]:
    """The organisation's live trackers, by name, with the goods that they ride with."""
    waits = TrackerReading.objects.filter(gln=gln).values("device").annotate(n=Count("at"))
    waiting = {row["device"]: row["n"] for row in waits.order_by()}
    loads: dict[str, list[TrackerLoad]] = {}
    for load in TrackerLoad.objects.filter(gln=gln, until__isnull=True):
        loads.setdefault(load.device, []).append(load)
    return [
        TrackerLine(row, waiting.get(row.name, 0), tuple(loads.get(row.name, ())))
        for row in Tracker.objects.filter(gln=gln)
    ]


def told(gln: str, device: str, start: int, end: int, before: int) -> list[Reading]:
    """The sealed readings of these seconds, ends included, in order; of batches below `before`."""
    rows = TrackerBatch.objects.filter(
        gln=gln,
        device=device,
        n__lt=before,
        first_at__lte=moment(end),
        last_at__gte=moment(start),
    )
    readings = [one for packed in rows.values_list("packed", flat=True) for one in _read(packed)]
    return sorted(one for one in readings if start <= one.at <= end)


def known(gln: str, device: str, times: Collection[int]) -> dict[int, int]:
    """The value of each of these seconds of which a reading came, be it sealed or waiting.

    Batches that none of the times lies in are not read, however many there are.
    """
    seconds = sorted(times)
    waiting = TrackerReading.objects.filter(gln=gln, device=device, at__in=seconds)
    found = dict(waiting.values_list("at", "centi_c"))
    own = TrackerBatch.objects.filter(gln=gln, device=device)
    around = own.filter(first_at__lte=moment(seconds[-1]), last_at__gte=moment(seconds[0]))
    hit = [
        n
        for n, first, last in around.values_list("n", "first_at", "last_at")
        if bisect_left(seconds, first.timestamp()) < bisect_right(seconds, last.timestamp())
    ]
    for packed in own.filter(n__in=hit).values_list("packed", flat=True):
        found |= {one.at: one.centi_c for one in _read(packed)}
    return found


def batches_for(load: TrackerLoad) -> Iterator[TrackerBatch]:
    """The sealed batches that have something to say of these goods and are not recorded yet."""
    rows = TrackerBatch.objects.filter(
        gln=load.gln, device=load.device, n__gt=load.recorded, last_at__gte=load.since
    )
    if load.until is not None:
        rows = rows.filter(first_at__lte=load.until)
    yield from rows.order_by("n").iterator(chunk_size=100)


def goods_now(gln: str, lot: LotKey, goods: Collection[str]) -> list[Output]:
    """The unused outputs of the party that these goods, and no others, have become.

    Raises RuleBroken GOODS_MIXED where others were put to them: the tracker was not with those;
    GOODS_PARTED where somebody else received a part: it may have been with that.
    """
    stream = stream_id(lot.stream)
    ours, open_ = set(goods), set(goods)
    here: list[Output] = []
    while open_:
        rows = [one for one in _outputs(stream, open_) if _named(one) in open_]
        here += [one for one in rows if one.spent_by is None]
        open_ = _become(stream, {one.spent_by for one in rows if one.spent_by}, ours)
        ours |= open_
    kept = ("held", "quarantined", "returned", "in_transit")
    own = [one for one in here if one.holder == gln and one.state in kept]
    if own and any(one.holder != gln for one in here):
        raise parted()
    return own


def trackers_loaded(gln: str, lot: LotKey) -> list[str]:
    """The party's trackers that ride with goods of a lot."""
    going = TrackerLoad.objects.filter(gln=gln, lot_stream=lot.stream, until__isnull=True)
    return sorted(going.values_list("device", flat=True))


def trackers_with(journey: InTransit) -> tuple[str, ...]:
    """The giver's trackers that told of the journey, or ride with it and told nothing yet."""
    loads = TrackerLoad.objects.filter(
        gln=journey.giver, lot_stream=journey.lot.key.stream, until__isnull=True
    )
    riding = {load.device for load in loads if _rides_with(load, journey)}
    return tuple(sorted(riding.union(journey.trackers)))


def _rides_with(load: TrackerLoad, journey: InTransit) -> bool:
    try:
        goods = goods_now(load.gln, journey.lot.key, load.goods)
    except RuleBroken:
        return False
    return any(OutputRef(one.entry_id, one.n) == journey.output for one in goods)


def parted() -> RuleBroken:
    """Nobody here knows with which part of the goods a tracker rides."""
    message = "The goods were parted: say anew which part of them the tracker rides with."
    return RuleBroken("R15", "GOODS_PARTED", message)


def _become(stream: UUID, spenders: set[str], ours: set[str]) -> set[str]:
    used = Output.objects.filter(stream_id=stream, spent_by__in=spenders)
    if any(_named(one) not in ours for one in used):
        message = "The goods were put together with others that this tracker was not with."
        raise RuleBroken("R15", "GOODS_MIXED", message)
    made = Output.objects.filter(stream_id=stream, entry_id__in=spenders)
    return {_named(one) for one in made}


def _outputs(stream: UUID, goods: Collection[str]) -> Sequence[Output]:
    entries = {OutputRef.parse(one).entry_id for one in goods}
    return list(Output.objects.filter(stream_id=stream, entry_id__in=entries))


def _named(one: Output) -> str:
    return f"{one.entry_id}#{one.n}"


def _read(packed: bytes | memoryview) -> tuple[Reading, ...]:
    return unpack(bytes(packed))


def due(before: datetime) -> list[tuple[str, str]]:
    """The trackers with readings that came before that moment and are not sealed: GLN, name."""
    rows = TrackerReading.objects.filter(arrived_at__lte=before).values_list("gln", "device")
    return sorted(set(rows))


def unsettled(ended_after: datetime) -> list[int]:
    """The loads, ended ones since that moment only, with a sealed batch that is not recorded."""
    going = Q(until__isnull=True) | Q(until__gte=ended_after)
    loads = TrackerLoad.objects.filter(going)
    return [load.pk for load in loads if next(batches_for(load), None) is not None]
