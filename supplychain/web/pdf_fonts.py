"""The fonts of our PDFs: they come along, so that a report looks the same on every machine."""

from pathlib import Path
from typing import Final

from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont

PLAIN: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"

_FOLDER: Final = Path(__file__).resolve().parent / "fonts"

for _name in (PLAIN, BOLD):
    registerFont(TTFont(_name, str(_FOLDER / f"{_name}.ttf")))
registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)
