"""Record entries that were signed elsewhere."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.recording.recording import record
from supplychain.recording.submissions import Answer, Submission


def record_entries(
    *, submissions: Sequence[Submission], at: datetime, signer: str | None = None
) -> list[Answer]:
    """Judge and store signed entries, each with its own answer: Recorded or Refusal.

    The same road that our own services take. Resending is safe. `signer`: the one party (a GLN)
    whose entries are taken; None takes everybody's.
    """
    return record(submissions, at, signer=signer)
