"""How the table of some logger's model is to be read: said once by a person, and kept.

Nothing in it is a guess: what `mapping_suggestions` proposes, somebody has looked at and confirmed.
"""

import re
from dataclasses import dataclass
from datetime import timezone
from enum import StrEnum
from typing import Final, Self

from ledger.core.canonical import Json
from supplychain.domain.errors import Invalid
from supplychain.domain.lots import zone as read_zone
from supplychain.domain.members import choice, members, text, whole
from supplychain.domain.temperatures import Unit
from supplychain.formats.local_times import DateOrder
from supplychain.formats.tables import CELL_CHARACTERS_MAX, HEADER_ROW_MAX, Delimiter, Encoding

_REQUIRED: Final = (
    "encoding",
    "delimiter",
    "decimal",
    "header_row",
    "time",
    "temperature",
    "order",
    "unit",
)
_OPTIONAL: Final = ("date", "zone")
_UNIT: Final = re.compile(r"°\s?([CF])\b|\b(Celsius|Fahrenheit)\b|[(\[]([CF])[)\]]", re.IGNORECASE)


class DecimalMark(StrEnum):
    """What stands before the tenths."""

    POINT = "point"
    COMMA = "comma"


class _Unit(StrEnum):
    CELSIUS = "C"
    FAHRENHEIT = "F"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Where time and temperature stand, and what their cells mean.

    `header_row` is the line of the header, 0 where there is none: then columns are named by their
    numbers, the first being "1". `date` is the column of the day where it stands by itself. `zone`
    is the fixed offset of the times, None where each carries its own.
    """

    encoding: Encoding
    delimiter: Delimiter
    decimal: DecimalMark
    header_row: int
    time: str
    temperature: str
    order: DateOrder
    unit: Unit
    date: str = ""
    zone: timezone | None = None

    def __post_init__(self) -> None:
        """Prove that the columns differ and that numbers can be told from cells."""
        columns = [name for name in (self.date, self.time, self.temperature) if name]
        if len(set(columns)) != len(columns):
            raise Invalid("COLUMNS", "Date, time and temperature are different columns.")
        if self.decimal is DecimalMark.COMMA and self.delimiter is Delimiter.COMMA:
            message = "Where commas stand between cells, they cannot stand in numbers too."
            raise Invalid("DECIMAL_MARK", message)

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read what `as_json` wrote. Raises Invalid."""
        said = members(value, "mapping", _REQUIRED, _OPTIONAL)
        zone = said.get("zone")
        return cls(
            encoding=choice(said["encoding"], "encoding", Encoding),
            delimiter=choice(said["delimiter"], "delimiter", Delimiter),
            decimal=choice(said["decimal"], "decimal", DecimalMark),
            header_row=whole(said["header_row"], "header_row", 0, HEADER_ROW_MAX),
            time=_column(said["time"], "time"),
            temperature=_column(said["temperature"], "temperature"),
            order=choice(said["order"], "order", DateOrder),
            unit="C" if choice(said["unit"], "unit", _Unit) is _Unit.CELSIUS else "F",
            date=_column(said["date"], "date") if "date" in said else "",
            zone=None if zone is None else read_zone(text(zone, "zone")),
        )

    def as_json(self) -> dict[str, Json]:
        """The mapping as it is kept and sent."""
        said: dict[str, Json] = {
            "encoding": self.encoding.value,
            "delimiter": self.delimiter.value,
            "decimal": self.decimal.value,
            "header_row": self.header_row,
            "time": self.time,
            "temperature": self.temperature,
            "order": self.order.value,
            "unit": self.unit,
        }
        if self.date:
            said["date"] = self.date
        if self.zone is not None:
            said["zone"] = zone_text(self.zone)
        return said


def zone_text(zone: timezone) -> str:
    """A fixed offset as `+HH:MM`."""
    minutes = round((zone.utcoffset(None)).total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def unit_named(column: str) -> Unit | None:
    """The unit in a column's name, as `Temp °F`, `Fahrenheit`, `T (C)`; None where it has none."""
    named = _UNIT.search(column)
    if named is None:
        return None
    return "C" if "".join(filter(None, named.groups()))[0] in "Cc" else "F"


def _column(value: object, name: str) -> str:
    return text(value, name, CELL_CHARACTERS_MAX)
