"""Give a program its way in."""

import secrets
from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management import BaseCommand, CommandError

from ledger.core.errors import LedgerError
from supplychain.domain.errors import RuleBroken
from supplychain.queries.people import ROLES_OF_TOKENS
from supplychain.services.issue_token import issue_token

TOKEN_BYTES = 32


class Command(BaseCommand):
    """The token is printed once; only its hash is kept."""

    help = "Make a token with which programs act for an organisation through the API."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """For whom, as what, and a name to know it by."""
        parser.add_argument("name")
        parser.add_argument("--party", required=True, help="the organisation's GLN")
        parser.add_argument("--role", required=True, choices=ROLES_OF_TOKENS)

    def handle(self, *, name: str, party: str, role: str, **_options: object) -> None:
        """Draw, keep the hash, print."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        try:
            issue_token(token=token, party=party, role=role, name=name, at=datetime.now(UTC))
        except (LedgerError, RuleBroken) as error:
            raise CommandError(f"{error.code}: {error}") from error
        self.stdout.write(token)
