"""The mean kinetic temperature (C8): the one steady temperature that would do the same harm.

    T = (dH/R) / -ln(sum of w·exp(-dH/(R·T)) / sum of w), in kelvin, with dH 83.144 kJ/mol

Between readings the trapezoid over exp(-dH/(R·T)) counts (Tong & Lock 2015), never over a gap.
Exponentials are taken relative to the warmest reading, so that the deepest cold works too, and
are whole numbers of 10^-40, so that sums are exact: two programs get the same ten-thousandth.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Final

from supplychain.domain.conditions import Reading, moment
from supplychain.domain.conditions_judged import Kinetic
from supplychain.domain.intervals import Interval
from supplychain.domain.storage_profile import KineticRule

DH_J_MOL: Final = 83_144
R_E7: Final = 83_144_626
COVERAGE_E4_MIN: Final = 9_000

_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_EVEN)
_ONE: Final = 10**40
_ZERO_C: Final = 27_315  # hundredths of a kelvin
_DH_OVER_R: Final = _EXACT.divide(Decimal(DH_J_MOL * 10**7), Decimal(R_E7))  # kelvin


def mean_kinetic_e4(minutes: Mapping[int, int]) -> int:
    """Return the mean in ten-thousandths of a degree Celsius; `minutes` is by hundredths of one.

    >>> mean_kinetic_e4({2000: 120, 200: 240, 2500: 60})
    156775
    """
    warmest = max(minutes)
    weights = _weights(minutes, warmest)
    harm = sum(weights[centi_c] * weight for centi_c, weight in minutes.items())
    return _temperature_e4(harm, sum(minutes.values()), warmest)


@dataclass(frozen=True, slots=True)
class Curve:
    """Readings summed up from the first to each: twice the trapezoids, and the seconds covered."""

    at: Sequence[int]
    harm: Sequence[int]
    covered_s: Sequence[int]
    warmest: int

    @classmethod
    def of(cls, readings: Sequence[Reading], known: Iterable[bool]) -> "Curve":
        """Sum up; `known` says of each step whether it is one, and no gap."""
        steps = list(zip(pairwise(readings), known, strict=True))
        counting = {one.centi_c for step, is_known in steps if is_known for one in step}
        warmest = max(counting, default=0)
        weights = _weights(counting, warmest)
        seconds = [after.at - before.at if is_known else 0 for (before, after), is_known in steps]
        harm = [
            (weights[before.centi_c] + weights[after.centi_c]) * step if step else 0
            for ((before, after), _), step in zip(steps, seconds, strict=True)
        ]
        return cls(
            [reading.at for reading in readings],
            list(accumulate(harm, initial=0)),
            list(accumulate(seconds, initial=0)),
            warmest,
        )

    def mean_e4(self, first: int, last: int) -> int:
        """Return the mean over the readings from `first` to `last`, some of which are covered."""
        harm = self.harm[last] - self.harm[first]
        return _temperature_e4(harm, 2 * self.covered(first, last), self.warmest)

    def covered(self, first: int, last: int) -> int:
        """Return the seconds between two readings that are no gap."""
        return self.covered_s[last] - self.covered_s[first]

    def windows(self, length_s: int) -> Iterator[tuple[int, int]]:
        """Yield the first and last reading of each window; all start or end at a reading.

        They are cut off where the readings are.
        """
        for first, start in enumerate(self.at):
            yield first, bisect_right(self.at, start + length_s) - 1
        for last, end in enumerate(self.at):
            yield bisect_left(self.at, end - length_s), last

    def places(self, within: Interval) -> tuple[int, int]:
        """Return the first and last reading of an interval that begins and ends with one."""
        start, end = int(within.start.timestamp()), int(within.end.timestamp())
        return bisect_left(self.at, start), bisect_left(self.at, end)


def worst_window(
    curve: Curve, excursions: Sequence[Interval], rule: KineticRule, market: str
) -> Kinetic:
    """Return the mean over the worst window that holds one of the excursions, in rising order.

    It is refused, and has no value, where one of them is in no window that is covered to 90 %.
    """
    windows = sorted(set(curve.windows(rule.window_s)))
    needed = COVERAGE_E4_MIN * rule.window_s
    good = [one for one in windows if 10_000 * curve.covered(*one) >= needed]
    spans = [curve.places(one) for one in excursions]
    starts = [first for first, _ in good]
    unknown = next((one for one in spans if not _in_any(one, good, starts)), None)
    if unknown is not None:
        around = [one for one in windows if _holds(one, unknown)] or [unknown]
        first, last = max(around, key=lambda one: (curve.covered(*one), -one[0]))
        return _kinetic(curve, first, last, rule, market, None)
    starts = [first for first, _ in spans]
    holding = [one for one in good if _holds_any(one, spans, starts)]
    first, last = max(holding, key=lambda one: _by_harm(curve, *one))
    return _kinetic(curve, first, last, rule, market, curve.mean_e4(first, last))


def _holds(window: tuple[int, int], span: tuple[int, int]) -> bool:
    return window[0] <= span[0] and span[1] <= window[1]


def _in_any(
    span: tuple[int, int], windows: Sequence[tuple[int, int]], starts: Sequence[int]
) -> bool:
    """Whether a window holds it; both ends of windows rise, so that the last to begin decides."""
    n = bisect_right(starts, span[0]) - 1
    return n >= 0 and span[1] <= windows[n][1]


def _holds_any(
    window: tuple[int, int], spans: Sequence[tuple[int, int]], starts: Sequence[int]
) -> bool:
    """Whether it holds a span; both ends of spans rise, so that the next to begin decides."""
    n = bisect_left(starts, window[0])
    return n < len(spans) and spans[n][1] <= window[1]


def worst_of(means: Iterable[Kinetic]) -> Kinetic | None:
    """Return the one that clears least: one that is refused, else the highest; None of none."""
    return max(means, key=_rank, default=None)


def clears(rule: KineticRule, readings: Sequence[Reading], mean: Kinetic) -> bool:
    """Whether the mean makes of an excursion something that a person may decide on.

    Not where it is refused or too high, nor where any reading is beyond what the rule bears at
    all; and warmer than the rule's band for its hours only, by the worst case.
    """
    if mean.value_e4_c is None or mean.value_e4_c > 100 * rule.at_most_centi_c:
        return False
    if not all(rule.low_centi_c <= one.centi_c <= rule.spike_centi_c for one in readings):
        return False
    spikes = (
        after.at - before.at
        for before, after in pairwise(readings)
        if max(before.centi_c, after.centi_c) > rule.high_centi_c
    )
    return sum(spikes) <= rule.spike_s


def _rank(one: Kinetic) -> tuple[bool, int, float]:
    return one.value_e4_c is None, one.value_e4_c or 0, -one.at.start.timestamp()


def _by_harm(curve: Curve, first: int, last: int) -> tuple[Decimal, int]:
    harm = Decimal(curve.harm[last] - curve.harm[first])
    return _EXACT.divide(harm, Decimal(curve.covered(first, last))), -first


def _kinetic(
    curve: Curve, first: int, last: int, rule: KineticRule, market: str, value: int | None
) -> Kinetic:
    return Kinetic(
        market=market,
        window_s=rule.window_s,
        dh_j_mol=DH_J_MOL,
        r_e7=R_E7,
        at=Interval(moment(curve.at[first]), moment(curve.at[last])),
        count=last - first + 1,
        coverage_e4=min(10_000 * curve.covered(first, last) // rule.window_s, 10_000),
        value_e4_c=value,
    )


def _weights(values: Iterable[int], warmest: int) -> dict[int, int]:
    """Return exp(-dH/R·(1/T - 1/warmest)) in whole 10^-40 for hundredths of a degree Celsius."""
    return {one: _weight(one, warmest) for one in values}


@lru_cache(maxsize=4096)  # a logger repeats itself, and an exponential of 60 digits is slow
def _weight(centi_c: int, warmest: int) -> int:
    power = _EXACT.multiply(_DH_OVER_R, _EXACT.subtract(_inverse(warmest), _inverse(centi_c)))
    return int(_EXACT.multiply(_EXACT.exp(power), Decimal(_ONE)).to_integral_value(ROUND_HALF_EVEN))


def _inverse(centi_c: int) -> Decimal:
    return _EXACT.divide(Decimal(100), Decimal(centi_c + _ZERO_C))


def _temperature_e4(harm: int, total: int, warmest: int) -> int:
    """Return the temperature at which so much harm is done in so much time."""
    share = _EXACT.divide(Decimal(harm), Decimal(total * _ONE))
    inverse = _EXACT.subtract(_inverse(warmest), _EXACT.divide(_EXACT.ln(share), _DH_OVER_R))
    kelvin_e4 = _EXACT.divide(Decimal(10**4), inverse)
    return int(kelvin_e4.to_integral_value(ROUND_HALF_EVEN)) - 100 * _ZERO_C
