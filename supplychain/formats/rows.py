"""A small CSV file as people upload it: a header, and rows of which each may be wrong by itself.

UTF-8, with `,` or `;` between cells. Columns are known by their names, in any order; an unknown one
is refused, for it might have mattered. Every fault names row, column, value, rule and fix.
"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ledger.core.errors import Malformed
from supplychain.domain.conditions import RowError
from supplychain.domain.errors import Invalid

BYTES_MAX = 4_000_000
CELL_MAX = 500
ERRORS_MAX = 200
Read = TypeVar("Read")
Made = TypeVar("Made")


class RowsFault(Invalid):
    """A file that cannot be taken as it is; `errors` has every fault, the first ones first."""

    def __init__(self, *errors: RowError) -> None:
        """Take at least one error."""
        super().__init__(errors[0].rule, str(errors[0]))
        self.errors = errors[:ERRORS_MAX]


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its number (the header is 1) and its cells by column."""

    number: int
    cells: Mapping[str, str]

    def read(self, column: str, reader: Callable[[str], Read]) -> Read:
        """The cell as a value. Raises RowsFault with the reader's own rule and sentence."""
        value = self.cells.get(column, "")
        try:
            return reader(value)
        except Malformed as bad:
            raise self.fault(column, bad.code, bad.message) from None

    def fault(self, column: str, rule: str, fix: str) -> RowsFault:
        """What is wrong with a cell."""
        return RowsFault(RowError(self.number, column, self.cells.get(column, "")[:40], rule, fix))


def file_fault(rule: str, fix: str, value: object = "") -> RowsFault:
    """What is wrong with the file as a whole."""
    return RowsFault(RowError(0, "file", str(value)[:40], rule, fix))


def read_rows(data: bytes, columns: Sequence[str], *, longest: int) -> list[Row]:
    """The rows of a file with some of these columns, at most `longest`. Raises RowsFault."""
    lines = csv.reader(io.StringIO(_text(data), newline=""), _dialect(data), strict=True)
    try:
        header = [name.strip().lower() for name in next(lines, [])]
        _prove_header(header, columns)
        rows = [(lines.line_num, cells) for cells in lines if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise file_fault("CSV", f"Line {lines.line_num} is no CSV ({error}).") from None
    if not 1 <= len(rows) <= longest:
        raise file_fault("ROWS_COUNT", f"Give 1 to {longest:,} rows.", len(rows))
    return all_or_faults(rows, lambda row: _row(row, header))


def all_or_faults(given: Sequence[Read], reader: Callable[[Read], Made]) -> list[Made]:
    """What is made of each, when each can be read. Raises RowsFault with every fault."""
    made: list[Made] = []
    errors: list[RowError] = []
    for one in given:
        try:
            made.append(reader(one))
        except RowsFault as fault:
            errors += fault.errors
    if errors:
        raise RowsFault(*errors)
    return made


def failed_rows(data: bytes, errors: Sequence[RowError]) -> list[list[str]]:
    """The header and the rows with a fault, as they came, each with its faults in a last cell."""
    lines = csv.reader(io.StringIO(data.decode("utf-8-sig", "replace"), newline=""), _dialect(data))
    header, *_ = [next(lines, [])]
    why: dict[int, list[str]] = {}
    for error in errors:
        why.setdefault(error.row, []).append(f"{error.column}: {error.rule}. {error.fix}")
    rows = ((lines.line_num, cells) for cells in lines)
    kept = [[*cells, " ".join(why[number])] for number, cells in rows if number in why]
    return [[*header, "faults"], *kept]


def _text(data: bytes) -> str:
    if len(data) > BYTES_MAX:
        raise file_fault("FILE_SIZE", f"Give at most {BYTES_MAX:,} bytes.", len(data))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fix = "Save the file as CSV in UTF-8."
        raise file_fault("ENCODING", fix, f"byte {error.start}") from None
    if "\x00" in text:
        raise file_fault("ENCODING", "Save the file as CSV in UTF-8.", "NUL")
    return text


def _dialect(data: bytes) -> type[csv.excel]:
    first = data.partition(b"\n")[0]
    return _Semicolons if first.count(b";") > first.count(b",") else csv.excel


class _Semicolons(csv.excel):
    delimiter = ";"


def _prove_header(header: Sequence[str], columns: Sequence[str]) -> None:
    unknown = [name for name in header if name not in columns]
    if not header or unknown or len(set(header)) != len(header):
        fix = f"Write some of these names in the first line, each once: {', '.join(columns)}."
        raise file_fault("HEADER", fix, ", ".join(unknown) or ", ".join(header))


def _row(numbered: tuple[int, list[str]], header: Sequence[str]) -> Row:
    number, cells = numbered
    if len(cells) != len(header):
        fix = f"Give {len(header)} cells, as the header has."
        raise RowsFault(RowError(number, "row", str(len(cells)), "CELLS", fix))
    row = Row(number, dict(zip(header, (cell.strip() for cell in cells), strict=True)))
    for name, value in row.cells.items():
        if len(value) > CELL_MAX:
            raise row.fault(name, "CELL_LENGTH", f"Give at most {CELL_MAX} characters.")
    return row
