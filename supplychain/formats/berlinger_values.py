"""What a Berlinger logger says beside its readings, as values; what is not of its form is none.

Such a member is left to be shown as it stands. It would be wrong to refuse a file for it that its
device signed; and it would be as wrong to take it for something.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timezone
from typing import Final

from supplychain.domain.temperatures import Unit, read_temperature
from supplychain.formats.berlinger_tree import Node

_NUMBER: Final = re.compile(r"\d{1,7}", re.ASCII)
_DAY: Final = re.compile(r"(?:19|2\d)\d{2}-\d{2}-\d{2}", re.ASCII)  # far from the calendar's ends
_MINUTE: Final = re.compile(r"\d{2}:\d{2}", re.ASCII)
_MOMENT: Final = re.compile(rf"{_DAY.pattern} {_MINUTE.pattern}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads members written by the device's clock, which is at a fixed offset from UTC.

    Each method returns None for a member that is not there, has no text, or is not of its form.
    """

    zone: timezone
    unit: Unit = "C"

    def number(self, node: Node | None) -> int | None:
        """A whole number."""
        return int(node.text) if node and _NUMBER.fullmatch(node.text) else None

    def celsius(self, node: Node | None) -> int | None:
        """Hundredths of a degree; None also where the device had no sensor (`--.-`)."""
        try:
            value = read_temperature(node.text if node else "", self.unit)
        except ValueError:
            return None
        return value if isinstance(value, int) else None

    def day(self, node: Node | None) -> date | None:
        """A day of the device's calendar."""
        try:
            return date.fromisoformat(node.text) if node and _DAY.fullmatch(node.text) else None
        except ValueError:
            return None

    def moment(self, node: Node | None, on: date | None = None) -> datetime | None:
        """A moment in UTC; with `on`, the line has hours and minutes of that day only."""
        text = node.text if node else ""
        try:
            return self.utc(text if on is None else f"{on.isoformat()} {text}")
        except ValueError:
            return None

    def utc(self, text: str) -> datetime:
        """A local `yyyy-MM-dd hh:mm` as a moment in UTC. Raises ValueError."""
        return local_time(text).replace(tzinfo=self.zone).astimezone(UTC)


def local_time(text: str) -> datetime:
    """A `yyyy-MM-dd hh:mm` as it stands, without a zone. Raises ValueError."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)
