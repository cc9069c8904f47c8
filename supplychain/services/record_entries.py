"""Record entries that were signed elsewhere."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.recording.recording import record
from supplychain.recording.submissions import Answer, Submission


def record_entries(*, submissions: Sequence[Submission], at: datetime) -> list[Answer]:
    """Judge and store signed entries, each with its own answer: Recorded or Refusal.

    The same road that our own services take. Resending is safe.
    """
    return record(submissions, at)
