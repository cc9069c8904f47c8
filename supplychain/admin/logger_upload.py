"""A logger's file from its upload to the review: read with what was said before, or asked about."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from ledger.core.signatures import OPENSSL
from supplychain.domain.conditions import ReadingsFault, Series
from supplychain.domain.errors import Invalid
from supplychain.domain.lots import zone
from supplychain.formats import berlinger
from supplychain.formats.column_mapping import ColumnMapping
from supplychain.formats.logger_file import LoggerFile
from supplychain.formats.logger_files import Told, needs_mapping, read
from supplychain.formats.mapped_csv import fits
from supplychain.queries.loggers import calibration_of, clock_of, mappings_of
from supplychain.services.remember_logger import remember_logger

ANEW: Final = "(anew)"  # no model is called so: names have no brackets in front


class MappingNeeded(Invalid):
    """A table of no known make: somebody has to say how it is read."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as it was read, and by whose word: `note` is empty where the file says all itself."""

    file: LoggerFile
    note: str = ""
    mapping: ColumnMapping | None = None


def bring(content: bytes, told: Told, *, gln: str, saved: str, at: datetime) -> Brought:
    """Read a file, its device's calibration being that of the organisation's own list (C14).

    `saved` is the model whose mapping was chosen, empty for the one that fits. Raises MappingNeeded
    where none or several fit, and what readers raise.
    """
    brought = _bring(content, told, gln=gln, saved=saved, at=at)
    series = tuple(_calibrated(one, gln) for one in brought.file.series)
    return replace(brought, file=replace(brought.file, series=series))


def _calibrated(series: Series, gln: str) -> Series:
    """With the day that is written down, where nobody said one; a later one says nothing of it."""
    known = None if series.calibrated else calibration_of(gln, series.device)
    return replace(series, calibrated=known) if known and known <= series.last.date() else series


def _bring(content: bytes, told: Told, *, gln: str, saved: str, at: datetime) -> Brought:
    """Read a file with what the organisation said before, and with what it says now."""
    if told.mapping is not None:
        return Brought(_read(content, told, at), mapping=told.mapping)
    known = mappings_of(gln)
    if saved in known:
        return _as_model(content, told, saved, known, at)
    told, note = _with_clock(content, told, gln)
    try:
        return Brought(_read(content, told, at), note)
    except ReadingsFault as fault:
        if not needs_mapping(fault, told):
            raise
    fitting = [] if saved == ANEW else [m for m, how in known.items() if fits(content, how)]
    if len(fitting) == 1:
        return _as_model(content, told, fitting[0], known, at)
    raise MappingNeeded(*_why(fitting))


def remember(said: Mapping[str, Any], *, party: str, by: str, at: datetime) -> None:
    """Keep what a form said about a logger, now that it was signed."""
    brought: Brought = said["logger"]
    has_clock = brought.file.kind == berlinger.KIND
    remember_logger(
        party=party,
        by=by,
        at=at,
        model=said["model"],
        mapping=brought.mapping,
        device=brought.file.device if has_clock else "",
        zone=zone(said["zone"]) if has_clock and said["zone"] else None,
    )


def _why(fitting: list[str]) -> tuple[str, str]:
    if fitting:
        return "MODEL_NEEDED", f"Several models fit: say which one ({', '.join(fitting)})."
    message = "This table is of no known make. Look at its rows and say how they are read."
    return "MAPPING_NEEDED", message


def _as_model(
    content: bytes, told: Told, model: str, known: Mapping[str, ColumnMapping], at: datetime
) -> Brought:
    mapping = replace(known[model], zone=told.zone or known[model].zone)
    file = _read(content, replace(told, mapping=mapping), at)
    return Brought(file, f"as a table of {model}, as it was said before")


def _with_clock(content: bytes, told: Told, gln: str) -> tuple[Told, str]:
    """With the offset that was said before of this device's clock, where none is said now (C11)."""
    if told.zone is not None or not berlinger.is_one(content):
        return told, ""
    offset = clock_of(gln, berlinger.device_of(content))
    note = "at the offset that was said before of this device's clock"
    return (told, "") if offset is None else (replace(told, zone=offset), note)


def _read(content: bytes, told: Told, at: datetime) -> LoggerFile:
    return read(content, told, at=at, signatures=OPENSSL)
