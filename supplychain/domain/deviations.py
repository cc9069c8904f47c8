"""What lies outside a profile in one logger's readings, for how long, and what is not known.

C1 limits are inclusive · C2 each reading outside is a deviation, one that lasts is an excursion ·
C3 one long deviation is one event, and heat is never netted against cold · C4 time between two
readings counts as outside when either end is, with the linear estimate beside it · C9 a step of
more than three intervals (and 30 minutes) is a gap, and so is a journey not covered.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, NamedTuple

from supplychain.domain.conditions import Reading, Series, moment
from supplychain.domain.conditions_judged import METHOD
from supplychain.domain.intervals import Interval
from supplychain.domain.storage_profile import FreezeRule, Side, StorageProfile

GAP_INTERVALS: Final = 3
GAP_FLOOR_S: Final = 30 * 60
GAP_CEILING_S: Final = 24 * 60 * 60

Covers = tuple[datetime, datetime]
SideOf = Callable[[int], Side | None]
Ways = tuple[tuple[int | None, int | None], ...]


@dataclass(frozen=True)
class Excursion:
    """Consecutive readings outside on one side, `start` and `end` being the first and last."""

    start: datetime
    end: datetime
    side: Side
    peak_centi_c: int
    minutes_worst_case: float


@dataclass(frozen=True, order=True)
class Gap:
    """An interval without evidence."""

    start: datetime
    end: datetime


class MinutesOut(NamedTuple):
    """Minutes outside by three methods, and the whole seconds of the worst case by side.

    Only the worst case is judged by. A step from heat into cold counts on both sides.
    """

    worst_case: float
    left_hold: float
    linear: float
    above_s: int
    below_s: int


def minutes_out(readings: Sequence[Reading], profile: StorageProfile) -> MinutesOut:
    """Return the minutes outside (C4), steps across gaps included.

    The worst case counts a step when either end is outside, left-hold gives each
    step to the reading before it, linear draws a straight line between two readings and rounds
    to a millisecond for each step, so that the sum does not depend on the order of adding.
    """
    side_of, ways = sides(readings, profile), profile.stored()
    worst_s = left_s = linear_ms = above_s = below_s = 0
    for before, after in pairwise(readings):
        step = after.at - before.at
        ends = side_of(before.centi_c), side_of(after.centi_c)
        if not any(ends):
            continue
        worst_s += step
        left_s += step if ends[0] else 0
        above_s += step if "above" in ends else 0
        below_s += step if "below" in ends else 0
        linear_ms += _linear_ms(before, after, ways)
    return MinutesOut(worst_s / 60, left_s / 60, linear_ms / 60_000, above_s, below_s)


def sides(readings: Sequence[Reading], profile: StorageProfile) -> SideOf:
    """Return the side on which a value of these readings deviates, worked out once for each."""
    return {c: profile.deviation(c) for c in {reading.centi_c for reading in readings}}.__getitem__


def deviations(readings: Sequence[Reading], side_of: SideOf) -> Iterable[Excursion]:
    """Return the stretches outside in the order of time (C2, C3)."""
    start = 0
    for n in range(1, len(readings) + 1):
        side = side_of(readings[start].centi_c)
        if n < len(readings) and side_of(readings[n].centi_c) == side:
            continue
        if side:
            yield _deviation(readings, start, n - 1, side)
        start = n


def freezes(readings: Sequence[Reading], rule: FreezeRule) -> bool:
    """Whether one stretch was so cold for so long that the goods are frozen (C5)."""
    cold = deviations(readings, lambda c: "below" if c <= rule.at_most_centi_c else None)
    return any(one.minutes_worst_case >= rule.minutes for one in cold)


def gap_limit_s(interval_s: int) -> int:
    """Return the longest step in seconds that is no gap (C9)."""
    return max(GAP_INTERVALS * interval_s, GAP_FLOOR_S)


def gaps(
    series: Series,
    readings: Sequence[Reading],
    covers: Covers | None,
    ignored: Sequence[Interval] = (),
    method: str = METHOD,
) -> Iterable[Gap]:
    """Return what is not known: steps too long, and what is not covered (C9).

    `readings` are those of the series that count. What is ignored between loading and receipt is
    not known either, where that is more than a gap may be (C10). Since worst-case/3 a step of more
    than a day is a gap, however rarely a logger reads.
    """
    limit = gap_limit_s(series.interval_s)
    limit = min(limit, GAP_CEILING_S) if method == METHOD else limit
    for before, after in pairwise(readings):
        if after.at - before.at > limit:
            yield Gap(moment(before.at), moment(after.at))
    if covers:
        yield from _not_covered(series, covers, method)
        for window in ignored:
            start, end = max(window.start, covers[0]), min(window.end, covers[1])
            if (end - start).total_seconds() > limit:
                yield Gap(start, end)


def _deviation(readings: Sequence[Reading], first: int, last: int, side: Side) -> Excursion:
    values = [reading.centi_c for reading in readings[first : last + 1]]
    from_at = readings[max(first - 1, 0)].at
    to_at = readings[min(last + 1, len(readings) - 1)].at
    return Excursion(
        start=moment(readings[first].at),
        end=moment(readings[last].at),
        side=side,
        peak_centi_c=max(values) if side == "above" else min(values),
        minutes_worst_case=(to_at - from_at) / 60,
    )


def _not_covered(series: Series, covers: Covers, method: str) -> Iterable[Gap]:
    """An interval is tolerated at either end; but all of another time covers nothing."""
    start, end = covers
    apart = method == METHOD and (series.first > end or series.last < start)
    tolerated_s = 0 if apart else series.interval_s
    if (series.first - start).total_seconds() > tolerated_s:
        yield Gap(start, min(series.first, end))
    if (end - series.last).total_seconds() > tolerated_s:
        yield Gap(max(series.last, start), end)


def _linear_ms(before: Reading, after: Reading, ways: Ways) -> int:
    """Return the part of a step outside on the straight line between its readings."""
    step = 1000 * (after.at - before.at)
    low, high = sorted((before.centi_c, after.centi_c))
    if low == high:
        return step
    inside = _inside(low, high, ways)
    return step - (2 * step * inside + (high - low)) // (2 * (high - low))


def _inside(low: int, high: int, ways: Ways) -> int:
    """Return how many hundredths from low to high lie in any of the ways of storing."""
    inside, reached = 0, low
    ends = ((low if a is None else a, high if b is None else b) for a, b in ways)
    for floor, ceiling in sorted(ends):
        upto = min(ceiling, high)
        inside += max(upto - max(floor, reached), 0)
        reached = max(reached, upto)
    return inside
