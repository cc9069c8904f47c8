"""End a key."""

import secrets
from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management import BaseCommand, CommandError

from ledger import signers
from ledger.core.errors import LedgerError
from ledger.core.registry_acts import REASONS
from ledger.core.statement import NONCE_BYTES
from supplychain.services.revoke_key import revoke_key


class Command(BaseCommand):
    """Signed with the authority's key in KEYS_DIR."""

    help = "Revoke a key: nothing that it signs from now on is taken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which key, why, and from where on."""
        parser.add_argument(
            "kid", help="the key's thumbprint; put -- before one that begins with -"
        )
        parser.add_argument("--reason", required=True, choices=REASONS)
        parser.add_argument("--from", dest="from_index", type=int, help="first index without it")

    def handle(self, *, kid: str, reason: str, from_index: int | None, **_options: object) -> None:
        """Sign, record."""
        try:
            recorded = revoke_key(
                signer=signers.authority_signer(),
                kid=kid,
                reason=reason,
                from_index=from_index,
                at=datetime.now(UTC),
                nonce=secrets.token_bytes(NONCE_BYTES),
            )
        except LedgerError as error:
            raise CommandError(f"{error.code}: {error}") from error
        self.stdout.write(f"revoked {kid} by entry {recorded.entry_id}")
