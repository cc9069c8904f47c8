"""Have the registry know the operator, whose key signs the completeness index."""

import json
import secrets
from argparse import ArgumentParser
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from django.core.management import BaseCommand, CommandError

from ledger import signers
from ledger.core.errors import LedgerError
from ledger.core.registry_acts import STREAM
from ledger.core.signatures import PrivateKey
from ledger.core.statement import NONCE_BYTES
from ledger.operator_key import admit_operator, wanting


class Command(BaseCommand):
    """What the registry knows already is not said again."""

    help = "Admit the party 'operator' and its key, which signs the completeness index."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the authority's key is, if not in KEYS_DIR."""
        parser.add_argument("--authority", type=Path, metavar="PEM", help="the authority's key")
        parser.add_argument(
            "--print",
            action="store_true",
            dest="show",
            help="only print the statements, one a line, for an authority that signs elsewhere",
        )

    def handle(self, *, authority: Path | None, show: bool, **_options: object) -> None:
        """Do it, or say what is to be signed."""
        try:
            if show:
                self._print()
            else:
                self._admit(_key_in(authority) if authority else None)
        except (LedgerError, OSError) as fault:
            raise CommandError(str(fault)) from fault

    def _print(self) -> None:
        for act in wanting(signers.operator_signer()):
            said = {"stream": STREAM, "type": act.TYPE, "body": act.as_body()}
            self.stdout.write(json.dumps(said))

    def _admit(self, authority: PrivateKey | None) -> None:
        key = signers.operator_signer()
        if not wanting(key):
            self.stdout.write(f"the operator's key {key.kid} is in the registry already")
            return
        admit_operator(
            authority or signers.authority_signer(),
            key,
            at=datetime.now(UTC),
            nonces=partial(secrets.token_bytes, NONCE_BYTES),
        )
        self.stdout.write(f"the operator's key {key.kid} is admitted")


def _key_in(path: Path) -> PrivateKey:
    return PrivateKey.from_pem(path.read_bytes())
