"""A lot's stability budget: how long it was in each band of its profile, and what is too long (C6).

What is used up is used up for good: it adds up over files, hand-offs and owners, and each part
of a lot that is split inherits all of it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from supplychain.domain.conditions import Reading, moment
from supplychain.domain.findings import Finding
from supplychain.domain.intervals import Interval
from supplychain.domain.storage_profile import Activity, Band, Counting, StorageProfile
from supplychain.domain.told_time import Amount, Stretch, added, in_all

SECONDS_MAX: Final = 10**12
PERIODS_MAX: Final = 10**9
"""Where adding up ends: far beyond any budget, and no number is written that is not read again."""


@dataclass(frozen=True, slots=True)
class Use:
    """Time in one band on one leg, of the logger that says most.

    `seconds` are those of the worst case: a step counts when either end is in the band. `start`
    and `end` are the first and last reading in it, `periods` the number of unbroken stays.
    """

    band: str
    seconds: int
    start: datetime
    end: datetime
    periods: int


@dataclass(frozen=True, slots=True)
class Leg:
    """What one leg takes of the budget; `first` and `last` are its readings' ends.

    Seconds outside, by side, are the worst case's, and count towards the cumulative limits.
    `common` is the time of which all its loggers tell, None where there is none, and where
    some of it is ignored: what is signed does not say how much.
    """

    first: datetime
    last: datetime
    used: tuple[Use, ...]
    above_s: int
    below_s: int
    common: Interval | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """What was used up so far, by band; `last` is the end of the last leg's readings.

    `stretches` say what of it was used when, as far as that is known.
    """

    used: Mapping[str, Use] = field(default_factory=lambda: MappingProxyType({}))
    above_s: int = 0
    below_s: int = 0
    last: datetime | None = None
    stretches: tuple[Stretch, ...] = ()

    @classmethod
    def most(cls, several: Iterable["Tally"]) -> "Tally":
        """Of goods that were put together, of each band the most that any of them used."""
        tallies = list(several)
        most = worst(tally.used.values() for tally in tallies)
        return cls(
            MappingProxyType({one.band: one for one in most}),
            max((tally.above_s for tally in tallies), default=0),
            max((tally.below_s for tally in tallies), default=0),
            max((tally.last for tally in tallies if tally.last is not None), default=None),
            in_all([tally.stretches for tally in tallies if tally != cls()]),
        )

    def plus(self, leg: Leg) -> "Tally":
        """The tally after one more leg. Legs come in their order in the log.

        What was told of the same time before is not added once more (see `told_time`).
        """
        said = Amount({one.band: one.seconds for one in leg.used}, leg.above_s, leg.below_s)
        more, stretches = added(self.stretches, said, Interval(leg.first, leg.last), leg.common)
        used = {**self.used}
        for one in leg.used:
            new = replace(one, seconds=more.used.get(one.band, 0))
            before = used.get(one.band)
            used[one.band] = self._joined(before, new, leg) if before else new
        return Tally(
            MappingProxyType(used),
            min(self.above_s + more.above_s, SECONDS_MAX),
            min(self.below_s + more.below_s, SECONDS_MAX),
            leg.last if self.last is None else max(self.last, leg.last),
            stretches,
        )

    def seconds(self, band: Band) -> int:
        """The seconds that count towards the band's total."""
        one = self.used.get(band.id)
        if one is None or band.counting is Counting.SUM:
            return one.seconds if one else 0
        return max(one.seconds, int((one.end - one.start).total_seconds()))

    def _joined(self, before: Use, more: Use, leg: Leg) -> Use:
        # A stay goes on over a hand-off where one leg ended in the band and the next begins in it.
        goes_on = before.end == self.last and more.start == leg.first
        return Use(
            before.band,
            min(before.seconds + more.seconds, SECONDS_MAX),
            min(before.start, more.start),
            max(before.end, more.end),
            min(before.periods + more.periods - (1 if goes_on else 0), PERIODS_MAX),
        )


def used(
    readings: Sequence[Reading], profile: StorageProfile, activity: Activity
) -> tuple[Use, ...]:
    """What one logger's readings take of each band, in the order of the profile."""
    where = _places(readings, profile, activity)
    return tuple(
        _use(band.id, readings, [band.id in bands for bands in where])
        for band in profile.bands
        if any(band.id in bands for bands in where)
    )


def worst(loggers: Iterable[Iterable[Use]]) -> tuple[Use, ...]:
    """Of several loggers on one leg, the most that any says of each band; never a sum (C14)."""
    most: dict[str, Use] = {}
    for one in (use for uses in loggers for use in uses):
        so_far = most.setdefault(one.band, one)
        most[one.band] = Use(
            one.band,
            max(so_far.seconds, one.seconds),
            min(so_far.start, one.start),
            max(so_far.end, one.end),
            max(so_far.periods, one.periods),
        )
    return tuple(most[band] for band in sorted(most))


def overspent(tally: Tally, leg: Leg, profile: StorageProfile) -> frozenset[Finding]:
    """What this leg takes beyond what is allowed, the tally being that after it.

    Totals, second stays, refreezing, time outside; a leg that takes no part of it is not to blame.
    """
    return frozenset(_overspent(tally, leg, profile))


def _overspent(tally: Tally, leg: Leg, profile: StorageProfile) -> Iterator[Finding]:
    taken = {one.band for one in leg.used}
    for band in (one for one in profile.bands if one.id in taken):
        yield from beyond(band, tally, profile)
    for limit_min, so_far_s, taken_s in (
        (profile.cumulative_above_min, tally.above_s, leg.above_s),
        (profile.cumulative_below_min, tally.below_s, leg.below_s),
    ):
        if limit_min is not None and taken_s and so_far_s > 60 * limit_min:
            yield Finding.CUMULATIVE


def beyond(band: Band, tally: Tally, profile: StorageProfile) -> Iterator[Finding]:
    """What is wrong with the time that goods were in one band; nothing where they never were."""
    used_up = tally.used.get(band.id)
    if used_up is None:
        return
    if band.total_min is not None and tally.seconds(band) > 60 * band.total_min:
        yield Finding.BUDGET_SPENT
    if band.counting is Counting.ONCE and used_up.periods > 1:
        yield Finding.PERIOD_AGAIN
    if band.frozen and _thawed_before(used_up.end, tally, profile):
        yield Finding.REFROZEN


def _thawed_before(at: datetime, tally: Tally, profile: StorageProfile) -> bool:
    others = (one.id for one in profile.bands if not one.frozen)
    return any(tally.used[band].start < at for band in others if band in tally.used)


def _places(
    readings: Sequence[Reading], profile: StorageProfile, activity: Activity
) -> list[frozenset[str]]:
    """The ids of the bands in which each reading counts."""
    known: dict[int, frozenset[str]] = {}
    for centi_c in {reading.centi_c for reading in readings}:
        band = profile.band(centi_c)
        parts = profile.parts(band, centi_c, activity) if band else ()
        known[centi_c] = frozenset(one.id for one in parts)
    return [known[reading.centi_c] for reading in readings]


def _use(band: str, readings: Sequence[Reading], within: Sequence[bool]) -> Use:
    steps = zip(pairwise(readings), pairwise(within), strict=True)
    at = [reading.at for reading, inside in zip(readings, within, strict=True) if inside]
    return Use(
        band,
        seconds=sum(after.at - before.at for (before, after), ends in steps if any(ends)),
        start=moment(at[0]),
        end=moment(at[-1]),
        periods=int(within[0]) + sum(later > earlier for earlier, later in pairwise(within)),
    )
