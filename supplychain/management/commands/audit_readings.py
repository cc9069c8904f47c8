"""Hold stored temperature readings against what was signed about them."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from time import monotonic

from django.core.management import BaseCommand, CommandError

from supplychain.services.audit_readings import audit_readings


class Command(BaseCommand):
    """Fails when stored readings are not those that were signed."""

    help = "Work out the temperature of every hand-off and stay again from its stored readings."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """All at once, or for some seconds."""
        parser.add_argument(
            "--step", type=float, default=0.0, metavar="S", help="go on for so many seconds only"
        )

    def handle(self, *, step: float, **_options: object) -> None:
        """Go on to the end of the log, or until the time is up."""
        started, entries, wrong = monotonic(), 0, list[str]()
        while True:
            found = audit_readings(at=datetime.now(UTC))
            entries += found.entries
            wrong += found.wrong
            if found.done or (step and monotonic() - started > step):
                break
        for entry_id in wrong:
            self.stdout.write(f"{entry_id}: its readings are not those that were signed")
        if wrong:
            raise CommandError(f"{len(wrong)} of {entries} entries have other readings.")
        self.stdout.write(f"{entries} entries: all readings are those that were signed.")
