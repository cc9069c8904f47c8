"""Statements that add to what stands: a later expiry, and corrections. They replace nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from ledger.core.canonical import Json
from supplychain.domain.lots import Expiry
from supplychain.domain.members import day, hex_32, members, text
from supplychain.domain.outputs import OutputClaim


@dataclass(frozen=True, slots=True)
class ExpiryExtend:
    """`expiry.extend`: the lot is good for longer than its packs say."""

    type: ClassVar[str] = "expiry.extend"
    outputs: ClassVar[tuple[OutputClaim, ...]] = ()
    expiry: Expiry
    reason: str

    def __post_init__(self) -> None:
        """Prove that a reason is given."""
        text(self.reason, "reason")

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("expiry", "expiry_zone", "reason"))
        expiry = Expiry(day(found["expiry"], "expiry"), text(found["expiry_zone"], "expiry_zone"))
        return cls(expiry, text(found["reason"], "reason"))

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return {
            "expiry": self.expiry.on.isoformat(),
            "expiry_zone": self.expiry.zone,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Correction:
    """`entry.correct`: who signed the entry `entry` says in words what was wrong in it."""

    type: ClassVar[str] = "entry.correct"
    outputs: ClassVar[tuple[OutputClaim, ...]] = ()
    entry: str
    reason: str

    def __post_init__(self) -> None:
        """Prove that it cites an entry and says something."""
        hex_32(self.entry, "entry")
        text(self.reason, "reason")

    @classmethod
    def decode(cls, body: Mapping[str, object]) -> Self:
        """Read the body. Raises Invalid."""
        found = members(body, cls.type, ("entry", "reason"))
        return cls(hex_32(found["entry"], "entry"), text(found["reason"], "reason"))

    def as_body(self) -> dict[str, Json]:
        """The body that `decode` reads."""
        return {"entry": self.entry, "reason": self.reason}
