"""Judge readings against a storage profile: what the goods went through, in one word and in full.

The worst logger governs and no two are averaged (C14). Frost is worst, and nothing clears it (C5);
then an excursion; then what is inside the stability budget and yet not clean, which a person has
to look at (C7); then a gap. All readings of a series count, also those before and after what has
to be covered, but those that the signer wants ignored at the start and the end (C10).

The method `worst-case/1` knows limits, delay and gaps only; claims that were signed by it are
judged by it for ever; so are those of `worst-case/2`, by which each logger's time is a sum.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from supplychain.domain.budget import Use
from supplychain.domain.conditions import ReadingsFault, Series, fault, mean, timestamp
from supplychain.domain.conditions_claim import METHOD, METHOD_1, METHOD_2
from supplychain.domain.conditions_judged import (
    IGNORED_MAX,
    NOTHING_STATED,
    Judged,
    Kinetic,
    Outside,
    Stated,
)
from supplychain.domain.deviations import (
    Covers,
    Excursion,
    Gap,
    MinutesOut,
    gap_limit_s,
    minutes_out,
)
from supplychain.domain.findings import Finding
from supplychain.domain.intervals import Interval
from supplychain.domain.leg_totals import time_in_bands, time_outside, too_much
from supplychain.domain.logger_evidence import is_calibration_old
from supplychain.domain.logger_judgement import LoggerJudgement, State, judge_logger, severity
from supplychain.domain.mkt import worst_of
from supplychain.domain.packed_readings import digest
from supplychain.domain.storage_profile import StorageProfile

__all__ = [
    "IGNORED_WITHIN",
    "METHOD",
    "METHOD_1",
    "METHOD_2",
    "Covers",
    "Excursion",
    "Gap",
    "Judgement",
    "MinutesOut",
    "State",
    "Stated",
    "as_conditions",
    "by_device",
    "gap_limit_s",
    "judge",
    "minutes_out",
]

IGNORED_WITHIN: Final = "IGNORED_WITHIN"
_NOTHING_OUTSIDE: Final = Outside()


@dataclass(frozen=True)
class Judgement:
    """What is known of one hand-off's temperature.

    `deviations` are all that was outside, `excursions` those that lasted the profile's delay.
    Minutes are those of the worst device, never a sum over devices nor an average; seconds by side
    and in each band those of the worst at each second; the mean is the governing device's. All
    numbers are None or 0 where there are no readings.
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
    outside: Outside = _NOTHING_OUTSIDE
    used: tuple[Use, ...] = ()
    findings: tuple[Finding, ...] = ()
    mkt: Kinetic | None = None
    stated: Stated = NOTHING_STATED
    method: str = METHOD


def judge(
    series: Sequence[Series],
    profile: StorageProfile,
    covers: Covers | None = None,
    *,
    method: str = METHOD,
    stated: Stated = NOTHING_STATED,
) -> Judgement:
    """Return the judgement over the series of one hand-off; the worst device governs (C14).

    `covers` is from loading to receipt, None where only the readings' own time is spoken of.
    Files of one device count as one series. Without readings the state is NO_DATA.
    Raises ReadingsFault COVERS_REVERSED when `covers` ends before it starts, IGNORED_WITHIN when
    a window to be ignored lies neither at the start nor at the end of the readings.
    """
    return _judged(tuple(series), profile, covers, method, stated)


@lru_cache(maxsize=16)  # who signs asks it, and who accepts what was signed asks the same again
def _judged(
    series: tuple[Series, ...],
    profile: StorageProfile,
    covers: Covers | None,
    method: str,
    stated: Stated,
) -> Judgement:
    if covers and covers[0] > covers[1]:
        raise fault("COVERS_REVERSED", "Loading comes before receipt.", value=covers[0])
    if not series:
        return Judgement(State.NO_DATA, covers=covers, stated=stated)
    _prove_windows(stated.ignored, series)
    if method == METHOD_1:
        profile = profile.bare()
    devices = [judge_logger(one, profile, covers, stated, method) for one in by_device(series)]
    known = stated.findings | {Finding.CALIBRATION_OLD for one in series if is_calibration_old(one)}
    return _together(devices, profile, covers, stated, known, method)


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
    series: Sequence[Series],
    profile: StorageProfile,
    judgement: Judgement,
    method: str = METHOD,
) -> dict[str, object]:
    """Return the signed `conditions` member for readings and their judgement.

    Series stand in the order of their first reading, then of their roots. Where nothing had to be
    covered, the readings' own first and last moment stand in `covers`.
    """
    start, end = judgement.covers or (min(s.first for s in series), max(s.last for s in series))
    in_order = sorted(series, key=lambda s: (s.first, s.root))
    plain: dict[str, object] = {
        "profile": profile.id,
        "method": method,
        "state": judgement.state.value,
        "covers": {"from": timestamp(start), "to": timestamp(end)},
        "series": [one.summary() for one in in_order],
    }
    if method == METHOD_1:
        return plain
    packed = [one.summary() | {"packed": digest(one.chunks)} for one in in_order]
    return plain | {"series": packed} | as_judged(judgement).as_json()


def as_judged(judgement: Judgement) -> Judged:
    """Return what the methods after `worst-case/1` say beside the state."""
    return Judged(
        outside=judgement.outside,
        used=judgement.used,
        ignored=judgement.stated.ignored,
        mkt=judgement.mkt,
        findings=judgement.findings,
        activity=judgement.stated.activity,
        method=judgement.method,
    )


def _prove_windows(windows: Sequence[Interval], series: Sequence[Series]) -> None:
    first, last = min(s.first for s in series), max(s.last for s in series)
    if len(windows) > IGNORED_MAX or any(w.start > first and w.end < last for w in windows):
        raise fault(IGNORED_WITHIN, "Ignore what lies at the start or at the end only (C10).")


def _together(
    devices: Sequence[LoggerJudgement],
    profile: StorageProfile,
    covers: Covers | None,
    stated: Stated,
    known: frozenset[Finding],
    method: str,
) -> Judgement:
    governing = min(devices, key=severity)
    kept = [reading.centi_c for one in devices for reading in one.kept]
    minutes = [one.minutes for one in devices]
    outside, spent = time_outside(devices, profile, method), time_in_bands(devices, method)
    broken = too_much(devices, profile, outside, spent, method)
    findings = frozenset[Finding]().union(broken, known, *(d.findings for d in devices))
    return Judgement(
        state=_raised(governing.state, profile, broken, findings),
        excursions=_in_order(one.excursions for one in devices),
        deviations=_in_order(one.deviations for one in devices),
        gaps=tuple(sorted({gap for one in devices for gap in one.gaps})),
        minutes_out_worst_case=max(m.worst_case for m in minutes),
        minutes_out_linear=max(m.linear for m in minutes),
        min_centi_c=min(kept, default=None),
        max_centi_c=max(kept, default=None),
        mean_centi_c=mean([r.centi_c for r in governing.kept]) if governing.kept else None,
        covers=covers,
        outside=outside,
        used=spent,
        findings=tuple(sorted(findings)),
        mkt=worst_of(one.mkt for one in devices if one.mkt),
        stated=stated,
        method=method,
    )


def _raised(
    state: State,
    profile: StorageProfile,
    broken: frozenset[Finding],
    findings: frozenset[Finding],
) -> State:
    """The state after what only all loggers together, or their signer, say."""
    if broken and state is not State.FREEZE:
        return State.EXCURSION
    if Finding.CLOCK_FAULT in findings and state is State.IN_RANGE and profile.monitored:
        return State.REVIEW  # C12: a fault is never in range
    return state


def _in_order(events: Iterable[Sequence[Excursion]]) -> tuple[Excursion, ...]:
    return tuple(sorted((e for several in events for e in several), key=lambda e: (e.start, e.end)))
