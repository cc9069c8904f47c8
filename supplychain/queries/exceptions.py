"""The exceptions inbox of a party."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.core.entry import stream_id
from supplychain.domain.exception_cases import NEXT, ExceptionCase, Kind, Wanted
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.lots import LotKey
from supplychain.formats.exception_messages import Sender, case_uuid, exception_report
from supplychain.formats.json_tree import Json
from supplychain.models import ExceptionCase as Row
from supplychain.models import Output
from supplychain.queries.lot_lines import lot_line
from supplychain.queries.organisations import names_of, organisation

NEWEST = 1_000


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as lists and pages show it. `settled_by`: the entry that used up what it is about."""

    row: Row
    case: ExceptionCase
    partner_name: str
    settled_by: str

    @property
    def open(self) -> bool:
        """Whether somebody has still to see to it."""
        return self.row.closed_at is None and not self.settled_by

    @property
    def name(self) -> str:
        """The kind, for people."""
        return self.case.kind.value.replace("_", " ").capitalize()

    @property
    def next_action(self) -> str:
        """What to do, in one sentence; empty once it is closed."""
        return NEXT[self.case.kind] if self.open else ""

    @property
    def lot(self) -> LotKey | None:
        """The lot, where the case names one."""
        known = self.case.gtin and self.case.lot
        return LotKey(Gtin(self.case.gtin), LotNumber(self.case.lot)) if known else None

    @property
    def uuid(self) -> str:
        """What names the case in messages."""
        return str(case_uuid(self.row.gln, self.row.source))

    def age(self, at: datetime) -> timedelta:
        """How long it has been open, or was."""
        return (self.row.closed_at or at) - self.row.opened_at


def cases_of(gln: str) -> list[CaseLine]:
    """The party's newest cases, open ones first, and of them the oldest first."""
    lines = _lines(Row.objects.filter(gln=gln)[:NEWEST])
    by_age = sorted((one for one in lines if one.open), key=lambda one: one.row.opened_at)
    return [*by_age, *(one for one in lines if not one.open)]


def open_cases_of(gln: str) -> list[CaseLine]:
    """Those that somebody has still to see to, the oldest first."""
    return [one for one in cases_of(gln) if one.open]


def case_of(gln: str, number: int) -> CaseLine | None:
    """One case of the party."""
    return next(iter(_lines(Row.objects.filter(gln=gln, pk=number))), None)


def case_number(gln: str, source: str) -> int:
    """The number of the case that arose of this."""
    return int(Row.objects.values_list("pk", flat=True).get(gln=gln, source=source))


def _lines(rows: Iterable[Row]) -> list[CaseLine]:
    found = list(rows)
    names = names_of({row.partner for row in found if row.partner})
    spent = _settled(found)
    return [
        CaseLine(
            row,
            _case(row),
            names.get(row.partner, row.partner),
            spent.get((row.entry_id, row.output), ""),
        )
        for row in found
    ]


def _settled(rows: Iterable[Row]) -> dict[tuple[str, int | None], str]:
    """The entries that used up the outputs of open cases."""
    bound = [row for row in rows if row.entry_id and row.gtin and row.closed_at is None]
    streams = {stream_id(LotKey(Gtin(row.gtin), LotNumber(row.lot)).stream) for row in bound}
    outputs = Output.objects.filter(
        stream_id__in=streams,
        entry_id__in={row.entry_id for row in bound},
        spent_by__isnull=False,
    )
    return {(one.entry_id, one.n): one.spent_by or "" for one in outputs}


def _case(row: Row) -> ExceptionCase:
    facts = {name: getattr(row, name) for name in ExceptionCase.__slots__}
    return ExceptionCase(**{**facts, "kind": Kind(row.kind), "wanted": Wanted(row.wanted)})


def report_of(line: CaseLine, at: datetime) -> dict[str, Json]:
    """The case as a message to the partner (see `formats.exception_messages`). Raises Invalid."""
    row = line.row
    found = organisation(row.gln)
    lot = lot_line(line.lot) if line.lot else None
    return exception_report(
        line.case,
        name=case_uuid(row.gln, row.source),
        sender=Sender(row.gln, found.email if found else ""),
        expiry=lot.expiry.on.isoformat() if lot else "",
        at=at,
        resolved=not line.open,
    )
