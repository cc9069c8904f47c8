"""What was told of one and the same time, so that two loggers beside each other are not added up.

A tracker that goes with the goods and the receiver's own file are two legs in the log and one
journey. Within a leg the logger that says most governs (C14), and so it does here: of time that
was told of before only what is more than was told then is added.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import add
from types import MappingProxyType
from typing import Final, Self

from supplychain.domain.intervals import Interval

STRETCHES_MAX: Final = 16
"""Of so many stretches, the last ones, it is remembered what was told in them. What a logger tells
of a forgotten one counts beside what others told of it."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Whole seconds in each band, and outside by side."""

    used: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    above_s: int = 0
    below_s: int = 0

    def with_(self, other: Self, rule: Callable[[int, int], int]) -> Self:
        """Number by number, what the rule makes of one of ours and one of theirs."""
        bands = sorted({*self.used, *other.used})
        found = {one: rule(self.used.get(one, 0), other.used.get(one, 0)) for one in bands}
        return replace(
            self,
            used=MappingProxyType({band: seconds for band, seconds in found.items() if seconds}),
            above_s=rule(self.above_s, other.above_s),
            below_s=rule(self.below_s, other.below_s),
        )


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time that was told of without a break, and what was used in it at most."""

    told: Interval
    used: Amount


@dataclass(frozen=True, slots=True)
class _Beside:
    """How the time of a leg lies beside what was told before, in seconds.

    `edge_s` is that of which not all its loggers tell, `new_s` what of the rest nobody told before,
    and `earlier_s` what was told before and not again.
    """

    edge_s: int
    new_s: int
    earlier_s: int

    def added(self, said: int, before: int) -> int:
        """What the leg adds at least of what it says, `before` being what was told before.

        Of that, what does not fit in `earlier_s` lies in the leg's own time and is told again. But
        what fits in time that is new may all be new.
        """
        again = max(0, before - self.earlier_s)
        inner = self.inner(said)
        return said - inner + max(inner - again, min(inner, self.new_s))

    def inner(self, said: int) -> int:
        """What must lie in the time that all the leg's loggers tell of."""
        return max(0, said - self.edge_s)


def added(
    stretches: Sequence[Stretch], said: Amount, whole: Interval, common: Interval | None
) -> tuple[Amount, tuple[Stretch, ...]]:
    """What a leg adds to what was used, and the stretches after it.

    `common` is the time of which all its loggers tell; where there is none, all that it says is
    added. Never less than the logger says that has most to say, each at the times that it tells of.
    """
    if common is None:
        return said, tuple(stretches)
    same = [one for one in stretches if _shared_s(one.told, common)]
    before = reduce(_sum, (one.used for one in same), Amount())
    again_s = sum(_shared_s(one.told, common) for one in same)
    beside = _Beside(
        _length_s(whole) - _length_s(common),
        _length_s(common) - again_s,
        sum(_length_s(one.told) for one in same) - again_s,
    )
    more = said.with_(before, beside.added)
    edge = said.with_(said, lambda all_s, _: all_s - beside.inner(all_s))
    inside = _sum(before, more).with_(edge, lambda all_s, edge_s: all_s - edge_s)
    told = _hull([common, *(one.told for one in same)])
    others = [one for one in stretches if one not in same]
    return more, _kept([*others, Stretch(told, inside)])


def in_all(several: Sequence[Sequence[Stretch]]) -> tuple[Stretch, ...]:
    """The stretches that goods have in common which are put together, with the least of each.

    The less is known of a time, the more is added by whoever tells of it again.
    """
    least: dict[Interval, list[Amount]] = {}
    for one in (one for stretches in several for one in stretches):
        least.setdefault(one.told, []).append(one.used)
    return tuple(
        Stretch(told, reduce(lambda some, other: some.with_(other, min), amounts))
        for told, amounts in sorted(least.items())
        if len(amounts) == len(several)
    )


def common_of(spans: Iterable[tuple[datetime, datetime]]) -> Interval | None:
    """The time that lies in all spans; None where that is no longer than a moment."""
    starts, ends = zip(*spans, strict=True)
    return Interval(max(starts), min(ends)) if max(starts) < min(ends) else None


def _kept(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The stretches in their order; of too many the first is joined to its neighbour, or let go."""
    first, *rest = sorted(stretches, key=lambda one: one.told)
    if len(rest) < STRETCHES_MAX:
        return (first, *rest)
    second, *later = rest
    if first.told.end < second.told.start:
        return tuple(rest)
    told = _hull([first.told, second.told])
    return (Stretch(told, _sum(first.used, second.used)), *later)


def _sum(one: Amount, other: Amount) -> Amount:
    return one.with_(other, add)


def _hull(times: Sequence[Interval]) -> Interval:
    return Interval(min(one.start for one in times), max(one.end for one in times))


def _shared_s(one: Interval, other: Interval) -> int:
    start, end = max(one.start, other.start), min(one.end, other.end)
    return max(0, (end - start) // timedelta(seconds=1))


def _length_s(told: Interval) -> int:
    return (told.end - told.start) // timedelta(seconds=1)
