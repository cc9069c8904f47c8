"""When a logger has to be calibrated again: what is overdue weakens all that it says (C14)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from supplychain.domain.errors import Invalid

WARNING = timedelta(days=30)
EVERY_DAYS = (1, 3650)


class Due(StrEnum):
    """How a device stands on a day."""

    GOOD = "good"
    SOON = "soon"  # within 30 days
    OVERDUE = "overdue"
    UNKNOWN = "unknown"  # nobody wrote down when it was calibrated


@dataclass(frozen=True, slots=True)
class Calibration:
    """Done on one day, good for so many days after it."""

    on: date | None
    every_days: int = 365

    def __post_init__(self) -> None:
        """Prove the number of days."""
        low, high = EVERY_DAYS
        if not low <= self.every_days <= high:
            raise Invalid("OUT_OF_BOUNDS", f"every_days: expected {low} to {high}.")

    @property
    def until(self) -> date | None:
        """The last good day.

        >>> Calibration(date(2026, 1, 31), 30).until
        datetime.date(2026, 3, 2)
        """
        return None if self.on is None else self.on + timedelta(days=self.every_days)

    def due(self, today: date) -> Due:
        """How the device stands on that day."""
        if self.until is None:
            return Due.UNKNOWN
        if today > self.until:
            return Due.OVERDUE
        return Due.SOON if today + WARNING > self.until else Due.GOOD
