"""What is remembered of the stays in one band, so that who tells of them again adds nothing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple, Self

from ledger.core.canonical import Json
from supplychain.domain.members import members, sequence
from supplychain.domain.stays import (
    STAYS_MAX,
    Span,
    Stay,
    periods,
    read_span,
    read_stays,
    seconds,
    times_as_json,
)

OUTS_MAX: Final = 16


class More(NamedTuple):
    """What a leg adds: seconds in the band, and stays."""

    seconds: int
    periods: int


@dataclass(frozen=True, slots=True)
class Known:
    """The last stays in a band that were told, STAYS_MAX of them; older ones count again.

    `outs` is when goods were told to be out of the band, None where nobody asks how often they
    were in it. Of too many, those next to each other are taken for one: then a stay too many is
    counted, and never one too few.
    """

    stays: tuple[Stay, ...] = ()
    outs: tuple[Span, ...] | None = None

    def told(self, stays: Iterable[Stay], outs: Iterable[Span] | None) -> tuple[More, Self]:
        """What these stays add to what was told, and what is known after them."""
        both = sorted({*self.stays, *stays})
        new_s = seconds(both) - seconds(self.stays)
        if outs is None:
            return More(new_s, len(both) - len(self.stays)), type(self)(_last(both))
        told = _joined([*(self.outs or ()), *outs], both)
        new = periods(both, told) - periods(self.stays, self.outs or ())
        return More(new_s, new), type(self)(_last(both), told)

    def shared(self, other: Self) -> Self:
        """What is known of goods that were put together: the stays that both had.

        Where it is asked how often they were in the band, it has to be the same of both.
        """
        if self == other:
            return self
        if self.outs is not None or other.outs is not None:
            return type(self)()
        return type(self)(tuple(sorted({*self.stays} & {*other.stays})))

    def either(self, other: Self) -> Self:
        """What is known of goods that were put together, where any of them can do harm."""
        return type(self)(_last(sorted({*self.stays, *other.stays})))

    @classmethod
    def decode(cls, value: object) -> Self:
        """Read `{"stays"?,"outs"?}`. Raises Invalid."""
        found = members(value, "known", (), ("stays", "outs"))
        stays = read_stays(found["stays"], "known.stays") if "stays" in found else ()
        if "outs" not in found:
            return cls(stays)
        outs = sequence(found["outs"], "known.outs", OUTS_MAX) if found["outs"] != [] else []
        return cls(stays, tuple(read_span(one, "known.outs") for one in outs))

    def as_json(self) -> dict[str, Json]:
        """The member that `decode` reads."""
        plain: dict[str, Json] = {"stays": times_as_json(self.stays)} if self.stays else {}
        return plain if self.outs is None else plain | {"outs": times_as_json(self.outs)}


NOTHING_KNOWN: Final = Known()


def _last(stays: Sequence[Stay]) -> tuple[Stay, ...]:
    """The last of the stays; batches of one tracker, each from where one ended, become one."""
    kept = list(stays)
    while len(kept) > STAYS_MAX:
        seams = (n for n, (one, other) in enumerate(pairwise(kept)) if _goes_on(one, other))
        n = next(seams, None)
        if n is None:
            kept = kept[1:]
        else:
            one, other = kept[n : n + 2]
            kept[n : n + 2] = [Stay(one.since, one.start, other.end, other.until)]
    return tuple(kept)


def _goes_on(one: Stay, other: Stay) -> bool:
    return other.since == other.start <= one.end == one.until <= other.end


def _joined(outs: Iterable[Span], stays: Collection[Stay]) -> tuple[Span, ...]:
    """The spans in order, none overlapping; of too many, the nearest without a stay between."""
    apart = _without_overlap(outs)
    gaps = [(first[1], other[0]) for first, other in pairwise(apart)]
    narrow = sorted(gaps, key=lambda gap: _width(gap, stays))[: max(0, len(apart) - OUTS_MAX)]
    return tuple(_without_overlap([*apart, *narrow]))


def _without_overlap(spans: Iterable[Span]) -> list[Span]:
    apart: list[Span] = []
    for first, last in sorted(spans):
        if apart and first <= apart[-1][1] + 1:
            apart[-1] = apart[-1][0], max(apart[-1][1], last)
        else:
            apart.append((first, last))
    return apart


def _width(gap: Span, stays: Collection[Stay]) -> tuple[bool, int]:
    start, end = gap
    return any(one.start < end and one.end > start for one in stays), end - start
