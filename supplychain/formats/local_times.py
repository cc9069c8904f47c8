"""Times as loggers write them, once the order of day and month is known; that is never guessed."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from itertools import groupby
from typing import Final

from supplychain.domain.conditions import fault
from supplychain.domain.reading_rows import CellError
from supplychain.formats.month_names import numbered

CENTURY: Final = 2000  # of years with two digits: there were no such loggers before
NOON: Final = 12


class DateOrder(StrEnum):
    """Which part of a date comes first."""

    YEAR_FIRST = "YMD"
    DAY_FIRST = "DMY"
    MONTH_FIRST = "MDY"


_TIME: Final = re.compile(
    r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:T|[ ,]{1,3})"
    r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,6})?)?"
    r" ?(AM|PM)? ?(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII | re.IGNORECASE,
)
_YEAR_DIGITS: Final = (2, 4)


def looks_like_time(text: str) -> bool:
    """Say whether a cell is a date with a time, in whatever order."""
    return _TIME.fullmatch(numbered(text)[0]) is not None


def looks_like_day(text: str) -> bool:
    """Say whether a cell is a date by itself, in whatever order."""
    return looks_like_time(f"{text} 00:00")


def carries_offset(text: str) -> bool:
    """Say whether a cell is a time that names its own offset from UTC."""
    match = _TIME.fullmatch(numbered(text)[0])
    return match is not None and match[9] is not None


def read_time(text: str, order: DateOrder) -> datetime:
    """Return the moment in a cell, naive where it carries no offset; parts of a second are dropped.

    Years have four digits, or two and lie after 2000; with AM or PM the hours are those of a clock.
    Months are numbers, or names (`month_names`). Raises CellError TIME_MALFORMED, or TIME_NONE_SUCH
    for a 30 February, 13 PM, or a name of a month where the order has none.
    """
    numbers, place = numbered(text)
    match = _TIME.fullmatch(numbers)
    if match is None:
        fix = "Write date and time, such as 21/11/2026 08:05, 11/21/26 8:05:00 PM or 21-Nov-2026."
        raise CellError("time", text, "TIME_MALFORMED", fix)
    first, _, second, third, hour, minute, seconds, half, offset = match.groups()
    try:
        _prove_place(order, place)
        year, month, day = _in_order(order, first, second, third)
        return datetime(
            year,
            month,
            day,
            _hour(int(hour), half),
            int(minute),
            int(seconds or 0),
            tzinfo=_offset(offset),
        )
    except ValueError:
        fix = f"There is no such day or time, if dates are written {order.value}."
        raise CellError("time", text, "TIME_NONE_SUCH", fix) from None


def orders_possible(times: Iterable[str]) -> tuple[DateOrder, ...]:
    """The orders in which all of these are times that never go back (or never forward).

    One: the file itself proves it. Several: a person has to say. None: they are no times.
    """
    first_of_days = [next(day) for _, day in groupby(times, key=_date_part)]
    return tuple(order for order in DateOrder if _is_possible(first_of_days, order))


def proven_order(times: Sequence[str]) -> DateOrder:
    """The one order that these times prove.

    Raises ReadingsFault DATE_ORDER_NEEDED where several are left, TIME_MALFORMED where none is, and
    NO_READINGS where there is nothing.
    """
    if not times:
        raise fault("NO_READINGS", "There is no row.", column="file")
    possible = orders_possible(times)
    if len(possible) > 1:
        fix = "Say which of day, month and year comes first: the file can be read in several ways."
        raise fault("DATE_ORDER_NEEDED", fix, column="time", value=times[0])
    if not possible:
        fix = "In no order of day, month and year are these all times that go forward."
        raise fault("TIME_MALFORMED", fix, column="time", value=times[0])
    return possible[0]


def _date_part(text: str) -> str:
    numbers, place = numbered(text)
    match = _TIME.fullmatch(numbers)
    return f"{place} {numbers[: match.end(4)]}" if match else text


def _is_possible(times: list[str], order: DateOrder) -> bool:
    try:
        moments = [read_time(text, order).replace(tzinfo=None) for text in times]
    except CellError:
        return False
    return moments in (sorted(moments), sorted(moments, reverse=True))


def _prove_place(order: DateOrder, place: int | None) -> None:
    """A name of a month stands in front exactly where dates begin with the month."""
    if place is not None and (place == 0) != (order is DateOrder.MONTH_FIRST):
        raise ValueError(place)


def _in_order(order: DateOrder, first: str, second: str, third: str) -> tuple[int, int, int]:
    year, month, day = {
        DateOrder.YEAR_FIRST: (first, second, third),
        DateOrder.DAY_FIRST: (third, second, first),
        DateOrder.MONTH_FIRST: (third, first, second),
    }[order]
    if len(year) not in _YEAR_DIGITS or len(day) > 2 or len(month) > 2:  # noqa: PLR2004 - digits
        raise ValueError(year)
    return int(year) + (CENTURY if len(year) == 2 else 0), int(month), int(day)  # noqa: PLR2004


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= NOON:
        raise ValueError(hour)
    return hour % NOON + (NOON if half.upper() == "PM" else 0)


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in "Zz":
        return UTC
    minutes = 60 * int(text[1:3]) + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
