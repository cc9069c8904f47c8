"""Files of Berlinger's Fridge-tag 2, 2 L, Ultra Low and Q-tag loggers (TXT, as the device writes).

Times are local and say no zone, so a fixed offset is given (C11); the member `Zone` is a setting of
the device and is not taken for one. A Fridge-tag says each of its last days, a Q-tag its whole run.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timezone
from typing import Final

from ledger.core.keys import DigestSignatures
from supplychain.domain.conditions import ReadingsFault, Series
from supplychain.domain.device_summaries import DeviceSummary, LoggerFlag, flags_of
from supplychain.domain.reading_rows import CellError, Row, take
from supplychain.formats.berlinger_signature import SAMPLES_ONLY, Issuers, standing
from supplychain.formats.berlinger_summaries import day_summaries, limits_of, run_summary
from supplychain.formats.berlinger_tree import Node, parse
from supplychain.formats.berlinger_values import Reader, local_time
from supplychain.formats.errors import FormatError
from supplychain.formats.logger_file import LoggerFile

KIND: Final = "berlinger"
_BEGINS: Final = (b"Device: ", b"\xef\xbb\xbfDevice: ")  # with an editor's mark it is no evidence
_TIME: Final = "yyyy-MM-dd hh:mm"
_TEMPERATURE: Final = "T"


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
) -> LoggerFile:
    """Return what a file holds, with the standing of its signature; a bad one is no error here.

    `zone` is the fixed offset of the device's clock, `at` is now. Raises FormatError for what is
    not of the format, ReadingsFault for readings that cannot be taken as they are.
    """
    tree, reader = parse(data), Reader(zone)
    _prove_celsius(tree)
    device = _needed(tree, "Conf", "Serial")
    limits = tuple(limits_of(tree, reader))
    summaries = (*day_summaries(tree, limits, reader), *run_summary(tree, limits, reader))
    minutes = reader.number(tree.only("Conf", "Logging Interval"))
    return LoggerFile(
        kind=KIND,
        model=_needed(tree, "Device"),
        device=device,
        series=tuple(_series(tree, data, device, reader, at, calibrated)),
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


def _prove_celsius(tree: Node) -> None:
    """A device set to °F is refused: no file of one is known, so it would be guessed at."""
    unit = tree.one("Conf", "Temp unit")
    if unit is not None and unit.text != "C":
        message = f"The device is set to '{unit.text[:40]}'; only °C is read."
        raise FormatError("UNIT_NOT_READ", message, place=unit.place)


def _series(
    tree: Node,
    data: bytes,
    device: str,
    reader: Reader,
    at: datetime,
    calibrated: date | None,
) -> Iterator[Series]:
    """The one series, or none where there are only summaries or the sensor was never there."""
    rows = _rows(tree.one("Data"), (_TIME, _TEMPERATURE))
    if not rows:
        return
    try:
        given = [Row(number, *cells) for number, cells in rows]
        readings, dropped = take(given, _time, "C", reader.zone, at)
    except ReadingsFault as fault:
        if fault.code != "NO_READINGS":
            raise
        return
    file = hashlib.sha256(data).hexdigest()
    yield Series.of(device, readings, dropped=dropped, calibrated=calibrated, file=file)


def _rows(table: Node | None, columns: Sequence[str]) -> list[tuple[int, list[str]]]:
    """The rows of a table with just the cells of these columns, which its first row names."""
    if table is None or not table.rows:
        return []
    (first, header), *rows = table.rows
    if any(header.count(name) != 1 for name in columns):
        message = f"Expected the columns {', '.join(columns)}, found {', '.join(header)[:80]}."
        raise FormatError("COLUMNS", message, place=f"Line {first}")
    places = [header.index(name) for name in columns]
    for number, cells in rows:
        if len(cells) <= max(places):
            raise FormatError("CELLS", "Cells are missing.", place=f"Line {number}")
    return [(number, [cells[place] for place in places]) for number, cells in rows]


def _time(text: str) -> datetime:
    try:
        return local_time(text)
    except ValueError:
        fix = "Expected a time such as 2026-11-21 08:05."
        raise CellError("time", text, "TIME_MALFORMED", fix) from None


def _marked(tree: Node, reader: Reader) -> Iterator[datetime]:
    """When somebody pressed the device's button to mark a moment."""
    marker = tree.only("Marker")
    header, *rows = [cells for _, cells in marker.rows] if marker and marker.rows else [[]]
    for cells in rows:
        with suppress(ValueError, IndexError):  # no such column, no such cell, no such time
            yield reader.utc(cells[header.index(_TIME)])


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
