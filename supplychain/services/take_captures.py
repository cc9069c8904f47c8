"""Take over the files that wait."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from ledger.core.errors import LedgerError
from supplychain.domain.errors import RuleBroken
from supplychain.models import CaptureJob
from supplychain.recording.capture_progress import telling
from supplychain.recording.import_reports import EventReport, fault_of
from supplychain.recording.import_source import OnError

FAULTS_MAX = 1_000
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


def take_captures(*, take: Take, clock: Callable[[], datetime], seeds: Callable[[], bytes]) -> int:
    """Take over each file that waits; how many there were.

    A party's files are taken one after the other, by one worker at a time. Whoever dies meanwhile
    leaves the file as it was, for the next one; what went wrong keeps the party's later files
    waiting, and nobody else's. `seeds` gives 32 random bytes for each.
    """
    waiting = CaptureJob.objects.filter(finished_at=None).order_by("created_at", "id")
    taken, held = 0, set()
    for number, party in list(waiting.values_list("id", "party")):
        if party in held:
            continue
        try:
            taken += _taken(number, party, take, clock, seeds())
        except Exception:
            log.exception("file %s waits for the next time", number)
            held.add(party)
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
        job.content, job.finished_at = b"", clock()
        job.save(update_fields=("content", "finished_at", "stands", "code", "message", "faults"))
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
                on_error="proceed" if job.on_error == "proceed" else "rollback",
                progress=progress,
            )
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
