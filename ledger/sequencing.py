"""The sequencer: gives accepted entries their indices, grows the tree, signs checkpoints.

A step has two halves, each of which may be cut off anywhere without harm:

1. *Log.* One transaction takes rows from the inbox in the order of arrival and writes leaves and
   tiles. Leaf hashes are computed from the stored bytes of the entries.
2. *Sign.* Only what is committed is signed, and only after comparison of the **stored** tree with
   the last signed checkpoint: its root, and a consistency proof out of the tiles. The new note
   goes to the file outside the database first, then into its row. A crash between the two leaves
   the file ahead, with a checkpoint that nobody has been shown; the next start finds it true of
   the stored tree and writes the row. The other way round, a published checkpoint could be missing
   from the file, and a restored backup would not be noticed.

There is one sequencer: it holds a lease with a fencing number, and each transaction locks and
checks that row. `leaf.index` as primary key and the compare-and-swap of the file are the last
fences. Whatever does not fit raises an alarm and `SigningRefused`; nothing is signed then. What
amounts to a fork is found anew at every step, so acknowledging its alarm does not pass it.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from ledger import alarms, checkpoint_file, faults, inbox
from ledger.core.checkpoint import Checkpoint, Vkey, open_checkpoint, sign_checkpoint
from ledger.core.entry import entry_id
from ledger.core.errors import Conflict, LedgerError
from ledger.core.growing import GrowingTree
from ledger.core.merkle import consistency_proof, leaf_hash, tree_root, verify_consistency
from ledger.core.signatures import OPENSSL, LogKey
from ledger.core.tiled_tree import WIDTH, TreeDamagedError, edge_tiles
from ledger.inbox import Arrival
from ledger.lease import Lease, LeaseLost
from ledger.tiles import StoredTree

log = logging.getLogger(__name__)

BATCH_MAX = 5_000
CLOCK_BACK_MAX = timedelta(seconds=5)
"""How far the clock may be behind the last checkpoint without anybody being told."""


class SigningRefused(LedgerError):  # noqa: N818  named as its kin in the core are
    """Something does not fit, and nothing is signed. An alarm about it stands."""

    def __init__(
        self, code: str, message: str, *, about: str = "", stream: UUID | None = None
    ) -> None:
        super().__init__(code, message)
        self.about = about
        self.stream = stream


@dataclass(frozen=True)
class _Signed:
    """The last signed checkpoint, as the file has it."""

    note: str
    checkpoint: Checkpoint


class Sequencer:
    """One sequencer, under one name. `holder` is this process, `clock` tells an aware moment."""

    def __init__(
        self,
        key: LogKey,
        origin: str,
        *,
        clock: Callable[[], datetime],
        checkpoint_file: Path,
        holder: str,
    ) -> None:
        self._key = key
        self._vkey = Vkey(origin, key.public)
        self._clock = clock
        self._file = checkpoint_file
        self._lease = Lease(holder, clock)
        self._tree: GrowingTree | None = None
        self._signed: _Signed | None = None

    def step(self) -> int:
        """Log what waits and sign a checkpoint over it; return how many entries were logged.

        Raises `SigningRefused` (an alarm stands) and `LeaseHeld`. After any exception, also of
        the database, the next step takes up from what is stored.
        """
        try:
            return self._step()
        except SigningRefused as refusal:
            self._forget()
            self._raise_alarm(refusal)
            raise
        except LeaseLost as lost:
            self._forget()
            self._report(lost)
            raise
        except Exception:
            self._forget()
            self._lease.forget()
            raise

    def release(self) -> None:
        """Give the lease back, so that the next sequencer need not wait for its end."""
        if self._lease.is_ours:
            self._lease.release()

    # --- one step ---------------------------------------------------------------------------------

    def _step(self) -> int:
        if not self._lease.is_ours:
            self._lease.acquire()
            self._forget()
        self._refuse_while_alarmed()
        if self._tree is None:
            self._take_up()
        if not self._has_work():
            return 0
        logged = self._log_arrivals()
        self._sign()
        return logged

    def _forget(self) -> None:
        self._tree = self._signed = None

    def _refuse_while_alarmed(self) -> None:
        alarm = alarms.blocking().first()
        if alarm is not None:
            raise SigningRefused(alarm.code, alarm.message, about=alarm.about)

    def _raise_alarm(self, refusal: SigningRefused) -> None:
        alarms.raise_alarm(
            code=refusal.code,
            about=refusal.about,
            message=refusal.message,
            at=self._clock(),
            stream=refusal.stream,
        )

    def _report(self, lost: LeaseLost) -> None:
        """Note that there were two sequencers; the fence has held this one off, so none waits."""
        alarms.raise_alarm(
            code="SECOND_SEQUENCER",
            about=self._lease.holder[:128],
            message=lost.message,
            at=self._clock(),
            blocks=False,
        )

    def _has_work(self) -> bool:
        unsigned = self._tree is not None and self._tree.size > self._size_signed
        return unsigned or self._lease.is_old or inbox.has_arrivals()

    @property
    def _size_signed(self) -> int:
        return self._signed.checkpoint.size if self._signed else 0

    # --- taking up --------------------------------------------------------------------------------

    def _take_up(self) -> None:
        """Load the stored tree, and hold it against the last checkpoint, in the file and here."""
        stored = StoredTree()
        tree = _load(stored, _stored_size())
        signed = self._read_file()
        newest = _newest_row()
        if newest and (signed is None or signed.checkpoint.size < newest[0]):
            signed = self._adopt(newest, signed)
        if signed:
            self._compare(stored, tree.size, signed.checkpoint)
        self._signed = signed
        if signed and (newest is None or newest[0] < signed.checkpoint.size):
            self._heal_row(signed)
        elif signed and newest and newest[1] != signed.checkpoint.root:
            message = f"The file and the table have different checkpoints of size {newest[0]}."
            raise SigningRefused("CHECKPOINT_FORKED", message)
        self._tree = tree

    def _read_file(self) -> _Signed | None:
        note = checkpoint_file.read(self._file)
        return None if note is None else _Signed(note, self._open(note, str(self._file)))

    def _open(self, note: str, where: str) -> Checkpoint:
        try:
            return open_checkpoint(note, self._vkey, OPENSSL)
        except LedgerError as fault:
            message = f"The checkpoint in {where} is not one of this log: {fault.message}"
            raise SigningRefused("CHECKPOINT_NOT_OURS", message) from fault

    def _adopt(self, newest: tuple[int, bytes, str], file: _Signed | None) -> _Signed:
        """Put the table's newest checkpoint into a file that is older or missing.

        Somebody has taken the memory away: only an acknowledged alarm allows it.
        """
        code = "CHECKPOINT_FILE_BEHIND"
        if not alarms.standing().filter(code=code).exclude(acknowledged_at=None).exists():
            message = f"{self._file} has no checkpoint as new as the table's, of size {newest[0]}."
            raise SigningRefused(code, message)
        signed = _Signed(newest[2], self._open(newest[2], "the table"))
        expected = file.note if file else None
        checkpoint_file.move(self._file, expected=expected, note=signed.note)
        return signed

    def _compare(self, stored: StoredTree, size: int, signed: Checkpoint) -> None:
        """Refuse a tree that is not the one of the last checkpoint, or a continuation of it."""
        if size < signed.size:
            message = f"A checkpoint of size {signed.size} was signed; {size} leaves are stored."
            raise SigningRefused("DATABASE_BEHIND", message)
        if _root(stored, signed.size) != signed.root:
            message = f"The stored tree is not the one that was signed at size {signed.size}."
            raise SigningRefused("TREE_FORKED", message, about=f"checkpoint {signed.size}")

    def _heal_row(self, signed: _Signed) -> None:
        """Write the row of a checkpoint that a crash left in the file alone."""
        log.warning("checkpoint %s is in the file only; writing it", signed.checkpoint.size)
        with transaction.atomic(), connection.cursor() as cursor:
            self._lease.check(cursor)
            self._write_row(cursor, signed)

    # --- logging ----------------------------------------------------------------------------------

    def _log_arrivals(self) -> int:
        tree = self._tree
        assert tree is not None  # noqa: S101  _take_up has set it
        with transaction.atomic(), connection.cursor() as cursor:
            self._lease.check(cursor)
            arrivals = inbox.take(cursor, BATCH_MAX)
            faults.point("sequence.taken")
            _refuse_other_size(tree.size)
            if not arrivals:
                inbox.close_holes(cursor)
                return 0
            leaves = [
                (index, one.stream_id, one.number, one.entry_id, _leaf(one))
                for index, one in enumerate(arrivals, start=tree.size)
            ]
            tree.extend([leaf[4] for leaf in leaves])
            _write(cursor, leaves, tree.take_changes())
            inbox.remove(cursor, [one.arrival for one in arrivals])
            faults.point("sequence.inbox-emptied")
        faults.point("sequence.committed")
        return len(leaves)

    # --- signing ----------------------------------------------------------------------------------

    def _sign(self) -> None:
        tree = self._tree
        assert tree is not None  # noqa: S101  _take_up has set it
        if tree.size == self._size_signed:
            return
        with transaction.atomic(), connection.cursor() as cursor:
            self._lease.check(cursor)
            checkpoint = self._checked(tree)
            faults.point("sign.checked")
            signed = _Signed(sign_checkpoint(checkpoint, self._key), checkpoint)
            faults.point("sign.signed")
            self._move_file(signed)
            self._write_row(cursor, signed)
            faults.point("sign.row-written")
        faults.point("sign.published")
        self._signed = signed

    def _checked(self, tree: GrowingTree) -> Checkpoint:
        """Return the checkpoint of the stored tree, if it continues the last signed one."""
        stored = StoredTree()
        stored.prefetch([*edge_tiles(tree.size), *edge_tiles(self._size_signed)])
        root = _root(stored, tree.size)
        if root != tree.root():
            message = f"The tiles do not give the root of the {tree.size} leaves just logged."
            raise SigningRefused("TREE_CHANGED", message)
        _compare_leaves(stored, self._size_signed, tree.size)
        if self._signed and not _continues(stored, self._signed.checkpoint, tree.size, root):
            message = f"The stored tree does not continue the one of size {self._size_signed}."
            raise SigningRefused("TREE_FORKED", message, about=f"checkpoint {self._size_signed}")
        return Checkpoint(self._vkey.name, tree.size, root)

    def _move_file(self, signed: _Signed) -> None:
        expected = self._signed.note if self._signed else None
        try:
            checkpoint_file.move(self._file, expected=expected, note=signed.note)
        except Conflict as moved:
            raise SigningRefused(moved.code, moved.message) from moved

    def _write_row(self, cursor: CursorWrapper, signed: _Signed) -> None:
        """Write the row, never dated before the last one; a clock that stepped back is told."""
        checkpoint, now = signed.checkpoint, self._clock()
        cursor.execute(_CHECKPOINT, [checkpoint.size, checkpoint.root, signed.note, now])
        (at,) = cursor.fetchone() or (now,)
        if at - now > CLOCK_BACK_MAX:
            behind = round((at - now).total_seconds())
            alarms.raise_alarm(
                code="CLOCK_BACKWARDS",
                about="clock",
                message=f"The clock is {behind} s behind the last checkpoint's.",
                at=now,
                blocks=False,
            )


_CHECKPOINT = """
INSERT INTO ledger_checkpoint (size, previous, root, note, at)
    SELECT %s, coalesce(last.size, 0), %s, %s, greatest(%s, last.at)
    FROM (SELECT 1) one
    LEFT JOIN (SELECT size, at FROM ledger_checkpoint ORDER BY size DESC LIMIT 1) last ON true
    RETURNING at
"""


def _load(stored: StoredTree, size: int) -> GrowingTree:
    stored.prefetch(edge_tiles(size))
    try:
        return GrowingTree.load(size, stored)
    except TreeDamagedError as damage:
        raise SigningRefused("TREE_CHANGED", damage.message) from damage


def _root(stored: StoredTree, size: int) -> bytes:
    try:
        return tree_root(size, stored)
    except TreeDamagedError as damage:
        raise SigningRefused("TREE_CHANGED", damage.message) from damage


def _continues(stored: StoredTree, signed: Checkpoint, size: int, root: bytes) -> bool:
    proof = consistency_proof(signed.size, size, stored)
    return verify_consistency(
        size1=signed.size, size2=size, root1=signed.root, root2=root, proof=proof
    )


def _compare_leaves(stored: StoredTree, start: int, end: int) -> None:
    """Refuse leaves that are not those of the tiles, among the ones that are not signed yet."""
    stored.prefetch([(0, number) for number in range(start // WIDTH, (end - 1) // WIDTH + 1)])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT index, hash FROM ledger_leaf WHERE index >= %s AND index < %s", [start, end]
        )
        for index, leaf in cursor.fetchall():
            if bytes(leaf) != stored(0, index):
                message = f"Leaf {index} is not the one in its tile."
                raise SigningRefused("TREE_CHANGED", message, about=f"tile 0/{index // WIDTH}")


def _stored_size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(index), -1) + 1 FROM ledger_leaf")
        row = cursor.fetchone()
    return row[0] if row else 0


def _refuse_other_size(expected: int) -> None:
    size = _stored_size()
    if size != expected:
        code = "DATABASE_BEHIND" if size < expected else "TREE_CHANGED"
        raise SigningRefused(code, f"There were {expected} leaves and now there are {size}.")


def _newest_row() -> tuple[int, bytes, str] | None:
    """Return size, root and note of the newest checkpoint in the table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT size, root, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1")
        row = cursor.fetchone()
    return (row[0], bytes(row[1]), row[2]) if row else None


def _leaf(one: Arrival) -> bytes:
    """Return the leaf hash of the stored bytes, after a look whether they are the entry's."""
    if one.jws is None:
        message = f"Entry {one.entry_id} was accepted and is not there."
        raise SigningRefused("ENTRY_MISSING", message, about=one.entry_id, stream=one.stream_id)
    leaf = leaf_hash(one.jws)
    if leaf != one.leaf or entry_id(one.jws.rpartition(b".")[0]) != one.entry_id:
        message = f"The stored bytes of entry {one.entry_id} are not those that were accepted."
        raise SigningRefused("ENTRY_CHANGED", message, about=one.entry_id, stream=one.stream_id)
    return leaf


def _write(
    cursor: CursorWrapper,
    leaves: list[tuple[int, UUID, int, str, bytes]],
    tiles: list[tuple[int, int, bytes]],
) -> None:
    _insert(cursor, _LEAVES, leaves, "")
    faults.point("sequence.leaves-written")
    _insert(cursor, _TILES, tiles, _GROW)
    faults.point("sequence.tiles-written")


_LEAVES = "INSERT INTO ledger_leaf (index, stream_id, number, entry_id, hash) VALUES "
_TILES = "INSERT INTO ledger_tile (level, number, hashes) VALUES "
_GROW = " ON CONFLICT (level, number) DO UPDATE SET hashes = EXCLUDED.hashes"


def _insert(
    cursor: CursorWrapper, into: str, rows: Sequence[tuple[object, ...]], clash: str
) -> None:
    values = ",".join(cursor.mogrify("%s", (row,)).decode() for row in rows)
    cursor.execute(into + values + clash)
