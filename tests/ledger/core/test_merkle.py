import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import merkle
from ledger.core.errors import Refused

# The leaves that the test suites of RFC 6962 use, and the roots of their first n.
CLASSIC = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243")]
CLASSIC += [bytes.fromhex("5051525354555657"), bytes.fromhex("606162636465666768696a6b6c6d6e6f")]
CLASSIC_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}

SIZES = st.integers(1, 70)


class Leaves:
    """A tree in a list, read as subtrees; it refuses to give one that is not complete."""

    def __init__(self, size: int) -> None:
        self.hashes = [merkle.leaf_hash(str(n).encode()) for n in range(size)]

    def __call__(self, level: int, index: int) -> bytes:
        part = self.hashes[index << level : (index + 1) << level]
        assert len(part) == 1 << level
        return by_definition(part)

    def root(self, size: int) -> bytes:
        return by_definition(self.hashes[:size])


def by_definition(hashes: Sequence[bytes]) -> bytes:
    """MTH of RFC 9162 section 2.1.1, word for word."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else hashlib.sha256().digest()
    k = _k(len(hashes))
    left, right = by_definition(hashes[:k]), by_definition(hashes[k:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def path_by_definition(m: int, hashes: Sequence[bytes]) -> list[bytes]:
    """PATH of RFC 9162 section 2.1.3.1, word for word."""
    if len(hashes) == 1:
        return []
    k = _k(len(hashes))
    if m < k:
        return [*path_by_definition(m, hashes[:k]), by_definition(hashes[k:])]
    return [*path_by_definition(m - k, hashes[k:]), by_definition(hashes[:k])]


def subproof_by_definition(m: int, hashes: Sequence[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 9162 section 2.1.4.1, word for word."""
    if m == len(hashes):
        return [] if whole else [by_definition(hashes)]
    k = _k(len(hashes))
    if m <= k:
        return [*subproof_by_definition(m, hashes[:k], whole=whole), by_definition(hashes[k:])]
    return [*subproof_by_definition(m - k, hashes[k:], whole=False), by_definition(hashes[:k])]


def _k(size: int) -> int:
    k = 1
    while k * 2 < size:
        k *= 2
    return k


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_the_classic_leaves_are_the_known_ones(size: int) -> None:
    leaves = [merkle.leaf_hash(leaf) for leaf in CLASSIC[:size]]
    assert merkle.root(leaves).hex() == CLASSIC_ROOTS[size]


def test_an_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.EMPTY_ROOT.hex() == CLASSIC_ROOTS[0]
    assert merkle.tree_root(0, Leaves(0)) == merkle.EMPTY_ROOT


@given(SIZES)
def test_every_way_to_the_root_is_the_definition(size: int) -> None:
    leaves = Leaves(size)
    expected = leaves.root(size)
    assert merkle.root(leaves.hashes) == expected
    assert merkle.tree_root(size, leaves) == expected
    assert merkle.Frontier.load(size, leaves).root() == expected


@given(SIZES, st.data())
def test_a_frontier_taken_up_from_storage_grows_like_one_from_the_start(
    size: int, data: st.DataObject
) -> None:
    leaves, start = Leaves(size), data.draw(st.integers(0, size))
    frontier = merkle.Frontier.load(start, leaves)
    for leaf in leaves.hashes[start:]:
        frontier.append(leaf)
    assert (frontier.size, frontier.root()) == (size, leaves.root(size))


def test_a_frontier_of_a_million_leaves_keeps_at_most_twenty_hashes() -> None:
    frontier = merkle.Frontier.load(2**20 - 1, lambda level, index: bytes(32))  # noqa: ARG005
    assert len(frontier._edge) == 20
    frontier.append(bytes(32))
    assert (frontier.size, len(frontier._edge)) == (2**20, 1)


@given(SIZES, st.data())
def test_an_inclusion_proof_is_the_one_of_the_definition_and_convinces(
    size: int, data: st.DataObject
) -> None:
    leaves, index = Leaves(size), data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, leaves)
    assert proof == path_by_definition(index, leaves.hashes)
    assert merkle.verify_inclusion(
        index=index, size=size, leaf=leaves.hashes[index], proof=proof, root=leaves.root(size)
    )


@given(SIZES, st.data())
def test_a_consistency_proof_is_the_one_of_the_definition_and_convinces(
    new: int, data: st.DataObject
) -> None:
    leaves, old = Leaves(new), data.draw(st.integers(1, new))
    proof = merkle.consistency_proof(old, new, leaves)
    assert proof == subproof_by_definition(old, leaves.hashes, whole=True)
    assert merkle.verify_consistency(
        size1=old, size2=new, root1=leaves.root(old), root2=leaves.root(new), proof=proof
    )


def _others_tree(size: int) -> Any:
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for n in range(size):
        tree.append_entry(str(n).encode())
    return tree


@given(SIZES, st.data())
def test_another_implementation_has_the_same_roots_and_proofs(
    size: int, data: st.DataObject
) -> None:
    tree, leaves = _others_tree(size), Leaves(size)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    assert tree.get_root(size) == leaves.root(size)
    theirs = [
        bytes.fromhex(one) for one in tree.prove_inclusion(index + 1, size).serialize()["path"]
    ]
    assert theirs == [leaves.hashes[index], *merkle.inclusion_proof(index, size, leaves)]
    # Its consistency proofs are of another form; that they lead to our roots says the same.
    proof = tree.prove_consistency(old, size)
    pymerkle.verify_consistency(leaves.root(old), leaves.root(size), proof)


@given(st.integers(2, 40), st.data())
def test_no_other_leaf_index_size_proof_or_root_convinces_of_inclusion(
    size: int, data: st.DataObject
) -> None:
    leaves, index = Leaves(size), data.draw(st.integers(0, size - 1))
    root, leaf = leaves.root(size), leaves.hashes[index]
    proof = merkle.inclusion_proof(index, size, leaves)
    good: dict[str, Any] = {
        "index": index,
        "size": size,
        "leaf": leaf,
        "proof": proof,
        "root": root,
    }
    bad: list[dict[str, Any]] = [
        {"index": other} for other in range(-2, size + 2) if other != index
    ]
    bad += [{"leaf": root}, {"root": leaf}, {"leaf": leaf[:31]}, {"root": root + b"\0"}]
    bad += [{"proof": one} for one in _spoilt(proof)]
    for change in bad:
        assert not merkle.verify_inclusion(**good | change), change
    # Another size has another root, unless the leaf's path happens to be the same; then only the
    # checkpoint, which binds size and root, tells them apart. A size of the wrong depth never is.
    assert not merkle.verify_inclusion(**good | {"size": 2 * size})
    assert not merkle.verify_inclusion(**good | {"size": 0})


@given(st.integers(2, 40), st.data())
def test_no_other_root_size_or_proof_convinces_of_consistency(
    new: int, data: st.DataObject
) -> None:
    leaves, old = Leaves(new), data.draw(st.integers(1, new - 1))
    proof = merkle.consistency_proof(old, new, leaves)
    root1, root2 = leaves.root(old), leaves.root(new)
    good: dict[str, Any] = {
        "size1": old,
        "size2": new,
        "root1": root1,
        "root2": root2,
        "proof": proof,
    }
    bad: list[dict[str, Any]] = [{"root1": root2}, {"root2": root1}, {"root1": root1[1:]}]
    bad += [{"size1": 0}, {"size1": -1}, {"size1": new}, {"size1": new + 1}, {"size2": old}]
    bad += [{"size2": 0}, {"size2": 4 * new}]
    bad += [{"proof": one} for one in _spoilt(proof)]
    for change in bad:
        assert not merkle.verify_consistency(**good | change), change


def _spoilt(proof: list[bytes]) -> list[list[bytes]]:
    spoilt = [[*proof, bytes(32)], [bytes(32), *proof], [*proof, b""], [*proof, *proof, bytes(32)]]
    for place, part in enumerate(proof):
        before, after = proof[:place], proof[place + 1 :]
        others: tuple[list[bytes], ...] = ([part[:31]], [part + b"\0"], [bytes(32)], [])
        spoilt += [[*before, *other, *after] for other in others]
    if proof != proof[::-1]:
        spoilt.append(proof[::-1])
    return spoilt


def test_an_inner_node_is_no_leaf() -> None:
    leaves = Leaves(4)
    node = leaves(1, 0)
    assert not merkle.verify_inclusion(
        index=0, size=4, leaf=node, proof=[leaves(1, 1)], root=leaves.root(4)
    )
    assert merkle.leaf_hash(leaves.hashes[0] + leaves.hashes[1]) != node


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_a_hash_that_is_not_32_bytes_is_refused_even_where_nothing_is_hashed(size: int) -> None:
    short = bytes(size)
    assert not merkle.verify_inclusion(index=0, size=1, leaf=short, proof=[], root=short)


def test_the_beginning_of_nothing_is_evidence_of_nothing() -> None:
    empty, root = merkle.EMPTY_ROOT, Leaves(3).root(3)
    for size2, root2 in ((0, empty), (3, root)):
        assert not merkle.verify_consistency(
            size1=0, size2=size2, root1=empty, root2=root2, proof=[]
        )


def test_a_tree_is_consistent_with_itself_without_a_proof() -> None:
    root = Leaves(3).root(3)
    same: dict[str, Any] = {"size1": 3, "size2": 3, "root1": root}
    assert merkle.verify_consistency(**same, root2=root, proof=[])
    assert not merkle.verify_consistency(**same, root2=root, proof=[root])
    assert not merkle.verify_consistency(**same, root2=bytes(32), proof=[])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3), (7, 3)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(Refused) as refusal:
        merkle.inclusion_proof(index, size, Leaves(8))
    assert refusal.value.code == "INDEX_BEYOND_SIZE"


@pytest.mark.parametrize(("old", "new"), [(0, 3), (0, 0), (4, 3), (-1, 3)])
def test_there_is_no_proof_from_nothing_or_back(old: int, new: int) -> None:
    with pytest.raises(Refused) as refusal:
        merkle.consistency_proof(old, new, Leaves(8))
    assert refusal.value.code == "SIZE_NOT_PROVABLE"


def test_a_proof_in_a_tree_of_a_billion_leaves_reads_few_subtrees() -> None:
    asked = []

    def subtree(level: int, index: int) -> bytes:
        asked.append((level, index))
        return bytes(32)

    assert len(merkle.inclusion_proof(10**9 - 2, 10**9, subtree)) <= 30
    merkle.consistency_proof(10**8 + 7, 10**9, subtree)
    assert len(asked) < 200


def test_every_outside_inclusion_vector_is_judged_as_its_authors_say(shared: Path) -> None:
    vectors = _vectors(shared, "inclusion")
    wrong = [
        name
        for name, one in vectors
        if merkle.verify_inclusion(
            index=one["leafIdx"],
            size=one["treeSize"],
            leaf=_bytes(one["leafHash"]),
            proof=_proof(one),
            root=_bytes(one["root"]),
        )
        is one["wantErr"]
    ]
    assert wrong == []
    assert len(vectors) >= 98


def test_every_outside_consistency_vector_is_judged_as_its_authors_say(shared: Path) -> None:
    vectors = _vectors(shared, "consistency")
    wrong = [
        name
        for name, one in vectors
        if merkle.verify_consistency(
            size1=one["size1"],
            size2=one["size2"],
            root1=_bytes(one["root1"]),
            root2=_bytes(one["root2"]),
            proof=_proof(one),
        )
        is one["wantErr"]
    ]
    assert wrong == []
    assert len(vectors) >= 98


def test_the_proofs_of_the_outside_vectors_are_the_ones_that_we_make(shared: Path) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in CLASSIC]
    made = 0
    for kind in ("inclusion", "consistency"):
        for name, one in _vectors(shared, kind):
            if name.endswith("happy-path.json"):
                made += 1
                assert _our_proof(one, hashes) == _proof(one), name
    assert made >= 9


def _our_proof(vector: dict[str, Any], hashes: list[bytes]) -> list[bytes]:
    def subtree(level: int, index: int) -> bytes:
        return by_definition(hashes[index << level : (index + 1) << level])

    if "leafIdx" in vector:
        return merkle.inclusion_proof(vector["leafIdx"], vector["treeSize"], subtree)
    return merkle.consistency_proof(vector["size1"], vector["size2"], subtree)


def _vectors(shared: Path, kind: str) -> list[tuple[str, dict[str, Any]]]:
    files = sorted((shared / "vectors" / "rfc6962" / kind).rglob("*.json"))
    return [(str(file), json.loads(file.read_bytes())) for file in files]


def _proof(vector: dict[str, Any]) -> list[bytes]:
    return [_bytes(one) for one in vector["proof"] or []]


def _bytes(text: str | None) -> bytes:
    return base64.b64decode(text or "")
