"""Ask for a second person, or no longer."""

from argparse import ArgumentParser

from django.core.management import BaseCommand, CommandError

from supplychain.domain.errors import RuleBroken
from supplychain.services.ask_four_eyes import ask_four_eyes


class Command(BaseCommand):
    """A setting of this installation: who the people of an organisation are is known here only."""

    help = "Let a second person confirm what an organisation's quality releases (on), or not (off)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose quality, and which."""
        parser.add_argument("party", help="the organisation's GLN")
        parser.add_argument("wanted", choices=["on", "off"])

    def handle(self, *, party: str, wanted: str, **_options: object) -> None:
        """Keep it."""
        try:
            ask_four_eyes(party=party, wanted=wanted == "on")
        except RuleBroken as error:
            raise CommandError(f"{error.code}: {error}") from error
        said = "confirms what quality releases" if wanted == "on" else "is not asked for"
        self.stdout.write(f"{party}: a second person {said}")
