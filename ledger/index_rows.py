"""What an index is built from, and what it is audited by: the log in order, by its index keys."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from ledger import alarms
from ledger.core.entry import Entry
from ledger.core.errors import LedgerError
from ledger.core.index import IndexLeaf, is_counted, keys_within
from ledger.core.index_count import Counted, counted
from ledger.core.links import OutputRef
from ledger.core.merkle import leaf_hash
from ledger.core.tiled_tree import WIDTH, split
from ledger.models import OutputUse
from ledger.tiles import read_tiles

CHUNK = 5_000
"""Entries that are read at once."""
PAGES_AT_ONCE = 16
Keyed = tuple[int, bytes, Counted]
"""Index and leaf hash of an entry, and under what it counts."""

_ENTRIES = """
SELECT l.index, l.hash, e.jws, l.stream_id, l.entry_id, s.name FROM ledger_leaf l
    LEFT JOIN ledger_entry e ON e.stream_id = l.stream_id AND e.entry_id = l.entry_id
    LEFT JOIN ledger_stream s ON s.stream_id = l.stream_id
    WHERE l.index >= %s AND l.index < %s ORDER BY l.index
"""


class NotIndexable(LedgerError):  # noqa: N818  named as its kin in the core are
    """What is stored is not what was logged: no index is built over it."""


def keyed_between(start: int, end: int, version: int) -> Iterator[Keyed]:
    """The entries of the log from `start` to before `end`, as an index of this version counts them.

    Hashes are those of the log's tiles, and the bytes of each entry must be those that were
    logged; raises `NotIndexable`. Where a named person has acknowledged that an entry was changed,
    the log goes on and so does its index: that entry counts as the tables have it, and an audit
    names it for ever.
    """
    hashes = _tile_hashes(start, end)
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [start, end])
        rows = cursor.fetchall()
    for expected, (index, leaf, jws, stream, entry_id, name) in enumerate(rows, start):
        if index != expected or hashes.get(index) != bytes(leaf):
            raise NotIndexable("INDEX_REFUSED", f"Leaf {expected} is not the one in its tile.")
        text = bytes(jws or b"")
        if leaf_hash(text) == bytes(leaf):
            yield index, bytes(leaf), _counted(text, version)
        elif alarms.acknowledged(entry_id):
            yield index, bytes(leaf), _as_told(stream, entry_id, name, version)
        else:
            raise NotIndexable("INDEX_REFUSED", f"Entry {index} is not what was logged.")
    if len(rows) != max(end - start, 0):
        raise NotIndexable("INDEX_REFUSED", f"Below {end}, leaves are missing.")


def taken() -> int:
    """How many entries of the log the heads count."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(taken), 0) FROM ledger_indexprogress")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def heads() -> Iterator[list[list[bytes]]]:
    """The heads as the leaves of an index, in their order; inside a transaction.

    They come page by page, several pages at once.
    """
    with (
        connection.cursor() as cursor
    ):  # all rows are wanted: to sort them is quicker than an index
        cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT key || int8send(count) || int8send(last) || head FROM ledger_indexhead"
            " ORDER BY key"
        )
        while rows := cursor.fetchmany(PAGES_AT_ONCE * WIDTH):
            leaves = [bytes(leaf) for (leaf,) in rows]
            yield [leaves[start : start + WIDTH] for start in range(0, len(leaves), WIDTH)]


def leaf_of(row: Any) -> IndexLeaf:
    """A head as a leaf."""
    key, count, last, head = row
    return IndexLeaf(bytes(key), count, last, bytes(head))


def _tile_hashes(start: int, end: int) -> dict[int, bytes]:
    numbers = range(start // WIDTH, max(end - 1, start) // WIDTH + 1)
    tiles = read_tiles([(0, number) for number in numbers])
    return {
        number * WIDTH + place: one
        for (_, number), tile in tiles.items()
        for place, one in enumerate(split(tile))
    }


def _as_told(stream: UUID, entry_id: str, name: str, version: int) -> Counted:
    """Under what an entry counts that cannot be read: by the tables that were written with it."""
    if version == 1 or not is_counted(name):
        return Counted((name,) if is_counted(name) else ())
    used = OutputUse.objects.filter(stream_id=stream, used_by=entry_id)
    refs = [OutputRef(*one) for one in used.values_list("source_id", "output")]
    return Counted((), name, keys_within(refs))


def _counted(text: bytes, version: int) -> Counted:
    """Under what these bytes count: what is no entry counts under nothing."""
    try:
        return counted(Entry.parse(text.decode("ascii")), version)
    except (LedgerError, UnicodeDecodeError):
        return Counted()  # the log has it so, and so has everybody who reads it
