"""What the ledger can show: checkpoints, places in the log, evidence about a stream.

Everything here reads, and nothing here trusts what it reads: whatever has been done to the
database, evidence is what is there, and what is odd about it is listed beside it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from ledger import alarms, checkpoint_file, cosignatures, stored
from ledger.core.checkpoint import Checkpoint as SignedCheckpoint
from ledger.core.entry import stream_id
from ledger.core.errors import LedgerError
from ledger.core.evidence import Earlier, Evidence, Item
from ledger.core.index import STREAM as INDEX
from ledger.core.merkle import EMPTY_ROOT, inclusion_proof, leaf_hash, tree_root
from ledger.core.registry_acts import STREAM as REGISTRY
from ledger.core.statement import Seen
from ledger.core.tiled_tree import TreeDamagedError, edge_tiles, path_tiles
from ledger.history_shown import history
from ledger.index_shown import ShownIndex, key_proofs, newest_index, wanted_keys
from ledger.models import Checkpoint, Leaf
from ledger.registry_shown import Shown, registry_for
from ledger.stored import Contents, Place, StoredEntry, Tampering
from ledger.tiles import StoredTree

__all__ = ["StoredEntry", "Tampering"]


@dataclass(frozen=True)
class StreamEvidence:
    """What can be shown about a stream at the newest checkpoint that our own policy accepts.

    `evidence` is None before the first checkpoint; `pending` are the accepted entries that no
    checkpoint covers yet, in their order. `entries` are the ids of all that the stream holds.
    """

    evidence: Evidence | None
    pending: tuple[str, ...]
    signs_of_tampering: tuple[Tampering, ...]
    entries: frozenset[str] = frozenset()


Disclose = Callable[[StoredEntry], bool]


def latest_checkpoint() -> Checkpoint | None:
    """The newest signed checkpoint, or None before the first."""
    return Checkpoint.objects.order_by("-size").first()


def published_note(checkpoint: Checkpoint) -> str:
    """The note that everybody is given of a checkpoint, with the newest line of each witness.

    Nothing else gives a note away.
    """
    lines = cosignatures.newest_lines(checkpoint.size)
    return checkpoint.note + "".join(f"{line}\n" for line in lines)


def shown_checkpoint() -> Checkpoint | None:
    """The newest checkpoint for which as many have witnessed as our own policy asks for.

    The newest of all where it asks for none, and where there is none such.
    """
    size = cosignatures.newest_witnessed(cosignatures.trust())
    witnessed = None if size is None else Checkpoint.objects.filter(size=size).first()
    return witnessed or latest_checkpoint()


def latest_seen() -> Seen:
    """What to put into a statement's `seen`: the latest checkpoint, or the empty tree."""
    latest = latest_checkpoint()
    return Seen(latest.size, bytes(latest.root)) if latest else Seen(0, EMPTY_ROOT)


def position_of(entry_ids: Collection[str]) -> dict[str, int]:
    """The index of each of these entries that the checkpoint which is shown covers."""
    size = _shown_size()
    leaves = Leaf.objects.filter(entry_id__in=list(entry_ids), index__lt=size)
    return dict(leaves.values_list("entry_id", "index"))


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

    Told by the tables: affirmed ones are among them, and those that others have relied on.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SUSPECTS, {"party": party, "kid": kid})
        return [Logged(*row) for row in cursor.fetchall()]


_SUSPECTS = """
SELECT l.index, s.name, e.entry_id, e.type
    FROM ledger_key k
    JOIN ledger_entry e ON e.kid = k.kid
    JOIN ledger_leaf l ON l.stream_id = e.stream_id AND l.entry_id = e.entry_id
    JOIN ledger_stream s ON s.stream_id = e.stream_id
    WHERE k.kid = %(kid)s AND k.party = %(party)s AND l.index >= k.revoked_from
        AND e.type NOT LIKE 'registry.%%' ORDER BY l.index
"""


def evidence_of(
    stream: str, *, disclose: Disclose = lambda _: False, parties: Collection[str] = ()
) -> StreamEvidence:
    """Everything that is logged about a stream, with the registry entries that it rests on.

    `disclose` says for which entries the sealed members are shown. `parties` are further parties
    (named in the entries, but not among their signers) whose admission is wanted. A fixed number
    of queries; never raises for what the database holds.
    """
    file = _read_file()
    latest = shown_checkpoint()
    size = latest.size if latest else 0
    contents, pending, signs = _read_stream(stream, size)
    index, signs_of_index = newest_index(size)
    registry = _registry(stream, contents, index, parties, size)
    tree = StoredTree()
    shown = _shown(stream, contents, registry.contents, index, size)
    keys = wanted_keys(stream, [entry for entry, _ in shown])
    proofs, signs_of_pages = key_proofs(index.root, keys) if index else ((), [])
    signs += [*registry.signs, *signs_of_index, *signs_of_pages]
    signs += _signs_of_leaves(tree, shown, size)
    signs += _signs_of_alarms(stream_id(stream)) + _signs_of_file(tree, file, latest)
    pending += registry.pending
    ids = frozenset(entry.entry_id for entry in contents.entries.values())
    if latest is None:
        return StreamEvidence(None, tuple(pending), tuple(signs), ids)
    items = [_item(tree, entry, place, size, disclose) for entry, place in shown]
    evidence = Evidence(
        subject=stream,
        checkpoint=published_note(latest),
        items=tuple(sorted(items, key=lambda item: item.index)),
        history=_past(tree, contents, size),
        index=proofs,
        version=1,
    )
    return StreamEvidence(evidence, tuple(pending), tuple(signs), ids)


def _seen(contents: Contents) -> set[int]:
    """The sizes of the log that the signers had seen; what cannot be read has seen nothing."""
    seen = set()
    for entry in contents.entries.values():
        try:
            seen.add(entry.parse().statement.seen.size)
        except LedgerError:
            continue
    return seen


def _past(tree: StoredTree, contents: Contents, size: int) -> tuple[Earlier, ...]:
    """The states that the signers have seen, and those first cosigned over their entries."""
    indices = [place.index for _, place in contents.logged(size)]
    over = cosignatures.first_over(cosignatures.trust(), indices)
    sizes = {one for one in _seen(contents) | over if one < size}
    return history(tree, sizes, size, cosignatures.first_lines(sizes))


def _read_file() -> str | None:
    """The note in the file, read before the database so that it is never the newer one."""
    return checkpoint_file.read(Path(settings.CHECKPOINT_FILE))


def _shown(
    stream: str, contents: Contents, registry: Contents, index: ShownIndex | None, size: int
) -> list[tuple[StoredEntry, Place]]:
    """All entries that are shown, with their places: the newest index's root among them."""
    shown = [*contents.logged(size), *registry.logged(size)]
    if index and stream != INDEX:
        shown.append((index.entry, index.place))
    return shown


def _registry(
    stream: str,
    contents: Contents,
    index: ShownIndex | None,
    parties: Collection[str],
    size: int,
) -> Shown:
    """Read what the registry says of the signers of these entries, and of these parties."""
    if stream == REGISTRY:
        return Shown(Contents({}, {}), (), ())
    kids = {entry.kid for entry in contents.entries.values()}
    if index:
        kids.add(index.entry.kid)
    ids = {entry.entry_id for entry in contents.entries.values()}
    return registry_for(kids=kids, parties=parties, entries=ids, size=size)


def _read_stream(stream: str, size: int) -> tuple[Contents, list[str], list[Tampering]]:
    """Read entries, then inbox, then leaves: what moves on meanwhile is seen at least once."""
    identity = stream_id(stream)
    before, entries = stored.count(identity), stored.entries(identity)
    waiting = stored.waiting(identity)
    contents = Contents(entries, stored.leaves(identity))
    pending, signs = contents.unlogged(waiting, size)
    ids = {number: entry.entry_id for number, entry in entries.items()}
    after = stored.count(identity)
    gaps = stored.signs_of_gaps(ids, contents.leaves, before=before, after=after)
    return contents, pending, signs + gaps


def _item(
    tree: StoredTree, entry: StoredEntry, place: Place, size: int, disclose: Disclose
) -> Item:
    try:
        proof = tuple(inclusion_proof(place.index, size, tree))
    except TreeDamagedError:
        proof = ()  # no proof, so the entry counts for nothing: said among the signs as well
    return Item(entry.text, place.index, proof, entry.disclosures if disclose(entry) else ())


def _signs_of_leaves(
    tree: StoredTree, shown: Sequence[tuple[StoredEntry, Place]], size: int
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


def _in_tree(tree: StoredTree, place: Place) -> bool:
    try:
        return tree(0, place.index) == place.hash
    except TreeDamagedError:
        return False


def _signs_of_alarms(stream: UUID) -> list[Tampering]:
    """Alarms about this stream or the whole log."""
    return [
        Tampering(alarm.code, alarm.message, alarm.about_entry)
        for alarm in alarms.about_stream(stream)
    ]


def _signs_of_file(
    tree: StoredTree, note: str | None, latest: Checkpoint | None
) -> list[Tampering]:
    """Hold the database against the checkpoint in the file."""
    if latest is None and note is None:
        return []
    note = note if note is not None else _read_file()  # the first ever may have come in between
    if note is None:
        message = f"There is no {settings.CHECKPOINT_FILE} to hold the database against."
        return [Tampering("CHECKPOINT_FILE_MISSING", message)]
    try:
        file = SignedCheckpoint.parse(note.partition("\n\n")[0] + "\n")
    except LedgerError as fault:
        message = f"{settings.CHECKPOINT_FILE} holds no checkpoint: {fault.message}"
        return [Tampering("CHECKPOINT_FILE_DAMAGED", message)]
    return _signs_of_rollback(tree, file)


def _signs_of_rollback(tree: StoredTree, file: SignedCheckpoint) -> list[Tampering]:
    """Find a database that has less than was signed, or something else.

    A checkpoint is in the file before it is in the table. In between, as after a crash there, the
    stored tree is the one that was signed, or a continuation of it.
    """
    newest = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    roots = Checkpoint.objects.filter(size=file.size).values_list("root", flat=True)
    signed: list[bytes | None] = [bytes(root) for root in roots]
    signed = signed or [_root(tree, file.size)]
    if (-1 if newest is None else newest) + 1 < file.size or signed == [None]:
        message = f"A checkpoint of size {file.size} was signed; the database has less."
        return [Tampering("DATABASE_BEHIND", message)]
    if signed != [file.root]:
        message = f"Two different checkpoints of size {file.size} are kept."
        return [Tampering("CHECKPOINT_FORKED", message)]
    return []


def _root(tree: StoredTree, size: int) -> bytes | None:
    tree.prefetch(edge_tiles(size))
    try:
        return tree_root(size, tree)
    except TreeDamagedError:
        return None
