"""What may happen later. A task only wakes work up: what is to be done is a row in our tables.

A message that is lost delays and never loses: the schedule wakes the same work again.
"""

import contextlib
from datetime import UTC, datetime
from io import StringIO

from celery import shared_task
from django.core.management import call_command

from supplychain.services import follow_checkpoints as following
from supplychain.services import send_notices as sending
from supplychain.services import sweep_sightings as sweeping


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
def sweep_sightings() -> None:
    """Forget old sightings."""
    sweeping.sweep_sightings(at=datetime.now(UTC))


@shared_task
def audit_ledger() -> None:
    """Recompute the ledger; what is wrong becomes an alarm, and the run is kept."""
    with contextlib.suppress(SystemExit):  # its exit code is for the command line
        call_command("audit_ledger", stdout=StringIO())
