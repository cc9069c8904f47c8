"""What a table says of itself, as a proposal to a person; what it does not say stays open.

The order of day and month is known only where every other order has days that do not exist or
times that go back. The zone is known only where each time carries its own. The unit is known only
where the column names it. All else that is proposed can be seen in the rows.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from supplychain.domain.conditions import ReadingsFault, fault
from supplychain.domain.temperatures import Unit, read_temperature
from supplychain.formats.column_mapping import DecimalMark, unit_named
from supplychain.formats.local_times import (
    DateOrder,
    carries_offset,
    looks_like_day,
    looks_like_time,
    orders_possible,
)
from supplychain.formats.tables import (
    HEADER_ROW_MAX,
    Delimiter,
    Encoding,
    encoding_of,
    lines_of,
    rows_of,
)

SAMPLE_ROWS: Final = 5
HINTS_MAX: Final = 5
HINT_CHARACTERS: Final = 120

_CLOCK: Final = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?", re.ASCII | re.IGNORECASE)
_TEMPERATURE: Final = re.compile("temp|°|celsius|fahrenheit", re.IGNORECASE)
_ZONE: Final = re.compile(r"\b(?:UTC|GMT)\b|time ?zone", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What can be proposed: None or "" for each part that a person has to say.

    `columns` are the names to choose from, `rows` the first rows below them. `zone_in_times` says
    that no zone is needed; `zone_hints` are the lines that speak of one.
    """

    encoding: Encoding
    delimiter: Delimiter
    decimal: DecimalMark
    header_row: int
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    date: str
    time: str
    temperature: str
    order: DateOrder | None
    unit: Unit | None
    zone_in_times: bool
    zone_hints: tuple[str, ...]

    @property
    def unknown(self) -> tuple[str, ...]:
        """The parts that the file does not say, and that nobody may guess."""
        said = {
            "time": self.time,
            "temperature": self.temperature,
            "order": self.order,
            "zone": self.zone_in_times,
            "unit": self.unit,
        }
        return tuple(name for name, known in said.items() if not known)


def suggest(data: bytes) -> Suggestion:
    """Return what a file proposes for its own mapping.

    Raises ReadingsFault TABLE_NOT_FOUND where no row within the first 200 lines has a time and a
    number, and what `lines_of` raises.
    """
    encoding = encoding_of(data)
    lines = lines_of(data, encoding)
    first = _first_row(lines)
    header_row, columns, rows = _table(lines, first)
    date, time = first.date, first.time
    numbers = [n for n, cell in enumerate(rows[0]) if n not in (date, time) and _is_value(cell)]
    warm = _temperature(columns, numbers)
    moments = [_moment(row, date, time) for row in rows]
    possible = orders_possible(moments)
    return Suggestion(
        encoding=encoding,
        delimiter=first.delimiter,
        decimal=_decimal(rows, numbers, first.delimiter),
        header_row=header_row,
        columns=tuple(columns),
        rows=tuple(tuple(row) for row in rows[:SAMPLE_ROWS]),
        date="" if date is None else columns[date],
        time=columns[time],
        temperature="" if warm is None else columns[warm],
        order=possible[0] if len(possible) == 1 else None,
        unit=None if warm is None else unit_named(columns[warm]),
        zone_in_times=all(carries_offset(moment) for moment in moments),
        zone_hints=tuple(_hints(lines[: first.line])),
    )


@dataclass(frozen=True, slots=True)
class _FirstRow:
    """The first row that has a time and a number: its line, its width, and where the time is."""

    line: int
    width: int
    delimiter: Delimiter
    date: int | None
    time: int


def _first_row(lines: Sequence[str]) -> _FirstRow:
    """The first row of time and number, with the delimiter that finds it first and widest."""
    found = [row for delimiter in Delimiter for row in _rows_with_time(lines, delimiter)]
    if not found:
        fix = f"Expected a row with a time and a number within the first {HEADER_ROW_MAX} lines."
        raise fault("TABLE_NOT_FOUND", fix, column="file")
    return min(found, key=lambda row: (row.line, -row.width))


def _rows_with_time(lines: Sequence[str], delimiter: Delimiter) -> Iterator[_FirstRow]:
    """Yield the first such row with this delimiter, if there is one."""
    with suppress(ReadingsFault):  # with another delimiter it may be a table
        for line, cells in rows_of(lines[: HEADER_ROW_MAX + 1], delimiter.character):
            when = _times(cells)
            if when and any(_is_value(cell) for n, cell in enumerate(cells) if n not in when):
                yield _FirstRow(line, len(cells), delimiter, *when)
                return


def _table(lines: Sequence[str], first: _FirstRow) -> tuple[int, list[str], list[list[str]]]:
    """The line of the header (0 for none), the names of the columns, and all whole rows."""
    between = first.delimiter.character
    above = list(rows_of(lines[: first.line - 1], between))
    below = [cells for _, cells in rows_of(lines, between, after=first.line - 1)]
    rows = [cells for cells in below if len(cells) >= first.width]
    if above and len(above[-1][1]) >= first.width:
        line, header = above[-1]
        return line, header, rows
    return 0, [str(n) for n in range(1, first.width + 1)], rows


def _moment(row: Sequence[str], date: int | None, time: int) -> str:
    return row[time] if date is None else f"{row[date]} {row[time]}"


def _times(cells: Sequence[str]) -> tuple[int | None, int] | None:
    """Where the time stands, and the day where it has a column of its own."""
    whole = next((n for n, cell in enumerate(cells) if looks_like_time(cell)), None)
    if whole is not None:
        return None, whole
    day = next((n for n, cell in enumerate(cells) if looks_like_day(cell)), None)
    clock = next((n for n, cell in enumerate(cells) if _CLOCK.fullmatch(cell)), None)
    return None if day is None or clock is None else (day, clock)


def _is_value(cell: str) -> bool:
    """Whether a cell is a temperature, or says that there is none."""
    try:
        read_temperature(cell.replace(",", "."), "C")
    except ValueError:
        return False
    return bool(cell)


def _temperature(columns: Sequence[str], numbers: Sequence[int]) -> int | None:
    """The one column that can be it, by its name or for want of another."""
    named = [n for n in numbers if _TEMPERATURE.search(columns[n])]
    for candidates in (named, numbers):
        if len(candidates) == 1:
            return candidates[0]
    return None


def _decimal(
    rows: Sequence[Sequence[str]], numbers: Sequence[int], delimiter: Delimiter
) -> DecimalMark:
    """What the numbers have before their tenths; between commas it can only be a point."""
    commas = any("," in row[n] for row in rows for n in numbers if delimiter is not Delimiter.COMMA)
    return DecimalMark.COMMA if commas else DecimalMark.POINT


def _hints(lines: Sequence[str]) -> list[str]:
    return [line.strip()[:HINT_CHARACTERS] for line in lines if _ZONE.search(line)][:HINTS_MAX]
