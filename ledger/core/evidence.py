"""Evidence: what an inspector carries away, one file that needs no server to be checked.

Holding an `Evidence` says that its shape is right and nothing more; whether it proves anything
is for `ledger.core.verification`. Format: ``docs/spec/evidence.md``.
"""

from dataclasses import dataclass
from itertools import pairwise

from ledger.core import canonical
from ledger.core.canonical import Json
from ledger.core.encoding import b64, unb64
from ledger.core.errors import Malformed
from ledger.core.index import IndexLeaf, KeyProof, PlacedLeaf

FORMAT = "unbroken-evidence/v1"
BYTES_MAX = 64 * 1024 * 1024
ITEMS_MAX = 20_000
SUBJECT_CHARS_MAX = 128
NOTE_LINES_MAX = 64
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
KEY_CHARS_MAX = 128
LEAVES_MAX = 2
VALUES_MAX = ITEMS_MAX * (PROOF_HASHES_MAX + DISCLOSURES_MAX + 8)
"""More values than this are in no evidence, and reading them takes memory thirty times the file."""
_MEMBERS = frozenset({"format", "subject", "checkpoint", "items", "history", "index"})
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


@dataclass(frozen=True)
class Evidence:
    """A subject (the name of a stream), a checkpoint (the note's text) and what stands beneath it.

    ``history`` holds earlier states of the log, ``index`` what the completeness index says.
    """

    subject: str
    checkpoint: str
    items: tuple[Item, ...]
    history: tuple[Earlier, ...] = ()
    index: tuple[KeyProof, ...] = ()

    @classmethod
    def parse(cls, data: bytes) -> "Evidence":
        """Read an evidence file: canonical JSON and one newline, each list in its order.

        Raises `Malformed` for anything else; two items may claim one index, which
        verification then finds.
        """
        members = _members(data)
        return cls(
            subject=_text(members["subject"], SUBJECT_CHARS_MAX, "subject"),
            checkpoint=_note(members["checkpoint"]),
            items=_items(members["items"]),
            history=_history(members["history"]),
            index=_key_proofs(members["index"]),
        )

    def as_bytes(self) -> bytes:
        """Write the evidence file; each list is put in its order."""
        items = sorted(self.items, key=lambda item: item.index)
        history = sorted(self.history, key=lambda one: one.size)
        index = sorted(self.index, key=lambda one: one.key)
        members: dict[str, Json] = {
            "format": FORMAT,
            "subject": self.subject,
            "checkpoint": list(self.checkpoint.removesuffix("\n").split("\n")),
            "items": [_item_members(item) for item in items],
            "history": [_earlier_members(one) for one in history],
            "index": [_key_members(one) for one in index],
        }
        return canonical.dumps(members) + b"\n"


def _item_members(item: Item) -> dict[str, Json]:
    return {
        "entry": item.entry,
        "index": item.index,
        "proof": _write_hashes(item.proof),
        "disclosures": list(item.disclosures),
    }


def _earlier_members(one: Earlier) -> dict[str, Json]:
    return {
        "size": one.size,
        "root": b64(one.root),
        "proof": _write_hashes(one.proof),
        "cosignatures": list(one.cosignatures),
    }


def _key_members(one: KeyProof) -> dict[str, Json]:
    leaves: list[Json] = [
        {
            "position": placed.position,
            "leaf": b64(placed.leaf.as_bytes()),
            "proof": _write_hashes(placed.proof),
        }
        for placed in one.leaves
    ]
    return {"key": one.key, "leaves": leaves}


def _write_hashes(hashes: tuple[bytes, ...]) -> list[Json]:
    return [b64(one) for one in hashes]


def _bad(message: str) -> Malformed:
    return Malformed("EVIDENCE_MALFORMED", message)


def _members(data: bytes) -> dict[str, Json]:
    if not data.endswith(b"\n"):
        raise _bad("An evidence file ends with one newline.")
    if data.count(b",") > VALUES_MAX:
        raise Malformed("TOO_LARGE", f"Evidence has at most {VALUES_MAX} values.")
    value = canonical.loads(data[:-1], max_bytes=BYTES_MAX)
    if not isinstance(value, dict) or value.keys() != _MEMBERS:
        raise _bad(f"Evidence has exactly the members {sorted(_MEMBERS)}.")
    if value["format"] != FORMAT:
        raise Malformed("EVIDENCE_FORMAT_UNKNOWN", f"This verifier reads evidence of {FORMAT}.")
    return value


def _items(value: Json) -> tuple[Item, ...]:
    items = tuple(_item(member) for member in _list(value, ITEMS_MAX, "items"))
    if any(left.index > right.index for left, right in pairwise(items)):
        raise _bad("The items of an evidence file stand in the order of their indices.")
    return items


def _item(value: Json) -> Item:
    members = _exactly(value, _ITEM_MEMBERS, "An item")
    disclosures = _list(members["disclosures"], DISCLOSURES_MAX, "disclosures of an item")
    return Item(
        entry=_text(members["entry"], ENTRY_CHARS_MAX, "entry"),
        index=_number(members["index"], "index"),
        proof=_hashes(members["proof"]),
        disclosures=tuple(_text(part, DISCLOSURE_CHARS_MAX, "disclosure") for part in disclosures),
    )


def _history(value: Json) -> tuple[Earlier, ...]:
    history = tuple(_earlier(member) for member in _list(value, HISTORY_MAX, "earlier states"))
    if any(left.size >= right.size for left, right in pairwise(history)):
        raise _bad("The history of an evidence file stands in the order of its sizes.")
    if sum(len(one.cosignatures) for one in history) > COSIGNATURES_MAX:
        message = f"The history has at most {COSIGNATURES_MAX} cosignatures."
        raise Malformed("TOO_LARGE", message)
    return history


def _earlier(value: Json) -> Earlier:
    members = _exactly(value, _EARLIER_MEMBERS, "An earlier state")
    lines = _list(members["cosignatures"], COSIGNATURES_MAX, "cosignatures of a state")
    return Earlier(
        size=_number(members["size"], "size"),
        root=_hash(members["root"]),
        proof=_hashes(members["proof"]),
        cosignatures=tuple(_text(line, LINE_CHARS_MAX, "cosignature") for line in lines),
    )


def _key_proofs(value: Json) -> tuple[KeyProof, ...]:
    proofs = tuple(_key_proof(member) for member in _list(value, KEYS_MAX, "keys of the index"))
    if any(left.key >= right.key for left, right in pairwise(proofs)):
        raise _bad("The keys of the index stand in their order, each once.")
    return proofs


def _key_proof(value: Json) -> KeyProof:
    members = _exactly(value, _KEY_MEMBERS, "A key of the index")
    leaves = _list(members["leaves"], LEAVES_MAX, "leaves of a key")
    key = _text(members["key"], KEY_CHARS_MAX, "key")
    return KeyProof(key, tuple(_placed_leaf(leaf) for leaf in leaves))


def _placed_leaf(value: Json) -> PlacedLeaf:
    members = _exactly(value, _LEAF_MEMBERS, "A leaf of the index")
    leaf = IndexLeaf.parse(unb64(_text(members["leaf"], LINE_CHARS_MAX, "leaf")))
    return PlacedLeaf(_number(members["position"], "position"), leaf, _hashes(members["proof"]))


def _note(value: Json) -> str:
    lines = _list(value, NOTE_LINES_MAX, "lines of a checkpoint")
    if not lines:
        raise _bad("A checkpoint has lines.")
    return "".join(_text(line, LINE_CHARS_MAX, "line of a checkpoint") + "\n" for line in lines)


def _list(value: Json, most: int, what: str) -> list[Json]:
    if not isinstance(value, list):
        raise _bad(f"The {what} are a list.")
    if len(value) > most:
        raise Malformed("TOO_LARGE", f"There are {len(value)} {what}; at most {most} are read.")
    return value


def _text(value: Json, most: int, what: str) -> str:
    if not isinstance(value, str):
        raise _bad(f"The {what} is a text.")
    if len(value) > most:
        raise Malformed("TOO_LARGE", f"The {what} is longer than {most} characters.")
    return value


def _exactly(value: Json, names: frozenset[str], what: str) -> dict[str, Json]:
    if not isinstance(value, dict) or value.keys() != names:
        raise _bad(f"{what} has exactly the members {sorted(names)}.")
    return value


def _number(value: Json, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _bad(f"The {what} is a whole number from 0 on.")
    return value


def _hashes(value: Json) -> tuple[bytes, ...]:
    return tuple(_hash(part) for part in _list(value, PROOF_HASHES_MAX, "hashes of a proof"))


def _hash(value: Json) -> bytes:
    digest = unb64(_text(value, LINE_CHARS_MAX, "hash of a proof"))
    if len(digest) != HASH_BYTES:
        raise _bad(f"A hash of a proof has {HASH_BYTES} bytes, not {len(digest)}.")
    return digest
