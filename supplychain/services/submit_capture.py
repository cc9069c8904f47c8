"""Leave a partner's file to a worker."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from supplychain.domain.errors import RuleBroken
from supplychain.models import CaptureJob
from supplychain.recording.import_source import OnError

WAITING_MAX = 20


def submit_capture(
    *,
    number: UUID,
    party: str,
    data: bytes,
    name: str,
    on_error: OnError,
    by: str,
    at: datetime,
) -> None:
    """Keep the file until a worker takes it over, those of one party in the order they came.

    `number` is the job's, a random one. Raises RuleBroken TOO_MANY_CAPTURES where so many of the
    party's files wait already that nobody keeps another 20 MB for it.
    """
    if CaptureJob.objects.filter(party=party, finished_at=None).count() >= WAITING_MAX:
        message = f"{WAITING_MAX} files of yours wait to be read. Send this one afterwards."
        raise RuleBroken("R14", "TOO_MANY_CAPTURES", message, conflict=True)
    CaptureJob.objects.create(
        id=number,
        party=party,
        sha256=sha256(data).hexdigest(),
        name=name[:100],
        content=data,
        on_error=on_error,
        by=by[:150],
        created_at=at,
    )
