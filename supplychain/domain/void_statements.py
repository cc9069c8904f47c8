"""The statement that takes back what never arrived."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from ledger.core.canonical import Json
from supplychain.domain.containers import Container, labelled, labels
from supplychain.domain.errors import Invalid
from supplychain.domain.handoff_statements import KEPT, claims, some, states
from supplychain.domain.identifiers import Gln
from supplychain.domain.members import hex_32, members, text
from supplychain.domain.outputs import OutputClaim, State

_STATES = tuple((state, *on) for state in KEPT for on in ((), (State.IN_TRANSIT,)))


@dataclass(frozen=True, slots=True)
class Void:
    """`custody.void`: the giver takes back, all or in part, what of `dispatch` was not received.

    `containers` are those that come back whole, where others go on.
    """

    type: ClassVar[str] = "custody.void"
    dispatch: str
    reason: str
    outputs: tuple[OutputClaim, ...]
    containers: tuple[Container, ...] = ()

    def __post_init__(self) -> None:
        """Prove that it cites an entry, gives a reason, and keeps goods before any that go on."""
        hex_32(self.dispatch, "dispatch")
        text(self.reason, "reason")
        if states(self.outputs) not in _STATES:
            message = f"{self.type}: expected goods kept, as a rule held, then in_transit if any."
            raise Invalid("OUTPUTS_WRONG", message)

    @classmethod
    def of(
        cls,
        *,
        giver: Gln,
        dispatch: str,
        quantity: int,
        reason: str,
        state: State = State.HELD,
        rest: int = 0,
        to: Gln | None = None,
        containers: tuple[Container, ...] = (),
    ) -> Self:
        """Compose the statement: so much is again in the state before, the `rest` goes on `to`."""
        outputs = some((state, giver, quantity, None), (State.IN_TRANSIT, giver, rest, to))
        return cls(dispatch, reason, outputs, containers)

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("dispatch", "reason", "outputs"), ("containers",))
        return cls(
            dispatch=hex_32(found["dispatch"], "dispatch"),
            reason=text(found["reason"], "reason"),
            outputs=claims(found["outputs"]),
            containers=labels(found),
        )

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        plain: dict[str, Json] = {
            "dispatch": self.dispatch,
            "reason": self.reason,
            "outputs": [claim.as_json() for claim in self.outputs],
        }
        return plain | labelled(self.containers)
