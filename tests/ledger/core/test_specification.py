"""The worked examples of docs/spec are what the code makes, byte for byte."""

import re
from pathlib import Path

from ledger.core import canonical, merkle
from ledger.core.checkpoint import Checkpoint, Vkey, open_checkpoint, sign_checkpoint
from ledger.core.encoding import unb64u
from ledger.core.entry import Entry, stream_id
from ledger.core.signatures import OPENSSL
from tests.ledger.core.examples import DISCLOSURES, KEY, LOG_KEY, ORIGIN, a_sealed_entry
from tests.ledger.core.test_merkle import CLASSIC, CLASSIC_ROOTS


def _blocks(project: Path, name: str) -> list[str]:
    text = (project / "docs" / "spec" / name).read_text(encoding="utf-8")
    return re.findall(r"^```\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def test_the_worked_entry_is_the_one_that_the_code_makes(project: Path) -> None:
    entry = Entry.parse(a_sealed_entry(*DISCLOSURES))
    envelope = entry.envelope
    header = unb64u(envelope.jws.split(".")[0])
    leaf = merkle.leaf_hash(envelope.jws.encode())
    sealed = [f"{unb64u(one.text).decode()}\n{one.text}\n{one.digest}\n" for one in DISCLOSURES]
    assert _blocks(project, "entry.md") == [
        f"{canonical.dumps(KEY.public.as_jwk()).decode()}\n{KEY.kid}\n",
        f"{header.decode()}\n",
        "\n".join(sealed),
        f"{envelope.payload.decode()}\n",
        f"{envelope.jws}\n",
        f"{entry.entry_id}\n{leaf.hex()}\n{stream_id(entry.statement.stream)}\n",
        f"{canonical.dumps(entry.opened).decode()}\n",
    ]


def test_the_sizes_that_the_specification_names_are_those_of_the_example(project: Path) -> None:
    text = (project / "docs" / "spec" / "entry.md").read_text(encoding="utf-8")
    envelope = Entry.parse(a_sealed_entry()).envelope
    assert f"The payload, {len(envelope.payload)} bytes:" in text
    assert len(unb64u(envelope.jws.split(".")[0])) == 97
    assert 'unbroken-entry+sd-jwt"}`, 97 bytes' in text


def test_the_worked_tree_and_note_are_those_that_the_code_makes(project: Path) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in CLASSIC]

    def subtree(level: int, index: int) -> bytes:
        return merkle.root(hashes[index << level : (index + 1) << level])

    root = merkle.root(hashes)
    note = sign_checkpoint(Checkpoint(ORIGIN, 8, root), LOG_KEY)
    vkey = Vkey(ORIGIN, LOG_KEY.public)
    assert _blocks(project, "checkpoint.md") == [
        _lines([bytes.fromhex(one) for one in CLASSIC_ROOTS.values()]),
        _lines(merkle.inclusion_proof(5, 7, subtree)),
        _lines(merkle.consistency_proof(3, 7, subtree)),
        f"{vkey}\n",
        note,
    ]
    assert open_checkpoint(note, vkey, OPENSSL).root == root


def _lines(hashes: list[bytes]) -> str:
    return "".join(f"{one.hex()}\n" for one in hashes)
