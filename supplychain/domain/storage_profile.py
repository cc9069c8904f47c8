"""A storage profile: within which limits a product is kept, and what it may bear beyond them.

The limits are where it belongs. Bands are what else its stability data allows: other ways of
storing it, and allowances, which are no place to keep it but, up to a total, no harm either.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal, Self

Side = Literal["above", "below"]

# Limits are whole tenths of a degree: readings are rounded so that a value beside a tenth never
# becomes one (see `readings_csv`), and so no limit is ever met by rounding.
LIMIT_STEP_CENTI_C: Final = 10


class Activity(StrEnum):
    """What the goods were there for; only the signer knows."""

    STORAGE = "storage"
    TRANSPORT = "transport"
    BEFORE_USE = "before_use"


class Counting(StrEnum):
    """How the time in a band adds up over a lot's whole life."""

    SUM = "sum"  # all stays together
    ONCE = "once"  # one unbroken stay; a second one is too many
    SINCE_FIRST = "since_first"  # from the first moment in it to the last, whatever lies between


@dataclass(frozen=True)
class FreezeRule:
    """So cold for so long has frozen the goods (C5): one stretch, by the worst case."""

    at_most_centi_c: int
    minutes: int


@dataclass(frozen=True)
class Band:
    """Temperatures (both ends included) that the goods bear for a time in all (C6).

    `side` says that it is an allowance, and on which side of where the goods belong; None that it
    is a way of storing them. `total_min` is None where no time is set. A band `within` another is
    a part of it that has a total of its own: its time counts in both. Where `activity` is given,
    only time spent on that counts. Goods that left the bands that are `frozen` may not return.
    """

    id: str
    low_centi_c: int
    high_centi_c: int
    total_min: int | None
    side: Side | None = None
    counting: Counting = Counting.SUM
    within: str = ""
    activity: Activity | None = None
    frozen: bool = False

    def holds(self, centi_c: int) -> bool:
        """Whether the value lies in the band."""
        return self.low_centi_c <= centi_c <= self.high_centi_c


@dataclass(frozen=True)
class KineticRule:
    """What a mean kinetic temperature clears, and in which countries' rules it may (C8).

    Time outside, between `low_centi_c` and `high_centi_c`, is for a person to decide on and no
    excursion, where the mean over the worst window of `window_s` is at most `at_most_centi_c`.
    Up to `spike_centi_c` it may be warmer for `spike_s` in all. `transport`: on journeys too.
    """

    markets: tuple[str, ...]
    at_most_centi_c: int
    window_s: int
    low_centi_c: int
    high_centi_c: int
    spike_centi_c: int
    spike_s: int
    transport: bool = False


@dataclass(frozen=True)
class StorageProfile:
    """Limits in hundredths of a degree Celsius, both inclusive, None where there is none.

    A deviation that lasts `excursion_delay_min` minutes (worst case) is an excursion (C2), and so
    are deviations that add up to more than `cumulative_above_min` or `cumulative_below_min` over
    the lot's life (C3). Where several bands hold a value, the first one counts, ways of storing
    before allowances. Values beyond the plausible ones are doubted (C13).
    """

    id: str
    name: str
    low_centi_c: int | None
    high_centi_c: int | None
    monitored: bool = True
    excursion_delay_min: int = 0
    do_not_freeze: bool = False
    cumulative_above_min: int | None = None
    cumulative_below_min: int | None = None
    freeze: FreezeRule | None = None
    bands: tuple[Band, ...] = ()
    mkt: KineticRule | None = None
    plausible_low_centi_c: int = -10_000
    plausible_high_centi_c: int = 8_000

    @property
    def budget(self) -> tuple[tuple[Band, ...], int | None, int | None]:
        """All that adds up over the life of the goods: bands, and time outside by side (C3, C6)."""
        return self.bands, self.cumulative_above_min, self.cumulative_below_min

    @property
    def has_budget(self) -> bool:
        """Whether anything adds up over the life of the goods."""
        return self.budget != ((), None, None)

    @property
    def adds_up(self) -> bool:
        """Whether what is no harm on one leg can be too much over several: see `GOES_ON` too."""
        return self.has_budget or self.excursion_delay_min > 0

    @property
    def asks_activity(self) -> bool:
        """Whether it matters what the goods were there for."""
        return self.mkt is not None or any(band.activity for band in self.bands)

    def bare(self) -> Self:
        """The limits and the delay alone: all that the method `worst-case/1` knows of."""
        return replace(
            self,
            do_not_freeze=False,
            cumulative_above_min=None,
            cumulative_below_min=None,
            freeze=None,
            bands=(),
            mkt=None,
        )

    def side(self, centi_c: int) -> Side | None:
        """Return the side on which a value is outside the limits, None when it is inside (C1).

        >>> fridge = StorageProfile("a/1", "Fridge", 200, 800)
        >>> fridge.side(800), fridge.side(810)
        (None, 'above')
        """
        if self.high_centi_c is not None and centi_c > self.high_centi_c:
            return "above"
        if self.low_centi_c is not None and centi_c < self.low_centi_c:
            return "below"
        return None

    def band(self, centi_c: int) -> Band | None:
        """Return the band that a value is in, None for the limits alone and for nowhere at all."""
        own = [one for one in self.bands if not one.within and one.holds(centi_c)]
        stored = next((one for one in own if one.side is None), None)
        return stored if stored or not self.side(centi_c) else next(iter(own), None)

    def deviation(self, centi_c: int) -> Side | None:
        """Return the side on which a value deviates from all ways of storing the goods (C2)."""
        found = self.band(centi_c)
        return found.side if found else self.side(centi_c)

    def parts(self, band: Band, centi_c: int, activity: Activity) -> Iterator[Band]:
        """The bands in which time at this value counts: the one that holds it, and parts of it."""
        yield band
        for one in self.bands:
            if one.within == band.id and one.holds(centi_c) and one.activity in (None, activity):
                yield one

    def stored(self) -> tuple[tuple[int | None, int | None], ...]:
        """The limits and the bands that are ways of storing the goods, as intervals."""
        own = [one for one in self.bands if one.side is None and not one.within]
        ways = [(one.low_centi_c, one.high_centi_c) for one in own]
        return (self.low_centi_c, self.high_centi_c), *ways
