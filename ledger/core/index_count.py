"""An index in memory: for whoever has the entries, computes it again and proves things in it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.core.entry import Entry
from ledger.core.growing import tree_of
from ledger.core.index import (
    ALL,
    VERSION,
    IndexLeaf,
    KeyProof,
    PlacedLeaf,
    grown,
    is_counted,
    key_hash,
    keys_of,
    keys_within,
    positions_to_show,
)
from ledger.core.merkle import inclusion_proof, root, tree_root


@dataclass(frozen=True)
class Counted:
    """Under what an entry counts: keys of the index, and keys in the index of its own stream."""

    keys: tuple[str, ...] = ()
    stream: str = ""
    within: tuple[str, ...] = ()


def counted(entry: Entry, version: int = VERSION) -> Counted:
    """Return under what an entry counts in an index of this version."""
    statement = entry.statement
    if version == 1 or not is_counted(statement.stream):
        return Counted(keys_of(entry))
    return Counted((), statement.stream, keys_within(statement.consumes))


def stream_leaf(stream: str, root_of: bytes, keys: int, last: int) -> IndexLeaf:
    """Return the leaf of a stream: how many keys its own index has, its last entry, the root."""
    return IndexLeaf(key_hash(stream), keys, last, root_of)


class IndexCount:
    """The leaves of an index, counted entry by entry in the order of the log."""

    def __init__(self, version: int = VERSION) -> None:
        self.version = version
        self._leaves: dict[bytes, IndexLeaf] = {}
        self._streams: dict[str, dict[bytes, IndexLeaf]] = {}
        self._grew: set[str] = set()

    def add(self, index: int, logged: bytes, where: Counted) -> None:
        """Count one more entry: its index, its leaf hash in the log, and under what it counts."""
        _grow(self._leaves, where.keys, index, logged)
        if where.stream:
            _grow(self._streams.setdefault(where.stream, {}), where.within, index, logged)
            self._grew.add(where.stream)

    def leaves(self) -> list[IndexLeaf]:
        """All leaves of the index, sorted."""
        for stream in self._grew:
            within = self.within(stream)
            last = self._streams[stream][key_hash(ALL)].last
            leaf = stream_leaf(stream, root(one.hash for one in within), len(within), last)
            self._leaves[leaf.key] = leaf
        self._grew.clear()
        return _sorted(self._leaves)

    def within(self, stream: str) -> list[IndexLeaf]:
        """All leaves of the index of a stream, sorted."""
        return _sorted(self._streams.get(stream, {}))


def _grow(leaves: dict[bytes, IndexLeaf], keys: Sequence[str], index: int, logged: bytes) -> None:
    for key in keys:
        name = key_hash(key)
        leaves[name] = grown(leaves.get(name), key, index, logged)


def _sorted(leaves: dict[bytes, IndexLeaf]) -> list[IndexLeaf]:
    return [leaves[key] for key in sorted(leaves)]


class IndexTree:
    """The tree over sorted leaves, kept in memory to prove things in."""

    def __init__(self, leaves: Sequence[IndexLeaf]) -> None:
        self._leaves = leaves
        self._tree = tree_of(leaf.hash for leaf in leaves)

    @property
    def keys(self) -> int:
        """How many leaves there are."""
        return len(self._leaves)

    @property
    def root(self) -> bytes:
        """The root over all leaves."""
        return tree_root(self.keys, self._tree)

    def proof(self, key: str) -> KeyProof:
        """Return what the index says of a key: its leaf, or the leaves around its place."""
        wanted = key_hash(key)
        at = bisect_left(self._leaves, wanted, key=lambda leaf: leaf.key)
        present = at < self.keys and self._leaves[at].key == wanted
        places = positions_to_show(at, self.keys, present=present)
        return KeyProof(key, tuple(self._placed(place) for place in places))

    def _placed(self, place: int) -> PlacedLeaf:
        proof = inclusion_proof(place, self.keys, self._tree)
        return PlacedLeaf(place, self._leaves[place], tuple(proof))
