"""What the loggers of one leg say together of time outside and in bands, and what is too much.

By `worst-case/3` the worst of them governs at each second; by `worst-case/2` the one that has the
longest time in all, and when that was is not told.
"""

from collections.abc import Callable, Iterator, Sequence

from supplychain.domain.budget import Use, at_each_second, not_in, worst
from supplychain.domain.conditions import moment
from supplychain.domain.conditions_judged import METHOD, Outside
from supplychain.domain.deviations import sides
from supplychain.domain.findings import Finding
from supplychain.domain.logger_judgement import LoggerJudgement
from supplychain.domain.overspending import overspent
from supplychain.domain.stays import STAYS_MAX, Stay, seconds, stays_in
from supplychain.domain.storage_profile import StorageProfile
from supplychain.domain.tallies import Leg, Tally


def time_outside(
    devices: Sequence[LoggerJudgement], profile: StorageProfile, method: str
) -> Outside:
    """Seconds outside by side; with their times where the profile adds such time up."""
    minutes = [one.minutes for one in devices]
    above_s, below_s = max(m.above_s for m in minutes), max(m.below_s for m in minutes)
    if method != METHOD:
        return Outside(above_s, below_s)
    side_of = sides([reading for one in devices for reading in one.kept], profile)
    above = _stays(devices, lambda centi_c: side_of(centi_c) == "above") if above_s else []
    below = _stays(devices, lambda centi_c: side_of(centi_c) == "below") if below_s else []
    delayed = profile.excursion_delay_min > 0
    return Outside(
        seconds(above),
        seconds(below),
        tuple(above[-STAYS_MAX:]) if delayed or profile.cumulative_above_min is not None else (),
        tuple(below[-STAYS_MAX:]) if delayed or profile.cumulative_below_min is not None else (),
        tuple(_frost(devices, profile)[-STAYS_MAX:]) if delayed else (),
    )


def time_in_bands(devices: Sequence[LoggerJudgement], method: str) -> tuple[Use, ...]:
    """What is used of each band; with the times of the stays, but by `worst-case/2`."""
    uses = [one.used for one in devices]
    return at_each_second(uses) if method == METHOD else worst(uses)


def too_much(
    devices: Sequence[LoggerJudgement],
    profile: StorageProfile,
    outside: Outside,
    used: tuple[Use, ...],
    method: str,
) -> frozenset[Finding]:
    """What is too much on this leg alone; earlier legs may have used up more (see `stability`)."""
    spans = [(one.kept[0].at, one.kept[-1].at) for one in devices if one.kept]
    if not spans:
        return frozenset()
    leg = Leg(
        moment(min(first for first, _ in spans)),
        moment(max(last for _, last in spans)),
        used,
        outside.above_s,
        outside.below_s,
        outs=not_in(profile, spans, used) if method == METHOD else None,
        above=outside.above,
        below=outside.below,
        frost=outside.frost,
    )
    return overspent(Tally(), Tally().plus(leg), leg, profile)


def _frost(devices: Sequence[LoggerJudgement], profile: StorageProfile) -> list[Stay]:
    rule = profile.freeze
    return [] if rule is None else _stays(devices, lambda c: c <= rule.at_most_centi_c)


def _stays(devices: Sequence[LoggerJudgement], counts: Callable[[int], bool]) -> list[Stay]:
    """The stays of all loggers at temperatures that count."""
    return sorted({stay for one in devices for stay in _of_one(one, counts)})


def _of_one(device: LoggerJudgement, counts: Callable[[int], bool]) -> Iterator[Stay]:
    within = [counts(reading.centi_c) for reading in device.kept]
    return stays_in([reading.at for reading in device.kept], within)
