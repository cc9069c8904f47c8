"""Take over the files that wait."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from ledger.core.errors import LedgerError
from supplychain.domain.errors import RuleBroken
from supplychain.models import CaptureJob
from supplychain.queries.captures import LOOK
from supplychain.recording.capture_progress import telling
from supplychain.recording.import_reports import EventReport, fault_of
from supplychain.recording.import_source import OnError

FAULTS_MAX = 1_000
LOOKED_KEPT = timedelta(days=1)
_KEPT = ("content", "finished_at", "stands", "code", "message", "faults", "counts")
_OURS = ("INTERNAL", "This is a fault of ours. Nothing of the file was taken.")
log = logging.getLogger(__name__)


class Take(Protocol):
    """What takes a file over: `import_epcis`, which the door hands in."""

    def __call__(
        self,
        *,
        data: bytes,
        party: str,
        at: datetime,
        seed: bytes,
        on_error: OnError,
        progress: Callable[[int, int], None],
    ) -> Sequence[EventReport]:
        """Sign what the party may sign of the file, and answer for each event."""


def take_captures(
    *,
    take: Take,
    clock: Callable[[], datetime],
    seeds: Callable[[], bytes],
    only: UUID | None = None,
) -> int:
    """Take over each file that waits, or look it over; how many there were.

    A party's files are taken one after the other, by one worker at a time. Whoever dies meanwhile
    leaves the file as it was, for the next one; what went wrong keeps the party's later files
    waiting, and nobody else's. `seeds` gives 32 random bytes for each; `only` names the job that
    somebody waits for. What was looked over is forgotten after a day.
    """
    waiting = CaptureJob.objects.filter(finished_at=None).order_by("created_at", "id")
    waiting = waiting if only is None else waiting.filter(pk=only)
    taken, held = 0, set()
    for number, party in list(waiting.values_list("id", "party")):
        if party in held:
            continue
        try:
            taken += _taken(number, party, take, clock, seeds())
        except Exception:
            log.exception("file %s waits for the next time", number)
            held.add(party)
    CaptureJob.objects.filter(on_error=LOOK, finished_at__lt=clock() - LOOKED_KEPT).delete()
    return taken


def _taken(
    number: UUID, party: str, take: Take, clock: Callable[[], datetime], seed: bytes
) -> bool:
    with transaction.atomic():
        if not _is_ours(party):
            return False
        job = CaptureJob.objects.filter(pk=number, finished_at=None).first()
        if job is None:
            return False
        _take(job, take, clock(), seed)
        job.finished_at = clock()
        if job.on_error != LOOK:
            job.content = b""
        job.save(update_fields=_KEPT)
    return True


def _is_ours(party: str) -> bool:
    """Whether no other worker has a file of the party in hand; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext('capture'), hashtext(%s))", [party]
        )
        return bool(cursor.fetchone()[0])


def _take(job: CaptureJob, take: Take, at: datetime, seed: bytes) -> None:
    try:
        with transaction.atomic(), telling(job.id, at) as progress:
            reports = take(
                data=bytes(job.content),
                party=job.party,
                at=at,
                seed=seed,
                on_error="rollback" if job.on_error == "rollback" else "proceed",
                progress=progress,
            )
            if job.on_error == LOOK:
                transaction.set_rollback(True)
    except (LedgerError, RuleBroken) as refusal:
        job.stands, job.code, job.message = False, refusal.code, refusal.message[:500]
    except (OperationalError, InterfaceError):
        raise  # the database is away: it waits for the next time
    except Exception:
        log.exception("a fault of ours in the file %s", job.sha256)
        job.stands, (job.code, job.message) = False, _OURS
    else:
        bad = [one for one in reports if not one.stands]
        job.stands, job.faults = not bad, [fault_of(one) for one in bad[:FAULTS_MAX]]
        job.counts = Counter(one.outcome for one in reports)
