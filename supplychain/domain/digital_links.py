"""GS1 Digital Link: the same identifiers as a web address (URI syntax 1.2, uncompressed).

Qualifiers stand in the order 22, 10, 21; other facts, such as the expiry (17), in the query.
"""

import re
from datetime import date
from urllib.parse import quote

from supplychain.domain.application_identifiers import RULES
from supplychain.domain.element_strings import Field
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import GTIN_LENGTHS, Serial, is_digits
from supplychain.domain.lots import LotKey
from supplychain.domain.percent_encoding import percent_decoded
from supplychain.domain.scan_faults import FaultCode, ScanFault

_URL = re.compile(r"https?://[^/?#\s]+(/[^?#\s]*)(?:\?([^#\s]*))?(?:#\S*)?", re.IGNORECASE)
_QUALIFIERS = {"00": (), "01": ("22", "10", "21")}
"""What may stand behind each primary key, in this order."""


def is_link(text: str) -> bool:
    """Whether the text says that it is a web address."""
    return text[:8].lower().startswith(("http://", "https://"))


def link_fields(text: str) -> list[Field]:
    """The fields of a Digital Link whose primary key is a GTIN or an SSCC. Raises ScanFault."""
    match = _URL.fullmatch(text)
    if match is None:
        raise ScanFault(FaultCode.NOT_GS1, "This web address is not well-formed.")
    fields = _path_fields(match[1]) + _query_fields(match[2] or "")
    names = [field.ai for field in fields]
    if len(set(names)) != len(names):
        raise ScanFault(FaultCode.NOT_GS1, "A field stands twice in this web address.")
    return fields


def link_path(key: LotKey, *, serial: Serial | None = None, expiry: date | None = None) -> str:
    """The address of a lot or pack below a host's root.

    >>> from supplychain.domain.identifiers import Gtin, LotNumber
    >>> link_path(LotKey(Gtin("00614141123452"), LotNumber("A/1")), expiry=date(2027, 6, 30))
    '/01/00614141123452/10/A%2F1?17=270630'
    """
    path = f"/01/{key.gtin}/10/{_escape(str(key.lot))}"
    if serial is not None:
        path += f"/21/{_escape(str(serial))}"
    return path if expiry is None else f"{path}?17={expiry:%y%m%d}"


def _escape(value: str) -> str:
    # "." and ".." are steps in a path, and browsers take them also in their escaped form, so a
    # lot of that name can be read but is never reached by its address.
    return quote(value, safe="")


def _path_fields(path: str) -> list[Field]:
    segments = path.rstrip("/").split("/")[1:]
    primary = next((one for one in segments if one in _QUALIFIERS), None)
    if primary is None:
        raise ScanFault(FaultCode.GTIN_MISSING, "This web address names no product.")
    steps = segments[segments.index(primary) :]
    if len(steps) % 2:
        raise ScanFault(FaultCode.TRUNCATED, "This web address ends before its last value.")
    names, values = steps[::2], [_unescape(value) for value in steps[1::2]]
    if names[1:] != [name for name in _QUALIFIERS[primary] if name in names[1:]]:
        raise ScanFault(FaultCode.NOT_GS1, "This web address has qualifiers that do not belong.")
    key = _padded(values[0]) if primary == "01" else _bounded(primary, values[0]).value
    return [Field(primary, key)] + [
        _bounded(name, value) for name, value in zip(names[1:], values[1:], strict=True)
    ]


def _query_fields(query: str) -> list[Field]:
    pairs = [pair.partition("=") for pair in re.split("[&;]", query)]
    return [_bounded(name, _unescape(value)) for name, _, value in pairs if name in RULES]


def _padded(gtin: str) -> str:
    if len(gtin) not in GTIN_LENGTHS or not is_digits(gtin):
        raise ScanFault(FaultCode.NOT_GS1, f"GTIN {gtin[:20]!r}: expected 8, 12, 13 or 14 digits.")
    return gtin.zfill(14)


def _bounded(ai: str, value: str) -> Field:
    if not RULES[ai].shortest <= len(value) <= RULES[ai].longest:
        raise ScanFault(
            FaultCode.NOT_GS1, f"({ai}) is {value[:20]!r}: not of a length it can have."
        )
    return Field(ai, value)


def _unescape(value: str) -> str:
    try:
        return percent_decoded(value)
    except Invalid as bad:
        raise ScanFault(FaultCode.NOT_GS1, bad.message) from None
