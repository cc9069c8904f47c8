"""Say how long a partner's GS1 company prefix is, which its keys do not show."""

from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management import BaseCommand, CommandError

from ledger.core.errors import Malformed
from supplychain.queries.company_prefixes import prefixes_known
from supplychain.services.put_company_prefix import put_company_prefix


class Command(BaseCommand):
    """EPC URNs are written and checked by it."""

    help = "Keep a partner's GS1 company prefix; without one, list those that are known."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The prefix, and whose it is."""
        parser.add_argument("prefix", nargs="?", help="6 to 12 digits, as in its EPC URNs")
        parser.add_argument("--party", help="the GLN of the company")

    def handle(self, *, prefix: str | None, party: str | None, **_options: object) -> None:
        """Keep it, or list them."""
        if (prefix is None) != (party is None):
            raise CommandError("Give a prefix and its --party, or neither to list them.")
        if prefix is not None and party is not None:
            try:
                put_company_prefix(prefix=prefix, party=party, at=datetime.now(UTC))
            except Malformed as error:
                raise CommandError(f"{error.code}: {error.message}") from None
        for known, gln in sorted(prefixes_known().known.items()):
            self.stdout.write(f"{known:<12} {gln}")
