"""Dates as GS1 writes them: six digits, YYMMDD."""

import calendar
from datetime import date

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import is_digits

_DIGITS = 6


def parse_day(text: str, *, on: date) -> date:
    """The day that six digits name; day 00 is the month's last. `on` is today.

    Years have two digits, and the century follows from today (GS1 General Specifications 7.12).
    Raises Invalid INVALID_DATE.

    >>> parse_day("270600", on=date(2026, 11, 21))
    datetime.date(2027, 6, 30)
    """
    if len(text) != _DIGITS or not is_digits(text):
        raise Invalid("INVALID_DATE", f"Date {text[:10]!r}: expected six digits.")
    year, month, day = _year(int(text[:2]), on), int(text[2:4]), int(text[4:6])
    try:
        last = calendar.monthrange(year, month)[1]
        return date(year, month, day or last)
    except ValueError:
        raise Invalid("INVALID_DATE", f"There is no day {text!r} (YYMMDD).") from None


def _year(two_digits: int, on: date) -> int:
    """The year meant, GS1 General Specifications 7.12: 49 years back to 50 years ahead."""
    ahead = two_digits - on.year % 100
    century = on.year - on.year % 100
    if ahead > 50:  # noqa: PLR2004 - GS1's window
        century -= 100
    elif ahead < -49:  # noqa: PLR2004 - GS1's window
        century += 100
    return century + two_digits
