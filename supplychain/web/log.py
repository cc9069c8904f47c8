"""How the log is, for anybody who relies on it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ledger import alarms, auditing, cosignatures, inbox, index_shown, proofs, witnessing
from ledger.witnessing import Standing
from supplychain.domain.facts import Limits
from supplychain.web.asking import asking_party

_ALARMS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class CheckpointLine:
    """The newest checkpoint, as it was signed."""

    size: int
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """An alarm that stands; acknowledged ones no longer keep the log from being signed."""

    code: str
    about: str
    message: str
    raised_at: datetime
    acknowledged_by: str
    stops: bool


@dataclass(frozen=True, slots=True)
class AuditLine:
    """The last recomputation of everything, and the one that is under way, if any."""

    finished_at: datetime
    entries: int
    findings: int
    second_opinions: int


@dataclass(frozen=True, slots=True)
class IndexLine:
    """The newest completeness index."""

    size: int
    keys: int
    at: datetime


@dataclass(frozen=True, slots=True)
class WitnessesPart:
    """The witnesses of our policy; whether a checkpoint waits for more of them than cosigned."""

    quorum: str
    standings: tuple[Standing, ...]
    waiting_since: datetime | None
    late: bool
    """Whether that is longer than a moment."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """What the page shows."""

    origin: str
    checkpoint: CheckpointLine | None
    waiting: int
    index: IndexLine | None
    audit: AuditLine | None
    under_way: int | None
    """Entries that the audit which is under way has checked."""
    alarms: tuple[AlarmLine, ...]
    witnesses: WitnessesPart

    @property
    def stopped(self) -> bool:
        """Whether signing waits for somebody."""
        return any(alarm.stops for alarm in self.alarms)


@require_safe
@never_cache
def log_health(request: HttpRequest) -> HttpResponse:
    """Size, last checkpoint, alarms and last audit."""
    page = LogPage(
        settings.LOG_ORIGIN,
        _checkpoint(),
        inbox.waiting(),
        _index(),
        _audit(),
        _under_way(),
        _alarms(),
        _witnesses(timezone.now()),
    )
    context = {"here": "log", "asking": asking_party(request), "log": page}
    return render(request, "log.html", context)


def _checkpoint() -> CheckpointLine | None:
    newest = proofs.latest_checkpoint()
    return CheckpointLine(newest.size, newest.at, proofs.published_note(newest)) if newest else None


def _index() -> IndexLine | None:
    newest = index_shown.newest_epoch()
    return IndexLine(*newest) if newest else None


def _audit() -> AuditLine | None:
    last = auditing.last_run()
    if last is None or last.finished_at is None:
        return None
    return AuditLine(last.finished_at, last.entries, len(last.findings), last.second_opinions)


def _under_way() -> int | None:
    kept = auditing.under_way(is_continuous=True)
    return kept.entries if kept else None


def _witnesses(now: datetime) -> WitnessesPart:
    standings = tuple(witnessing.standings(now))
    since = witnessing.unwitnessed_since()
    late = since is not None and now - since > Limits().patience
    return WitnessesPart(cosignatures.trust().quorum, standings, since, late)


def _alarms() -> tuple[AlarmLine, ...]:
    stopping = set(alarms.blocking().values_list("pk", flat=True))
    return tuple(
        AlarmLine(
            code=one.code,
            about=one.about,
            message=one.message,
            raised_at=one.raised_at,
            acknowledged_by=one.acknowledged_by,
            stops=one.pk in stopping,
        )
        for one in alarms.standing()[:_ALARMS_SHOWN]
    )
