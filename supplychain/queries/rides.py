"""What live trackers told of goods on their way, by the records that stand in the tables."""

from collections.abc import Collection, Iterator
from uuid import UUID

from ledger.core.entry import stream_id
from ledger.core.errors import Malformed
from ledger.proofs import StoredEntry, entries
from supplychain.domain.batches import Batch
from supplychain.domain.conditions_claim import ReadingsClaim
from supplychain.domain.errors import Invalid
from supplychain.domain.intervals import Interval
from supplychain.domain.lots import LotKey
from supplychain.domain.rides import Ride, told_on_the_way
from supplychain.domain.statements import ConditionsRecord, read
from supplychain.domain.tracker_claim import TrackerClaim
from supplychain.models import Output, Series, Tracker


def rides_of(stream: UUID, dispatch: str) -> tuple[Ride, ...]:
    """The trackers that told of a journey, by its dispatch: what custody, which follows, has too.

    A journey is one line of records, also where parts of it were received, lost or taken back.
    """
    rides: tuple[Ride, ...] = ()
    for batch, readings, digest in _batches(stream, dispatch):
        rides = told_on_the_way(rides, batch, readings, digest)
    return rides


def told_of(lot: LotKey, dispatch: str, device: str, covers: Interval) -> TrackerClaim | None:
    """What a receipt has to say that rests on this tracker; None where it was not along."""
    rides = rides_of(stream_id(lot.stream), dispatch)
    return next((one.claim(covers) for one in rides if one.device == device), None)


def trackers_along(rows: Collection[Output]) -> dict[str, tuple[str, ...]]:
    """The trackers that told of these goods on their way, by their dispatches."""
    streams = {row.stream_id for row in rows}
    giver_of = {row.dispatch: row.holder for row in rows}
    told = Output.objects.filter(
        stream_id__in=streams, dispatch__in=giver_of, made_as=ConditionsRecord.type
    )
    dispatch_of = dict(told.values_list("entry_id", "dispatch"))
    if not dispatch_of:
        return {}
    series = Series.objects.filter(stream_id__in=streams, entry_id__in=dispatch_of).values_list(
        "entry_id", "device"
    )
    own = set(Tracker.objects.filter(gln__in=giver_of.values()).values_list("gln", "name"))
    found: dict[str, set[str]] = {}
    for entry_id, device in series:
        dispatch = dispatch_of[entry_id]
        if (giver_of[dispatch], device) in own:
            found.setdefault(dispatch, set()).add(device)
    return {dispatch: tuple(sorted(devices)) for dispatch, devices in found.items()}


def _batches(stream: UUID, dispatch: str) -> Iterator[tuple[Batch, ReadingsClaim, str]]:
    told = Output.objects.filter(stream_id=stream, dispatch=dispatch, made_as=ConditionsRecord.type)
    ids = list(told.values_list("entry_id", flat=True))
    for one in entries(stream, ids).values() if ids else ():
        yield from _batch(one)


def _batch(stored: StoredEntry) -> Iterator[tuple[Batch, ReadingsClaim, str]]:
    """The batch of a record and its digest; nothing of one that was rewritten meanwhile."""
    try:
        entry = stored.parse()
        said = read(entry)
    except (Malformed, Invalid):
        return
    if isinstance(said, ConditionsRecord) and said.batch:
        yield said.batch, said.readings, said.batch.digest(entry.statement.log, stored.party)
