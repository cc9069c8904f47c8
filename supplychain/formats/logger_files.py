"""Any logger's file: which reader it needs, and whether it may be cited as evidence."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from typing import Final

from ledger.core.keys import DigestSignatures
from supplychain.domain.conditions import ReadingsFault, fault
from supplychain.domain.readings_csv import read_csv
from supplychain.domain.temperatures import Unit
from supplychain.formats import berlinger, hobo
from supplychain.formats.berlinger_signature import SAMPLES_ONLY, Issuers
from supplychain.formats.column_mapping import ColumnMapping
from supplychain.formats.errors import FormatError
from supplychain.formats.local_times import DateOrder
from supplychain.formats.logger_file import LoggerFile
from supplychain.formats.mapped_csv import read_mapped

CSV: Final = "csv"
UNNAMED: Final = "logger"  # the device where neither the file nor a person names it


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of a file; what the file says itself is not asked for.

    `zone` is the fixed offset of times without one, `order` which of day and month comes first,
    `device` the name of a logger that has none. `mapping` is for tables of no known make. Readings
    are taken from `since` until `until`, where these are given, and one interval around them.
    """

    zone: timezone | None = None
    unit: Unit | None = None
    device: str = ""
    calibrated: date | None = None
    order: DateOrder | None = None
    mapping: ColumnMapping | None = None
    since: datetime | None = None
    until: datetime | None = None


def read(
    data: bytes,
    told: Told,
    *,
    at: datetime,
    signatures: DigestSignatures,
    issuers: Issuers = SAMPLES_ONLY,
) -> LoggerFile:
    """Return what a file holds. `at` is now. Raises FormatError or ReadingsFault."""
    if berlinger.is_one(data):
        file = _berlinger(data, told, at, signatures, issuers)
    else:
        file = _unsigned(data, told, at)
    if told.since is None and told.until is None:
        return file
    return _within(file, told.since, told.until)


def _within(file: LoggerFile, since: datetime | None, until: datetime | None) -> LoggerFile:
    """The file cut to a time; a sensor that was not there then is `absent`, if another was."""
    found, absent, none = [], [], None
    for one in file.series:
        try:
            found.append(one.within(since, until))
        except ReadingsFault as fault:
            none = fault
            absent.append(one)
    if none is not None and not found:
        raise none
    return replace(file, series=tuple(found), absent=tuple(absent))


def _berlinger(
    data: bytes, told: Told, at: datetime, signatures: DigestSignatures, issuers: Issuers
) -> LoggerFile:
    return berlinger.read(
        data,
        zone=_zone(told, "A Berlinger logger writes the local time of its own clock"),
        at=at,
        signatures=signatures,
        issuers=issuers,
        calibrated=told.calibrated,
        unit=told.unit,
    )


def _unsigned(data: bytes, told: Told, at: datetime) -> LoggerFile:
    if hobo.is_one(data):
        return hobo.read(
            data, at=at, order=told.order, device=told.device or UNNAMED, calibrated=told.calibrated
        )
    if told.mapping is not None:
        return read_mapped(
            data, told.mapping, at, device=told.device or UNNAMED, calibrated=told.calibrated
        )
    return _plain(data, told, at)


def _plain(data: bytes, told: Told, at: datetime) -> LoggerFile:
    series = read_csv(
        data,
        at=at,
        zone=told.zone,
        unit=told.unit,
        device=told.device or UNNAMED,
        calibrated=told.calibrated,
    )
    return LoggerFile(CSV, "CSV", series.device, (series,), zone=told.zone)


def needs_mapping(fault: ReadingsFault, told: Told) -> bool:
    """Say whether a file is no table of ours, so that a person has to say how to read it."""
    return told.mapping is None and fault.code in ("HEADER", "ENCODING")


def prove_evidence(file: LoggerFile) -> None:
    """Let pass what may be cited in a statement.

    Raises FormatError SIGNATURE_REFUSED for a file that is not as its device wrote it, NO_READINGS
    for one with summaries only: they are the device's own word, and no readings.
    """
    if file.refusal:
        raise FormatError("SIGNATURE_REFUSED", file.refusal)
    if not file.series:
        days = f"{len(file.summaries)} of the device's own summaries"
        message = f"The file has no readings, only {days}: set the logger to record readings too."
        raise FormatError("NO_READINGS", message)


def _zone(told: Told, why: str) -> timezone:
    if told.zone is None:
        fix = f"{why}: say its fixed offset from UTC."
        raise fault("ZONE_NEEDED", fix, column="zone", value="none")
    return told.zone
