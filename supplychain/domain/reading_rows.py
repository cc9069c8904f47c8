"""Rows of time and temperature from any file, made into readings that go strictly forward.

Nothing is guessed and nothing is lost: a row is a reading, or one of those that are counted as
dropped, or an error with its row, column, value, rule and fix.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from supplychain.domain.conditions import (
    CENTI_C_MAX,
    CENTI_C_MIN,
    Reading,
    ReadingsFault,
    RowError,
    fault,
)
from supplychain.domain.temperatures import POWER_ON_CENTI_C, Unit, read_temperature

ERRORS_MAX: Final = 50
AHEAD_MAX: Final = timedelta(minutes=5)

#: Returns the moment that a cell names, naive where it carries no zone. Raises CellError.
ReadTime = Callable[[str], datetime]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (the first line is 1) and its two cells."""

    number: int
    time: str
    temperature: str


class CellError(Exception):
    """One cell is wrong: the column, its value, the rule, what to do."""

    def __init__(self, column: str, value: str, rule: str, fix: str) -> None:
        super().__init__(rule)
        self.parts = (column, value[:40], rule, fix)


def take(
    rows: Sequence[Row], read_time: ReadTime, unit: Unit, zone: timezone | None, at: datetime
) -> tuple[list[Reading], Mapping[str, int]]:
    """Return the readings in order and the count of rows that are none, by reason.

    `zone` is the fixed offset of times that carry none (C11: ZONE_NEEDED), `at` is now: nothing
    may lie more than 5 minutes ahead (C12). Raises ReadingsFault with up to 50 row errors.
    """
    dropped: Counter[str] = Counter()
    errors: list[RowError] = []
    taken: list[tuple[Row, Reading]] = []
    for row in rows:
        try:
            when = _seconds(row.time, read_time(row.time), zone, at + AHEAD_MAX)
            value = _value(row.temperature, unit)
        except CellError as error:
            errors.append(RowError(row.number, *error.parts))
            continue
        if isinstance(value, str):
            dropped[value] += 1
        else:
            taken.append((row, Reading(when, value)))
    readings = list(_warmed_up(_forward(taken, dropped, errors), dropped))
    if errors:
        raise ReadingsFault(*sorted(errors, key=attrgetter("row"))[:ERRORS_MAX])
    if not readings:
        raise fault("NO_READINGS", "Give at least one reading.", column="file", value=len(rows))
    return readings, MappingProxyType(dict(dropped))


def _warmed_up(readings: Iterable[Reading], dropped: Counter[str]) -> Iterator[Reading]:
    """Yield them without what a sensor gives until its first conversion, at the start only (C9)."""
    starting = True
    for reading in readings:
        starting = starting and reading.centi_c == POWER_ON_CENTI_C
        if starting:
            dropped["power_on"] += 1
        else:
            yield reading


def _forward(
    taken: list[tuple[Row, Reading]], dropped: Counter[str], errors: list[RowError]
) -> Iterator[Reading]:
    """Yield the readings oldest first; a file that is newest first throughout is turned round."""
    newest_first = bool(taken) and taken[0][1].at > taken[-1][1].at
    before: Reading | None = None
    for row, reading in reversed(taken) if newest_first else taken:
        if before is None or reading.at > before.at:
            yield reading
            before = reading
        elif reading == before:
            dropped["duplicate"] += 1
        else:
            errors.append(_clash(row, same_time=reading.at == before.at))


def _clash(row: Row, *, same_time: bool) -> RowError:
    if same_time:
        fix = "This time has another value too: find out which is right."
        return RowError(row.number, "temperature", row.temperature, "DUPLICATE_DIFFERS", fix)
    fix = "Time must go forward; give times in UTC across a clock change."
    return RowError(row.number, "time", row.time, "CLOCK_BACKWARDS", fix)


def _seconds(text: str, when: datetime, zone: timezone | None, latest: datetime) -> int:
    """Return a moment as whole seconds since 1970; parts of a second are dropped."""
    if when.tzinfo is None and zone is None:
        fix = "Say in which zone the times are, as a fixed offset from UTC."
        raise CellError("time", text, "ZONE_NEEDED", fix)
    when = when.replace(tzinfo=when.tzinfo or zone)
    seconds = int(when.timestamp())
    if seconds < 0:
        raise CellError("time", text, "TIME_RANGE", "Give times from 1970 on.")
    if when > latest:
        fix = "It lies in the future: check the clock and the zone."
        raise CellError("time", text, "TIME_AHEAD", fix)
    return seconds


def _value(text: str, unit: Unit) -> int | str:
    try:
        value = read_temperature(text, unit)
    except ValueError:
        fix = "Write a number such as 5.1."
        raise CellError("temperature", text, "NOT_A_NUMBER", fix) from None
    if isinstance(value, int) and not CENTI_C_MIN <= value <= CENTI_C_MAX:
        fix = "No sensor reads this: check the unit."
        raise CellError("temperature", text, "VALUE_RANGE", fix)
    return value
