"""Read temperature readings as people have them: a CSV with `time,temperature`, or typed pairs.

Nothing is guessed. Times are ISO 8601 (`2026-11-21T08:00:00Z`, `2026-11-21 08:00` plus a given
fixed offset), so that day and month cannot be taken for each other. The unit stands in the header
(`temperature_c`, `temperature_f`, `temperature (°C)`) or is given. A file with `;` between cells
may have decimal commas. What a logger writes when it has no reading is dropped and counted (C9).
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Final

from supplychain.domain.conditions import READINGS_MAX, ReadingsFault, RowError, Series, fault
from supplychain.domain.reading_rows import ERRORS_MAX, CellError, Row, take
from supplychain.domain.temperatures import UNITS, Unit

BYTES_MAX: Final = 10_000_000
TYPED_MAX: Final = 1_000
MANUAL: Final = "manual"

_TIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d{1,6})?"
    r" ?(Z|[+-]\d{2}:\d{2}|[+-]\d{4}|[+-]\d{2})?",
    re.ASCII,
)


@dataclass(frozen=True)
class _Header:
    delimiter: str
    time: int
    temperature: int
    unit: Unit | None


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
    readings, dropped = take(rows, _iso_time, _unit(header.unit, unit), zone, at)
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
        Row(n, time.strip(), value.strip().replace(",", "."))
        for n, (time, value) in enumerate(pairs, 1)
    ]
    readings, dropped = take(rows, _iso_time, unit, zone, at)
    return Series.of(MANUAL, readings, dropped=dropped)


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
    spellings = [_spelling(name) for name in names if name != "time"]
    if len(names) != 2 or len(spellings) != 1 or spellings[0] not in UNITS:  # noqa: PLR2004 - a pair
        raise fault(
            "HEADER",
            "Write 'time,temperature' (or temperature_c, temperature_f) in the first line.",
            column="header",
            value=lines[0],
        )
    time = names.index("time")
    return _Header(delimiter, time, 1 - time, UNITS[spellings[0]])


def _spelling(name: str) -> str:
    """Return how the name of the temperature's column spells its unit, "" when it gives none."""
    if not name.startswith("temperature"):
        return f"not {name}"
    return name.removeprefix("temperature").strip(" _()[]")


def _unit(named: Unit | None, given: Unit | None) -> Unit:
    if named and given and named != given:
        raise fault("UNIT_DIFFERS", "The header names another unit.", column="unit", value=given)
    unit = named or given
    if unit is None:
        raise fault(
            "UNIT_NEEDED", "Say whether the temperatures are °C or °F.", column="unit", value="none"
        )
    return unit


def _rows(lines: Sequence[str], header: _Header) -> list[Row]:
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
        rows.append(Row(number, cells[header.time], value))
    if errors:
        raise ReadingsFault(*errors[:ERRORS_MAX])
    return rows


def _cells(line: str, delimiter: str) -> list[str]:
    cells = [cell.strip() for cell in line.split(delimiter)]
    return [c[1:-1].strip() if len(c) > 1 and c[0] == c[-1] == '"' else c for c in cells]


def _iso_time(text: str) -> datetime:
    """Return an ISO 8601 time; parts of a second are dropped."""
    match = _TIME.fullmatch(text)
    if not match:
        raise CellError("time", text, "TIME_NOT_ISO", "Write year first: 2026-11-21T08:00:00Z.")
    day, minute, second, offset = match.groups()
    try:
        return datetime.fromisoformat(f"{day}T{minute}{second or ':00'}{offset or ''}")
    except ValueError:
        raise CellError("time", text, "TIME_NONE_SUCH", "There is no such day or time.") from None
