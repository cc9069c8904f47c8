"""How long whoever guesses has to wait: serial numbers are secrets that are easy to try."""

from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)


def wait_after(guesses: Sequence[datetime], *, allowed: int, at: datetime) -> timedelta | None:
    """How long it is until one more may be tried; None where one may be now.

    `guesses` are the moments of what was tried in vain, in any order; those of the last ten
    minutes count. What is refused for its number is no guess, so that a wait has an end.
    """
    counted = sorted(moment for moment in guesses if moment > at - WINDOW)
    if len(counted) < allowed:
        return None
    return counted[len(counted) - allowed] + WINDOW - at
