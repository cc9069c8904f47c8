"""Write the proof that one entry is in the log (C2SP tlog-proof)."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger import log_resources
from ledger.core.errors import Refused
from ledger.core.tlog_proof import SUFFIX


class Command(BaseCommand):
    """It holds nothing of the entry; whoever has the entry checks both together."""

    help = "Write the .tlog-proof of an entry: its index, its path, and the newest checkpoint."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which entry, and where to."""
        parser.add_argument("entry_id")
        parser.add_argument("--out", type=Path, help=f"default: <entry id>{SUFFIX}")

    def handle(self, *, entry_id: str, out: Path | None, **_options: object) -> None:
        """Write the file."""
        try:
            proof = log_resources.proof_of(entry_id)
        except Refused as fault:
            raise CommandError(fault.message) from fault
        file = out or Path(f"{entry_id}{SUFFIX}")
        file.write_bytes(proof.as_bytes())
        self.stdout.write(f"{file}: index {proof.index}")
