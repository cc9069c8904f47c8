"""Leave a partner's file to a worker."""

from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from supplychain.domain.errors import RuleBroken
from supplychain.models import CaptureJob
from supplychain.queries.captures import LOOK
from supplychain.recording.import_source import OnError

WAITING_MAX = 20
LOOKED_MAX = 20


def submit_capture(
    *,
    number: UUID,
    party: str,
    data: bytes,
    name: str,
    on_error: OnError | Literal["look"],
    by: str,
    at: datetime,
) -> None:
    """Keep the file until a worker takes it over, those of one party in the order they came.

    `number` is the job's, a random one. With `look` the worker only tells what would become of each
    event, and the file is kept to be taken over afterwards, with the newest twenty such. Raises
    RuleBroken TOO_MANY_CAPTURES where so many of the party's files wait already that nobody keeps
    another 20 MB for it.
    """
    if CaptureJob.objects.filter(party=party, finished_at=None).count() >= WAITING_MAX:
        message = f"{WAITING_MAX} files of yours wait to be read. Send this one afterwards."
        raise RuleBroken("R14", "TOO_MANY_CAPTURES", message, conflict=True)
    if on_error == LOOK:
        _make_room(party)
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


def _make_room(party: str) -> None:
    """Forget the oldest files of the party that were looked over and left."""
    looked = CaptureJob.objects.filter(party=party, on_error=LOOK, finished_at__isnull=False)
    oldest = looked.order_by("-created_at", "-id").values_list("pk", flat=True)[LOOKED_MAX - 1 :]
    CaptureJob.objects.filter(pk__in=list(oldest)).delete()
