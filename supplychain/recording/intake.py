"""What every way in of a live tracker's readings asks: whose device it is, and of when it tells."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from supplychain.domain.conditions import Reading, moment
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.reading_rows import AHEAD_MAX
from supplychain.models import Device, Tracker

LATE_MAX: Final = timedelta(days=30)
TROUBLE_MAX: Final = 500


def locked_tracker(party: str, device: str) -> Tracker:
    """The tracker, its row locked. Raises RuleBroken DEVICE_UNKNOWN."""
    if not Device.objects.filter(gln=party, name=device).exists():
        message = f"Device {device!r} is none of yours: write it down first."
        raise RuleBroken("R15", "DEVICE_UNKNOWN", message)
    Tracker.objects.get_or_create(gln=party, name=device)
    return Tracker.objects.select_for_update().get(gln=party, name=device)


def note_heard(tracker: Tracker, readings: Sequence[Reading], at: datetime) -> None:
    """Note that it sent something. Raises Invalid TOO_LATE, TIME_AHEAD (C12)."""
    if moment(readings[0].at) < at - LATE_MAX:
        raise Invalid("TOO_LATE", f"Readings are taken until {LATE_MAX.days} days after.")
    newest = moment(readings[-1].at)
    if newest > at + AHEAD_MAX:
        raise Invalid("TIME_AHEAD", f"A reading is of {newest}: check the device's clock.")
    tracker.heard_at, tracker.last_at = at, max(filter(None, (tracker.last_at, newest)))


def tell_trouble(party: str, device: str, fault: Exception, at: datetime) -> None:
    """Keep what was wrong beside the device, for people to see (C14)."""
    words = {"trouble": str(fault)[:TROUBLE_MAX], "trouble_at": at}
    Tracker.objects.update_or_create(gln=party, name=device, defaults=words)
