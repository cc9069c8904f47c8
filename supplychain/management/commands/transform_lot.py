"""Make other lots of units of a lot."""

from argparse import ArgumentParser
from typing import Any

from supplychain.domain.errors import Invalid
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import TransformKind
from supplychain.domain.transform_statements import Into
from supplychain.management.trade import TradeCommand, add_packs
from supplychain.recording.submissions import Recorded
from supplychain.services.transform_lot import transform_lot


class Command(TradeCommand):
    """Signed with the key that is kept here for the party. The new lots are registered afterwards.

    Of a lot with serial numbers `--packs` names those that become others; nothing is lost then.
    """

    help = "Repack, split, merge or relabel units of a lot."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which operation, and what becomes of what."""
        parser.add_argument("kind", type=TransformKind, choices=list(TransformKind))
        super().add_arguments(parser)
        parser.add_argument("--operation", required=True, help="the same for all lots of it")
        parser.add_argument(
            "--into", action="append", required=True, metavar="GTIN/LOT=USES[:MAKES]"
        )
        parser.add_argument("--lost", type=int, default=0)
        parser.add_argument("--reason", required=True)
        add_packs(parser)

    def record(
        self, said: dict[str, Any], *_args: Any, into: list[str], **options: Any
    ) -> Recorded:
        """Make the one call."""
        named = ("kind", "operation", "lost", "reason", "packs")
        given = said | {name: options[name] for name in named}
        return transform_lot(**given, into=tuple(map(_into, into)))


def _into(text: str) -> Into:
    lot, _, amounts = text.rpartition("=")
    uses, _, makes = amounts.partition(":")
    if not uses.isascii() or not uses.isdigit() or not (makes or uses).isdigit():
        raise Invalid(
            "INTO_WRONG", f"{text[:60]!r}: expected GTIN/LOT=USES or GTIN/LOT=USES:MAKES."
        )
    return Into(LotKey.from_stream(f"lot:{lot}"), int(uses), int(makes or uses))
