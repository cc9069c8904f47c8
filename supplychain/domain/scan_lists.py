"""What a scanner typed into one field: a code on each line, packs and labels in any order."""

from dataclasses import dataclass
from datetime import date

from supplychain.domain.barcodes import Label, read
from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.scan_faults import ScanFault

LINES_MAX = 2_000


@dataclass(frozen=True, slots=True)
class ScannedLine:
    """One line: a pack (`gtin` and `serial`, mostly `lot`), a `container`, or a `fault` in words.

    `again` says that the same thing stands on an earlier line.
    """

    number: int
    text: str
    gtin: Gtin | None = None
    lot: LotNumber | None = None
    serial: Serial | None = None
    container: Container | None = None
    fault: str = ""
    again: bool = False

    @property
    def key(self) -> LotKey | None:
        """The lot, where the code names one."""
        return LotKey(self.gtin, self.lot) if self.gtin and self.lot else None


def read_scans(text: str, *, on: date) -> list[ScannedLine]:
    """Every line that is not empty, at most 2,000; the last one has the fault where there are more.

    `on` is today: years have two digits, the century follows from it.
    """
    lines = [line.strip(" \t\r") for line in text.split("\n")]
    filled = [line for line in lines if line]
    found: list[ScannedLine] = []
    seen: set[object] = set()
    for number, line in enumerate(filled[:LINES_MAX], 1):
        one = _line(number, line, on)
        what = one.container or (one.gtin, one.serial)
        again = not one.fault and what in seen
        found.append(_again(one) if again else one)
        seen.add(what)
    if len(filled) > LINES_MAX:
        fault = f"TOO_MANY: {len(filled)} codes, at most {LINES_MAX}. Send the rest by itself."
        found.append(ScannedLine(LINES_MAX + 1, filled[LINES_MAX], fault=fault))
    return found


def _line(number: int, text: str, on: date) -> ScannedLine:
    try:
        found = read(text, on=on)
    except ScanFault as fault:
        return ScannedLine(number, text, fault=f"{fault.code}: {fault.message} {fault.cause}")
    if isinstance(found, Label):
        return ScannedLine(number, text, container=found.container)
    if found.serial is None:
        fault_words = (
            "SERIAL_MISSING: This code has no serial number. Ship by amount, or scan packs."
        )
        return ScannedLine(number, text, found.gtin, found.lot, fault=fault_words)
    return ScannedLine(number, text, found.gtin, found.lot, found.serial)


def _again(one: ScannedLine) -> ScannedLine:
    return ScannedLine(
        one.number, one.text, one.gtin, one.lot, one.serial, one.container, again=True
    )
