"""Files that wait for a worker, that one reads, and that were read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet

from supplychain.models import CaptureJob

LOOK: Final = "look"
"""What a job says in the place of `rollback` or `proceed` where nothing is to be signed."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A job: `done` of `steps`; `code` says what is wrong with the whole file, if anything is."""

    number: UUID
    sha256: str
    name: str
    on_error: str
    by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done: int
    steps: int
    stands: bool
    code: str
    message: str
    faults: Sequence[dict[str, Any]]
    counts: dict[str, int]

    @property
    def running(self) -> bool:
        """Whether it is not over yet: a worker has it, or will."""
        return self.finished_at is None

    @property
    def looks(self) -> bool:
        """Whether the file is only looked over."""
        return self.on_error == LOOK

    @property
    def events(self) -> int:
        """How many there are in the file."""
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """How many of them do not stand."""
        return self.counts.get("refused", 0) + self.counts.get("exception", 0)


def captures_of(gln: str) -> list[Capture]:
    """All files that were left to be taken over, the newest first."""
    taken = _rows(gln).exclude(on_error=LOOK)
    return [_capture(row) for row in taken.order_by("-created_at", "-id")]


def captures_to_watch(gln: str) -> list[Capture]:
    """Those that run, whose file was none, or that were looked over; the newest twenty."""
    watched = _rows(gln).filter(Q(finished_at=None) | ~Q(code="") | Q(on_error=LOOK))
    return [_capture(row) for row in watched.order_by("-created_at", "-id")[:20]]


def capture_of(gln: str, number: UUID) -> Capture | None:
    """One job of the organisation."""
    return next((_capture(row) for row in _rows(gln).filter(pk=number)), None)


def content_of(gln: str, number: UUID) -> bytes:
    """The file of a job, as it came; empty once it was taken over."""
    found = CaptureJob.objects.filter(party=gln, pk=number).values_list("content", flat=True)
    return bytes(found.first() or b"")


def _rows(gln: str) -> QuerySet[CaptureJob]:
    return CaptureJob.objects.filter(party=gln).defer("content")


def _capture(row: CaptureJob) -> Capture:
    return Capture(
        number=row.id,
        sha256=row.sha256,
        name=row.name,
        on_error=row.on_error,
        by=row.by,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        done=row.done,
        steps=row.steps,
        stands=row.stands,
        code=row.code,
        message=row.message,
        faults=row.faults,
        counts=row.counts,
    )
