"""CSV files that HOBOware writes: title, quoted header with offset, units and serials, event rows.

The header names the offset from UTC and the unit. The order of day and month it does not name (it
is a setting of HOBOware, month first unless changed): the file proves it, or a person says it.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import partial
from types import MappingProxyType
from typing import Final

from supplychain.domain.conditions import Series
from supplychain.domain.device_summaries import LoggerFlag
from supplychain.domain.reading_rows import Row, take
from supplychain.domain.temperatures import Unit
from supplychain.formats.errors import FormatError
from supplychain.formats.local_times import DateOrder, proven_order, read_time
from supplychain.formats.logger_file import LoggerFile
from supplychain.formats.tables import encoding_of, lines_of, rows_of

KIND: Final = "hobo"
SENSORS_MAX: Final = 10
HEADER_LINES: Final = 2

_TITLE: Final = "Plot Title:"
_TIME: Final = re.compile(r"Date Time, ?GMT ?([+-])(\d{2}):?(\d{2})", re.ASCII)
_TEMPERATURE: Final = re.compile(r"Temp(?:erature)?,? \(?[°*]? ?([CF])\b")
_SERIAL: Final = re.compile(r"(LGR|SEN) S/N: ?([A-Za-z0-9-]{1,24})", re.ASCII)
_EVENT: Final = re.compile(
    "Bad Battery|Button|Coupler|End Of File|Host Connected|Mark|Started|Stopped", re.IGNORECASE
)
OFFSET_MINUTES_MAX: Final = 14 * 60
UNITS: Final[Mapping[str, Unit]] = MappingProxyType({"C": "C", "F": "F"})
_BATTERY: Final = "Bad Battery"


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the columns are; a cell that is in none of them tells an event."""

    line: int
    cells: Sequence[str]
    time: int
    zone: timezone
    temperatures: Sequence[tuple[int, Unit]]

    @property
    def events(self) -> list[int]:
        """The columns that tell of events: those that measure nothing and count nothing."""
        return [n for n, cell in enumerate(self.cells) if _EVENT.match(cell)]

    def device(self, column: int) -> str:
        """The logger's serial number, and the sensor's where there are several."""
        serials = dict(_SERIAL.findall(self.cells[column]))
        names = [serials.get("LGR", "")]
        if len(self.temperatures) > 1:
            names.append(serials.get("SEN", str(column)))
        return " ".join(filter(None, names))


def is_one(data: bytes) -> bool:
    """Say whether a file is of this kind, by its first lines: they name the offset of its times.

    HOBOware can be told to leave that out, or to part day and time: such a file is read as any
    other table, with what a person says of it.
    """
    start = data[:2_000].decode("utf-8-sig", "replace").lstrip('"')
    lines = start.split("\n")[: HEADER_LINES if start.startswith(_TITLE) else 1]
    return any(_TIME.search(line) for line in lines)


def read(
    data: bytes,
    *,
    at: datetime,
    order: DateOrder | None = None,
    device: str = "logger",
    calibrated: date | None = None,
) -> LoggerFile:
    """Return what a file holds: a series for each of its temperatures.

    `order` is asked for (DATE_ORDER_NEEDED) where the file does not prove it, `device` is taken
    where the header has no serial number. Raises FormatError or ReadingsFault.
    """
    lines = lines_of(data, encoding_of(data))
    delimiter = max(",;\t", key="".join(lines[:HEADER_LINES]).count)
    header = _header(lines, delimiter)
    rows = list(rows_of(lines, delimiter, after=header.line))
    times = [cells[header.time] if header.time < len(cells) else "" for _, cells in rows]
    found = _Table(rows, header, order or proven_order(times), "," if delimiter != "," else ".")
    file = hashlib.sha256(data).hexdigest()
    series = tuple(
        found.series(column, unit, device, at=at, calibrated=calibrated, file=file)
        for column, unit in header.temperatures
    )
    return LoggerFile(
        kind=KIND,
        model="HOBO",
        device=series[0].device,
        series=series,
        zone=header.zone,
        flags=tuple(found.flags()),
        members=tuple(_members(lines[0], header)),
    )


@dataclass(frozen=True, slots=True)
class _Table:
    """The rows below a header."""

    rows: Sequence[tuple[int, Sequence[str]]]
    header: _Header
    order: DateOrder
    decimal: str

    def series(
        self,
        column: int,
        unit: Unit,
        device: str,
        *,
        at: datetime,
        calibrated: date | None,
        file: str,
    ) -> Series:
        given = [self._row(number, cells, column) for number, cells in self.rows]
        kept = [row for row in given if row is not None]
        read_cell = partial(read_time, order=self.order)
        readings, dropped = take(kept, read_cell, unit, self.header.zone, at)
        events = {"event": len(given) - len(kept)} if len(given) > len(kept) else {}
        return Series.of(
            self.header.device(column) or device,
            readings,
            dropped=MappingProxyType({**dropped, **events}),
            calibrated=calibrated,
            file=file,
        )

    def _row(self, number: int, cells: Sequence[str], column: int) -> Row | None:
        """The cells of a reading; None for a row that tells an event and no temperature."""
        padded = [*cells, *[""] * (len(self.header.cells) - len(cells))]
        measured = [padded[where] for where, _ in self.header.temperatures]
        told = [padded[where] for where in self.header.events]
        if any(told) and not any(measured):
            return None
        return Row(number, padded[self.header.time], padded[column].replace(self.decimal, "."))

    def flags(self) -> Iterator[LoggerFlag]:
        """What the logger says of its own state."""
        bad = [n for n in self.header.events if self.header.cells[n].startswith(_BATTERY)]
        if any(cells[n] for _, cells in self.rows for n in bad if n < len(cells)):
            yield LoggerFlag.BATTERY_LOW


def _header(lines: list[str], delimiter: str) -> _Header:
    """The first of the two lines at the start that names the time and its offset."""
    for line, cells in rows_of(lines[:HEADER_LINES], delimiter):
        named = [(n, match) for n, cell in enumerate(cells) if (match := _TIME.match(cell))]
        if named:
            return _columns(line, cells, *named[0])
    message = "Expected a column such as 'Date Time, GMT+01:00': let HOBOware write the offset."
    raise FormatError("HEADER", message, place="Line 2")


def _columns(line: int, cells: list[str], time: int, match: re.Match[str]) -> _Header:
    minutes = 60 * int(match[2]) + int(match[3])
    if minutes > OFFSET_MINUTES_MAX:
        raise FormatError("HEADER", f"There is no offset {match[0]}.", place=f"Line {line}")
    zone = timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))
    units = [(n, _TEMPERATURE.match(cell)) for n, cell in enumerate(cells)]
    temperatures = [(n, UNITS[unit[1]]) for n, unit in units if unit]
    if not 1 <= len(temperatures) <= SENSORS_MAX:
        message = (
            f"Expected 1 to {SENSORS_MAX} columns such as 'Temp, °C', found {len(temperatures)}."
        )
        raise FormatError("HEADER", message, place=f"Line {line}")
    return _Header(line, cells, time, zone, temperatures)


def _members(first: str, header: _Header) -> Iterator[tuple[str, str]]:
    """The words of the header, as they stand."""
    if header.line > 1:
        yield "Title", first.strip('"').removeprefix(_TITLE).strip()
    yield from ((f"Column {n}", cell) for n, cell in enumerate(header.cells, 1))
