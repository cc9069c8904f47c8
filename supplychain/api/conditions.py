"""Temperature in a request: typed readings, a logger's CSV, or the reason why there is none."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from supplychain.domain.conditions import Series
from supplychain.domain.errors import Invalid
from supplychain.domain.lots import zone
from supplychain.domain.readings_csv import read_csv, read_typed
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.submissions import File


def conditions_of(given: Mapping[str, Any], at: datetime) -> ConditionsInput:
    """The conditions that a checked request brings. Raises Invalid, ReadingsFault among it."""
    ways = [name for name in ("none", "readings", "csv") if given.get(name)]
    if len(ways) != 1:
        message = "conditions: give one of none, readings and csv."
        raise Invalid("CONDITIONS_AMBIGUOUS", message)
    match ways[0]:
        case "none":
            return ConditionsInput(none=given["none"])
        case "readings":
            return ConditionsInput(series=(_typed(given, at),))
        case _:
            return _from_csv(given, at)


def _typed(given: Mapping[str, Any], at: datetime) -> Series:
    readings = given["readings"]
    units = {one["unit"] for one in readings}
    if len(units) != 1:
        raise Invalid("UNITS_MIXED", "conditions.readings: one unit for all of them.")
    pairs = [(one["time"], one["value"]) for one in readings]
    return read_typed(pairs, at=at, unit=units.pop(), zone=_zone(given))


def _from_csv(given: Mapping[str, Any], at: datetime) -> ConditionsInput:
    content = given["csv"].encode()
    series = read_csv(
        content,
        at=at,
        zone=_zone(given),
        unit=given.get("unit"),
        device=given.get("device") or "logger",
        calibrated=given.get("calibrated"),
    )
    return ConditionsInput(series=(series,), files=(File(content, "text/csv"),))


def _zone(given: Mapping[str, Any]) -> Any:
    return zone(given["zone"]) if given.get("zone") else None
