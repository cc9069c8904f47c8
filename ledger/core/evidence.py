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
VALUES_MAX = ITEMS_MAX * (PROOF_HASHES_MAX + DISCLOSURES_MAX + 8)
"""More values than this are in no evidence, and reading them takes memory thirty times the file."""
_MEMBERS = frozenset({"format", "subject", "checkpoint", "items"})
_ITEM_MEMBERS = frozenset({"entry", "index", "proof", "disclosures"})


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
class Evidence:
    """A subject (the name of a stream), a checkpoint (the note's text) and items beneath it."""

    subject: str
    checkpoint: str
    items: tuple[Item, ...]

    @classmethod
    def parse(cls, data: bytes) -> "Evidence":
        """Read an evidence file: canonical JSON and one newline, items by ascending index.

        Raises `Malformed` for anything else; two items may claim one index, which
        verification then finds.
        """
        members = _members(data)
        return cls(
            subject=_text(members["subject"], SUBJECT_CHARS_MAX, "subject"),
            checkpoint=_note(members["checkpoint"]),
            items=_items(members["items"]),
        )

    def as_bytes(self) -> bytes:
        """Write the evidence file; the items are put in the order of their indices."""
        items = sorted(self.items, key=lambda item: item.index)
        members: dict[str, Json] = {
            "format": FORMAT,
            "subject": self.subject,
            "checkpoint": list(self.checkpoint.removesuffix("\n").split("\n")),
            "items": [_item_members(item) for item in items],
        }
        return canonical.dumps(members) + b"\n"


def _item_members(item: Item) -> dict[str, Json]:
    return {
        "entry": item.entry,
        "index": item.index,
        "proof": [b64(part) for part in item.proof],
        "disclosures": list(item.disclosures),
    }


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
    if not isinstance(value, dict) or value.keys() != _ITEM_MEMBERS:
        raise _bad(f"An item has exactly the members {sorted(_ITEM_MEMBERS)}.")
    disclosures = _list(value["disclosures"], DISCLOSURES_MAX, "disclosures of an item")
    proof = _list(value["proof"], PROOF_HASHES_MAX, "hashes of a proof")
    return Item(
        entry=_text(value["entry"], ENTRY_CHARS_MAX, "entry"),
        index=_index(value["index"]),
        proof=tuple(_hash(part) for part in proof),
        disclosures=tuple(_text(part, DISCLOSURE_CHARS_MAX, "disclosure") for part in disclosures),
    )


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


def _index(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _bad("An index is a whole number from 0 on.")
    return value


def _hash(value: Json) -> bytes:
    digest = unb64(_text(value, LINE_CHARS_MAX, "hash of a proof"))
    if len(digest) != HASH_BYTES:
        raise _bad(f"A hash of a proof has {HASH_BYTES} bytes, not {len(digest)}.")
    return digest
