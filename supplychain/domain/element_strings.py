"""Element strings: the text of a GS1 barcode cut into its fields, raw or with brackets.

GS1 General Specifications 7.8 (concatenation): a field of predefined length ends by its length,
any other at the separator GS (0x1D) or the end of the code.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from supplychain.domain.application_identifiers import RULES, identifier_at
from supplychain.domain.identifiers import check_digit, is_digits
from supplychain.domain.scan_faults import FaultCode, ScanFault

GS = "\x1d"
_BRACKET = re.compile(r"\(([0-9]{2,4})\)", re.ASCII)
_BORN = re.compile(r"(?=01([0-9]{14}))", re.ASCII)


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `open_ended` says that nothing but the end of the code ended it."""

    ai: str
    value: str
    open_ended: bool = False


def raw_fields(text: str) -> list[Field]:
    """The fields of a raw element string. Raises ScanFault."""
    found = list(_walk(text.removeprefix(GS)))
    _prove_single(found)
    return found


def bracketed_fields(text: str) -> list[Field]:
    """The fields of `(01)…(10)…`, where the brackets say where each ends. Raises ScanFault."""
    marks = [mark for mark in _BRACKET.finditer(text) if mark[1] in RULES]
    if not marks or marks[0].start() != 0:
        raise ScanFault(FaultCode.NOT_GS1, "Not a GS1 identifier in brackets at the start.")
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    found = [Field(mark[1], text[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]
    _prove_single(found)
    for one in found:
        _prove_field(one)
    return found


def _walk(text: str) -> Iterator[Field]:
    start = 0
    while start < len(text):
        ai = identifier_at(text, start)
        if ai is None:
            raise _no_identifier(text, start)
        start += len(ai)
        end = _end(text, start, ai)
        field = Field(ai, text[start:end], open_ended=end == len(text))
        _prove_field(field)
        yield field
        start = end + (text[end : end + 1] == GS)


def _end(text: str, start: int, ai: str) -> int:
    separator = text.find(GS, start)
    end = separator if separator >= 0 else len(text)
    return min(start + RULES[ai].longest, end) if RULES[ai].predefined else end


def _no_identifier(text: str, start: int) -> ScanFault:
    rest = text[start:]
    if start and len(rest) < 4 and is_digits(rest):  # noqa: PLR2004 - longest identifier
        return ScanFault(FaultCode.TRUNCATED, f"The code ends in {rest!r}, a field cut off.")
    return ScanFault(FaultCode.NOT_GS1, f"No GS1 identifier where one belongs, at {rest[:10]!r}.")


def _prove_field(field: Field) -> None:
    rule = RULES[field.ai]
    if len(field.value) < rule.shortest:
        raise ScanFault(
            FaultCode.TRUNCATED,
            f"({field.ai}) has {len(field.value)} characters, expected at least {rule.shortest}.",
        )
    if len(field.value) > rule.longest:
        raise _too_long(field, rule.longest)
    if rule.digits and not is_digits(field.value):
        raise ScanFault(
            FaultCode.NOT_GS1, f"({field.ai}) is {field.value[:20]!r}, expected digits."
        )


def _too_long(field: Field, longest: int) -> ScanFault:
    message = f"({field.ai}) has {len(field.value)} characters, expected at most {longest}."
    if holds_birth(field.value):
        return ScanFault(FaultCode.TWO_SCANS_RUN_TOGETHER, message)
    return ScanFault(FaultCode.GS_LOST, message)


def holds_birth(value: str) -> bool:
    """Whether a whole `01` field with a right check digit is in there: another code began."""
    gtins = (match[1] for match in _BORN.finditer(value))
    return any(int(gtin[-1]) == check_digit(gtin[:-1]) for gtin in gtins)


def _prove_single(found: list[Field]) -> None:
    names = [field.ai for field in found]
    if len(set(names)) != len(names):
        raise ScanFault(FaultCode.TWO_SCANS_RUN_TOGETHER, "A field stands there twice.")
