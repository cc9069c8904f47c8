"""An audit's walk over the log: leaves, tiles and checkpoints by their indices."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from ledger import audit_rows, checkpoint_file
from ledger.audit_progress import LOG, STREAMS, Progress
from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.errors import LedgerError
from ledger.core.keys import Signatures
from ledger.core.merkle import HASH_BYTES
from ledger.core.policy import Policy
from ledger.core.tiled_tree import WIDTH, Place, split
from ledger.recomputing import AuditFinding
from ledger.regrowing import TreeCheck
from ledger.tiles import read_tiles

LEAVES = 20 * WIDTH
"""Leaves that are read at once."""
CHECKPOINTS = 1_000
Row = tuple[int, int, bytes, str]
"""Size, size before, root and note of a checkpoint."""


class LogWalk:
    """Leaves, tiles and checkpoints, from the index that was reached."""

    def __init__(self, progress: Progress, policy: Policy, signatures: Signatures) -> None:
        self._progress = progress
        self._policy = policy
        self._signatures = signatures
        self._tree = TreeCheck(self._tile, progress.find, progress.last_tiles)
        self._tiles: dict[Place, bytes] = {}
        self._checkpoints = self._read_checkpoints()
        self._coming: Row | None = None
        self._file: Checkpoint | None = None
        self._about_file: list[AuditFinding] = []

    def follow(self, is_over: Callable[[], bool]) -> None:
        """Follow the leaves, and the checkpoints over them, as far as time allows."""
        last = audit_rows.last_index()
        self._coming = next(self._checkpoints, None)
        while self._progress.walk == LOG:
            self._push(self._tree.size, min(self._tree.size + LEAVES, last + 1))
            if self._tree.size > last:
                self._check_end()
                self._progress.walk = STREAMS
            elif is_over():
                break
        self._progress.last_tiles, self._progress.size = self._tree.last, self._tree.size

    def _push(self, start: int, end: int) -> None:
        self._prefetch(start, end)
        self._check_checkpoints()
        for index, leaf in audit_rows.leaf_hashes(start, end):
            self._fill_gap(index)
            self._push_one(leaf)

    def _push_one(self, leaf: bytes) -> None:
        self._tree.push(leaf)
        if self._coming and self._coming[0] <= self._tree.size:
            self._check_checkpoints()

    def _check_checkpoints(self) -> None:
        """Check those that stand over what was followed."""
        while self._coming and self._coming[0] <= self._tree.size:
            self._check_checkpoint(self._coming)
            self._coming = next(self._checkpoints, None)

    def _read_checkpoints(self) -> Iterator[Row]:
        after = self._progress.checkpoint
        while rows := audit_rows.checkpoints(after, CHECKPOINTS):
            yield from rows
            after = rows[-1][0]

    def _prefetch(self, start: int, end: int) -> None:
        wanted = [(0, number) for number in range(start // WIDTH, end // WIDTH + 1)]
        missing = [place for place in wanted if place not in self._tiles]
        if missing:
            self._tiles = {place: tile for place, tile in self._tiles.items() if place in wanted}
            self._tiles |= read_tiles(missing)

    def _tile(self, place: Place) -> bytes:
        if place not in self._tiles:
            return read_tiles([place]).get(place, b"")
        return self._tiles[place]

    def _fill_gap(self, index: int) -> None:
        """Go on over leaves that are not there with what the tiles say about them."""
        while self._tree.size < index:
            missing = self._tree.size
            message = f"There is no leaf {missing}: an entry that was logged is gone."
            self._find("LEAF_MISSING", f"index {missing}", message)
            self._push_one(self._leaf_in_tile(missing))

    def _leaf_in_tile(self, index: int) -> bytes:
        """Return what the tile has at this index: the best guess at a leaf that is gone."""
        hashes = split(self._tile((0, index // WIDTH)))
        return hashes[index % WIDTH] if index % WIDTH < len(hashes) else bytes(HASH_BYTES)

    def _check_checkpoint(self, row: Row) -> None:
        size, follows, root, note = row
        about = f"checkpoint {size}"
        if follows != self._progress.checkpoint:
            message = f"Before the checkpoint of size {size} stood one of size {follows}."
            self._find("CHECKPOINT_MISSING", f"checkpoint {follows}", message)
        signed = self._open(note, f"the checkpoint of size {size}", about)
        if signed and (signed.size, signed.root) != (size, root):
            self._find("CHECKPOINT_WRONG", about, "The row is not what the signed note says.")
        if size != self._tree.size or root != self._tree.root():
            message = f"The leaves do not give the root that was signed at size {size}."
            self._find("CHECKPOINT_WRONG", about, message)
        self._progress.checkpoint = size

    def _check_end(self) -> None:
        beyond = self._coming
        self._progress.find(*self._about_file)
        size = self._tree.size
        signed = max(beyond[0] if beyond else 0, self._file.size if self._file else 0)
        if size < signed:
            message = f"A checkpoint of size {signed} was signed; {size} leaves are there."
            self._find("DATABASE_BEHIND", "", message)
        expected = self._tree.finish()
        stored = audit_rows.tiles()
        if stored != expected:
            message = f"There are {stored} tiles; {size} leaves have {expected}."
            self._find("TREE_CHANGED", "tiles", message)

    # --- the checkpoint outside the database ------------------------------------------------------

    def read_file(self, path: Path) -> None:
        """Read the file while no sequencer can move it, and see that the table has the same."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT FROM ledger_sequencerlease FOR SHARE")
            note = checkpoint_file.read(path)
            cursor.execute("SELECT size, root FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")
            newest = cursor.fetchone()
        self._file = None if note is None else self._open(note, "the checkpoint in the file")
        if self._file is not None:
            self._compare_file(self._file, newest)
        elif newest:
            message = f"{path} does not hold the newest checkpoint, of size {newest[0]}."
            self._about_file.append(AuditFinding("CHECKPOINT_FILE_BEHIND", "", message))

    def _compare_file(self, file: Checkpoint, newest: tuple[int, Any] | None) -> None:
        size = newest[0] if newest else 0
        code, about = "CHECKPOINT_FILE_BEHIND", ""
        if size < file.size:
            code, about = "CHECKPOINT_MISSING", f"checkpoint {file.size}"
            message = f"A checkpoint of size {file.size} was signed and is not in the table."
        elif size > file.size:
            message = f"The file has size {file.size}, the table {size}."
        elif newest and bytes(newest[1]) != file.root:
            code, about = "CHECKPOINT_FORKED", f"checkpoint {size}"
            message = f"Two different checkpoints of size {size} were signed."
        else:
            return
        self._about_file.append(AuditFinding(code, about, message))

    def _open(self, note: str, what: str, about: str = "") -> Checkpoint | None:
        try:
            return open_checkpoint(note, self._policy.log, self._signatures)
        except LedgerError as fault:
            message = f"{what.capitalize()} is not the log's: {fault.message}"
            self._find("CHECKPOINT_WRONG", about, message)
            return None

    def _find(self, code: str, about: str, message: str) -> None:
        self._progress.find(AuditFinding(code, about, message))
