# ruff: noqa: TID251  a script to read and to copy: it is its own door, with clock and chance
"""Sign an entry with a key in a file: no Django, no database, no network.

    python -m docs.examples.sign_entry --new-key me.pem
    python -m docs.examples.sign_entry --key me.pem --party 9506000111117 --log log.example/demo
    python -m docs.examples.sign_entry --key me.pem < statement.json > entry.txt

The first makes a key. The second prints what an authority needs to add it: the name of the key
(kid), the public key (jwk) and the proof of possession. The third reads a statement, in JSON of
any spelling, and prints the signed entry as SD-JWT, ready to be posted.

The statement has the members of ``docs/spec/entry.md``. Those that are left out are filled in:
``at`` with this moment, ``nonce`` with 16 random bytes, ``seen`` with the empty log, and
``consumes``, ``creates`` and ``attachments`` with nothing. One more member is understood here:
``sealed``, an object whose members are sealed in the body and shown in the disclosures.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ledger.core import canonical
from ledger.core.encoding import b64u
from ledger.core.entry import sign
from ledger.core.envelope import SALT_BYTES, seal
from ledger.core.errors import LedgerError, Malformed
from ledger.core.merkle import EMPTY_ROOT
from ledger.core.registry_acts import possession_message
from ledger.core.signatures import PrivateKey
from ledger.core.statement import NONCE_BYTES, Statement


def main(argv: Sequence[str] | None = None) -> int:
    """Do what is asked; 0, or 2 and a sentence when it can not be done."""
    options = _parser().parse_args(argv)
    try:
        sys.stdout.write(_run(options) + "\n")
    except (LedgerError, OSError, ValueError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    return 0


def entry_text(members: Mapping[str, Any], key: PrivateKey, at: datetime) -> str:
    """Give the signed entry of a statement, with a disclosure for each sealed member."""
    filled = {
        "v": 1,
        "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "nonce": os.urandom(NONCE_BYTES).hex(),
        "seen": {"size": 0, "root": EMPTY_ROOT.hex()},
        "consumes": [],
        "creates": 0,
        "attachments": [],
        **members,
    }
    sealed = filled.pop("sealed", {})
    digests, disclosures = seal(sealed, [os.urandom(SALT_BYTES) for _ in sealed])
    statement = Statement.parse(canonical.dumps(filled))
    return sign(replace(statement, sealed=digests), key, disclosures)


def _run(options: argparse.Namespace) -> str:
    if options.new_key:
        return _shown(_new_key(options.new_key), options)
    key = PrivateKey.from_pem(options.key.read_bytes())
    if options.party or options.show:
        return _shown(key, options)
    members = json.load(sys.stdin)
    if not isinstance(members, dict):
        raise Malformed("STATEMENT_MALFORMED", "A statement is an object.")
    return entry_text(members, key, datetime.now(UTC))


def _new_key(path: Path) -> PrivateKey:
    """Make a key in a new file that only its owner can read."""
    key = PrivateKey.generate()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.as_pem())
    return key


def _shown(key: PrivateKey, options: argparse.Namespace) -> str:
    shown: dict[str, Any] = {"kid": key.kid, "jwk": key.public.as_jwk()}
    if options.party:
        message = possession_message(options.log, options.party, key.kid)
        shown["proof"] = b64u(key.sign(message))
    return json.dumps(shown, indent=2)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    keys = parser.add_mutually_exclusive_group(required=True)
    keys.add_argument("--key", type=Path, help="sign with the key in this PEM file")
    keys.add_argument("--new-key", type=Path, help="make a key in this new file and show it")
    parser.add_argument("--show", action="store_true", help="show the key, sign nothing")
    parser.add_argument("--party", help="show the proof that the key is for this party …")
    parser.add_argument("--log", default="unbroken.example/demo", help="… in this log")
    return parser


if __name__ == "__main__":
    sys.exit(main())
