"""Evidence out of a copy, for when the log's own house is down, or is not to be asked.

It is what the house would give (`docs/spec/evidence.md`), but without disclosures, which are not in
the log. The completeness index is computed again from the entries: one that lies is caught here.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from ledger.core import index
from ledger.core.checkpoint import Checkpoint
from ledger.core.entry import Entry
from ledger.core.entry_bundles import decode_bundle
from ledger.core.errors import LedgerError, Refused
from ledger.core.evidence import Evidence, Item
from ledger.core.growing import tree_of
from ledger.core.index import (
    IndexLeaf,
    IndexRoot,
    KeyProof,
    PlacedLeaf,
    key_hash,
    keys_of,
    positions_to_show,
)
from ledger.core.merkle import inclusion_proof, leaf_hash, tree_root
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
    subject: str, *, note: str, checkpoint: Checkpoint, tree: TiledTree, copy: ObjectStore
) -> Evidence:
    """Return the evidence about a stream at the checkpoint that is held; `tree` is the copy's.

    Raises `Refused` NOTHING_LOGGED or ENTRIES_NOT_HELD, and `Contradiction` INDEX_DIFFERS.
    """

    def entries() -> Iterator[Logged]:
        return _entries(copy, checkpoint.size)

    picked = _pick(subject, entries())
    if not picked.subject:
        raise Refused("NOTHING_LOGGED", f"Nothing is logged about '{subject}'.")
    registry, keys = _closure([*picked.subject, *picked.index], picked.registry)
    shown = {**dict(picked.subject), **dict(registry), **dict(picked.index)}
    seen = {entry.statement.seen.size for _, entry in picked.subject}
    return Evidence(
        subject=subject,
        checkpoint=note,
        items=tuple(_item(at, shown[at], checkpoint.size, tree) for at in sorted(shown)),
        history=history(tree, seen, checkpoint.size),
        index=_key_proofs([subject, *keys], picked.index, entries),
    )


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
    """The registry entries about whoever signed what is shown, and about who signed those.

    And what affirms an entry that is shown. With them the index keys of these signers and parties,
    those of authorities left out.
    """
    about = {f"kid:{entry.envelope.kid}" for _, entry in shown}
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


def _key_proofs(
    keys: Iterable[str], newest: list[Logged], entries: Callable[[], Iterator[Logged]]
) -> tuple[KeyProof, ...]:
    """Prove each key present in the newest index, or absent from it; nothing without an index."""
    if not newest:
        return ()
    said = IndexRoot.read(newest[0][1].statement)
    leaves = _index_leaves(entries(), said.size)
    tree = tree_of(leaf.hash for leaf in leaves)
    if (len(leaves), tree_root(len(leaves), tree)) != (said.keys, said.root):
        message = f"The index over {said.size} entries, at index {newest[0][0]}, is not theirs."
        raise Contradiction("INDEX_DIFFERS", message)
    return tuple(_key_proof(key, leaves, tree) for key in keys)


def _key_proof(key: str, leaves: list[IndexLeaf], tree: TiledTree) -> KeyProof:
    wanted = key_hash(key)
    at = bisect_left(leaves, wanted, key=lambda leaf: leaf.key)
    present = at < len(leaves) and leaves[at].key == wanted
    return KeyProof(
        key,
        tuple(
            PlacedLeaf(one, leaves[one], tuple(inclusion_proof(one, len(leaves), tree)))
            for one in positions_to_show(at, len(leaves), present=present)
        ),
    )


def _index_leaves(entries: Iterable[Logged], size: int) -> list[IndexLeaf]:
    """Compute the leaves of the index over the first `size` entries."""
    leaves: dict[str, IndexLeaf] = {}
    for at, entry in entries:
        if at >= size:
            break
        for key in keys_of(entry):
            logged = leaf_hash(entry.envelope.jws.encode())
            leaves[key] = index.grown(leaves.get(key), key, at, logged)
    return sorted(leaves.values(), key=lambda leaf: leaf.key)
