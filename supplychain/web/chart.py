"""Temperature over time as an SVG that a strict content policy lets through.

Only presentation attributes and classes are used, never `style`; nothing depends on colour alone:
what is outside is shaded and drawn thick, what is not known is hatched and never bridged by a line.
Moments are UTC and dates are written out (21 Nov 2026), so that no reader takes day for month.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from supplychain.domain.conditions import Reading, Series, moment
from supplychain.domain.excursions import (
    Excursion,
    Judgement,
    State,
    by_device,
    gap_limit_s,
)
from supplychain.domain.profiles import StorageProfile
from supplychain.web.svg import Value, element, line, rect, text

INK: Final = "#1b1f24"
FAINT: Final = "#5b6470"
RULE: Final = "#d7dce2"
BAND: Final = "#e6f2ea"
LIMIT: Final = "#2f6f4a"
OUT: Final = "#b3261e"

LEFT: Final = 64
RIGHT: Final = 16
BOTTOM: Final = 44
LABEL_ROWS: Final = 3
LABEL_ROW_PX: Final = 16
LABEL_CHARS_MAX: Final = 28
CHARACTER_PX: Final = 6.8
BOLD_PX: Final = 7.4
PEAKS_MAX: Final = 3
EDGE_PX: Final = 30
SIDE_MIN_PX: Final = 160
LARGE_MAX: Final = 4000

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
_X_STEPS: Final = (
    *(60 * m for m in (1, 5, 15, 30)),
    *(_HOUR * h for h in (1, 2, 3, 6, 12)),
    *(_DAY * d for d in (1, 2, 7, 14, 28, 91, 182, 364, 1820, 18200, 182_000)),
)
_Y_STEPS: Final = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
_DASHES: Final = ("none", "7 3", "2 3", "10 3 2 3")
_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - reads better
_LEFTWARD: Final = {"start": 0, "middle": 1, "end": 2}  # halves of the words left of their anchor
_STATES: Final = {
    State.IN_RANGE: "All readings are in range.",
    State.REVIEW: "The product may bear what is outside the limits; quality has to decide.",
    State.EXCURSION: "There are readings outside the limits.",
    State.FREEZE: "It was below freezing for so long that the goods froze.",
    State.DATA_GAP: "For a part of the time there are no readings.",
    State.NO_DATA: "There are no readings.",
}


class HandOff(NamedTuple):
    """A moment to be marked on the chart."""

    at: datetime
    label: str


@dataclass(frozen=True)
class _Plane:
    """Where seconds since 1970 and hundredths of a degree lie on the picture."""

    left: float
    right: float
    top: float
    bottom: float
    start: int
    end: int
    low: int
    high: int

    def x(self, at: float) -> float:
        return self.left + (self.right - self.left) * (at - self.start) / (self.end - self.start)

    def y(self, centi_c: float) -> float:
        share = (centi_c - self.low) / (self.high - self.low)
        return self.bottom - (self.bottom - self.top) * share


def chart(
    series: Sequence[Series],
    profile: StorageProfile,
    *,
    judgement: Judgement,
    hand_offs: Sequence[HandOff] = (),
    width: int = 720,
    height: int = 280,
    name: str = "temperature",
) -> str:
    """Return the chart as one `<svg>` element, `width` by `height` pixels (160 to 4,000).

    `name` (letters, digits, hyphens) makes the ids unique where a page has several charts.
    """
    width = min(max(width, SIDE_MIN_PX), LARGE_MAX)
    height = min(max(height, SIDE_MIN_PX), LARGE_MAX)
    marks = sorted(hand_offs)
    start, end = _span(series, judgement, marks)
    labels, rows = _place_labels(marks, start, end, width)
    low, high = _y_range(series, profile)
    top = 14 + LABEL_ROW_PX * rows
    plane = _Plane(LEFT, width - RIGHT, top, height - BOTTOM, start, end, low, high)
    parts = [
        *_words(name, profile, judgement, marks, (start, end)),
        _hatch(name),
        *_band(plane, profile),
        *_spans(plane, judgement, name),
        *_y_axis(plane),
        *_x_axis(plane),
        *_lines(plane, by_device(series), profile),
        *_limits(plane, profile),
        *_marks(plane, labels),
        *_peaks(plane, judgement.excursions),
        *_no_data(plane, series),
    ]
    return element(
        "svg",
        "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        class_="temperature-chart",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        font_family="system-ui, sans-serif",
        font_size=12,
        fill=INK,
    )


def degrees(centi_c: int) -> str:
    """Return a temperature for people, never rounded: `8.0 °C`, `−20.5 °C`, `8.06 °C`."""
    whole, hundredths = divmod(abs(centi_c), 100)
    digits = f"{hundredths:02d}".removesuffix("0") or "0"
    return f"{'−' if centi_c < 0 else ''}{whole}.{digits} °C"


def day_text(at: datetime) -> str:
    """Return a day that cannot be misread: `21 Nov 2026`."""
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def moment_text(at: datetime) -> str:
    """Return a moment in UTC: `21 Nov 2026, 08:00 UTC`."""
    utc = at.astimezone(UTC)
    return f"{day_text(utc)}, {utc:%H:%M} UTC"


# --- ranges -----------------------------------------------------------------------------------


def _span(
    series: Sequence[Series], judgement: Judgement, marks: Sequence[HandOff]
) -> tuple[int, int]:
    moments = [m for one in series for m in (one.first, one.last)]
    moments += [*(judgement.covers or ()), *(mark.at for mark in marks)]
    seconds = [int(m.timestamp()) for m in moments] or [0]
    start, end = min(seconds), max(seconds)
    # A single moment gets an hour around it, so that the axis has a length.
    return (start, end) if end - start >= 60 else (start - _HOUR // 2, start + _HOUR // 2)  # noqa: PLR2004 - a minute


def _y_range(series: Sequence[Series], profile: StorageProfile) -> tuple[int, int]:
    values = [reading.centi_c for one in series for reading in one.readings]
    values += [v for v in (profile.low_centi_c, profile.high_centi_c) if v is not None]
    low, high = min(values, default=0), max(values, default=1000)
    air = max((high - low) // 8, 100)
    return low - air, high + air


# --- parts ------------------------------------------------------------------------------------


def _words(
    name: str,
    profile: StorageProfile,
    judgement: Judgement,
    marks: Sequence[HandOff],
    span: tuple[int, int],
) -> Iterator[str]:
    start, end = (moment_text(moment(at)) for at in span)
    told = [f"Storage: {profile.name}. {_STATES[judgement.state]}"]
    if judgement.min_centi_c is not None and judgement.max_centi_c is not None:
        low, high = degrees(judgement.min_centi_c), degrees(judgement.max_centi_c)
        told.append(f"Lowest {low}, highest {high}.")
    told += [
        f"Outside from {moment_text(e.start)} to {moment_text(e.end)}, peak "
        f"{degrees(e.peak_centi_c)}."
        for e in _worst(judgement.excursions)
    ]
    told += [
        f"No readings from {moment_text(g.start)} to {moment_text(g.end)}."
        for g in judgement.gaps[:PEAKS_MAX]
    ]
    told += [
        f"Ignored, as the signer says, from {moment_text(w.start)} to {moment_text(w.end)}."
        for w in judgement.stated.ignored
    ]
    told += [f"{mark.label}: {moment_text(mark.at)}." for mark in marks]
    yield element("title", escape(f"Temperature from {start} to {end}"), id=f"{name}-title")
    yield element("desc", escape(" ".join(told)), id=f"{name}-desc")


def _hatch(name: str) -> str:
    stroke = element("path", d="M0 0V7", stroke=FAINT, stroke_width=2)
    pattern = element(
        "pattern",
        stroke,
        id=f"{name}-hatch",
        width=7,
        height=7,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    return element("defs", pattern)


def _band(plane: _Plane, profile: StorageProfile) -> Iterator[str]:
    if not profile.monitored:
        return
    for low, high in dict.fromkeys(profile.stored()):
        ceiling = plane.high if high is None else min(high, plane.high)
        floor = plane.low if low is None else max(low, plane.low)
        if floor <= ceiling:
            top, bottom = plane.y(ceiling), plane.y(floor)
            yield rect(plane.left, top, plane.right, bottom, class_="band", fill=BAND)


def _limits(plane: _Plane, profile: StorageProfile) -> Iterator[str]:
    for limit, word, dy in (
        (profile.high_centi_c, "at most", -5),
        (profile.low_centi_c, "at least", 14),
    ):
        if limit is None:
            continue
        y = plane.y(limit)
        yield line(
            (plane.left, y),
            (plane.right, y),
            class_="limit",
            stroke=LIMIT,
            stroke_width=1.5,
            stroke_dasharray="6 4",
        )
        yield text(
            f"{word} {degrees(limit)}", plane.right - 4, y + dy, text_anchor="end", fill=LIMIT
        )


def _spans(plane: _Plane, judgement: Judgement, name: str) -> Iterator[str]:
    """Grey what is ignored, hatch what is not known, and shade what was outside."""
    for start, end in _merged(plane, ((w.start, w.end) for w in judgement.stated.ignored)):
        yield rect(
            start, plane.top, end, plane.bottom, class_="ignored", fill=FAINT, fill_opacity=0.3
        )
    for start, end in _merged(plane, ((g.start, g.end) for g in judgement.gaps)):
        hatch = f"url(#{name}-hatch)"
        yield rect(start, plane.top, end, plane.bottom, class_="gap", fill=hatch, fill_opacity=0.55)
        if end - start > CHARACTER_PX * len("no readings"):
            yield _plate("no readings", (start + end) / 2, (plane.top + plane.bottom) / 2)
    for start, end in _merged(plane, ((e.start, e.end) for e in judgement.excursions)):
        yield rect(
            start, plane.top, end, plane.bottom, class_="excursion", fill=OUT, fill_opacity=0.18
        )


def _merged(
    plane: _Plane, intervals: Iterable[tuple[datetime, datetime]]
) -> Iterator[tuple[float, float]]:
    """Yield the intervals in pixels, at least three wide, those that touch as one."""
    pixels = sorted((plane.x(s.timestamp()), plane.x(e.timestamp())) for s, e in intervals)
    before: tuple[float, float] | None = None
    for start, end in pixels:
        wide = max(start - 1.5, plane.left), min(max(end, start + 1.5), plane.right)
        if before and wide[0] <= before[1]:
            before = before[0], max(before[1], wide[1])
            continue
        if before:
            yield before
        before = wide
    if before:
        yield before


def _y_axis(plane: _Plane) -> Iterator[str]:
    room = max(int((plane.bottom - plane.top) / 32), 2)
    step = _first_that_fits(_Y_STEPS, plane.high - plane.low, room)
    for value in range(-(-plane.low // step) * step, plane.high + 1, step):
        y = plane.y(value)
        yield line((plane.left, y), (plane.right, y), class_="grid", stroke=RULE)
        words = degrees(value) if step % 100 else degrees(value).replace(".0", "")
        yield text(words, plane.left - 8, y + 4, text_anchor="end", fill=FAINT)
    yield line((plane.left, plane.top), (plane.left, plane.bottom), class_="axis", stroke=FAINT)


def _x_axis(plane: _Plane) -> Iterator[str]:
    room = max(int((plane.right - plane.left) / 88), 2)
    step = _first_that_fits(_X_STEPS, plane.end - plane.start, room)
    day, free = "", plane.left - EDGE_PX
    for at in range(-(-plane.start // step) * step, plane.end + 1, step):
        x, when = plane.x(at), moment(at)
        yield line((x, plane.bottom), (x, plane.bottom + 5), class_="tick", stroke=FAINT)
        anchor, half = _edge_anchor(plane, x), CHARACTER_PX * len(day_text(when)) / 2
        if step < _DAY:
            yield text(f"{when:%H:%M}", x, plane.bottom + 18, text_anchor=anchor, fill=FAINT)
        if day_text(when) != day and x - half * _LEFTWARD[anchor] > free:
            day, free = day_text(when), x + half * (2 - _LEFTWARD[anchor])
            y = plane.bottom + (18 if step >= _DAY else 32)
            yield text(day, x, y, text_anchor=anchor, fill=FAINT)
    bottom = (plane.left, plane.bottom), (plane.right, plane.bottom)
    yield line(*bottom, class_="axis", stroke=FAINT)
    yield text("UTC", plane.left - 8, plane.bottom + 18, text_anchor="end", fill=FAINT)


def _edge_anchor(plane: _Plane, x: float) -> str:
    """Keep a tick's words beside the edges of the picture."""
    if x > plane.right - EDGE_PX:
        return "end"
    return "start" if x < plane.left + EDGE_PX else "middle"


def _lines(plane: _Plane, devices: Sequence[Series], profile: StorageProfile) -> Iterator[str]:
    for n, one in enumerate(devices):
        dash = _DASHES[n % len(_DASHES)]
        for stretch in _unbroken(one):
            points = list(_decimated(plane, stretch))
            yield _polyline(
                plane, points, class_="readings", stroke=INK, stroke_width=1.6, dash=dash
            )
            for outside, run in groupby(points, key=lambda r: profile.deviation(r.centi_c)):
                if outside:
                    yield _polyline(
                        plane, list(run), class_="outside", stroke=OUT, stroke_width=3.5
                    )
    if len(devices) > 1:
        yield from _legend(plane, devices)


def _legend(plane: _Plane, devices: Sequence[Series]) -> Iterator[str]:
    for n, one in enumerate(devices[: len(_DASHES)]):
        y = plane.top + 14 + 15 * n
        ends = (plane.left + 8, y - 4), (plane.left + 34, y - 4)
        yield line(*ends, stroke=INK, stroke_width=1.6, stroke_dasharray=_DASHES[n])
        yield text(_short(one.device), plane.left + 40, y)


def _peaks(plane: _Plane, excursions: Sequence[Excursion]) -> Iterator[str]:
    free = plane.left
    for one in _worst(excursions):
        words, y = degrees(one.peak_centi_c), plane.y(one.peak_centi_c)
        half = CHARACTER_PX * len(words) / 2
        x = plane.x((one.start.timestamp() + one.end.timestamp()) / 2)
        x = min(max(x, plane.left + half), plane.right - half)
        if x - half >= free:
            free = x + half
            y += -9 if one.side == "above" else 19
            yield text(words, x, y, text_anchor="middle", fill=OUT, font_weight=700)


def _marks(plane: _Plane, labels: Sequence[tuple[HandOff, int | None, str]]) -> Iterator[str]:
    for mark, row, anchor in labels:
        x = plane.x(mark.at.timestamp())
        y = plane.top if row is None else 12 + LABEL_ROW_PX * row
        yield line(
            (x, y + 4 if row is not None else y),
            (x, plane.bottom),
            class_="hand-off",
            stroke=INK,
            stroke_width=1.2,
        )
        if row is not None:
            dx = {"start": -2, "middle": 0, "end": 2}[anchor]
            yield text(_short(mark.label), x + dx, y, text_anchor=anchor, font_weight=600)


def _no_data(plane: _Plane, series: Sequence[Series]) -> Iterator[str]:
    if not series:
        yield _plate("no readings", (plane.left + plane.right) / 2, (plane.top + plane.bottom) / 2)


def _place_labels(
    marks: Sequence[HandOff], start: int, end: int, width: int
) -> tuple[list[tuple[HandOff, int | None, str]], int]:
    """Return each mark with its row (None: no room, the line stands alone) and text anchor."""
    plane = _Plane(LEFT, width - RIGHT, 0, 1, start, end, 0, 1)
    ends = [float("-inf")] * LABEL_ROWS
    placed: list[tuple[HandOff, int | None, str]] = []
    for mark in marks:
        x, length = plane.x(mark.at.timestamp()), BOLD_PX * len(_short(mark.label))
        anchor, left = _anchored(x, length, width)
        row = next((n for n, taken in enumerate(ends) if left > taken + 8), None)
        if row is not None:
            ends[row] = left + length
        placed.append((mark, row, anchor))
    return placed, sum(1 for taken in ends if taken > 0)


def _anchored(x: float, length: float, width: int) -> tuple[str, float]:
    if x - length / 2 < 4:  # noqa: PLR2004 - pixels of air
        return "start", x
    if x + length / 2 > width - 4:
        return "end", x - length
    return "middle", x - length / 2


def _worst(excursions: Sequence[Excursion]) -> Sequence[Excursion]:
    """Return the three longest, in the order of time."""
    longest = sorted(excursions, key=lambda e: -e.minutes_worst_case)[:PEAKS_MAX]
    return sorted(longest, key=lambda e: e.start)


# --- readings ---------------------------------------------------------------------------------


def _unbroken(series: Series) -> Iterator[Sequence[Reading]]:
    """Yield the stretches between gaps."""
    limit, begin = gap_limit_s(series.interval_s), 0
    for n, (before, after) in enumerate(pairwise(series.readings), 1):
        if after.at - before.at > limit:
            yield series.readings[begin:n]
            begin = n
    yield series.readings[begin:]


def _decimated(plane: _Plane, readings: Sequence[Reading]) -> Iterator[Reading]:
    """Yield the first, lowest, highest and last reading of each column of pixels."""
    for _, column in groupby(readings, key=lambda r: int(plane.x(r.at))):
        here = list(column)
        lowest = min(here, key=lambda r: r.centi_c)
        highest = max(here, key=lambda r: r.centi_c)
        yield from sorted({here[0], lowest, highest, here[-1]})


def _first_that_fits(steps: Sequence[int], length: int, room: int) -> int:
    return next((step for step in steps if length / step <= room), steps[-1])


def _plate(words: str, x: float, y: float) -> str:
    """Words on a light plate, readable over hatching."""
    half = CHARACTER_PX * len(words) / 2 + 4
    plate = rect(x - half, y - 12, x + half, y + 6, fill="#ffffff", rx=3)
    return plate + text(words, x, y + 2, text_anchor="middle", fill=FAINT)


def _polyline(
    plane: _Plane, readings: Sequence[Reading], *, dash: str = "none", **attributes: Value
) -> str:
    points = [(plane.x(at), plane.y(centi_c)) for at, centi_c in readings]
    if len(points) == 1:
        (x, y), radius = points[0], 2.5
        return element("circle", cx=x, cy=y, r=radius, class_="point", fill=attributes["stroke"])
    written = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return element(
        "polyline",
        points=written,
        fill="none",
        stroke_linejoin="round",
        stroke_dasharray=dash,
        **attributes,
    )


def _short(words: str) -> str:
    return words if len(words) <= LABEL_CHARS_MAX else f"{words[: LABEL_CHARS_MAX - 1]}…"
