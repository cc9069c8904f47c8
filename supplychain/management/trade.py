"""What the commands of a trading party share: they sign with the key that is kept for it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from ledger.core.errors import LedgerError
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.management.authority import fresh_nonce, now
from supplychain.recording.submissions import Recorded

KEPT = (State.HELD, State.QUARANTINED, State.RETURNED)


class TradeCommand(BaseCommand):
    """One act of a party about a lot, which `<GTIN>/<lot number>` names."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who says it, and of which lot."""
        parser.add_argument("lot", help="<GTIN>/<lot number>")
        parser.add_argument("--as", dest="party", required=True, help="the party's GLN")

    def handle(self, *, lot: str, party: str, **options: Any) -> None:
        """Sign and record."""
        said: dict[str, Any] = {"party": party, "at": now(), "nonce": fresh_nonce()}
        try:
            said["lot"] = LotKey.from_stream(f"lot:{lot}")
            if options.get("packs"):
                options["packs"] = [Serial.parse(serial) for serial in options["packs"]]
            recorded = self.record(said, **options)
        except (LedgerError, RuleBroken) as error:
            raise CommandError(f"{error.code}: {error}") from error
        self.stdout.write(f"recorded by entry {recorded.entry_id}")

    def record(self, said: dict[str, Any], *_args: Any, **options: Any) -> Recorded:
        """Make the one call."""
        raise NotImplementedError


def add_packs(parser: ArgumentParser) -> None:
    """Which packs, of a lot with serial numbers."""
    parser.add_argument("--packs", nargs="+", metavar="SERIAL")
