"""End a key."""

from argparse import ArgumentParser
from typing import Any

from ledger import signers
from ledger.core.registry_acts import REASONS, RevokeKey
from supplychain.management.authority import AuthorityCommand, fresh_nonce, now
from supplychain.recording.submissions import Recorded
from supplychain.services.revoke_key import revoke_key


class Command(AuthorityCommand):
    """Signed with the authority's key in KEYS_DIR."""

    help = (
        "Revoke a key: nothing that it signs from now on is taken. With --since it was stolen:"
        " what it signed at that index of the log or above is suspect until its party affirms it."
    )
    done = "revoked {kid}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which key, why, and since when somebody else may have had it."""
        super().add_arguments(parser)
        parser.add_argument(
            "kid", help="the key's thumbprint; put -- before one that begins with -"
        )
        parser.add_argument("--reason", required=True, choices=REASONS)
        parser.add_argument("--since", type=int, help="first index that may be a thief's")

    def act(self, *, kid: str, reason: str, since: int | None, **_options: Any) -> RevokeKey:
        """What the authority says."""
        return RevokeKey(kid, reason, since)

    def record(self, *, kid: str, reason: str, since: int | None, **_options: Any) -> Recorded:
        """Sign and record it."""
        return revoke_key(
            signer=signers.authority_signer(),
            kid=kid,
            reason=reason,
            from_index=since,
            at=now(),
            nonce=fresh_nonce(),
        )
