"""Follows a log: believes nothing, checks everything, and keeps a copy of it.

One step, each part of which may be cut off and done again:

1. The checkpoint is the log's own (its signature), and not older than the one that is held.
2. Its tiles give its root; the tree that is held is its beginning.
3. Each new tile leads to that root, each new entry has its leaf hash there. They are kept.
4. Then the checkpoint is kept.

What contradicts the copy is kept beside it: a signed note is proof against who signed it.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from hashlib import sha256

from ledger.core.checkpoint import Checkpoint, Vkey, open_checkpoint
from ledger.core.errors import Refused
from ledger.core.evidence import Evidence
from ledger.core.keys import Signatures
from ledger.core.links import OutputRef
from ledger.core.merkle import consistency_proof, tree_root, verify_consistency
from ledger.core.tile_paths import CHECKPOINT, TilePath, filled_tiles, new_tiles
from ledger.core.tiled_tree import (
    HEIGHT,
    WIDTH,
    Place,
    TiledTree,
    TreeDamagedError,
    edge_tiles,
)
from ledger.mirror.checked_tiles import CheckedTiles, Contradiction, Fetch
from ledger.mirror.evidence import evidence_of
from ledger.object_store import ObjectStore

CONTRADICTIONS = "contradictions"


class Mirror:
    """A copy of one log, and the one key that its checkpoints are signed with."""

    def __init__(
        self, copy: ObjectStore, log: Vkey, signatures: Signatures, *, hashes_only: bool = False
    ) -> None:
        self._copy = copy
        self._log = log
        self._signatures = signatures
        self._hashes_only = hashes_only

    def held(self) -> Checkpoint | None:
        """The checkpoint that is held; `Refused` COPY_DAMAGED unless the copy is its tree."""
        note = self._copy.get(CHECKPOINT)
        if note is None:
            return None
        checkpoint = open_checkpoint(note.decode(errors="replace"), self._log, self._signatures)
        if self._own_root(checkpoint.size, checkpoint.size) != checkpoint.root:
            raise Refused("COPY_DAMAGED", f"The copy is not the tree of size {checkpoint.size}.")
        return checkpoint

    def evidence(self, subject: str, outputs: Collection[OutputRef] = ()) -> Evidence:
        """Evidence about a stream, or some of its outputs, at the checkpoint that is held.

        Raises `Refused` NOTHING_HELD, and what `evidence_of` raises.
        """
        held, note = self.held(), self._copy.get(CHECKPOINT)
        if held is None or note is None:
            raise Refused("NOTHING_HELD", "The copy is empty.")
        return evidence_of(
            subject,
            outputs,
            note=note.decode(),
            checkpoint=held,
            tree=self.own_tree(held.size),
            copy=self._copy,
        )

    def follow(self, fetch: Fetch) -> Checkpoint:
        """Take the log's newest checkpoint and all that is new under it; return it.

        Raises `Contradiction`, `SourceFailed`, and what `open_checkpoint` raises.
        """
        held, note = self.held(), fetch(CHECKPOINT)
        newest = open_checkpoint(note.decode(errors="replace"), self._log, self._signatures)
        try:
            self._take(held, newest, note, fetch)
        except Contradiction:
            self._copy.add(f"{CONTRADICTIONS}/{sha256(note).hexdigest()[:16]}.note", note)
            raise
        return newest

    def recheck(self, fetch: Fetch, numbers: Iterable[int]) -> None:
        """Hold full tiles of leaves, and the entries under them, against what the log serves now.

        Raises `Contradiction` TILE_CHANGED.
        """
        for number in numbers:
            path = TilePath(0, number)
            for one in [path] if self._hashes_only else [path, replace(path, entries=True)]:
                if fetch(str(one)) != self._copy.get(str(one)):
                    raise Contradiction("TILE_CHANGED", f"{one}: not what the log served before.")

    # --- one step ---------------------------------------------------------------------------------

    def _take(self, held: Checkpoint | None, newest: Checkpoint, note: bytes, fetch: Fetch) -> None:
        size = held.size if held else 0
        if held and newest.size <= size:
            self._refuse_unless_same(held, newest)
        else:
            tiles = CheckedTiles(fetch, newest)
            if held and held.size and not _continues(tiles.tree, held, newest):
                message = f"Size {newest.size} does not continue what was signed at size {size}."
                raise Contradiction("FORKED", message)
            self._keep_tiles(tiles, size, newest.size)
        self._keep_note(note)

    def _refuse_unless_same(self, held: Checkpoint, newest: Checkpoint) -> None:
        if self._own_root(newest.size, held.size) != newest.root:
            message = f"Two different trees of size {newest.size} were signed."
            raise Contradiction("FORKED", message)
        if newest.size < held.size:
            message = f"The log was of size {held.size}, and now is of size {newest.size}."
            raise Contradiction("WENT_BACK", message)

    def _keep_tiles(self, tiles: CheckedTiles, old: int, new: int) -> None:
        for path in new_tiles(old, new):
            hashes = tiles.tile(path)
            self._copy.add(str(path), hashes)
            if path.level == 0 and not self._hashes_only:
                bundle = tiles.bundle(path, hashes)
                self._copy.add(str(replace(path, entries=True)), bundle)
        for path in filled_tiles(old, new):
            self._copy.drop(path.partials)

    def _keep_note(self, note: bytes) -> None:
        standing = self._copy.get(CHECKPOINT)
        if standing != note:
            self._copy.swap(CHECKPOINT, expected=standing, content=note)

    # --- the copy ---------------------------------------------------------------------------------

    def own_tree(self, size: int) -> TiledTree:
        """The tree of the copy, which holds this size."""

        def read(places: list[Place]) -> dict[Place, bytes]:
            return {place: self._copy.get(_name(place, size)) or b"" for place in places}

        return TiledTree(read)

    def _own_root(self, size: int, held: int) -> bytes | None:
        tree = self.own_tree(held)
        try:
            tree.prefetch(edge_tiles(size))
            return tree_root(size, tree)
        except TreeDamagedError:
            return None


def _name(place: Place, size: int) -> str:
    """Name the tile of this place in a tree of this size."""
    level, number = place
    width = min(WIDTH, (size >> HEIGHT * level) - number * WIDTH)
    return str(TilePath(level, number, width))


def _continues(tree: TiledTree, held: Checkpoint, newest: Checkpoint) -> bool:
    return verify_consistency(
        size1=held.size,
        size2=newest.size,
        root1=held.root,
        root2=newest.root,
        proof=consistency_proof(held.size, newest.size, tree),
    )
