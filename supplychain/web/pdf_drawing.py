"""A picture of ours (SVG) on a page of a PDF: the very chart that the page in the browser shows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final
from xml.etree.ElementTree import Element  # what defusedxml returns

from defusedxml.ElementTree import fromstring
from reportlab.lib.colors import HexColor, white
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from supplychain.web.pdf_fonts import BOLD, PLAIN

HATCH_PX: Final = 7
HALO_PX: Final = 3
_BOLD_FROM: Final = 600
_STROKED: Final = 1  # the text mode of PDF that draws outlines
_FILLED: Final = 0


class Drawing(Flowable):
    """An SVG that `chart` has drawn, as wide as it is told to be; other SVG is not understood."""

    def __init__(self, svg: str, width: float) -> None:
        """Take the picture; `width` in points."""
        super().__init__()
        self.root = fromstring(svg)
        _, _, wide, high = map(float, self.root.get("viewBox", "").split())
        self.scale, self.high = width / wide, high
        self.width, self.height = width, high * self.scale

    def draw(self) -> None:
        """Put it where the page is now; called by the document."""
        self.canv.scale(self.scale, -self.scale)
        self.canv.translate(0, -self.high)  # from here on as in SVG: down is more
        for one in self.root:
            draw = _DRAWN.get(one.tag.rpartition("}")[2])
            if draw is not None:
                with _kept(self.canv):
                    draw(self.canv, one)


@contextmanager
def _kept(canvas: Canvas) -> Iterator[None]:
    canvas.saveState()
    yield
    canvas.restoreState()


def _number(one: Element, name: str) -> float:
    return float(one.get(name, "0"))


def _pen(canvas: Canvas, one: Element) -> None:
    canvas.setStrokeColor(HexColor(one.get("stroke", "#000000")))
    canvas.setLineWidth(float(one.get("stroke-width", "1")))
    canvas.setLineJoin(1)
    dashes = one.get("stroke-dasharray", "none")
    canvas.setDash([] if dashes == "none" else [float(length) for length in dashes.split()])


def _rect(canvas: Canvas, one: Element) -> None:
    x, y, width, height = (_number(one, name) for name in ("x", "y", "width", "height"))
    fill = one.get("fill", "#000000")
    if fill.startswith("url("):
        _hatched(canvas, x, y, width, height)
        return
    canvas.setFillColor(HexColor(fill))
    canvas.setFillAlpha(float(one.get("fill-opacity", "1")))
    _pen(canvas, one)
    canvas.rect(x, y, width, height, stroke=int("stroke" in one.attrib), fill=1)


def _hatched(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    path = canvas.beginPath()
    path.rect(x, y, width, height)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.setStrokeColor(HexColor("#5b6470"))
    canvas.setStrokeAlpha(0.55)
    canvas.setLineWidth(1)
    at = x - height
    while at < x + width:
        canvas.line(at, y + height, at + height, y)
        at += HATCH_PX * 1.4


def _line(canvas: Canvas, one: Element) -> None:
    _pen(canvas, one)
    canvas.line(*(_number(one, name) for name in ("x1", "y1", "x2", "y2")))


def _polyline(canvas: Canvas, one: Element) -> None:
    _pen(canvas, one)
    path = canvas.beginPath()
    for n, point in enumerate(one.get("points", "").split()):
        x, y = map(float, point.split(","))
        (path.lineTo if n else path.moveTo)(x, y)
    canvas.drawPath(path, stroke=1, fill=0)


def _circle(canvas: Canvas, one: Element) -> None:
    canvas.setFillColor(HexColor(one.get("fill", "#000000")))
    canvas.circle(_number(one, "cx"), _number(one, "cy"), _number(one, "r"), stroke=0, fill=1)


def _text(canvas: Canvas, one: Element) -> None:
    """The words, over a thin halo of paper as in the picture."""
    words, size = one.text or "", 12
    font = BOLD if _number(one, "font-weight") >= _BOLD_FROM else PLAIN
    back = {"middle": 0.5, "end": 1}.get(one.get("text-anchor", "start"), 0)
    canvas.translate(_number(one, "x"), _number(one, "y"))
    canvas.scale(1, -1)
    left = -back * canvas.stringWidth(words, font, size)
    canvas.setFont(font, size)
    canvas.setStrokeColor(white)
    canvas.setLineWidth(HALO_PX)
    canvas.setLineJoin(1)
    canvas.drawString(left, 0, words, mode=_STROKED)
    canvas.setFillColor(HexColor(one.get("fill", "#1b1f24")))
    canvas.drawString(left, 0, words, mode=_FILLED)


_DRAWN: Final[dict[str, Callable[[Canvas, Element], None]]] = {
    "rect": _rect,
    "line": _line,
    "polyline": _polyline,
    "circle": _circle,
    "text": _text,
}
