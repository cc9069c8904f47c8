"""Look into loggers' files: what is in them, and what their signatures are worth."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger.core.errors import Malformed
from ledger.core.signatures import OPENSSL
from supplychain.domain.lots import zone as read_zone
from supplychain.domain.readings_csv import BYTES_MAX
from supplychain.formats.local_times import DateOrder
from supplychain.formats.logger_files import Told, read
from supplychain.recording.logger_files import trusted_issuers
from supplychain.web.logger_facts import logger_facts


class Command(BaseCommand):
    """Needs neither database nor keys: for an inspector with a file."""

    help = "Print what is in a logger's file. Exit code 1 where one of them is no evidence."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files of one offset."""
        parser.add_argument("files", nargs="+", type=Path)
        parser.add_argument("--zone", default="", help="the fixed offset of their clocks, +01:00")
        parser.add_argument("--order", choices=[one.value for one in DateOrder])

    def handle(
        self, *, files: list[Path], zone: str, order: str | None, **_options: object
    ) -> None:
        """Every file is told, also after one that is none."""
        refused = [file for file in files if not self._tell(file, zone, order)]
        if refused:
            raise CommandError(f"No evidence: {', '.join(file.name for file in refused)}")

    def _tell(self, file: Path, zone: str, order: str | None) -> bool:
        self.stdout.write(f"{file.name}")
        try:
            with file.open("rb") as opened:
                data = opened.read(BYTES_MAX + 1)
            told = Told(
                read_zone(zone) if zone else None, order=DateOrder(order) if order else None
            )
            found = read(
                data, told, at=datetime.now(UTC), signatures=OPENSSL, issuers=trusted_issuers()
            )
        except (OSError, Malformed) as error:
            self.stdout.write(f"  {error}")
            return False
        for name, value in logger_facts(found):
            self.stdout.write(f"  {name}: {value}")
        return not found.refusal
