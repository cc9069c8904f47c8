"""Sets as they are kept: nodes by their hash, of which nothing is read that is not needed.

A node is either a branch (its two halves) or a *twig*: the keys themselves, where there are at most
16. Nothing is ever changed: taking k keys out of n makes some k · log n new nodes, and the old root
can still be walked. Nodes are checked as they are read, for whoever keeps them may be a stranger.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from ledger.core.errors import Refused
from ledger.core.sets import (
    EMPTY,
    KEY_BYTES,
    SetProof,
    Subset,
    bit,
    branch,
    branch_bytes,
    halves,
    hash_of,
    split_at,
)

TWIG_MAX = 16
_TWIG = b"\x02"

#: Reads nodes by their hashes, as many of them as are there.
Load = Callable[[Collection[bytes]], Mapping[bytes, bytes]]


class SetDamagedError(Refused):
    """A node is not there, or is not what its hash says."""


class SetTree:
    """Sets over kept nodes; `made` are the nodes to keep that came up in the meantime."""

    def __init__(self, load: Load) -> None:
        self.made: dict[bytes, bytes] = {}
        self._load = load
        self._read: dict[bytes, bytes] = {}
        self._sound: dict[Subset, tuple[Subset, Subset]] = {}
        self._twigs: dict[tuple[Subset, int], list[bytes]] = {}

    def of(self, keys: Iterable[bytes]) -> Subset:
        """The set of these keys. Raises Refused ALREADY_A_MEMBER for one that comes twice."""
        return self._built(_sorted(keys), 0)

    def without(self, subset: Subset, keys: Iterable[bytes]) -> Subset:
        """The set less these keys. Raises Refused NOT_A_MEMBER, and SetDamagedError."""
        gone = _sorted(keys)
        self.fetch([subset], gone)
        return self._without(subset, gone, 0)

    def joined(self, one: Subset, other: Subset) -> Subset:
        """The set of the keys of both. Raises Refused ALREADY_A_MEMBER, and SetDamagedError."""
        less, more = sorted((one, other))
        added = list(self.members(less))
        self.fetch([more], added)
        return self._with(more, added, 0)

    def proof(self, subset: Subset, key: bytes) -> SetProof:
        """Show that the key is in the set, or that it is not. Raises SetDamagedError."""
        siblings: list[Subset] = []
        while subset.size > TWIG_MAX:
            left, right = self._halves(subset)
            turn = bit(key, len(siblings))
            siblings.append(left if turn else right)
            subset = right if turn else left
        return _twig_proof(self._keys(subset, len(siblings)), key, siblings)

    def present(self, subset: Subset, keys: Iterable[bytes]) -> Iterator[bytes]:
        """Those of the keys that are in the set: as good as proofs. Raises SetDamagedError."""
        wanted = sorted(set(keys))
        self.fetch([subset], wanted)
        yield from self._present(subset, wanted, 0)

    def members(self, subset: Subset) -> Iterator[bytes]:
        """All keys of the set, sorted. Raises SetDamagedError."""
        self.fetch([subset], None)
        yield from self._members(subset, 0)

    def fetch(self, subsets: Iterable[Subset], keys: Sequence[bytes] | None) -> None:
        """Read the nodes on the ways to the keys (None: all nodes), level by level."""
        level = [(subset, keys) for subset in subsets if subset.size]
        depth = 0
        while level:
            wanted = {one.hash for one, _ in level} - self._read.keys() - self.made.keys()
            self._read.update(self._load(wanted) if wanted else {})
            level = [half for one, some in level for half in self._below(one, some, depth)]
            depth += 1

    def _below(
        self, subset: Subset, keys: Sequence[bytes] | None, depth: int
    ) -> Iterator[tuple[Subset, Sequence[bytes] | None]]:
        if subset.size <= TWIG_MAX:
            return
        left, right = self._halves(subset)
        if keys is None:
            yield from ((half, None) for half in (left, right) if half.size)
            return
        middle = split_at(keys, depth)
        for half, some in ((left, keys[:middle]), (right, keys[middle:])):
            if some and half.size:
                yield half, some

    def _present(self, subset: Subset, keys: Sequence[bytes], depth: int) -> Iterator[bytes]:
        if keys and subset.size <= TWIG_MAX:
            here = set(self._keys(subset, depth))
            yield from (key for key in keys if key in here)
        elif keys:
            left, right = self._halves(subset)
            middle = split_at(keys, depth)
            yield from self._present(left, keys[:middle], depth + 1)
            yield from self._present(right, keys[middle:], depth + 1)

    def _without(self, subset: Subset, keys: Sequence[bytes], depth: int) -> Subset:
        if not keys:
            return subset
        if subset.size <= TWIG_MAX:
            return self._built(_less(self._keys(subset, depth), keys), depth)
        left, right = self._halves(subset)
        middle = split_at(keys, depth)
        return self._joined(
            self._without(left, keys[:middle], depth + 1),
            self._without(right, keys[middle:], depth + 1),
            depth,
        )

    def _with(self, subset: Subset, keys: Sequence[bytes], depth: int) -> Subset:
        if not keys:
            return subset
        if subset.size <= TWIG_MAX:
            return self._built(_sorted([*self._keys(subset, depth), *keys]), depth)
        left, right = self._halves(subset)
        middle = split_at(keys, depth)
        return self._joined(
            self._with(left, keys[:middle], depth + 1),
            self._with(right, keys[middle:], depth + 1),
            depth,
        )

    def _built(self, keys: Sequence[bytes], depth: int) -> Subset:
        if not keys:
            return EMPTY
        if len(keys) <= TWIG_MAX:
            twig = hash_of(keys, depth)
            self.made[twig.hash] = _TWIG + b"".join(keys)
            return twig
        middle = split_at(keys, depth)
        left = self._built(keys[:middle], depth + 1)
        return self._branch(left, self._built(keys[middle:], depth + 1))

    def _joined(self, left: Subset, right: Subset, depth: int) -> Subset:
        if left.size + right.size > TWIG_MAX:
            return self._branch(left, right)
        keys = [*self._members(left, depth + 1), *self._members(right, depth + 1)]
        return self._built(keys, depth)

    def _branch(self, left: Subset, right: Subset) -> Subset:
        made = branch(left, right)
        self.made[made.hash] = branch_bytes(left, right)
        return made

    def _members(self, subset: Subset, depth: int) -> Iterator[bytes]:
        if subset.size <= TWIG_MAX:
            yield from self._keys(subset, depth)
            return
        for half in self._halves(subset):
            yield from self._members(half, depth + 1)

    def _halves(self, subset: Subset) -> tuple[Subset, Subset]:
        """The halves of a branch, which is checked when it is first walked."""
        known = self._sound.get(subset)
        if known is None:
            known = halves(self._node(subset))
            if branch(*known) != subset:
                raise _damaged("a branch is not what its hash says")
            self._sound[subset] = known
        return known

    def _keys(self, subset: Subset, depth: int) -> list[bytes]:
        """The keys of a twig, which is checked when it is first read."""
        if not subset.size:
            return []
        known = self._twigs.get((subset, depth))
        if known is None:
            known = self._twigs[subset, depth] = self._checked(subset, depth)
        return list(known)

    def _checked(self, subset: Subset, depth: int) -> list[bytes]:
        data = self._node(subset)[1:]
        keys = [data[at : at + KEY_BYTES] for at in range(0, len(data), KEY_BYTES)]
        if len(keys) > TWIG_MAX or keys != sorted(set(keys)) or hash_of(keys, depth) != subset:
            raise _damaged("a twig is not what its hash says")
        return keys

    def _node(self, subset: Subset) -> bytes:
        found = self.made.get(subset.hash) or self._read.get(subset.hash)
        if found is None:
            self._read.update(self._load([subset.hash]))
            found = self._read.get(subset.hash)
        if found is None:
            raise _damaged(f"node {subset.hash.hex()[:16]}… is not there")
        return found


def _twig_proof(keys: Sequence[bytes], key: bytes, siblings: list[Subset]) -> SetProof:
    while len(keys) > 1:
        depth = len(siblings)
        middle = split_at(keys, depth)
        near, far = keys[:middle], keys[middle:]
        if bit(key, depth):
            near, far = far, near
        siblings.append(hash_of(far, depth + 1))
        keys = near
    present = key in keys
    return SetProof(tuple(siblings), present, None if present or not keys else keys[0])


def _sorted(keys: Iterable[bytes]) -> list[bytes]:
    found = sorted(keys)
    for one, after in pairwise(found):
        if one == after:
            raise Refused("ALREADY_A_MEMBER", "A member stands in a set once.")
    return found


def _less(keys: list[bytes], gone: Sequence[bytes]) -> list[bytes]:
    for key in gone:
        at = bisect_left(keys, key)
        if at == len(keys) or keys[at] != key:
            raise Refused("NOT_A_MEMBER", "The set has no such member.")
        del keys[at]
    return keys


def _damaged(what: str) -> SetDamagedError:
    return SetDamagedError("SET_DAMAGED", f"The kept nodes of a set are damaged: {what}.")
