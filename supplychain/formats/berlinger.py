"""Files of Berlinger's Fridge-tag 2, 2 L, Ultra Low and Q-tag loggers (TXT, as the device writes).

Times are local and say no zone, so a fixed offset is given (C11); the member `Zone` is a setting of
the device and is not taken for one. How times are written, the header of the readings says. A
Fridge-tag says each of its last days, a Q-tag its whole run.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timezone
from functools import partial
from typing import Final

from ledger.core.keys import DigestSignatures
from supplychain.domain.conditions import (
    DEVICE_LENGTH_MAX,
    Reading,
    ReadingsFault,
    Series,
    fault,
)
from supplychain.domain.device_summaries import DeviceSummary, LoggerFlag, flags_of
from supplychain.domain.reading_rows import CellError, Row, take
from supplychain.domain.temperatures import Unit
from supplychain.formats.berlinger_signature import SAMPLES_ONLY, Issuers, standing
from supplychain.formats.berlinger_summaries import day_summaries, limits_of, run_summary
from supplychain.formats.berlinger_tree import Node, parse
from supplychain.formats.berlinger_values import Reader
from supplychain.formats.errors import FormatError
from supplychain.formats.logger_file import LoggerFile
from supplychain.formats.time_patterns import TimePattern

KIND: Final = "berlinger"
_BEGINS: Final = (b"Device: ", b"\xef\xbb\xbfDevice: ")  # with an editor's mark it is no evidence
_DATA: Final = "Data"
_TEMPERATURE: Final = "T"
EXAMPLE: Final = "yyyy-MM-dd hh:mm"
UNITS: Final[Mapping[str, Unit]] = {"C": "C", "F": "F"}


def is_one(data: bytes) -> bool:
    """Say whether a file is of this kind, by its first word."""
    return data.startswith(_BEGINS)


def device_of(data: bytes) -> str:
    """Return the device's serial number. Raises FormatError."""
    return _needed(parse(data), "Conf", "Serial")


def read(
    data: bytes,
    *,
    zone: timezone,
    at: datetime,
    signatures: DigestSignatures,
    issuers: Issuers = SAMPLES_ONLY,
    calibrated: date | None = None,
    unit: Unit | None = None,
) -> LoggerFile:
    """Return what a file holds, with the standing of its signature; a bad one is no error here.

    `zone` is the fixed offset of the device's clock, `at` is now, `unit` that of the file's numbers
    as a person says: asked for (UNIT_NEEDED) where the device is set to °F. Raises FormatError for
    what is not of the format, ReadingsFault for readings that cannot be taken as they are.
    """
    tree = parse(data)
    reader = Reader(zone, _unit(tree, unit))
    device = _needed(tree, "Conf", "Serial")
    limits = tuple(limits_of(tree, reader))
    summaries = (*day_summaries(tree, limits, reader), *run_summary(tree, limits, reader))
    minutes = reader.number(tree.only("Conf", "Logging Interval"))
    return LoggerFile(
        kind=KIND,
        model=_needed(tree, "Device"),
        device=device,
        series=_series(tree, hashlib.sha256(data).hexdigest(), device, reader, at, calibrated),
        zone=zone,
        firmware=_text(tree, "Fw Vers"),
        logging_s=None if minutes is None else 60 * minutes,
        limits=limits,
        summaries=summaries,
        shown_at=reader.moment(tree.only("Hist", "TS Report Creation")),
        marked=tuple(_marked(tree, reader)),
        flags=tuple(sorted(_flags(tree, summaries))),
        signature=standing(data, signatures, issuers),
        members=tuple(tree.members()),
    )


def _needed(tree: Node, *path: str) -> str:
    text = tree.said(*path)
    if not text:
        raise FormatError("MEMBER_MISSING", f"The member '{' / '.join(path)}' is missing.")
    return text


def _unit(tree: Node, said: Unit | None) -> Unit:
    """The unit of the file's numbers.

    No file of a device that is set to °F is known, so it is not guessed whether the device also
    writes in what it shows.
    """
    node = tree.one("Conf", "Temp unit")
    shown = UNITS.get(node.text) if node else said or "C"
    if shown is None:
        message = f"The device is set to '{node.text[:40] if node else ''}'; °C and °F are read."
        raise FormatError("UNIT_NOT_READ", message, place=node.place if node else "")
    if shown == "F" and said is None:
        fix = "The device is set to °F: say whether its file is in °F too, or in °C."
        raise fault("UNIT_NEEDED", fix, column="unit", value="F")
    if shown == "C" and said == "F":
        raise fault("UNIT_DIFFERS", "The file says °C.", column="unit", value="F")
    return said or shown


def _series(
    tree: Node,
    file: str,
    device: str,
    reader: Reader,
    at: datetime,
    calibrated: date | None,
) -> tuple[Series, ...]:
    """One series for each table of readings; what stands in several tables of a name is one.

    None where there are only summaries or the sensor was never there. Raises ReadingsFault.
    """
    found: dict[str, Series] = {}
    for table in tree.children:
        if not table.rows or not table.key.startswith(_DATA):
            continue
        name = device if table.key == _DATA else f"{device} {table.key}"[:DEVICE_LENGTH_MAX]
        readings, dropped = _taken(table, reader, at)
        if readings:
            one = Series.of(name, readings, dropped=dropped, calibrated=calibrated, file=file)
            found[name] = found[name].joined(one) if name in found else one
    return tuple(found.values())


def _taken(
    table: Node, reader: Reader, at: datetime
) -> tuple[Sequence[Reading], Mapping[str, int]]:
    """The readings of a table, none where the sensor was never there."""
    pattern, rows = _rows(table)
    read_cell = partial(_time, pattern)
    try:
        given = [Row(number, *cells) for number, cells in rows]
        return take(given, read_cell, reader.unit, reader.zone, at)
    except ReadingsFault as none:
        if none.code != "NO_READINGS":
            raise
        return (), {}


def _rows(table: Node) -> tuple[TimePattern, list[tuple[int, list[str]]]]:
    """How times are written, and the cells of time and temperature of each row."""
    (first, header), *rows = table.rows
    times = _times(header)
    if len(times) != 1 or header.count(_TEMPERATURE) != 1:
        expected = f"Expected one column of times, such as {EXAMPLE}, and one {_TEMPERATURE}"
        message = f"{expected}, found {', '.join(header)[:80]}."
        raise FormatError("COLUMNS", message, place=f"Line {first}")
    (time, pattern), value = times[0], header.index(_TEMPERATURE)
    for number, cells in rows:
        if len(cells) <= max(time, value):
            raise FormatError("CELLS", "Cells are missing.", place=f"Line {number}")
    return pattern, [(number, [cells[time], cells[value]]) for number, cells in rows]


def _time(pattern: TimePattern, text: str) -> datetime:
    try:
        return pattern.read(text)
    except ValueError:
        fix = "Expected a time as the header says."
        raise CellError("time", text, "TIME_MALFORMED", fix) from None


def _marked(tree: Node, reader: Reader) -> Iterator[datetime]:
    """When somebody pressed the device's button to mark a moment."""
    marker = tree.only("Marker")
    header, *rows = [cells for _, cells in marker.rows] if marker and marker.rows else [[]]
    for where, pattern in _times(header):
        for cells in rows:
            with suppress(ValueError, IndexError):  # no such cell, no such time
                yield pattern.read(cells[where]).replace(tzinfo=reader.zone).astimezone(UTC)


def _times(header: Sequence[str]) -> list[tuple[int, TimePattern]]:
    """The columns of times, and how these are written."""
    patterns = enumerate(map(TimePattern.parse, header))
    return [(n, pattern) for n, pattern in patterns if pattern is not None]


def _flags(tree: Node, summaries: Sequence[DeviceSummary]) -> Iterator[LoggerFlag]:
    """What the device says of its own state."""
    yield from flags_of(summaries)
    if _text(tree, "Conf", "Expired") not in ("", "0"):
        yield LoggerFlag.EXPIRED
    if _text(tree, "Conf", "Test Res") not in ("", "1"):
        yield LoggerFlag.SELF_TEST
    if _text(tree, "Res", "TS Batt Temp") or _text(tree, "Res", "TS Batt Crit"):
        yield LoggerFlag.BATTERY_LOW


def _text(tree: Node, *path: str) -> str:
    node = tree.only(*path)
    return node.text if node else ""
