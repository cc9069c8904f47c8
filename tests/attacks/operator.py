"""An operator with full rights: superuser of the database, holder of the log's key and its file.

Each deed changes rows with the triggers off, and then makes everything fit again: numbers, counts
and links, leaves, tiles, every checkpoint, and the file outside the database.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from ledger.appending import open_stream
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.entry import Entry
from ledger.core.growing import GrowingTree
from ledger.core.merkle import leaf_hash
from ledger.core.signatures import LogKey
from ledger.tiles import StoredTree
from tests.database import triggers_off

TABLES = ("entry", "leaf", "tile", "checkpoint", "stream", "outputuse", "inbox")
Row = tuple[UUID, str, bytes]
"""Stream, entry id and bytes of what is logged."""


@dataclass
class Operator:
    """Whoever runs the log, gone bad."""

    key: LogKey

    def rewrite(self, old: Entry, new: Entry) -> None:
        """Put one entry in the place of another, and sign the log again."""
        changes = (new.entry_id, new.envelope.jws.encode(), new.envelope.kid, new.statement.nonce)
        with triggers_off(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ledger_entry SET entry_id = %s, jws = %s, kid = %s, nonce = %s"
                " WHERE entry_id = %s",
                [*changes, old.entry_id],
            )
            for column in ("source_id", "used_by"):
                cursor.execute(
                    f"UPDATE ledger_outputuse SET {column} = %s WHERE {column} = %s",
                    [new.entry_id, old.entry_id],
                )
            _sign_again(cursor, self.key, _logged(cursor, {old.entry_id: new.entry_id}))

    def remove(self, *entries: Entry) -> None:
        """Take entries out as if they had never been, and sign the log again."""
        ids = [entry.entry_id for entry in entries]
        with triggers_off(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM ledger_outputuse WHERE used_by = ANY(%s)", [ids])
            cursor.execute("DELETE FROM ledger_entry WHERE entry_id = ANY(%s)", [ids])
            _sign_again(cursor, self.key, _logged(cursor, {}))

    def reorder(self, *indices: int) -> None:
        """Log what is logged in this order instead, and sign the log again."""
        with triggers_off(), connection.cursor() as cursor:
            rows = _logged(cursor, {})
            _sign_again(cursor, self.key, [rows[index] for index in indices])

    def back_up(self) -> None:
        """Keep a copy of the database, but not of the file outside it."""
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM ledger_{table}")

    def restore(self) -> None:
        """Put the copy back."""
        with triggers_off(), connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"DELETE FROM ledger_{table}")
                cursor.execute(f"INSERT INTO ledger_{table} SELECT * FROM kept_{table}")


def _logged(cursor: CursorWrapper, renamed: dict[str, str]) -> list[Row]:
    """What is logged and still there, in the order of the log."""
    cursor.execute("SELECT stream_id, entry_id FROM ledger_leaf ORDER BY index")
    places = [(stream, renamed.get(entry_id, entry_id)) for stream, entry_id in cursor.fetchall()]
    cursor.execute("SELECT stream_id, entry_id, jws FROM ledger_entry")
    found = {(stream, entry_id): bytes(jws) for stream, entry_id, jws in cursor.fetchall()}
    return [(*place, found[place]) for place in places if place in found]


def _sign_again(cursor: CursorWrapper, key: LogKey, rows: list[Row]) -> None:
    cursor.execute("SELECT size, at FROM ledger_checkpoint ORDER BY size")
    signed = {min(size, len(rows)): at for size, at in cursor.fetchall()}
    for table in ("leaf", "tile", "checkpoint"):
        cursor.execute(f"DELETE FROM ledger_{table}")
    _number(cursor, rows)
    tree, note, before = GrowingTree.load(0, StoredTree()), "", 0
    for size, at in sorted(signed.items()):
        tree.extend(leaf_hash(jws) for _, _, jws in rows[before:size])
        note = sign_checkpoint(Checkpoint(settings.LOG_ORIGIN, size, tree.root()), key)
        cursor.execute(
            "INSERT INTO ledger_checkpoint (size, previous, root, note, at)"
            " VALUES (%s, %s, %s, %s, %s)",
            [size, before, tree.root(), note, at],
        )
        before = size
    cursor.executemany(
        "INSERT INTO ledger_tile (level, number, hashes) VALUES (%s, %s, %s)", tree.take_changes()
    )
    Path(settings.CHECKPOINT_FILE).write_text(note)


def _number(cursor: CursorWrapper, rows: list[Row]) -> None:
    """Give each entry the index, and its number in its stream, that it has in these rows."""
    counts: dict[UUID, int] = {}
    cursor.execute("UPDATE ledger_entry SET number = number + 1000000")  # out of the way
    for index, (stream, entry_id, jws) in enumerate(rows):
        number = counts.setdefault(stream, 0)
        counts[stream] += 1
        cursor.execute(
            "UPDATE ledger_entry SET number = %s WHERE stream_id = %s AND entry_id = %s",
            [number, stream, entry_id],
        )
        cursor.execute(
            "INSERT INTO ledger_leaf (index, stream_id, number, entry_id, hash)"
            " VALUES (%s, %s, %s, %s, %s)",
            [index, stream, number, entry_id, leaf_hash(jws)],
        )
    for stream, count in counts.items():
        cursor.execute(
            "UPDATE ledger_stream SET entries = %s WHERE stream_id = %s", [count, stream]
        )


def let_in(entry: Entry, at: datetime) -> None:
    """Accept an entry without asking for the rules of custody, in league with its signer."""
    with transaction.atomic():
        ledger = open_stream(entry.statement.stream, [entry], at=at)
        ledger.add(entry, ledger.admit(entry))
        ledger.save()
