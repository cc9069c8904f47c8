"""Logs of any size, planted straight into the tables: quick, and the tree is the real one."""

from typing import Any

from django.conf import settings
from django.db import connection

from ledger import proofs
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.entry import stream_id
from ledger.core.growing import GrowingTree
from ledger.core.merkle import leaf_hash
from ledger.tiles import StoredTree
from tests.database import triggers_off
from tests.ledger.world import World

STREAM = "lot:00614141000012/PLANTED"

_ENTRIES = """
INSERT INTO ledger_entry (stream_id, entry_id, number, kid, party, type, at, accepted_at, nonce,
        creates, jws, disclosures, about_whole)
    SELECT %(stream)s, encode(sha256(int8send(i)), 'hex'), i, 'k', 'p', 'thing.said', %(at)s,
        %(at)s, int8send(i) || int8send(i), 1, convert_to(%(word)s || ' ' || i, 'UTF8'), '{}',
        true
    FROM generate_series(%(start)s, %(end)s - 1) i
"""
_LEAVES = """
INSERT INTO ledger_leaf (index, stream_id, number, entry_id, hash)
    SELECT i, %(stream)s, i, encode(sha256(int8send(i)), 'hex'),
        sha256('\\x00' || convert_to(%(word)s || ' ' || i, 'UTF8'))
    FROM generate_series(%(start)s, %(end)s - 1) i
"""
_TILE = """
INSERT INTO ledger_tile (level, number, hashes) VALUES (%s, %s, %s)
    ON CONFLICT (level, number) DO UPDATE SET hashes = EXCLUDED.hashes
"""
_CHECKPOINT = """
INSERT INTO ledger_checkpoint (size, previous, root, note, at) VALUES (%s, %s, %s, %s, %s)
"""


def entry(index: int, word: str = "entry") -> bytes:
    """The planted entry of this index."""
    return f"{word} {index}".encode()


def grow(world: World, size: int, *, sign: bool = True, word: str = "entry") -> Checkpoint:
    """Let the log of this world have `size` entries, and a checkpoint over them unless told not.

    The entries are texts that nobody signed; they are leaves all the same.
    """
    latest = proofs.latest_checkpoint()
    start = latest.size if latest else 0
    tree = GrowingTree.load(start, StoredTree())
    tree.extend(leaf_hash(entry(index, word)) for index in range(start, size))
    rows: dict[str, Any] = {
        "stream": stream_id(STREAM),
        "at": world.now,
        "start": start,
        "end": size,
        "word": word,
    }
    checkpoint = Checkpoint(settings.LOG_ORIGIN, size, tree.root())
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(_ENTRIES, rows)
        cursor.execute(_LEAVES, rows)
        cursor.executemany(_TILE, tree.take_changes())
        # Autovacuum sees nothing of an open transaction: plans would be made for empty tables.
        cursor.execute("ANALYZE ledger_entry, ledger_leaf, ledger_tile")
        if sign:
            note = sign_checkpoint(checkpoint, world.log)
            cursor.execute(_CHECKPOINT, [size, start, checkpoint.root, note, world.now])
    return checkpoint


def forget() -> None:
    """Take the whole log away, as an operator could who wants to tell another one."""
    with triggers_off(), connection.cursor() as cursor:
        for table in ("entry", "leaf", "tile", "checkpoint"):
            cursor.execute(f"DELETE FROM ledger_{table}")
