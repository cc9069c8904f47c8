"""An audit's own tree, grown again from the leaves and held against the stored tiles."""

from collections.abc import Callable, Iterable, Sequence

from ledger.core.merkle import Frontier, root
from ledger.core.tiled_tree import HEIGHT, WIDTH, Place, split
from ledger.recomputing import AuditFinding

LastTile = tuple[int, bytes]
"""Number and hashes of the tile of a level that is not full yet."""


class TreeCheck:
    """Grows the tree anew and compares each tile with the stored one as it becomes full.

    `last` are the last tiles of an earlier walk, level by level, from which it goes on.
    """

    def __init__(
        self,
        stored: Callable[[Place], bytes],
        find: Callable[[AuditFinding], None],
        last: Sequence[LastTile] = (),
    ) -> None:
        self._stored = stored
        self._find = find
        self._last = [(number, split(hashes)) for number, hashes in last]
        number, hashes = self._last[0] if self._last else (0, [])
        self._frontier = Frontier.load(number * WIDTH + len(hashes), self._subtree)

    @property
    def size(self) -> int:
        """How many leaves have come."""
        return self._frontier.size

    @property
    def last(self) -> list[LastTile]:
        """The last tiles: enough to go on from here."""
        return [(number, b"".join(hashes)) for number, hashes in self._last]

    def root(self) -> bytes:
        """The root over them."""
        return self._frontier.root()

    def push(self, leaf: bytes) -> None:
        """Take the next leaf hash."""
        self._frontier.append(leaf)
        self._push(0, leaf)

    def finish(self) -> int:
        """Compare the last tiles, and return how many tiles there must be."""
        for level, (number, hashes) in enumerate(self._last):
            if hashes:
                self._compare((level, number), hashes)
        return sum(number + bool(hashes) for number, hashes in self._last)

    def _push(self, level: int, node: bytes) -> None:
        if level == len(self._last):
            self._last.append((0, []))
        number, hashes = self._last[level]
        hashes.append(node)
        if len(hashes) == WIDTH:
            self._compare((level, number), hashes)
            self._last[level] = (number + 1, [])
            self._push(level + 1, root(hashes))

    def _compare(self, place: Place, hashes: Iterable[bytes]) -> None:
        if self._stored(place) != b"".join(hashes):
            name = f"tile {place[0]}/{place[1]}"
            message = f"The stored {name} is not the one that the leaves give."
            self._find(AuditFinding("TREE_CHANGED", name, message))

    def _subtree(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree on the right edge, out of the last tiles."""
        tile_level, height = divmod(level, HEIGHT)
        start = (index << height) % WIDTH
        return root(self._last[tile_level][1][start : start + (1 << height)])
