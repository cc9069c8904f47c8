"""The tree in tiles, held against the tree that RFC 9162 describes."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.growing import GrowingTree
from ledger.core.merkle import root, tree_root
from ledger.core.tiled_tree import (
    WIDTH,
    Place,
    TiledTree,
    TreeDamagedError,
    edge_tiles,
    levels,
    path_tiles,
)

SIZES = [0, 1, 255, 256, 257, 511, 512, 600, 65_535, 65_536, 65_537, 70_000]


def leaves(start: int, end: int) -> list[bytes]:
    return [hashlib.sha256(b"%d" % index).digest() for index in range(start, end)]


class Kept(dict[Place, bytes]):
    """Tiles in memory."""

    def tree(self) -> TiledTree:
        return TiledTree(lambda places: {one: self[one] for one in places if one in self})

    def grow(self, start: int, end: int) -> GrowingTree:
        tree = GrowingTree.load(start, self.tree())
        tree.extend(leaves(start, end))
        self.update({(level, number): hashes for level, number, hashes in tree.take_changes()})
        return tree


@pytest.fixture(scope="module")
def large() -> Kept:
    kept = Kept()
    kept.grow(0, 70_000)
    return kept


def test_a_tree_of_70000_has_the_tiles_that_the_standard_counts(large: Kept) -> None:
    width = {place: len(hashes) // 32 for place, hashes in large.items()}
    assert [width[0, number] for number in range(274)] == [WIDTH] * 273 + [112]
    assert [width[1, 0], width[1, 1], width[2, 0]] == [WIDTH, 17, 1]
    assert len(width) == 277


def test_a_tree_of_256_has_one_full_tile_and_a_partial_one_above() -> None:
    kept = Kept()
    kept.grow(0, WIDTH)
    assert {place: len(hashes) // 32 for place, hashes in kept.items()} == {(0, 0): 256, (1, 0): 1}


@pytest.mark.parametrize("size", SIZES)
def test_the_root_comes_out_of_the_tiles_on_the_edge(large: Kept, size: int) -> None:
    edge = Kept({place: large[place] for place in edge_tiles(size)})
    assert tree_root(size, edge.tree()) == root(leaves(0, size))


@pytest.mark.parametrize("size", SIZES)
def test_levels_and_paths_end_where_the_tree_ends(size: int) -> None:
    assert levels(size) == (0 if not size else 1 if size < WIDTH else 2 if size < WIDTH**2 else 3)
    if size:
        places = path_tiles(size - 1, size)
        assert places == [(level, size - 1 >> 8 * (level + 1)) for level in range(levels(size))]


@given(st.lists(st.integers(0, 300), min_size=1, max_size=5))
def test_a_tree_taken_up_again_grows_as_one_that_was_never_left(steps: list[int]) -> None:
    kept, size = Kept(), 0
    for step in steps:
        grown = kept.grow(size, size + step)
        size += step
        assert grown.root() == root(leaves(0, size))
    whole = Kept()
    whole.grow(0, size)
    assert kept == whole


def test_what_did_not_change_is_not_given_again() -> None:
    kept = Kept()
    tree = kept.grow(0, 3)
    assert tree.take_changes() == []
    assert tree.size == 3


def test_a_tree_without_a_hash_that_it_must_have_is_damaged() -> None:
    kept = Kept()
    kept.grow(0, 5)
    kept[0, 0] = kept[0, 0][:-32]
    with pytest.raises(TreeDamagedError, match="Tile 0/0 has no hash 4 at height 0") as error:
        tree_root(5, kept.tree())
    assert error.value.code == "TREE_DAMAGED"


def test_a_tree_is_not_taken_up_when_its_last_tile_is_longer_than_its_size() -> None:
    kept = Kept()
    kept.grow(0, 5)
    with pytest.raises(TreeDamagedError, match="Tile 0/0 has 5 hashes, not 4"):
        GrowingTree.load(4, kept.tree())
