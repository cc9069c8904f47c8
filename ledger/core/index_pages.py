"""The index in pages: its sorted leaves by 256, and the tiles of the tree above them.

A page is what the tile of level 0 is hashed from, so that only tiles from level 1 on are kept. With
each page stand the roots of its leaves by 16, its *twigs*: a proof hashes 16 leaves and not 256.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache

from ledger.core.growing import GrowingTree
from ledger.core.index import (
    LEAF_BYTES,
    IndexLeaf,
    KeyProof,
    PlacedLeaf,
    key_hash,
    positions_to_show,
)
from ledger.core.merkle import HASH_BYTES, Frontier, inclusion_proof, leaf_hash, root, tree_root
from ledger.core.tiled_tree import HEIGHT, WIDTH, Place, TiledTree, TreeDamagedError, split

TWIG_HEIGHT = 4
_TWIG = 1 << TWIG_HEIGHT


class PageWriter:
    """Hashes an index page by page; holds the tiles above the pages and nothing below them."""

    def __init__(self) -> None:
        self.keys = 0
        self._upper = GrowingTree(Frontier(), [])
        self._tiles: dict[Place, bytes] = {}

    def add(self, page: Sequence[bytes]) -> bytes:
        """Take the next leaves as bytes, in their order: 256 of them, fewer only at the end.

        Returns the twigs of the page.
        """
        hashes = [leaf_hash(leaf) for leaf in page]
        twigs = _twigs(hashes)
        if len(page) == WIDTH:
            self._upper.extend([root(twigs)])
        else:
            self._tiles[0, self.keys // WIDTH] = b"".join(hashes)
        self.keys += len(page)
        return b"".join(twigs)

    def tiles(self) -> list[tuple[int, int, bytes]]:
        """Level, number and hashes of each tile above the pages."""
        self._finish()
        return [(*place, hashes) for place, hashes in sorted(self._tiles.items()) if place[0]]

    def root(self) -> bytes:
        """The root over all leaves."""
        self._finish()
        return tree_root(self.keys, TiledTree(lambda places: _of(self._tiles, places)))

    def _finish(self) -> None:
        for level, number, hashes in self._upper.take_changes():
            self._tiles[level + 1, number] = hashes


class IndexPages:
    """An index of so many keys, as far as its pages and the tiles above them were read."""

    def __init__(
        self,
        keys: int,
        pages: Mapping[int, tuple[bytes, bytes]],
        tiles: Mapping[Place, bytes],
    ) -> None:
        """Take pages by their numbers, each with its twigs."""
        self._keys = keys
        self._pages = {number: split_page(page) for number, (page, _) in pages.items() if page}
        self._twigs = {number: split(twigs) for number, (_, twigs) in pages.items()}
        self._upper = TiledTree(lambda places: _of(tiles, places))
        self._known = cache(self._subtree)  # the upper parts of many ways are the same

    def proof(self, key: str) -> KeyProof:
        """Return what the index says of a key: its leaf, or the leaves around its place.

        Raises `LedgerError` where the pages are not what an index has. Whether the proof leads to
        the root that was signed is for `KeyProof.leaf_in`.
        """
        wanted = key_hash(key)
        starts = (number for number, page in self._pages.items() if page[0][:HASH_BYTES] <= wanted)
        number = max(starts, default=0)
        leaves = self._pages.get(number, [])
        offset = bisect_left(leaves, wanted, key=lambda leaf: leaf[:HASH_BYTES])
        present = offset < len(leaves) and leaves[offset][:HASH_BYTES] == wanted
        places = positions_to_show(number * WIDTH + offset, self._keys, present=present)
        return KeyProof(key, tuple(self._placed(place) for place in places))

    def _placed(self, position: int) -> PlacedLeaf:
        number, offset = divmod(position, WIDTH)
        try:
            leaf = self._pages[number][offset]
        except LookupError:
            message = f"The index has no leaf {position}."
            raise TreeDamagedError("TREE_DAMAGED", message) from None
        path = inclusion_proof(position, self._keys, self._known)
        return PlacedLeaf(position, IndexLeaf.parse(leaf), tuple(path))

    def _subtree(self, level: int, index: int) -> bytes:
        if level >= HEIGHT:
            return self._upper(level, index)
        number, start = divmod(index << level, WIDTH)
        if level < TWIG_HEIGHT:
            leaves = self._pages.get(number, [])[start : start + (1 << level)]
            return root([leaf_hash(leaf) for leaf in leaves])
        first = start >> TWIG_HEIGHT
        return root(self._twigs.get(number, [])[first : first + (1 << level - TWIG_HEIGHT)])


def split_page(page: bytes) -> list[bytes]:
    """Return the leaves of a page one by one."""
    return [page[at : at + LEAF_BYTES] for at in range(0, len(page), LEAF_BYTES)]


def _twigs(hashes: Sequence[bytes]) -> list[bytes]:
    """The roots of each full 16 of these leaf hashes."""
    full = len(hashes) - len(hashes) % _TWIG
    return [root(hashes[start : start + _TWIG]) for start in range(0, full, _TWIG)]


def _of(tiles: Mapping[Place, bytes], places: list[Place]) -> dict[Place, bytes]:
    return {place: tiles[place] for place in places if place in tiles}
