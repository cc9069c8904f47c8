"""Write the policy file that an inspector needs beside an evidence file."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger import signers


class Command(BaseCommand):
    """The policy is public; whoever gets it should get it from somebody they trust."""

    help = "Write whom this installation trusts: the log's key and the authorities'."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("--out", type=Path, help="a file; else it is printed")

    def handle(self, *, out: Path | None, **_options: object) -> None:
        """Write or print it."""
        try:
            policy = signers.policy().as_bytes()
        except signers.KeysMissing as missing:
            raise CommandError(str(missing)) from missing
        if out is None:
            self.stdout.write(policy.decode(), ending="")
        else:
            out.write_bytes(policy)
