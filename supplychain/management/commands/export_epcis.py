"""Write what happened to a lot as an EPCIS file."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger.core.errors import LedgerError
from supplychain.domain.company_prefixes import URN_LENGTHS
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.lots import LotKey
from supplychain.services.export_epcis import Codes, Version, export_epcis


class Command(BaseCommand):
    """Only what evidence proves is told."""

    help = "Write a lot's history as EPCIS 2.0 JSON-LD or 1.2 XML."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which lot, who tells it to whom, in which form, and where to."""
        parser.add_argument("lot", help="GTIN/LOT")
        parser.add_argument("--as", dest="party", required=True, help="the telling party's GLN")
        parser.add_argument("--to", required=True, help="the GLN of whoever reads it")
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--epcis", dest="version", default="2.0", choices=("2.0", "1.2"))
        parser.add_argument("--codes", default="urn", choices=("urn", "link"))
        parser.add_argument("--since", type=datetime.fromisoformat, help="a time with an offset")
        parser.add_argument(
            "--prefix-length",
            type=int,
            choices=URN_LENGTHS,
            help="digits of company prefixes that are not known (see put_company_prefix)",
        )

    def handle(
        self,
        *,
        lot: str,
        party: str,
        to: str,
        out: Path,
        version: Version,
        codes: Codes,
        since: datetime | None,
        prefix_length: int | None,
        **_options: object,
    ) -> None:
        """Write the file."""
        gtin, _, number = lot.partition("/")
        try:
            key = LotKey(Gtin.parse(gtin), LotNumber.parse(number))
            told = export_epcis(
                party=party,
                lot=key,
                to=to,
                at=datetime.now(UTC),
                version=version,
                codes=codes,
                since=since and since.astimezone(UTC),
                prefix_length=prefix_length,
            )
        except (LedgerError, RuleBroken) as error:
            raise CommandError(f"{error.code}: {error.message}") from error
        out.write_bytes(told)
        self.stdout.write(f"{out}: EPCIS {version}, {len(told)} bytes")
