"""The trees of the index as the database keeps them: that of the log, and one for each stream.

A tree has versions, by how many entries of the log it counts. A version is written once; it goes
when a later one is there and no epoch that is kept needs it. A stream's newest version is what its
index goes on from, so it stays for ever.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from ledger.core.entry import stream_id
from ledger.core.index import STREAM, IndexRoot, key_hash
from ledger.core.index_pages import IndexPages, PageWriter, split_page
from ledger.core.merkle import HASH_BYTES
from ledger.core.tiled_tree import WIDTH
from ledger.models import IndexEpoch
from ledger.prepared import Prepared

INDEX_ID = stream_id(STREAM)
"""Stands for the index of the log itself."""
EPOCHS_KEPT = 3
"""Epochs whose trees are kept: whoever reads the newest one may finish."""
Page = Sequence[bytes]
"""Up to 256 leaves."""

_WRITE_PAGES = """
INSERT INTO ledger_indexpage (size, stream_id, number, first_key, leaves, twigs)
    SELECT %s, * FROM unnest(%s::uuid[], %s::bigint[], %s::bytea[], %s::bytea[], %s::bytea[])
"""
_WRITE_TILES = """
INSERT INTO ledger_indextile (size, stream_id, level, number, hashes)
    SELECT %s, * FROM unnest(%s::uuid[], %s::smallint[], %s::bigint[], %s::bytea[])
"""


class TreeWriter:
    """Hashes trees of one size, and writes them: many at once, or one of them part by part."""

    def __init__(self, cursor: CursorWrapper, size: int) -> None:
        self._cursor = cursor
        self._size = size
        self._pages: list[tuple[Any, ...]] = []
        self._tiles: list[tuple[Any, ...]] = []

    def add(self, stream: UUID, tree: PageWriter, pages: Iterable[Page]) -> None:
        """Put the next pages to a tree."""
        for number, page in enumerate(pages, tree.keys // WIDTH):
            row = (str(stream), number, page[0][:HASH_BYTES], b"".join(page), tree.add(page))
            self._pages.append(row)

    def end(self, stream: UUID, tree: PageWriter) -> None:
        """All pages of the tree are there: keep what stands above them."""
        self._tiles += [(str(stream), *tile) for tile in tree.tiles()]

    def write(self) -> None:
        """Write what was put together up to here."""
        for sql, rows in ((_WRITE_PAGES, self._pages), (_WRITE_TILES, self._tiles)):
            if rows:
                self._cursor.execute(sql, [self._size, *map(list, zip(*rows, strict=True))])
                rows.clear()


_NEWEST = """
SELECT page.stream_id, page.leaves FROM ledger_indexpage page JOIN (
        SELECT stream_id, max(size) AS size FROM ledger_indexpage
        WHERE stream_id = ANY(%s::uuid[]) AND size <= %s GROUP BY stream_id) newest
    USING (stream_id, size)
"""


def newest_leaves(
    cursor: CursorWrapper, streams: Collection[UUID], size: int
) -> dict[UUID, dict[bytes, bytes]]:
    """The leaves of the newest version over at most so many entries, by their keys."""
    cursor.execute(_NEWEST, [list(map(str, streams)), size])
    found: dict[UUID, dict[bytes, bytes]] = {stream: {} for stream in streams}
    for stream, leaves in cursor.fetchall():
        found[stream] |= {leaf[:HASH_BYTES]: leaf for leaf in split_page(bytes(leaves))}
    return found


_TABLES = ("ledger_indexpage", "ledger_indextile")
_REPLACE = """
DELETE FROM {table} WHERE stream_id = ANY(%(streams)s::uuid[]) AND size <= %(size)s
    AND NOT EXISTS (SELECT FROM unnest(%(kept)s::bigint[]) epoch
        WHERE {table}.size <= epoch AND epoch < %(size)s)
"""


def replace_versions(cursor: CursorWrapper, streams: Collection[UUID], size: int) -> None:
    """Forget of these streams what a version of this size replaces and no kept epoch needs."""
    asked: dict[str, Any] = {
        "streams": list(map(str, streams)),
        "size": size,
        "kept": _newest_epochs(EPOCHS_KEPT),
    }
    for table in _TABLES:
        cursor.execute(_REPLACE.format(table=table), asked)


_FORGET = """
DELETE FROM {table} old USING (
        SELECT stream_id, max(size) AS size FROM ledger_indexpage
        WHERE size > %(dropped)s AND size <= %(oldest)s GROUP BY stream_id) kept
    WHERE old.stream_id = kept.stream_id AND old.size < kept.size
"""


def forget_old(cursor: CursorWrapper) -> None:
    """Forget the versions that only the epoch needed which is kept no more since the newest one."""
    epochs = _newest_epochs(EPOCHS_KEPT + 1)
    if len(epochs) > EPOCHS_KEPT:
        oldest, dropped = epochs[-2:]
        for table in reversed(_TABLES):  # which versions are kept is told by the pages
            cursor.execute(_FORGET.format(table=table), {"dropped": dropped, "oldest": oldest})


def _newest_epochs(count: int) -> list[int]:
    return list(IndexEpoch.objects.values_list("size", flat=True)[:count])


# Of each key the page where it stands or would stand; the next one too where it would stand beyond
# the page's end; the last page and the last tiles, which are the right edge of the tree.
_SHOWN = Prepared(
    "index_pages",
    """
WITH version AS (
    SELECT max(size) AS size FROM ledger_indexpage
        WHERE stream_id = %(stream)s AND size <= %(size)s
), page AS NOT MATERIALIZED (
    SELECT number, first_key, leaves, twigs FROM ledger_indexpage
        WHERE stream_id = %(stream)s AND size = (SELECT size FROM version)
), tile AS NOT MATERIALIZED (
    SELECT level, number, hashes FROM ledger_indextile
        WHERE stream_id = %(stream)s AND size = (SELECT size FROM version)
), around AS (
    SELECT DISTINCT coalesce(found.number, 0) AS number, found.last < one.key AS beyond
        FROM unnest(%(keys)s::bytea[]) AS one (key) LEFT JOIN LATERAL (
            SELECT number, substring(leaves FROM length(leaves) - 79 FOR 32) AS last
                FROM page WHERE first_key <= one.key
                ORDER BY first_key DESC LIMIT 1) AS found ON true
), wanted AS (
    SELECT number FROM around UNION SELECT number + 1 FROM around WHERE beyond
    UNION SELECT max(number) FROM page
)
SELECT 0, number, leaves, twigs FROM page WHERE number IN (SELECT number FROM wanted)
UNION ALL SELECT level, number, hashes, ''::bytea FROM tile
    WHERE number IN (SELECT number >> (8 * tile.level) FROM wanted)
        OR number = (SELECT max(number) FROM tile AS other WHERE other.level = tile.level)
""",
)


def pages(root: IndexRoot, keys: Collection[str], stream: UUID = INDEX_ID) -> IndexPages:
    """What is needed to prove these keys in a tree, as of the epoch of `root`; one query."""
    hashes = [key_hash(key) for key in keys]
    rows = _SHOWN.rows({"stream": stream, "keys": hashes, "size": root.size})
    found = {row[1]: (bytes(row[2]), bytes(row[3])) for row in rows if not row[0]}
    tiles = {(row[0], row[1]): bytes(row[2]) for row in rows if row[0]}
    return IndexPages(root.keys, found, tiles)
