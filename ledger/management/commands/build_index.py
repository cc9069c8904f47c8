"""Bring the completeness index up to the newest checkpoint."""

import secrets
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ledger import indexing, signers
from ledger.core.errors import LedgerError
from ledger.core.statement import NONCE_BYTES
from ledger.indexing import IndexBusy, Pace

AT_ONCE = Pace(1, timedelta(0), timedelta(0))


class Command(BaseCommand):
    """Celery runs it all the time; by hand it is for a first build, or for one after a repair."""

    help = "Count what is new into the completeness index, and sign its root if that is due."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to wait for the settings' pace, and whether to count anew."""
        parser.add_argument("--now", action="store_true", help="sign, whether it is due or not")
        parser.add_argument(
            "--again", action="store_true", help="forget the heads and count from the beginning"
        )

    def handle(self, *, now: bool, again: bool, **_options: object) -> None:
        """Make one step."""
        try:
            self._step(AT_ONCE if now else pace(), again=again)
        except IndexBusy as busy:
            self.stdout.write(str(busy))
        except LedgerError as fault:
            raise CommandError(str(fault)) from fault

    def _step(self, at_pace: Pace, *, again: bool) -> None:
        signer = signers.operator_signer()
        if not indexing.is_admitted(signer):
            message = f"The registry does not have the operator's key {signer.kid}."
            raise CommandError(f"{message} `manage.py admit_operator` brings it in.")
        if again:
            indexing.start_again()
        nonce = secrets.token_bytes(NONCE_BYTES)
        root = indexing.step(signer, at_pace, at=datetime.now(UTC), nonce=nonce)
        self.stdout.write(
            f"signed an index over {root.size} entries, {root.keys} keys" if root else "not due"
        )


def pace() -> Pace:
    """The settings' pace."""
    return Pace(
        settings.INDEX_EVERY_ENTRIES,
        timedelta(seconds=settings.INDEX_EVERY_S),
        timedelta(seconds=settings.INDEX_HEARTBEAT_S),
    )
