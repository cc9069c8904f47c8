"""Pages and tiles give the same tree, and the same proofs, as all leaves side by side."""

import pytest

from ledger.core.errors import LedgerError, Refused
from ledger.core.index import IndexLeaf, IndexRoot, grown, key_hash
from ledger.core.index_pages import IndexPages, PageWriter
from ledger.core.merkle import EMPTY_ROOT, root
from ledger.core.tiled_tree import WIDTH, Place, TreeDamagedError

SIZES = [0, 1, 2, 255, 256, 257, 511, 512, 700]


def an_index(keys: int) -> list[IndexLeaf]:
    leaves = [grown(None, f"lot:1/{n}", n, key_hash(f"entry {n}")) for n in range(keys)]
    return sorted(leaves, key=lambda leaf: leaf.key)


Pages = dict[int, tuple[bytes, bytes]]


def written(leaves: list[IndexLeaf]) -> tuple[IndexRoot, Pages, dict[Place, bytes]]:
    writer, pages = PageWriter(), {}
    for number, start in enumerate(range(0, len(leaves), WIDTH)):
        page = [leaf.as_bytes() for leaf in leaves[start : start + WIDTH]]
        twigs = writer.add(page)
        pages[number] = (b"".join(page), twigs)
    tiles = {(level, number): hashes for level, number, hashes in writer.tiles()}
    return IndexRoot(9_999, writer.keys, writer.root()), pages, tiles


@pytest.mark.parametrize("keys", SIZES)
def test_the_root_is_that_of_the_leaves(keys: int) -> None:
    leaves = an_index(keys)
    found, _, _ = written(leaves)
    assert (found.keys, found.root) == (keys, root(leaf.hash for leaf in leaves))
    assert keys or found.root == EMPTY_ROOT


def test_the_root_of_more_pages_than_a_tile_holds_is_that_of_the_leaves() -> None:
    page = [leaf.as_bytes() for leaf in an_index(WIDTH)]
    writer = PageWriter()
    for _ in range(WIDTH + 1):
        writer.add(page)
    writer.add(page[:3])
    hashes = [leaf.hash for leaf in an_index(WIDTH)]
    assert writer.root() == root([*hashes * (WIDTH + 1), *hashes[:3]])
    assert [place[:2] for place in writer.tiles()] == [(1, 0), (1, 1), (2, 0)]


@pytest.mark.parametrize("keys", SIZES)
def test_every_key_is_proven_present_and_every_other_absent(keys: int) -> None:
    leaves = an_index(keys)
    found, pages, tiles = written(leaves)
    shown = IndexPages(keys, pages, tiles)
    for n in range(0, keys, 7):
        assert shown.proof(f"lot:1/{n}").leaf_in(found) in leaves
    for n in range(50):
        assert shown.proof(f"lot:2/{n}").leaf_in(found) is None


def test_a_key_between_two_pages_is_proven_absent() -> None:
    leaves = an_index(600)
    found, pages, tiles = written(leaves)
    edge = leaves[WIDTH - 1].key, leaves[WIDTH].key
    key = next(k for n in range(99_999) if edge[0] < key_hash(k := f"lot:3/{n}") < edge[1])
    proof = IndexPages(600, pages, tiles).proof(key)
    assert [one.position for one in proof.leaves] == [WIDTH - 1, WIDTH]
    assert proof.leaf_in(found) is None


def test_a_page_that_is_not_there_proves_nothing() -> None:
    _, pages, tiles = written(an_index(600))
    with pytest.raises(TreeDamagedError, match="no leaf"):
        IndexPages(600, {}, tiles).proof("lot:1/1")
    with pytest.raises(LedgerError):
        IndexPages(600, {0: (b"", b""), **{n: pages[n] for n in (1, 2)}}, tiles).proof("lot:1/1")
    with pytest.raises(LedgerError):
        IndexPages(600, pages, {}).proof("lot:1/1")


def test_a_page_that_was_changed_does_not_lead_to_the_root() -> None:
    leaves = an_index(3)
    found, pages, tiles = written(leaves)
    of = {key_hash(key): key for key in ("lot:1/0", "lot:1/1", "lot:1/2")}
    lie = (pages[0][0][:39] + b"\x09" + pages[0][0][40:], pages[0][1])
    with pytest.raises(Refused, match="lot:1/"):
        IndexPages(3, {0: lie}, tiles).proof(of[leaves[0].key]).leaf_in(found)
