"""C2SP tlog-proof: the file for one entry, written as the standard shows it, read strictly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.checkpoint import Checkpoint, Vkey, sign_checkpoint
from ledger.core.encoding import b64
from ledger.core.errors import LedgerError, Malformed, Refused
from ledger.core.merkle import inclusion_proof, leaf_hash, node_hash, root
from ledger.core.signatures import OPENSSL, LogKey
from ledger.core.tlog_proof import BYTES_MAX, TlogProof

KEY = LogKey.generate()
LOG = Vkey("example.com/fancylog", KEY.public)
ENTRIES = [b"first", b"second", b"third"]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]


def subtree(level: int, index: int) -> bytes:
    if level == 0:
        return LEAVES[index]
    return node_hash(subtree(level - 1, 2 * index), subtree(level - 1, 2 * index + 1))


NOTE = sign_checkpoint(Checkpoint(LOG.name, 3, root(LEAVES)), KEY)
PROOF = TlogProof(1, tuple(inclusion_proof(1, 3, subtree)), NOTE)
TEXT = f"c2sp.org/tlog-proof@v1\nindex 1\n{b64(LEAVES[0])}\n{b64(LEAVES[2])}\n\n{NOTE}"


def test_the_file_is_the_one_that_the_standard_describes() -> None:
    assert PROOF.as_bytes().decode() == TEXT
    assert TlogProof.parse(TEXT.encode()) == PROOF


def test_the_only_entry_of_a_log_needs_no_hashes() -> None:
    note = sign_checkpoint(Checkpoint(LOG.name, 1, LEAVES[0]), KEY)
    text = f"c2sp.org/tlog-proof@v1\nindex 0\n\n{note}"
    proof = TlogProof.parse(text.encode())
    assert proof == TlogProof(0, (), note)
    assert proof.as_bytes().decode() == text
    assert proof.check(ENTRIES[0], LOG, OPENSSL).size == 1


def test_extra_data_of_others_is_read_and_kept() -> None:
    text = TEXT.replace("index 1", f"extra {b64(b'a name')}\nindex 1")
    proof = TlogProof.parse(text.encode())
    assert proof.extra == b"a name"
    assert proof.as_bytes().decode() == text


def test_an_entry_and_its_proof_give_the_checkpoint() -> None:
    assert PROOF.check(ENTRIES[1], LOG, OPENSSL) == Checkpoint(LOG.name, 3, root(LEAVES))


@pytest.mark.parametrize("entry", [b"first", b"third", b""])
def test_another_entry_is_not_included(entry: bytes) -> None:
    with pytest.raises(Refused) as refused:
        PROOF.check(entry, LOG, OPENSSL)
    assert refused.value.code == "NOT_INCLUDED"


def test_a_proof_of_another_log_proves_nothing() -> None:
    with pytest.raises(Refused) as refused:
        PROOF.check(ENTRIES[1], Vkey(LOG.name, LogKey.generate().public), OPENSSL)
    assert refused.value.code == "NOTE_UNSIGNED"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("@v1", "@v2"),
        ("c2sp.org", " c2sp.org"),
        ("index 1", "index 01"),
        ("index 1", "index +1"),
        ("index 1", "index ١"),
        ("index 1", "index"),
        ("index 1", "index 9007199254740991"),
        ("index 1\n", ""),
        ("index 1", "extra \nindex 1"),
        ("index 1", "extra !!!!\nindex 1"),
        ("index 1", "extra YR==\nindex 1"),
        ("index 1", "index 1\nextra YQ=="),
        (b64(LEAVES[0]), b64(LEAVES[0][1:])),
        (b64(LEAVES[0]), b64(LEAVES[0]) + "="),
        (b64(LEAVES[0]), b64(LEAVES[0]) + "\r"),
        (b64(LEAVES[0]), " " + b64(LEAVES[0])),
        (b64(LEAVES[0]), "\n".join([b64(LEAVES[0])] * 64)),
    ],
)
def test_another_form_is_no_proof(old: str, new: str) -> None:
    with pytest.raises(Malformed):
        TlogProof.parse(TEXT.replace(old, new, 1).encode())


def test_a_proof_is_text_of_a_bounded_size() -> None:
    with pytest.raises(Malformed, match="UTF-8"):
        TlogProof.parse(b"\xff" + TEXT.encode())
    with pytest.raises(Malformed) as refused:
        TlogProof.parse(TEXT.encode() + b"x" * BYTES_MAX)
    assert refused.value.code == "TOO_LARGE"
    with pytest.raises(Malformed) as refused:
        TlogProof.parse(b"x" * BYTES_MAX)
    assert refused.value.code == "PROOF_MALFORMED"


@given(st.integers(0, len(TEXT.encode()) - 1), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_changes_nothing_that_is_proven(at: int, byte: int) -> None:
    data = bytearray(TEXT.encode())
    data[at] = byte
    try:
        found = TlogProof.parse(bytes(data)).check(ENTRIES[1], LOG, OPENSSL)
    except LedgerError:
        return
    assert found == PROOF.check(ENTRIES[1], LOG, OPENSSL)
