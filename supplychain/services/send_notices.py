"""Send the notices that are due."""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import send_mail
from django.db import transaction

from supplychain.models import Notice

log = logging.getLogger(__name__)

BATCH = 100
WAIT = timedelta(minutes=1)
WAIT_MAX = timedelta(hours=6)


def send_notices(*, at: datetime) -> int:
    """Send what is due by e-mail, each notice in a transaction of its own; return how many went.

    A notice that cannot be sent is tried again, each time after twice as long. Several may run at
    once: a notice in somebody's hands is passed over.
    """
    sent = 0
    for _ in range(BATCH):
        outcome = _send_next(at)
        if outcome is None:
            break
        sent += outcome
    return sent


def _send_next(at: datetime) -> bool | None:
    """Whether the next notice went; None when there is none."""
    due = Notice.objects.filter(sent_at__isnull=True, due_at__lte=at).exclude(email="")
    with transaction.atomic():
        notice = due.select_for_update(skip_locked=True).order_by("due_at", "id").first()
        return None if notice is None else _send(notice, at)


def _send(notice: Notice, at: datetime) -> bool:
    try:
        send_mail(notice.subject, notice.body, None, [notice.email])
    except (OSError, SMTPException) as error:
        notice.attempts += 1
        notice.due_at = at + min(WAIT * 2 ** min(notice.attempts, 20), WAIT_MAX)
        log.warning("notice %s not sent (%s times): %s", notice.pk, notice.attempts, error)
    else:
        notice.sent_at = at
    notice.save(update_fields=["attempts", "due_at", "sent_at"])
    return notice.sent_at is not None
