"""Building the completeness index: heads are counted on, and now and then a root is signed.

1. *Take in.* One transaction counts a chunk of entries below the newest checkpoint, and moves the
   progress with them: what is about keys and parties into the heads, one for each index key; all
   other entries into the indexes of their streams, of which each has a head, its root.
2. *Sign.* When an index is due, one transaction writes all heads, sorted, into pages, hashes the
   tree above them, and appends its root to the log as an ``index.root`` entry.

Each may be cut off anywhere: what is not committed is done again. The progress row is the lock, so
that there is one builder; another one finds it busy and leaves. An index is due when enough is new,
entries of the index itself apart: a log in which nothing happens grows by a heartbeat only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from ledger import alarms, faults, index_rows, index_trees, proofs, signers
from ledger.appending import open_stream
from ledger.core.entry import Entry, sign, stream_id
from ledger.core.errors import LedgerError
from ledger.core.index import (
    OPERATOR,
    STREAM,
    TYPE,
    VERSION,
    IndexLeaf,
    IndexRoot,
    grown,
    key_hash,
)
from ledger.core.index_count import stream_leaf
from ledger.core.index_pages import PageWriter
from ledger.core.keys import Signer
from ledger.core.statement import Statement
from ledger.core.tiled_tree import WIDTH
from ledger.index_rows import CHUNK, Keyed, NotIndexable, leaf_of
from ledger.index_trees import INDEX_ID, TreeWriter
from ledger.models import IndexEpoch, Key
from ledger.signers import KeysMissing

NAME = "index"
STREAMS_AT_ONCE = 256
"""Streams whose indexes are in memory together."""


class IndexBusy(LedgerError):  # noqa: N818  named as its kin in the core are
    """Another builder is at work; this one leaves."""


@dataclass(frozen=True)
class Pace:
    """When an index is due: after so many new entries, so long after any, or after a heartbeat."""

    entries: int
    every: timedelta
    heartbeat: timedelta


def is_admitted(signer: Signer) -> bool:
    """Whether the registry has this key as one of the operator's, and has not revoked it."""
    return Key.objects.filter(kid=signer.kid, party_id=OPERATOR, revoked_by=[]).exists()


def is_set_up() -> bool:
    """Whether this installation holds an operator's key that the registry has."""
    try:
        return is_admitted(signers.operator_signer())
    except KeysMissing:
        return False


def step(signer: Signer, pace: Pace, *, at: datetime, nonce: bytes) -> IndexRoot | None:
    """Take in what is new, and sign an index if one is due; return what was signed.

    Raises `IndexBusy`, and `NotIndexable` (an alarm tells of it) where what is stored is not what
    was logged. While an alarm stands nothing is signed.
    """
    try:
        while take_in():
            pass
    except NotIndexable as fault:
        alarms.raise_alarm(
            code=fault.code, about="index", message=fault.message, at=at, blocks=False
        )
        raise
    if alarms.blocking().exists() or not is_due(pace, at=at):
        return None
    return build_epoch(signer, at=at, nonce=nonce)


def take_in() -> int:
    """Count the next entries below the newest checkpoint into the heads; return how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        taken = _lock(cursor)
        latest = proofs.latest_checkpoint()
        end = min(latest.size if latest else 0, taken + CHUNK)
        if end <= taken:
            return 0
        grow(cursor, list(index_rows.keyed_between(taken, end, VERSION)), taken, end)
        cursor.execute("UPDATE ledger_indexprogress SET taken = %s WHERE name = %s", [end, NAME])
        faults.point("index.taken-in")
    return end - taken


def start_again() -> None:
    """Forget all heads, so that they are counted again from the beginning of the log."""
    with transaction.atomic(), connection.cursor() as cursor:
        _lock(cursor)
        cursor.execute("DELETE FROM ledger_indexhead")
        cursor.execute("UPDATE ledger_indexprogress SET taken = 0 WHERE name = %s", [NAME])


# The row is skipped where it is locked, also by a builder that is waiting for nothing but its end.
_LOCK = """
INSERT INTO ledger_indexprogress (name, taken) VALUES (%(name)s, 0) ON CONFLICT DO NOTHING;
SELECT taken FROM ledger_indexprogress WHERE name = %(name)s FOR UPDATE SKIP LOCKED
"""


def _lock(cursor: CursorWrapper) -> int:
    cursor.execute(_LOCK, {"name": NAME})
    row = cursor.fetchone()
    if row is None:
        raise IndexBusy("INDEX_BUSY", "Another builder of the index is at work.")
    return int(row[0])


# --- heads ----------------------------------------------------------------------------------------

_READ_HEADS = "SELECT key, count, last, head FROM ledger_indexhead WHERE key = ANY(%s::bytea[])"
_WRITE_HEADS = """
INSERT INTO ledger_indexhead (key, count, last, head)
    SELECT * FROM unnest(%s::bytea[], %s::bigint[], %s::bigint[], %s::bytea[])
    ON CONFLICT (key) DO UPDATE
    SET count = excluded.count, last = excluded.last, head = excluded.head
"""


def grow(cursor: CursorWrapper, entries: Sequence[Keyed], taken: int, size: int) -> None:
    """Count the entries from `taken` to below `size`: one query to read heads, one to write them.

    The indexes of streams are read, hashed and written anew, many at once.
    """
    named = {key: key_hash(key) for _, _, where in entries for key in where.keys}
    cursor.execute(_READ_HEADS, [list(named.values())])
    heads: dict[bytes, IndexLeaf] = {bytes(row[0]): leaf_of(row) for row in cursor.fetchall()}
    for index, logged, where in entries:
        for key in where.keys:
            heads[named[key]] = grown(heads.get(named[key]), key, index, logged)
    heads |= {leaf.key: leaf for leaf in _grow_streams(cursor, entries, taken, size)}
    grew = [heads[one] for one in sorted(heads)]
    columns = [one.key for one in grew], [one.count for one in grew], [one.last for one in grew]
    cursor.execute(_WRITE_HEADS, [*columns, [one.head for one in grew]])


def _grow_streams(
    cursor: CursorWrapper, entries: Sequence[Keyed], taken: int, size: int
) -> Iterator[IndexLeaf]:
    """Count entries into the indexes of their streams; give the new leaf of each stream."""
    streams: dict[str, list[Keyed]] = {}
    for one in entries:
        if one[2].stream:
            streams.setdefault(one[2].stream, []).append(one)
    every = sorted(streams)
    for start in range(0, len(every), STREAMS_AT_ONCE):
        names = every[start : start + STREAMS_AT_ONCE]
        ids = [stream_id(name) for name in names]
        before = index_trees.newest_leaves(cursor, ids, taken)
        index_trees.replace_versions(cursor, ids, size)
        writer = TreeWriter(cursor, size)
        for name, identity in zip(names, ids, strict=True):
            leaves, new, tree = before.pop(identity), streams[name], PageWriter()
            for index, logged, where in new:
                _count_within(leaves, where.within, index, logged)
            writer.add(identity, tree, _paged([leaves[key] for key in sorted(leaves)]))
            writer.end(identity, tree)
            yield stream_leaf(name, tree.root(), tree.keys, new[-1][0])
        writer.write()


def _count_within(
    leaves: dict[bytes, bytes], keys: Sequence[str], index: int, logged: bytes
) -> None:
    """Count an entry under these keys; leaves are bytes, as most are only written again."""
    for key in keys:
        name = key_hash(key)
        before = leaves.get(name)
        leaf = IndexLeaf.parse(before) if before else None
        leaves[name] = grown(leaf, key, index, logged).as_bytes()


def _paged(leaves: Sequence[bytes]) -> list[Sequence[bytes]]:
    return [leaves[start : start + WIDTH] for start in range(0, len(leaves), WIDTH)]


# --- an epoch -------------------------------------------------------------------------------------

_LAST = """
SELECT e.size, e.at, l.index FROM ledger_indexepoch e
    LEFT JOIN ledger_leaf l ON l.entry_id = e.entry_id ORDER BY e.size DESC LIMIT 1
"""
_NEWS = """
SELECT count(*) FROM (SELECT FROM ledger_leaf
    WHERE index >= %s AND index < %s AND stream_id <> %s LIMIT %s) new
"""


def is_due(pace: Pace, *, at: datetime) -> bool:
    """Whether an index should be signed now.

    The last one must be under the checkpoint that is shown: until then nobody is shown that index,
    and a row of others that nobody is shown would push its pages out.
    """
    checkpoint = proofs.shown_checkpoint()
    if checkpoint is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        last, since, index = cursor.fetchone() or (0, None, None)
        if since is None:
            return True
        cursor.execute(_NEWS, [last, checkpoint.size, INDEX_ID, pace.entries])
        (new,) = cursor.fetchone() or (0,)
    age = abs(at - since)
    is_time = new >= pace.entries or (new and age >= pace.every) or age >= pace.heartbeat
    return bool(is_time and index is not None and index < checkpoint.size)


def build_epoch(signer: Signer, *, at: datetime, nonce: bytes) -> IndexRoot:
    """Write the pages of an index over all that was taken in, and append its root to the log.

    All or nothing. Raises `IndexBusy`, and `Refused` where the registry does not have the key.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        taken = _lock(cursor)
        tree = _write_tree(cursor, taken)
        faults.point("index.pages-written")
        root = IndexRoot(taken, tree.keys, tree.root())
        entry = _signed(root, signer, at=at, nonce=nonce)
        stream = open_stream(STREAM, [entry], at=at)
        stream.add(entry, stream.admit(entry))
        stream.save()
        IndexEpoch.objects.create(
            size=taken, keys=root.keys, root=root.root, entry_id=entry.entry_id, at=at
        )
        index_trees.forget_old(cursor)
        faults.point("index.epoch-kept")
    faults.point("index.committed")
    return root


def _write_tree(cursor: CursorWrapper, size: int) -> PageWriter:
    tree, writer = PageWriter(), TreeWriter(cursor, size)
    for pages in index_rows.heads():
        writer.add(INDEX_ID, tree, pages)
        writer.write()
    writer.end(INDEX_ID, tree)
    writer.write()
    return tree


def _signed(root: IndexRoot, signer: Signer, *, at: datetime, nonce: bytes) -> Entry:
    statement = Statement(
        log=settings.LOG_ORIGIN,
        stream=STREAM,
        type=TYPE,
        at=at.astimezone(UTC).replace(microsecond=0),
        nonce=nonce,
        seen=proofs.latest_seen(),
        consumes=(),
        creates=0,
        body=root.as_body(),
    )
    return Entry.parse(sign(statement, signer))
