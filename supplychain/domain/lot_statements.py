"""The statement that gives birth to a lot, and what is said about a whole lot."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

from ledger.core.canonical import Json
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln, Gtin, LotNumber
from supplychain.domain.lots import Expiry, LotKey
from supplychain.domain.members import choice, day, hex_32, members, sequence, text
from supplychain.domain.outputs import OutputClaim, State
from supplychain.domain.products import Product
from supplychain.domain.transform_statements import Origin

_REGISTER = ("gtin", "lot", "expiry", "expiry_zone", "product", "profile", "outputs")


@dataclass(frozen=True, slots=True)
class LotRegister:
    """`lot.register`: a maker brings so many units of a lot into the world.

    `origin` says what they were made of, where they were other lots before.
    """

    type: ClassVar[str] = "lot.register"
    lot: LotNumber
    product: Product
    expiry: Expiry
    outputs: tuple[OutputClaim, ...]
    origin: Origin | None = None

    def __post_init__(self) -> None:
        """Prove that exactly one held output is made."""
        if [claim.state for claim in self.outputs] != [State.HELD]:
            raise Invalid("OUTPUTS_WRONG", f"{self.type}: expected one output, held.")

    @classmethod
    def of(
        cls,
        *,
        maker: Gln,
        lot: LotNumber,
        product: Product,
        expiry: Expiry,
        quantity: int,
        origin: Origin | None = None,
    ) -> Self:
        """Compose the statement: the maker holds all of it."""
        return cls(lot, product, expiry, (OutputClaim(State.HELD, maker, quantity),), origin)

    @property
    def key(self) -> LotKey:
        """What names the lot."""
        return LotKey(self.product.gtin, self.lot)

    @property
    def quantity(self) -> int:
        """The units born."""
        return self.outputs[0].quantity

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, _REGISTER, ("origin",))
        outputs = sequence(found["outputs"], "outputs", 1)
        return cls(
            lot=LotNumber.parse(text(found["lot"], "lot")),
            product=_product(found),
            expiry=Expiry(
                day(found["expiry"], "expiry"), text(found["expiry_zone"], "expiry_zone")
            ),
            outputs=tuple(OutputClaim.decode(claim) for claim in outputs),
            origin=Origin.decode(found["origin"]) if "origin" in found else None,
        )

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        origin: dict[str, Json] = {} if self.origin is None else {"origin": self.origin.as_json()}
        return origin | {
            "gtin": str(self.product.gtin),
            "lot": str(self.lot),
            "expiry": self.expiry.on.isoformat(),
            "expiry_zone": self.expiry.zone,
            "product": {
                "name": self.product.name,
                "strength": self.product.strength,
                "form": self.product.form,
            },
            "profile": self.product.profile,
            "outputs": [claim.as_json() for claim in self.outputs],
        }


def _product(found: Mapping[str, object]) -> Product:
    named = members(found["product"], "product", ("name", "strength", "form"))
    return Product(
        gtin=Gtin.parse(text(found["gtin"], "gtin")),
        name=text(named["name"], "product.name"),
        strength=text(named["strength"], "product.strength"),
        form=text(named["form"], "product.form"),
        profile=text(found["profile"], "profile"),
    )


class RecallClass(StrEnum):
    """How dangerous: I may kill or harm for good, II may harm for a time, III does not harm."""

    I = "I"  # noqa: E741 - the classes are Roman numerals
    II = "II"
    III = "III"


@dataclass(frozen=True, slots=True)
class RecallIssue:
    """`recall.issue`: the whole lot is called back."""

    type: ClassVar[str] = "recall.issue"
    outputs: ClassVar[tuple[OutputClaim, ...]] = ()
    recall_class: RecallClass
    reason: str

    def __post_init__(self) -> None:
        """Prove that a reason is given."""
        text(self.reason, "reason")

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("class", "reason"))
        return cls(choice(found["class"], "class", RecallClass), text(found["reason"], "reason"))

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return {"class": self.recall_class.value, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class HoldPlace:
    """`hold.place`: nobody moves the lot until the hold is lifted."""

    type: ClassVar[str] = "hold.place"
    outputs: ClassVar[tuple[OutputClaim, ...]] = ()
    reason: str

    def __post_init__(self) -> None:
        """Prove that a reason is given."""
        text(self.reason, "reason")

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        return cls(text(members(body, cls.type, ("reason",))["reason"], "reason"))

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return {"reason": self.reason}


@dataclass(frozen=True, slots=True)
class HoldLift:
    """`hold.lift`: the hold placed by the entry `hold` is over."""

    type: ClassVar[str] = "hold.lift"
    outputs: ClassVar[tuple[OutputClaim, ...]] = ()
    hold: str
    reason: str

    def __post_init__(self) -> None:
        """Prove that it cites an entry and gives a reason."""
        hex_32(self.hold, "hold")
        text(self.reason, "reason")

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("hold", "reason"))
        return cls(hex_32(found["hold"], "hold"), text(found["reason"], "reason"))

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return {"hold": self.hold, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class RecallLift:
    """`recall.lift`: the recall issued by the entry `recall` is over."""

    type: ClassVar[str] = "recall.lift"
    outputs: ClassVar[tuple[OutputClaim, ...]] = ()
    recall: str
    reason: str

    def __post_init__(self) -> None:
        """Prove that it cites an entry and gives a reason."""
        hex_32(self.recall, "recall")
        text(self.reason, "reason")

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("recall", "reason"))
        return cls(hex_32(found["recall"], "recall"), text(found["reason"], "reason"))

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return {"recall": self.recall, "reason": self.reason}
