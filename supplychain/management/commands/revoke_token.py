"""Take a program's way in."""

from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management import BaseCommand, CommandError

from supplychain.services.revoke_token import revoke_token


class Command(BaseCommand):
    """By the name that the token was given: the token itself is nowhere to be read."""

    help = "Revoke the tokens of this name; programs that bear them are refused from now on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, and by which name."""
        parser.add_argument("name")
        parser.add_argument("--party", required=True, help="the organisation's GLN")

    def handle(self, *, name: str, party: str, **_options: object) -> None:
        """Revoke and say how many."""
        revoked = revoke_token(party=party, name=name, at=datetime.now(UTC))
        if not revoked:
            raise CommandError(f"{party} has no valid token named {name!r}.")
        self.stdout.write(f"revoked {revoked}")
