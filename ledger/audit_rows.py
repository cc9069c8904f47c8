"""What an audit reads, in one snapshot of the database."""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from ledger.recomputing import StoredRow

_LEAVES = """
SELECT l.index, l.stream_id, l.number, l.entry_id, l.hash,
        e.number, e.kid, e.party, e.type, e.at, e.nonce, e.creates, e.jws, e.disclosures
    FROM ledger_leaf l
    LEFT JOIN ledger_entry e ON e.stream_id = l.stream_id AND e.entry_id = l.entry_id
    WHERE l.index >= %s AND l.index < %s ORDER BY l.index
"""
_WAITING = """
SELECT NULL, i.stream_id, i.number, i.entry_id, ''::bytea,
        e.number, e.kid, e.party, e.type, e.at, e.nonce, e.creates, e.jws, e.disclosures
    FROM ledger_inbox i
    LEFT JOIN ledger_entry e ON e.stream_id = i.stream_id AND e.entry_id = i.entry_id
    ORDER BY i.arrival
"""
_LOST = """
SELECT e.entry_id, e.stream_id FROM ledger_entry e
    WHERE NOT EXISTS (SELECT FROM ledger_leaf l
            WHERE l.stream_id = e.stream_id AND l.entry_id = e.entry_id)
        AND NOT EXISTS (SELECT FROM ledger_inbox i
            WHERE i.stream_id = e.stream_id AND i.entry_id = e.entry_id)
    ORDER BY e.stream_id, e.number
"""
_MISCOUNTED = """
SELECT s.stream_id, s.name, s.entries, count(e.number)
    FROM ledger_stream s LEFT JOIN ledger_entry e ON e.stream_id = s.stream_id
    GROUP BY s.stream_id, s.name, s.entries
    HAVING count(e.number) <> s.entries OR coalesce(max(e.number), -1) <> s.entries - 1
"""


def last_index() -> int:
    """The last index in the log, -1 when it is empty."""
    return int(_rows("SELECT coalesce(max(index), -1) FROM ledger_leaf")[0][0])


def leaves(start: int, end: int) -> Iterator[StoredRow]:
    """The leaves from `start` to before `end`, with their entries as far as they are there."""
    return map(_stored, _rows(_LEAVES, [start, end]))


def waiting() -> Iterator[StoredRow]:
    """What is accepted and not logged, in the order of arrival."""
    return map(_stored, _rows(_WAITING))


def lost() -> Sequence[tuple[str, UUID]]:
    """Entry id and stream of each entry that is not logged and does not wait for it."""
    return _rows(_LOST)


def miscounted() -> Sequence[tuple[UUID, str, int, int]]:
    """Id, name and count of each stream that has not as many entries, and how many it has."""
    return _rows(_MISCOUNTED)


def streams() -> Sequence[tuple[UUID, str]]:
    """Id and name of each stream."""
    return _rows("SELECT stream_id, name FROM ledger_stream")


def tiles() -> int:
    """How many tiles are stored."""
    return int(_rows("SELECT count(*) FROM ledger_tile")[0][0])


def checkpoints() -> list[tuple[int, int, bytes, str]]:
    """Size, size before, root and note of each checkpoint, the smallest first."""
    rows = _rows("SELECT size, previous, root, note FROM ledger_checkpoint ORDER BY size")
    return [(size, previous, bytes(root), note) for size, previous, root, note in rows]


def uses() -> Sequence[tuple[UUID, str, int, str]]:
    """Stream, entry, number and user of each used output."""
    return _rows("SELECT stream_id, source_id, output, used_by FROM ledger_outputuse")


def attachments() -> Sequence[tuple[UUID, str, str, str, int, Any]]:
    """Stream, entry, hash, media type, size and content (or None) of each attachment."""
    return _rows("SELECT stream_id, entry_id, sha256, media, size, content FROM ledger_attachment")


def parties() -> dict[str, Any]:
    """The profile of each party."""
    rows = _rows("SELECT party, profile FROM ledger_party")
    return {name: json.loads(profile) for name, profile in rows}  # noqa: TID251  our own column


def keys() -> dict[str, Any]:
    """Of each key: x, y, party, custody, and whether it is revoked."""
    rows = _rows("SELECT kid, x, y, party, custody, revoked_by <> '{}' FROM ledger_key")
    return {kid: (bytes(x), bytes(y), *rest) for kid, x, y, *rest in rows}


def _rows(sql: str, parameters: Sequence[int] = ()) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _stored(row: Sequence[Any]) -> StoredRow:
    index, stream, number, entry_id, leaf, own, kid, party, kind, at, nonce, creates, *rest = row
    jws, disclosures = rest
    return StoredRow(
        index=index,
        stream_id=stream,
        number=number,
        entry_id=entry_id,
        leaf=bytes(leaf),
        entry_number=own,
        kid=kid or "",
        party=party or "",
        type=kind or "",
        at=at,
        nonce=bytes(nonce or b""),
        creates=creates or 0,
        jws=bytes(jws or b""),
        disclosures=tuple(disclosures or ()),
    )
