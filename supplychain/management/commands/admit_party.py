"""Let an organisation take part."""

import secrets
from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management import BaseCommand, CommandError

from ledger import signers
from ledger.core.errors import LedgerError
from ledger.core.statement import NONCE_BYTES
from supplychain.domain.parties import Party, Role
from supplychain.services.admit_party import admit_party


class Command(BaseCommand):
    """Signed with the authority's key in KEYS_DIR."""

    help = "Admit an organisation to the registry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What the authority vouches for, and where notices go."""
        parser.add_argument("gln", help="13 digits")
        parser.add_argument("--name", required=True)
        parser.add_argument(
            "--role", required=True, action="append", choices=[role.value for role in Role]
        )
        parser.add_argument(
            "--prefix", action="append", default=[], help="a GS1 company prefix of a maker"
        )
        parser.add_argument("--country", required=True, help="two capital letters")
        parser.add_argument("--email", default="", help="for notices; not signed")

    def handle(self, *, gln: str, email: str, **options: object) -> None:
        """Read the profile, sign, record."""
        profile = {
            "name": options["name"],
            "roles": options["role"],
            "prefixes": options["prefix"],
            "country": options["country"],
        }
        try:
            recorded = admit_party(
                authority=signers.authority_signer(),
                party=Party.from_profile(gln, profile),
                email=email,
                at=datetime.now(UTC),
                nonce=secrets.token_bytes(NONCE_BYTES),
            )
        except LedgerError as error:
            raise CommandError(f"{error.code}: {error}") from error
        self.stdout.write(f"admitted {gln} by entry {recorded.entry_id}")
