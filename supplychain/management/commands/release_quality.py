"""Decide that goods of a lot are fit, although their temperature left a question open."""

from argparse import ArgumentParser
from typing import Any

from supplychain.domain.outputs import State
from supplychain.management.authority import fresh_nonce
from supplychain.management.trade import KEPT, TradeCommand
from supplychain.recording.submissions import Recorded
from supplychain.services.release_quality import release_quality


class Command(TradeCommand):
    """Signed with the key that is kept here for the party; refused where it asks for two people."""

    help = "Release all goods of a lot whose temperature waits for a decision."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Why, by whom, which."""
        super().add_arguments(parser)
        parser.add_argument("--reason", required=True)
        parser.add_argument("--by", required=True, help="the person who decided; sealed")
        parser.add_argument("--from", dest="state", type=State, default=State.HELD, choices=KEPT)

    def record(self, said: dict[str, Any], *_args: Any, **options: Any) -> Recorded:
        """Make the one call."""
        given = said | {name: options[name] for name in ("reason", "state")}
        return release_quality(**given, decided_by=options["by"], salt=fresh_nonce())
