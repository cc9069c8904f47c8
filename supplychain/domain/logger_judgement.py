"""What one logger's readings say against a storage profile, taken for themselves."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from supplychain.domain.budget import Use, used
from supplychain.domain.conditions import Reading, Series
from supplychain.domain.conditions_judged import METHOD, Kinetic, Stated
from supplychain.domain.deviations import (
    Covers,
    Excursion,
    Gap,
    MinutesOut,
    deviations,
    freezes,
    gap_limit_s,
    gaps,
    minutes_out,
    sides,
)
from supplychain.domain.findings import Finding
from supplychain.domain.intervals import Interval
from supplychain.domain.mkt import Curve, clears, worst_window
from supplychain.domain.plausibility import doubted_steps, is_doubted
from supplychain.domain.storage_profile import Activity, StorageProfile


class State(StrEnum):
    """What the readings say of a journey or a stay."""

    IN_RANGE = "IN_RANGE"
    REVIEW = "REVIEW"
    EXCURSION = "EXCURSION"
    FREEZE = "FREEZE"
    DATA_GAP = "DATA_GAP"
    NO_DATA = "NO_DATA"


@dataclass(frozen=True)
class LoggerJudgement:
    """What one logger says; `kept` are its readings without those to be ignored."""

    kept: tuple[Reading, ...]
    state: State
    excursions: tuple[Excursion, ...]
    deviations: tuple[Excursion, ...]
    gaps: tuple[Gap, ...]
    minutes: MinutesOut
    used: tuple[Use, ...]
    findings: frozenset[Finding]
    mkt: Kinetic | None


_WORST_FIRST: Final = (
    State.FREEZE,
    State.EXCURSION,
    State.REVIEW,
    State.DATA_GAP,
    State.IN_RANGE,
)


def judge_logger(
    series: Series,
    profile: StorageProfile,
    covers: Covers | None,
    stated: Stated,
    method: str = METHOD,
) -> LoggerJudgement:
    """Return the judgement over one series; see `excursions.judge`."""
    counting = kept(series, stated)
    outside = tuple(deviations(counting, sides(counting, profile)))
    lasting = tuple(d for d in outside if d.minutes_worst_case >= profile.excursion_delay_min)
    unknown = tuple(gaps(series, counting, covers, stated.ignored, method))
    doubted = doubted_steps(counting, profile)
    mean = _mean_kinetic(series, counting, lasting, doubted, profile, stated)
    state = _state(profile, counting, lasting, unknown=bool(unknown) or not counting)
    cleared = state is State.EXCURSION and not unknown and _clears(profile, counting, mean)
    return LoggerJudgement(
        kept=counting,
        state=State.REVIEW if cleared else state,
        excursions=lasting,
        deviations=outside,
        gaps=unknown,
        minutes=minutes_out(counting, profile),
        used=used(counting, profile, stated.activity),
        findings=frozenset(_findings(profile, counting, doubted, outside, lasting)),
        mkt=mean,
    )


def kept(series: Series, stated: Stated) -> tuple[Reading, ...]:
    """Return the readings that count: those in no window that is to be ignored (C10)."""
    if not stated.ignored:
        return series.readings
    return tuple(r for r in series.readings if not _is_ignored(r, stated.ignored))


def _is_ignored(reading: Reading, windows: Sequence[Interval]) -> bool:
    return any(w.start.timestamp() <= reading.at <= w.end.timestamp() for w in windows)


def _state(
    profile: StorageProfile,
    kept: Sequence[Reading],
    excursions: Sequence[Excursion],
    *,
    unknown: bool,
) -> State:
    if profile.freeze and freezes(kept, profile.freeze):
        return State.FREEZE
    if excursions:
        return State.REVIEW if _is_allowed(profile, kept, excursions) else State.EXCURSION
    return State.DATA_GAP if unknown and profile.monitored else State.IN_RANGE


def _is_allowed(
    profile: StorageProfile, kept: Sequence[Reading], excursions: Sequence[Excursion]
) -> bool:
    """Whether all that was outside for long enough lies in bands of the budget (C6)."""
    at = [reading.at for reading in kept]
    outside = {
        reading.centi_c
        for one in excursions
        for reading in kept[_place(at, one.start) : _place(at, one.end) + 1]
    }
    return all(profile.band(centi_c) for centi_c in outside)


def _place(at: Sequence[int], moment: datetime) -> int:
    """Where the reading of this moment stands."""
    return bisect_left(at, int(moment.timestamp()))


def _mean_kinetic(
    series: Series,
    counting: Sequence[Reading],
    excursions: Sequence[Excursion],
    doubted: Sequence[bool],
    profile: StorageProfile,
    stated: Stated,
) -> Kinetic | None:
    """The mean over the worst window of all excursions, where the market's rules ask for one."""
    rule, on_the_way = profile.mkt, stated.activity is Activity.TRANSPORT
    if rule is None or stated.market not in rule.markets or (on_the_way and not rule.transport):
        return None
    limit = gap_limit_s(series.interval_s)
    steps = zip(pairwise(counting), doubted, strict=True)
    known = [after.at - before.at <= limit and not doubt for (before, after), doubt in steps]
    curve = Curve.of(counting, known)
    spans = [Interval(one.start, one.end) for one in excursions]
    return worst_window(curve, spans, rule, stated.market) if spans else None


def _clears(profile: StorageProfile, counting: Sequence[Reading], mean: Kinetic | None) -> bool:
    return profile.mkt is not None and mean is not None and clears(profile.mkt, counting, mean)


def _findings(
    profile: StorageProfile,
    kept: Sequence[Reading],
    doubted: Sequence[bool],
    outside: Sequence[Excursion],
    lasting: Sequence[Excursion],
) -> Iterable[Finding]:
    if len(lasting) < len(outside):
        yield Finding.DEVIATION
    if is_doubted(kept, doubted, profile):
        yield Finding.IMPLAUSIBLE
    if profile.do_not_freeze and any(reading.centi_c <= 0 for reading in kept):
        yield Finding.FREEZE_WARNING


def severity(judged: LoggerJudgement) -> tuple[int, float]:
    """Return what sorts the worst logger first."""
    return _WORST_FIRST.index(judged.state), -judged.minutes.worst_case
