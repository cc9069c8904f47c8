"""Evidence out of a copy, for when the log's own house is down, or is not to be asked.

It is what the house would give (`docs/spec/evidence.md`), but without disclosures, which are not in
the log. The completeness index is computed again from the entries: one that lies is caught here.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

from ledger.core import index
from ledger.core.checkpoint import Checkpoint
from ledger.core.closure import closure
from ledger.core.countersignatures import countersigners
from ledger.core.entry import Entry
from ledger.core.entry_bundles import decode_bundle
from ledger.core.errors import LedgerError, Refused
from ledger.core.evidence import Evidence, Item
from ledger.core.index import ALL, WHOLE, IndexRoot, keys_of
from ledger.core.index_count import IndexCount, IndexTree, counted
from ledger.core.links import OutputRef
from ledger.core.merkle import inclusion_proof, leaf_hash
from ledger.core.registry_acts import STREAM as REGISTRY
from ledger.core.registry_acts import AffirmEntries, read_act
from ledger.core.tile_paths import new_bundles
from ledger.core.tiled_tree import TiledTree
from ledger.history_shown import history
from ledger.mirror.checked_tiles import Contradiction
from ledger.object_store import ObjectStore

Logged = tuple[int, Entry]
"""An entry and its index."""


@dataclass
class _Picked:
    """What was picked out of the log: about the subject, of the registry, the newest index."""

    subject: list[Logged] = field(default_factory=list)
    registry: list[Logged] = field(default_factory=list)
    index: list[Logged] = field(default_factory=list)


def evidence_of(
    subject: str,
    outputs: Collection[OutputRef] = (),
    *,
    note: str,
    checkpoint: Checkpoint,
    tree: TiledTree,
    copy: ObjectStore,
) -> Evidence:
    """Return the evidence about a stream, or some outputs of it, at the checkpoint that is held.

    `tree` is the copy's. Raises `Refused` NOTHING_LOGGED or ENTRIES_NOT_HELD, and `Contradiction`
    INDEX_DIFFERS.
    """

    def entries() -> Iterator[Logged]:
        return _entries(copy, checkpoint.size)

    picked = _pick(subject, entries())
    if not picked.subject:
        raise Refused("NOTHING_LOGGED", f"Nothing is logged about '{subject}'.")
    own = _concerning(outputs, picked.subject)
    registry, keys = _closure([*own, *picked.index], picked.registry)
    shown = {**dict(own), **dict(registry), **dict(picked.index)}
    seen = {entry.statement.seen.size for _, entry in own}
    evidence = Evidence(
        subject=subject,
        checkpoint=note,
        items=tuple(_item(at, shown[at], checkpoint.size, tree) for at in sorted(shown)),
        history=history(tree, seen, checkpoint.size),
        outputs=tuple(sorted(outputs, key=str)),
    )
    if not picked.index:
        return evidence
    return _indexed(
        evidence, [subject, *keys], [entry for _, entry in own], picked.index[0], entries
    )


def _concerning(outputs: Collection[OutputRef], subject: list[Logged]) -> list[Logged]:
    """All entries of the subject, or those that concern these outputs."""
    if not outputs:
        return subject
    wanted = closure({one.entry_id: one.statement.consumes for _, one in subject}, outputs)
    return [(at, entry) for at, entry in subject if entry.entry_id in wanted]


def _entries(copy: ObjectStore, size: int) -> Iterator[Logged]:
    """All that can be read as an entry, in the order of the log."""
    for path in new_bundles(0, size):
        bundle = copy.get(str(path))
        if bundle is None:
            raise Refused("ENTRIES_NOT_HELD", f"The copy does not hold {path}.")
        for at, jws in enumerate(decode_bundle(bundle, path.width), path.start):
            try:
                yield at, Entry.parse(jws.decode(errors="replace"))
            except LedgerError:
                continue


def _pick(subject: str, entries: Iterable[Logged]) -> _Picked:
    picked = _Picked()
    for at, entry in entries:
        stream = entry.statement.stream
        if stream == subject:
            picked.subject.append((at, entry))
        if stream == REGISTRY:
            picked.registry.append((at, entry))
        elif stream == index.STREAM:
            picked.index = [(at, entry)]
    return picked


def _closure(shown: list[Logged], registry: list[Logged]) -> tuple[list[Logged], list[str]]:
    """The registry entries about whoever signed or countersigned what is shown.

    And about who signed those, and what affirms an entry that is shown. With them the index keys
    of these signers and parties, those of authorities left out.
    """
    about = {f"kid:{entry.envelope.kid}" for _, entry in shown}
    for _, entry in shown:
        about |= {f"kid:{one.kid}" for one in countersigners(entry.statement.body)}
    affirming = _affirming({entry.entry_id for _, entry in shown}, registry)
    named = {key for _, entry in registry for key in keys_of(entry)}
    while True:
        wanted = [
            (at, entry)
            for at, entry in registry
            if at in affirming or about.intersection(keys_of(entry))
        ]
        more = {key for _, entry in wanted for key in keys_of(entry)}
        more |= {f"kid:{entry.envelope.kid}" for _, entry in wanted}
        if more <= about:
            return wanted, sorted(about & named)
        about |= more


def _affirming(shown: set[str], registry: list[Logged]) -> set[int]:
    """The indices of what affirms these entries: of each signer, for each entry, the first."""
    first: dict[tuple[str, str], int] = {}
    for at, entry in registry:
        for affirmed in shown & _affirmed(entry):
            first.setdefault((entry.envelope.kid, affirmed), at)
    return set(first.values())


def _affirmed(entry: Entry) -> set[str]:
    if entry.statement.type != AffirmEntries.TYPE:
        return set()
    try:
        act = read_act(entry.statement)
    except LedgerError:
        return set()
    return set(act.entries) if isinstance(act, AffirmEntries) else set()


def _item(at: int, entry: Entry, size: int, tree: TiledTree) -> Item:
    return Item(entry.envelope.jws, at, tuple(inclusion_proof(at, size, tree)))


def _indexed(
    evidence: Evidence,
    keys: Iterable[str],
    own: Iterable[Entry],
    newest: Logged,
    entries: Callable[[], Iterator[Logged]],
) -> Evidence:
    """Add what the newest index says of these keys and, since version 2, of the subject's uses."""
    at, entry = newest
    said = IndexRoot.read(entry.statement)
    count = _count(entries(), said)
    tree = IndexTree(count.leaves())
    if (tree.keys, tree.root) != (said.keys, said.root):
        message = f"The index over {said.size} entries, at index {at}, is not theirs."
        raise Contradiction("INDEX_DIFFERS", message)
    shown = replace(evidence, index=tuple(tree.proof(key) for key in keys))
    if said.version == 1:
        return replace(shown, version=2 if evidence.outputs else 1)
    within = IndexTree(count.within(evidence.subject))
    wanted = _keys_within(evidence.outputs, own)
    return replace(shown, within=tuple(within.proof(key) for key in sorted(wanted)))


def _keys_within(outputs: Collection[OutputRef], own: Iterable[Entry]) -> set[str]:
    if not outputs:
        return {ALL}
    used = {ref for entry in own for ref in entry.statement.consumes}
    return {WHOLE, *map(str, used.union(outputs))}


def _count(entries: Iterable[Logged], said: IndexRoot) -> IndexCount:
    """Count the entries that this index is over once more."""
    count = IndexCount(said.version)
    for at, entry in entries:
        if at >= said.size:
            break
        count.add(at, leaf_hash(entry.envelope.jws.encode()), counted(entry, said.version))
    return count
