"""What an index is built from, and what it is audited by: the log in order, by its index keys."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from ledger.core.entry import Entry, stream_id
from ledger.core.errors import LedgerError
from ledger.core.index import STREAM as INDEX
from ledger.core.index import IndexLeaf, is_counted, keys_of
from ledger.core.merkle import leaf_hash
from ledger.core.registry_acts import STREAM as REGISTRY
from ledger.core.tiled_tree import WIDTH, split
from ledger.tiles import read_tiles

CHUNK = 5_000
"""Entries that are read at once."""
PAGES_AT_ONCE = 16
EPOCHS_KEPT = 3
"""Epochs whose pages are kept: whoever reads the newest one may finish."""
INDEX_ID, REGISTRY_ID = stream_id(INDEX), stream_id(REGISTRY)
Keyed = tuple[int, bytes, tuple[str, ...]]
"""Index, leaf hash and index keys of an entry."""

_ENTRIES = """
SELECT l.index, l.stream_id, l.hash, s.name, e.jws FROM ledger_leaf l
    LEFT JOIN ledger_stream s ON s.stream_id = l.stream_id
    LEFT JOIN ledger_entry e ON l.stream_id = %(registry)s
        AND e.stream_id = l.stream_id AND e.entry_id = l.entry_id
    WHERE l.index >= %(start)s AND l.index < %(end)s ORDER BY l.index
"""


class NotIndexable(LedgerError):  # noqa: N818  named as its kin in the core are
    """What is stored is not what was logged: no index is built over it."""


def keyed_between(start: int, end: int) -> Iterator[Keyed]:
    """The entries of the log from `start` to before `end`; raises `NotIndexable`.

    Hashes are those of the log's tiles. Of all entries only the registry's are read: what the
    others are about is the name of their stream, which its id is made of.
    """
    hashes = _tile_hashes(start, end)
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, {"registry": REGISTRY_ID, "start": start, "end": end})
        rows = cursor.fetchall()
    for expected, row in enumerate(rows, start):
        index, stream, leaf, name, jws = row
        if index != expected or hashes.get(index) != bytes(leaf):
            raise NotIndexable("INDEX_REFUSED", f"Leaf {expected} is not the one in its tile.")
        if name is None or stream_id(name) != stream:
            raise NotIndexable("INDEX_REFUSED", f"Entry {index} is of a stream without its name.")
        yield index, bytes(leaf), _keys(index, name, bytes(leaf), jws)
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


def _keys(index: int, name: str, leaf: bytes, jws: memoryview | bytes | None) -> tuple[str, ...]:
    if name != REGISTRY:
        return (name,) if is_counted(name) else ()
    text = bytes(jws or b"")
    try:
        if leaf_hash(text) == leaf:
            return keys_of(Entry.parse(text.decode("ascii")))
    except (LedgerError, UnicodeDecodeError):
        return ()  # the log has it so, and so has everybody who reads it
    raise NotIndexable("INDEX_REFUSED", f"Entry {index} of the registry is not what was logged.")
