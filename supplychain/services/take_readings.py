"""Take readings of live trackers in, each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from supplychain.domain.conditions import Reading, ReadingsFault, moment
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.models import Device, Tracker
from supplychain.recording.sealing import seal, take

LATE_MAX: Final = timedelta(days=30)
TROUBLE_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Taken:
    """How many readings were new, and how many were known already."""

    new: int
    known: int


def take_readings(
    *, party: str, readings: Mapping[str, Sequence[Reading]], at: datetime, most: int
) -> Taken:
    """Store readings by the device that they are of: all, or nothing where one of them is refused.

    A batch is sealed for each `most` readings that wait. Raises RuleBroken DEVICE_UNKNOWN, Invalid
    TOO_LATE, ReadingsFault DUPLICATE_DIFFERS (C14), which stays told beside the device.
    """
    device = ""
    try:
        with transaction.atomic():
            new = 0
            for device in sorted(readings):
                new += _take(party, device, readings[device], at, most)
    except ReadingsFault as fault:
        words = {"trouble": str(fault)[:TROUBLE_MAX], "trouble_at": at}
        Tracker.objects.update_or_create(gln=party, name=device, defaults=words)
        raise
    return Taken(new, sum(map(len, readings.values())) - new)


def _take(party: str, device: str, readings: Sequence[Reading], at: datetime, most: int) -> int:
    if not Device.objects.filter(gln=party, name=device).exists():
        message = f"Device {device!r} is none of yours: write it down first."
        raise RuleBroken("R15", "DEVICE_UNKNOWN", message)
    oldest, newest = readings[0].at, moment(readings[-1].at)
    if moment(oldest) < at - LATE_MAX:
        raise Invalid("TOO_LATE", f"Readings are taken until {LATE_MAX.days} days after.")
    Tracker.objects.get_or_create(gln=party, name=device)
    tracker = Tracker.objects.select_for_update().get(gln=party, name=device)
    new = take(tracker, readings, at)
    tracker.heard_at = at
    tracker.last_at = max(filter(None, (tracker.last_at, newest)))
    seal(tracker, most=most, at=at)
    return new
