"""What is odd about the database, seen while something is shown out of it.

Nothing here keeps evidence from being shown: it is what is there, and the signs stand beside it.
"""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from ledger import alarms, checkpoint_file
from ledger.core.checkpoint import Checkpoint as SignedCheckpoint
from ledger.core.errors import LedgerError
from ledger.core.merkle import leaf_hash, tree_root
from ledger.core.tiled_tree import TreeDamagedError, edge_tiles, path_tiles
from ledger.models import Checkpoint
from ledger.stored import Place, StoredEntry, Tampering
from ledger.tiles import StoredTree


def read_file() -> str | None:
    """The note in the file, read before the database so that it is never the newer one."""
    return checkpoint_file.read(Path(settings.CHECKPOINT_FILE))


def signs_of_leaves(
    tree: StoredTree, shown: Sequence[tuple[StoredEntry, Place]], size: int
) -> list[Tampering]:
    """Compare what is stored of each entry with its leaf, and the leaf with the tree."""
    wanted = [tile for _, place in shown for tile in path_tiles(place.index, size)]
    tree.prefetch([*wanted, *edge_tiles(size)])
    signs = []
    for entry, place in shown:
        if place.entry_id != entry.entry_id or place.hash != leaf_hash(entry.jws):
            message = f"The entry at index {place.index} is not the one that was logged."
            signs.append(Tampering("ENTRY_CHANGED", message, entry.entry_id))
        if not _in_tree(tree, place):
            message = f"The tree has another leaf at index {place.index}."
            signs.append(Tampering("TREE_CHANGED", message, entry.entry_id))
    return signs


def _in_tree(tree: StoredTree, place: Place) -> bool:
    try:
        return tree(0, place.index) == place.hash
    except TreeDamagedError:
        return False


def signs_of_alarms(stream: UUID) -> list[Tampering]:
    """Alarms about this stream or the whole log."""
    return [
        Tampering(alarm.code, alarm.message, alarm.about_entry)
        for alarm in alarms.about_stream(stream)
    ]


def signs_of_file(tree: StoredTree, note: str | None, latest: Checkpoint | None) -> list[Tampering]:
    """Hold the database against the checkpoint in the file."""
    if latest is None and note is None:
        return []
    note = note if note is not None else read_file()  # the first ever may have come in between
    if note is None:
        message = f"There is no {settings.CHECKPOINT_FILE} to hold the database against."
        return [Tampering("CHECKPOINT_FILE_MISSING", message)]
    try:
        file = SignedCheckpoint.parse(note.partition("\n\n")[0] + "\n")
    except LedgerError as fault:
        message = f"{settings.CHECKPOINT_FILE} holds no checkpoint: {fault.message}"
        return [Tampering("CHECKPOINT_FILE_DAMAGED", message)]
    return _signs_of_rollback(tree, file)


_KEPT = """
SELECT (SELECT coalesce(max(index) + 1, 0) FROM ledger_leaf),
    (SELECT root FROM ledger_checkpoint WHERE size = %s)
"""


def _signs_of_rollback(tree: StoredTree, file: SignedCheckpoint) -> list[Tampering]:
    """Find a database that has less than was signed, or something else.

    A checkpoint is in the file before it is in the table. In between, as after a crash there, the
    stored tree is the one that was signed, or a continuation of it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KEPT, [file.size])
        size, root = cursor.fetchone() or (0, None)
    signed = _root(tree, file.size) if root is None else bytes(root)
    if size < file.size or signed is None:
        message = f"A checkpoint of size {file.size} was signed; the database has less."
        return [Tampering("DATABASE_BEHIND", message)]
    if signed != file.root:
        message = f"Two different checkpoints of size {file.size} are kept."
        return [Tampering("CHECKPOINT_FORKED", message)]
    return []


def _root(tree: StoredTree, size: int) -> bytes | None:
    tree.prefetch(edge_tiles(size))
    try:
        return tree_root(size, tree)
    except TreeDamagedError:
        return None
