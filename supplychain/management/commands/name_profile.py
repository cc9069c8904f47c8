"""Hold a product's own storage profile against the rules for one, and say its name."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger.core.errors import Malformed
from supplychain.domain.profile_documents import BYTES_MAX, read_own


class Command(BaseCommand):
    """The name is the hash of the document: whoever has it can check what a statement cites."""

    help = "Read a storage profile (RFC 8785 JSON, see docs/spec/conditions.md) and print its id."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One file."""
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_options: object) -> None:
        """Read no more than a profile can have."""
        try:
            with file.open("rb") as opened:
                profile = read_own(opened.read(BYTES_MAX + 1))
        except (OSError, Malformed) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(profile.id)
