"""The Merkle tree of RFC 9162 (and RFC 6962) over SHA-256, and its two proofs.

Hashes are 32 bytes. Provers read the tree through a `Subtree`, so that tiles in a database serve
as well as a list; verifiers are pure and answer False for anything bad.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from ledger.core.errors import Refused

#: `subtree(level, index)` is the hash of the complete subtree over the 2**level leaves from
#: index * 2**level on. Level 0 gives leaf hashes. Only subtrees that are complete are asked for.
Subtree: TypeAlias = Callable[[int, int], bytes]

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (RFC 9162 section 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(hashes: Iterable[bytes]) -> bytes:
    """Return the root of the tree over these leaf hashes."""
    level = list(hashes)
    while len(level) > 1:  # whoever has no partner goes up alone, as RFC 9162 splits
        pairs = range(0, len(level) - 1, 2)
        alone = level[-1:] if len(level) % 2 else []
        level = [node_hash(level[at], level[at + 1]) for at in pairs] + alone
    return level[0] if level else EMPTY_ROOT


def tree_root(size: int, subtree: Subtree) -> bytes:
    """Return the root of the tree of the first `size` leaves."""
    return _range_root(0, size, subtree) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return PATH(index, D_size), lowest sibling first (RFC 9162 section 2.1.3.1)."""
    if not 0 <= index < size:
        raise Refused("INDEX_BEYOND_SIZE", f"A tree of {size} leaves has no leaf {index}.")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(middle, end, subtree))
            end = middle
        else:
            path.append(_range_root(start, middle, subtree))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, subtree: Subtree) -> list[bytes]:
    """Return PROOF(old, D_new) (RFC 9162 section 2.1.4.1), for 0 < old <= new."""
    if not 0 < old <= new:
        message = f"No proof leads from a tree of {old} leaves to one of {new}."
        raise Refused("SIZE_NOT_PROVABLE", message)
    path = []
    start, end = 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_root(middle, end, subtree))
            end = middle
        else:
            path.append(_range_root(start, middle, subtree))
            start = middle
    if start:  # otherwise the last part is the old tree itself, whose root the verifier has
        path.append(_range_root(start, end, subtree))
    return path[::-1]


def verify_inclusion(
    *, index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """Say whether the leaf hash `leaf` stands at `index` in the tree (RFC 9162 section 2.1.3.2)."""
    if not (0 <= index < size and _are_hashes((leaf, root, *proof))):
        return False
    first, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            result = node_hash(sibling, result)
            first, last = _skip_right_edge(first, last)
        else:
            result = node_hash(result, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and result == root


def verify_consistency(
    *, size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]
) -> bool:
    """Say whether the tree 1 is the beginning of the tree 2 (RFC 9162 section 2.1.4.2).

    An empty tree is the beginning of any tree and so evidence of nothing: False.
    """
    if 0 < size1 == size2:  # nothing to compute: one tree has one root
        return not proof and root1 == root2
    if not (0 < size1 < size2 and _are_hashes((root1, root2, *proof))):
        return False
    path = [root1, *proof] if size1 & (size1 - 1) == 0 else list(proof)
    if not path:
        return False
    first, last = size1 - 1, size2 - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old = new = path[0]
    for part in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old, new = node_hash(part, old), node_hash(part, new)
            first, last = _skip_right_edge(first, last)
        else:
            new = node_hash(new, part)
        first, last = first >> 1, last >> 1
    return last == 0 and old == root1 and new == root2


class Frontier:
    """The right edge of a growing tree: enough to append and to know the root, in O(log n)."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []  # complete subtrees, the largest first: one per 1-bit of size

    @classmethod
    def load(cls, size: int, subtree: Subtree) -> "Frontier":
        """Take up a tree of `size` leaves from what is stored of it."""
        frontier = cls()
        frontier.size = size
        frontier._edge = _edge(0, size, subtree)
        return frontier

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash at the right."""
        node, size = leaf, self.size
        while size & 1:
            node, size = node_hash(self._edge.pop(), node), size >> 1
        self._edge.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of the tree so far."""
        return _fold(self._edge) if self._edge else EMPTY_ROOT


def _split(size: int) -> int:
    """Return the largest power of two below `size` (at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_root(start: int, end: int, subtree: Subtree) -> bytes:
    size = end - start
    if size & (size - 1) == 0:  # complete, as most siblings are
        level = size.bit_length() - 1
        return subtree(level, start >> level)
    return _fold(_edge(start, end, subtree))


def _edge(start: int, end: int, subtree: Subtree) -> list[bytes]:
    """Return the complete subtrees that make up the leaves from start to end, largest first.

    `start` is a multiple of the largest of them, as every start that RFC 9162 splits at is.
    """
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append(subtree(level, start >> level))
        start += 1 << level
    return parts


def _fold(parts: Sequence[bytes]) -> bytes:
    result = parts[-1]
    for part in parts[-2::-1]:
        result = node_hash(part, result)
    return result


def _skip_right_edge(first: int, last: int) -> tuple[int, int]:
    """Climb to where the node is a right child: on the right edge, some levels have no sibling."""
    while not first & 1 and first:
        first, last = first >> 1, last >> 1
    return first, last


def _are_hashes(hashes: Iterable[bytes]) -> bool:
    return all(len(one) == HASH_BYTES for one in hashes)
