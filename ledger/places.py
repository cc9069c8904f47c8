"""Where entries are in the log, and which there are between two places of it.

Told by the tables: this is for finding things, and proves nothing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from ledger.checkpoints import latest_checkpoint, shown_checkpoint
from ledger.core.entry import stream_id
from ledger.core.registered import keeper
from ledger.models import Entry, Leaf
from ledger.stored import countersigned_with


def position_of(entry_ids: Collection[str]) -> dict[str, int]:
    """The index of each of these entries that the checkpoint which is shown covers."""
    size = _shown_size()
    leaves = Leaf.objects.filter(entry_id__in=list(entry_ids), index__lt=size)
    return dict(leaves.values_list("entry_id", "index"))


def accepted_since(entry_ids: Collection[str]) -> datetime | None:
    """When the first of these entries was accepted; None where there is none of them."""
    first = Entry.objects.filter(entry_id__in=list(entry_ids)).order_by("accepted_at").first()
    return first.accepted_at if first else None


def _shown_size() -> int:
    shown = shown_checkpoint()
    return shown.size if shown else 0


@dataclass(frozen=True)
class EntryPlace:
    """Where an accepted entry is: its stream, and its index (None until it has one).

    `covered`: the checkpoint of this `size`, the one that is shown, covers it.
    """

    stream: str
    index: int | None
    size: int

    @property
    def covered(self) -> bool:
        """Whether the checkpoint covers the entry."""
        return self.index is not None and self.index < self.size


def place_of(entry_id: str) -> EntryPlace | None:
    """Where the entry of this id is; None when none was accepted."""
    size = _shown_size()
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, {"id": entry_id, "size": size})
        row = cursor.fetchone()
    return EntryPlace(*row) if row else None


# One statement, one snapshot: an entry is seen in the inbox or among the leaves, never in neither.
_PLACE = """
SELECT s.name, found.index, %(size)s
    FROM (SELECT stream_id, index FROM ledger_leaf WHERE entry_id = %(id)s
          UNION ALL SELECT stream_id, NULL FROM ledger_inbox WHERE entry_id = %(id)s) found
    JOIN ledger_stream s ON s.stream_id = found.stream_id
    ORDER BY found.index NULLS LAST LIMIT 1
"""


def entry_with_nonce(stream: str, party: str, nonce: bytes) -> str | None:
    """The id of the accepted entry of this stream that the party signed with this nonce.

    So that a request made again can be answered like the first time.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.entry_id FROM ledger_entry e JOIN ledger_key k ON k.kid = e.kid"
            " WHERE e.stream_id = %s AND k.party = %s AND e.nonce = %s",
            [stream_id(stream), party, nonce],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def signers_of(stream: str, entry_ids: Collection[str]) -> dict[str, str]:
    """Which party signed which of these entries, as far as the stream has them."""
    rows = Entry.objects.filter(stream_id=stream_id(stream), entry_id__in=entry_ids)
    return dict(rows.values_list("entry_id", "party"))


@dataclass(frozen=True)
class Logged:
    """An entry that a checkpoint covers, where it is about, and of what type it is."""

    index: int
    stream: str
    entry_id: str
    type: str


def logged_between(start: int, stop: int, types: Collection[str]) -> list[Logged]:
    """The entries of these types at the indices from `start` to below `stop`, in their order.

    Only what a checkpoint covers, whatever `stop` says.
    """
    latest = latest_checkpoint()
    end = min(stop, latest.size if latest else 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.index, s.name, e.entry_id, e.type FROM ledger_leaf l"
            " JOIN ledger_entry e ON e.stream_id = l.stream_id AND e.entry_id = l.entry_id"
            " JOIN ledger_stream s ON s.stream_id = l.stream_id"
            " WHERE l.index >= %s AND l.index < %s AND e.type = ANY(%s) ORDER BY l.index",
            [start, end, list(types)],
        )
        return [Logged(*row) for row in cursor.fetchall()]


def suspects_of(party: str, kid: str) -> list[Logged]:
    """The logged entries of a party's stolen key that may be a thief's, in their order.

    Of a device they are those of its owner that it countersigned. Told by the tables: affirmed ones
    are among them, and those that others have relied on.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SUSPECTS, {"party": party, "kid": kid, "keeper": keeper(party)})
        return [
            Logged(*row)
            for *row, by, jws in cursor.fetchall()
            if kid == by or kid in countersigned_with(bytes(jws))
        ]


_SUSPECTS = """
SELECT l.index, s.name, e.entry_id, e.type, e.kid, e.jws
    FROM ledger_key k
    JOIN ledger_entry e ON e.kid = k.kid OR e.party = %(keeper)s
    JOIN ledger_leaf l ON l.stream_id = e.stream_id AND l.entry_id = e.entry_id
    JOIN ledger_stream s ON s.stream_id = e.stream_id
    WHERE k.kid = %(kid)s AND k.party = %(party)s AND l.index >= k.revoked_from
        AND e.type NOT LIKE 'registry.%%' ORDER BY l.index
"""
