"""Give a suspended organisation its right to sign again."""

from argparse import ArgumentParser
from typing import Any

from ledger import signers
from ledger.core.registry_acts import ReinstateParty
from supplychain.management.authority import AuthorityCommand, fresh_nonce, now
from supplychain.recording.submissions import Recorded
from supplychain.services.reinstate_party import reinstate_party


class Command(AuthorityCommand):
    """Signed with the authority's key in KEYS_DIR."""

    help = "Reinstate a suspended organisation."
    done = "reinstated {party}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom."""
        super().add_arguments(parser)
        parser.add_argument("party", help="the party's GLN")

    def act(self, *, party: str, **_options: Any) -> ReinstateParty:
        """What the authority says."""
        return ReinstateParty(party)

    def record(self, *, party: str, **_options: Any) -> Recorded:
        """Sign and record it."""
        return reinstate_party(
            authority=signers.authority_signer(), party=party, at=now(), nonce=fresh_nonce()
        )
