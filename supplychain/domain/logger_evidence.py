"""What makes a logger's readings weaker evidence: its clock, its calibration, what it says itself.

C12 a clock that drifts · C14 a calibration that is old · C15 a summary that its readings do not
bear out. All are told and none is corrected; a logger's own flags are findings as they are.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter
from typing import Final

from supplychain.domain.conditions import Reading, Series, mean
from supplychain.domain.deviations import gap_limit_s
from supplychain.domain.device_summaries import DeviceSummary, LoggerFlag
from supplychain.domain.findings import Finding
from supplychain.domain.mkt import mean_kinetic_e4

CALIBRATION_DAYS_MAX: Final = 365
_AT: Final = attrgetter("at")


@dataclass(frozen=True, slots=True)
class Tolerances:
    """Settings of what is still told as nothing: clocks in seconds, hundredths of a degree."""

    drift_s: int = 10 * 60
    fault_s: int = 60 * 60
    centi_c: int = 10


DEFAULT: Final = Tolerances()


def of_clock(
    shown: datetime, read_out_at: datetime, tolerances: Tolerances = DEFAULT
) -> frozenset[Finding]:
    """What a logger's clock is worth that showed one time when it was another (C12)."""
    drift_s = abs((shown - read_out_at).total_seconds())
    if drift_s > tolerances.fault_s:
        return frozenset({Finding.CLOCK_FAULT})
    return frozenset({Finding.CLOCK_DRIFT} if drift_s > tolerances.drift_s else ())


def of_flags(flags: Iterable[LoggerFlag]) -> frozenset[Finding]:
    """What a logger says of its own state."""
    return frozenset(Finding(flag.value) for flag in flags)


def of_summaries(
    series: Series, summaries: Iterable[DeviceSummary], tolerances: Tolerances = DEFAULT
) -> frozenset[Finding]:
    """Whether the readings bear out what the device says of them (C15)."""
    differ = any(differences(series, one, tolerances) for one in summaries)
    return frozenset({Finding.SUMMARY_DIFFERS} if differ else ())


def is_calibration_old(series: Series) -> bool:
    """Whether the last reading is more than 365 days after the last calibration (C14)."""
    if series.calibrated is None:
        return False
    return series.last.date() - series.calibrated > timedelta(days=CALIBRATION_DAYS_MAX)


def differences(
    series: Series, said: DeviceSummary, tolerances: Tolerances = DEFAULT
) -> tuple[str, ...]:
    """Name what the device says otherwise than its readings of that time.

    Values may differ by a tenth of a degree, moments by one interval. Where the readings do not
    cover the time from end to end, the device knows more than they, and nothing differs.
    """
    return tuple(_differences(series, said, tolerances.centi_c))


def _differences(series: Series, said: DeviceSummary, most: int) -> Iterator[str]:
    start = bisect_left(series.readings, said.start.timestamp(), key=_AT)
    within = series.readings[start : bisect_right(series.readings, said.end.timestamp(), key=_AT)]
    if not within or not _is_covered(within, said, series.interval_s):
        return
    values = [reading.centi_c for reading in within]
    low, high = min(values), max(values)
    kinetic = mean_kinetic_e4(Counter(values))
    for name, theirs, ours in (
        ("min", said.min_centi_c, low),
        ("max", said.max_centi_c, high),
        ("mean", said.mean_centi_c, mean(values)),
        ("mkt", said.mkt_centi_c, round(kinetic / 100)),
    ):
        if theirs is not None and abs(theirs - ours) > most:
            yield name
    for name, at, peak in (("min_at", said.min_at, low), ("max_at", said.max_at, high)):
        near = [r.at for r in within if abs(r.centi_c - peak) <= most]
        if at and min(abs(one - at.timestamp()) for one in near) > series.interval_s:
            yield name


def _is_covered(within: Sequence[Reading], said: DeviceSummary, interval_s: int) -> bool:
    """Whether the readings go from one end of the time to the other, without a gap (C9)."""
    start, end = int(said.start.timestamp()), int(said.end.timestamp())
    ends = within[0].at - start <= interval_s and end - within[-1].at <= interval_s
    limit = gap_limit_s(interval_s)
    return ends and all(after.at - before.at <= limit for before, after in pairwise(within))
