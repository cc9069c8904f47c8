"""The statement of a giver who sent more than he said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from ledger.core.canonical import Json
from supplychain.domain.errors import Invalid
from supplychain.domain.handoff_statements import claims, some, states
from supplychain.domain.identifiers import Gln
from supplychain.domain.members import hex_32, members, text
from supplychain.domain.outputs import OutputClaim, State

_ALLOWED = tuple(
    (taken, *rest) for taken in (State.HELD, State.QUARANTINED) for rest in ((), (State.HELD,))
)


@dataclass(frozen=True, slots=True)
class Surplus:
    """`custody.surplus`: what the receipt `receipt` found too much is out of the giver's stock."""

    type: ClassVar[str] = "custody.surplus"
    receipt: str
    reason: str
    outputs: tuple[OutputClaim, ...]

    def __post_init__(self) -> None:
        """Prove the receipt, the reason, and the outputs: the receiver's, then the giver's rest."""
        hex_32(self.receipt, "receipt")
        text(self.reason, "reason")
        if states(self.outputs) not in _ALLOWED:
            message = f"{self.type}: expected held or quarantined, then held if any."
            raise Invalid("OUTPUTS_WRONG", message)

    @classmethod
    def of(
        cls,
        *,
        giver: Gln,
        receiver: Gln,
        quantity: int,
        rest: int,
        receipt: str,
        reason: str,
        state: State = State.HELD,
    ) -> Self:
        """Compose the statement; the receiver has the goods in this `state`."""
        outputs = some((state, receiver, quantity, None), (State.HELD, giver, rest, None))
        return cls(receipt, reason, outputs)

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("receipt", "reason", "outputs"))
        receipt, reason = hex_32(found["receipt"], "receipt"), text(found["reason"], "reason")
        return cls(receipt, reason, claims(found["outputs"]))

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return {
            "receipt": self.receipt,
            "reason": self.reason,
            "outputs": [claim.as_json() for claim in self.outputs],
        }
