"""Sheets of paper: headings, tables and pictures on A4, the same bytes for the same facts."""

from collections.abc import Iterable, Sequence
from functools import partial
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle
from reportlab.platypus.doctemplate import BaseDocTemplate

from supplychain.web.pdf_fonts import BOLD, PLAIN

MARGIN: Final = 18 * mm
FRAME: Final = 6  # points of air that a frame has on each side
WIDTH: Final = A4[0] - 2 * MARGIN - 2 * FRAME
_INK, _SOFT, _RULE = HexColor("#14212a"), HexColor("#46545d"), HexColor("#c3cbcb")

_BODY: Final = ParagraphStyle("body", fontName=PLAIN, fontSize=8.5, leading=11.5, textColor=_INK)
_CELL: Final = ParagraphStyle("cell", _BODY, fontSize=8, leading=10.5, splitLongWords=1)
_NAME: Final = ParagraphStyle("name", _CELL, fontName=BOLD)
_TITLE: Final = ParagraphStyle("title", _BODY, fontName=BOLD, fontSize=16, leading=20)
_PART: Final = ParagraphStyle(
    "part",
    _BODY,
    fontName=BOLD,
    fontSize=11,
    leading=14,
    spaceBefore=10,
    spaceAfter=3,
    keepWithNext=1,
)
_RULES: Final = TableStyle(
    [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _RULE),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
)


def document(title: str, foot: str, content: Iterable[Flowable]) -> bytes:
    """The PDF; `foot` stands below each page, beside its number.

    It has no date and no id of its own: the same content gives the same bytes.
    """
    sheets = BytesIO()
    template = SimpleDocTemplate(
        sheets,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=title,
        author="Unbroken",
        invariant=1,
        lang="en",
    )
    draw = partial(_foot, foot)
    template.build(list(content), onFirstPage=draw, onLaterPages=draw)
    return sheets.getvalue()


def heading(words: str) -> Flowable:
    """The title of the whole."""
    return Paragraph(escape(words), _TITLE)


def part(words: str) -> Flowable:
    """The title of a part; it stays with what follows."""
    return Paragraph(escape(words), _PART)


def paragraph(words: str) -> Flowable:
    """A paragraph of plain text."""
    return Paragraph(escape(words), _BODY)


def space() -> Flowable:
    """A little air."""
    return Spacer(0, 6)


def facts(rows: Iterable[tuple[str, str]]) -> Flowable:
    """Names and what they are, one a line."""
    cells = [
        [Paragraph(escape(name), _NAME), Paragraph(escape(value), _CELL)] for name, value in rows
    ]
    return Table(cells, colWidths=[0.27 * WIDTH, 0.73 * WIDTH], style=_RULES, hAlign="LEFT")


def grid(head: Sequence[str], rows: Iterable[Sequence[str]], shares: Sequence[float]) -> Flowable:
    """A table; `shares` are the widths of its columns as parts of the whole."""
    cells = [[Paragraph(escape(name), _NAME) for name in head]]
    cells += [[Paragraph(escape(value), _CELL) for value in row] for row in rows]
    return Table(
        cells, colWidths=[one * WIDTH for one in shares], style=_RULES, repeatRows=1, hAlign="LEFT"
    )


def _foot(words: str, canvas: Canvas, _template: BaseDocTemplate) -> None:
    canvas.saveState()
    canvas.setFont(PLAIN, 7)
    canvas.setFillColor(_SOFT)
    canvas.drawString(MARGIN + FRAME, 11 * mm, words)
    canvas.drawRightString(A4[0] - MARGIN - FRAME, 11 * mm, f"Page {canvas.getPageNumber()}")
    canvas.restoreState()
