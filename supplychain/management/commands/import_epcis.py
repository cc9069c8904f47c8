"""Take over what a partner's EPCIS 1.2 file says of lots."""

import secrets
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger.core.errors import LedgerError
from supplychain.domain.profiles import PROFILES
from supplychain.services.import_epcis import import_epcis

SEED_BYTES = 32


class Command(BaseCommand):
    """Reading the same file again changes nothing but what was refused and is no longer."""

    help = "Import an EPCIS 1.2 XML file; sign, as the party, what the party may sign."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file and who reads it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="party", required=True, help="the importing party's GLN")
        parser.add_argument(
            "--profile",
            default="unmonitored/1",
            choices=list(PROFILES),
            help="storage profile of products that only the file describes",
        )

    def handle(self, *, file: Path, party: str, profile: str, **_options: object) -> None:
        """Read, sign, and say what became of each event."""
        try:
            reports = import_epcis(
                data=file.read_bytes(),
                party=party,
                at=datetime.now(UTC),
                seed=secrets.token_bytes(SEED_BYTES),
                profile=profile,
            )
        except (LedgerError, OSError) as error:
            raise CommandError(f"{getattr(error, 'code', 'FILE')}: {error}") from error
        for report in reports:
            self.stdout.write(f"{report.number:>5} {report.outcome:<8} {report.what}")
            self.stdout.write(f"{'':>15}{report.code}: {report.reason}")
            for entry_id in report.entries:
                self.stdout.write(f"{'':>15}entry {entry_id}")
