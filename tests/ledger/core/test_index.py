"""The completeness index: leaves, chains, presence and absence."""

from bisect import bisect_left
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import merkle
from ledger.core.canonical import MAX_INTEGER
from ledger.core.entry import Entry, sign
from ledger.core.errors import LedgerError, Malformed, Refused
from ledger.core.index import (
    IndexLeaf,
    IndexRoot,
    KeyProof,
    PlacedLeaf,
    check_author,
    grown,
    key_hash,
    keys_of,
    positions_to_show,
)
from ledger.core.merkle import EMPTY_ROOT, leaf_hash
from ledger.core.registry_acts import AddKey, AdmitParty, RevokeKey
from ledger.core.statement import Attachment
from tests.ledger.core.examples import KEY, an_entry
from tests.vectors.world import MAKER, World, a_key, subtree

LEAF = grown(None, "lot:1/A", 3, leaf_hash(b"three"))
WORLD = World()
WORLD.join(MAKER)


def an_index(*keys: str) -> list[IndexLeaf]:
    leaves = [grown(None, key, n, leaf_hash(key.encode())) for n, key in enumerate(keys)]
    return sorted(leaves, key=lambda leaf: leaf.key)


def root_of(leaves: list[IndexLeaf]) -> IndexRoot:
    return IndexRoot(99, len(leaves), merkle.root(leaf.hash for leaf in leaves))


def placed(leaves: list[IndexLeaf], position: int) -> PlacedLeaf:
    hashes = [leaf.hash for leaf in leaves]
    proof = merkle.inclusion_proof(position, len(leaves), subtree(hashes))
    return PlacedLeaf(position, leaves[position], tuple(proof))


def proof_of(leaves: list[IndexLeaf], key: str) -> KeyProof:
    keys = [leaf.key for leaf in leaves]
    at = bisect_left(keys, key_hash(key))
    present = at < len(keys) and keys[at] == key_hash(key)
    shown = positions_to_show(at, len(leaves), present=present)
    return KeyProof(key, tuple(placed(leaves, n) for n in shown))


def test_an_entry_counts_under_its_stream() -> None:
    assert keys_of(Entry.parse(an_entry())) == ("lot:09506000134352/ABC123",)


def test_the_index_is_not_in_the_index() -> None:
    assert keys_of(WORLD.index()) == ()


def test_a_stream_that_is_named_as_keys_and_parties_are_counts_under_nothing() -> None:
    """Or whoever signs in it could make it look as if entries about a key were left out."""
    world = World()
    key = world.join(MAKER)
    for name in (f"kid:{key.kid}", f"party:{MAKER}"):
        assert keys_of(world.say(key, "thing.said", stream=name)) == ()


def test_a_registry_entry_counts_under_whom_it_is_about() -> None:
    kid = a_key(MAKER).kid
    admitted, added = (Entry.parse(text) for text in WORLD.texts[:2])
    assert keys_of(admitted) == (f"party:{MAKER}",)
    assert keys_of(added) == (f"kid:{kid}", f"party:{MAKER}")
    assert RevokeKey(kid, "lost").about == (f"kid:{kid}",)
    assert {AdmitParty.TYPE, AddKey.TYPE} == {admitted.statement.type, added.statement.type}


def test_a_registry_entry_of_no_form_counts_under_nothing() -> None:
    statement = WORLD.state("registry.party.promote", stream="registry")
    assert keys_of(Entry.parse(sign(statement, KEY))) == ()


def test_a_leaf_is_eighty_bytes_and_reads_as_it_was_written() -> None:
    assert len(LEAF.as_bytes()) == 80
    assert IndexLeaf.parse(LEAF.as_bytes()) == LEAF
    last = replace(LEAF, count=MAX_INTEGER, last=MAX_INTEGER)
    assert IndexLeaf.parse(last.as_bytes()) == last


@pytest.mark.parametrize("length", [0, 79, 81])
def test_a_leaf_of_another_length_is_malformed(length: int) -> None:
    with pytest.raises(Malformed):
        IndexLeaf.parse(bytes(length))


@pytest.mark.parametrize(
    "changes",
    [{"key": bytes(31)}, {"head": bytes(33)}, {"count": 0}, {"count": 2**53}, {"last": 2**53}],
)
def test_a_leaf_has_its_bounds(changes: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        replace(LEAF, **changes)


def test_the_chain_depends_on_the_entries_their_indices_and_their_order() -> None:
    logged = [leaf_hash(b"a"), leaf_hash(b"b")]
    heads = set()
    for pairs in ([(1, 0), (2, 1)], [(1, 1), (2, 0)], [(1, 0), (3, 1)], [(1, 0)]):
        leaf = None
        for index, which in pairs:
            leaf = grown(leaf, "lot:1/A", index, logged[which])
        assert leaf is not None
        assert (leaf.count, leaf.last) == (len(pairs), pairs[-1][0])
        heads.add(leaf.head)
    assert len(heads) == 4


def test_the_chain_is_the_one_of_the_specification() -> None:
    from hashlib import sha256  # noqa: PLC0415  the specification, spelt out once

    first = sha256(b"unbroken-index/v1\n" + bytes(32) + (3).to_bytes(8) + leaf_hash(b"three"))
    assert LEAF.head == first.digest()
    assert LEAF.key == sha256(b"lot:1/A").digest()


@given(st.sets(st.text(max_size=5), max_size=12), st.text(max_size=5))
def test_every_key_is_proven_present_or_absent(keys: set[str], wanted: str) -> None:
    leaves = an_index(*keys)
    found = proof_of(leaves, wanted).leaf_in(root_of(leaves))
    assert (found is not None) == (wanted in keys)
    assert found is None or found.key == key_hash(wanted)


LEAVES = an_index(*"abcdefgh")
ROOT = root_of(LEAVES)


def refused(proof: KeyProof, root: IndexRoot = ROOT) -> bool:
    try:
        proof.leaf_in(root)
    except Refused as refusal:
        return refusal.code == "INDEX_NOT_PROVEN"
    return False


def test_the_leaf_of_another_key_proves_nothing() -> None:
    assert refused(KeyProof("a", proof_of(LEAVES, "b").leaves))


def test_a_leaf_elsewhere_or_of_another_index_proves_nothing() -> None:
    proof = proof_of(LEAVES, "a")
    moved = replace(proof.leaves[0], position=(proof.leaves[0].position + 1) % 8)
    assert refused(replace(proof, leaves=(moved,)))
    assert refused(proof, root_of(an_index(*"abcdefgi")))
    assert refused(proof, replace(ROOT, keys=7))


def test_absence_needs_neighbours() -> None:
    absent = next(key for key in "ijklmnop" if len(proof_of(LEAVES, key).leaves) == 2)
    left, right = proof_of(LEAVES, absent).leaves
    assert not refused(KeyProof(absent, (left, right)))
    assert refused(KeyProof(absent, (right, left)))
    assert refused(KeyProof(absent, (left,)))
    assert refused(KeyProof(absent, (right,)))
    assert refused(KeyProof(absent, ()))
    assert refused(KeyProof(absent, (left, left)))
    for further in range(right.position + 1, 8):
        assert refused(KeyProof(absent, (left, placed(LEAVES, further))))


def test_a_key_that_is_there_is_not_proven_absent() -> None:
    for position in range(1, 7):
        present = next(key for key in "abcdefgh" if key_hash(key) == LEAVES[position].key)
        around = (placed(LEAVES, position - 1), placed(LEAVES, position + 1))
        assert refused(KeyProof(present, around))


def test_of_an_empty_index_every_key_is_absent() -> None:
    empty = IndexRoot(0, 0, EMPTY_ROOT)
    assert KeyProof("a", ()).leaf_in(empty) is None


BODY = IndexRoot(7, 3, bytes(32)).as_body()


def read(**changes: Any) -> IndexRoot:
    members = {"stream": "index", "body": BODY, **changes}
    return IndexRoot.read(WORLD.state("index.root", **members))


def test_a_root_reads_as_it_was_written() -> None:
    assert read() == IndexRoot(7, 3, bytes(32), version=2)
    first = IndexRoot(7, 3, bytes(32), version=1)
    assert read(body=first.as_body()) == first
    assert first.as_body().keys() == {"size", "keys", "root"}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {**BODY, "more": 1},
        {**BODY, "size": -1},
        {**BODY, "size": True},
        {**BODY, "keys": "3"},
        {**BODY, "root": 3},
        {**BODY, "root": "00"},
        {**BODY, "v": 1},
        {**BODY, "v": 3},
        {**BODY, "v": True},
        {**BODY, "v": "2"},
    ],
)
def test_a_root_of_another_form_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(LedgerError) as refusal:
        read(body=body)
    assert refusal.value.code == "INDEX_MALFORMED"


@pytest.mark.parametrize("changes", [{"creates": 1}, {"stream": "lot:1/A"}])
def test_a_root_stands_in_its_stream_and_makes_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(LedgerError) as refusal:
        read(**changes)
    assert refusal.value.code == "INDEX_MALFORMED"


@pytest.mark.parametrize(
    "changes",
    [{"sealed": ("A" * 43,)}, {"attachments": (Attachment("cd" * 32, "text/csv", 1),)}],
)
def test_a_root_seals_and_attaches_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(LedgerError) as refusal:
        read(**changes)
    assert refusal.value.code == "INDEX_MALFORMED"


def test_the_operator_signs_the_index_and_others_sign_the_rest() -> None:
    check_author(WORLD.state("index.root", stream="index"), "operator")
    check_author(WORLD.state("lot.register"), MAKER)


def test_what_the_operator_opened_it_says_where_the_owner_grants_it() -> None:
    for party in ("operator", MAKER):
        check_author(WORLD.state("disclosure.read", stream=f"disclosure:{MAKER}"), party)


@pytest.mark.parametrize(
    ("stream", "party"), [("index", MAKER), ("lot:1/A", "operator"), ("adisclosure:1", "operator")]
)
def test_nobody_signs_the_index_for_the_operator_nor_it_for_anybody(
    stream: str, party: str
) -> None:
    with pytest.raises(Refused) as refusal:
        check_author(WORLD.state("index.root", stream=stream), party)
    assert refusal.value.code == "NOT_PERMITTED"
