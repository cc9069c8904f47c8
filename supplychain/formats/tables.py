"""Text tables of loggers and spreadsheets, in the encodings that these write."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

from supplychain.domain.conditions import READINGS_MAX, fault

BYTES_MAX: Final = 10_000_000
HEADER_ROW_MAX: Final = 200
LINES_MAX: Final = READINGS_MAX + HEADER_ROW_MAX + 2
CELLS_MAX: Final = 100
CELL_CHARACTERS_MAX: Final = 500


class Encoding(StrEnum):
    """How characters are written; UTF-8 and UTF-16 with their mark or without."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    WINDOWS_1252 = "windows-1252"


class Delimiter(StrEnum):
    """What stands between two cells."""

    COMMA = "comma"
    SEMICOLON = "semicolon"
    TAB = "tab"
    BAR = "bar"

    @property
    def character(self) -> str:
        """The character itself."""
        return {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}[self.value]


_CODECS: Final = {
    Encoding.UTF_8: "utf-8-sig",
    Encoding.UTF_16: "utf-16",
    Encoding.WINDOWS_1252: "cp1252",
}
_LOOKED_AT: Final = 1_000
_UTF_16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def encoding_of(data: bytes) -> Encoding:
    """The encoding that a file's mark or its bytes prove; Windows-1252 where they are no UTF-8.

    Text in UTF-16 without a mark has a zero in nearly every second byte; other text has none.
    """
    if data.startswith(_UTF_16_MARKS) or b"\0" in data[:_LOOKED_AT]:
        return Encoding.UTF_16
    try:
        data.decode()
    except UnicodeDecodeError:
        return Encoding.WINDOWS_1252
    return Encoding.UTF_8


def lines_of(data: bytes, encoding: Encoding) -> list[str]:
    """The lines of a file without their ends. Raises ReadingsFault.

    At most 10 MB, and 200,000 rows after a header within the first 200 lines.
    """
    if len(data) > BYTES_MAX:
        raise fault("FILE_SIZE", f"Give at most {BYTES_MAX} bytes.", column="file", value=len(data))
    wrong = fault("ENCODING", f"The file is not written in {encoding}.", column="file")
    try:
        text = data.decode(_codec(data, encoding))
    except UnicodeDecodeError:
        raise wrong from None
    if "\x00" in text:
        raise wrong
    lines = [line.rstrip("\r") for line in text.split("\n")]
    if len(lines) > LINES_MAX:
        raise fault("ROWS_COUNT", f"Give at most {READINGS_MAX} rows.", value=len(lines))
    return lines


def _codec(data: bytes, encoding: Encoding) -> str:
    """The codec by its name; of UTF-16 without a mark, the end that has the zeros."""
    if encoding is not Encoding.UTF_16 or data.startswith(_UTF_16_MARKS):
        return _CODECS[encoding]
    return (
        "utf-16-be"
        if data[:_LOOKED_AT][::2].count(0) > data[:_LOOKED_AT][1::2].count(0)
        else "utf-16-le"
    )


def rows_of(
    lines: Sequence[str], delimiter: str, *, after: int = 0
) -> Iterator[tuple[int, list[str]]]:
    """The rows after that many lines, each with the number of its last line; empty ones left out.

    Raises ReadingsFault CSV for what is no table.
    """
    reader = csv.reader(lines[after:], delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield after + reader.line_num, _bounded(cells, after + reader.line_num)
    except csv.Error as error:
        fix = f"Line {after + reader.line_num} is no row ({error})."
        raise fault("CSV", fix, column="file") from None


def _bounded(cells: list[str], line: int) -> list[str]:
    if len(cells) > CELLS_MAX or any(len(cell) > CELL_CHARACTERS_MAX for cell in cells):
        most = f"{CELLS_MAX} cells, or one of more than {CELL_CHARACTERS_MAX} characters"
        raise fault("CSV", f"Line {line} has more than {most}.", column="file")
    return [cell.strip() for cell in cells]
