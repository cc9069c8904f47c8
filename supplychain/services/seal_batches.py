"""Seal what live trackers sent, and sign it for the goods that they ride with."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from ledger.core.errors import LedgerError, Refused
from ledger.signers import standing_key
from supplychain.domain.errors import RuleBroken
from supplychain.models import Tracker, TrackerBatch, TrackerLoad
from supplychain.queries.trackers import batches_for, due, unsettled
from supplychain.recording.intake import tell_trouble
from supplychain.recording.riding import goods_of, record_batch
from supplychain.recording.sealing import seal

TROUBLE_MAX: Final = 500
LATE_MAX: Final = timedelta(days=31)
"""An ended load is looked at for so long: what comes later still is told to nobody's goods."""
GONE: Final = "The goods are no longer with you: received by somebody, or gone."
log = logging.getLogger(__name__)


def seal_batches(*, at: datetime, most: int, after: timedelta) -> int:
    """Seal what has waited for `after`, and sign all that is sealed and not signed yet.

    What cannot be signed is told beside the load and tried again the next time, and a fault with
    one device or load is no other's; nothing is lost and nothing is signed twice when this is
    stopped anywhere, or runs twice at once. How many entries were made.
    """
    for party, device in due(at - after):
        with _apart(f"device {device} of {party}"), transaction.atomic():
            tracker = Tracker.objects.select_for_update().get(gln=party, name=device)
            seal(tracker, most=most, at=at, everything=True)
    made = 0
    for load in unsettled(at - LATE_MAX):
        with _apart(f"load {load}"):
            made += _settle(load, at)
    return made


@contextmanager
def _apart(what: str) -> Iterator[None]:
    try:
        yield
    except Exception:
        log.exception("%s waits for the next time", what)


def _settle(number: int, at: datetime) -> int:
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
    load.goods = [f"{done.entry_id}#0"]
    load.told_to = max(filter(None, (load.told_to, row.last_at)))
    return int(not done.known)


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
