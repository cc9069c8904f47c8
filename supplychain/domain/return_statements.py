"""The statement that sends goods back to a supplier."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from ledger.core.canonical import Json
from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.containers import Container, labels
from supplychain.domain.handoff_statements import KEPT, Ship, claims, some
from supplychain.domain.identifiers import Gln
from supplychain.domain.members import members, text
from supplychain.domain.outputs import State


@dataclass(frozen=True, slots=True)
class Return(Ship):
    """`custody.return`: the holder sends units back to a supplier, for a reason."""

    type: ClassVar[str] = "custody.return"
    rests: ClassVar[tuple[State, ...]] = KEPT
    reason: str = ""

    def __post_init__(self) -> None:
        """Prove the reason, and what a dispatch proves."""
        Ship.__post_init__(self)
        text(self.reason, "reason")

    @classmethod
    def back(
        cls,
        *,
        holder: Gln,
        supplier: Gln,
        quantity: int,
        rest: int,
        shipment: str,
        reason: str,
        conditions: ConditionsClaim,
        state: State = State.HELD,
        containers: tuple[Container, ...] = (),
    ) -> Self:
        """Compose the statement; the rest keeps the `state` that the goods were in."""
        outputs = some((State.IN_TRANSIT, holder, quantity, supplier), (state, holder, rest, None))
        return cls(shipment, supplier, outputs, conditions, None, containers, reason=reason)

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        needed = ("shipment", "to", "reason", "outputs", "conditions")
        found = members(body, cls.type, needed, ("containers",))
        return cls(
            shipment=text(found["shipment"], "shipment"),
            to=Gln.parse(text(found["to"], "to")),
            outputs=claims(found["outputs"]),
            conditions=ConditionsClaim.decode(found["conditions"]),
            containers=labels(found),
            reason=text(found["reason"], "reason"),
        )

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return Ship.as_body(self) | {"reason": self.reason}
