"""What of a stability budget is used beyond what is allowed, and whether a leg is to blame (C6)."""

from collections.abc import Iterator
from datetime import datetime

from supplychain.domain.findings import Finding
from supplychain.domain.stays import longest_s
from supplychain.domain.storage_profile import Band, Counting, StorageProfile
from supplychain.domain.tallies import COLD, FROST, HEAT, Leg, Tally


def overspent(before: Tally, after: Tally, leg: Leg, profile: StorageProfile) -> frozenset[Finding]:
    """What this leg takes beyond what is allowed, by the tallies before and after it.

    Totals, second stays, refreezing, time outside; a leg that takes no part of it is not to blame.
    """
    return frozenset(_overspent(before, after, leg, profile))


def _overspent(before: Tally, after: Tally, leg: Leg, profile: StorageProfile) -> Iterator[Finding]:
    for band in (one for one in profile.bands if _takes(one.id, before, after, leg)):
        yield from beyond(band, after, profile)
    for limit_min, before_s, after_s, said_s in (
        (profile.cumulative_above_min, before.above_s, after.above_s, leg.above_s),
        (profile.cumulative_below_min, before.below_s, after.below_s, leg.below_s),
    ):
        taken_s = said_s if leg.outs is None else after_s - before_s
        if limit_min is not None and taken_s and after_s > 60 * limit_min:
            yield Finding.CUMULATIVE
    yield from _going_on(before, after, profile)


def _going_on(before: Tally, after: Tally, profile: StorageProfile) -> Iterator[Finding]:
    """What is an excursion, or frost, only together with what other legs say (C2, C5)."""
    delay = profile.excursion_delay_min
    frost = profile.freeze.minutes if profile.freeze else None
    for key, minutes in ((HEAT, delay), (COLD, delay), (FROST, frost)):
        if minutes and key in after.known:
            longest = longest_s(after.known[key].stays)
            earlier = longest_s(before.known[key].stays) if key in before.known else 0
            if longest >= 60 * minutes and longest > earlier:
                yield Finding.GOES_ON


def _takes(band: str, before: Tally, after: Tally, leg: Leg) -> bool:
    """Whether a leg takes any of a band; if it has times, any that nobody told of before."""
    if leg.outs is None:
        return any(one.band == band for one in leg.used)
    return after.used.get(band) != before.used.get(band)


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
