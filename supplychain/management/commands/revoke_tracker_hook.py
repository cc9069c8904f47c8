"""Close an address to which readings are posted."""

from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management import BaseCommand, CommandError

from supplychain.services.revoke_hook import revoke_hook


class Command(BaseCommand):
    """By the name that the hook was given."""

    help = "Close the hooks of this name; what is posted to them is refused from now on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose, and by which name."""
        parser.add_argument("name")
        parser.add_argument("--party", required=True, help="the organisation's GLN")

    def handle(self, *, name: str, party: str, **_options: object) -> None:
        """Close and say how many."""
        closed = revoke_hook(party=party, name=name, at=datetime.now(UTC))
        if not closed:
            raise CommandError(f"{party} has no open hook named {name!r}.")
        self.stdout.write(f"closed {closed}")
