"""Fewer readings for a picture: of each column of pixels those that it cannot do without.

The first, lowest, highest and last of each column stay, so that no peak is lost, as it would be by
a mean or by taking every n-th; and no line is ever drawn over a gap.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise

from supplychain.domain.conditions import Reading
from supplychain.domain.excursions import gap_limit_s


def unbroken(readings: Sequence[Reading], interval_s: int) -> Iterator[Sequence[Reading]]:
    """Yield the stretches between gaps."""
    limit, begin = gap_limit_s(interval_s), 0
    for n, (before, after) in enumerate(pairwise(readings), 1):
        if after.at - before.at > limit:
            yield readings[begin:n]
            begin = n
    yield readings[begin:]


def decimated(readings: Sequence[Reading], column: Callable[[int], int]) -> Iterator[Reading]:
    """Yield at most four readings of each column; `column` tells that of a moment."""
    for _, several in groupby(readings, key=lambda r: column(r.at)):
        here = list(several)
        lowest = min(here, key=lambda r: r.centi_c)
        highest = max(here, key=lambda r: r.centi_c)
        yield from sorted({here[0], lowest, highest, here[-1]})
