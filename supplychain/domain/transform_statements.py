"""Lots made of lots: what of a lot becomes others, and what a new lot comes from.

An entry has one stream, so that an operation has an entry for each lot that goes in, and the birth
of each lot that comes out; one operation number holds them together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from ledger.core.canonical import Json
from supplychain.domain.errors import Invalid
from supplychain.domain.handoff_statements import claims, some, states
from supplychain.domain.identifiers import Gln, Gtin, LotNumber
from supplychain.domain.lots import LotKey
from supplychain.domain.members import choice, hex_32, members, quantity, sequence, text
from supplychain.domain.outputs import OutputClaim, State
from supplychain.domain.spent import read_tally, tally_as_json
from supplychain.domain.tallies import Tally

LOTS_MAX = 50
OPERATION_MAX = 100
_ENDS = ((State.TRANSFORMED,), (State.TRANSFORMED, State.DESTROYED))
_ALLOWED = tuple((*ends, *rest) for ends in _ENDS for rest in ((), (State.HELD,)))


class TransformKind(StrEnum):
    """What is done. Only repacking makes more or fewer units than it uses up."""

    REPACK = "repack"
    SPLIT = "split"
    MERGE = "merge"
    RELABEL = "relabel"


@dataclass(frozen=True, slots=True)
class Into:
    """How many units of the source go into a new lot, and how many of that it makes."""

    key: LotKey
    uses: int
    makes: int

    def __post_init__(self) -> None:
        """Prove the quantities."""
        quantity(self.uses, "into.uses")
        quantity(self.makes, "into.makes")

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read one member of `into`. Raises Invalid."""
        found = members(value, "into", ("gtin", "lot", "uses", "makes"))
        uses, makes = quantity(found["uses"], "into.uses"), quantity(found["makes"], "into.makes")
        return cls(_key(found, "into"), uses, makes)

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        return _named(self.key) | {"uses": self.uses, "makes": self.makes}


@dataclass(frozen=True, slots=True)
class Transform:
    """`lot.transform`: units of this lot become units of others; what is lost in it is declared."""

    type: ClassVar[str] = "lot.transform"
    operation: str
    kind: TransformKind
    reason: str
    into: tuple[Into, ...]
    outputs: tuple[OutputClaim, ...]

    def __post_init__(self) -> None:
        """Prove the words, that no lot is named twice, and the outputs in their order."""
        text(self.operation, "operation", OPERATION_MAX)
        text(self.reason, "reason")
        _prove_each_once([one.key for one in self.into])
        if states(self.outputs) not in _ALLOWED:
            message = f"{self.type}: expected transformed, then destroyed and held if any."
            raise Invalid("OUTPUTS_WRONG", message)

    @classmethod
    def of(
        cls,
        *,
        holder: Gln,
        operation: str,
        kind: TransformKind,
        reason: str,
        into: tuple[Into, ...],
        lost: int,
        rest: int,
    ) -> Self:
        """Compose the statement: what the new lots use, what was lost, what is left over."""
        outputs = some(
            (State.TRANSFORMED, holder, sum(one.uses for one in into), None),
            (State.DESTROYED, holder, lost, None),
            (State.HELD, holder, rest, None),
        )
        return cls(operation, kind, reason, into, outputs)

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("operation", "kind", "reason", "into", "outputs"))
        return cls(
            operation=text(found["operation"], "operation"),
            kind=choice(found["kind"], "kind", TransformKind),
            reason=text(found["reason"], "reason"),
            into=tuple(map(Into.decode, sequence(found["into"], "into", LOTS_MAX))),
            outputs=claims(found["outputs"]),
        )

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return {
            "operation": self.operation,
            "kind": self.kind.value,
            "reason": self.reason,
            "into": [one.as_json() for one in self.into],
            "outputs": [claim.as_json() for claim in self.outputs],
        }


@dataclass(frozen=True, slots=True)
class SourceClaim:
    """That a new lot has so many of its units from another lot, by that lot's entry `entry`.

    `spent` is what these goods used up of a stability budget that both lots share, None for none.
    """

    key: LotKey
    entry: str
    makes: int
    spent: Tally | None = None

    def __post_init__(self) -> None:
        """Prove the entry and the quantity."""
        hex_32(self.entry, "source.entry")
        quantity(self.makes, "source.makes")

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read one member of `sources`. Raises Invalid."""
        found = members(value, "source", ("gtin", "lot", "entry", "makes"), ("spent",))
        entry, makes = hex_32(found["entry"], "source.entry"), found["makes"]
        spent = read_tally(found["spent"]) if "spent" in found else None
        return cls(_key(found, "source"), entry, quantity(makes, "source.makes"), spent)

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        plain = _named(self.key) | {"entry": self.entry, "makes": self.makes}
        return plain if self.spent is None else plain | {"spent": tally_as_json(self.spent)}


@dataclass(frozen=True, slots=True)
class Origin:
    """What a lot was made of: the operation, and the lots that went into it."""

    operation: str
    sources: tuple[SourceClaim, ...]

    def __post_init__(self) -> None:
        """Prove the operation, and that no entry is cited twice."""
        text(self.operation, "operation", OPERATION_MAX)
        entries = [one.entry for one in self.sources]
        if len(set(entries)) < len(entries) or not entries:
            raise Invalid("SOURCES_WRONG", "sources: each entry once, and at least one.")

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read the member `origin`. Raises Invalid."""
        found = members(value, "origin", ("operation", "sources"))
        listed = sequence(found["sources"], "sources", LOTS_MAX)
        operation = text(found["operation"], "operation")
        return cls(operation, tuple(map(SourceClaim.decode, listed)))

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        sources: list[Json] = [one.as_json() for one in self.sources]
        return {"operation": self.operation, "sources": sources}


def _prove_each_once(keys: list[LotKey]) -> None:
    if len(set(keys)) < len(keys) or not keys:
        raise Invalid("INTO_WRONG", "into: each lot once, and at least one.")


def _key(found: Mapping[str, object], name: str) -> LotKey:
    gtin = Gtin.parse(text(found["gtin"], f"{name}.gtin"))
    return LotKey(gtin, LotNumber.parse(text(found["lot"], f"{name}.lot")))


def _named(key: LotKey) -> dict[str, Json]:
    return {"gtin": str(key.gtin), "lot": str(key.lot)}
