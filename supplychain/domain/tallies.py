"""A lot's stability budget: what its goods used up of each band over their whole life (C6).

What is used up is used up for good: it adds up over files, hand-offs and owners, and each part
of a lot that is split inherits all of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from types import MappingProxyType
from typing import Final

from supplychain.domain.budget import Use, worst
from supplychain.domain.intervals import Interval
from supplychain.domain.known_stays import NOTHING_KNOWN, Known
from supplychain.domain.stays import Span, Stay, is_open, seconds
from supplychain.domain.storage_profile import Band, Counting
from supplychain.domain.told_time import Amount, Stretch, added, in_all

SECONDS_MAX: Final = 10**12
PERIODS_MAX: Final = 10**9
"""Where adding up ends: far beyond any budget, and no number is written that is not read again."""

ABOVE: Final = ">"
BELOW: Final = "<"
"""Time outside by side, remembered as that in a band is; no band has such a name."""

HEAT: Final = "^"
COLD: Final = "_"
FROST: Final = "*"
_OPEN: Final = (HEAT, COLD, FROST)
"""Stays on a side, and of frost, that nobody saw begin, or end: those that a hand-off parts."""


@dataclass(frozen=True, slots=True)
class Leg:
    """What one leg takes of the budget; `first` and `last` are its readings' ends.

    Seconds outside, by side, are the worst case's, and count towards the cumulative limits.
    `common` is the time of which all its loggers tell, None where there is none, and where
    some of it is ignored: what is signed before worst-case/3 does not say how much. `outs` is when
    goods were not in a band that counts once, by its id; None where the leg has no times of stays,
    `above`, `below` and
    `frost` those outside and of frost.
    """

    first: datetime
    last: datetime
    used: tuple[Use, ...]
    above_s: int
    below_s: int
    common: Interval | None = None
    outs: Mapping[str, tuple[Span, ...]] | None = None
    above: tuple[Stay, ...] = ()
    below: tuple[Stay, ...] = ()
    frost: tuple[Stay, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What was used up so far, by band; `last` is the end of the last leg's readings.

    `stretches` say what of it was used when, as far as that is known from claims before
    worst-case/3, and `known` by band which stays later ones told of.
    """

    used: Mapping[str, Use] = field(default_factory=lambda: MappingProxyType({}))
    above_s: int = 0
    below_s: int = 0
    last: datetime | None = None
    stretches: tuple[Stretch, ...] = ()
    known: Mapping[str, Known] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def most(cls, several: Iterable["Tally"]) -> "Tally":
        """Of goods that were put together, of each band the most that any of them used."""
        tallies = list(several)
        some = [tally for tally in tallies if tally != cls()]
        most = worst(tally.used.values() for tally in tallies)
        return cls(
            MappingProxyType({one.band: one for one in most}),
            max((tally.above_s for tally in tallies), default=0),
            max((tally.below_s for tally in tallies), default=0),
            max((tally.last for tally in tallies if tally.last is not None), default=None),
            in_all([tally.stretches for tally in some]),
            _shared([tally.known for tally in some]),
        )

    def plus(self, leg: Leg) -> "Tally":
        """The tally after one more leg. Legs come in their order in the log.

        What was told of the same time before is not added once more (see `stays`).
        """
        after = self._by_sums(leg) if leg.outs is None else self._by_stays(leg, leg.outs)
        last = leg.last if self.last is None else max(self.last, leg.last)
        return replace(after, last=last)

    def _by_stays(self, leg: Leg, outs: Mapping[str, tuple[Span, ...]]) -> "Tally":
        here = {one.band: one for one in leg.used}
        used, known = {**self.used}, {**self.known}
        for band in sorted({*here, *outs}):
            use, known[band] = self._stayed(band, here.get(band), outs.get(band), leg)
            used |= {band: use} if use else {}
        above, known[ABOVE] = self._known(ABOVE).told(leg.above, None)
        below, known[BELOW] = self._known(BELOW).told(leg.below, None)
        for key, stays in zip(_OPEN, (leg.above, leg.below, leg.frost), strict=True):
            _, known[key] = self._known(key).told(filter(is_open, stays), None)
        return replace(
            self,
            used=MappingProxyType(used),
            above_s=_at_most(self.above_s + above.seconds + leg.above_s - seconds(leg.above)),
            below_s=_at_most(self.below_s + below.seconds + leg.below_s - seconds(leg.below)),
            known=_worth_keeping(known),
        )

    def _stayed(
        self, band: str, use: Use | None, outs: Iterable[Span] | None, leg: Leg
    ) -> tuple[Use | None, Known]:
        """What was used of a band after a leg, and what is known of it; `use` is the leg's.

        Of a leg with very many stays the times of the last ones are known; the others count.
        """
        before, known = self.used.get(band), self._known(band)
        more, after = known.told(use.stays if use else (), outs)
        if use is None:
            return before and _with(before, 0, more.periods), after
        more_s = more.seconds + use.seconds - seconds(use.stays)
        new = replace(use, seconds=more_s, periods=more.periods + use.unlisted, stays=())
        goes_on = not known.stays and self._goes_on(before, use, leg)
        return (_joined(before, new, goes_on) if before else new), after

    def _known(self, band: str) -> Known:
        return self.known.get(band, NOTHING_KNOWN)

    def _by_sums(self, leg: Leg) -> "Tally":
        """As claims before worst-case/3 are added up, for ever (see `told_time`)."""
        said = Amount({one.band: one.seconds for one in leg.used}, leg.above_s, leg.below_s)
        more, stretches = added(self.stretches, said, Interval(leg.first, leg.last), leg.common)
        used = {**self.used}
        for one in leg.used:
            new = replace(one, seconds=more.used.get(one.band, 0))
            before = used.get(one.band)
            goes_on = self._goes_on(before, new, leg)
            used[one.band] = _joined(before, new, goes_on) if before else new
        return replace(
            self,
            used=MappingProxyType(used),
            above_s=_at_most(self.above_s + more.above_s),
            below_s=_at_most(self.below_s + more.below_s),
            stretches=stretches,
        )

    def _goes_on(self, before: Use | None, more: Use, leg: Leg) -> int:
        """1 where one leg ended in the band and the next begins in it, as over a hand-off."""
        return int(before is not None and before.end == self.last and more.start == leg.first)

    def seconds(self, band: Band) -> int:
        """The seconds that count towards the band's total."""
        one = self.used.get(band.id)
        if one is None or band.counting is Counting.SUM:
            return one.seconds if one else 0
        return max(one.seconds, int((one.end - one.start).total_seconds()))


def _joined(before: Use, more: Use, goes_on: int) -> Use:
    return replace(
        _with(before, more.seconds, more.periods - goes_on),
        start=min(before.start, more.start),
        end=max(before.end, more.end),
    )


def _with(before: Use, more_s: int, more: int) -> Use:
    return replace(
        before,
        seconds=_at_most(before.seconds + more_s),
        periods=min(before.periods + more, PERIODS_MAX),
    )


def _at_most(total_s: int) -> int:
    return min(total_s, SECONDS_MAX)


def _shared(several: Sequence[Mapping[str, Known]]) -> Mapping[str, Known]:
    """What is known of all goods that were put together."""
    bands = {band for known in several for band in known}
    each = {band: [known.get(band, NOTHING_KNOWN) for known in several] for band in bands}
    return _worth_keeping(
        {
            band: reduce(Known.either if band in _OPEN else Known.shared, some)
            for band, some in each.items()
        }
    )


def _worth_keeping(known: Mapping[str, Known]) -> Mapping[str, Known]:
    return MappingProxyType({band: one for band, one in known.items() if one != NOTHING_KNOWN})
