"""GS1 Application Identifiers: how long each field is, and where it ends.

GS1 General Specifications, section 3 (lengths) and figure 7.8.5-2 (identifiers of predefined
length, after which no separator is needed).
"""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class FieldRule:
    """The bounds of a field: `predefined` ones end by their length, others at a separator."""

    shortest: int
    longest: int
    digits: bool
    predefined: bool


def _fixed(length: int, *, predefined: bool = True) -> FieldRule:
    return FieldRule(length, length, digits=True, predefined=predefined)


def _up_to(length: int, *, digits: bool = False) -> FieldRule:
    return FieldRule(1, length, digits=digits, predefined=False)


def _numbered(prefix: str, first: int, last: int) -> list[str]:
    return [f"{prefix}{n}" for n in range(first, last + 1)]


_DATES = ("11", "12", "13", "15", "16", "17")
_MEASURES = [ai for n in range(310, 370) for ai in _numbered(str(n), 0, 5)]
_LOCATIONS = _numbered("41", 0, 7)
_REIMBURSEMENT = _numbered("71", 0, 6)

RULES: MappingProxyType[str, FieldRule] = MappingProxyType(
    {
        "00": _fixed(18),
        "01": _fixed(14),
        "02": _fixed(14),
        "10": _up_to(20),
        **dict.fromkeys(_DATES, _fixed(6)),
        "20": _fixed(2),
        "21": _up_to(20),
        "22": _up_to(20),
        "30": _up_to(8, digits=True),
        "37": _up_to(8, digits=True),
        **dict.fromkeys(_numbered("9", 1, 9), _up_to(90)),
        "90": _up_to(30),
        "235": _up_to(28),
        "240": _up_to(30),
        "241": _up_to(30),
        "242": _up_to(6, digits=True),
        "243": _up_to(20),
        "250": _up_to(30),
        "251": _up_to(30),
        "254": _up_to(20),
        "400": _up_to(30),
        "401": _up_to(30),
        "402": _fixed(17, predefined=False),
        "403": _up_to(30),
        **dict.fromkeys(_LOCATIONS, _fixed(13)),
        "420": _up_to(20),
        "422": _fixed(3, predefined=False),
        **dict.fromkeys(_REIMBURSEMENT, _up_to(20)),
        **dict.fromkeys(_MEASURES, _fixed(6)),
        "7001": _fixed(13, predefined=False),
        "7003": _fixed(10, predefined=False),
        "8008": FieldRule(8, 12, digits=True, predefined=False),
        "8200": _up_to(70),
    }
)

_LENGTHS = (2, 3, 4)


def identifier_at(text: str, start: int) -> str | None:
    """The identifier that stands at this place, None where there is none that we know."""
    return next((ai for n in _LENGTHS if (ai := text[start : start + n]) in RULES), None)
