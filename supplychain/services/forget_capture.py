"""Forget a file that was looked over."""

from uuid import UUID

from supplychain.models import CaptureJob
from supplychain.queries.captures import LOOK


def forget_capture(*, party: str, number: UUID) -> bool:
    """Whether there was such a file of the party, that no worker has in hand; it is gone now."""
    looked = CaptureJob.objects.filter(party=party, on_error=LOOK, finished_at__isnull=False)
    gone, _ = looked.filter(pk=number).delete()
    return bool(gone)
