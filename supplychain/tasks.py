"""What may happen later. A task only wakes work up: what is to be done is a row in our tables.

A message that is lost delays and never loses: the schedule wakes the same work again.
"""

import logging
import secrets
from datetime import UTC, datetime, timedelta
from io import StringIO

from celery import shared_task
from django.conf import settings
from django.core.management import CommandError, call_command

from ledger import indexing
from supplychain.services import follow_checkpoints as following
from supplychain.services import seal_batches as sealing
from supplychain.services import send_notices as sending
from supplychain.services import sweep_sightings as sweeping
from supplychain.services import sweep_verifications as forgetting
from supplychain.services import take_captures as taking
from supplychain.services.import_epcis import import_epcis

SEED_BYTES = 32
log = logging.getLogger(__name__)


@shared_task
def follow_checkpoints() -> None:
    """Make notices about what is newly covered, as far as it goes."""
    while following.follow_checkpoints(at=datetime.now(UTC)):
        pass


@shared_task
def send_notices() -> None:
    """Send what is due."""
    sending.send_notices(at=datetime.now(UTC))


@shared_task
def seal_batches() -> None:
    """Seal what live trackers sent, and sign it for the goods that they ride with."""
    sealing.seal_batches(
        at=datetime.now(UTC),
        most=settings.TRACKER_BATCH_READINGS,
        after=timedelta(minutes=settings.TRACKER_BATCH_MIN),
    )


@shared_task
def take_captures() -> None:
    """Take over the files of partners that wait, or look them over."""
    taking.take_captures(
        take=import_epcis,
        clock=lambda: datetime.now(UTC),
        seeds=lambda: secrets.token_bytes(SEED_BYTES),
    )


@shared_task
def sweep_sightings() -> None:
    """Forget old sightings."""
    sweeping.sweep_sightings(at=datetime.now(UTC))


@shared_task
def sweep_verifications() -> None:
    """Forget old questions about packs."""
    forgetting.sweep_verifications(at=datetime.now(UTC))


@shared_task
def cosign_checkpoint() -> None:
    """Have the newest checkpoint cosigned; a witness that contradicts it becomes an alarm."""
    call_command("cosign_checkpoint", stdout=StringIO())


@shared_task
def publish_tiles() -> None:
    """Bring the store of tiles up to the newest checkpoint; the next time makes up for a failure.

    What is wrong with what was published becomes an alarm.
    """
    try:
        call_command("publish_tiles", stdout=StringIO())
    except CommandError as fault:
        log.error("tiles are not published: %s", fault)  # noqa: TRY400  a sentence, no traceback


@shared_task
def audit_ledger() -> None:
    """Go on with the audit that never ends; what is wrong becomes an alarm at once."""
    call_command("audit_ledger", step=settings.AUDIT_STEP_S, stdout=StringIO())


@shared_task
def audit_readings() -> None:
    """Go on with the audit of temperature readings; what is wrong becomes an alarm at once."""
    try:
        call_command("audit_readings", step=settings.AUDIT_STEP_S, stdout=StringIO())
    except CommandError as fault:
        log.error("readings: %s", fault)  # noqa: TRY400  a sentence, no traceback


@shared_task
def build_index() -> None:
    """Count what is new into the completeness index, and sign its root if that is due.

    Without an operator whom the registry knows there is none; the log's page says so.
    """
    if indexing.is_set_up():
        call_command("build_index", stdout=StringIO())
