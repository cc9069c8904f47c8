"""Take readings of live trackers in, each once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger.signers import signs_itself
from supplychain.domain.conditions import Reading, ReadingsFault
from supplychain.domain.errors import RuleBroken
from supplychain.recording.intake import locked_tracker, note_heard, tell_trouble
from supplychain.recording.sealing import seal, take


@dataclass(frozen=True, slots=True)
class Taken:
    """How many readings were new, and how many were known already."""

    new: int
    known: int


def take_readings(
    *, party: str, readings: Mapping[str, Sequence[Reading]], at: datetime, most: int
) -> Taken:
    """Store readings by the device that they are of: all, or nothing where one of them is refused.

    A batch is sealed for each `most` readings that wait. Raises RuleBroken DEVICE_UNKNOWN,
    DEVICE_SIGNS, Invalid TOO_LATE, ReadingsFault DUPLICATE_DIFFERS (C14), which stays told beside
    the device.
    """
    device = ""
    try:
        with transaction.atomic():
            new = 0
            for device in sorted(readings):
                new += _take(party, device, readings[device], at, most)
    except ReadingsFault as fault:
        tell_trouble(party, device, fault, at)
        raise
    return Taken(new, sum(map(len, readings.values())) - new)


def _take(party: str, device: str, readings: Sequence[Reading], at: datetime, most: int) -> int:
    if signs_itself(f"{party}:{device}"):
        message = f"{device} has a key of its own: it signs its batches, and no one else sends any."
        raise RuleBroken("R15", "DEVICE_SIGNS", message)
    tracker = locked_tracker(party, device)
    new = take(tracker, readings, at)
    note_heard(tracker, readings, at)
    seal(tracker, most=most, at=at)
    return new
