"""Statements of a hand-off: the dispatch and the receipt."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from ledger.core.canonical import Json
from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.containers import Container, labelled, labels
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln
from supplychain.domain.members import members, sequence, text
from supplychain.domain.outputs import OutputClaim, Over, State
from supplychain.domain.sales import NO_SALE, SALE_MEMBERS, Sale

_OUTPUTS_MAX = 3
_SHORT_MAX = 100
_MISSING = ((), (State.IN_TRANSIT,))
_ARRIVED = (
    (State.HELD,),
    (State.RETURNED,),
    (State.QUARANTINED,),
    (State.HELD, State.QUARANTINED),
    (State.RETURNED, State.QUARANTINED),
)
_RECEIPT_STATES = tuple((*arrived, *missing) for arrived in _ARRIVED for missing in _MISSING)
KEPT = (State.HELD, State.QUARANTINED, State.RETURNED)
RESTS_MAX = 2


def claims(value: object) -> tuple[OutputClaim, ...]:
    """Read an `outputs` member. Raises Invalid."""
    return tuple(OutputClaim.decode(claim) for claim in sequence(value, "outputs", _OUTPUTS_MAX))


def some(*claimed: tuple[State, Gln, int, Gln | None]) -> tuple[OutputClaim, ...]:
    """The outputs whose quantity is not zero (an absent output says zero)."""
    return tuple(OutputClaim(*claim) for claim in claimed if claim[2] != 0)


def states(outputs: tuple[OutputClaim, ...]) -> tuple[State, ...]:
    """The states of outputs, in their order."""
    return tuple(claim.state for claim in outputs)


def shapes(first: State, rests: Iterable[State]) -> tuple[tuple[State, ...], ...]:
    """The states that outputs may have: what goes or ends, then a rest in one state, if any.

    What is kept may stand in two outputs (`supplychain.domain.dividing`).
    """
    parts = [
        (rest,) * n for rest in rests for n in range(1, RESTS_MAX + 1) if n == 1 or rest in KEPT
    ]
    return ((first,), *((first, *rest) for rest in parts))


@dataclass(frozen=True, slots=True)
class Ship:
    """`custody.ship`: the holder sends units to a named receiver, and keeps the rest.

    `order` and those of `sale` are sealed members: None where they were not given or are not
    disclosed to the reader. `containers` are the outermost ones that go.
    """

    type: ClassVar[str] = "custody.ship"
    rests: ClassVar[tuple[State, ...]] = (State.HELD,)
    shipment: str
    to: Gln
    outputs: tuple[OutputClaim, ...]
    conditions: ConditionsClaim
    order: str | None = None
    containers: tuple[Container, ...] = ()
    sale: Sale = NO_SALE

    def __post_init__(self) -> None:
        """Prove the outputs: in transit to the receiver first, then the rest if there is one."""
        text(self.shipment, "shipment", _SHORT_MAX)
        if self.order is not None:
            text(self.order, "order", _SHORT_MAX)
        if states(self.outputs) not in shapes(State.IN_TRANSIT, self.rests):
            message = f"{self.type}: expected in_transit, then the rest if any."
            raise Invalid("OUTPUTS_WRONG", message)
        if self.outputs[0].to != self.to:
            raise Invalid("OUTPUTS_WRONG", f"{self.type}: goods and statement name two receivers.")
        if self.conditions.tracker:
            raise Invalid("TRACKER_MISPLACED", f"{self.type}: only a receipt rests on a tracker.")

    @classmethod
    def of(
        cls,
        *,
        giver: Gln,
        receiver: Gln,
        quantity: int,
        rest: int,
        shipment: str,
        conditions: ConditionsClaim,
        order: str | None = None,
        containers: tuple[Container, ...] = (),
        sale: Sale = NO_SALE,
    ) -> Self:
        """Compose the statement from the two quantities."""
        outputs = some(
            (State.IN_TRANSIT, giver, quantity, receiver), (State.HELD, giver, rest, None)
        )
        return cls(shipment, receiver, outputs, conditions, order, containers, sale)

    @property
    def quantity(self) -> int:
        """The units sent off."""
        return self.outputs[0].quantity

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body with what was disclosed of it. Raises Invalid."""
        needed = ("shipment", "to", "outputs", "conditions")
        found = members(body, cls.type, needed, ("order", "containers", *SALE_MEMBERS))
        return cls(
            shipment=text(found["shipment"], "shipment"),
            to=Gln.parse(text(found["to"], "to")),
            outputs=claims(found["outputs"]),
            conditions=ConditionsClaim.decode(found["conditions"]),
            order=text(found["order"], "order") if "order" in found else None,
            containers=labels(found),
            sale=Sale.decode(found),
        )

    def as_body(self) -> dict[str, Json]:
        """The open members; `sealed` gives the others."""
        plain: dict[str, Json] = {
            "shipment": self.shipment,
            "to": str(self.to),
            "outputs": [claim.as_json() for claim in self.outputs],
            "conditions": self.conditions.as_json(),
        }
        return plain | labelled(self.containers)

    def sealed(self) -> dict[str, Json]:
        """The members that go into the statement as salted digests."""
        order: dict[str, Json] = {} if self.order is None else {"order": self.order}
        return order | self.sale.sealed()


@dataclass(frozen=True, slots=True)
class Receive:
    """`custody.receive`: the named receiver takes what arrived; the missing stay in transit.

    `over` is what came beyond what was sent: it is set aside, and stock only once the giver admits
    it (R6). `containers` are those whose label was read: packs in them were not seen, but inferred.
    """

    type: ClassVar[str] = "custody.receive"
    shipment: str
    outputs: tuple[OutputClaim, ...]
    conditions: ConditionsClaim
    note: str = ""
    containers: tuple[Container, ...] = ()
    over: Over | None = None
    sale: Sale = NO_SALE

    def __post_init__(self) -> None:
        """Prove the outputs: held or returned, quarantined, still missing, in this order."""
        text(self.shipment, "shipment", _SHORT_MAX)
        text(self.note, "note", empty=True)
        if states(self.outputs) not in _RECEIPT_STATES:
            raise Invalid(
                "OUTPUTS_WRONG",
                f"{self.type}: expected held (or returned) or quarantined or both, "
                "then in_transit if any.",
            )

    @classmethod
    def of(
        cls,
        *,
        giver: Gln,
        receiver: Gln,
        accepted: int,
        damaged: int,
        missing: int,
        shipment: str,
        conditions: ConditionsClaim,
        note: str = "",
        containers: tuple[Container, ...] = (),
        good: State = State.HELD,
        over: Over | None = None,
        sale: Sale = NO_SALE,
    ) -> Self:
        """Compose the statement from the three quantities; what came back is `good` as returned."""
        outputs = some(
            (good, receiver, accepted, None),
            (State.QUARANTINED, receiver, damaged, None),
            (State.IN_TRANSIT, giver, missing, receiver),
        )
        return cls(shipment, outputs, conditions, note, containers, over, sale)

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        needed = ("shipment", "outputs", "conditions")
        found = members(body, cls.type, needed, ("note", "containers", "over", *SALE_MEMBERS))
        return cls(
            shipment=text(found["shipment"], "shipment"),
            outputs=claims(found["outputs"]),
            conditions=ConditionsClaim.decode(found["conditions"]),
            note=text(found["note"], "note") if "note" in found else "",
            containers=labels(found),
            over=Over.decode(found["over"]) if "over" in found else None,
            sale=Sale.decode(found),
        )

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        plain: dict[str, Json] = {
            "shipment": self.shipment,
            "outputs": [claim.as_json() for claim in self.outputs],
            "conditions": self.conditions.as_json(),
        }
        if self.note:
            plain["note"] = self.note
        if self.over is not None:
            plain["over"] = self.over.as_json()
        return plain | labelled(self.containers)

    def sealed(self) -> dict[str, Json]:
        """The members that go into the statement as salted digests."""
        return self.sale.sealed()
