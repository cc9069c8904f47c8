"""End a key."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from ledger import signers
from ledger.core.keys import Signer
from ledger.core.registry_acts import REASONS, RevokeKey
from ledger.core.signatures import PrivateKey
from supplychain.management.authority import AuthorityCommand, fresh_nonce, now
from supplychain.recording.submissions import Recorded
from supplychain.services.revoke_key import revoke_key


class Command(AuthorityCommand):
    """Signed with the authority's key in KEYS_DIR, or by the party whose key or device it is."""

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
        parser.add_argument("--by", metavar="GLN", help="the party itself, or the device's owner")
        parser.add_argument("--key", type=Path, help="its key, PEM; else the one that is kept here")

    def act(self, *, kid: str, reason: str, since: int | None, **_options: Any) -> RevokeKey:
        """What the authority says."""
        return RevokeKey(kid, reason, since)

    def record(
        self,
        *,
        kid: str,
        reason: str,
        since: int | None,
        by: str,
        key: Path | None,
        **_options: Any,
    ) -> Recorded:
        """Sign and record it."""
        return revoke_key(
            signer=_signer(by, key),
            kid=kid,
            reason=reason,
            from_index=since,
            at=now(),
            nonce=fresh_nonce(),
        )


def _signer(by: str, key: Path | None) -> Signer:
    if key is not None:
        return PrivateKey.from_pem(key.read_bytes())
    return signers.custodial_signer(by) if by else signers.authority_signer()
