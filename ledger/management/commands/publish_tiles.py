"""Put the log's tiles and its newest checkpoint where a web server or a CDN serves them."""

from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management import BaseCommand, CommandError

from ledger import publishing
from ledger.core.errors import LedgerError


class Command(BaseCommand):
    """Safe at any time, at once from two places, and again after a crash."""

    help = "Bring the store of TILES_STORE up to the newest checkpoint: tiles, then checkpoint."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to trust that what was published is still there."""
        parser.add_argument("--again", action="store_true", help="put in every tile again")

    def handle(self, *, again: bool, **_options: object) -> None:
        """Publish, and say up to where."""
        try:
            store = publishing.open_store(lambda: datetime.now(UTC))
            if store is None:
                raise CommandError("TILES_STORE is not set: there is nowhere to publish to.")
            size = publishing.publish(store, at=datetime.now(UTC), again=again)
        except LedgerError as fault:
            raise CommandError(f"{fault.code}: {fault}") from fault
        self.stdout.write(f"published {size}")
