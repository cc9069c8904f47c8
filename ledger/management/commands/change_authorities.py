"""Give the last word to other authorities, from the next index of the log on."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from ledger.authorities import change_authorities
from ledger.core.errors import LedgerError
from ledger.core.signatures import public_from_pem

PAUSE_S = 0.1


class Command(BaseCommand):
    """Inspectors need the new policy too: `export_policy`."""

    help = (
        "Write into the policy who the authorities are from the next index of the log on. What the"
        " others said until then stays good; what they sign from then on is nobody's word."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """All of them, also those that stay."""
        parser.add_argument("keys", nargs="+", type=Path, help="PEM files with their public keys")
        parser.add_argument("--quorum", type=int, default=1, help="how many of them must agree")

    def handle(self, *, keys: list[Path], quorum: int, **_options: Any) -> None:
        """Change, and say from which index on."""
        try:
            named = [public_from_pem(file.read_bytes()) for file in keys]
            policy = change_authorities(named, quorum, pause=lambda: time.sleep(PAUSE_S))
        except (LedgerError, OSError) as fault:
            raise CommandError(f"{getattr(fault, 'code', 'FILE')}: {fault}") from fault
        self.stdout.write(f"from index {policy.since} on, {quorum} of these must agree:")
        for key in policy.authorities:
            self.stdout.write(f"  {key.kid}")
        self.stdout.write("Hand the new policy to all who verify: manage.py export_policy")
