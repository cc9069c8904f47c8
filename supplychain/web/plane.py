"""Where time and temperature lie on a picture, and its two axes. Moments are UTC."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from supplychain.domain.conditions import moment
from supplychain.web.svg import line, text
from supplychain.web.wording import day, degrees

FAINT: Final = "#5b6470"
RULE: Final = "#d7dce2"

LEFT: Final = 64
RIGHT: Final = 16
BOTTOM: Final = 44
CHARACTER_PX: Final = 6.8
EDGE_PX: Final = 30

_HOUR: Final = 3600
_DAY: Final = 24 * _HOUR
_X_STEPS: Final = (
    *(60 * m for m in (1, 5, 15, 30)),
    *(_HOUR * h for h in (1, 2, 3, 6, 12)),
    *(_DAY * d for d in (1, 2, 7, 14, 28, 91, 182, 364, 1820, 18200, 182_000)),
)
_Y_STEPS: Final = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
_LEFTWARD: Final = {"start": 0, "middle": 1, "end": 2}  # halves of the words left of their anchor


@dataclass(frozen=True)
class Plane:
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
        """Where a moment lies."""
        return self.left + (self.right - self.left) * (at - self.start) / (self.end - self.start)

    def y(self, centi_c: float) -> float:
        """Where a temperature lies."""
        share = (centi_c - self.low) / (self.high - self.low)
        return self.bottom - (self.bottom - self.top) * share


def y_axis(plane: Plane) -> Iterator[str]:
    """Degrees on the left, with a thin line each."""
    room = max(int((plane.bottom - plane.top) / 32), 2)
    step = _first_that_fits(_Y_STEPS, plane.high - plane.low, room)
    for value in range(-(-plane.low // step) * step, plane.high + 1, step):
        y = plane.y(value)
        yield line((plane.left, y), (plane.right, y), class_="grid", stroke=RULE)
        words = degrees(value) if step % 100 else degrees(value).replace(".0", "")
        yield text(words, plane.left - 8, y + 4, text_anchor="end", fill=FAINT)
    yield line((plane.left, plane.top), (plane.left, plane.bottom), class_="axis", stroke=FAINT)


def x_axis(plane: Plane) -> Iterator[str]:
    """Times of the day below, and each date once."""
    room = max(int((plane.right - plane.left) / 88), 2)
    step = _first_that_fits(_X_STEPS, plane.end - plane.start, room)
    written, free = "", plane.left - EDGE_PX
    for at in range(-(-plane.start // step) * step, plane.end + 1, step):
        x, when = plane.x(at), moment(at)
        yield line((x, plane.bottom), (x, plane.bottom + 5), class_="tick", stroke=FAINT)
        anchor, half = _edge_anchor(plane, x), CHARACTER_PX * len(day(when)) / 2
        if step < _DAY:
            yield text(f"{when:%H:%M}", x, plane.bottom + 18, text_anchor=anchor, fill=FAINT)
        if day(when) != written and x - half * _LEFTWARD[anchor] > free:
            written, free = day(when), x + half * (2 - _LEFTWARD[anchor])
            y = plane.bottom + (18 if step >= _DAY else 32)
            yield text(written, x, y, text_anchor=anchor, fill=FAINT)
    bottom = (plane.left, plane.bottom), (plane.right, plane.bottom)
    yield line(*bottom, class_="axis", stroke=FAINT)
    yield text("UTC", plane.left - 8, plane.bottom + 18, text_anchor="end", fill=FAINT)


def _edge_anchor(plane: Plane, x: float) -> str:
    """Keep a tick's words beside the edges of the picture."""
    if x > plane.right - EDGE_PX:
        return "end"
    return "start" if x < plane.left + EDGE_PX else "middle"


def _first_that_fits(steps: Sequence[int], length: int, room: int) -> int:
    return next((step for step in steps if length / step <= room), steps[-1])
