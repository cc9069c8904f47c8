"""Statements about packing: what was put into which containers, or taken out of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from ledger.core.canonical import Json
from supplychain.domain.containers import Container
from supplychain.domain.errors import Invalid
from supplychain.domain.handoff_statements import RESTS_MAX, claims, states
from supplychain.domain.identifiers import Gln
from supplychain.domain.members import hex_32, members, quantity, sequence, text
from supplychain.domain.outputs import OutputClaim, State

CONTAINERS_MAX = 50
CHILDREN_MAX = 100


@dataclass(frozen=True, slots=True)
class Contents:
    """One container of a statement: what of the lot goes in or out, and other containers.

    `quantity` is how many packs or units, `packs` the root of the packs' set; of a lot without
    serial numbers there is none.
    """

    container: Container
    packs: str | None = None
    quantity: int = 0
    children: tuple[Container, ...] = ()

    def __post_init__(self) -> None:
        """Prove that it says something, and nothing twice."""
        if self.packs is not None and self.quantity == 0:
            raise Invalid("CONTENTS_WRONG", f"{self.container}: packs have a root and a quantity.")
        if self.quantity == 0 and not self.children:
            raise Invalid("CONTENTS_WRONG", f"{self.container}: neither goods nor containers.")
        if len(set(self.children)) < len(self.children):
            raise Invalid("CONTENTS_WRONG", f"{self.container}: a container is named twice.")

    @property
    def units(self) -> int:
        """How many units without serial numbers go in or out."""
        return self.quantity if self.packs is None else 0

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read one member of `containers`. Raises Invalid."""
        found = members(value, "container", ("id",), ("packs", "quantity", "children"))
        inner = found.get("children")
        listed = () if inner is None else sequence(inner, "children", CHILDREN_MAX)
        return cls(
            container=Container(text(found["id"], "container.id")),
            packs=hex_32(found["packs"], "container.packs") if "packs" in found else None,
            quantity=quantity(found["quantity"], "quantity") if "quantity" in found else 0,
            children=tuple(Container(text(child, "container.children")) for child in listed),
        )

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        plain: dict[str, Json] = {"id": str(self.container)}
        if self.packs is not None:
            plain["packs"] = self.packs
        if self.quantity:
            plain["quantity"] = self.quantity
        if self.children:
            plain["children"] = [str(child) for child in self.children]
        return plain


@dataclass(frozen=True, slots=True)
class _Packing:
    """What both statements have: the containers, and the goods, which stay as they are.

    `parts`: in how many outputs they may stand.
    """

    type: ClassVar[str] = ""
    parts: ClassVar[int] = 1
    containers: tuple[Contents, ...]
    outputs: tuple[OutputClaim, ...]

    def __post_init__(self) -> None:
        """Prove that each container is named once, and that what is made is held."""
        named = [one.container for one in self.containers]
        if len(set(named)) < len(named):
            raise Invalid("CONTENTS_WRONG", f"{self.type}: a container is named twice.")
        if not 1 <= len(self.outputs) <= self.parts or {*states(self.outputs)} != {State.HELD}:
            message = f"{self.type}: expected outputs that are held, at most {self.parts}."
            raise Invalid("OUTPUTS_WRONG", message)
        if len(self.outputs) > 1 and any(one.children for one in self.containers):
            message = f"{self.type}: what goes into a pallet with its cases stays in one output."
            raise Invalid("OUTPUTS_WRONG", message)

    @classmethod
    def of(cls, *, holder: Gln, quantity: int, containers: tuple[Contents, ...]) -> Self:
        """Compose the statement; the holder keeps all of the goods."""
        return cls(containers, (OutputClaim(State.HELD, holder, quantity),))

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("containers", "outputs"))
        listed = sequence(found["containers"], "containers", CONTAINERS_MAX)
        return cls(tuple(map(Contents.decode, listed)), claims(found["outputs"]))

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return {
            "containers": [one.as_json() for one in self.containers],
            "outputs": [claim.as_json() for claim in self.outputs],
        }


@dataclass(frozen=True, slots=True)
class Aggregate(_Packing):
    """`pack.aggregate`: the holder puts goods into containers, and containers into others.

    Packs may stand in an output of their own afterwards, and the rest in one or two.
    """

    type: ClassVar[str] = "pack.aggregate"
    parts: ClassVar[int] = 1 + RESTS_MAX


@dataclass(frozen=True, slots=True)
class Disaggregate(_Packing):
    """`pack.disaggregate`: the holder takes goods and containers out of containers."""

    type: ClassVar[str] = "pack.disaggregate"
