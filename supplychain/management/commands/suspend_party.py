"""Take an organisation's right to sign, for a time."""

from argparse import ArgumentParser
from typing import Any

from ledger import signers
from ledger.core.registry_acts import SuspendParty
from supplychain.management.authority import AuthorityCommand, fresh_nonce, now
from supplychain.recording.submissions import Recorded
from supplychain.services.suspend_party import suspend_party


class Command(AuthorityCommand):
    """Signed with the authority's key in KEYS_DIR."""

    help = "Suspend an organisation: none of its keys is valid until it is reinstated."
    done = "suspended {party}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom, and why; the reason is public."""
        super().add_arguments(parser)
        parser.add_argument("party", help="the party's GLN")
        parser.add_argument("--reason", required=True, help="stands in the public registry")

    def act(self, *, party: str, reason: str, **_options: Any) -> SuspendParty:
        """What the authority says."""
        return SuspendParty(party, reason)

    def record(self, *, party: str, reason: str, **_options: Any) -> Recorded:
        """Sign and record it."""
        return suspend_party(
            authority=signers.authority_signer(),
            party=party,
            reason=reason,
            at=now(),
            nonce=fresh_nonce(),
        )
