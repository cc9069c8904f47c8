"""What readings take of a stability budget: how long goods were in each band of a profile (C6)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from supplychain.domain.conditions import Reading, moment
from supplychain.domain.stays import STAYS_MAX, Span, Stay, out_of, seconds, stays_in
from supplychain.domain.storage_profile import Activity, Counting, StorageProfile


@dataclass(frozen=True, slots=True)
class Use:
    """Time in one band on one leg.

    `seconds` are those of the worst case: a step counts when either end is in the band. `start`
    and `end` are the first and last reading in it, `periods` the number of unbroken stays, of the
    logger that says most. `stays` are the last ones that any logger tells of; none in claims before
    worst-case/3.
    """

    band: str
    seconds: int
    start: datetime
    end: datetime
    periods: int
    stays: tuple[Stay, ...] = ()

    @property
    def unlisted(self) -> int:
        """How many stays at least there were beyond those whose times are known."""
        return max(0, self.periods - len(self.stays))


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


def at_each_second(loggers: Iterable[Iterable[Use]]) -> tuple[Use, ...]:
    """Of several loggers on one leg, of each band the time of which any of them tells (C14)."""
    of_band: dict[str, list[Use]] = {}
    for one in (use for uses in loggers for use in uses):
        of_band.setdefault(one.band, []).append(one)
    return tuple(_all_of(of_band[band]) for band in sorted(of_band))


def _all_of(uses: Sequence[Use]) -> Use:
    (most,) = worst([uses])
    stays = sorted({stay for one in uses for stay in one.stays})
    return replace(most, seconds=seconds(stays), stays=tuple(stays[-STAYS_MAX:]))


def not_in(
    profile: StorageProfile, spans: Collection[Span], used: Iterable[Use]
) -> Mapping[str, tuple[Span, ...]]:
    """Of each band that counts once, when loggers that tell of these spans say it was left."""
    stays = {one.band: one.stays for one in used}
    once = (band.id for band in profile.bands if band.counting is Counting.ONCE)
    return {band: tuple(out_of(spans, stays.get(band, ()))) for band in once}


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
    stays = tuple(stays_in([reading.at for reading in readings], within))
    return Use(
        band,
        seconds=seconds(stays),
        start=moment(stays[0].start),
        end=moment(stays[-1].end),
        periods=len(stays),
        stays=stays,
    )
