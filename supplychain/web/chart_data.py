"""The readings of a leg for a chart that runs in the browser: a window of them, in few points."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from supplychain.domain.conditions import AT_MAX, Reading, Series
from supplychain.domain.errors import Invalid
from supplychain.domain.excursions import Judgement, by_device
from supplychain.domain.profiles import StorageProfile
from supplychain.web.chart import HandOff
from supplychain.web.decimation import decimated, unbroken

COLUMNS: Final = 900
COLUMNS_MAX: Final = 4_000
_DIGITS_MAX: Final = 12


@dataclass(frozen=True, slots=True)
class Window:
    """From one second to another, in so many columns of pixels."""

    start: int
    end: int
    columns: int = COLUMNS

    @classmethod
    def parse(cls, start: str, end: str, columns: str, whole: tuple[int, int]) -> Self:
        """Read what an address asks for; what it leaves out is all of it. Raises Invalid."""
        first = _number("from", start, whole[0], AT_MAX)
        last = _number("to", end, whole[1], AT_MAX)
        if first > last:
            raise Invalid("INTERVAL_REVERSED", "`from` is later than `to`.")
        return cls(first, last, max(_number("columns", columns, COLUMNS, COLUMNS_MAX), 1))

    def column(self, at: int) -> int:
        """The column in which a moment lies."""
        return (at - self.start) * self.columns // max(self.end - self.start, 1)


def chart_data(
    series: Sequence[Series],
    profile: StorageProfile,
    judgement: Judgement,
    marks: Sequence[HandOff],
    window: Window,
) -> dict[str, object]:
    """What is drawn, in seconds since 1970 and hundredths of a degree.

    Of each column the first, lowest, highest and last reading; null where readings are missing.
    """
    return {
        "from": window.start,
        "to": window.end,
        "stored": list(dict.fromkeys(profile.stored())) if profile.monitored else [],
        "loggers": [
            {"device": one.device, "at": [at for at, _ in points], "c": [c for _, c in points]}
            for one in by_device(series)
            for points in [list(_points(one, window))]
        ],
        "outside": [_seconds(one.start, one.end) for one in judgement.excursions],
        "gaps": [_seconds(one.start, one.end) for one in judgement.gaps],
        "ignored": [_seconds(one.start, one.end) for one in judgement.stated.ignored],
        "marks": [{"at": int(mark.at.timestamp()), "label": mark.label} for mark in marks],
    }


def whole_of(series: Sequence[Series], judgement: Judgement) -> tuple[int, int]:
    """From the first to the last second that a chart of all of it shows."""
    moments = [m for one in series for m in (one.first, one.last)] + [*(judgement.covers or ())]
    seconds = [int(at.timestamp()) for at in moments]
    return min(seconds), max(seconds)


def _points(series: Series, window: Window) -> Iterator[tuple[int, int | None]]:
    """The readings in the window and the ones beside it, so that lines run to its edges."""
    first = bisect_left(series.readings, (window.start,))
    last = bisect_right(series.readings, (window.end + 1,))
    near: Sequence[Reading] = series.readings[max(first - 1, 0) : last + 1]
    for stretch in unbroken(near, series.interval_s) if near else ():
        yield from decimated(stretch, window.column)
        if stretch[-1] != near[-1]:
            yield stretch[-1].at + 1, None


def _seconds(start: datetime, end: datetime) -> tuple[int, int]:
    return int(start.timestamp()), int(end.timestamp())


def _number(name: str, text: str, default: int, largest: int) -> int:
    if not text:
        return default
    if not (
        text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX and int(text) <= largest
    ):
        raise Invalid("NOT_A_NUMBER", f"{name}: expected a whole number up to {largest}.")
    return int(text)
