"""Scanners type on a keyboard: caps lock and foreign layouts turn a good code into another.

What is repaired here only explains a fault; it is never accepted as what was read.
"""

import re
from collections.abc import Iterator
from typing import TypeVar

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import LotNumber, Serial
from supplychain.domain.scan_faults import FaultCode, ScanFault

Number = TypeVar("Number", LotNumber, Serial)

# What the keys of a US layout give on a German one, and back.
_FROM_QWERTZ = str.maketrans("yzYZß/?-_&)=+;", "zyZY-&_/?^()]<")
_SWAPPED = str.maketrans("yzYZ", "zyZY")
_FLIPPED_PREFIX = re.compile(r"\](?:D2|c1|q3)")
_FOREIGN_BRACKET = re.compile(r"[^\]0-9A-Za-z(\x1d](?:d2|C1|Q3|e0)01[0-9]{14}", re.ASCII)
_FOREIGN_ROUND = re.compile(r"\)01=[0-9]{14}", re.ASCII)


def explain(text: str) -> ScanFault | None:
    """The keyboard's fault that made this text out of a GS1 code, if one is to be seen."""
    if _FLIPPED_PREFIX.match(text):
        return ScanFault(FaultCode.CAPS_LOCK, f"The code begins with {text[:3]!r}.")
    if _FOREIGN_BRACKET.match(text) or _FOREIGN_ROUND.match(text):
        return ScanFault(FaultCode.KEYBOARD_LAYOUT, f"The code begins with {text[:4]!r}.")
    if not text.isascii():
        return ScanFault(FaultCode.KEYBOARD_LAYOUT, "Characters that no GS1 code has.")
    return None


def lookalikes(number: Number) -> Iterator[tuple[Number, ScanFault]]:
    """Lot or serial numbers that a keyboard's fault may have turned into this one, with the fault.

    Where the number read is not known and one of these is, the user is told to scan again. A match
    is a hint, never a match (R13).
    """
    text = str(number)
    repairs = (
        (text.swapcase(), FaultCode.CAPS_LOCK),
        (text.translate(_SWAPPED), FaultCode.KEYBOARD_LAYOUT),
        (text.translate(_FROM_QWERTZ), FaultCode.KEYBOARD_LAYOUT),
    )
    seen = {text}
    for repaired, code in repairs:
        if repaired in seen:
            continue
        seen.add(repaired)
        try:
            yield type(number)(repaired), ScanFault(code, f"Read {text}, perhaps meant {repaired}.")
        except Invalid:
            continue
