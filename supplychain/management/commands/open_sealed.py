"""Open what others have sealed about a lot."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger.core.errors import LedgerError
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.management.authority import fresh_nonce, now
from supplychain.services.open_sealed import open_sealed


class Command(BaseCommand):
    """That it was opened is signed with the operator's key, for its owners to see."""

    help = "Write a lot's evidence with all that a party may open in it; it is put on record."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Of which lot, for whom, and where to."""
        parser.add_argument("lot", help="<GTIN>/<lot number>")
        parser.add_argument("--as", dest="party", required=True, help="the reader's GLN")
        parser.add_argument("--out", type=Path, required=True)

    def handle(self, *, lot: str, party: str, out: Path, **_options: object) -> None:
        """Put it on record, open it, write it."""
        try:
            key = LotKey.from_stream(f"lot:{lot}")
            found = open_sealed(party=party, lot=key, at=now(), nonces=fresh_nonce)
        except (LedgerError, RuleBroken) as error:
            raise CommandError(f"{error.code}: {error}") from error
        if found is None:
            raise CommandError("NOT_LOGGED: No checkpoint covers these entries yet.")
        out.write_bytes(found.as_bytes())
        self.stdout.write(f"{out}: evidence with what {party} may open")
