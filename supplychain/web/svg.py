"""Elements of SVG as text: attributes quoted, words escaped, never a `style`.

Attributes are given as Python names: `stroke_width=2` is `stroke-width="2"`, `class_` is `class`.
"""

from typing import Final
from xml.sax.saxutils import escape, quoteattr

PAPER: Final = "#ffffff"

Value = str | int | float
Point = tuple[float, float]


def element(tag: str, content: str = "", /, **attributes: Value) -> str:
    """One element; `content` is markup, so escape what is text."""
    written = "".join(
        f" {_attribute(key)}={quoteattr(_number(value))}" for key, value in attributes.items()
    )
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _number(value: Value) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def line(start: Point, end: Point, **attributes: Value) -> str:
    """A straight line."""
    (x1, y1), (x2, y2) = start, end
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def rect(left: float, top: float, right: float, bottom: float, **attributes: Value) -> str:
    """A rectangle, given by its edges."""
    return element("rect", x=left, y=top, width=right - left, height=bottom - top, **attributes)


def text(words: str, x: float, y: float, **attributes: Value) -> str:
    """Words with a thin halo of paper, so that they stay readable over lines."""
    halo: dict[str, Value] = {"stroke": PAPER, "stroke_width": 3, "paint_order": "stroke"}
    return element("text", escape(words), x=x, y=y, **halo, **attributes)
