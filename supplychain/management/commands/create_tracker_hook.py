"""Open an address to which a vendor's cloud posts readings."""

import secrets
from argparse import ArgumentParser
from datetime import UTC, datetime

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ledger.core.errors import LedgerError
from ledger.signers import NONCE_BYTES
from supplychain.domain.errors import RuleBroken
from supplychain.services.issue_hook import issue_hook

NUMBER_BYTES = 16
SECRET_BYTES = 32


class Command(BaseCommand):
    """Address and secret are printed once; the secret is kept encrypted."""

    help = (
        "Make an address, and a secret to sign with, for whoever posts an organisation's readings."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """For whom, and a name to know it by."""
        parser.add_argument("name")
        parser.add_argument("--party", required=True, help="the organisation's GLN")

    def handle(self, *, name: str, party: str, **_options: object) -> None:
        """Draw, keep, print."""
        number, secret = secrets.token_hex(NUMBER_BYTES), secrets.token_urlsafe(SECRET_BYTES)
        try:
            issue_hook(
                number=number,
                party=party,
                name=name,
                secret=secret.encode(),
                nonce=secrets.token_bytes(NONCE_BYTES),
                at=datetime.now(UTC),
            )
        except (LedgerError, RuleBroken) as error:
            raise CommandError(f"{error.code}: {error}") from error
        self.stdout.write(f"{settings.SITE_URL}/api/v1/trackers/hooks/{number}\n{secret}")
