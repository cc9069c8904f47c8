"""The tree while it grows: its right edge in memory, and the tiles that changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.core.merkle import Frontier, root
from ledger.core.tiled_tree import WIDTH, Place, TiledTree, TreeDamagedError, counts


@dataclass
class _LastTile:
    """The tile of a level that is not full yet."""

    number: int
    hashes: list[bytes]
    changed: bool = False


class GrowingTree:
    """Appends leaves; `take_changes` then gives the tiles to be written."""

    def __init__(self, frontier: Frontier, last: list[_LastTile]) -> None:
        self._frontier = frontier
        self._last = last
        self._changed: dict[Place, bytes] = {}

    @classmethod
    def load(cls, size: int, stored: TiledTree) -> "GrowingTree":
        """Take up a tree of `size` leaves; `TreeDamagedError` unless the tiles end there."""
        return cls(Frontier.load(size, stored), _last_tiles(size, stored))

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return self._frontier.size

    def root(self) -> bytes:
        """The root over all leaves."""
        return self._frontier.root()

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes."""
        for leaf in leaves:
            self._frontier.append(leaf)
            self._push(0, leaf)

    def take_changes(self) -> list[tuple[int, int, bytes]]:
        """Level, number and hashes of each tile that changed since the last call."""
        for level, last in enumerate(self._last):
            if last.changed:
                self._changed[level, last.number] = b"".join(last.hashes)
                last.changed = False
        changes = [(*place, hashes) for place, hashes in sorted(self._changed.items())]
        self._changed = {}
        return changes

    def _push(self, level: int, node: bytes) -> None:
        if level == len(self._last):
            self._last.append(_LastTile(0, []))
        last = self._last[level]
        last.hashes.append(node)
        last.changed = True
        if len(last.hashes) == WIDTH:
            self._changed[level, last.number] = b"".join(last.hashes)
            self._last[level] = _LastTile(last.number + 1, [])
            self._push(level + 1, root(last.hashes))


def tree_of(leaves: Iterable[bytes]) -> TiledTree:
    """Return a tree of these leaf hashes that is kept in memory, to prove things in."""
    growing = GrowingTree.load(0, TiledTree(lambda _: {}))
    growing.extend(leaves)
    kept = {(level, number): hashes for level, number, hashes in growing.take_changes()}
    return TiledTree(lambda _: kept)


def _last_tiles(size: int, stored: TiledTree) -> list[_LastTile]:
    """Read the last tile of each level."""
    places = [(level, count // WIDTH) for level, count in enumerate(counts(size))]
    stored.prefetch(places)
    last = [_LastTile(place[1], list(stored.hashes(place))) for place in places]
    for (level, number), count, tile in zip(places, counts(size), last, strict=True):
        if len(tile.hashes) != count % WIDTH:
            message = f"Tile {level}/{number} has {len(tile.hashes)} hashes, not {count % WIDTH}."
            raise TreeDamagedError("TREE_DAMAGED", message)
    return last
