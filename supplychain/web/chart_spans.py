"""Stretches of time on a chart: what was outside, not known or ignored, and other loggers."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from supplychain.domain.conditions import Series
from supplychain.domain.excursions import Judgement
from supplychain.web.plane import CHARACTER_PX, FAINT, Plane
from supplychain.web.svg import element, line, rect, text

OUT: Final = "#b3261e"
IGNORED: Final = "#c4cad2"


def hatch(name: str) -> str:
    """The pattern of what is not known, to be used by its name."""
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


def spans(plane: Plane, judgement: Judgement, name: str) -> Iterator[str]:
    """Grey where readings are ignored, hatched where there are none, shaded where it is outside."""
    full = plane.top, plane.bottom
    for start, end in _merged(plane, ((w.start, w.end) for w in judgement.stated.ignored)):
        yield rect(start, full[0], end, full[1], class_="ignored", fill=IGNORED, fill_opacity=0.7)
        yield from _named("ignored", start, end, plane.top + 14)
    for start, end in _merged(plane, ((g.start, g.end) for g in judgement.gaps)):
        hatching = f"url(#{name}-hatch)"
        yield rect(start, full[0], end, full[1], class_="gap", fill=hatching, fill_opacity=0.55)
        yield from _named("no readings", start, end, (plane.top + plane.bottom) / 2)
    for start, end in _merged(plane, ((e.start, e.end) for e in judgement.excursions)):
        # The edge tells it from what is ignored, without colours too.
        yield rect(
            start,
            plane.top,
            end,
            plane.bottom,
            class_="excursion",
            fill=OUT,
            fill_opacity=0.18,
            stroke=OUT,
            stroke_width=1.2,
        )


def changes(plane: Plane, devices: Sequence[Series]) -> Iterator[str]:
    """A dotted line wherever one logger begins after another had ended."""
    for one in sorted(devices, key=lambda s: s.first):
        if not any(other.last <= one.first for other in devices):
            continue
        x, words = plane.x(one.first.timestamp()), f"logger {one.device}"
        half = CHARACTER_PX * len(words) / 2
        ends = (x, plane.top), (x, plane.bottom)
        yield line(*ends, class_="change", stroke=FAINT, stroke_width=1.2, stroke_dasharray="2 3")
        yield plate(words, min(max(x, plane.left + half), plane.right - half), plane.bottom - 10)


def _named(words: str, start: float, end: float, y: float) -> Iterator[str]:
    """The words, where there is room for them."""
    if end - start > CHARACTER_PX * len(words):
        yield plate(words, (start + end) / 2, y)


def _merged(
    plane: Plane, intervals: Iterable[tuple[datetime, datetime]]
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


def plate(words: str, x: float, y: float) -> str:
    """Words on a light plate, readable over hatching."""
    half = CHARACTER_PX * len(words) / 2 + 4
    plate = rect(x - half, y - 12, x + half, y + 6, fill="#ffffff", rx=3)
    return plate + text(words, x, y + 2, text_anchor="middle", fill=FAINT)
