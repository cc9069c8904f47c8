"""Make the keys of authority, log and operator, and the policy that says whom to trust."""

import os
from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ledger.core.checkpoint import Vkey
from ledger.core.policy import Policy
from ledger.core.signatures import LogKey, PrivateKey
from ledger.core.terms import AUTHORITIES_MAX
from ledger.signers import LOG_FILE, OPERATOR_FILE, POLICY_FILE, authority_file, log_key


class Command(BaseCommand):
    """What is there stays as it is; private keys are never printed."""

    help = (
        "Make the keys of authority, log and operator, and the policy, where missing in KEYS_DIR."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many authorities there are, and how many of them must agree."""
        parser.add_argument("--authorities", type=int, default=1, metavar="N")
        parser.add_argument("--quorum", type=int, default=1, metavar="M")

    def handle(self, *, authorities: int, quorum: int, **_options: object) -> None:
        """Make keys first, then the policy that names them.

        Where there is a policy, its keys may well be elsewhere by now: none is made for it again.
        """
        if not 1 <= quorum <= authorities <= AUTHORITIES_MAX:
            raise CommandError(f"1 ≤ quorum ≤ authorities ≤ {AUTHORITIES_MAX}.")
        folder = Path(settings.KEYS_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make(folder / OPERATOR_FILE, PrivateKey.generate().as_pem())
        if (folder / POLICY_FILE).exists():
            self.stdout.write(f"kept {folder / POLICY_FILE}")
        else:
            self._make_trust(folder, authorities, quorum)

    def _make_trust(self, folder: Path, authorities: int, quorum: int) -> None:
        files = [folder / authority_file(number) for number in range(1, authorities + 1)]
        for file in files:
            self._make(file, PrivateKey.generate().as_pem())
        self._make(folder / LOG_FILE, LogKey.generate().as_pem())
        log = Vkey(settings.LOG_ORIGIN, log_key().public)
        keys = [PrivateKey.from_pem(file.read_bytes()).public for file in files]
        policy = replace(Policy.trusting(log, *keys), authority_quorum=quorum)
        self._make(folder / POLICY_FILE, policy.as_bytes(), mode=0o644)

    def _make(self, path: Path, content: bytes, *, mode: int = 0o600) -> None:
        """Write a file that is not there yet, whole and at once."""
        if path.exists():
            self.stdout.write(f"kept {path}")
            return
        beside = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)  # unlike a rename, this never replaces what is there
            self.stdout.write(f"made {path}")
        except FileExistsError:
            self.stdout.write(f"kept {path}")
        finally:
            beside.unlink()
