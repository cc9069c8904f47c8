"""Log what several authorities have agreed on."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger import signers
from ledger.core.errors import LedgerError
from ledger.core.proposal import Proposal
from supplychain.management.authority import now
from supplychain.services.record_act import record_act


class Command(BaseCommand):
    """Signed with the authority's key in KEYS_DIR, which is the one that proposed."""

    help = "Sign and record a proposal that other authorities have approved (approve_act)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which proposal."""
        parser.add_argument("proposal", type=Path, help="the file that --propose wrote")

    def handle(self, *, proposal: Path, **_options: object) -> None:
        """Read, sign, record."""
        try:
            found = Proposal.parse(proposal.read_bytes())
            recorded = record_act(authority=signers.authority_signer(), proposal=found, at=now())
        except (LedgerError, OSError) as error:
            raise CommandError(f"{getattr(error, 'code', 'FILE')}: {error}") from error
        self.stdout.write(f"recorded {found.kind} by entry {recorded.entry_id}")
