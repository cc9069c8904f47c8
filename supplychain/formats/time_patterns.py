"""How a table's header says its times are written: `yyyy-MM-dd hh:mm`, `dd.MM.yyyy HH:mm:ss`.

The signs are those of Unicode's date patterns (UTS #35); `hh` counts to 24 where there is no `a`.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from supplychain.formats.month_names import MONTHS

_SIGNS: Final = {
    "yyyy": r"(?P<year>(?:19|2[0-9])[0-9]{2})",  # far from the calendar's ends
    "MMM": r"(?P<name>[^\W\d_]{3,4})\.?",
    "MM": r"(?P<month>[0-9]{2})",
    "dd": r"(?P<day>[0-9]{2})",
    "HH": r"(?P<hour>[0-9]{2})",
    "hh": r"(?P<hour>[0-9]{2})",
    "mm": r"(?P<minute>[0-9]{2})",
    "ss": r"(?P<second>[0-9]{2})",
    "a": r"(?P<half>[AaPp][Mm])",
}
_SIGN: Final = re.compile(f"({'|'.join(_SIGNS)})")
_PATTERN: Final = re.compile(rf"(?:{_SIGN.pattern}|[ ./:,\-])+", re.ASCII)
_NOON: Final = 12


@dataclass(frozen=True, slots=True)
class TimePattern:
    """A way of writing times, without a zone."""

    cells: re.Pattern[str]

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The pattern in a header's cell; None where it is none that names a day and a minute.

        >>> TimePattern.parse("dd.MM.yyyy hh:mm").read("21.11.2026 08:05")
        datetime.datetime(2026, 11, 21, 8, 5)
        >>> TimePattern.parse("Time") is None
        True
        """
        signs = _SIGN.findall(text) if _PATTERN.fullmatch(text) else []
        months, hours = {"MM", "MMM"} & {*signs}, {"HH", "hh"} & {*signs}
        whole = {"yyyy", "dd", "mm"} <= {*signs} and len(months) == len(hours) == 1
        if not whole or len(set(signs)) < len(signs):
            return None
        cells = "".join(_SIGNS.get(part) or re.escape(part) for part in _SIGN.split(text))
        return cls(re.compile(cells))

    def read(self, cell: str) -> datetime:
        """The time in a cell, naive. Raises ValueError."""
        match = self.cells.fullmatch(cell)
        if match is None:
            raise ValueError(cell)
        said = match.groupdict()
        month = MONTHS.get(said["name"].lower(), 0) if said.get("name") else int(said["month"])
        hour = _hour(int(said["hour"]), said.get("half"))
        minute, second = int(said["minute"]), int(said.get("second") or 0)
        day = int(said["year"]), month, int(said["day"])
        return datetime(*day, hour, minute, second)  # noqa: DTZ001 - as a device's clock shows it


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= _NOON:
        raise ValueError(hour)
    return hour % _NOON + (_NOON if half.lower() == "pm" else 0)
