"""From one moment to another."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from ledger.core.canonical import Json
from supplychain.domain.errors import Invalid
from supplychain.domain.members import instant, instant_text, members


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From one moment to another, both included (UTC, seconds)."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Prove the order."""
        if self.start > self.end:
            raise Invalid("INTERVAL_REVERSED", f"{self.start} is later than {self.end}.")

    @classmethod
    def decode(cls, value: object, name: str) -> Self:
        """Read `{"from","to"}`. Raises Invalid."""
        found = members(value, name, ("from", "to"))
        return cls(instant(found["from"], f"{name}.from"), instant(found["to"], f"{name}.to"))

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        return {"from": instant_text(self.start), "to": instant_text(self.end)}
