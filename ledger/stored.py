"""Entries and leaves of a stream as the database has them, none of it believed yet."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection

from ledger.core.countersignatures import countersigners
from ledger.core.entry import Entry, stream_id
from ledger.core.errors import LedgerError
from ledger.prepared import Prepared

SIGNS_MAX = 100


@dataclass(frozen=True)
class StoredEntry:
    """An entry as the database has it: its bytes and the columns beside them, not yet believed."""

    entry_id: str
    number: int
    kid: str
    party: str
    type: str
    accepted_at: datetime
    jws: bytes
    disclosures: tuple[str, ...]

    @cached_property
    def text(self) -> str:
        """The JWS; a byte that does not belong into one shows as a question mark."""
        return self.jws.decode("ascii", "replace").replace("\ufffd", "?")

    def parse(self) -> Entry:
        """Read the bytes, disclosures included; raises `Malformed`."""
        return Entry.parse("~".join((self.text, *self.disclosures, "")))


def countersigned_with(jws: bytes) -> frozenset[str]:
    """The keys that countersigned an entry, by its bytes; none where these can not be read."""
    try:
        entry = Entry.parse(f"{jws.decode('ascii', 'replace')}~")
    except LedgerError:
        return frozenset()
    return frozenset(one.kid for one in countersigners(entry.statement.body))


@dataclass(frozen=True)
class Tampering:
    """Something about a stream that must not be. `entry_id` is None when it concerns no one."""

    code: str
    message: str
    entry_id: str | None = None


@dataclass(frozen=True)
class Place:
    """A leaf: where an entry is in the log."""

    index: int
    entry_id: str
    hash: bytes


@dataclass
class Contents:
    """The entries and the leaves of a stream, each by its number."""

    entries: dict[int, StoredEntry]
    leaves: dict[int, Place]

    def logged(self, size: int) -> list[tuple[StoredEntry, Place]]:
        """Pair the entries that a checkpoint of this size covers with their places."""
        places = self.leaves
        return [
            (entry, places[number])
            for number, entry in self.entries.items()
            if number in places and places[number].index < size
        ]

    def unlogged(self, waiting: Collection[int], size: int) -> tuple[list[str], list[Tampering]]:
        """Give the entries that no checkpoint covers yet, and signs of those that never will be."""
        pending, signs = [], []
        for number, entry in self.entries.items():
            place = self.leaves.get(number)
            if place is None and number not in waiting:
                message = f"Entry {number} of this stream was accepted and is not in the log."
                signs.append(Tampering("ENTRY_NOT_LOGGED", message, entry.entry_id))
            elif place is None or place.index >= size:
                pending.append(entry.entry_id)
        return pending, signs


def count(stream: UUID) -> int:
    """How many entries the stream says it has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT entries FROM ledger_stream WHERE stream_id = %s", [stream])
        row = cursor.fetchone()
    return row[0] if row else 0


_ALL_ENTRIES = Prepared(
    "stored_all",
    "SELECT number, entry_id, kid, party, type, accepted_at, jws, disclosures"
    " FROM ledger_entry WHERE stream_id = %(stream)s ORDER BY number",
)
_ENTRIES = Prepared(
    "stored",
    "SELECT number, entry_id, kid, party, type, accepted_at, jws, disclosures FROM ledger_entry"
    " WHERE stream_id = %(stream)s AND entry_id = ANY(%(ids)s::text[])",
)


def entries(stream: UUID, ids: Collection[str] | None = None) -> dict[int, StoredEntry]:
    """Return the entries of a stream by their numbers: all, or those of these ids."""
    if ids is None:
        rows = _ALL_ENTRIES.rows({"stream": stream})
    else:
        rows = sorted(_ENTRIES.rows({"stream": stream, "ids": list(ids)}))  # in no index's order
    return {row[0]: _stored(row) for row in rows}


def sealed_entries(stream: str) -> list[StoredEntry]:
    """The entries of a stream that have sealed members, by their numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, entry_id, kid, party, type, accepted_at, jws, disclosures"
            " FROM ledger_entry WHERE stream_id = %s AND disclosures <> '{}' ORDER BY number",
            [str(stream_id(stream))],
        )
        return [_stored(row) for row in cursor.fetchall()]


def _stored(row: Sequence[Any]) -> StoredEntry:
    number, entry_id, kid, party, kind, accepted_at, jws, disclosures = row
    return StoredEntry(
        entry_id=entry_id,
        number=number,
        kid=kid,
        party=party,
        type=kind,
        accepted_at=accepted_at,
        jws=bytes(jws),
        disclosures=tuple(disclosures),
    )


_ALL_PLACES = Prepared(
    "places_all",
    """
SELECT number, index, entry_id, hash FROM ledger_leaf WHERE stream_id = %(stream)s
UNION ALL SELECT number, NULL, NULL, NULL FROM ledger_inbox WHERE stream_id = %(stream)s
""",
)
_PLACES = Prepared(
    "places",
    """
SELECT number, index, entry_id, hash FROM ledger_leaf
    WHERE stream_id = %(stream)s AND number = ANY(%(numbers)s::bigint[])
UNION ALL SELECT number, NULL, NULL, NULL FROM ledger_inbox WHERE stream_id = %(stream)s
""",
)


def places(
    stream: UUID, numbers: Collection[int] | None = None
) -> tuple[dict[int, Place], set[int]]:
    """Return the leaves of a stream by the numbers of their entries: all, or of these.

    And the numbers of its entries that are in the inbox. Of one snapshot: what moves on meanwhile
    is seen in one of both.
    """
    if numbers is None:
        rows = _ALL_PLACES.rows({"stream": stream})
    else:
        rows = _PLACES.rows({"stream": stream, "numbers": list(numbers)})
    leaves = {row[0]: Place(row[1], row[2], bytes(row[3])) for row in rows if row[1] is not None}
    return leaves, {row[0] for row in rows if row[1] is None}


def signs_of_gaps(
    found: Mapping[int, str], places: Mapping[int, Place], *, before: int, after: int
) -> list[Tampering]:
    """Find numbers without an entry, and what is beyond the stream's count.

    `found` are entry ids by their numbers. `before` and `after` are the counts before the entries
    and after the leaves were read: others append meanwhile.
    """
    signs = []
    for number in sorted(set(range(before)) - found.keys())[:SIGNS_MAX]:
        place = places.get(number)
        message = f"Entry {number} of this stream was accepted and is not there any more."
        signs.append(Tampering("ENTRY_MISSING", message, place.entry_id if place else None))
    beyond = sorted((found.keys() | places.keys()) - set(range(after)))
    for number in beyond[:SIGNS_MAX]:
        message = f"The stream has {after} entries, and yet there is number {number}."
        signs.append(Tampering("ENTRY_UNCOUNTED", message, found.get(number)))
    return signs
