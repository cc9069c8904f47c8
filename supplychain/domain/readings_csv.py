"""Read temperature readings as people have them: a CSV with `time,temperature`, or typed pairs.

Nothing is guessed. Times are ISO 8601 (`2026-11-21T08:00:00Z`, `2026-11-21 08:00` plus a given
fixed offset), so that day and month cannot be taken for each other. The unit stands in the header
(`temperature_c`, `temperature_f`, `temperature (°C)`) or is given. A file with `;` between cells
may have decimal commas. What a logger writes when it has no reading is dropped and counted (C9).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from functools import lru_cache
from re import ASCII, compile as regex
from types import MappingProxyType
from typing import Final, Literal

from supplychain.domain.conditions import (
    CENTI_C_MAX,
    CENTI_C_MIN,
    READINGS_MAX,
    Reading,
    ReadingsFault,
    RowError,
    Series,
    fault,
)
from supplychain.domain.profiles import LIMIT_STEP_CENTI_C

Unit = Literal["C", "F"]

BYTES_MAX: Final = 10_000_000
ERRORS_MAX: Final = 50
TYPED_MAX: Final = 1_000
AHEAD_MAX: Final = timedelta(minutes=5)
MANUAL: Final = "manual"

_TIME: Final = regex(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d{1,6})?"
    r" ?(Z|[+-]\d{2}:\d{2}|[+-]\d{4}|[+-]\d{2})?",
    ASCII,
)
_NUMBER: Final = regex(r"[+-]?\d{1,4}(?:\.\d{1,6})?", ASCII)
_NO_READING: Final = frozenset({"", "--.-", "--.--", "---", "--", "-", "nan", "n/a", "null"})
_FAULT_CODES: Final = frozenset({Fraction(-127), Fraction(999)})  # a probe unplugged or broken
_POWER_ON: Final = Fraction(85)  # what common sensors give until their first conversion
_UNITS: Final[Mapping[str, Unit | None]] = MappingProxyType(
    {"": None, "c": "C", "°c": "C", "celsius": "C", "f": "F", "°f": "F", "fahrenheit": "F"}
)


@dataclass(frozen=True)
class _Header:
    delimiter: str
    time: int
    temperature: int
    unit: Unit | None


@dataclass(frozen=True)
class _Row:
    number: int
    time: str
    temperature: str


class _Faulty(Exception):
    """One cell is wrong: the column, its value, the rule, what to do."""

    def __init__(self, column: str, value: str, rule: str, fix: str) -> None:
        super().__init__(rule)
        self.parts = (column, value[:40], rule, fix)


def read_csv(
    data: bytes,
    *,
    at: datetime,
    zone: timezone | None = None,
    unit: Unit | None = None,
    device: str = "logger",
    calibrated: date | None = None,
) -> Series:
    """Return the series in a CSV file, or raise ReadingsFault with up to 50 row errors.

    `at` is now (nothing may lie more than 5 minutes ahead, C12); `zone` is the fixed offset for
    times that carry none (C11: ZONE_NEEDED); `unit` is needed when the header does not name it
    (UNIT_NEEDED). At most 10 MB and 200,000 rows.
    """
    if len(data) > BYTES_MAX:
        raise fault("FILE_SIZE", f"Give at most {BYTES_MAX} bytes.", column="file", value=len(data))
    lines = _lines(data)
    header = _header(lines)
    rows = _rows(lines, header)
    readings, dropped = _take(rows, _unit(header.unit, unit), zone, at)
    return Series.of(
        device,
        readings,
        dropped=dropped,
        calibrated=calibrated,
        file=hashlib.sha256(data).hexdigest(),
    )


def read_typed(
    pairs: Sequence[tuple[str, str]],
    *,
    at: datetime,
    unit: Unit,
    zone: timezone | None = None,
) -> Series:
    """Return the series of typed (time, value) pairs; the device is `manual`.

    The same rules as for a file, at most 1,000 pairs, values with a point or a comma.
    """
    if len(pairs) > TYPED_MAX:
        raise fault("ROWS_COUNT", f"Type at most {TYPED_MAX} readings.", value=len(pairs))
    rows = [
        _Row(n, time.strip(), value.strip().replace(",", "."))
        for n, (time, value) in enumerate(pairs, 1)
    ]
    readings, dropped = _take(rows, unit, zone, at)
    return Series.of(MANUAL, readings, dropped=dropped)


def centi_celsius(value: Fraction, unit: Unit) -> int:
    """Return a value as hundredths of a degree Celsius, rounded so that nothing is hidden (C1).

    The nearest hundredth, but never onto a whole tenth that the exact value is not: limits are
    whole tenths, so what is above a limit stays above it.

    >>> centi_celsius(Fraction("46.4"), "F"), centi_celsius(Fraction("46.5"), "F")
    (800, 806)
    >>> centi_celsius(Fraction("8.004"), "C")
    801
    """
    exact = 100 * (value if unit == "C" else (value - 32) * Fraction(5, 9))
    nearest = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    if nearest % LIMIT_STEP_CENTI_C == 0 and exact != nearest:
        return nearest + 1 if exact > nearest else nearest - 1
    return nearest


def _lines(data: bytes) -> list[str]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise fault(
            "ENCODING", "Save the file as CSV in UTF-8.", column="file", value=f"byte {error.start}"
        ) from None
    lines = [line.strip(" \t\r") for line in text.split("\n")]
    if len(lines) > READINGS_MAX + 2:  # the header, and nothing after the last line's end
        raise fault("ROWS_COUNT", f"Give at most {READINGS_MAX} rows.", value=len(lines) - 1)
    return lines


def _header(lines: Sequence[str]) -> _Header:
    delimiter = ";" if ";" in lines[0] else ","
    names = [cell.lower() for cell in _cells(lines[0], delimiter)]
    units = [_unit_in(name) for name in names]
    if sorted((name == "time", unit is not None) for name, unit in zip(names, units, strict=True)) != [
        (False, True),
        (True, False),
    ]:
        raise fault(
            "HEADER",
            "Write 'time,temperature' (or temperature_c, temperature_f) in the first line.",
            column="header",
            value=lines[0],
        )
    temperature = 1 - names.index("time")
    return _Header(delimiter, 1 - temperature, temperature, _UNITS[units[temperature] or ""])


def _unit_in(name: str) -> str | None:
    """Return the unit's spelling in a column name, None when it is not the temperature's column."""
    if not name.startswith("temperature"):
        return None
    spelling = name.removeprefix("temperature").strip(" _()[]")
    return spelling if spelling in _UNITS else None


def _unit(named: Unit | None, given: Unit | None) -> Unit:
    if named and given and named != given:
        raise fault("UNIT_DIFFERS", "The header names another unit.", column="unit", value=given)
    unit = named or given
    if unit is None:
        raise fault(
            "UNIT_NEEDED", "Say whether the temperatures are °C or °F.", column="unit", value="none"
        )
    return unit


def _rows(lines: Sequence[str], header: _Header) -> list[_Row]:
    rows, errors = [], []
    for number, line in enumerate(lines[1:], 2):
        cells = _cells(line, header.delimiter)
        if not line:
            continue
        if len(cells) != 2:  # noqa: PLR2004 - time and temperature
            fix = f"Give two cells with '{header.delimiter}' between them."
            errors.append(RowError(number, "row", line[:40], "CELLS", fix))
            continue
        value = cells[header.temperature]
        value = value.replace(",", ".") if header.delimiter == ";" else value
        rows.append(_Row(number, cells[header.time], value))
    if errors:
        raise ReadingsFault(*errors[:ERRORS_MAX])
    return rows


def _cells(line: str, delimiter: str) -> list[str]:
    cells = [cell.strip() for cell in line.split(delimiter)]
    return [c[1:-1].strip() if len(c) > 1 and c[0] == c[-1] == '"' else c for c in cells]


def _take(
    rows: Sequence[_Row], unit: Unit, zone: timezone | None, at: datetime
) -> tuple[list[Reading], Mapping[str, int]]:
    """Return the readings in order and the count of rows that are none, by reason."""
    dropped: Counter[str] = Counter()
    errors: list[RowError] = []
    taken: list[tuple[_Row, Reading]] = []
    latest = at + AHEAD_MAX
    for row in rows:
        try:
            when = _seconds(row.time, zone, latest)
            value = _value(row.temperature, unit, first=not taken)
        except _Faulty as error:
            errors.append(RowError(row.number, *error.parts))
            continue
        if isinstance(value, str):
            dropped[value] += 1
        else:
            taken.append((row, Reading(when, value)))
    readings = list(_forward(taken, dropped, errors))
    if errors:
        raise ReadingsFault(*sorted(errors, key=lambda e: e.row)[:ERRORS_MAX])
    if not readings:
        raise fault("NO_READINGS", "Give at least one reading.", column="file", value=len(rows))
    return readings, MappingProxyType(dict(dropped))


def _forward(
    taken: list[tuple[_Row, Reading]], dropped: Counter[str], errors: list[RowError]
) -> Iterator[Reading]:
    """Yield the readings oldest first; a file that is newest first throughout is turned round."""
    if len(taken) > 1 and taken[0][1].at > taken[-1][1].at:
        taken = taken[::-1]
    before: Reading | None = None
    for row, reading in taken:
        if before is None or reading.at > before.at:
            yield reading
            before = reading
        elif reading == before:
            dropped["duplicate"] += 1
        elif reading.at == before.at:
            fix = "This time has another value too: find out which is right."
            errors.append(RowError(row.number, "temperature", row.temperature, "DUPLICATE_DIFFERS", fix))
        else:
            fix = "Time must go forward; give times in UTC across a clock change."
            errors.append(RowError(row.number, "time", row.time, "CLOCK_BACKWARDS", fix))


def _seconds(text: str, zone: timezone | None, latest: datetime) -> int:
    """Return an ISO 8601 time as whole seconds since 1970; parts of a second are dropped."""
    match = _TIME.fullmatch(text)
    if not match:
        raise _Faulty("time", text, "TIME_NOT_ISO", "Write year first: 2026-11-21T08:00:00Z.")
    day, minute, second, offset = match.groups()
    try:
        when = datetime.fromisoformat(f"{day}T{minute}{second or ':00'}{offset or ''}")
    except ValueError:
        raise _Faulty("time", text, "TIME_NONE_SUCH", "There is no such day or time.") from None
    if when.tzinfo is None and zone is None:
        fix = "Say in which zone the times are, as a fixed offset from UTC."
        raise _Faulty("time", text, "ZONE_NEEDED", fix)
    when = when.replace(tzinfo=when.tzinfo or zone)
    seconds = int(when.timestamp())
    if seconds < 0:
        raise _Faulty("time", text, "TIME_RANGE", "Give times from 1970 on.")
    if when > latest:
        raise _Faulty("time", text, "TIME_AHEAD", "It lies in the future: check the clock and zone.")
    return seconds


def _value(text: str, unit: Unit, *, first: bool) -> int | str:
    """Return hundredths of a degree, or the reason why the cell is no reading."""
    if text.lower() in _NO_READING:
        return "no_reading"
    plain = text.replace("\u2212", "-")  # the minus of typesetters
    if not _NUMBER.fullmatch(plain):
        raise _Faulty("temperature", text, "NOT_A_NUMBER", "Write a number such as 5.1.")
    reason, centi_c = _converted(plain, unit)
    if reason == "power_on" and not first:
        return centi_c
    if reason:
        return reason
    if not CENTI_C_MIN <= centi_c <= CENTI_C_MAX:
        raise _Faulty("temperature", text, "VALUE_RANGE", "No sensor reads this: check the unit.")
    return centi_c


@lru_cache(maxsize=4096)  # a logger repeats itself, and fractions are slow
def _converted(number: str, unit: Unit) -> tuple[str, int]:
    """Return why a number may be no reading ("" when it is one) and its hundredths of a degree."""
    value = Fraction(number)
    celsius = value if unit == "C" else (value - 32) * Fraction(5, 9)
    fault_code = value in _FAULT_CODES or celsius in _FAULT_CODES
    reason = "sensor_fault" if fault_code else "power_on" if celsius == _POWER_ON else ""
    return reason, centi_celsius(value, unit)
