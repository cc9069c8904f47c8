"""The completeness index: how many entries there are about each thing, and no more of them.

Inclusion does not show that nothing was left out. So the operator sorts all that is said in the
log by what it is about: for each *index key* a leaf that counts the entries up to an index and
chains them. The root of the tree over these leaves goes into the log as an ``index.root`` entry.
Whoever replays the log can compute it again; whoever is shown a leaf and its entries can see that
none is missing. Format: ``docs/spec/index.md``.

Since version 2 each stream has an index of its own, a tree of the same form, and its leaf in the
index of the log holds the root: so an output can be shown to be unused, and its ancestors to be all
there are, without the other entries of its stream.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from ledger.core.canonical import MAX_INTEGER, Json
from ledger.core.encoding import hex32
from ledger.core.entry import Entry
from ledger.core.errors import LedgerError, Malformed, Refused
from ledger.core.links import OutputRef
from ledger.core.merkle import EMPTY_ROOT, HASH_BYTES, leaf_hash, verify_inclusion
from ledger.core.registry_acts import STREAM as REGISTRY
from ledger.core.registry_acts import read_act
from ledger.core.statement import Statement

STREAM = "index"
TYPE = "index.root"
OPERATOR = "operator"
"""The party whose keys sign the index, and what was opened to whom; and nothing else."""
DISCLOSURES = "disclosure:"
"""So begin the names of streams about sealed members: who may open them, and who did."""
VERSION = 2
"""Of the index that is signed now; roots of version 1 are read for ever."""
ALL, WHOLE = "all", "whole"
"""Keys in the index of a stream: every entry, and those that use up nothing."""

LEAF_BYTES = 2 * HASH_BYTES + 16
_NUMBER_BYTES = 8
_NAMES_OF_OTHERS = ("kid:", "party:")
_CHAIN = b"unbroken-index/v1\n"
_START = bytes(HASH_BYTES)
_BODY = frozenset({"size", "keys", "root"})
_VERSIONED = _BODY | {"v"}


def check_author(statement: Statement, party: str) -> None:
    """Raise Refused NOT_PERMITTED unless the operator, and nobody else, signs the index.

    What it opened it says in the stream of whoever had sealed it; elsewhere it signs nothing.
    """
    shared = statement.stream.startswith(DISCLOSURES)
    if not shared and (statement.stream == STREAM) != (party == OPERATOR):
        message = f"'{party}' does not sign in stream '{statement.stream}'."
        raise Refused("NOT_PERMITTED", message)


def key_hash(key: str) -> bytes:
    """Return what leaves are sorted by: SHA-256 of an index key (``lot:…``, ``kid:…``)."""
    return sha256(key.encode()).digest()


def is_counted(stream: str) -> bool:
    """Say whether the entries of a stream count under its name.

    Not those of the ledger's own streams; nor those of a stream that is named as keys and parties
    are: else whoever signs in it could make the evidence of others look incomplete.
    """
    return stream not in (STREAM, REGISTRY) and not stream.startswith(_NAMES_OF_OTHERS)


def keys_within(consumes: Collection[OutputRef]) -> tuple[str, ...]:
    """Return the keys of an entry in the index of its stream, by the outputs that it uses up.

    What uses up nothing (a birth, a recall, a hold) is a word about the whole stream.
    """
    return (ALL, *(map(str, consumes) if consumes else (WHOLE,)))


def keys_of(entry: Entry) -> tuple[str, ...]:
    """Return the index keys of an entry: its stream, or whom a registry entry is about."""
    stream = entry.statement.stream
    if stream != REGISTRY:
        return (stream,) if is_counted(stream) else ()
    try:
        return read_act(entry.statement).about
    except LedgerError:
        return ()


@dataclass(frozen=True)
class IndexLeaf:
    """What the index says of one key: how many entries, the index of the last, their chain.

    Of a stream, since version 2: how many keys its own index has, its last entry, and the root.
    """

    key: bytes
    count: int
    last: int
    head: bytes

    def __post_init__(self) -> None:
        if not (len(self.key) == len(self.head) == HASH_BYTES):
            raise _bad("A leaf of the index has a key and a head of 32 bytes.")
        if not (0 < self.count <= MAX_INTEGER and 0 <= self.last <= MAX_INTEGER):
            raise _bad("A leaf of the index counts from 1, up to an index of the log.")

    @classmethod
    def parse(cls, data: bytes) -> "IndexLeaf":
        """Read `key ‖ count ‖ last ‖ head`: 32, 8, 8 and 32 bytes, numbers big-endian."""
        if len(data) != LEAF_BYTES:
            raise _bad(f"A leaf of the index has {LEAF_BYTES} bytes, not {len(data)}.")
        key, numbers, head = data[:HASH_BYTES], data[HASH_BYTES:-HASH_BYTES], data[-HASH_BYTES:]
        count, last = numbers[:_NUMBER_BYTES], numbers[_NUMBER_BYTES:]
        return cls(key, int.from_bytes(count), int.from_bytes(last), head)

    def as_bytes(self) -> bytes:
        """Write the 80 bytes of the leaf."""
        numbers = self.count.to_bytes(_NUMBER_BYTES) + self.last.to_bytes(_NUMBER_BYTES)
        return self.key + numbers + self.head

    @property
    def hash(self) -> bytes:
        """The leaf hash in the tree of the index."""
        return leaf_hash(self.as_bytes())


def grown(leaf: IndexLeaf | None, key: str, index: int, logged: bytes) -> IndexLeaf:
    """Return the leaf of a key after one more entry: its index, and its leaf hash in the log."""
    if leaf is None:
        return IndexLeaf(key_hash(key), 1, index, _chain(_START, index, logged))
    return IndexLeaf(leaf.key, leaf.count + 1, index, _chain(leaf.head, index, logged))


def _chain(head: bytes, index: int, logged: bytes) -> bytes:
    return sha256(_CHAIN + head + index.to_bytes(_NUMBER_BYTES) + logged).digest()


@dataclass(frozen=True)
class IndexRoot:
    """What an ``index.root`` entry says: `keys` leaves, over the first `size` entries, a root.

    In version 1 the leaf of a stream chains its entries; in version 2 it holds the root of the
    stream's own index.
    """

    size: int
    keys: int
    root: bytes
    version: int = VERSION

    @classmethod
    def read(cls, statement: Statement) -> "IndexRoot":
        """Read a statement; Refused INDEX_MALFORMED when it is no root of an index."""
        body, simple = statement.body, not (statement.consumes or statement.creates)
        if not (statement.type == TYPE and statement.stream == STREAM and simple):
            raise _refused(f"Stream '{STREAM}' has entries of type '{TYPE}', without outputs.")
        if statement.sealed or statement.attachments or body.keys() not in (_BODY, _VERSIONED):
            raise _refused(f"The body of '{TYPE}' has size, keys, root, and since version 2 v.")
        version = _number(body.get("v", 1))
        if (version == VERSION) != ("v" in body):
            raise _refused(f"There is no index of version {version} that says so.")
        return cls(_number(body["size"]), _number(body["keys"]), _root(body["root"]), version)

    def as_body(self) -> dict[str, Json]:
        """Write the body."""
        body: dict[str, Json] = {"size": self.size, "keys": self.keys, "root": self.root.hex()}
        return body if self.version == 1 else body | {"v": self.version}

    def of_stream(self, leaf: IndexLeaf | None) -> "IndexRoot":
        """The index of a stream as its leaf in this one says it; empty where it has no leaf."""
        if leaf is None:
            return IndexRoot(self.size, 0, EMPTY_ROOT, self.version)
        return IndexRoot(self.size, leaf.count, leaf.head, self.version)


@dataclass(frozen=True)
class PlacedLeaf:
    """A leaf of the index, its position among them, and its proof to the root."""

    position: int
    leaf: IndexLeaf
    proof: tuple[bytes, ...]

    def stands_in(self, index: IndexRoot) -> bool:
        """Whether the proof places the leaf in this index."""
        return _stands(self, index.keys, index.root)


@lru_cache(maxsize=4_096)  # asked by who shows it and by who checks it, in one scan after another
def _stands(placed: PlacedLeaf, keys: int, root: bytes) -> bool:
    return verify_inclusion(
        index=placed.position, size=keys, leaf=placed.leaf.hash, proof=placed.proof, root=root
    )


@dataclass(frozen=True)
class KeyProof:
    """What is shown of one key: its leaf, or the neighbours between which it would stand."""

    key: str
    leaves: tuple[PlacedLeaf, ...]

    def leaf_in(self, index: IndexRoot) -> IndexLeaf | None:
        """Return the key's leaf, or None when its absence is proven.

        Raises Refused INDEX_NOT_PROVEN when neither is.
        """
        wanted = key_hash(self.key)
        if all(one.stands_in(index) for one in self.leaves):
            if len(self.leaves) == 1 and self.leaves[0].leaf.key == wanted:
                return self.leaves[0].leaf
            if self._is_gap(wanted, index.keys):
                return None
        message = f"Neither that the index has '{self.key}' nor that it lacks it."
        raise Refused("INDEX_NOT_PROVEN", message)

    def _is_gap(self, wanted: bytes, keys: int) -> bool:
        """Say whether the leaves are neighbours with the key between them, or at an end."""
        if not self.leaves:
            return keys == 0
        left, right = self.leaves[0], self.leaves[-1]
        if left is right:
            first, last = left.position == 0, left.position == keys - 1
            return (first and wanted < left.leaf.key) or (last and left.leaf.key < wanted)
        adjacent = left.position + 1 == right.position
        return adjacent and left.leaf.key < wanted < right.leaf.key


def positions_to_show(at: int, keys: int, *, present: bool) -> tuple[int, ...]:
    """Return the positions of the leaves that prove a key present at `at`, or absent from there."""
    return (at,) if present else tuple(one for one in (at - 1, at) if 0 <= one < keys)


def _number(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _refused("The size and the keys of an index are whole numbers from 0 on.")
    return value


def _root(value: Json) -> bytes:
    if not isinstance(value, str):
        raise _refused("The root of an index is 64 hex digits.")
    try:
        return hex32(value)
    except Malformed as fault:
        raise _refused(fault.message) from fault


def _bad(message: str) -> Malformed:
    return Malformed("INDEX_MALFORMED", message)


def _refused(message: str) -> Refused:
    return Refused("INDEX_MALFORMED", message)
