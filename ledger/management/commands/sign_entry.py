"""Sign a statement: with a key in a file, or with a party's key in our keeping."""

import json
import secrets
import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from ledger import proofs, signers
from ledger.core import canonical
from ledger.core.entry import sign
from ledger.core.envelope import SALT_BYTES, Disclosure, seal
from ledger.core.errors import LedgerError
from ledger.core.keys import Signer
from ledger.core.signatures import PrivateKey
from ledger.core.statement import NONCE_BYTES, VERSION, Statement


class Command(BaseCommand):
    """Prints the SD-JWT, ready to be posted; nothing is stored."""

    help = "Sign a statement (JSON on the standard input: stream, type, creates, body, …)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The key, and what to seal."""
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--key", type=Path, help="a PEM file with a P-256 private key")
        whose.add_argument("--party", help="a party whose key is in our keeping")
        parser.add_argument(
            "--seal", action="append", default=[], metavar="NAME", help="seal this member of body"
        )

    def handle(
        self, *, key: Path | None, party: str | None, seal: list[str], **_options: object
    ) -> None:
        """Read, fill in what is the same for everybody, sign, print."""
        try:
            signer = PrivateKey.from_pem(key.read_bytes()) if key else _custodial(party or "")
            self.stdout.write(sign_text(sys.stdin.read(), signer, seal))
        except (LedgerError, OSError) as fault:
            raise CommandError(str(fault)) from fault


def _custodial(party: str) -> Signer:
    return signers.custodial_signer(party)


def sign_text(text: str, signer: Signer, sealed: list[str]) -> str:
    """Sign the statement that a JSON text says; v, log, at, nonce and seen may be left out."""
    try:
        given = json.loads(text)
    except ValueError as fault:
        raise CommandError(f"The input is not JSON: {fault}") from fault
    if not isinstance(given, dict) or not isinstance(given.get("body"), dict):
        raise CommandError("The input is an object with a body, which is an object.")
    members = {**_defaults(), **given}
    disclosures = _seal(members, sealed)
    return sign(Statement.parse(canonical.dumps(members)), signer, disclosures)


def _defaults() -> dict[str, Any]:
    seen = proofs.latest_seen()
    return {
        "v": VERSION,
        "log": settings.LOG_ORIGIN,
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "nonce": secrets.token_hex(NONCE_BYTES),
        "seen": {"size": seen.size, "root": seen.root.hex()},
        "consumes": [],
        "creates": 0,
        "attachments": [],
    }


def _seal(members: dict[str, Any], names: list[str]) -> tuple[Disclosure, ...]:
    """Move members of the body behind digests, with fresh salts."""
    body: Mapping[str, Any] = members["body"]
    missing = [name for name in names if name not in body]
    if missing:
        raise CommandError(f"The body has no member {missing[0]!r} to seal.")
    if not names:
        return ()
    salts = [secrets.token_bytes(SALT_BYTES) for _ in names]
    digests, disclosures = seal({name: body[name] for name in names}, salts)
    shown = {name: value for name, value in body.items() if name not in names}
    members["body"] = {**shown, "_sd": list(digests)}
    members["_sd_alg"] = "sha-256"
    return disclosures
