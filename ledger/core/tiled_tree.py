"""A tree that is kept as tiles of up to 256 hashes (C2SP tlog-tiles, height 8).

Level 0 holds leaf hashes, level L the roots of the full tiles of level L - 1. Whatever lies in
between is computed from a tile when it is asked for.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TypeAlias

from ledger.core.errors import Refused
from ledger.core.merkle import HASH_BYTES, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT
Place: TypeAlias = tuple[int, int]
"""Level and number of a tile."""
ReadTiles: TypeAlias = Callable[[list[Place]], Mapping[Place, bytes]]
"""Gives the bytes of these tiles, as far as they are kept."""


class TreeDamagedError(Refused):
    """The tree lacks a hash that it must have."""


class TiledTree:
    """A `merkle.Subtree` over tiles; reads each tile once and keeps it."""

    def __init__(self, read: ReadTiles) -> None:
        self._read = read
        self._tiles: dict[Place, list[Sequence[bytes]]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree; raises `TreeDamagedError`."""
        tile_level, height = divmod(level, HEIGHT)
        number, place = divmod(index << height, WIDTH)
        rows = self._rows((tile_level, number))
        try:
            return _row(rows, height)[place >> height]
        except IndexError:
            message = f"Tile {tile_level}/{number} has no hash {place} at height {height}."
            raise TreeDamagedError("TREE_DAMAGED", message) from None

    def hashes(self, place: Place) -> Sequence[bytes]:
        """Return the hashes of a tile, none if it is not kept."""
        return self._rows(place)[0]

    def prefetch(self, places: Iterable[Place]) -> None:
        """Read many tiles at once; those that are not kept count as empty."""
        wanted = sorted(set(places) - self._tiles.keys())
        if wanted:
            kept = self._read(wanted)
            self._tiles.update({place: _tile(kept.get(place, b"")) for place in wanted})

    def _rows(self, place: Place) -> list[Sequence[bytes]]:
        if place not in self._tiles:
            self.prefetch([place])
        return self._tiles[place]


def split(hashes: bytes) -> list[bytes]:
    """Return the hashes of a tile one by one."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


def path_tiles(index: int, size: int) -> list[Place]:
    """Name the tiles that hold what a proof for a leaf in a tree of this size needs."""
    return [(level, index >> HEIGHT * (level + 1)) for level in range(levels(size))]


def edge_tiles(size: int) -> list[Place]:
    """Name the tiles on the right edge of a tree of this size."""
    return [
        (level, (size - 1 >> HEIGHT * level) >> HEIGHT) for level in range(levels(size)) if size
    ] + [
        (level, ((size >> HEIGHT * level) - 1) >> HEIGHT)
        for level in range(1, levels(size))
        if size >> HEIGHT * level
    ]


def levels(size: int) -> int:
    """How many levels of tiles a tree of this size has."""
    return sum(1 for _ in counts(size))


def counts(size: int) -> Iterator[int]:
    """How many hashes each level of a tree of this size has, level 0 first."""
    while size:
        yield size
        size >>= HEIGHT


def _tile(hashes: bytes) -> list[Sequence[bytes]]:
    """Return the lowest row of a tile; of a full one, which never changes, all of its rows."""
    return list(_full(hashes)) if len(hashes) == WIDTH * HASH_BYTES else [split(hashes)]


@lru_cache(maxsize=256)  # by the bytes themselves: some 10 MB
def _full(hashes: bytes) -> tuple[tuple[bytes, ...], ...]:
    rows: list[Sequence[bytes]] = [split(hashes)]
    _row(rows, HEIGHT)
    return tuple(map(tuple, rows))


def _row(rows: list[Sequence[bytes]], height: int) -> Sequence[bytes]:
    """Return the nodes of a tile at a height, and keep them with those below."""
    while len(rows) <= height:
        below = rows[-1]
        rows.append([node_hash(*pair) for pair in zip(below[::2], below[1::2], strict=False)])
    return rows[height]
