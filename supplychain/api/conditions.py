"""Temperature in a request: typed readings, a logger's file, or the reason why there is none."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ledger.core.encoding import unb64
from ledger.core.signatures import OPENSSL
from supplychain.domain.conditions import Series
from supplychain.domain.errors import Invalid
from supplychain.domain.lots import zone
from supplychain.domain.readings_csv import read_typed
from supplychain.formats.column_mapping import ColumnMapping
from supplychain.formats.local_times import DateOrder
from supplychain.formats.logger_files import Told, prove_evidence, read
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.submissions import File


def conditions_of(given: Mapping[str, Any], at: datetime) -> ConditionsInput:
    """The conditions that a checked request brings. Raises Invalid, ReadingsFault among it."""
    ways = [name for name in ("none", "readings", "csv", "file") if given.get(name)]
    if len(ways) != 1:
        message = "conditions: give one of none, readings, csv and file."
        raise Invalid("CONDITIONS_AMBIGUOUS", message)
    match ways[0]:
        case "none":
            return ConditionsInput(none=given["none"])
        case "readings":
            return ConditionsInput(series=(_typed(given, at),))
        case "csv":
            return _from_file(given["csv"].encode(), given, at)
        case _:
            return _from_file(unb64(given["file"]), given, at)


def _typed(given: Mapping[str, Any], at: datetime) -> Series:
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
    )


def _from_file(content: bytes, given: Mapping[str, Any], at: datetime) -> ConditionsInput:
    logger = read(content, told_of(given), at=at, signatures=OPENSSL)
    prove_evidence(logger)
    return ConditionsInput(series=logger.series, files=(File(content, logger.media),))


def _zone(given: Mapping[str, Any]) -> Any:
    return zone(given["zone"]) if given.get("zone") else None
