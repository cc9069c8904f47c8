"""The plain values in EPCIS files, read from text; every reader raises FormatError."""

import re
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from supplychain.formats.errors import FormatError

TEXT_MAX: Final = 500

# EPCIS 2.0 XML schema, DateTimeStamp; RFC 3339, section 5.6, allows no less but lower case.
_TIME: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?"
    r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))",
    re.ASCII,
)
_OFFSET: Final = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,20})?(?:[Ee][+-]?\d{1,2})?", re.ASCII)
# RFC 3986, section 3, in its own characters: what `format: uri` asks for.
_URI: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+", re.ASCII
)
_UOM: Final = re.compile(r"[A-Z0-9]{2,3}", re.ASCII)
_HEX: Final = re.compile(r"[0-9A-Fa-f]+", re.ASCII)
_YEARS: Final = range(1971, 2200)  # any offset from UTC stays a moment of computers


def is_uri(text: str) -> bool:
    """Whether this is a URI or a prefixed name, `scheme:rest`."""
    return len(text) <= TEXT_MAX and _URI.fullmatch(text) is not None


def uri(text: str) -> str:
    """Return the text, proven to be a URI."""
    if not is_uri(text):
        raise FormatError("URI_MALFORMED", f"Expected a URI, got '{text[:40]}'.")
    return text


def plain(text: str) -> str:
    """Return the text, proven to be there and not endless."""
    if not 1 <= len(text) <= TEXT_MAX:
        message = f"Expected 1 to {TEXT_MAX} characters, got {len(text)}."
        raise FormatError("TEXT_LENGTH", message)
    return text


def moment(text: str) -> datetime:
    """Return an aware time; digits below microseconds are dropped."""
    if _TIME.fullmatch(text):
        with suppress(ValueError):  # the calendar is asked
            found = datetime.fromisoformat(text)
            if found.year in _YEARS:
                return found
    message = f"Expected a time as YYYY-MM-DDTHH:MM:SSZ or with an offset, got '{text[:40]}'."
    raise FormatError("TIME_MALFORMED", message)


def offset(text: str) -> str:
    """Return an eventTimeZoneOffset, `+HH:MM` or `-HH:MM`."""
    if not _OFFSET.fullmatch(text):
        message = f"Expected eventTimeZoneOffset as +HH:MM, got '{text[:20]}'."
        raise FormatError("TIME_MALFORMED", message)
    return text


def day(text: str) -> date:
    """Return a date; the calendar is asked."""
    if _DAY.fullmatch(text):
        with suppress(ValueError):
            return date.fromisoformat(text)
    raise FormatError("DATE_MALFORMED", f"Expected a date as YYYY-MM-DD, got '{text[:20]}'.")


def decimal(text: str, *, exponent: bool = True) -> Decimal:
    """Return a number of sane size, written as `xsd:double` or JSON, or without an exponent."""
    if not _DECIMAL.fullmatch(text) or (not exponent and "e" in text.lower()):
        raise FormatError("NUMBER_MALFORMED", f"Expected a number, got '{text[:20]}'.")
    return Decimal(text)


def uom(text: str) -> str:
    """Return a unit of measure (UN/CEFACT recommendation 20)."""
    if not _UOM.fullmatch(text):
        message = f"Expected a unit of two or three capitals or digits, got '{text[:20]}'."
        raise FormatError("UNIT_MALFORMED", message)
    return text


def hexadecimal(text: str) -> str:
    """Return bytes as hex digits, as they were written."""
    if len(text) > TEXT_MAX or not _HEX.fullmatch(text):
        raise FormatError("HEX_MALFORMED", f"Expected hex digits, got '{text[:20]}'.")
    return text


def parted(name: str) -> tuple[str, str]:
    """Return the namespace and the local part of a full name, the other way of `qualified`.

    >>> parted("http://ns.example.com/epcis/own")
    ('http://ns.example.com/epcis/', 'own')
    """
    end = max(name.rfind(sign) for sign in "/#:") + 1
    namespace = name[:end]
    return (namespace.removesuffix(":") if namespace.startswith("urn:") else namespace), name[end:]


def qualified(namespace: str, name: str) -> str:
    """Return the full name of a member; a namespace without its last sign gets one.

    >>> qualified("urn:epcglobal:cbv:mda", "lotNumber")
    'urn:epcglobal:cbv:mda:lotNumber'
    """
    if not namespace or namespace.endswith(("/", "#", ":")):
        return namespace + name
    return f"{namespace}{':' if namespace.startswith('urn:') else '/'}{name}"
