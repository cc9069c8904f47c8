"""What the ledger can show: checkpoints, places in the log, evidence about a stream or its outputs.

Everything here reads, and nothing here trusts what it reads: whatever has been done to the
database, evidence is what is there, and what is odd about it is listed beside it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache

from ledger import cosignatures
from ledger.checkpoints import (
    latest_checkpoint,
    latest_seen,
    published_note,
    shown_checkpoint,
)
from ledger.core.countersignatures import countersigners
from ledger.core.entry import stream_id
from ledger.core.evidence import Earlier, Evidence, Item
from ledger.core.index import STREAM as INDEX
from ledger.core.links import OutputRef
from ledger.core.merkle import Subtree, inclusion_proof
from ledger.core.registry_acts import STREAM as REGISTRY
from ledger.core.tiled_tree import TreeDamagedError
from ledger.history_shown import history
from ledger.index_shown import (
    IndexProofs,
    ShownIndex,
    countersigner_keys,
    index_proofs,
    newest_index,
    signer_keys,
)
from ledger.places import (
    EntryPlace,
    Logged,
    entry_with_nonce,
    logged_between,
    place_of,
    position_of,
    signers_of,
    suspects_of,
)
from ledger.registry_shown import Shown, registry_for
from ledger.stored import Contents, Place, StoredEntry, Tampering, entries, sealed_entries
from ledger.stream_shown import StreamShown, concerning, entries_concerning, whole
from ledger.tampering import read_file, signs_of_alarms, signs_of_file, signs_of_leaves
from ledger.tiles import StoredTree

# Whoever wants to see something asks here, in whichever room it stands.
__all__ = [
    "EntryPlace",
    "Logged",
    "StoredEntry",
    "StreamEvidence",
    "Tampering",
    "entries",
    "entries_concerning",
    "entry_with_nonce",
    "evidence_of",
    "evidence_of_outputs",
    "latest_checkpoint",
    "latest_seen",
    "logged_between",
    "place_of",
    "position_of",
    "published_note",
    "sealed_entries",
    "shown_checkpoint",
    "signers_of",
    "suspects_of",
]


@dataclass(frozen=True)
class StreamEvidence:
    """What can be shown about a stream at the newest checkpoint that our own policy accepts.

    `evidence` is None before the first checkpoint; `pending` are the accepted entries that no
    checkpoint covers yet, in their order. `entries` are the ids of all that was read of the stream.
    """

    evidence: Evidence | None
    pending: tuple[str, ...]
    signs_of_tampering: tuple[Tampering, ...]
    entries: frozenset[str] = frozenset()


Disclose = Callable[[StoredEntry], tuple[str, ...]]
"""Which of the entry's disclosures are shown."""


def evidence_of(
    stream: str, *, disclose: Disclose = lambda _: (), parties: Collection[str] = ()
) -> StreamEvidence:
    """Everything that is logged about a stream, with the registry entries that it rests on.

    `disclose` says which sealed members are shown. `parties` are further parties
    (named in the entries, but not among their signers) whose admission is wanted. A fixed number
    of queries; never raises for what the database holds.
    """
    return _evidence(stream, lambda size: whole(stream, size), disclose, parties)


def evidence_of_outputs(
    stream: str,
    outputs: Collection[OutputRef],
    *,
    disclose: Disclose = lambda _: (),
    parties: Collection[str] = (),
    concerned: Collection[str] | None = None,
) -> StreamEvidence:
    """All that concerns these outputs of a stream (1 to 1,000), and nothing else of it.

    Their ancestors, whoever uses them, and what is said about the whole stream; with the proof, as
    of the newest index, that nobody else uses any of it. As `evidence_of` otherwise: the number of
    queries is fixed, however long the way of the outputs was.

    Entries that no checkpoint covers yet are `pending`. If the maker of an output is among them,
    verification finds SUBJECT_NOT_MADE; what the newest index does not count yet is shown and lies
    beyond `complete_to`. Before the first index of version 2 completeness is not proven. Of other
    outputs that the shown entries make nothing is said: not that they are unused.

    Who knows the members of sets that these entries commit to shows some of them by
    ``replace(evidence, sets=(ElementShown(text, salt, places), …))``; verification then tells
    `Findings.members`. Who has asked for `entries_concerning` them just now hands them in as
    `concerned`.
    """
    refs = set(outputs)

    def read(size: int) -> StreamShown:
        wanted = entries_concerning(stream, refs) if concerned is None else concerned
        return concerning(stream, refs, wanted, size)

    return _evidence(stream, read, disclose, parties)


def _evidence(
    stream: str,
    read: Callable[[int], StreamShown],
    disclose: Disclose,
    parties: Collection[str],
) -> StreamEvidence:
    file = read_file()
    latest = shown_checkpoint()
    size = latest.size if latest else 0
    about = read(size)
    contents = about.contents
    index, signs_of_index = newest_index(size)
    registry = _registry(stream, about, index, parties, size)
    tree = StoredTree()
    shown = _shown(stream, contents, registry.contents, index, size)
    proofs = _index_proofs(stream, about, shown, index)
    signs = [*about.signs, *registry.signs, *signs_of_index, *proofs.signs]
    signs += signs_of_leaves(tree, shown, size)
    signs += signs_of_alarms(stream_id(stream)) + signs_of_file(tree, file, latest)
    pending = about.pending + registry.pending
    ids = frozenset(entry.entry_id for entry in contents.entries.values())
    if latest is None:
        return StreamEvidence(None, pending, tuple(signs), ids)
    known = cache(tree)  # the upper parts of the proofs are the same
    items = [_item(known, entry, place, size, disclose) for entry, place in shown]
    evidence = Evidence(
        subject=stream,
        checkpoint=published_note(latest),
        items=tuple(sorted(items, key=lambda item: item.index)),
        history=_past(tree, about, size),
        index=proofs.keys,
        outputs=about.outputs,
        within=proofs.within,
        version=_version(about, index),
    )
    return StreamEvidence(evidence, pending, tuple(signs), ids)


def _version(about: StreamShown, index: ShownIndex | None) -> int:
    """The version of a file goes with that of its index; about outputs there is the second only."""
    return index.root.version if index and not about.outputs else 2


def _index_proofs(
    stream: str,
    about: StreamShown,
    shown: list[tuple[StoredEntry, Place]],
    index: ShownIndex | None,
) -> IndexProofs:
    if index is None:
        return IndexProofs()
    keys = signer_keys(entry for entry, _ in shown) | countersigner_keys(about.statements)
    return index_proofs(index.root, keys, stream, about.keys_within)


def _past(tree: StoredTree, about: StreamShown, size: int) -> tuple[Earlier, ...]:
    """The states that the signers have seen, and those first cosigned over their entries."""
    indices = [place.index for _, place in about.contents.logged(size)]
    over = cosignatures.first_over(cosignatures.trust(), indices)
    seen = {statement.seen.size for statement in about.statements}
    sizes = {one for one in seen | over if one < size}
    return history(tree, sizes, size, cosignatures.first_lines(sizes))


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
    about: StreamShown,
    index: ShownIndex | None,
    parties: Collection[str],
    size: int,
) -> Shown:
    """Read what the registry says of who signed and countersigned this, and of these parties."""
    if stream == REGISTRY:
        return Shown(Contents({}, {}), (), ())
    contents = about.contents
    kids = {entry.kid for entry in contents.entries.values()}
    kids |= {one.kid for said in about.statements for one in countersigners(said.body)}
    if index:
        kids.add(index.entry.kid)
    ids = {entry.entry_id for entry in contents.entries.values()}
    return registry_for(kids=kids, parties=parties, entries=ids, size=size)


def _item(tree: Subtree, entry: StoredEntry, place: Place, size: int, disclose: Disclose) -> Item:
    try:
        proof = tuple(inclusion_proof(place.index, size, tree))
    except TreeDamagedError:
        proof = ()  # no proof, so the entry counts for nothing: said among the signs as well
    return Item(entry.text, place.index, proof, disclose(entry))
