"""Statements about sealed members: who may open them, until when, and each time that somebody did.

They stand in a stream of the owner's own, `disclosure:<GLN>`. In the stream of a lot they would be
words about the whole of it, shown to everybody who has some.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Self

from ledger.core.canonical import Json
from ledger.core.entry import Entry
from ledger.core.index import DISCLOSURES
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln, Gtin, LotNumber
from supplychain.domain.lots import LotKey
from supplychain.domain.members import choice, hex_32, members, sequence, text
from supplychain.domain.statements import hold_seals

ENTRIES_MAX = 100


class SealedMember(StrEnum):
    """The members of statements of the trade that are sealed."""

    ORDER = "order"
    SELLER = "seller"
    BUYER = "buyer"
    DECIDED_BY = "decided_by"
    CONFIRMED_BY = "confirmed_by"


def stream_of(owner: Gln) -> str:
    """The stream about what this party has sealed."""
    return f"{DISCLOSURES}{owner}"


def owner_of(stream: str) -> Gln:
    """Whose stream it is. Raises Invalid for a stream about something else."""
    if not stream.startswith(DISCLOSURES):
        raise Invalid("STREAM_WRONG", f"Stream {stream[:64]!r} is about no disclosures.")
    return Gln.parse(stream.removeprefix(DISCLOSURES))


@dataclass(frozen=True, slots=True)
class Sealed:
    """Which sealed members of which entries about a lot: `{"gtin", "lot", "members", "entries"?}`.

    Without entries, all that the owner signed about the lot, whenever.
    """

    lot: LotKey
    members: tuple[SealedMember, ...]
    entries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Prove that nothing is named twice."""
        for named in (self.members, self.entries):
            if len(set(named)) < len(named):
                raise Invalid("NAMED_TWICE", "disclosure: a member or entry is named twice.")

    def covers(self, other: "Sealed") -> bool:
        """Whether all that the other one names is among this."""
        entries = not self.entries or set(other.entries) <= set(self.entries)
        return self.lot == other.lot and set(other.members) <= set(self.members) and entries

    @classmethod
    def decode(cls, found: Mapping[str, object]) -> Self:
        """Read the members of a body that say so. Raises Invalid."""
        lot = LotKey(
            Gtin.parse(text(found["gtin"], "gtin")), LotNumber.parse(text(found["lot"], "lot"))
        )
        named = sequence(found["members"], "members", len(SealedMember))
        entries = sequence(found["entries"], "entries", ENTRIES_MAX) if "entries" in found else []
        return cls(
            lot,
            tuple(choice(one, "members", SealedMember) for one in named),
            tuple(hex_32(one, "entries") for one in entries),
        )

    def as_json(self) -> dict[str, Json]:
        """The members that `decode` reads."""
        plain: dict[str, Json] = {
            "gtin": str(self.lot.gtin),
            "lot": str(self.lot.lot),
            "members": [one.value for one in self.members],
        }
        return plain | {"entries": list(self.entries)} if self.entries else plain


_WHAT = ("gtin", "lot", "members")


@dataclass(frozen=True, slots=True)
class Grant:
    """`disclosure.grant`: the owner lets a party open what it has sealed.

    `to` is itself sealed: None where it is not disclosed to the reader.
    """

    type: ClassVar[str] = "disclosure.grant"
    sealable: ClassVar[frozenset[str]] = frozenset({"to"})
    what: Sealed
    to: Gln | None = None

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body with what was disclosed of it. Raises Invalid."""
        found = members(body, cls.type, _WHAT, ("entries", "to"))
        to = Gln.parse(text(found["to"], "to")) if "to" in found else None
        return cls(Sealed.decode(found), to)

    def as_body(self) -> dict[str, Json]:
        """The open members; `sealed` gives the other."""
        return self.what.as_json()

    def sealed(self) -> dict[str, Json]:
        """The member that goes into the statement as a salted digest."""
        return {} if self.to is None else {"to": str(self.to)}


@dataclass(frozen=True, slots=True)
class Revoke:
    """`disclosure.revoke`: from now on nobody opens anything by the grant `grant`."""

    type: ClassVar[str] = "disclosure.revoke"
    sealable: ClassVar[frozenset[str]] = frozenset()
    grant: str
    reason: str

    def __post_init__(self) -> None:
        """Prove that it cites an entry and says why."""
        hex_32(self.grant, "grant")
        text(self.reason, "reason")

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("grant", "reason"))
        return cls(hex_32(found["grant"], "grant"), text(found["reason"], "reason"))

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return {"grant": self.grant, "reason": self.reason}

    def sealed(self) -> dict[str, Json]:
        """Nothing of it is sealed."""
        return {}


@dataclass(frozen=True, slots=True)
class Read:
    """`disclosure.read`: the operator showed `reader` these members of these entries.

    By the grant `grant`; without one to an authority. `reader` is sealed: None where it is not
    disclosed.
    """

    type: ClassVar[str] = "disclosure.read"
    sealable: ClassVar[frozenset[str]] = frozenset({"reader"})
    what: Sealed
    grant: str | None = None
    reader: Gln | None = None

    def __post_init__(self) -> None:
        """Prove that it names entries, and cites one if any."""
        if not self.what.entries:
            raise Invalid("MEMBER_MISSING", f"{self.type}: member 'entries' is missing.")
        if self.grant is not None:
            hex_32(self.grant, "grant")

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body with what was disclosed of it. Raises Invalid."""
        found = members(body, cls.type, (*_WHAT, "entries"), ("grant", "reader"))
        return cls(
            Sealed.decode(found),
            hex_32(found["grant"], "grant") if "grant" in found else None,
            Gln.parse(text(found["reader"], "reader")) if "reader" in found else None,
        )

    def as_body(self) -> dict[str, Json]:
        """The open members; `sealed` gives the other."""
        plain = self.what.as_json()
        return plain if self.grant is None else plain | {"grant": self.grant}

    def sealed(self) -> dict[str, Json]:
        """The member that goes into the statement as a salted digest."""
        return {} if self.reader is None else {"reader": str(self.reader)}


Disclosing = Grant | Revoke | Read
TYPES: Mapping[str, type[Disclosing]] = MappingProxyType(
    {kind.type: kind for kind in (Grant, Revoke, Read)}
)


def read(entry: Entry) -> Disclosing:
    """Read an entry's statement. Raises Invalid: TYPE_UNKNOWN, SEALED_MEMBER, MOVES_GOODS."""
    said = entry.statement
    kind = TYPES.get(said.type)
    if kind is None:
        raise Invalid("TYPE_UNKNOWN", f"Statement type {said.type[:64]!r} is not known here.")
    hold_seals(entry, kind.sealable)
    if said.consumes or said.creates:
        raise Invalid("MOVES_GOODS", f"{said.type} uses up and makes no outputs.")
    return kind.decode(entry.opened)


def parts(what: Sealed) -> Sequence[Sealed]:
    """The same in as many pieces as statements take entries."""
    starts = range(0, len(what.entries), ENTRIES_MAX)
    cuts = (what.entries[start : start + ENTRIES_MAX] for start in starts)
    return [Sealed(what.lot, what.members, cut) for cut in cuts]
