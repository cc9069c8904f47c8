"""Alarms: raised once for each thing that is wrong, standing until cleared."""

import logging
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from ledger.models import Alarm

log = logging.getLogger(__name__)

ALARM_DIGITS_MAX = 18

CODES = (
    "ATTACHMENT_CHANGED",
    "CHECKPOINT_FILE_BEHIND",
    "CHECKPOINT_FILE_MOVED",
    "CHECKPOINT_FORKED",
    "CHECKPOINT_MISSING",
    "CHECKPOINT_NOT_OURS",
    "CHECKPOINT_WRONG",
    "CLOCK_BACKWARDS",
    "COLUMNS_CHANGED",
    "DATABASE_BEHIND",
    "DISCLOSURE_CHANGED",
    "ENTRY_CHANGED",
    "ENTRY_MALFORMED",
    "ENTRY_MISSING",
    "ENTRY_NOT_LOGGED",
    "INDEX_REFUSED",
    "INDEX_WRONG",
    "LEAF_MISSING",
    "LOG_MISMATCH",
    "NONCE_REUSED",
    "NUMBER_GAP",
    "OUTPUT_UNKNOWN",
    "OUTPUT_USED",
    "OUTPUT_USE_CHANGED",
    "PUBLISHED_AHEAD",
    "PUBLISHED_FORKED",
    "REGISTRY_CHANGED",
    "SECOND_OPINION_DIFFERS",
    "SECOND_SEQUENCER",
    "STREAM_COUNT",
    "TREE_CHANGED",
    "TREE_FORKED",
    "WITNESS_CONTRADICTS",
)
"""What an alarm can say. Besides these, an audit gives the code of the refusal (SIGNATURE_BAD, …)
for an entry of the log that should have been refused. docs/operate.md says what to do about each.
"""

NOT_FOR_AUDITS = frozenset({"WITNESS_CONTRADICTS"})
"""What only somebody outside can take back: an audit of our own database does not clear it."""


def raise_alarm(
    *,
    code: str,
    about: str,
    message: str,
    at: datetime,
    stream: UUID | None = None,
    blocks: bool = True,
) -> Alarm:
    """Raise an alarm, or return the one that stands already about the same."""
    alarm, new = Alarm.objects.get_or_create(
        code=code,
        about=about,
        cleared_at=None,
        defaults={"message": message, "raised_at": at, "stream_id": stream, "blocks": blocks},
    )
    if new:
        log.critical("ALARM %s: %s %s: %s", alarm.pk, code, about or "the log", message)
    return alarm


def standing() -> QuerySet[Alarm]:
    """Alarms that are not cleared, acknowledged or not."""
    return Alarm.objects.filter(cleared_at=None)


def blocking() -> QuerySet[Alarm]:
    """Alarms for which signing waits: standing, and acknowledged by nobody."""
    return standing().filter(blocks=True, acknowledged_at=None)


def about_stream(stream: UUID) -> QuerySet[Alarm]:
    """Standing alarms that concern this stream, or the whole log and are not acknowledged.

    An alarm about an entry of this stream concerns it for as long as it stands.
    """
    whole = Q(stream_id=None, blocks=True, acknowledged_at=None)
    return standing().filter(Q(stream_id=stream) | whole)


def acknowledged(entry_id: str) -> bool:
    """Whether a named person has acknowledged an alarm about this entry."""
    return standing().filter(about=entry_id, acknowledged_at__isnull=False).exists()


def acknowledge(*, which: str, by: str, reason: str, at: datetime) -> list[Alarm]:
    """Acknowledge the alarm of this number, or all that stand about this entry.

    Returns those acknowledged now; signing goes on, the alarms stay on record.
    """
    of_this = Q(about=which) | Q(pk=int(which)) if _is_number(which) else Q(about=which)
    found = list(standing().filter(of_this, acknowledged_at=None))
    for alarm in found:
        alarm.acknowledged_at, alarm.acknowledged_by, alarm.reason = at, by, reason
        alarm.save(update_fields=["acknowledged_at", "acknowledged_by", "reason"])
        log.warning("alarm %s acknowledged by %s: %s", alarm.pk, by, reason)
    return found


def clear(*, at: datetime, but: set[tuple[str, str]], raised_until: datetime) -> int:
    """Clear the alarms that a full audit did not find again; returns how many.

    `but` names those that it found, by code and what they are about. While there are such, alarms
    about the log as a whole stand. `raised_until` is when the audit began: what was raised later
    waits for the next one.
    """
    cleared = [
        one.pk
        for one in standing().filter(raised_at__lte=raised_until)
        if (one.code, one.about) not in but
        and (one.about or not but)
        and one.code not in NOT_FOR_AUDITS
    ]
    return Alarm.objects.filter(pk__in=cleared).update(cleared_at=at)


def settle(*, code: str, about: str, at: datetime) -> None:
    """Clear the alarm that whoever raised it has taken back."""
    if standing().filter(code=code, about=about).update(cleared_at=at):
        log.warning("alarm %s %s is taken back", code, about)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= ALARM_DIGITS_MAX
