"""Write the policy file that an inspector needs beside an evidence file."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger import signers
from ledger.core.policy import Policy


class Command(BaseCommand):
    """The policy is public; whoever gets it should get it from somebody they trust."""

    help = "Write whom this installation trusts: the log, its witnesses, the authorities."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("--out", type=Path, help="a file; else it is printed")
        parser.add_argument(
            "--tlog", action="store_true", help="only log, witnesses and quorum: a C2SP tlog-policy"
        )

    def handle(self, *, out: Path | None, tlog: bool, **_options: object) -> None:
        """Write or print it."""
        try:
            policy = _as_tlog(signers.policy()) if tlog else signers.policy().as_bytes()
        except signers.KeysMissing as missing:
            raise CommandError(str(missing)) from missing
        if out is None:
            self.stdout.write(policy.decode(), ending="")
        else:
            out.write_bytes(policy)


def _as_tlog(policy: Policy) -> bytes:
    return "".join(f"{line}\n" for line in policy.trust.as_lines()).encode()
