"""Bring a product's own storage profile, and say its name."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger.core.errors import Malformed
from supplychain.domain.profile_documents import BYTES_MAX
from supplychain.services.add_profile import add_profile


class Command(BaseCommand):
    """The name is the hash of the document: whoever has it can check what a statement cites."""

    help = "Keep a storage profile (RFC 8785 JSON, see docs/spec/conditions.md) and print its id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One file, of one maker."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--party", required=True, help="the maker's GLN")

    def handle(self, *, file: Path, party: str, **_options: object) -> None:
        """Read no more than a profile can have."""
        try:
            with file.open("rb") as opened:
                document = opened.read(BYTES_MAX + 1)
            profile = add_profile(party=party, document=document, at=datetime.now(UTC))
        except (OSError, Malformed) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(profile.id)
