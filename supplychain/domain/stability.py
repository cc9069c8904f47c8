"""The temperature of goods over their whole life: legs in order, over owners, files and splits.

Each leg was judged by itself. Here what they take of the stability budget adds up, and a leg that
takes it beyond what is allowed is an excursion, whatever it says of itself (C3, C6). The legs are
those of one ancestry: each part of a lot that is split inherits all that was used up before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from supplychain.domain.budget import used, worst
from supplychain.domain.conditions import Reading, Series, moment
from supplychain.domain.conditions_claim import ReadingsClaim
from supplychain.domain.conditions_judged import NOTHING_STATED, Stated
from supplychain.domain.deviations import minutes_out
from supplychain.domain.excursions import by_device
from supplychain.domain.findings import Finding
from supplychain.domain.logger_judgement import State, kept
from supplychain.domain.overspending import overspent
from supplychain.domain.spent import NOTHING_FRESH, Spent, but_for_late, spend
from supplychain.domain.storage_profile import StorageProfile
from supplychain.domain.tallies import Leg, Tally
from supplychain.domain.told_time import common_of


@dataclass(frozen=True, slots=True)
class Told:
    """One leg as it was judged by itself, with its readings; none where there are none.

    `claim` is what was signed of them since worst-case/3: then it says all that adds up. `signed`
    stands in their place where older ones need not be read (see `signed_legs`). `fresh` is what a
    live tracker's batch tells for the first time (see `spent.but_for_late`).
    """

    state: State
    series: tuple[Series, ...] = ()
    stated: Stated = NOTHING_STATED
    signed: "Signed | None" = None
    fresh: Mapping[str, int] = field(default_factory=lambda: NOTHING_FRESH, hash=False)
    claim: ReadingsClaim | None = None


@dataclass(frozen=True, slots=True)
class Signed:
    """What a leg takes of the budget, and the last second that each of its devices told of.

    It is what the readings say only where none of them was told before and none is to be ignored.
    """

    taken: Leg | None
    told_to: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LegStory:
    """One leg in view of all before it: its state, and what it takes beyond the budget."""

    state: State
    beyond: frozenset[Finding] = frozenset()


def told_after(profile: StorageProfile, past: Spent, told: Told) -> tuple[Spent, LegStory]:
    """What goods have behind them after one leg more, and the leg in view of it.

    What one logger says twice, because its file was read out at two hand-offs, counts once, as
    what several say of one time; where claims are of before worst-case/3, see `_by_sums`.
    """
    if told.claim is not None:
        after, beyond = spend(past, told.claim, profile)
    else:
        after, beyond = _by_sums(profile, past, told)
    worse = beyond and told.state is not State.FREEZE
    return after, LegStory(State.EXCURSION if worse else told.state, beyond)


def _by_sums(profile: StorageProfile, past: Spent, told: Told) -> tuple[Spent, frozenset[Finding]]:
    """Of each device only what is later than all that it told before; or a batch that came late."""
    seen = but_for_late(past.told_to, told.fresh)
    leg = _leg(profile, told, seen) if profile.has_budget else None
    after = past.after(leg, _told_to(told))
    beyond = overspent(past.tally, after.tally, leg, profile) if leg else frozenset[Finding]()
    return after, beyond


def totals(profile: StorageProfile, tally: Tally) -> Mapping[str, int]:
    """The seconds that count towards the total of each band."""
    return MappingProxyType({band.id: tally.seconds(band) for band in profile.bands})


def _told_to(told: Told) -> Mapping[str, int]:
    if told.signed is not None:
        return told.signed.told_to
    in_order = sorted(told.series, key=lambda one: one.readings[-1].at)
    return {one.device: one.readings[-1].at for one in in_order}


def _leg(profile: StorageProfile, told: Told, seen: Mapping[str, int]) -> Leg | None:
    """What the new readings of a leg take; None where it has none."""
    if told.signed is not None:
        return told.signed.taken
    new = [readings for one in by_device(told.series) if (readings := _new(one, told, seen))]
    if not new:
        return None
    minutes = [minutes_out(readings, profile) for readings in new]
    spans = [(moment(readings[0].at), moment(readings[-1].at)) for readings in new]
    return Leg(
        first=min(first for first, _ in spans),
        last=max(last for _, last in spans),
        used=worst(used(readings, profile, told.stated.activity) for readings in new),
        above_s=max(one.above_s for one in minutes),
        below_s=max(one.below_s for one in minutes),
        common=None if told.stated.ignored else common_of(spans),  # as custody counts it
    )


def _new(series: Series, told: Told, seen: Mapping[str, int]) -> Sequence[Reading]:
    """The readings that count and were not told before, from the last one that was.

    That one stands for the start of the first new step; alone it is nothing new.
    """
    readings: Iterable[Reading] = kept(series, told.stated)
    if series.device not in seen:
        return tuple(readings)
    told_to = seen[series.device]
    later = [reading for reading in readings if reading.at >= told_to]
    return later if later and later[-1].at > told_to else ()
