"""Pages on which goods are scanned: one field that a scanner types into, and what each line is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django import forms

from ledger.core.entry import stream_id
from supplychain.domain.lots import LotKey
from supplychain.domain.profiles import StorageProfile
from supplychain.domain.scan_lists import read_scans
from supplychain.queries.lot_lines import LotLine, lot_lines
from supplychain.queries.profiles import profile_of
from supplychain.queries.scanned_goods import UNKNOWN, Goods, PackAt, goods_of

SCANS_MAX: Final = 400_000
UNMONITORED: Final = "unmonitored/1"


def scans_field(label: str, help_text: str, *, required: bool = True) -> forms.CharField:
    """One field for any number of codes: a scanner ends each with Enter, which is a new line."""
    attrs = {
        "rows": 5,
        "spellcheck": "false",
        "autocapitalize": "none",
        "autocomplete": "off",
        "data-scans": "",
    }
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        strip=False,
        max_length=SCANS_MAX,
        widget=forms.Textarea(attrs=attrs),
    )


def scanned(text: str, at: datetime) -> list[Goods]:
    """What was scanned."""
    return goods_of(read_scans(text[:SCANS_MAX], on=at.date()))


def with_faults(
    goods: Iterable[Goods], fault_of: Callable[[PackAt], str], *, unknown: str
) -> list[Goods]:
    """The same, with the fault of the first pack that has one: such a line stands for nothing.

    What is not known here has the fault `unknown`, that of others' goods: nobody learns from it
    which serial numbers exist.
    """
    return [_with_fault(one, fault_of, unknown) for one in goods]


def _with_fault(one: Goods, fault_of: Callable[[PackAt], str], unknown: str) -> Goods:
    if one.fault == UNKNOWN:
        return replace(one, fault=unknown)
    fault = next(filter(None, map(fault_of, one.packs)), "")
    return replace(one, fault=fault, packs=()) if fault else one


def lines_of(lots: Iterable[LotKey]) -> dict[LotKey, LotLine]:
    """The lots, by their keys."""
    return {line.key: line for line in lot_lines({stream_id(lot.stream) for lot in lots}).values()}


def strictest(lines: Iterable[LotLine]) -> StorageProfile:
    """The storage profile that a form about several lots asks by: a monitored one, if there is."""
    found = [profile_of(line.profile) for line in lines]
    return next((one for one in found if one.monitored), profile_of(UNMONITORED))


def told_of(goods: Sequence[Goods], lines: dict[LotKey, LotLine]) -> list[dict[str, Any]]:
    """The lines of the list under the field, faults first."""
    rows = [_told(one, lines) for one in goods]
    return sorted(rows, key=lambda row: not row["fault"])


def _told(one: Goods, lines: dict[LotKey, LotLine]) -> dict[str, Any]:
    code, _, why = one.fault.partition(": ")
    return {
        "number": one.line.number,
        "code": readable(one.line.text),
        "fault": one.fault,
        "fault_code": code,
        "why": why,
        "again": one.line.again,
        "container": one.container,
        "packs": one.packs,
        "lot": _lot(one.packs, lines),
    }


def _lot(packs: Sequence[PackAt], lines: dict[LotKey, LotLine]) -> LotLine | None:
    lots = {pack.lot for pack in packs}
    return lines.get(next(iter(lots))) if len(lots) == 1 else None


def readable(code: str) -> str:
    """A code with its separators to be seen."""
    return code.replace("\x1d", "␝")[:100]
