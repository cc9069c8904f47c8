"""Sealed members: let somebody open them, or end that."""

from argparse import ArgumentParser
from typing import Any

from supplychain.domain.disclosure_statements import SealedMember
from supplychain.management.authority import fresh_nonce
from supplychain.management.trade import TradeCommand
from supplychain.recording.submissions import Recorded
from supplychain.services.grant_disclosure import grant_disclosure
from supplychain.services.revoke_disclosure import revoke_disclosure


class Command(TradeCommand):
    """Signed with the key that is kept here for the party."""

    help = "Grant or revoke the right to open sealed members of one's entries about a lot."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, and to whom."""
        parser.add_argument("what", choices=["grant", "revoke"])
        super().add_arguments(parser)
        parser.add_argument("--to", default="", metavar="GLN", help="grant: who may")
        parser.add_argument(
            "--members", nargs="+", default=[one.value for one in SealedMember], help="grant: what"
        )
        parser.add_argument("--entries", nargs="+", default=[], help="grant: of these only")
        parser.add_argument("--grant", default="", metavar="ENTRY", help="revoke: which")
        parser.add_argument("--reason", default="", help="revoke: why")

    def record(self, said: dict[str, Any], *_args: Any, what: str, **options: Any) -> Recorded:
        """Make the one call."""
        if what == "grant":
            given = {name: options[name] for name in ("to", "members", "entries")}
            return grant_disclosure(**said, **given, salt=fresh_nonce())
        del said["lot"]  # the grant says it
        return revoke_disclosure(**said, grant=options["grant"], reason=options["reason"])
