"""Single members of a Berlinger logger's file as values; all that is taken is taken exactly."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timezone
from typing import Final

from supplychain.domain.temperatures import read_temperature
from supplychain.formats.berlinger_tree import Node
from supplychain.formats.errors import FormatError

_NUMBER: Final = re.compile(r"\d{1,7}", re.ASCII)
_DAY: Final = re.compile(r"(?:19|2\d)\d{2}-\d{2}-\d{2}", re.ASCII)  # far from the calendar's ends
_MINUTE: Final = re.compile(r"\d{2}:\d{2}", re.ASCII)
_MOMENT: Final = re.compile(rf"{_DAY.pattern} {_MINUTE.pattern}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads members written by the device's clock, which is at a fixed offset from UTC.

    Each method returns None for a member that is not there or has no text, and raises FormatError
    with the line for one that is not of its form.
    """

    zone: timezone

    def number(self, node: Node | None) -> int | None:
        """A whole number."""
        return int(_text(node, _NUMBER, "a whole number")) if node and node.text else None

    def celsius(self, node: Node | None) -> int | None:
        """Hundredths of a degree; None also where the device had no sensor (`--.-`)."""
        if node is None:
            return None
        try:
            value = read_temperature(node.text, "C", first=False)
        except ValueError:
            raise _wrong(node, "a temperature such as 5.1") from None
        return value if isinstance(value, int) else None

    def day(self, node: Node | None) -> date | None:
        """A day of the device's calendar."""
        if node is None or not node.text:
            return None
        try:
            return date.fromisoformat(_text(node, _DAY, "a day such as 2026-11-21"))
        except ValueError:
            raise _wrong(node, "a day of the calendar") from None

    def moment(self, node: Node | None, on: date | None = None) -> datetime | None:
        """A moment in UTC; with `on`, the line has hours and minutes of that day only."""
        if node is None or not node.text:
            return None
        text = node.text
        if on is not None:
            text = f"{on.isoformat()} {_text(node, _MINUTE, 'a time such as 08:05')}"
        try:
            return self.utc(text)
        except ValueError:
            raise _wrong(node, "a time such as 2026-11-21 08:05") from None

    def utc(self, text: str) -> datetime:
        """A local `yyyy-MM-dd hh:mm` as a moment in UTC. Raises ValueError."""
        return local_time(text).replace(tzinfo=self.zone).astimezone(UTC)


def local_time(text: str) -> datetime:
    """A `yyyy-MM-dd hh:mm` as it stands, without a zone. Raises ValueError."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def _text(node: Node, form: re.Pattern[str], expected: str) -> str:
    if not form.fullmatch(node.text):
        raise _wrong(node, expected)
    return node.text


def _wrong(node: Node, expected: str) -> FormatError:
    found = node.text[:40]
    message = f"Expected {expected} for '{node.key[:40]}', found '{found}'."
    return FormatError("MEMBER_MALFORMED", message, place=node.place)
