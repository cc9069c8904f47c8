"""What was scanned or typed, in whatever form, read into the same few facts.

Three forms give equal results: the element string that a scanner sends, the bracketed text that
people type, and the GS1 Digital Link address. Nothing is repaired and nothing guessed. A code names
a product, mostly with lot and serial number, or it is the label of a case or pallet (its SSCC).
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from supplychain.domain.containers import Container
from supplychain.domain.digital_links import is_link, link_fields
from supplychain.domain.element_strings import (
    Field,
    bracketed_fields,
    holds_birth,
    raw_fields,
)
from supplychain.domain.errors import Invalid
from supplychain.domain.gs1_dates import parse_day
from supplychain.domain.identifiers import GTIN_LENGTHS, Gtin, LotNumber, Serial, Sscc, is_digits
from supplychain.domain.keyboards import explain
from supplychain.domain.lots import LotKey
from supplychain.domain.scan_faults import FaultCode, ScanFault

__all__ = ["FaultCode", "Form", "Label", "ScanFault", "Scanned", "parse", "read"]

Form = Literal["element", "bracketed", "digital_link"]
TEXT_MAX = 2000
_SYMBOLOGIES = ("]d2", "]C1", "]Q3", "]e0")
_SYMBOLOGY = re.compile(r"\][A-Za-z][0-9A-Za-z]", re.ASCII)
_BEGINNINGS = ("\n", "\r", "\t", "https://", "http://", *_SYMBOLOGIES)
_EAN = "]E"
_ENDS = " \t\r\n"
_FAULTS = {
    "INVALID_GTIN": FaultCode.BAD_CHECK_DIGIT,
    "INVALID_SSCC": FaultCode.BAD_CHECK_DIGIT,
    "INVALID_DATE": FaultCode.BAD_DATE,
}
_SERIAL_SWALLOWED = re.compile(r".{3,}21[0-9A-Za-z].{5,}", re.ASCII)
_EXPIRY_SWALLOWED = re.compile(r".+17[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])(?:21.+)?")


@dataclass(frozen=True, slots=True)
class Scanned:
    """What the code says. `form` is how it was written, and does not count in comparisons."""

    gtin: Gtin
    lot: LotNumber | None = None
    expiry: date | None = None
    serial: Serial | None = None
    form: Form = field(default="element", compare=False)

    @property
    def key(self) -> LotKey | None:
        """What names the lot, where the code names one."""
        return None if self.lot is None else LotKey(self.gtin, self.lot)


@dataclass(frozen=True, slots=True)
class Label:
    """The label of a case or pallet. `form` is how it was written."""

    container: Container
    form: Form = field(default="element", compare=False)


def parse(text: str, *, on: date) -> Scanned:
    """Read the scan of a pack. `on` is today: years have two digits, the century follows from it.

    Raises ScanFault, and nothing else whatever the text.

    >>> parse("(01)00614141123452(17)270600(10)A123", on=date(2026, 11, 21)).expiry
    datetime.date(2027, 6, 30)
    """
    found = read(text, on=on)
    if isinstance(found, Label):
        raise ScanFault(FaultCode.CONTAINER_LABEL, f"{found.container} is no pack.")
    return found


def read(text: str, *, on: date) -> Scanned | Label:
    """Read any scan, of a pack or of a container's label. Raises ScanFault, and nothing else.

    >>> read("(00)106141412345678908", on=date(2026, 11, 21)).container.name
    '00/106141412345678908'
    """
    plain = text.strip(_ENDS)
    _prove_one_code(plain)
    if (fault := explain(plain)) is not None:
        raise fault
    form, fields = _fields(plain)
    found = {one.ai: one for one in fields}
    return _label(form, found) if "00" in found else _scanned(form, found, on)


def _prove_one_code(text: str) -> None:
    if not text:
        raise ScanFault(FaultCode.NOT_GS1, "Nothing was read.")
    if len(text) > TEXT_MAX:
        raise ScanFault(FaultCode.NOT_GS1, f"{len(text)} characters: no code is that long.")
    body = _symbology(text)[1]
    if any(body.find(mark, 1) > 0 for mark in _BEGINNINGS):
        raise ScanFault(FaultCode.TWO_SCANS_RUN_TOGETHER, "Another code begins after the first.")


def _fields(text: str) -> tuple[Form, list[Field]]:
    symbology, rest = _symbology(text)
    if is_link(rest):
        return "digital_link", link_fields(rest)
    if symbology.startswith(_EAN):
        raise ScanFault(FaultCode.LOT_MISSING, "A one-dimensional retail barcode has no lot.")
    if symbology and symbology not in _SYMBOLOGIES:
        raise ScanFault(FaultCode.WRONG_SYMBOLOGY, f"{symbology} is not a GS1 symbology.")
    if rest.startswith("("):
        return "bracketed", bracketed_fields(rest)
    _prove_not_linear(rest)
    return "element", raw_fields(rest)


def _symbology(text: str) -> tuple[str, str]:
    match = _SYMBOLOGY.match(text)
    return (match[0], text[match.end() :]) if match else ("", text)


def _prove_not_linear(text: str) -> None:
    if len(text) not in GTIN_LENGTHS or not is_digits(text):
        return
    try:
        Gtin.padded(text)
    except Invalid as bad:
        code = FaultCode.TRUNCATED if text.startswith("01") else FaultCode.BAD_CHECK_DIGIT
        raise ScanFault(code, bad.message) from None
    raise ScanFault(FaultCode.LOT_MISSING, f"{text} is a product number without a lot.")


def _label(form: Form, found: dict[str, Field]) -> Label:
    if "01" in found:
        message = "The label of a case and the code of a pack, in one."
        raise ScanFault(FaultCode.TWO_SCANS_RUN_TOGETHER, message)
    try:
        return Label(Container.of_sscc(Sscc(found["00"].value)), form)
    except Invalid as bad:
        raise ScanFault(_FAULTS[bad.code], bad.message) from None


def _scanned(form: Form, found: dict[str, Field], on: date) -> Scanned:
    if "01" not in found:
        raise ScanFault(FaultCode.GTIN_MISSING, "The code has no GTIN (01).")
    _prove_separated(found)
    try:
        return Scanned(
            gtin=Gtin(found["01"].value),
            lot=LotNumber(found["10"].value) if "10" in found else None,
            expiry=parse_day(found["17"].value, on=on) if "17" in found else None,
            serial=Serial(found["21"].value) if "21" in found else None,
            form=form,
        )
    except Invalid as bad:
        raise ScanFault(_FAULTS.get(bad.code, FaultCode.NOT_GS1), bad.message) from None


def _prove_separated(found: dict[str, Field]) -> None:
    for one in found.values():
        if one.open_ended and one.ai != "01" and holds_birth(one.value):
            raise ScanFault(FaultCode.TWO_SCANS_RUN_TOGETHER, f"({one.ai}) holds another code.")
    lot, serial = found.get("10"), found.get("21")
    if lot and lot.open_ended and _swallowed_by_lot(lot.value, found):
        raise ScanFault(FaultCode.GS_LOST, f"Lot {lot.value!r} seems to hold another field.")
    if lot is None and serial and serial.open_ended and "10" in serial.value[1:-1]:
        raise ScanFault(FaultCode.GS_LOST, f"Serial {serial.value!r} seems to hold the lot.")


def _swallowed_by_lot(lot: str, found: dict[str, Field]) -> bool:
    # A lot may look like this and be right. Where the code has the other field anyway, where a
    # separator ends the lot, and in brackets, it is taken as it stands.
    serial = "21" not in found and _SERIAL_SWALLOWED.fullmatch(lot)
    expiry = "17" not in found and _EXPIRY_SWALLOWED.fullmatch(lot)
    return bool(serial or expiry)
