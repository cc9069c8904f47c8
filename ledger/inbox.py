"""The inbox: what is accepted and not yet logged, in the order of arrival.

A row arrives with its entry, in one transaction. A transaction that began earlier may commit later:
its row appears below others that are gone already, and nothing that was visible depended on it. So
rows are taken as they are seen, and removed one by one, never by a bound.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from ledger import lease


@dataclass(frozen=True)
class Arrival:
    """A row of the inbox and the bytes of its entry (None when there is no such entry).

    `leaf` is the hash of the bytes that came in.
    """

    arrival: int
    stream_id: UUID
    number: int
    entry_id: str
    leaf: bytes
    jws: bytes | None


def has_arrivals() -> bool:
    """Say, without a lock, whether anything waits, or a hole is to be closed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM ledger_inbox) OR sequenced <"
            " (SELECT last_value FROM ledger_inbox_arrival_seq WHERE is_called)"
            " FROM ledger_sequencerlease WHERE name = %s",
            [lease.NAME],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


def waiting() -> int:
    """Say how many entries are accepted and not yet logged."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_inbox")
        (count,) = cursor.fetchone() or (0,)
    return int(count)


_TAKE = """
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off;
SELECT i.arrival, i.stream_id, i.number, i.entry_id, i.leaf, e.jws
    FROM (SELECT * FROM ledger_inbox ORDER BY arrival LIMIT %s) i
    LEFT JOIN ledger_entry e ON e.stream_id = i.stream_id AND e.entry_id = i.entry_id
    ORDER BY i.arrival
"""
# The inbox is empty or full within a second, so the planner's picture of it is always wrong:
# without the two settings it may read the whole table of entries.


def take(cursor: CursorWrapper, most: int) -> list[Arrival]:
    """Return the first rows in the order of arrival, with the bytes of their entries."""
    cursor.execute(_TAKE, [most])
    return [
        Arrival(arrival, stream, number, entry_id, bytes(leaf), None if jws is None else bytes(jws))
        for arrival, stream, number, entry_id, leaf, jws in cursor.fetchall()
    ]


def remove(cursor: CursorWrapper, arrivals: list[int]) -> None:
    """Take these rows out, and note how far the sequencer has come."""
    cursor.execute("DELETE FROM ledger_inbox WHERE arrival = ANY(%s)", [arrivals])
    cursor.execute(
        "UPDATE ledger_sequencerlease SET sequenced = greatest(sequenced, %s) WHERE name = %s",
        [max(arrivals), lease.NAME],
    )


def close_holes(cursor: CursorWrapper) -> None:
    """Nothing waits, so arrivals that never came (rolled back) count as sequenced."""
    cursor.execute(
        "UPDATE ledger_sequencerlease SET sequenced ="
        " (SELECT last_value FROM ledger_inbox_arrival_seq) WHERE name = %s",
        [lease.NAME],
    )
