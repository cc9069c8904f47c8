"""Sign sealed batches for the goods of a load, one after the other, as far as it goes."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from ledger.core.errors import LedgerError, Refused
from ledger.signers import standing_key
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.models import Tracker, TrackerBatch, TrackerLoad
from supplychain.queries.trackers import batches_for
from supplychain.recording.intake import TROUBLE_MAX, tell_trouble
from supplychain.recording.riding import goods_of, record_batch
from supplychain.recording.sealing import seal
from supplychain.recording.submissions import Recorded

LATE_MAX: Final = timedelta(days=31)
"""An ended load is looked at for so long: what comes later still is told to nobody's goods."""
_LOADS_MAX: Final = 2  # the one that goes on, and the one before it, for what came late
GONE: Final = "The goods are no longer with you: received by somebody, or gone."


def tell_now(party: str, device: str, lot: LotKey, at: datetime) -> None:
    """Seal what a tracker sent by now, and sign it for the goods of the lot that it rides with.

    What the worker would do a little later anyway: so that who receives the goods need not wait for
    it. What keeps a batch from being signed is told beside the load.
    """
    riding = TrackerLoad.objects.filter(gln=party, device=device, lot_stream=lot.stream)
    if not riding.exists():
        return  # whoever asks has no goods with this tracker
    with transaction.atomic():
        tracker = Tracker.objects.select_for_update().filter(gln=party, name=device).first()
        if tracker is not None:
            seal(tracker, most=settings.TRACKER_BATCH_READINGS, at=at, everything=True)
    for number in riding.order_by("-pk").values_list("pk", flat=True)[:_LOADS_MAX]:
        settle(number, at)


def settle(number: int, at: datetime) -> int:
    """Go on with one load as far as it goes: each batch and its mark in one transaction."""
    made = 0
    while True:
        with transaction.atomic():
            load = TrackerLoad.objects.select_for_update().get(pk=number)
            entry_made = _next(load, at)
            load.save()
        if entry_made is None:
            return made
        made += entry_made


def _next(load: TrackerLoad, at: datetime) -> int | None:
    """Record the next batch: how many entries that made; None where it is not to be gone on.

    One that was countersigned with a key which is revoked by now is never accepted any more: it is
    passed over, told beside the device, and seen as a gap in what the goods were told.
    """
    row = next(batches_for(load), None)
    if row is None:
        return None
    try:
        with transaction.atomic():
            goods = goods_of(load)
            done = record_batch(load, row, goods, at) if goods else None
    except (LedgerError, RuleBroken) as refusal:
        if _is_lost(row):
            _tell_lost(row, at)
            load.recorded, load.trouble = row.n, ""
            return 0
        load.trouble = f"{refusal.code}: {refusal.message}"[:TROUBLE_MAX]
        return None
    load.recorded, load.trouble = row.n, "" if goods else GONE
    if not goods:
        load.until = load.until or at
    if done is None:
        return 0
    mark(load, row, done)
    return int(not done.known)


def mark(load: TrackerLoad, row: TrackerBatch, done: Recorded) -> None:
    """Note beside a load that a batch is signed: by which entry its goods are known now."""
    load.recorded, load.trouble = row.n, ""
    load.goods = [f"{done.entry_id}#0"]
    load.told_to = max(filter(None, (load.told_to, row.last_at)))


def _is_lost(row: TrackerBatch) -> bool:
    """Whether its device's key is revoked: a key never comes back."""
    try:
        if row.kid:
            standing_key(row.kid)
    except Refused as refusal:
        return refusal.code == "KEY_REVOKED"
    return False


def _tell_lost(row: TrackerBatch, at: datetime) -> None:
    message = f"Batch {row.n} is signed for no goods: its key was revoked before that."
    tell_trouble(row.gln, row.device, Refused("KEY_REVOKED", message), at)
