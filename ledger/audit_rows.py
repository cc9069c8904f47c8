"""What an audit reads: the log by its indices, and the streams by their ids, entry after entry.

The tables of the streams are read side by side, each in the order of its index, so that nothing is
joined and no more than one stream's links are in memory at once.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from django.db import connection

from ledger.recomputing import LOST, Output, Part, StoredRow, StoredStream

PART = 500
"""Rows that are handed on at once."""
_ENTRY = (
    "SELECT stream_id, number, entry_id, kid, party, type, at, nonce, creates, jws, disclosures"
    " FROM ledger_entry WHERE "
)
_LEAVES = """
SELECT l.index, l.stream_id, l.number, l.entry_id, l.hash,
        e.number, e.kid, e.party, e.type, e.at, e.nonce, e.creates, e.jws, e.disclosures
    FROM ledger_leaf l
    LEFT JOIN ledger_entry e ON e.stream_id = l.stream_id AND e.entry_id = l.entry_id
    WHERE l.index >= %s AND l.index < %s ORDER BY l.index
"""
_READERS = {
    "streams": "SELECT stream_id, name, entries FROM ledger_stream WHERE {} ORDER BY stream_id",
    "entries": _ENTRY + "{} ORDER BY stream_id, number",
    "leaves": "SELECT stream_id, number, entry_id, index, hash FROM ledger_leaf WHERE {}"
    " ORDER BY stream_id, number",
    "inbox": "SELECT stream_id, number, entry_id, NULL, leaf FROM ledger_inbox WHERE {}"
    " ORDER BY stream_id, number",
    "uses": "SELECT stream_id, source_id, output, used_by FROM ledger_outputuse WHERE {}"
    " ORDER BY stream_id",
    "attachments": "SELECT stream_id, entry_id, sha256, media, size,"
    " content IS NULL OR encode(sha256(content), 'hex') = sha256"
    " FROM ledger_attachment WHERE {} ORDER BY stream_id",
}
# All of them follow an index. The planner would rather sort: that is quicker for the whole table,
# and an audit that goes on in small steps would sort it anew for each.
_SETTINGS = "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"


def last_index() -> int:
    """The last index in the log, -1 when it is empty."""
    return int(_rows("SELECT coalesce(max(index), -1) FROM ledger_leaf")[0][0])


def leaf_hashes(start: int, end: int) -> list[tuple[int, bytes]]:
    """Index and hash of each leaf from `start` to before `end`."""
    rows = _rows(
        "SELECT index, hash FROM ledger_leaf WHERE index >= %s AND index < %s ORDER BY index",
        [start, end],
    )
    return [(index, bytes(leaf)) for index, leaf in rows]


def leaves(start: int, end: int) -> Iterator[StoredRow]:
    """The leaves from `start` to before `end`, with their entries as far as they are there."""
    for index, stream, number, entry_id, leaf, *entry in _rows(_LEAVES, [start, end]):
        yield _stored((stream, number, entry_id, index, leaf), entry[0], entry[1:])


def checkpoints(after: int, most: int) -> list[tuple[int, int, bytes, str]]:
    """Size, size before, root and note of the checkpoints above a size, the smallest first."""
    rows = _rows(
        "SELECT size, previous, root, note FROM ledger_checkpoint WHERE size > %s"
        " ORDER BY size LIMIT %s",
        [after, most],
    )
    return [(size, previous, bytes(root), note) for size, previous, root, note in rows]


def signed_roots(sizes: Collection[int]) -> dict[int, bytes]:
    """The roots of the checkpoints of these sizes, as far as there are such."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, root FROM ledger_checkpoint WHERE size = ANY(%s)", [list(sizes)]
        )
        return {size: bytes(root) for size, root in cursor.fetchall()}


def entries_of(stream: UUID, most: int | None) -> list[tuple[int, str, bytes]]:
    """Index, id and bytes of the entries of a stream that are logged, the newest first."""
    rows = _rows(
        "SELECT l.index, e.entry_id, e.jws FROM ledger_leaf l"
        " JOIN ledger_entry e ON e.stream_id = l.stream_id AND e.entry_id = l.entry_id"
        " WHERE l.stream_id = %s ORDER BY l.number DESC LIMIT %s",
        [stream, most],
    )
    return [(index, entry_id, bytes(jws)) for index, entry_id, jws in rows]


def tiles() -> int:
    """How many tiles are stored."""
    return int(_rows("SELECT count(*) FROM ledger_tile")[0][0])


def parties() -> dict[str, Any]:
    """Of each party: its profile, and whether it is suspended."""
    rows = _rows(
        "SELECT party, profile, cardinality(suspended_by) > cardinality(reinstated_by)"
        " FROM ledger_party"
    )
    return {name: (_profile(text), suspended) for name, text, suspended in rows}


def keys() -> dict[str, Any]:
    """Of each key: x, y, party, custody, successor, since when suspect, whether it is revoked."""
    rows = _rows(
        "SELECT kid, x, y, party, custody, successor, revoked_from, revoked_by <> '{}'"
        " FROM ledger_key"
    )
    return {kid: (bytes(x), bytes(y), *rest) for kid, x, y, *rest in rows}


def _profile(text: str) -> Any:
    return json.loads(text)  # noqa: TID251  our own column


# --- streams --------------------------------------------------------------------------------------


def read_stream(stream: UUID) -> Iterator[Part]:
    """Read one stream."""
    yield from _read("stream_id = %s", [stream])


def read_streams(after: UUID | None) -> Iterator[Part]:
    """Read all streams above an id, in the order of their ids, inside a transaction."""
    yield from _read("stream_id > %s", [after]) if after else _read("true", [])


def _read(which: str, parameters: Sequence[UUID]) -> Iterator[Part]:
    with ExitStack() as open_cursors:
        with connection.cursor() as cursor:
            cursor.execute(_SETTINGS)
        readers = {}
        for name, sql in _READERS.items():
            cursor = open_cursors.enter_context(connection.chunked_cursor())
            cursor.execute(sql.format(which), parameters)
            readers[name] = _Reader(cursor)
        while stream := min(filter(None, (one.stream for one in readers.values())), default=None):
            yield from _parts(stream, readers)


class _Reader:
    """Rows in the order of their streams; `take` gives those of one stream."""

    def __init__(self, cursor: Any) -> None:
        self._rows = iter(lambda: cursor.fetchmany(2 * PART), [])
        self._chunk: list[Any] = []
        self._at = 0
        self._fill()

    @property
    def stream(self) -> UUID | None:
        """The stream whose rows come next; None at the end."""
        return self._chunk[self._at][0] if self._chunk else None

    def take(self, stream: UUID) -> Iterator[Any]:
        """Give the rows of this stream, if they come next."""
        while self._chunk and self._chunk[self._at][0] == stream:
            row = self._chunk[self._at]
            self._at += 1
            if self._at == len(self._chunk):
                self._fill()
            yield row

    def _fill(self) -> None:
        self._chunk, self._at = next(self._rows, []), 0


def _parts(stream: UUID, readers: dict[str, _Reader]) -> Iterator[Part]:
    found = _stream(stream, readers)
    places = [*readers["leaves"].take(stream), *readers["inbox"].take(stream)]
    rows: list[StoredRow] = []
    for row in _rows_in_order(readers["entries"].take(stream), places):
        if len(rows) == PART:
            yield Part(found, rows, is_last=False)
            rows = []
        rows.append(row)
    yield Part(found, rows, is_last=True)


def _stream(stream: UUID, readers: dict[str, _Reader]) -> StoredStream:
    _, name, count = next(readers["streams"].take(stream), (stream, None, 0))
    uses: dict[Output, str] = {
        (source, output): by for _, source, output, by in readers["uses"].take(stream)
    }
    files = [tuple(row[1:]) for row in readers["attachments"].take(stream)]
    return StoredStream(stream, name, count, uses, files)


def _rows_in_order(entries: Iterable[Any], places: list[Any]) -> Iterator[StoredRow]:
    """Bring entries and their places together, and leave out neither.

    A place for which no entry comes at its number is looked for by its id, once: its entry may
    stand under another number.
    """
    by_id = {place[2]: place for place in places}
    coming = iter(sorted(places, key=lambda place: place[1]))
    place = next(coming, None)
    for stream, number, entry_id, *entry in entries:
        while place and place[1] <= number:
            if place[2] != entry_id and (by_id[place[2]] is not place or not _is_there(place)):
                yield _stored(place, None, [])
            place = next(coming, None)
        own = by_id.get(entry_id, (stream, number, entry_id, LOST, b""))
        yield _stored(own, number, entry)
    while place:
        if by_id[place[2]] is not place or not _is_there(place):
            yield _stored(place, None, [])
        place = next(coming, None)


def _is_there(place: Sequence[Any]) -> bool:
    stream, _, entry_id, *_ = place
    found = _rows(
        "SELECT 1 FROM ledger_entry WHERE stream_id = %s AND entry_id = %s", [stream, entry_id]
    )
    return bool(found)


def _rows(sql: str, parameters: Sequence[int | str | UUID | None] = ()) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _stored(place: Sequence[Any], own: int | None, entry: Sequence[Any]) -> StoredRow:
    """Make a row of a place and what stands there; `own` is the entry's number, None without."""
    stream, number, entry_id, index, leaf = place
    if own is None:
        return StoredRow(index, stream, number, entry_id, bytes(leaf), None, "", "", "", None,
                         b"", 0, b"", ())  # fmt: skip
    kid, party, kind, at, nonce, creates, jws, disclosures = entry
    return StoredRow(index, stream, number, entry_id, bytes(leaf), own, kid, party, kind, at,
                     bytes(nonce), creates, bytes(jws), disclosures)  # fmt: skip
