"""Stays of goods in a band of temperatures, with their times: so that none counts twice.

A logger tells when it first and last read a temperature in the band, and when it read another one
before and after. Two loggers on one journey tell of the same stays, and a file that is read out
again tells of them once more: of each second the worst counts that any of them says (C14), and of
stays so many as follow each other with the goods out of the band in between.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from ledger.core.canonical import Json
from supplychain.domain.errors import Invalid
from supplychain.domain.members import sequence, whole

STAYS_MAX: Final = 32
"""So many stays, the last ones, are signed and remembered one by one."""
SEAM_S_MAX: Final = 30 * 60
"""So long after one logger's end another one may begin: what is no gap in one file (C9)."""
_AT_MAX: Final = 253_402_300_799  # as in `conditions`
_SPAN_MAX: Final = 2**40

Span = tuple[int, int]
"""From one second to another since 1970 UTC, both included."""


class Stay(NamedTuple):
    """One unbroken stay by one logger's readings, in seconds since 1970 UTC.

    `start` and `end` are the first and the last reading in the band, `since` and `until` those
    before and after them; where there are none, the same: nobody saw the goods come, or go.
    """

    since: int
    start: int
    end: int
    until: int


def stays_in(at: Sequence[int], within: Sequence[bool]) -> Iterator[Stay]:
    """The stays of readings at these seconds, some of which are `within` the band."""
    last = len(at) - 1
    for inside, group in groupby(range(len(at)), within.__getitem__):
        if inside:
            some = list(group)
            start, end = some[0], some[-1]
            yield Stay(at[max(start - 1, 0)], at[start], at[end], at[min(end + 1, last)])


def seconds(stays: Iterable[Stay]) -> int:
    """The seconds of which any of the stays tells: a step counts when either end is in (C4)."""
    total = reached = 0
    for one in sorted(stays):
        total += max(0, one.until - max(one.since, reached))
        reached = max(reached, one.until)
    return total


def periods(stays: Iterable[Stay], outs: Collection[Span]) -> int:
    """The most of the stays that follow each other, the goods having been out between any two.

    `outs` is when they were told to be out of the band. So what one logger alone says counts in
    full, and a stay that another one tells of too is no second one.
    """
    longest: list[tuple[Stay, int]] = []
    for one in sorted(stays, key=lambda one: one.start):
        before = (count for other, count in longest if _out_between(other, one, outs))
        longest.append((one, 1 + max(before, default=0)))
    return max((count for _, count in longest), default=0)


def is_open(one: Stay) -> bool:
    """Whether nobody saw it begin, or nobody saw it end."""
    return one.since == one.start or one.end == one.until


def longest_s(stays: Iterable[Stay]) -> int:
    """The seconds of the longest stay that goes on over a hand-off; 0 where none does (C3).

    There one logger ends in the band, and the next begins in it, half an hour later at most.
    """
    runs: list[Stay] = []
    longest = 0
    for one in sorted(stays, key=lambda one: one.start):
        since = min((run.since for run in runs if _goes_on(run, one)), default=one.since)
        runs.append(one._replace(since=since))
        longest = max(longest, one.until - since if since < one.since else 0)
    return longest


def out_of(spans: Iterable[Span], stays: Iterable[Stay]) -> Iterator[Span]:
    """When loggers that tell of these spans say that the goods were not in the band.

    That is outside the stays that any of them tells of, and where one saw a stay begin or end.
    """
    in_order = sorted(stays)
    yield from ((one.since, one.since) for one in in_order if one.since < one.start)
    yield from ((one.until, one.until) for one in in_order if one.until > one.end)
    for first, last in spans:
        reached = first
        for one in in_order:
            if reached < one.since and reached <= last:
                yield reached, min(one.since - 1, last)
            reached = max(reached, one.until + 1)
        if reached <= last:
            yield reached, last


def read_stays(value: object, name: str) -> tuple[Stay, ...]:
    """Read `[[since,from,to,until],…]`, 1 to STAYS_MAX in rising order. Raises Invalid."""
    found = tuple(_stay(one, name) for one in sequence(value, name, STAYS_MAX))
    if list(found) != sorted(set(found)):
        raise Invalid("WRONG_ORDER", f"{name}: expected rising order, each once.")
    return found


def read_span(value: object, name: str) -> Span:
    """Read `[from,to]`. Raises Invalid."""
    first, last = _rising(value, name, 2, -_SPAN_MAX, _SPAN_MAX)
    return first, last


def times_as_json(times: Iterable[Sequence[int]]) -> list[Json]:
    """Stays or spans as they are read."""
    return [list(one) for one in times]


def _stay(value: object, name: str) -> Stay:
    return Stay(*_rising(value, name, len(Stay._fields), 0, _AT_MAX))


def _rising(value: object, name: str, length: int, lowest: int, highest: int) -> list[int]:
    found = [whole(one, name, lowest, highest) for one in sequence(value, name, length)]
    if len(found) != length or found != sorted(found):
        raise Invalid("INTERVAL_REVERSED", f"{name}: expected {length} seconds, none before.")
    return found


def _goes_on(one: Stay, other: Stay) -> bool:
    both_open = one.end == one.until and other.since == other.start
    return both_open and other.start <= one.end + SEAM_S_MAX


def _out_between(one: Stay, other: Stay, outs: Collection[Span]) -> bool:
    """Whether any logger read another temperature after the one stay and before the other."""
    gap = one.end < other.start
    return gap and any(first < other.start and last > one.end for first, last in outs)
