"""Salted sets: one trie for each set, proofs either way, and kept nodes that nobody can bend."""

from collections.abc import Collection, Mapping
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.errors import LedgerError, Malformed, Refused
from ledger.core.set_trees import SetDamagedError, SetTree
from ledger.core.sets import (
    EMPTY,
    Membership,
    SetProof,
    Subset,
    branch,
    branch_bytes,
    halves,
    hash_of,
    leaf,
    member_key,
)


def key(n: int) -> bytes:
    return sha256(n.to_bytes(4)).digest()


class Nodes:
    """Kept nodes, and how often they were asked for."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}
        self.asked = 0
        self.given = 0

    def load(self, hashes: Collection[bytes]) -> Mapping[bytes, bytes]:
        self.asked += 1
        found = {one: self.kept[one] for one in hashes if one in self.kept}
        self.given += len(found)
        return found

    def keep(self, tree: SetTree) -> None:
        self.kept |= tree.made

    def of(self, numbers: Collection[int]) -> Subset:
        tree = SetTree(self.load)
        made = tree.of(map(key, numbers))
        self.keep(tree)
        return made


sets = st.sets(st.integers(0, 120), max_size=90)
# Keys that share long beginnings, as somebody might grind them.
crowded = st.sets(st.integers(0, 2**20 - 1).map(lambda n: bytes(28) + n.to_bytes(4)), max_size=60)


@given(sets, sets)
def test_taking_out_gives_the_set_of_the_rest(all_of_them: set[int], some: set[int]) -> None:
    nodes = Nodes()
    whole = nodes.of(all_of_them | some)
    tree = SetTree(nodes.load)
    assert tree.without(whole, map(key, some)) == Nodes().of(all_of_them - some)


@given(sets, sets)
def test_joining_gives_the_set_of_both(one: set[int], other: set[int]) -> None:
    nodes = Nodes()
    less, more = nodes.of(one), nodes.of(other - one)
    assert SetTree(nodes.load).joined(less, more) == Nodes().of(one | other)


@given(sets, st.integers(0, 140))
def test_a_proof_says_what_is_so(inside: set[int], asked: int) -> None:
    nodes = Nodes()
    subset = nodes.of(inside)
    proof = SetTree(nodes.load).proof(subset, key(asked))
    shown = SetProof.parse(proof.as_bytes()).about(key(asked))
    assert shown == Membership(subset.hash, len(inside), asked in inside)


@given(crowded, crowded)
def test_keys_that_share_long_beginnings_are_told_apart(one: set[bytes], other: set[bytes]) -> None:
    nodes = Nodes()
    tree = SetTree(nodes.load)
    whole = tree.of(one | other)
    nodes.keep(tree)
    again = SetTree(nodes.load)
    rest = again.without(whole, other)
    assert rest == hash_of(sorted(one - other), 0)
    for asked in other:
        assert not again.proof(rest, asked).about(asked).present


@given(sets, sets)
def test_many_keys_are_told_apart_in_one_walk(inside: set[int], asked: set[int]) -> None:
    nodes = Nodes()
    subset = nodes.of(inside)
    found = set(SetTree(nodes.load).present(subset, [*map(key, asked), *map(key, asked)]))
    assert found == set(map(key, inside & asked))


def test_no_key_is_present_where_a_node_is_damaged() -> None:
    nodes = Nodes()
    subset = nodes.of(range(90))
    for one in nodes.kept:
        bent = Nodes()
        bent.kept = {**nodes.kept, one: b"\x02" + key(500)}
        with pytest.raises(LedgerError):
            list(SetTree(bent.load).present(subset, map(key, range(90))))


@given(sets)
def test_the_members_come_back_sorted(inside: set[int]) -> None:
    nodes = Nodes()
    subset = nodes.of(inside)
    assert list(SetTree(nodes.load).members(subset)) == sorted(map(key, inside))


@given(st.sets(st.integers(0, 400), min_size=1), st.data())
def test_no_bent_proof_is_one_for_the_same_set(inside: set[int], data: st.DataObject) -> None:
    nodes = Nodes()
    subset = nodes.of(inside)
    asked = key(data.draw(st.integers(0, 420)))
    honest = SetTree(nodes.load).proof(subset, asked)
    written = bytearray(honest.as_bytes())
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        shown = SetProof.parse(bytes(written)).about(asked)
    except LedgerError:
        return
    assert (shown.root, shown.count) != subset[::-1]


def test_taking_few_out_of_many_reads_and_makes_few_nodes() -> None:
    nodes = Nodes()
    whole = nodes.of(range(20_000))
    tree = SetTree(nodes.load)
    tree.without(whole, [key(7), key(8), key(9)])
    assert nodes.given < 60
    assert nodes.asked < 25
    assert len(tree.made) < 60


def test_the_old_set_can_still_be_walked() -> None:
    nodes = Nodes()
    whole = nodes.of(range(500))
    tree = SetTree(nodes.load)
    rest = tree.without(whole, [key(3)])
    nodes.keep(tree)
    later = SetTree(nodes.load)
    assert later.proof(whole, key(3)).about(key(3)).present
    assert not later.proof(rest, key(3)).about(key(3)).present


def test_a_member_comes_once_and_has_to_be_there() -> None:
    nodes = Nodes()
    whole = nodes.of(range(40))
    for tree, keys in ((SetTree(nodes.load), [key(99)]), (SetTree(nodes.load), [key(1), key(99)])):
        with pytest.raises(Refused) as refused:
            tree.without(whole, keys)
        assert refused.value.code == "NOT_A_MEMBER"
    with pytest.raises(Refused) as refused:
        SetTree(nodes.load).of([key(1), key(1)])
    assert refused.value.code == "ALREADY_A_MEMBER"
    with pytest.raises(Refused) as refused:
        SetTree(nodes.load).joined(whole, whole)
    assert refused.value.code == "ALREADY_A_MEMBER"


def test_a_key_tells_nothing_without_its_salt() -> None:
    assert member_key("0061414112345/1", bytes(16)) != member_key("0061414112345/1", b"1" * 16)
    with pytest.raises(Malformed) as refused:
        member_key("1", bytes(15))
    assert refused.value.code == "SET_MALFORMED"


@pytest.mark.parametrize("which", ["branch", "twig", "gone", "not sorted", "swapped for a branch"])
def test_a_damaged_node_is_found_when_it_is_read(which: str) -> None:
    nodes = Nodes()
    whole = nodes.of(range(100))
    twig = next(one for one, node in nodes.kept.items() if node[:1] == b"\x02" and len(node) > 65)
    was = nodes.kept[twig]
    if which == "branch":
        left, right = halves(nodes.kept[whole.hash])
        nodes.kept[whole.hash] = branch_bytes(Subset(left.size + 1, left.hash), right)
    elif which == "twig":
        nodes.kept[twig] = was[:-1] + bytes([was[-1] ^ 1])
    elif which == "gone":
        del nodes.kept[twig]
    elif which == "not sorted":
        nodes.kept[twig] = was[:1] + was[33:65] + was[1:33] + was[65:]
    else:
        nodes.kept[whole.hash] = was
    with pytest.raises(LedgerError) as found:
        list(SetTree(nodes.load).members(whole))
    expected = "SET_MALFORMED" if which == "swapped for a branch" else "SET_DAMAGED"
    assert found.value.code == expected


def test_damage_is_no_conflict_of_the_sender() -> None:
    with pytest.raises(SetDamagedError):
        SetTree(Nodes().load).proof(Subset(3, bytes(32)), key(1))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x03",
        b"\x01" + bytes(39),
        b"\x02" + bytes(31),
        b"\x00" + bytes(40 * 257),
    ],
)
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        SetProof.parse(data)
    assert refused.value.code == "SET_PROOF_MALFORMED"


def test_another_key_must_stand_on_the_way_of_the_one_asked_for() -> None:
    asked, sibling = bytes(32), Subset(1, bytes(32))
    elsewhere = b"\x80" + bytes(31)
    for other in (asked, elsewhere):
        with pytest.raises(Malformed):
            SetProof((sibling,), present=False, other=other).about(asked)


def test_no_set_is_larger_than_json_counts() -> None:
    proof = SetProof((Subset(2**53, bytes(32)),), present=True)
    with pytest.raises(Malformed):
        proof.about(bytes(32))


def test_a_tiny_set_as_the_specification_writes_it() -> None:
    low, high = bytes(32), b"\xff" + bytes(31)
    assert leaf(low).hash == sha256(b"\x00" + low).digest()
    written = b"".join([b"\x01", (1).to_bytes(8), leaf(low).hash, (1).to_bytes(8), leaf(high).hash])
    assert hash_of([low, high], 0) == Subset(2, sha256(written).digest())
    assert hash_of([], 0) == EMPTY
    assert branch(EMPTY, leaf(high)).size == 1
    written = b"unbroken-set/v1\n" + bytes(16) + b"\xc3\xa9"
    assert member_key("é", bytes(16)) == sha256(written).digest()


def test_what_is_no_branch_is_refused() -> None:
    for data in (b"\x01" + bytes(79), b"\x02" + bytes(80)):
        with pytest.raises(Malformed):
            halves(data)
