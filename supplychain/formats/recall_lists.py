"""Lists of recalled lots: openFDA's enforcement reports (JSON), and a CSV with the same names.

Of a report these members are read, all others are of no matter: `classification`,
`reason_for_recall`, `openfda.package_ndc` and `code_info`, in which people write the lots as
`Lot #: A123, B234 Exp. 05/2027`. What is not understood there to the last word is a fault, for a
lot that is overlooked stays on sale. A CSV has one lot in each row, and a GTIN or an NDC.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from supplychain.domain.conditions import RowError
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.lot_statements import RecallClass
from supplychain.domain.members import TEXT_MAX, choice, text
from supplychain.domain.national_drug_codes import gtin_of
from supplychain.formats import json_tree
from supplychain.formats.errors import FormatError
from supplychain.formats.rows import Row, RowsFault, all_or_faults, file_fault, read_rows

COLUMNS: Final = ("gtin", "package_ndc", "lot", "classification", "reason_for_recall")
LOTS_MAX: Final = 500
_CODE_INFO_MAX: Final = 20_000
_PACKAGES_MAX: Final = 50
_SCAN: Final = re.compile(
    r"\s*(?:(?P<exp>\(?exp(?:iry|iration|ires)?\b\.?(?:\s*dates?)?\s*[:.]?\s*"
    r"(?:[0-9][0-9A-Za-z/-]{3,10}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
    r"\.?[ /-]?[0-9]{2,4})\b\)?)"
    r"|(?P<word>(?:lots?|batch(?:es)?)\b(?:\s*(?:numbers?|nos?\b\.?))?\s*[#:]*)"
    r"|(?P<between>[,;.]|and\b|&)|(?P<lot>[A-Z0-9][A-Z0-9./-]*))",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class ListedLot:
    """A lot to recall; of the `gtins` it has one or several, as far as they are known here."""

    row: int
    gtins: tuple[Gtin, ...]
    lot: LotNumber
    recall_class: RecallClass
    reason: str


def read_recall_list(data: bytes) -> list[ListedLot]:
    """The lots of a list, at most 500. Raises RowsFault with every fault that was found.

    The row of a fault is the line of a CSV, and the place of the report (from 1) in a JSON.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        listed = [one for report in all_or_faults(_reports(data), _report) for one in report]
    else:
        listed = all_or_faults(read_rows(data, COLUMNS, longest=LOTS_MAX), _line)
    if len(listed) > LOTS_MAX:
        raise file_fault("ROWS_COUNT", f"Give at most {LOTS_MAX} lots.", len(listed))
    return listed


def lots_in(code_info: str) -> list[str]:
    """The lot numbers that people wrote, in their order. Raises Invalid CODE_INFO.

    >>> lots_in("Lot #: A123, B-234; Exp. 05/2027")
    ['A123', 'B-234']
    """
    lots, at = [], 0
    while at < len(code_info.rstrip()):
        match = _SCAN.match(code_info, at)
        found = match["lot"].rstrip(".") if match and match["lot"] else ""
        if match is None or (found and not any(character.isdigit() for character in found)):
            rest = code_info[at : at + 30].strip()
            raise Invalid("CODE_INFO", f"{rest!r} is no lot: list the lots in a CSV.")
        lots += [found] if found else []
        at = match.end()
    if not lots:
        raise Invalid("CODE_INFO", "No lot is named: list the lots in a CSV.")
    return lots


def _line(row: Row) -> ListedLot:
    return ListedLot(
        row=row.number,
        gtins=(_gtin(row),),
        lot=row.read("lot", LotNumber.parse),
        recall_class=row.read("classification", _class),
        reason=row.read("reason_for_recall", _reason),
    )


def _gtin(row: Row) -> Gtin:
    if row.cells.get("gtin"):
        return row.read("gtin", Gtin.padded)
    return row.read("package_ndc", gtin_of)


def _class(value: str) -> RecallClass:
    return choice(value.removeprefix("Class "), "classification", RecallClass)


def _reason(value: str) -> str:
    return text(value, "reason_for_recall", TEXT_MAX)


def _reports(data: bytes) -> list[tuple[int, object]]:
    try:
        value = json_tree.read(data)
    except FormatError as bad:
        raise file_fault(bad.code, bad.message, bad.place) from None
    reports = value.get("results") if isinstance(value, dict) else value
    if not isinstance(reports, list) or not 1 <= len(reports) <= LOTS_MAX:
        raise file_fault("RESULTS", f"Give 1 to {LOTS_MAX} reports in 'results'.")
    return list(enumerate(reports, 1))


def _report(numbered: tuple[int, object]) -> list[ListedLot]:
    number, report = numbered
    row = Row(number, dict(_cells(report)))
    gtins = tuple(row.read("package_ndc", _gtins))
    kind, reason = row.read("classification", _class), row.read("reason_for_recall", _reason)
    listed = row.read("code_info", lots_in)
    return [ListedLot(number, gtins, _lot(number, lot), kind, reason) for lot in listed]


def _gtins(joined: str) -> list[Gtin]:
    return [gtin_of(one) for one in joined.split(" ")]


def _lot(number: int, lot: str) -> LotNumber:
    try:
        return LotNumber.parse(lot)
    except Invalid as bad:
        raise RowsFault(RowError(number, "code_info", lot[:40], bad.code, bad.message)) from None


def _cells(report: object) -> Iterator[tuple[str, str]]:
    """The four members as texts; what is of another shape is left out, and missed later."""
    if not isinstance(report, Mapping):
        return
    for name in ("classification", "reason_for_recall", "code_info"):
        value = report.get(name)
        if isinstance(value, str):
            yield name, " ".join(value.split())[:_CODE_INFO_MAX]
    openfda = report.get("openfda")
    packages = openfda.get("package_ndc") if isinstance(openfda, Mapping) else None
    if isinstance(packages, list) and len(packages) <= _PACKAGES_MAX:
        yield "package_ndc", " ".join(map(str, packages))
