"""A house of its own: database, keys, two parties, one key that lives outside, and a token."""

import socket
from contextlib import closing
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from bench.chaos.lots import Author
from ledger import signers
from ledger.core.policy import Policy
from ledger.core.signatures import PrivateKey
from supplychain.domain.identifiers import Gln

HOST = "127.0.0.1"
MAKER = Gln("0614141000012")
BUYER = Gln("9506000020013")


@dataclass(frozen=True)
class House:
    """What the senders and the checks need to know."""

    folder: Path
    port: int
    token: str
    author: Author
    policy: Policy

    @property
    def checkpoint_file(self) -> Path:
        return self.folder / "checkpoint"


def furnish(folder: Path) -> House:
    """Make everything ready, by the commands that an operator would give."""
    for command in ("prepare", "make_keys"):
        call_command(command, stdout=StringIO())
    _admit(MAKER, "manufacturer", "--prefix=0614141")
    _admit(BUYER, "wholesaler")
    key = PrivateKey.generate()
    pem = folder / "maker.pem"
    pem.write_bytes(key.as_pem())
    call_command("add_key", str(MAKER), pem=pem, stdout=StringIO())
    said = StringIO()
    call_command("create_token", "chaos", party=str(MAKER), role="signer", stdout=said)
    call_command("sequence", once=True, stdout=StringIO())
    connection.close()
    policy = signers.policy()
    author = Author(key, policy.log.name, maker=MAKER, buyer=BUYER)
    return House(folder, _free_port(), said.getvalue().strip(), author, policy)


def _admit(gln: Gln, role: str, *more: str) -> None:
    words = [str(gln), f"--name=Party {gln}", f"--role={role}", "--country=DE", *more]
    call_command("admit_party", *words, stdout=StringIO())


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
