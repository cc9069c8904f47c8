"""Evidence: what an inspector carries away, one file that needs no server to be checked.

Holding an `Evidence` says that its shape is right and nothing more; whether it proves anything
is for `ledger.core.verification`. Format: ``docs/spec/evidence.md``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from ledger.core import canonical
from ledger.core.canonical import Json
from ledger.core.errors import Malformed
from ledger.core.evidence_hashes import Hashes
from ledger.core.evidence_parts import (
    DISCLOSURES_MAX,
    ITEMS_MAX,
    KEYS_MAX,
    KEYS_WITHIN_MAX,
    LINE_CHARS_MAX,
    PROOF_HASHES_MAX,
    Earlier,
    Item,
    WriteProof,
    bad,
    earlier_members,
    item_members,
    key_members,
    read_hashes,
    read_history,
    read_items,
    read_key_proofs,
    read_list,
    read_text,
    write_hashes,
)
from ledger.core.evidence_sets import ElementShown, PlaceShown, read_sets, written_sets
from ledger.core.index import KeyProof
from ledger.core.links import OutputRef

# Who reads evidence reads its parts: both are to be had here.
__all__ = ["Earlier", "ElementShown", "Evidence", "Item", "PlaceShown"]

VERSION = 2
_FORMAT = "unbroken-evidence/v"
BYTES_MAX = 64 * 1024 * 1024
SUBJECT_CHARS_MAX = 128
NOTE_LINES_MAX = 64
OUTPUTS_MAX = 1_000
VALUES_MAX = ITEMS_MAX * (PROOF_HASHES_MAX + DISCLOSURES_MAX + 8)
"""More values than this are in no evidence, and reading them takes memory thirty times the file."""
_MEMBERS = frozenset({"format", "subject", "checkpoint", "items", "history", "index"})
_MEMBERS_OF: Mapping[str, tuple[int, frozenset[str]]] = {
    f"{_FORMAT}1": (1, _MEMBERS),
    f"{_FORMAT}2": (2, _MEMBERS | {"hashes", "outputs", "within", "sets"}),
}


@dataclass(frozen=True)
class Evidence:
    """A subject (the name of a stream), a checkpoint (the note's text) and what stands beneath it.

    ``history`` holds earlier states of the log, ``index`` what the completeness index says. Since
    version 2 the subject may be some ``outputs`` of the stream (all of it where none is named),
    ``within`` holds what the stream's own index says, and ``sets`` shows single members of sets
    that entries commit to.
    """

    subject: str
    checkpoint: str
    items: tuple[Item, ...]
    history: tuple[Earlier, ...] = ()
    index: tuple[KeyProof, ...] = ()
    outputs: tuple[OutputRef, ...] = ()
    within: tuple[KeyProof, ...] = ()
    sets: tuple[ElementShown, ...] = ()
    version: int = VERSION

    @classmethod
    def parse(cls, data: bytes) -> "Evidence":
        """Read an evidence file: canonical JSON and one newline, each list in its order.

        Raises `Malformed` for anything else; two items may claim one index, which
        verification then finds.
        """
        version, members = _members(data)
        hashes = None if version == 1 else Hashes.parse(members["hashes"])
        proof = read_hashes if hashes is None else hashes.read
        read = cls(
            subject=read_text(members["subject"], SUBJECT_CHARS_MAX, "subject"),
            checkpoint=_note(members["checkpoint"]),
            items=read_items(members["items"], proof),
            history=read_history(members["history"], proof),
            index=read_key_proofs(members["index"], KEYS_MAX, proof),
            outputs=_outputs(members.get("outputs", [])),
            within=read_key_proofs(members.get("within", []), KEYS_WITHIN_MAX, proof),
            sets=read_sets(members.get("sets", [])),
            version=version,
        )
        if hashes is not None:
            hashes.check_all_named()
        return read

    def as_bytes(self) -> bytes:
        """Write the evidence file; each list is put in its order."""
        hashes = Hashes.of(self._proofs())
        proof = write_hashes if self.version == 1 else hashes.write
        members: dict[str, Json] = {
            "format": f"{_FORMAT}{self.version}",
            "subject": self.subject,
            "checkpoint": list(self.checkpoint.removesuffix("\n").split("\n")),
            "items": [
                item_members(one, proof) for one in sorted(self.items, key=lambda one: one.index)
            ],
            "history": [
                earlier_members(one, proof)
                for one in sorted(self.history, key=lambda one: one.size)
            ],
            "index": _written(self.index, proof),
        }
        if self.version != 1:
            members["hashes"] = hashes.as_json()
            members["outputs"] = [str(ref) for ref in sorted(self.outputs, key=str)]
            members["within"] = _written(self.within, proof)
            members["sets"] = written_sets(self.sets)
        return canonical.dumps(members) + b"\n"

    def _proofs(self) -> Iterator[tuple[bytes, ...]]:
        yield from (one.proof for one in self.items)
        yield from (one.proof for one in self.history)
        for key in (*self.index, *self.within):
            yield from (leaf.proof for leaf in key.leaves)


def _written(proofs: tuple[KeyProof, ...], proof: WriteProof) -> list[Json]:
    return [key_members(one, proof) for one in sorted(proofs, key=lambda one: one.key)]


def _members(data: bytes) -> tuple[int, dict[str, Json]]:
    """Read the file as an object with the members of its version, which it says itself."""
    if not data.endswith(b"\n"):
        raise bad("An evidence file ends with one newline.")
    if data.count(b",") > VALUES_MAX:
        raise Malformed("TOO_LARGE", f"Evidence has at most {VALUES_MAX} values.")
    value = canonical.loads(data[:-1], max_bytes=BYTES_MAX)
    if not isinstance(value, dict):
        raise bad("Evidence is an object.")
    version, names = _members_of(value)
    if value.keys() != names:
        raise bad(f"Evidence has exactly the members {sorted(names)}.")
    return version, value


def _members_of(value: dict[str, Json]) -> tuple[int, frozenset[str]]:
    said = value.get("format")
    if not isinstance(said, str) or not said.startswith(_FORMAT):
        raise bad(f"Evidence says its format, such as {_FORMAT}{VERSION}.")
    known = _MEMBERS_OF.get(said)
    if known is None:
        message = f"This verifier reads evidence of {' and '.join(_MEMBERS_OF)}."
        raise Malformed("EVIDENCE_FORMAT_UNKNOWN", message)
    return known


def _outputs(value: Json) -> tuple[OutputRef, ...]:
    texts = [
        read_text(one, LINE_CHARS_MAX, "output") for one in read_list(value, OUTPUTS_MAX, "outputs")
    ]
    if any(left >= right for left, right in pairwise(texts)):
        raise bad("The outputs that evidence is about stand in their order, each once.")
    return tuple(map(OutputRef.parse, texts))


def _note(value: Json) -> str:
    lines = read_list(value, NOTE_LINES_MAX, "lines of a checkpoint")
    if not lines:
        raise bad("A checkpoint has lines.")
    return "".join(read_text(line, LINE_CHARS_MAX, "line of a checkpoint") + "\n" for line in lines)
