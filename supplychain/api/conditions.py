"""Temperature in a request: typed readings, a logger's file, or the reason why there is none."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from ledger.core.encoding import unb64
from supplychain.domain.conditions import Series
from supplychain.domain.errors import Invalid
from supplychain.domain.lots import zone
from supplychain.domain.readings_csv import read_typed
from supplychain.formats.column_mapping import ColumnMapping
from supplychain.formats.local_times import DateOrder
from supplychain.formats.logger_files import Told, prove_evidence
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.logger_files import Brought, bring, cited
from supplychain.recording.stating import Said, stated_of


def conditions_of(given: Mapping[str, Any], at: datetime, gln: str) -> ConditionsInput:
    """The conditions that a checked request brings. Raises Invalid, ReadingsFault among it.

    `gln` is the organisation whose word about its loggers, kept from before, is taken.
    """
    ways = [name for name in _WAYS if given.get(name)]
    if len(ways) != 1:
        message = f"conditions: give one of {', '.join(_WAYS)}."
        raise Invalid("CONDITIONS_AMBIGUOUS", message)
    match ways[0]:
        case "none":
            return ConditionsInput(none=given["none"])
        case "tracker":
            return ConditionsInput(tracker=given["tracker"])
        case "readings":
            typed = (typed_series(given, at),)
            return ConditionsInput(series=typed, stated=stated_of(typed, [], _beside(given)))
        case "csv":
            return _from_files([(given["csv"].encode(), given)], given, at, gln)
        case "file":
            return _from_files([(unb64(given["file"]), given)], given, at, gln)
        case _:
            files = [(unb64(one["file"]), one) for one in given["files"]]
            return _from_files(files, given, at, gln)


_WAYS: Final = ("none", "tracker", "readings", "csv", "file", "files")


def typed_series(given: Mapping[str, Any], at: datetime) -> Series:
    """The readings that a checked request lists. Raises Invalid, ReadingsFault among it."""
    readings = given["readings"]
    units = {one["unit"] for one in readings}
    if len(units) != 1:
        raise Invalid("UNITS_MIXED", "conditions.readings: one unit for all of them.")
    pairs = [(one["time"], one["value"]) for one in readings]
    return read_typed(pairs, at=at, unit=units.pop(), zone=_zone(given))


def told_of(given: Mapping[str, Any]) -> Told:
    """What a checked request says of a logger's file. Raises Invalid."""
    return Told(
        zone=_zone(given),
        unit=given.get("unit"),
        device=given.get("device") or "",
        calibrated=given.get("calibrated"),
        order=DateOrder(given["order"]) if given.get("order") else None,
        mapping=ColumnMapping.decode(given["mapping"]) if given.get("mapping") else None,
        since=given.get("since"),
        until=given.get("until"),
    )


def brought_of(content: bytes, about: Mapping[str, Any], at: datetime, gln: str) -> Brought:
    """A file as it is read with what is said of it, now or before. Raises Invalid."""
    return bring(content, told_of(about), gln=gln, saved=about.get("model") or "", at=at)


def _from_files(
    files: Sequence[tuple[bytes, Mapping[str, Any]]],
    given: Mapping[str, Any],
    at: datetime,
    gln: str,
) -> ConditionsInput:
    """The series of each file, with what is said of it."""
    found = [(content, brought_of(content, about, at, gln).file) for content, about in files]
    for _, logger in found:
        prove_evidence(logger)
    return cited(found, _beside(given))


def _beside(given: Mapping[str, Any]) -> Said:
    """What a person says beside the readings."""
    return Said(
        ignore_start_min=given.get("ignore_start_min", 0),
        ignore_end_min=given.get("ignore_end_min", 0),
        read_out_at=given.get("read_out_at"),
        market=given.get("market", ""),
    )


def _zone(given: Mapping[str, Any]) -> Any:
    return zone(given["zone"]) if given.get("zone") else None
