"""The part of an evidence file that shows single members of sets which entries commit to.

So one pack is shown out of ten thousand, and of the others nothing. Whether a proof leads to what
an entry says is for `ledger.core.memberships`. Formats: ``docs/spec/evidence.md``, ``sets.md``.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from ledger.core import canonical
from ledger.core.canonical import Json
from ledger.core.encoding import b64, unb64
from ledger.core.errors import Malformed
from ledger.core.evidence_parts import bad, exactly, read_list, read_number, read_text
from ledger.core.sets import SetProof, member_key

Path: TypeAlias = tuple[str | int, ...]
"""Names of members and positions in arrays, from the body of an entry down to a value."""

SETS_MAX = 128
PROOFS_MAX = 20_000
"""Of all elements together."""
ELEMENT_CHARS_MAX = 256
PROOF_CHARS_MAX = 16_384
_SET_MEMBERS = frozenset({"element", "salt", "proofs", "places"})
_PLACE_MEMBERS = frozenset({"index", "path", "proof"})
_SALT = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class PlaceShown:
    """That a set has the element, or has it not: its root stands at this path in an entry.

    ``index`` is that of the entry in the log.
    """

    index: int
    path: Path
    proof: SetProof


@dataclass(frozen=True)
class ElementShown:
    """A text with its salt of 16 bytes, and the places where it is shown to be, or not to be."""

    element: str
    salt: bytes
    proofs: tuple[PlaceShown, ...]

    @property
    def key(self) -> bytes:
        """Its key in any set."""
        return member_key(self.element, self.salt)


def read_sets(value: Json) -> tuple[ElementShown, ...]:
    """Read the elements, in their order, each once; Malformed for anything else."""
    shown = tuple(_element(one) for one in read_list(value, SETS_MAX, "elements of sets"))
    if any(left.element >= right.element for left, right in pairwise(shown)):
        raise bad("The elements of sets stand in their order, each once.")
    if sum(len(one.proofs) for one in shown) > PROOFS_MAX:
        raise Malformed("TOO_LARGE", f"There are at most {PROOFS_MAX} proofs about sets.")
    return shown


def _element(value: Json) -> ElementShown:
    members = exactly(value, _SET_MEMBERS, "An element")
    proofs = _proofs(members["proofs"])
    named: set[int] = set()
    listed = read_list(members["places"], PROOFS_MAX, "proofs about sets")
    places = tuple(_place(one, proofs, named) for one in listed)
    if any(_order(left) >= _order(right) for left, right in pairwise(places)):
        raise bad("The places of an element stand in their order, each once.")
    if len(named) < len(proofs):
        raise bad("Each proof about an element is for a place.")
    element = read_text(members["element"], ELEMENT_CHARS_MAX, "element")
    return ElementShown(element, _salt(members["salt"]), places)


def _proofs(value: Json) -> list[SetProof]:
    listed = read_list(value, PROOFS_MAX, "proofs about sets")
    texts = [read_text(one, PROOF_CHARS_MAX, "proof") for one in listed]
    if any(left >= right for left, right in pairwise(texts)):
        raise bad("The proofs about an element stand in their order, each once.")
    return [SetProof.parse(unb64(text)) for text in texts]


def _salt(value: Json) -> bytes:
    text = read_text(value, ELEMENT_CHARS_MAX, "salt")
    if not _SALT.fullmatch(text):
        raise bad("A salt is 32 lower-case hex digits.")
    return bytes.fromhex(text)


def _place(value: Json, proofs: list[SetProof], named: set[int]) -> PlaceShown:
    members = exactly(value, _PLACE_MEMBERS, "A place of an element")
    index = read_number(members["index"], "index")
    path = tuple(_step(one) for one in read_list(members["path"], canonical.MAX_DEPTH, "path"))
    number = read_number(members["proof"], "position of a proof")
    if number >= len(proofs):
        raise bad(f"There is no proof at the position {number}.")
    named.add(number)
    return PlaceShown(index, path, proofs[number])


def _step(value: Json) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise bad("A path has names of members and positions.")
    return value


def _order(one: PlaceShown) -> tuple[int, bytes]:
    return one.index, canonical.dumps(_steps(one.path))


def _steps(path: Path) -> list[Json]:
    return list(path)


def written_sets(shown: tuple[ElementShown, ...]) -> list[Json]:
    """Write the elements and the places of each in their order; a proof of many places once."""
    return [_element_members(one) for one in sorted(shown, key=lambda one: one.element)]


def _element_members(one: ElementShown) -> dict[str, Json]:
    proofs = sorted({_text(place.proof) for place in one.proofs})
    position = {text: number for number, text in enumerate(proofs)}
    places: list[Json] = [
        {
            "index": place.index,
            "path": _steps(place.path),
            "proof": position[_text(place.proof)],
        }
        for place in sorted(one.proofs, key=_order)
    ]
    return {
        "element": one.element,
        "salt": one.salt.hex(),
        "proofs": list(proofs),
        "places": places,
    }


def _text(proof: SetProof) -> str:
    return b64(proof.as_bytes())
