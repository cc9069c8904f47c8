"""Sealed batches of a live tracker, signed for the goods that it rides with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from ledger.core.countersignatures import Countersignature
from ledger.core.links import OutputRef
from supplychain.domain.batches import SPAN_S, Batch, beside
from supplychain.domain.conditions import Reading, Series, moment, unpack
from supplychain.domain.conditions_judged import Stated
from supplychain.domain.device_keys import OwnedDevice
from supplychain.domain.errors import RuleBroken
from supplychain.domain.excursions import Covers
from supplychain.domain.identifiers import Gln
from supplychain.domain.intervals import Interval
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import ConditionsRecord
from supplychain.domain.storage_profile import Activity
from supplychain.models import Output, TrackerBatch, TrackerLoad
from supplychain.queries.loggers import calibration_of
from supplychain.queries.profiles import profile_of
from supplychain.queries.stock import Parcel
from supplychain.queries.trackers import goods_now, parted, told
from supplychain.recording.choosing import registered
from supplychain.recording.conditions import ConditionsInput, claim_of
from supplychain.recording.keeping import Kept, draft_kept
from supplychain.recording.retries import recorded_before
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import Recorded

NONCE_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Told:
    """What a batch says of the goods of a load, beside what was told of them before."""

    series: tuple[Series, ...]
    ignored: tuple[Interval, ...]
    covers: Covers


def record_batch(
    load: TrackerLoad, row: TrackerBatch, goods: Sequence[Output], at: datetime
) -> Recorded | None:
    """Sign what a batch says of these goods; None where it has no reading of their time.

    With the key that is kept here, once for each load and batch, however often it is tried. Raises
    RuleBroken (GOODS_PARTED, BATCH_CHANGED, …), Invalid or LedgerError.
    """
    nonce = nonce_of(load, row)
    before = recorded_before(load.gln, load.lot_stream, nonce)
    if before is not None:
        return before
    draft = draft_of(load, row, goods, at)
    return None if draft is None else sign_and_record(draft)


def draft_of(
    load: TrackerLoad, row: TrackerBatch, goods: Sequence[Output], at: datetime
) -> Draft | None:
    """What is to be signed of a batch for these goods; None where it says nothing of their time.

    Raises RuleBroken (GOODS_PARTED, BATCH_CHANGED, …) or Invalid.
    """
    lot = LotKey.from_stream(load.lot_stream)
    profile = profile_of(registered(lot).profile)
    said = _told(load, row, lambda centi_c: profile.deviation(centi_c) is not None)
    if said is None:
        return None
    state = _one_state(goods)
    kept = Kept(
        party=load.gln,
        lot=lot,
        state=state,
        outputs=[OutputRef(one.entry_id, one.n) for one in goods],
    )
    conditions = ConditionsInput(series=said.series, stated=Stated(ignored=said.ignored))
    activity = Activity.TRANSPORT if state is State.IN_TRANSIT else Activity.STORAGE

    def say(parcels: list[Parcel]) -> ConditionsRecord:
        to = parcels[0].receiver
        return ConditionsRecord.of(
            holder=Gln.parse(load.gln),
            quantity=sum(one.quantity for one in parcels),
            state=state,
            conditions=claim_of(conditions, profile.id, said.covers, activity),
            place=load.place,
            to=Gln.parse(to) if to else None,
            batch=Batch(row.device, row.n, row.root, row.previous),
            countersigned=_countersigned(row),
        )

    return draft_kept(kept, say, at=at, nonce=nonce_of(load, row), conditions=conditions)


def _countersigned(row: TrackerBatch) -> Countersignature | None:
    """The device's own word on the batch, where it has a key."""
    if not row.kid:
        return None
    party = OwnedDevice(Gln.parse(row.gln), row.device).party
    return Countersignature(row.kid, party, row.digest, bytes(row.sig))


def _told(load: TrackerLoad, row: TrackerBatch, is_outside: Callable[[int], bool]) -> Told | None:
    since, until = int(load.since.timestamp()), int((load.until or row.last_at).timestamp())
    batch = _opened(load, row)
    kept = [one for one in batch.readings if since <= one.at <= until]
    if not kept:
        return None
    first, last = kept[0].at, kept[-1].at
    around = told(load.gln, load.device, max(since, first - SPAN_S), last + SPAN_S, row.n)
    context = beside([one for one in around if one.at <= until], kept, is_outside)
    series = [Series.of(batch.device, context, calibrated=batch.calibrated)] if context else []
    ends = [one.at for one in (*kept, *context)]
    late = load.told_to is not None and first < load.told_to.timestamp()
    start = moment(min(ends)) if late else load.told_to or load.since.replace(microsecond=0)
    return Told(
        (batch, *series),
        tuple(_ignored(batch.readings, since, until)),
        (start, moment(max(ends))),
    )


def _opened(load: TrackerLoad, row: TrackerBatch) -> Series:
    """The readings of a batch, as they were sealed."""
    calibrated = calibration_of(load.gln, load.device)
    series = Series.of(row.device, unpack(bytes(row.packed)), calibrated=calibrated)
    if series.root.hex() != row.root:
        message = f"Batch {row.n} of {row.device} is not what was sealed: somebody changed it."
        raise RuleBroken("R15", "BATCH_CHANGED", message)
    return series


def _ignored(readings: Sequence[Reading], since: int, until: int) -> list[Interval]:
    """The ends of the batch in which the tracker was not with these goods (C10)."""
    early = [moment(one.at) for one in readings if one.at < since]
    late = [moment(one.at) for one in readings if one.at > until]
    return [Interval(part[0], part[-1]) for part in (early, late) if part]


def _one_state(goods: Sequence[Output]) -> State:
    if len({(one.state, one.dispatch) for one in goods}) != 1:
        raise parted()
    return State(goods[0].state)


def goods_of(load: TrackerLoad) -> list[Output]:
    """Where the goods of a load are now, while they are its party's. Raises RuleBroken."""
    return goods_now(load.gln, LotKey.from_stream(load.lot_stream), load.goods)


def nonce_of(load: TrackerLoad, row: TrackerBatch) -> bytes:
    """The same each time that it is tried: so the ledger itself refuses a second entry."""
    name = f"unbroken-batch-of-load/v1\n{load.gln}\n{load.device}\n{load.pk}\n{row.n}"
    return sha256(name.encode()).digest()[:NONCE_BYTES]
