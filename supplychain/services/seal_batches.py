"""Seal what live trackers sent, and sign it for the goods that they ride with."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction

from supplychain.models import Tracker
from supplychain.queries.trackers import due, unsettled
from supplychain.recording.sealing import seal
from supplychain.recording.settling import LATE_MAX, settle

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
            made += settle(load, at)
    return made


@contextmanager
def _apart(what: str) -> Iterator[None]:
    try:
        yield
    except Exception:
        log.exception("%s waits for the next time", what)
