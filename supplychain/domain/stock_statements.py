"""Statements about stock: set aside and released, and all that ends goods."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from ledger.core.canonical import Json
from supplychain.domain.errors import Invalid
from supplychain.domain.handoff_statements import claims, shapes, some, states
from supplychain.domain.identifiers import Gln, Gtin, LotNumber
from supplychain.domain.lots import LotKey, Printed
from supplychain.domain.members import choice, day, members, text, yes_or_no
from supplychain.domain.outputs import OutputClaim, State


def _prove(kind: str, outputs: tuple[OutputClaim, ...], end: State, *rests: State) -> None:
    if states(outputs) not in shapes(end, rests):
        names = " or ".join(rests)
        raise Invalid("OUTPUTS_WRONG", f"{kind}: expected {end}, then a rest if any, {names}.")


@dataclass(frozen=True, slots=True)
class Dispense:
    """`custody.dispense`: units are handed to patients."""

    type: ClassVar[str] = "custody.dispense"
    outputs: tuple[OutputClaim, ...]

    def __post_init__(self) -> None:
        """Prove the outputs: dispensed, then held if any."""
        _prove(self.type, self.outputs, State.DISPENSED, State.HELD)

    @classmethod
    def of(cls, *, holder: Gln, quantity: int, rest: int) -> Self:
        """Compose the statement from the two quantities."""
        return cls(
            some((State.DISPENSED, holder, quantity, None), (State.HELD, holder, rest, None))
        )

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        return cls(claims(members(body, cls.type, ("outputs",))["outputs"]))

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return {"outputs": [claim.as_json() for claim in self.outputs]}


@dataclass(frozen=True, slots=True)
class Reasoned:
    """Some units come into one state, for a reason; the rest, if any, stays as it was."""

    type: ClassVar[str]
    end: ClassVar[State]
    rests: ClassVar[tuple[State, ...]]
    reason: str
    outputs: tuple[OutputClaim, ...]

    def __post_init__(self) -> None:
        """Prove the reason, and the outputs in their order."""
        text(self.reason, "reason")
        _prove(self.type, self.outputs, self.end, *self.rests)

    @classmethod
    def of(
        cls, *, holder: Gln, quantity: int, rest: int, reason: str, state: State | None = None
    ) -> Self:
        """Compose the statement; the rest keeps the `state` that the goods were in."""
        before = state or cls.rests[0]
        return cls(reason, some((cls.end, holder, quantity, None), (before, holder, rest, None)))

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("reason", "outputs"))
        return cls(text(found["reason"], "reason"), claims(found["outputs"]))

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return {"reason": self.reason, "outputs": [claim.as_json() for claim in self.outputs]}


class Destroy(Reasoned):
    """`custody.destroy`: units are destroyed."""

    __slots__ = ()
    type: ClassVar[str] = "custody.destroy"
    end: ClassVar[State] = State.DESTROYED
    rests: ClassVar[tuple[State, ...]] = (State.HELD, State.QUARANTINED, State.RETURNED)


class Sample(Reasoned):
    """`custody.sample`: units are taken as samples, and are not given back."""

    __slots__ = ()
    type: ClassVar[str] = "custody.sample"
    end: ClassVar[State] = State.SAMPLED
    rests: ClassVar[tuple[State, ...]] = (State.HELD, State.QUARANTINED, State.RETURNED)


class Export(Reasoned):
    """`custody.export`: units leave for where nobody reports here."""

    __slots__ = ()
    type: ClassVar[str] = "custody.export"
    end: ClassVar[State] = State.EXPORTED
    rests: ClassVar[tuple[State, ...]] = (State.HELD,)


class Decommission(Reasoned):
    """`custody.decommission`: units are taken out of the trade for good."""

    __slots__ = ()
    type: ClassVar[str] = "custody.decommission"
    end: ClassVar[State] = State.DECOMMISSIONED
    rests: ClassVar[tuple[State, ...]] = (State.HELD, State.QUARANTINED, State.RETURNED)


class Quarantine(Reasoned):
    """`custody.quarantine`: units are set aside, and are no stock until they are released."""

    __slots__ = ()
    type: ClassVar[str] = "custody.quarantine"
    end: ClassVar[State] = State.QUARANTINED
    rests: ClassVar[tuple[State, ...]] = (State.HELD, State.RETURNED)


@dataclass(frozen=True, slots=True)
class Release(Reasoned):
    """`custody.release`: units come out of quarantine, or came back, and are stock again.

    `printed` is what is on the packs: whoever checks packs that came back reads it off them.
    """

    type: ClassVar[str] = "custody.release"
    end: ClassVar[State] = State.HELD
    rests: ClassVar[tuple[State, ...]] = (State.QUARANTINED, State.RETURNED)
    printed: Printed | None = None

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("reason", "outputs"), ("printed",))
        printed = _printed(found["printed"]) if "printed" in found else None
        return cls(text(found["reason"], "reason"), claims(found["outputs"]), printed)

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        plain = Reasoned.as_body(self)
        if self.printed is None:
            return plain
        key, expiry = self.printed.key, self.printed.expiry
        printed: dict[str, Json] = {
            "gtin": str(key.gtin),
            "lot": str(key.lot),
            "expiry": expiry.isoformat(),
        }
        return plain | {"printed": printed}


@dataclass(frozen=True, slots=True)
class Undo(Reasoned):
    """`custody.undo`: a final state was a mistake; `supplied` says whether a patient has the goods.

    The rest stays in its final state.
    """

    type: ClassVar[str] = "custody.undo"
    end: ClassVar[State] = State.HELD
    rests: ClassVar[tuple[State, ...]] = (
        State.DISPENSED,
        State.SAMPLED,
        State.EXPORTED,
        State.DECOMMISSIONED,
    )
    supplied: bool = False

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("reason", "supplied", "outputs"))
        reason, outputs = text(found["reason"], "reason"), claims(found["outputs"])
        return cls(reason, outputs, yes_or_no(found["supplied"], "supplied"))

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return Reasoned.as_body(self) | {"supplied": self.supplied}


def _printed(value: object) -> Printed:
    found = members(value, "printed", ("gtin", "lot", "expiry"))
    gtin = Gtin.parse(text(found["gtin"], "printed.gtin"))
    lot = LotNumber.parse(text(found["lot"], "printed.lot"))
    return Printed(LotKey(gtin, lot), day(found["expiry"], "printed.expiry"))


class LossKind(StrEnum):
    """How units went missing."""

    LOST = "lost"
    STOLEN = "stolen"


@dataclass(frozen=True, slots=True)
class Lose:
    """`custody.lose`: units are lost or stolen, from stock or on the way."""

    type: ClassVar[str] = "custody.lose"
    kind: LossKind
    reason: str
    outputs: tuple[OutputClaim, ...]

    def __post_init__(self) -> None:
        """Prove the reason and the outputs: lost or stolen, then a held or in_transit rest."""
        text(self.reason, "reason")
        _prove(self.type, self.outputs, State(self.kind), State.HELD, State.IN_TRANSIT)

    @classmethod
    def of(
        cls,
        *,
        signer: Gln,
        holder: Gln,
        quantity: int,
        rest: int,
        kind: LossKind,
        reason: str,
        to: Gln | None = None,
    ) -> Self:
        """Compose the statement; with `to` the goods were on the way from holder to `to`."""
        state = State.HELD if to is None else State.IN_TRANSIT
        outputs = some((State(kind), signer, quantity, None), (state, holder, rest, to))
        return cls(kind, reason, outputs)

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("kind", "reason", "outputs"))
        return cls(
            kind=choice(found["kind"], "kind", LossKind),
            reason=text(found["reason"], "reason"),
            outputs=claims(found["outputs"]),
        )

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return {
            "kind": self.kind.value,
            "reason": self.reason,
            "outputs": [claim.as_json() for claim in self.outputs],
        }
