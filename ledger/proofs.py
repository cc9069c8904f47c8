"""What the ledger can show: checkpoints, places in the log, evidence about a stream.

Everything here reads, and nothing here trusts what it reads: whatever has been done to the
database, evidence is what is there, and what is odd about it is listed beside it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from ledger import alarms, checkpoint_file
from ledger.core.checkpoint import Checkpoint as SignedCheckpoint
from ledger.core.entry import Entry, stream_id
from ledger.core.errors import LedgerError
from ledger.core.evidence import Evidence, Item
from ledger.core.merkle import EMPTY_ROOT, inclusion_proof, leaf_hash
from ledger.core.registry_acts import STREAM as REGISTRY
from ledger.core.statement import Seen
from ledger.models import Checkpoint, Key, Leaf, Party
from ledger.tiles import StoredTree, TreeDamagedError, edge_tiles, path_tiles


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


@dataclass(frozen=True)
class Tampering:
    """Something about a stream that must not be. `entry_id` is None when it concerns no one."""

    code: str
    message: str
    entry_id: str | None = None


@dataclass(frozen=True)
class StreamEvidence:
    """What can be shown about a stream at the latest checkpoint.

    `evidence` is None before the first checkpoint; `pending` are the accepted entries that no
    checkpoint covers yet, in their order.
    """

    evidence: Evidence | None
    pending: tuple[str, ...]
    signs_of_tampering: tuple[Tampering, ...]


Disclose = Callable[[StoredEntry], bool]


@dataclass(frozen=True)
class _Place:
    index: int
    entry_id: str
    hash: bytes


@dataclass
class _Contents:
    """The entries and the leaves of a stream, each by its number."""

    entries: dict[int, StoredEntry]
    leaves: dict[int, _Place]


def latest_checkpoint() -> Checkpoint | None:
    """The newest signed checkpoint, or None before the first."""
    return Checkpoint.objects.order_by("-size").first()


def latest_seen() -> Seen:
    """What to put into a statement's `seen`: the latest checkpoint, or the empty tree."""
    latest = latest_checkpoint()
    return Seen(latest.size, bytes(latest.root)) if latest else Seen(0, EMPTY_ROOT)


def position_of(entry_ids: Collection[str]) -> dict[str, int]:
    """The index of each of these entries that a checkpoint covers."""
    latest = latest_checkpoint()
    size = latest.size if latest else 0
    leaves = Leaf.objects.filter(entry_id__in=list(entry_ids), index__lt=size)
    return dict(leaves.values_list("entry_id", "index"))


@dataclass(frozen=True)
class EntryPlace:
    """Where an accepted entry is: its stream, and its index (None until it has one).

    `covered`: the checkpoint of this `size` covers it.
    """

    stream: str
    index: int | None
    size: int

    @property
    def covered(self) -> bool:
        """Whether the latest checkpoint covers the entry."""
        return self.index is not None and self.index < self.size


def place_of(entry_id: str) -> EntryPlace | None:
    """Where the entry of this id is; None when none was accepted."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, {"id": entry_id})
        row = cursor.fetchone()
    return EntryPlace(*row) if row else None


# One statement, one snapshot: an entry is seen in the inbox or among the leaves, never in neither.
_PLACE = """
SELECT s.name, found.index, (SELECT coalesce(max(size), 0) FROM ledger_checkpoint)
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


def evidence_of(
    stream: str, *, disclose: Disclose = lambda _: False, parties: Collection[str] = ()
) -> StreamEvidence:
    """Everything that is logged about a stream, with the registry entries that it rests on.

    `disclose` says for which entries the sealed members are shown. `parties` are further parties
    (named in the entries, but not among their signers) whose admission is wanted. A fixed number
    of queries; never raises for what the database holds.
    """
    file = _file_size()
    latest = latest_checkpoint()
    size = latest.size if latest else 0
    contents, pending, signs = _read_stream(stream, size)
    registry = _read_registry(contents, parties)
    tree = StoredTree()
    shown = [*_logged(contents, size), *_logged(registry, size)]
    signs += _signs_of_leaves(tree, shown, size) + _signs_of_log(stream_id(stream), file)
    if latest is None:
        return StreamEvidence(None, tuple(pending), tuple(signs))
    items = [_item(tree, entry, place, size, disclose) for entry, place in shown]
    found = tuple(sorted(items, key=lambda item: item.index))
    return StreamEvidence(Evidence(stream, latest.note, found), tuple(pending), tuple(signs))


def _file_size() -> SignedCheckpoint | None:
    """The checkpoint in the file, read before the database so that it is never the newer one."""
    note = checkpoint_file.read(Path(settings.CHECKPOINT_FILE))
    if note is None:
        return None
    try:
        return SignedCheckpoint.parse(note.partition("\n\n")[0] + "\n")
    except LedgerError:
        return None


def _read_stream(stream: str, size: int) -> tuple[_Contents, list[str], list[Tampering]]:
    """Read entries, then inbox, then leaves: what moves on meanwhile is seen at least once."""
    identity = stream_id(stream)
    count, entries = _count(identity), _read_entries(identity)
    waiting = _waiting(identity)
    contents = _Contents(entries, _leaves(identity))
    pending, signs = [], []
    for number, entry in entries.items():
        place = contents.leaves.get(number)
        if place is None and number not in waiting:
            message = f"Entry {number} of this stream was accepted and is not in the log."
            signs.append(Tampering("ENTRY_NOT_LOGGED", message, entry.entry_id))
        elif place is None or place.index >= size:
            pending.append(entry.entry_id)
    return contents, pending, signs + _signs_of_gaps(contents, count)


def _count(stream: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT entries FROM ledger_stream WHERE stream_id = %s", [stream])
        row = cursor.fetchone()
    return row[0] if row else 0


def _read_entries(stream: UUID, ids: Collection[str] | None = None) -> dict[int, StoredEntry]:
    """Return the entries of a stream by their numbers: all, or those of these ids."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, entry_id, kid, party, type, accepted_at, jws, disclosures"
            " FROM ledger_entry WHERE stream_id = %(stream)s"
            " AND (%(all)s OR entry_id = ANY(%(ids)s::text[])) ORDER BY number",
            {"stream": stream, "all": ids is None, "ids": list(ids or ())},
        )
        rows = cursor.fetchall()
    return {row[0]: _stored(row) for row in rows}


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


def _waiting(stream: UUID) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM ledger_inbox WHERE stream_id = %s", [stream])
        return {number for (number,) in cursor.fetchall()}


def _leaves(stream: UUID, numbers: Collection[int] | None = None) -> dict[int, _Place]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, index, entry_id, hash FROM ledger_leaf WHERE stream_id = %(stream)s"
            " AND (%(all)s OR number = ANY(%(numbers)s::bigint[]))",
            {"stream": stream, "all": numbers is None, "numbers": list(numbers or ())},
        )
        return {row[0]: _Place(row[1], row[2], bytes(row[3])) for row in cursor.fetchall()}


def _read_registry(contents: _Contents, parties: Collection[str]) -> _Contents:
    """Read the registry entries for the keys and the parties of these entries."""
    kids = {entry.kid for entry in contents.entries.values()}
    ids: set[str] = set()
    names = set(parties)
    for added, revoked, party in Key.objects.filter(kid__in=kids).values_list(
        "added_by", "revoked_by", "party_id"
    ):
        ids |= {added, *revoked}
        names.add(party)
    ids |= set(Party.objects.filter(party__in=names).values_list("admitted_by", flat=True))
    registry = stream_id(REGISTRY)
    entries = _read_entries(registry, ids)
    return _Contents(entries, _leaves(registry, entries.keys()))


def _logged(contents: _Contents, size: int) -> list[tuple[StoredEntry, _Place]]:
    """Pair the entries that a checkpoint of this size covers with their places."""
    places = contents.leaves
    return [
        (entry, places[number])
        for number, entry in contents.entries.items()
        if number in places and places[number].index < size
    ]


def _item(
    tree: StoredTree, entry: StoredEntry, place: _Place, size: int, disclose: Disclose
) -> Item:
    try:
        proof = tuple(inclusion_proof(place.index, size, tree))
    except TreeDamagedError:
        proof = ()  # no proof, so the entry counts for nothing: said among the signs as well
    return Item(entry.text, place.index, proof, entry.disclosures if disclose(entry) else ())


def _signs_of_gaps(contents: _Contents, count: int) -> list[Tampering]:
    """Find numbers below the stream's count without an entry, and what is beyond the count."""
    missing = sorted(set(range(count)) - contents.entries.keys())
    signs = []
    for number in missing[:100]:
        place = contents.leaves.get(number)
        message = f"Entry {number} of this stream was accepted and is not there any more."
        signs.append(Tampering("ENTRY_MISSING", message, place.entry_id if place else None))
    beyond = sorted((contents.entries.keys() | contents.leaves.keys()) - set(range(count)))
    for number in beyond[:100]:
        message = f"The stream has {count} entries, and yet there is number {number}."
        entry = contents.entries.get(number)
        signs.append(Tampering("ENTRY_UNCOUNTED", message, entry.entry_id if entry else None))
    return signs


def _signs_of_leaves(
    tree: StoredTree, shown: Sequence[tuple[StoredEntry, _Place]], size: int
) -> list[Tampering]:
    """Compare what is stored of each entry with its leaf, and the leaf with the tree."""
    wanted = [tile for _, place in shown for tile in path_tiles(place.index, size)]
    tree.prefetch([*wanted, *edge_tiles(size)])
    signs = []
    for entry, place in shown:
        if place.entry_id != entry.entry_id or place.hash != leaf_hash(entry.jws):
            message = f"The entry at index {place.index} is not the one that was logged."
            signs.append(Tampering("ENTRY_CHANGED", message, entry.entry_id))
        if not _in_tree(tree, place):
            message = f"The tree has another leaf at index {place.index}."
            signs.append(Tampering("TREE_CHANGED", message, entry.entry_id))
    return signs


def _in_tree(tree: StoredTree, place: _Place) -> bool:
    try:
        return tree(0, place.index) == place.hash
    except TreeDamagedError:
        return False


def _signs_of_log(stream: UUID, file: SignedCheckpoint | None) -> list[Tampering]:
    """Alarms about this stream or the whole log, and a database that is behind the file."""
    signs = [
        Tampering(alarm.code, alarm.message, alarm.about_entry)
        for alarm in alarms.about_stream(stream)
    ]
    if file is None:
        return signs
    newest = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    if (-1 if newest is None else newest) + 1 < file.size:
        message = f"A checkpoint of size {file.size} was signed; the database has less."
        signs.append(Tampering("DATABASE_BEHIND", message))
    roots = Checkpoint.objects.filter(size=file.size).values_list("root", flat=True)
    if any(bytes(root) != file.root for root in roots):
        message = f"Two different checkpoints of size {file.size} are kept."
        signs.append(Tampering("CHECKPOINT_FORKED", message))
    return signs
