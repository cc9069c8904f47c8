"""The parts of an evidence file: entries, earlier states of the log, keys of the index.

Each is read strictly and within bounds, and written. Format: ``docs/spec/evidence.md``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from ledger.core.canonical import Json
from ledger.core.encoding import b64, unb64
from ledger.core.errors import Malformed
from ledger.core.index import IndexLeaf, KeyProof, PlacedLeaf

ITEMS_MAX = 20_000
LINE_CHARS_MAX = 4_096
ENTRY_CHARS_MAX = 32_768
PROOF_HASHES_MAX = 64
HASH_BYTES = 32
DISCLOSURES_MAX = 32
DISCLOSURE_CHARS_MAX = 4_096
HISTORY_MAX = 2 * ITEMS_MAX
COSIGNATURES_MAX = 2_048
"""Over all earlier states together: each takes an offline verifier milliseconds."""
KEYS_MAX = 4_096
KEYS_WITHIN_MAX = 2 * ITEMS_MAX
KEY_CHARS_MAX = 128
LEAVES_MAX = 2
ReadProof: TypeAlias = Callable[[Json], tuple[bytes, ...]]
WriteProof: TypeAlias = Callable[[tuple[bytes, ...]], list[Json]]
"""Versions of the format differ in how they write the hashes of a proof."""
_ITEM_MEMBERS = frozenset({"entry", "index", "proof", "disclosures"})
_EARLIER_MEMBERS = frozenset({"size", "root", "proof", "cosignatures"})
_KEY_MEMBERS = frozenset({"key", "leaves"})
_LEAF_MEMBERS = frozenset({"position", "leaf", "proof"})


@dataclass(frozen=True)
class Item:
    """One logged entry: its JWS text as logged, its index, and its proof to the checkpoint.

    ``proof`` holds the RFC 9162 inclusion path, leaf to root; ``disclosures`` those sealed
    members that the receiver of this evidence may see.
    """

    entry: str
    index: int
    proof: tuple[bytes, ...]
    disclosures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Earlier:
    """An earlier state of the log that an entry has seen, or that first covered one.

    ``proof`` is the RFC 9162 consistency proof from it to the checkpoint; ``cosignatures`` are
    lines of witnesses over it, which tell when it was there.
    """

    size: int
    root: bytes
    proof: tuple[bytes, ...]
    cosignatures: tuple[str, ...] = ()


def item_members(item: Item, proof: WriteProof) -> dict[str, Json]:
    """Write an item."""
    return {
        "entry": item.entry,
        "index": item.index,
        "proof": proof(item.proof),
        "disclosures": list(item.disclosures),
    }


def earlier_members(one: Earlier, proof: WriteProof) -> dict[str, Json]:
    """Write an earlier state."""
    return {
        "size": one.size,
        "root": b64(one.root),
        "proof": proof(one.proof),
        "cosignatures": list(one.cosignatures),
    }


def key_members(one: KeyProof, proof: WriteProof) -> dict[str, Json]:
    """Write what an index says of a key."""
    leaves: list[Json] = [
        {
            "position": placed.position,
            "leaf": b64(placed.leaf.as_bytes()),
            "proof": proof(placed.proof),
        }
        for placed in one.leaves
    ]
    return {"key": one.key, "leaves": leaves}


def write_hashes(hashes: tuple[bytes, ...]) -> list[Json]:
    """Write a proof as version 1 does: its hashes."""
    return [b64(one) for one in hashes]


def read_items(value: Json, proof: ReadProof) -> tuple[Item, ...]:
    """Read the items, in the order of their indices; several may claim one."""
    items = tuple(_item(member, proof) for member in read_list(value, ITEMS_MAX, "items"))
    if any(left.index > right.index for left, right in pairwise(items)):
        raise bad("The items of an evidence file stand in the order of their indices.")
    return items


def _item(value: Json, proof: ReadProof) -> Item:
    members = exactly(value, _ITEM_MEMBERS, "An item")
    disclosures = read_list(members["disclosures"], DISCLOSURES_MAX, "disclosures of an item")
    return Item(
        entry=read_text(members["entry"], ENTRY_CHARS_MAX, "entry"),
        index=read_number(members["index"], "index"),
        proof=proof(members["proof"]),
        disclosures=tuple(
            read_text(part, DISCLOSURE_CHARS_MAX, "disclosure") for part in disclosures
        ),
    )


def read_history(value: Json, proof: ReadProof) -> tuple[Earlier, ...]:
    """Read the earlier states, in the order of their sizes."""
    states = read_list(value, HISTORY_MAX, "earlier states")
    history = tuple(_earlier(member, proof) for member in states)
    if any(left.size >= right.size for left, right in pairwise(history)):
        raise bad("The history of an evidence file stands in the order of its sizes.")
    if sum(len(one.cosignatures) for one in history) > COSIGNATURES_MAX:
        message = f"The history has at most {COSIGNATURES_MAX} cosignatures."
        raise Malformed("TOO_LARGE", message)
    return history


def _earlier(value: Json, proof: ReadProof) -> Earlier:
    members = exactly(value, _EARLIER_MEMBERS, "An earlier state")
    lines = read_list(members["cosignatures"], COSIGNATURES_MAX, "cosignatures of a state")
    return Earlier(
        size=read_number(members["size"], "size"),
        root=read_hash(members["root"]),
        proof=proof(members["proof"]),
        cosignatures=tuple(read_text(line, LINE_CHARS_MAX, "cosignature") for line in lines),
    )


def read_key_proofs(value: Json, most: int, proof: ReadProof) -> tuple[KeyProof, ...]:
    """Read at most so many keys of an index, in their order."""
    keys = read_list(value, most, "keys of the index")
    proofs = tuple(_key_proof(member, proof) for member in keys)
    if any(left.key >= right.key for left, right in pairwise(proofs)):
        raise bad("The keys of the index stand in their order, each once.")
    return proofs


def _key_proof(value: Json, proof: ReadProof) -> KeyProof:
    members = exactly(value, _KEY_MEMBERS, "A key of the index")
    leaves = read_list(members["leaves"], LEAVES_MAX, "leaves of a key")
    key = read_text(members["key"], KEY_CHARS_MAX, "key")
    return KeyProof(key, tuple(_placed_leaf(leaf, proof) for leaf in leaves))


def _placed_leaf(value: Json, proof: ReadProof) -> PlacedLeaf:
    members = exactly(value, _LEAF_MEMBERS, "A leaf of the index")
    leaf = IndexLeaf.parse(unb64(read_text(members["leaf"], LINE_CHARS_MAX, "leaf")))
    position = read_number(members["position"], "position")
    return PlacedLeaf(position, leaf, proof(members["proof"]))


def bad(message: str) -> Malformed:
    """What is no evidence for want of form."""
    return Malformed("EVIDENCE_MALFORMED", message)


def read_list(value: Json, most: int, what: str) -> list[Json]:
    """Read a list of at most so many values."""
    if not isinstance(value, list):
        raise bad(f"The {what} are a list.")
    if len(value) > most:
        raise Malformed("TOO_LARGE", f"There are {len(value)} {what}; at most {most} are read.")
    return value


def read_text(value: Json, most: int, what: str) -> str:
    """Read a text of at most so many characters."""
    if not isinstance(value, str):
        raise bad(f"The {what} is a text.")
    if len(value) > most:
        raise Malformed("TOO_LARGE", f"The {what} is longer than {most} characters.")
    return value


def exactly(value: Json, names: frozenset[str], what: str) -> dict[str, Json]:
    """Read an object with these members and no others."""
    if not isinstance(value, dict) or value.keys() != names:
        raise bad(f"{what} has exactly the members {sorted(names)}.")
    return value


def read_number(value: Json, what: str) -> int:
    """Read a whole number from 0 on."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise bad(f"The {what} is a whole number from 0 on.")
    return value


def read_hashes(value: Json) -> tuple[bytes, ...]:
    """Read a proof as version 1 writes it: its hashes."""
    return tuple(
        read_hash(part) for part in read_list(value, PROOF_HASHES_MAX, "hashes of a proof")
    )


def read_hash(value: Json) -> bytes:
    """Read a hash: base64 of 32 bytes."""
    digest = unb64(read_text(value, LINE_CHARS_MAX, "hash of a proof"))
    if len(digest) != HASH_BYTES:
        raise bad(f"A hash of a proof has {HASH_BYTES} bytes, not {len(digest)}.")
    return digest
