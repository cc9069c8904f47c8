"""Electronic product codes as URNs (GS1 Tag Data Standard 1.13, section 6) and the keys they name.

The URN carries how long the company prefix is and no check digit; keys are the other way round.
Every reader raises FormatError for what is not a URN of its kind.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import unquote

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln, Gtin, LotNumber, Serial, Sscc, check_digit
from supplychain.domain.lots import LotKey
from supplychain.formats.errors import FormatError

Key = TypeVar("Key")

SGTIN: Final = "urn:epc:id:sgtin:"
SSCC: Final = "urn:epc:id:sscc:"
SGLN: Final = "urn:epc:id:sgln:"
PGLN: Final = "urn:epc:id:pgln:"
LGTIN: Final = "urn:epc:class:lgtin:"
IDPAT_SGTIN: Final = "urn:epc:idpat:sgtin:"

_PREFIX: Final = re.compile(r"[0-9]{6,12}", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]*", re.ASCII)
_ESCAPES: Final = re.compile(r"(?:[!'()*+,\-.0-9:;=A-Z_a-z]|%[0-9A-Fa-f]{2})+", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class SerialItem:
    """One pack or case: its GTIN, its serial and the company prefix that the URN shows."""

    gtin: Gtin
    serial: Serial
    prefix: str


def sgtin(urn: str) -> SerialItem:
    """Return the item of `urn:epc:id:sgtin:prefix.item.serial`.

    >>> str(sgtin("urn:epc:id:sgtin:0614141.107346.2018").gtin)
    '10614141073464'
    """
    prefix, item, serial = _parts(urn, SGTIN, 3, 13)
    return SerialItem(_gtin(prefix, item), _proven(urn, Serial.parse, _plain(urn, serial)), prefix)


def lgtin(urn: str) -> LotKey:
    """Return the lot of `urn:epc:class:lgtin:prefix.item.lot`."""
    prefix, item, lot = _parts(urn, LGTIN, 3, 13)
    return LotKey(_gtin(prefix, item), _proven(urn, LotNumber.parse, _plain(urn, lot)))


def idpat_gtin(urn: str) -> Gtin:
    """Return the GTIN of the pattern `urn:epc:idpat:sgtin:prefix.item.*`, every serial of it."""
    prefix, item, serial = _parts(urn, IDPAT_SGTIN, 3, 13)
    if serial != "*":
        raise _fault(urn, "expected '*' for the serial")
    return _gtin(prefix, item)


def sscc(urn: str) -> Sscc:
    """Return the container of `urn:epc:id:sscc:prefix.serial`."""
    prefix, serial = _parts(urn, SSCC, 2, 17)
    body = f"{serial[:1]}{prefix}{serial[1:]}"
    return Sscc.parse(f"{body}{check_digit(body)}")


def gln(urn: str) -> Gln:
    """Return the party or place of an `sgln` (its extension left out) or a `pgln`."""
    if urn.startswith(PGLN):
        prefix, reference = _parts(urn, PGLN, 2, 12)
    else:
        prefix, reference, extension = _parts(urn, SGLN, 3, 12)
        if not _ESCAPES.fullmatch(extension):
            raise _fault(urn, "the extension is malformed")
    body = f"{prefix}{reference}"
    return Gln.parse(f"{body}{check_digit(body)}")


def check(urn: str) -> None:
    """Raise FormatError for a URN of a kind known here that is malformed; let others pass."""
    for start, reader in _READERS:
        if urn.startswith(start):
            reader(urn)


_READERS: Final = (
    (SGTIN, sgtin),
    (SSCC, sscc),
    (SGLN, gln),
    (PGLN, gln),
    (LGTIN, lgtin),
    (IDPAT_SGTIN, idpat_gtin),
)


def _parts(urn: str, start: str, count: int, digits: int) -> list[str]:
    """Return the dotted parts; the first two together have `digits` digits."""
    parts = urn.removeprefix(start).split(".", count - 1)
    if not urn.startswith(start) or len(parts) != count:
        raise _fault(urn, f"expected {start} and {count} parts with '.' between them")
    prefix, reference = parts[:2]
    if not _PREFIX.fullmatch(prefix) or not _DIGITS.fullmatch(reference):
        raise _fault(urn, "expected a company prefix of 6 to 12 digits, and digits after it")
    if len(prefix) + len(reference) != digits:
        found = len(prefix) + len(reference)
        raise _fault(urn, f"expected {digits} digits in its first two parts, got {found}")
    return parts


def _gtin(prefix: str, item: str) -> Gtin:
    body = f"{item[0]}{prefix}{item[1:]}"
    return Gtin.parse(f"{body}{check_digit(body)}")


def _plain(urn: str, written: str) -> str:
    if not _ESCAPES.fullmatch(written):
        raise _fault(urn, "a character that has to be written as %XX, or nothing at all")
    return unquote(written, errors="replace")


def _proven(urn: str, kind: Callable[[str], Key], text: str) -> Key:
    try:
        return kind(text)
    except Invalid as error:
        raise _fault(urn, error.message) from None


def _fault(urn: str, what: str) -> FormatError:
    return FormatError("EPC_MALFORMED", f"The code '{urn[:80]}' is malformed: {what}.")
