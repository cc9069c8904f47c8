"""Electronic product codes and the keys they name: as URNs and as GS1 Digital Links.

GS1 Tag Data Standard 1.13, section 6, and Digital Link URI syntax 1.2. A URN carries how long the
company prefix is and no check digit; keys and links are the other way round. Every reader raises
FormatError for what is not a code of its kind.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar
from urllib.parse import quote, unquote

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
# Nearly every code of a file, and its form alone proves it: 13 digits in two parts, no escapes.
_PLAIN_SGTIN: Final = re.compile(
    r"urn:epc:id:sgtin:(?=[0-9.]{14}\.)(?P<prefix>[0-9]{6,12})\.(?P<number>[0-9]+)"
    r"\.(?P<serial>[!'()*+,\-.0-9:;=A-Z_a-z]{1,20})",
    re.ASCII,
)
_KEYS: Final = 4096  # products, lots and parties in a file are few
_CODES: Final = 32_768  # a pack is named by two or three events of a file

# The key that a link names, and the qualifiers behind it.
_LINK: Final = re.compile(
    r"https?://[^/?#\s]+(?:/[^?#\s]*?)??/"
    r"(?:01/(?P<gtin>[0-9]{8}|[0-9]{12,14})|00/(?P<sscc>[0-9]{18})|41[47]/(?P<gln>[0-9]{13}))"
    r"(?:/22/[^/?#\s]+)?(?:/10/(?P<lot>[^/?#\s]+))?(?:/21/(?P<serial>[^/?#\s]+))?"
    r"(?:/254/[^/?#\s]+)?/?(?:\?[^#\s]*)?",
    re.ASCII,
)


@dataclass(frozen=True, order=True, slots=True)
class SerialItem:
    """One pack or case: its GTIN, its serial and the company prefix, "" where none is shown."""

    gtin: Gtin
    serial: Serial
    prefix: str


Code = SerialItem | LotKey | Gtin | Sscc | Gln
Naming = Callable[[Code], str]


def parse(code: str) -> Code | None:
    """Return the key in a code, None when it is of a kind that is not read here.

    >>> str(parse("https://id.gs1.org/00/106141412345678908"))
    '106141412345678908'
    """
    if code.startswith("http"):
        return _linked(code)
    for start, reader in _READERS:
        if code.startswith(start):
            return reader(code)
    return None


def prefix(code: str) -> str:
    """Return the company prefix that a URN of a kind read here shows, "" for any other code.

    >>> prefix("urn:epc:id:sscc:0614141.1234567890")
    '0614141'
    """
    start = next((start for start, _ in _READERS if code.startswith(start)), None)
    return code.removeprefix(start).partition(".")[0] if start else ""


def check(code: str) -> None:
    """Raise FormatError for a code of a kind known here that is malformed; let others pass."""
    if not _PLAIN_SGTIN.fullmatch(code):
        parse(code)


def item(code: str) -> SerialItem:
    """Return the pack or case that a code names."""
    return _of_kind(code, SerialItem, "a serialised item")


def lot(code: str) -> LotKey:
    """Return the lot that a code names."""
    return _of_kind(code, LotKey, "a lot")


def gln(code: str) -> Gln:
    """Return the party or place of an `sgln` (its extension left out), a `pgln` or a link."""
    return _of_kind(code, Gln, "a party or place")


def _of_kind(code: str, kind: type[Key], what: str) -> Key:
    found = parse(code)
    if not isinstance(found, kind):
        raise _fault(code, f"expected {what}")
    return found


# --- URNs -------------------------------------------------------------------------------------


def sgtin(urn: str) -> SerialItem:
    """Return the item of `urn:epc:id:sgtin:prefix.item.serial`.

    >>> str(sgtin("urn:epc:id:sgtin:0614141.107346.2018").gtin)
    '10614141073464'
    """
    prefix, number, serial = _parts(urn, SGTIN, 3, 13)
    return SerialItem(
        _gtin(prefix, number), _proven(urn, Serial.parse, _plain(urn, serial)), prefix
    )


def lgtin(urn: str) -> LotKey:
    """Return the lot of `urn:epc:class:lgtin:prefix.item.lot`."""
    prefix, number, text = _parts(urn, LGTIN, 3, 13)
    return LotKey(_gtin(prefix, number), _proven(urn, LotNumber.parse, _plain(urn, text)))


def idpat_gtin(urn: str) -> Gtin:
    """Return the GTIN of the pattern `urn:epc:idpat:sgtin:prefix.item.*`, every serial of it."""
    prefix, number, serial = _parts(urn, IDPAT_SGTIN, 3, 13)
    if serial != "*":
        raise _fault(urn, "expected '*' for the serial")
    return _gtin(prefix, number)


def sscc(urn: str) -> Sscc:
    """Return the container of `urn:epc:id:sscc:prefix.serial`."""
    prefix, serial = _parts(urn, SSCC, 2, 17)
    body = f"{serial[:1]}{prefix}{serial[1:]}"
    return Sscc.parse(f"{body}{check_digit(body)}")


def _place(urn: str) -> Gln:
    prefix, reference, extension = _parts(urn, SGLN, 3, 12)
    if not _ESCAPES.fullmatch(extension):
        raise _fault(urn, "the extension is malformed")
    return _gln(prefix, reference)


def _party(urn: str) -> Gln:
    return _gln(*_parts(urn, PGLN, 2, 12))


_READERS: Final[tuple[tuple[str, Callable[[str], Code]], ...]] = (
    (SGTIN, sgtin),
    (SSCC, sscc),
    (SGLN, _place),
    (PGLN, _party),
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


@lru_cache(_KEYS)
def _gtin(prefix: str, number: str) -> Gtin:
    body = f"{number[0]}{prefix}{number[1:]}"
    return Gtin.parse(f"{body}{check_digit(body)}")


@lru_cache(_KEYS)
def _gln(prefix: str, reference: str) -> Gln:
    body = f"{prefix}{reference}"
    return Gln.parse(f"{body}{check_digit(body)}")


# --- links ------------------------------------------------------------------------------------


def _linked(link: str) -> Code | None:
    found = _LINK.fullmatch(link)
    if found is None:
        return None
    if found["sscc"]:
        return _proven(link, Sscc.parse, found["sscc"])
    if found["gln"]:
        return _proven(link, Gln.parse, found["gln"])
    gtin = _proven(link, Gtin.padded, found["gtin"])
    if found["serial"]:
        return SerialItem(gtin, _proven(link, Serial.parse, unquote(found["serial"])), "")
    if found["lot"]:
        return LotKey(gtin, _proven(link, LotNumber.parse, unquote(found["lot"])))
    return gtin


def lot_in(code: str) -> str:
    """Return the lot number that a link to one pack says beside its serial, "" for any other code.

    >>> lot_in("https://id.gs1.org/01/00614141123452/10/L1/21/7")
    'L1'
    """
    found = _LINK.fullmatch(code) if code.startswith("http") else None
    return unquote(found["lot"]) if found and found["lot"] and found["serial"] else ""


# --- writing ----------------------------------------------------------------------------------


def write(key: Code, prefix_length: int) -> str:
    """Return the URN of a key whose company prefix has this many digits, 6 to 12.

    >>> from supplychain.domain.identifiers import Sscc
    >>> write(Sscc("106141412345678908"), 7)
    'urn:epc:id:sscc:0614141.1234567890'
    """
    match key:
        case SerialItem(gtin, serial):
            return f"{SGTIN}{_item(gtin, prefix_length)}.{_escaped(serial.value)}"
        case LotKey(gtin, number):
            return f"{LGTIN}{_item(gtin, prefix_length)}.{_escaped(number.value)}"
        case Gtin():
            return f"{IDPAT_SGTIN}{_item(key, prefix_length)}.*"
        case Sscc(digits):
            body = digits[1 : prefix_length + 1]
            return f"{SSCC}{body}.{digits[0]}{digits[prefix_length + 1 : 17]}"
        case Gln(digits):
            return f"{SGLN}{digits[:prefix_length]}.{digits[prefix_length:12]}.0"


@lru_cache(_CODES)
def canonical(code: str) -> str:
    """Return the one name of a pack, case or container, however it is written; others as they are.

    >>> canonical("urn:epc:id:sscc:0614141.1234567890")
    '00/106141412345678908'
    """
    plain = _PLAIN_SGTIN.fullmatch(code)
    if plain:
        return f"01/{_gtin(plain['prefix'], plain['number']).value}/21/{plain['serial']}"
    match parse(code):
        case SerialItem(gtin, serial):
            return f"01/{gtin}/21/{serial}"
        case Sscc(value):
            return f"00/{value}"
        case _:
            return code


@lru_cache(_CODES)
def any_canonical(code: str) -> str:
    """Return the one name of a class, lot, party or place as well, however it is written.

    A place inside a place (an extension) keeps the name that it has.

    >>> any_canonical("urn:epc:class:lgtin:0614141.012345.L1")
    '01/00614141123452/10/L1'
    """
    match parse(code):
        case LotKey(gtin, number):
            return f"01/{gtin}/10/{number}"
        case Gtin(value):
            return f"01/{value}"
        case Gln(value) if "/254/" not in code and (code.endswith(".0") or SGLN not in code):
            return f"414/{value}"
        case _:
            return canonical(code)


def digits(key: Code) -> str:
    """Return the digits of a key from its company prefix on."""
    match key:
        case SerialItem(gtin) | LotKey(gtin):
            return gtin.value[1:]
        case Gtin(value) | Sscc(value):
            return value[1:]
        case Gln(value):
            return value


def link(key: Code) -> str:
    """Return the GS1 Digital Link of a key, at GS1's own resolver.

    >>> link(LotKey(Gtin("00614141123452"), LotNumber("A/1")))
    'https://id.gs1.org/01/00614141123452/10/A%2F1'
    """
    return "https://id.gs1.org" + _path(key)


def _path(key: Code) -> str:
    match key:
        case SerialItem(gtin, serial):
            return f"/01/{gtin}/21/{quote(serial.value, safe='')}"
        case LotKey(gtin, number):
            return f"/01/{gtin}/10/{quote(number.value, safe='')}"
        case Gtin():
            return f"/01/{key}"
        case Sscc():
            return f"/00/{key}"
        case Gln():
            return f"/414/{key}"


def _item(gtin: Gtin, prefix_length: int) -> str:
    digits = gtin.value
    return f"{digits[1 : prefix_length + 1]}.{digits[0]}{digits[prefix_length + 1 : 13]}"


def _escaped(text: str) -> str:
    return quote(text, safe="!'()*+,-.:;=_")


# --- helpers of all ---------------------------------------------------------------------------


def _plain(urn: str, written: str) -> str:
    if not _ESCAPES.fullmatch(written):
        raise _fault(urn, "a character that has to be written as %XX, or nothing at all")
    return unquote(written, errors="replace") if "%" in written else written


def _proven(urn: str, kind: Callable[[str], Key], text: str) -> Key:
    try:
        return kind(text)
    except Invalid as error:
        raise _fault(urn, error.message) from None


def _fault(urn: str, what: str) -> FormatError:
    message = f"The code '{urn[:80]}' is malformed: {what.rstrip('.')}."
    return FormatError("EPC_MALFORMED", message)
