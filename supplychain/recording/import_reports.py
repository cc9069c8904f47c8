"""What became of each event of a partner's file, for people and for programs."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace

from ledger.core.errors import LedgerError
from supplychain.domain.errors import RuleBroken
from supplychain.formats.lot_deeds import Answer, Category, EventAnswer
from supplychain.models import ImportedEvent

_TO_DO = {
    "RECEIVER_UNKNOWN": "Have the receiver admitted, then import the file again.",
    "NO_CUSTODIAL_KEY": "Have a key kept here for the party, then import the file again.",
    "PRODUCT_UNKNOWN": "Register the product, then import the file again.",
    "NOT_BORN": "Have its maker register the lot, then import the file again.",
    "PACK_NOT_HERE": "Receive the packs first, or take them out of the event.",
    "NOT_HOLDER": "Receive the goods first, or take them out of the event.",
    "ERROR_TOO_LATE": "Say in a correction what was wrong, or have the goods sent back.",
    "NOT_TAKEN_BACK": "Else say in a correction what was wrong.",
    "OWNER_ONLY": "Take the event out of the file, or import the file without it.",
    "NOT_INSIDE": "Import what was packed first, or have its sender mend the event.",
}
_MEND = "Have its sender mend the event, then import the file again."
_SETTLE = "Settle that and import the file again, or proceed without the event."
_EXCEPTIONS = {
    "NOT_IN_TRANSIT": Category.PRODUCT_WITHOUT_DATA,
    "NOT_BORN": Category.PRODUCT_WITHOUT_DATA,
    "PRODUCT_UNKNOWN": Category.DATA_ISSUE,
    "ERROR_TOO_LATE": Category.DATA_ISSUE,
    "NOT_TAKEN_BACK": Category.DATA_ISSUE,
    "RECALLED": Category.UNAVAILABLE,
    "ON_HOLD": Category.UNAVAILABLE,
    "EXPIRED": Category.UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class EventReport:
    """What became of one event: the outcome, and why; the entries that it led to.

    `rule` is the number of the rule that refused it, `category` the field's word for an exception;
    both are empty where there is none. `place` is the event's in the file.
    """

    number: int
    place: str
    what: str
    outcome: str
    code: str
    reason: str
    rule: str = ""
    category: str = ""
    fingerprint: str = ""
    entries: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the event is accepted or known."""
        return self.outcome in (Answer.ACCEPTED.value, Answer.KNOWN.value)


def report_of(answer: EventAnswer) -> EventReport:
    """What the file alone says of an event; what cannot be taken, with what to do."""
    stands = answer.answer in (Answer.ACCEPTED, Answer.KNOWN)
    todo = "" if stands else _TO_DO.get(answer.code, _MEND)
    return EventReport(
        answer.position,
        answer.place,
        answer.event,
        answer.answer.value,
        answer.code,
        f"{answer.reason} {todo}".rstrip(),
        category=answer.category.value if answer.category else "",
        fingerprint=answer.fingerprint,
        entries=answer.entries,
    )


def noted(report: EventReport, note: str) -> EventReport:
    """The report with a word more, which changes nothing of the outcome."""
    return replace(report, reason=f"{report.reason} {note}") if note else report


def refused(report: EventReport, refusal: LedgerError | RuleBroken) -> EventReport:
    """The report of an event that a rule refused, with what to do."""
    category = _EXCEPTIONS.get(refusal.code)
    return replace(
        report,
        outcome=(Answer.EXCEPTION if category else Answer.REFUSED).value,
        code=refusal.code,
        reason=f"{refusal.message} {_TO_DO.get(refusal.code, _SETTLE)}",
        rule=getattr(refusal, "rule", ""),
        category=category.value if category else "",
        entries=(),
    )


def rolled_back(reports: Sequence[EventReport]) -> tuple[EventReport, ...]:
    """The reports when nothing of the file is taken, because some event does not stand."""
    first = next(report.number for report in reports if not report.stands)
    reason = (
        f"Nothing of the file was taken, because of event {first}. Mend it, or proceed without."
    )
    return tuple(
        replace(one, outcome="refused", code="ROLLED_BACK", reason=reason, entries=())
        if one.stands and one.outcome == Answer.ACCEPTED.value
        else one
        for one in reports
    )


def fault_of(report: EventReport) -> dict[str, str | int]:
    """An event that does not stand, as a job keeps it."""
    return {
        "event": report.number,
        "what": report.what,
        "place": report.place,
        "code": report.code,
        "rule": report.rule,
        "category": report.category,
        "detail": report.reason,
    }


def reports_of(faults: Iterable[dict[str, str | int]]) -> list[EventReport]:
    """The events that do not stand, as a job kept them."""
    return [
        EventReport(
            number=int(one["event"]),
            place=str(one["place"]),
            what=str(one.get("what", "")),
            outcome=(Answer.EXCEPTION if one["category"] else Answer.REFUSED).value,
            code=str(one["code"]),
            reason=str(one["detail"]),
            rule=str(one["rule"]),
            category=str(one["category"]),
        )
        for one in faults
    ]


def kept_reports(rows: Iterable[ImportedEvent]) -> list[EventReport]:
    """The reports as they were kept with their file."""
    names = [field.name for field in fields(EventReport) if field.name != "entries"]
    return [
        EventReport(**{name: getattr(row, name) for name in names}, entries=tuple(row.entries))
        for row in rows
    ]


def as_csv(reports: Sequence[EventReport]) -> str:
    """The reports as a table with a head, one event a row; entries with spaces between them."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([field.name for field in fields(EventReport)])
    for one in reports:
        row = asdict(one) | {"entries": " ".join(one.entries)}
        writer.writerow([_harmless(value) for value in row.values()])
    return out.getvalue()


def as_json(reports: Sequence[EventReport]) -> str:
    """The reports as a JSON list of objects."""
    return json.dumps([asdict(one) for one in reports], ensure_ascii=False, indent=1)


def _harmless(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value
