"""A witness that anybody can run: ``python -m ledger.witness``.

    make-key --name NAME --out FILE
    --key FILE --state FILE --listen HOST:PORT --log VKEY

The first makes a key and prints its public half; the second cosigns what this log shows for as
long as it only grows (C2SP tlog-witness). It needs the standard library and `cryptography`, no
database and no framework. Its key's public half stands beside the key, in FILE.vkey. Exit code 0:
told to stop; 2: could not start.
"""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from ledger import durable_files
from ledger.core.checkpoint import Vkey
from ledger.core.errors import LedgerError, Malformed
from ledger.core.note import WITNESS_KEY
from ledger.core.signatures import OPENSSL, LogKey
from ledger.witness.memory import Memory
from ledger.witness.serving import WitnessServer
from ledger.witness.witness import Witness

STOPPED, UNUSABLE = 0, 2
PORT_MAX = 65_535
VKEY_SUFFIX = ".vkey"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        if words[:1] == ["make-key"]:
            return _make_key(_key_parser().parse_args(words[1:]))
        return _serve(_parser().parse_args(words))
    except (LedgerError, OSError) as fault:
        print(f"witness: {fault}", file=sys.stderr)
        return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ledger.witness",
        description="Cosign the checkpoints of logs that only grow (C2SP tlog-witness).",
        epilog="`make-key --name NAME --out FILE` makes a key and prints its public half.",
    )
    parser.add_argument("--key", type=Path, required=True, help="the key's file (make-key)")
    parser.add_argument("--state", type=Path, required=True, help="what was cosigned; keep it safe")
    parser.add_argument("--listen", required=True, help="HOST:PORT")
    parser.add_argument("--log", required=True, action="append", help="a log's vkey; may repeat")
    return parser


def _key_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ledger.witness make-key")
    parser.add_argument("--name", required=True, help="such as witness.example/w1")
    parser.add_argument("--out", type=Path, required=True, help="a file that is not there yet")
    return parser


def _make_key(options: argparse.Namespace) -> int:
    key = LogKey.generate()
    vkey = Vkey(options.name, key.public, WITNESS_KEY)
    durable_files.make_folder(options.out.parent)
    handle = os.open(options.out, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(key.as_pem())
        file.flush()
        os.fsync(file.fileno())
    durable_files.replace(vkey_file(options.out), f"{vkey}\n".encode())
    print(vkey)
    return STOPPED


def vkey_file(key: Path) -> Path:
    """Where the public half of a key stands."""
    return key.with_name(key.name + VKEY_SUFFIX)


def _serve(options: argparse.Namespace) -> int:
    key = LogKey.from_pem(options.key.read_bytes())
    vkey = Vkey.parse(vkey_file(options.key).read_text().strip(), WITNESS_KEY)
    if vkey.public != key.public:
        message = f"{vkey_file(options.key)} is not the public half of {options.key}."
        raise Malformed("KEY_MALFORMED", message)
    logs = {log.name: log for log in map(Vkey.parse, options.log)}
    address = _address(options.listen)
    memory = Memory(options.state, logs, OPENSSL)
    witness = Witness(
        name=vkey.name,
        key=key,
        logs=logs,
        memory=memory,
        signatures=OPENSSL,
        clock=lambda: datetime.now(UTC),
    )
    with closing(memory), WitnessServer(address, witness) as server:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
        print(f"witness {vkey.name} at http://{options.listen}/", flush=True)
        server.serve_forever(poll_interval=0.1)
    return STOPPED


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and int(port) <= PORT_MAX):
        raise Malformed("ADDRESS_MALFORMED", f"Expected HOST:PORT to listen at; got {text!a}.")
    return host, int(port)


if __name__ == "__main__":
    sys.exit(main())
