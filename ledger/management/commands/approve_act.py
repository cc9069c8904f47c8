"""Approve of what another authority is going to say."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger.core import canonical
from ledger.core.approvals import without_approvals
from ledger.core.errors import LedgerError
from ledger.core.proposal import Proposal
from ledger.core.signatures import PrivateKey


class Command(BaseCommand):
    """Needs no database: to be run where the approving authority keeps its key."""

    help = "Show a proposal; with --key, add an authority's approval to the file."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which proposal, and whose key."""
        parser.add_argument("proposal", type=Path, help="the file that --propose wrote")
        parser.add_argument("--key", type=Path, help="a PEM file with an authority's key")

    def handle(self, *, proposal: Path, key: Path | None, **_options: object) -> None:
        """Say what it is about first; then sign."""
        try:
            found = Proposal.parse(proposal.read_bytes())
            self.stdout.write(f"{found.kind} for {found.log}, to be signed by {found.signer}:")
            self.stdout.write(canonical.dumps(without_approvals(found.body)).decode())
            if key:
                approver = PrivateKey.from_pem(key.read_bytes())
                proposal.write_bytes(found.approved(approver).as_bytes())
                self.stdout.write(f"approved by {approver.kid}")
        except (LedgerError, OSError) as fault:
            raise CommandError(f"{getattr(fault, 'code', 'FILE')}: {fault}") from fault
