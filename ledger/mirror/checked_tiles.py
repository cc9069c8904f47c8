"""The tiles of a log, each believed only when its hashes lead to the root of a checkpoint."""

from collections.abc import Callable
from dataclasses import replace

from ledger.core.checkpoint import Checkpoint
from ledger.core.entry_bundles import decode_bundle
from ledger.core.errors import LedgerError, Malformed
from ledger.core.merkle import HASH_BYTES, leaf_hash, root, tree_root
from ledger.core.tile_paths import TilePath
from ledger.core.tiled_tree import HEIGHT, WIDTH, Place, TiledTree, split

Fetch = Callable[[str], bytes]
"""Gives the body behind a path of the log."""


class Contradiction(LedgerError):  # noqa: N818  named as its kin in the core are
    """The log has said two things that cannot both be true."""


class CheckedTiles:
    """From the top down: the partial tiles give the root, and each full one its hash above."""

    def __init__(self, fetch: Fetch, checkpoint: Checkpoint) -> None:
        self._fetch = fetch
        self._size = checkpoint.size
        self.tree = TiledTree(lambda places: {place: self._read(place) for place in places})
        if tree_root(checkpoint.size, self.tree) != checkpoint.root:
            message = f"The tiles do not give the root that was signed at size {self._size}."
            raise Contradiction("ROOT_DIFFERS", message)

    def tile(self, path: TilePath) -> bytes:
        """Return the hashes of a tile of this tree; raises `Contradiction`."""
        # Full tiles are most of a log: they go through and are not kept.
        return self._read(path.place) if path.is_full else b"".join(self.tree.hashes(path.place))

    def bundle(self, path: TilePath, hashes: bytes) -> bytes:
        """Return the bundle of the entries with these leaf hashes; raises `Contradiction`."""
        asked = str(replace(path, entries=True))
        bundle = self._fetch(asked)
        try:
            entries = decode_bundle(bundle, path.width)
        except Malformed as fault:
            raise Contradiction("ENTRIES_DIFFER", f"{asked}: {fault}") from fault
        if list(map(leaf_hash, entries)) != split(hashes):
            raise Contradiction("ENTRIES_DIFFER", f"{asked}: not the entries that were signed.")
        return bundle

    def _read(self, place: Place) -> bytes:
        level, number = place
        width = min(WIDTH, (self._size >> HEIGHT * level) - number * WIDTH)
        path = TilePath(level, number, width)
        hashes = self._fetch(str(path))
        if len(hashes) != width * HASH_BYTES:
            raise Contradiction("TILE_DIFFERS", f"{path}: {len(hashes)} bytes.")
        if path.is_full and root(split(hashes)) != self.tree(HEIGHT * (level + 1), number):
            raise Contradiction("TILE_DIFFERS", f"{path}: not the hashes that were signed.")
        return hashes
