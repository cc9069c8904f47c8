"""Judge readings against a storage profile: what was outside, for how long, and what is not known.

C1 limits are inclusive · C2 each reading outside is a deviation, one that lasts is an excursion ·
C3 one long deviation is one event, and heat is never netted against cold · C4 time between two
readings counts as outside when either end is, with the linear estimate beside it · C9 a step of
more than three intervals (and 30 minutes) is a gap, and so is a journey not covered.
All readings of a series count, also those before and after what has to be covered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple

from supplychain.domain.conditions import (
    Reading,
    ReadingsFault,
    Series,
    fault,
    mean,
    moment,
    timestamp,
)
from supplychain.domain.profiles import Side, StorageProfile

METHOD: Final = "worst-case/1"
GAP_INTERVALS: Final = 3
GAP_FLOOR_S: Final = 30 * 60

Covers = tuple[datetime, datetime]


class State(StrEnum):
    """What the readings say of a journey or a stay."""

    IN_RANGE = "IN_RANGE"
    EXCURSION = "EXCURSION"
    DATA_GAP = "DATA_GAP"
    NO_DATA = "NO_DATA"


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


@dataclass(frozen=True)
class Judgement:
    """What is known of one hand-off's temperature.

    `deviations` are all that was outside, `excursions` those that lasted the profile's delay.
    Minutes are those of the worst device, never a sum over devices nor an average; the mean is the
    governing device's. All numbers are None or 0 where there are no readings.
    """

    state: State
    excursions: tuple[Excursion, ...] = ()
    deviations: tuple[Excursion, ...] = ()
    gaps: tuple[Gap, ...] = ()
    minutes_out_worst_case: float = 0.0
    minutes_out_linear: float = 0.0
    min_centi_c: int | None = None
    max_centi_c: int | None = None
    mean_centi_c: int | None = None
    covers: Covers | None = None


_WORST_FIRST: Final = (State.EXCURSION, State.DATA_GAP, State.IN_RANGE)


def judge(
    series: Sequence[Series], profile: StorageProfile, covers: Covers | None = None
) -> Judgement:
    """Return the judgement over the series of one hand-off; the worst device governs (C14).

    `covers` is from loading to receipt, None where only the readings' own time is spoken of.
    Files of one device count as one series. Without readings the state is NO_DATA.
    Raises ReadingsFault COVERS_REVERSED when `covers` ends before it starts.
    """
    if covers and covers[0] > covers[1]:
        raise fault("COVERS_REVERSED", "Loading comes before receipt.", value=covers[0])
    if not series:
        return Judgement(State.NO_DATA, covers=covers)
    judged = [_judge_device(one, profile, covers) for one in by_device(series)]
    worst = min(judged, key=_severity)
    return Judgement(
        state=worst.state,
        excursions=_in_order(one.excursions for one in judged),
        deviations=_in_order(one.deviations for one in judged),
        gaps=tuple(sorted({gap for one in judged for gap in one.gaps})),
        minutes_out_worst_case=max(one.minutes_out_worst_case for one in judged),
        minutes_out_linear=max(one.minutes_out_linear for one in judged),
        min_centi_c=min(r.centi_c for one in series for r in one.readings),
        max_centi_c=max(r.centi_c for one in series for r in one.readings),
        mean_centi_c=worst.mean_centi_c,
        covers=covers,
    )


def by_device(series: Sequence[Series]) -> list[Series]:
    """Join the files of each device; files that contradict each other stay apart and both count."""
    devices: list[Series] = []
    for one in sorted(series, key=lambda s: (s.device, s.first, s.root)):
        try:
            devices[-1:] = [devices[-1].joined(one)]
        except (IndexError, ReadingsFault):
            devices.append(one)
    return devices


def as_conditions(
    series: Sequence[Series], profile: StorageProfile, judgement: Judgement
) -> dict[str, object]:
    """Return the signed `conditions` member for readings and their judgement.

    Series stand in the order of their first reading, then of their roots. Where nothing had to be
    covered, the readings' own first and last moment stand in `covers`.
    """
    start, end = judgement.covers or (min(s.first for s in series), max(s.last for s in series))
    return {
        "profile": profile.id,
        "method": METHOD,
        "state": judgement.state.value,
        "covers": {"from": timestamp(start), "to": timestamp(end)},
        "series": [s.summary() for s in sorted(series, key=lambda s: (s.first, s.root))],
    }


class MinutesOut(NamedTuple):
    """Minutes outside by three methods; only the worst case is judged by."""

    worst_case: float
    left_hold: float
    linear: float


def minutes_out(readings: Sequence[Reading], profile: StorageProfile) -> MinutesOut:
    """Return the minutes outside (C4), steps across gaps included.

    The worst case (`worst-case/1`) counts a step when either end is outside, left-hold gives each
    step to the reading before it, linear draws a straight line between two readings and rounds
    to a millisecond for each step, so that the sum does not depend on the order of adding.
    """
    worst_s = left_s = linear_ms = 0
    for before, after in pairwise(readings):
        step = after.at - before.at
        sides = profile.side(before.centi_c), profile.side(after.centi_c)
        worst_s += step if any(sides) else 0
        left_s += step if sides[0] else 0
        linear_ms += _linear_ms(before, after, profile) if any(sides) else 0
    return MinutesOut(worst_s / 60, left_s / 60, linear_ms / 60_000)


def gap_limit_s(interval_s: int) -> int:
    """Return the longest step in seconds that is no gap (C9)."""
    return max(GAP_INTERVALS * interval_s, GAP_FLOOR_S)


def _judge_device(series: Series, profile: StorageProfile, covers: Covers | None) -> Judgement:
    values = [reading.centi_c for reading in series.readings]
    minutes = minutes_out(series.readings, profile)
    deviations = tuple(_deviations(series.readings, profile))
    lasting = tuple(d for d in deviations if d.minutes_worst_case >= profile.excursion_delay_min)
    gaps = (*_steps_too_long(series), *(_not_covered(series, covers) if covers else ()))
    return Judgement(
        state=_state(profile, lasting, gaps),
        excursions=lasting,
        deviations=deviations,
        gaps=gaps,
        minutes_out_worst_case=minutes.worst_case,
        minutes_out_linear=minutes.linear,
        mean_centi_c=mean(values),
    )


def _state(profile: StorageProfile, excursions: Sequence[Excursion], gaps: Sequence[Gap]) -> State:
    if excursions:
        return State.EXCURSION
    return State.DATA_GAP if gaps and profile.monitored else State.IN_RANGE


def _severity(judgement: Judgement) -> tuple[int, float]:
    return _WORST_FIRST.index(judgement.state), -judgement.minutes_out_worst_case


def _in_order(events: Iterable[Sequence[Excursion]]) -> tuple[Excursion, ...]:
    return tuple(sorted((e for several in events for e in several), key=lambda e: (e.start, e.end)))


def _deviations(readings: Sequence[Reading], profile: StorageProfile) -> Iterable[Excursion]:
    start = 0
    for n in range(1, len(readings) + 1):
        side = profile.side(readings[start].centi_c)
        if n < len(readings) and profile.side(readings[n].centi_c) == side:
            continue
        if side:
            yield _deviation(readings, start, n - 1, side)
        start = n


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


def _steps_too_long(series: Series) -> Iterable[Gap]:
    limit = gap_limit_s(series.interval_s)
    for before, after in pairwise(series.readings):
        if after.at - before.at > limit:
            yield Gap(moment(before.at), moment(after.at))


def _not_covered(series: Series, covers: Covers) -> Iterable[Gap]:
    start, end = covers
    if (series.first - start).total_seconds() > series.interval_s:
        yield Gap(start, min(series.first, end))
    if (end - series.last).total_seconds() > series.interval_s:
        yield Gap(max(series.last, start), end)


def _linear_ms(before: Reading, after: Reading, profile: StorageProfile) -> int:
    """Return the part of a step outside on the straight line between its readings."""
    step = 1000 * (after.at - before.at)
    low, high = sorted((before.centi_c, after.centi_c))
    if low == high:
        return step
    floor = low if profile.low_centi_c is None else profile.low_centi_c
    ceiling = high if profile.high_centi_c is None else profile.high_centi_c
    inside = max(min(high, ceiling) - max(low, floor), 0)
    return step - (2 * step * inside + (high - low)) // (2 * (high - low))
