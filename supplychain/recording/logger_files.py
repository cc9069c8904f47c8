"""A logger's file, read with what its organisation said before of it, or asked about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.conf import settings

from ledger.core.keys import PublicKey
from ledger.core.signatures import OPENSSL
from supplychain.domain.conditions import ReadingsFault, Series
from supplychain.domain.errors import Invalid
from supplychain.formats import berlinger
from supplychain.formats.berlinger_signature import Issuers
from supplychain.formats.column_mapping import ColumnMapping
from supplychain.formats.logger_file import LoggerFile
from supplychain.formats.logger_files import UNNAMED, Told, needs_mapping, read
from supplychain.formats.mapped_csv import fits
from supplychain.queries.loggers import calibration_of, clock_of, mappings_of
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.stating import Said, stated_of
from supplychain.recording.submissions import File

ANEW: Final = "(anew)"  # no model is called so: names have no brackets in front


class MappingNeeded(Invalid):
    """A table of no known make: somebody has to say how it is read, or as which model's."""

    def __init__(self, fitting: Sequence[str]) -> None:
        """Take the models whose columns it has: none, or several."""
        several = f"Several models fit: say which one ({', '.join(fitting)})."
        none = "This table is of no known make. Look at its rows and say how they are read."
        super().__init__(*(("MODEL_NEEDED", several) if fitting else ("MAPPING_NEEDED", none)))
        self.fitting = tuple(fitting)


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


def cited(files: Sequence[tuple[bytes, LoggerFile]], said: Said) -> ConditionsInput:
    """What a statement cites of these files, and what is signed beside their readings.

    The same file twice adds nothing. Raises Invalid DEVICE_NEEDED where several are there and one
    has no device's name: which logger it is of, is not guessed.
    """
    loggers = [logger for _, logger in files]
    if len(files) > 1 and any(one.device == UNNAMED for one in loggers):
        message = "Say the logger of each file: which one it is of, is not guessed."
        raise Invalid("DEVICE_NEEDED", message)
    series = [one for logger in loggers for one in logger.series]
    kept = {File(content, logger.media): None for content, logger in files}
    return ConditionsInput(
        series=tuple({one.root: one for one in series}.values()),
        files=tuple(kept),
        stated=stated_of(series, loggers, said),
    )


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
    if saved not in ("", ANEW):
        raise Invalid("MODEL_UNKNOWN", f"Nobody said how tables of '{saved[:40]}' are read.")
    told, note = _with_clock(content, told, gln)
    try:
        return Brought(_read(content, told, at), note)
    except ReadingsFault as fault:
        if not needs_mapping(fault, told):
            raise
    fitting = [] if saved == ANEW else [m for m, how in known.items() if fits(content, how)]
    if len(fitting) == 1:
        return _as_model(content, told, fitting[0], known, at)
    raise MappingNeeded(fitting)


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
    return read(content, told, at=at, signatures=OPENSSL, issuers=trusted_issuers())


def trusted_issuers() -> Issuers:
    """Whose certificates of loggers are known. Raises Malformed for a setting that is no key."""
    return Issuers(trusted=tuple(PublicKey(x, y) for x, y in settings.LOGGER_ISSUERS))
