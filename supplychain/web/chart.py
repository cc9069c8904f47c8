"""Temperature over time as an SVG that a strict content policy lets through.

Only presentation attributes and classes are used, never `style`; nothing depends on colour alone:
what is outside is shaded and drawn thick, what is not known is hatched and never bridged by a line.
Moments are UTC and dates are written out (21 Nov 2026), so that no reader takes day for month.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from supplychain.domain.conditions import Reading, Series, moment
from supplychain.domain.excursions import (
    Excursion,
    Judgement,
    State,
    by_device,
)
from supplychain.domain.profiles import StorageProfile
from supplychain.web.chart_spans import OUT, changes, hatch, plate, spans
from supplychain.web.decimation import decimated, unbroken
from supplychain.web.plane import BOTTOM, CHARACTER_PX, LEFT, RIGHT, Plane, x_axis, y_axis
from supplychain.web.svg import Value, element, line, rect, text
from supplychain.web.wording import day, degrees

INK: Final = "#1b1f24"
BAND: Final = "#e6f2ea"
LIMIT: Final = "#2f6f4a"

LABEL_ROWS: Final = 3
LABEL_ROW_PX: Final = 16
LABEL_CHARS_MAX: Final = 28
BOLD_PX: Final = 7.4
PEAKS_MAX: Final = 3
SIDE_MIN_PX: Final = 160
LARGE_MAX: Final = 4000

_HOUR: Final = 3600
_DASHES: Final = ("none", "7 3", "2 3", "10 3 2 3")
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
    marks, devices = sorted(hand_offs), by_device(series)
    start, end = _span(series, judgement, marks)
    labels, rows = _place_labels(marks, start, end, width)
    low, high = _y_range(series, profile)
    top = 14 + LABEL_ROW_PX * rows
    plane = Plane(LEFT, width - RIGHT, top, height - BOTTOM, start, end, low, high)
    parts = [
        *_words(name, profile, judgement, marks, (start, end)),
        hatch(name),
        *_band(plane, profile),
        *spans(plane, judgement, name),
        *y_axis(plane),
        *x_axis(plane),
        *_lines(plane, devices, profile),
        *changes(plane, devices),
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


def moment_text(at: datetime) -> str:
    """Return a moment in UTC: `21 Nov 2026, 08:00 UTC`."""
    utc = at.astimezone(UTC)
    return f"{day(utc)}, {utc:%H:%M} UTC"


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


def _band(plane: Plane, profile: StorageProfile) -> Iterator[str]:
    if not profile.monitored:
        return
    for low, high in dict.fromkeys(profile.stored()):
        ceiling = plane.high if high is None else min(high, plane.high)
        floor = plane.low if low is None else max(low, plane.low)
        if floor <= ceiling:
            top, bottom = plane.y(ceiling), plane.y(floor)
            yield rect(plane.left, top, plane.right, bottom, class_="band", fill=BAND)


def _limits(plane: Plane, profile: StorageProfile) -> Iterator[str]:
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


def _lines(plane: Plane, devices: Sequence[Series], profile: StorageProfile) -> Iterator[str]:
    for n, one in enumerate(devices):
        dash = _DASHES[n % len(_DASHES)]
        for stretch in unbroken(one.readings, one.interval_s):
            points = list(decimated(stretch, lambda at: int(plane.x(at))))
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


def _legend(plane: Plane, devices: Sequence[Series]) -> Iterator[str]:
    for n, one in enumerate(devices[: len(_DASHES)]):
        y = plane.top + 14 + 15 * n
        ends = (plane.left + 8, y - 4), (plane.left + 34, y - 4)
        yield line(*ends, stroke=INK, stroke_width=1.6, stroke_dasharray=_DASHES[n])
        yield text(_short(one.device), plane.left + 40, y)


def _peaks(plane: Plane, excursions: Sequence[Excursion]) -> Iterator[str]:
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


def _marks(plane: Plane, labels: Sequence[tuple[HandOff, int | None, str]]) -> Iterator[str]:
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


def _no_data(plane: Plane, series: Sequence[Series]) -> Iterator[str]:
    if not series:
        yield plate("no readings", (plane.left + plane.right) / 2, (plane.top + plane.bottom) / 2)


def _place_labels(
    marks: Sequence[HandOff], start: int, end: int, width: int
) -> tuple[list[tuple[HandOff, int | None, str]], int]:
    """Return each mark with its row (None: no room, the line stands alone) and text anchor."""
    plane = Plane(LEFT, width - RIGHT, 0, 1, start, end, 0, 1)
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


def _polyline(
    plane: Plane, readings: Sequence[Reading], *, dash: str = "none", **attributes: Value
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
