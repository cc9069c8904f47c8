"""The tolerant reader: any table of times and temperatures, read as its mapping says."""

import hashlib
import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import Final

from supplychain.domain.conditions import ReadingsFault, RowError, Series, fault
from supplychain.domain.reading_rows import ERRORS_MAX, Row, take
from supplychain.formats.column_mapping import ColumnMapping, DecimalMark, unit_named
from supplychain.formats.local_times import read_time
from supplychain.formats.logger_file import LoggerFile
from supplychain.formats.tables import lines_of, rows_of

KIND: Final = "mapped"
_POINTED: Final = re.compile(r"\d\.|\.\d", re.ASCII)  # --.- is no number


def read_mapped(
    data: bytes,
    mapping: ColumnMapping,
    at: datetime,
    *,
    device: str = "logger",
    calibrated: date | None = None,
) -> LoggerFile:
    """Return the series that the mapping finds in a table. `at` is now.

    Every row below the header is a reading, or is counted as one without a value, or a fault with
    its row. Raises ReadingsFault.
    """
    lines = lines_of(data, mapping.encoding)
    header, rows = _table(lines, mapping)
    places = [_place(header, name) for name in _names(mapping)]
    _prove_unit(header[places[-1]], mapping)
    read_cell = partial(read_time, order=mapping.order)
    given = _rows(rows, places, mapping)
    readings, dropped = take(given, read_cell, mapping.unit, mapping.zone, at)
    series = Series.of(
        device,
        readings,
        dropped=dropped,
        calibrated=calibrated,
        file=hashlib.sha256(data).hexdigest(),
    )
    before = enumerate(lines[: max(mapping.header_row - 1, 0)], 1)
    return LoggerFile(
        kind=KIND,
        model="Table",
        device=series.device,
        series=(series,),
        zone=mapping.zone,
        members=tuple((f"Line {n}", line) for n, line in before if line.strip()),
    )


def fits(data: bytes, mapping: ColumnMapping) -> bool:
    """Say whether a table has the columns of this mapping, where it says."""
    try:
        header, _ = _table(lines_of(data, mapping.encoding), mapping)
        _prove_unit(header[[_place(header, name) for name in _names(mapping)][-1]], mapping)
    except ReadingsFault:
        return False
    return True


def _names(mapping: ColumnMapping) -> list[str]:
    """The columns that are read, the temperature being the last."""
    return [name for name in (mapping.date, mapping.time, mapping.temperature) if name]


def _table(
    lines: Sequence[str], mapping: ColumnMapping
) -> tuple[Sequence[str], list[tuple[int, list[str]]]]:
    """The names of the columns, and the rows."""
    between = mapping.delimiter.character
    rows = list(rows_of(lines, between, after=max(mapping.header_row - 1, 0)))
    if not rows:
        raise fault("NO_READINGS", "There is no row.", column="file")
    if mapping.header_row == 0:
        return [str(n) for n in range(1, len(rows[0][1]) + 1)], rows
    (_, header), *rest = rows
    return header, rest


def _place(header: Sequence[str], name: str) -> int:
    if header.count(name) != 1:
        fix = (
            f"Expected one column '{name[:40]}': is this file of the same model, set the same way?"
        )
        raise fault("COLUMN_MISSING", fix, column="header", value=", ".join(header))
    return header.index(name)


def _prove_unit(column: str, mapping: ColumnMapping) -> None:
    if unit_named(column) not in (None, mapping.unit):
        raise fault("UNIT_DIFFERS", "The header names another unit.", column="unit", value=column)


def _rows(
    rows: Sequence[tuple[int, Sequence[str]]], places: Sequence[int], mapping: ColumnMapping
) -> list[Row]:
    """The cells of time and temperature of each row. Raises ReadingsFault with every fault."""
    *moment, value = places
    given, errors = [], []
    for number, cells in rows:
        if len(cells) <= max(places):
            fix = f"Expected at least {max(places) + 1} cells, found {len(cells)}."
            errors.append(RowError(number, "row", ", ".join(cells)[:40], "CELLS", fix))
        elif mapping.decimal is DecimalMark.COMMA and _POINTED.search(cells[value]):
            fix = "Write a decimal comma, as the other rows have it."
            errors.append(RowError(number, "temperature", cells[value][:40], "NOT_A_NUMBER", fix))
        else:
            time = " ".join(cells[place] for place in moment)
            given.append(Row(number, time, _point(cells[value], mapping.decimal)))
    if errors:
        raise ReadingsFault(*errors[:ERRORS_MAX])
    return given


def _point(cell: str, decimal: DecimalMark) -> str:
    return cell.replace(",", ".") if decimal is DecimalMark.COMMA else cell
