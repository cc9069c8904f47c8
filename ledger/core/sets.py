"""Sets that an entry commits to by one root, of which single members are shown, and no others.

A member is a text with a secret salt; only its *key* enters the set, so that a root and its proofs
tell nobody what else is inside. The keys stand in a binary trie: the subset at depth d is split by
bit d of the keys, down to subsets of one key. A node commits to the counts of both halves. The
trie of a set is the only one there is, and walking it for a key ends at one place: so a proof
shows either that the key is in the set or that it is not. Format: ``docs/spec/sets.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from ledger.core.canonical import MAX_INTEGER
from ledger.core.errors import Malformed

KEY_BYTES = 32
SALT_BYTES = 16
DEPTH_MAX = 8 * KEY_BYTES
_COUNT_BYTES = 8
_STEP_BYTES = _COUNT_BYTES + KEY_BYTES
_MEMBER = b"unbroken-set/v1\n"
_PRESENT, _NOTHING, _OTHER = b"\x01", b"\x00", b"\x02"


class Subset(NamedTuple):
    """So many keys and the hash over them; of one key it is the hash of that leaf."""

    size: int
    hash: bytes


EMPTY = Subset(0, bytes(KEY_BYTES))


def member_key(text: str, salt: bytes) -> bytes:
    """Return the key of a member: 32 bytes, which nobody can guess without its salt of 16."""
    if len(salt) != SALT_BYTES:
        raise _bad(f"A salt has {SALT_BYTES} bytes, not {len(salt)}.")
    return sha256(_MEMBER + salt + text.encode()).digest()


def leaf(key: bytes) -> Subset:
    """Return the subset of one key."""
    return Subset(1, sha256(b"\x00" + key).digest())


def branch_bytes(left: Subset, right: Subset) -> bytes:
    """Return what the hash of an inner node is taken of."""
    sizes = left.size.to_bytes(_COUNT_BYTES), right.size.to_bytes(_COUNT_BYTES)
    return b"".join((b"\x01", sizes[0], left.hash, sizes[1], right.hash))


def branch(left: Subset, right: Subset) -> Subset:
    """Return the subset over two halves."""
    return Subset(left.size + right.size, sha256(branch_bytes(left, right)).digest())


def halves(data: bytes) -> tuple[Subset, Subset]:
    """Read `branch_bytes` again. Raises Malformed SET_MALFORMED."""
    if len(data) != 1 + 2 * _STEP_BYTES or data[:1] != b"\x01":
        raise _bad("Not the two halves of a set.")
    return _read(data[1 : 1 + _STEP_BYTES]), _read(data[1 + _STEP_BYTES :])


def bit(key: bytes, depth: int) -> int:
    """Return the bit that tells the half of a key at this depth: 0 is left, 1 is right."""
    return key[depth >> 3] >> (7 - (depth & 7)) & 1


@dataclass(frozen=True, slots=True)
class Membership:
    """What a proof shows: of a set of `count` members under `root`, whether the key is one."""

    root: bytes
    count: int
    present: bool


@dataclass(frozen=True, slots=True)
class SetProof:
    """The way to a key's place, the topmost sibling first, and what stands at its end.

    `other` is the key that stands where the absent one would be, None where nothing does.
    """

    siblings: tuple[Subset, ...]
    present: bool
    other: bytes | None = None

    @classmethod
    def parse(cls, data: bytes) -> "SetProof":
        """Read what `as_bytes` writes; Malformed SET_PROOF_MALFORMED for anything else."""
        end, rest = data[:1], data[1:]
        other = rest[:KEY_BYTES] if end == _OTHER else b""
        steps = rest[len(other) :]
        known = end in (_PRESENT, _NOTHING) or (end == _OTHER and len(other) == KEY_BYTES)
        if not known or len(steps) % _STEP_BYTES or len(steps) > DEPTH_MAX * _STEP_BYTES:
            raise Malformed("SET_PROOF_MALFORMED", "Not a proof about a set.")
        parts = (steps[at : at + _STEP_BYTES] for at in range(0, len(steps), _STEP_BYTES))
        return cls(tuple(_read(part) for part in parts), end == _PRESENT, other or None)

    def as_bytes(self) -> bytes:
        """One byte that says what stands at the end, that other key if any, and the siblings."""
        end = _PRESENT if self.present else _OTHER if self.other else _NOTHING
        return end + (self.other or b"") + b"".join(map(_sided, self.siblings))

    def about(self, key: bytes) -> Membership:
        """Work out which set this is a proof for. Raises Malformed SET_PROOF_MALFORMED.

        Who shows a root has to compare: the count and the root must be those of the set.
        """
        found = self._end(key)
        for depth in range(len(self.siblings) - 1, -1, -1):
            sibling = self.siblings[depth]
            left, right = (sibling, found) if bit(key, depth) else (found, sibling)
            found = branch(left, right)
        if found.size > MAX_INTEGER:
            raise Malformed("SET_PROOF_MALFORMED", "No set is that large.")
        return Membership(found.hash, found.size, self.present)

    def _end(self, key: bytes) -> Subset:
        if self.present:
            return leaf(key)
        if self.other is None:
            return EMPTY
        if self.other == key or not _shares(self.other, key, len(self.siblings)):
            message = "The other key does not stand where this one would."
            raise Malformed("SET_PROOF_MALFORMED", message)
        return leaf(self.other)


def hash_of(keys: Sequence[bytes], depth: int) -> Subset:
    """Return the subset of these sorted, different keys at a depth of the trie."""
    return _hash_between(keys, 0, len(keys), depth)


def _hash_between(keys: Sequence[bytes], low: int, high: int, depth: int) -> Subset:
    if low == high:
        return EMPTY
    if high - low == 1:
        return leaf(keys[low])
    middle = _turn(keys, low, high, depth)
    left = _hash_between(keys, low, middle, depth + 1)
    return branch(left, _hash_between(keys, middle, high, depth + 1))


def split_at(keys: Sequence[bytes], depth: int) -> int:
    """Return how many of the sorted keys of one subset go to the left at this depth."""
    return _turn(keys, 0, len(keys), depth)


def _turn(keys: Sequence[bytes], low: int, high: int, depth: int) -> int:
    """Where the right half of these sorted keys begins; `bit` without a call for each key."""
    byte, mask = depth >> 3, 0x80 >> (depth & 7)
    while low < high:
        middle = (low + high) // 2
        if keys[middle][byte] & mask:
            high = middle
        else:
            low = middle + 1
    return low


def _shares(one: bytes, other: bytes, bits: int) -> bool:
    return all(bit(one, depth) == bit(other, depth) for depth in range(bits))


def _sided(half: Subset) -> bytes:
    return half.size.to_bytes(_COUNT_BYTES) + half.hash


def _read(data: bytes) -> Subset:
    return Subset(int.from_bytes(data[:_COUNT_BYTES]), data[_COUNT_BYTES:])


def _bad(message: str) -> Malformed:
    return Malformed("SET_MALFORMED", message)
