"""The audit: everything recomputed from the stored bytes, nothing believed.

An audit goes on in steps, each of which reads one snapshot of the database: first the log by its
indices (leaves, tiles, checkpoints), then the registry, then the streams by their ids (entries,
signatures, links, files), then the completeness index. How far it has come is kept in its row, so
that one which was killed can go on. What changes between two steps is found by the next audit, as
is what changes after one.

Memory holds the registry, one stream's links and a few hundred entries, however long the log is; at
the end, the heads of all index keys.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

from ledger import alarms
from ledger.audit_index import IndexWalk
from ledger.audit_log import LogWalk
from ledger.audit_progress import (
    DONE,
    FINDINGS_MAX,
    INDEX,
    LOG,
    STREAMS,
    Progress,
    findings_as_json,
    findings_of,
)
from ledger.audit_streams import StreamWalk
from ledger.core.policy import Policy
from ledger.models import AuditRun
from ledger.recomputing import AuditFinding, Opinions

__all__ = ["Audit", "Opinions", "audit", "begin", "go_on", "last_run", "run", "under_way"]

ALARMS_MAX = 100


@dataclass(frozen=True)
class Audit:
    """What an audit found. `size` is the number of leaves that were followed."""

    findings: tuple[AuditFinding, ...]
    entries: int
    size: int
    second_opinions: int

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def audit(opinions: Opinions, *, policy: Policy, file: Path) -> Audit:
    """Recompute everything; `file` is the checkpoint kept outside the database. Only reads.

    Codes: those of the ledger's refusals for what should have been refused, and ENTRY_MISSING,
    ENTRY_CHANGED, ENTRY_MALFORMED, ENTRY_NOT_LOGGED, DISCLOSURE_CHANGED, COLUMNS_CHANGED,
    NUMBER_GAP, STREAM_COUNT, LEAF_MISSING, TREE_CHANGED, CHECKPOINT_WRONG, CHECKPOINT_MISSING,
    CHECKPOINT_FORKED, CHECKPOINT_FILE_BEHIND, DATABASE_BEHIND, OUTPUT_USE_CHANGED,
    ATTACHMENT_CHANGED, REGISTRY_CHANGED, SECOND_OPINION_DIFFERS, INDEX_WRONG, INDEX_REFUSED.
    """
    progress = Progress()
    step(progress, opinions, policy=policy, file=file)
    return _result(progress)


def step(
    progress: Progress,
    opinions: Opinions,
    *,
    policy: Policy,
    file: Path,
    is_over: Callable[[], bool] = lambda: False,
    processes: int = 1,
    all_indexes: bool = False,
) -> None:
    """Go on until `is_over` says so, at the end of a chunk or of a stream; or to the end.

    The index is replayed in one go at the end: its newest root, or `all_indexes` ever signed.
    """
    log = LogWalk(progress, policy, opinions.first)
    if progress.walk == LOG:
        log.read_file(file)
    with _snapshot():
        if progress.walk == LOG:
            log.follow(is_over)
        if progress.walk == STREAMS:
            StreamWalk(progress, policy, opinions).follow(is_over, processes)
        if progress.walk == INDEX:
            progress.find(*IndexWalk(every=all_indexes).follow())
            progress.walk = DONE


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read everything as of one moment, while others append and log."""
    inside = connection.in_atomic_block
    with transaction.atomic():
        if not inside:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def run(
    opinions: Opinions,
    *,
    policy: Policy,
    file: Path,
    clock: Callable[[], datetime],
    all_indexes: bool = False,
) -> tuple[Audit, AuditRun]:
    """Audit in one go, keep the run, raise an alarm for each finding and clear what is whole."""
    kept = begin(opinions, at=clock(), is_continuous=False)
    kept = go_on(kept, opinions, policy=policy, file=file, clock=clock, all_indexes=all_indexes)
    return result_of(kept), kept


# --- runs that are kept ---------------------------------------------------------------------------


def begin(opinions: Opinions, *, at: datetime, is_continuous: bool) -> AuditRun:
    """Keep a run that has not come anywhere yet. The draw of second opinions is kept with it."""
    return AuditRun.objects.create(
        started_at=at,
        size=0,
        entries=0,
        second_opinions=0,
        is_continuous=is_continuous,
        share=opinions.share if opinions.second else 0.0,
        seed=opinions.seed,
    )


def under_way(*, is_continuous: bool) -> AuditRun | None:
    """The newest run that has not come to its end: one in small steps, or one by command."""
    runs = AuditRun.objects.filter(finished_at=None, is_continuous=is_continuous)
    return runs.order_by("-started_at").first()


def is_due(*, at: datetime, every: timedelta) -> bool:
    """Whether the next continuous run may begin: so long after the last one began."""
    last = AuditRun.objects.filter(is_continuous=True).order_by("-started_at").first()
    return last is None or not timedelta(0) <= at - last.started_at < every


def last_run() -> AuditRun | None:
    """The audit that ended last; None before the first."""
    return AuditRun.objects.exclude(finished_at=None).order_by("-finished_at").first()


def go_on(
    kept: AuditRun,
    opinions: Opinions,
    *,
    policy: Policy,
    file: Path,
    clock: Callable[[], datetime],
    is_over: Callable[[], bool] = lambda: False,
    processes: int = 1,
    all_indexes: bool = False,
) -> AuditRun:
    """Make one step of a run and keep what it has come to; alarms are raised at once.

    When another process has made the same step meanwhile, this one's is forgotten.
    """
    progress = _progress(kept)
    step(
        progress,
        opinions,
        policy=policy,
        file=file,
        is_over=is_over,
        processes=processes,
        all_indexes=all_indexes,
    )
    at = clock()
    with transaction.atomic():
        if _keep(kept, progress, at):
            _settle_alarms(kept, progress, at)
    kept.refresh_from_db()
    return kept


def result_of(kept: AuditRun) -> Audit:
    """What a run has found."""
    return _result(_progress(kept))


def _progress(kept: AuditRun) -> Progress:
    return replace(
        Progress.of(kept.progress),
        size=kept.size,
        entries=kept.entries,
        second_opinions=kept.second_opinions,
        findings=findings_of(kept.findings),
    )


def _result(progress: Progress) -> Audit:
    findings = tuple(progress.findings)
    return Audit(findings, progress.entries, progress.size, progress.second_opinions)


def _keep(kept: AuditRun, progress: Progress, at: datetime) -> bool:
    is_done = progress.walk == DONE
    changed = AuditRun.objects.filter(pk=kept.pk, steps=kept.steps).update(
        steps=kept.steps + 1,
        finished_at=at if is_done else None,
        size=progress.size,
        entries=progress.entries,
        second_opinions=progress.second_opinions,
        findings=findings_as_json(progress.findings),
        progress=progress.as_json(),
        whole=is_done and not progress.findings,
    )
    return bool(changed)


def _settle_alarms(kept: AuditRun, progress: Progress, at: datetime) -> None:
    """Raise what was found; at the end clear what is whole again, and was so from the beginning.

    An alarm that was raised while the audit ran may be about what it had left behind by then.
    """
    for one in progress.findings[:ALARMS_MAX]:
        alarms.raise_alarm(
            code=one.code, about=one.about, message=one.message, at=at, stream=one.stream_id
        )
    if progress.walk == DONE and len(progress.findings) < FINDINGS_MAX:
        found = {(one.code, one.about) for one in progress.findings}
        alarms.clear(at=at, but=found, raised_until=kept.started_at)
