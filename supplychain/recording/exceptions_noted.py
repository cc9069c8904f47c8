"""Exceptions that are noted by themselves: of a receipt, and of a partner's file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from supplychain.domain.exception_cases import (
    NAME_MAX,
    USUAL,
    WORDS_MAX,
    ExceptionCase,
    Kind,
    Wanted,
)
from supplychain.domain.outputs import OutputClaim, State
from supplychain.domain.statements import Receive
from supplychain.models import ExceptionCase as Row
from supplychain.recording.import_reports import EventReport
from supplychain.recording.projection import Judged

_KINDS = {State.QUARANTINED: Kind.DAMAGED, State.IN_TRANSIT: Kind.SHORT}


@dataclass(frozen=True, slots=True)
class Noted:
    """A case for a party's inbox, and the source that it arose of."""

    gln: str
    source: str
    case: ExceptionCase
    at: datetime


def open_cases(noted: Iterable[Noted]) -> None:
    """Put cases into inboxes; what arose of the same source before stays as it is."""
    Row.objects.bulk_create((_row(one) for one in noted), ignore_conflicts=True)


def _row(one: Noted) -> Row:
    facts = {name: getattr(one.case, name) for name in ExceptionCase.__slots__}
    return Row(gln=one.gln, source=one.source, opened_at=one.at, **facts)


def of_receipt(judged: Judged) -> list[Noted]:
    """What of a receipt is short or damaged, bound to the output that has it; else nothing.

    Goods of a lot that is recalled or on hold come into quarantine anyway: that is no exception.
    """
    act, said = judged.act, judged.act.statement
    if not isinstance(said, Receive):
        return []
    sent = [judged.before.outputs[ref] for ref in act.consumes]
    facts = ExceptionCase(
        kind=Kind.DAMAGED,
        partner=str(sent[0].holder),
        gtin=str(judged.after.born().key.gtin),
        lot=str(judged.after.born().key.lot),
        expected=sum(one.quantity for one in sent),
        shipment=said.shipment[:NAME_MAX],
        entry_id=act.entry_id,
    )
    parts = ((n, out) for n, out in enumerate(said.outputs) if out.state in _KINDS)
    found = {
        f"#{n}": _part(facts, n, out)
        for n, out in parts
        if out.state is State.IN_TRANSIT or not judged.before.flags.any
    }
    if said.over is not None:
        found["over"] = _over(facts, said.over.quantity)
    gln, source = str(act.signer.gln), f"receipt:{act.entry_id}"
    return [Noted(gln, source + which, case, act.at) for which, case in found.items()]


def _over(facts: ExceptionCase, more: int) -> ExceptionCase:
    came = (facts.expected or 0) + more
    return replace(facts, kind=Kind.OVER, found=came, wanted=USUAL[Kind.OVER])


def _part(facts: ExceptionCase, n: int, output: OutputClaim) -> ExceptionCase:
    kind = _KINDS[output.state]
    missing = kind is Kind.SHORT
    came = (facts.expected or 0) - output.quantity if missing else output.quantity
    return replace(facts, kind=kind, found=came, wanted=USUAL[kind], output=n)


def of_file(gln: str, sha256: str, reports: Iterable[EventReport], at: datetime) -> Iterator[Noted]:
    """The events of a partner's file that are exceptions."""
    for report in reports:
        if report.outcome == "exception":
            kind = Kind(report.category.replace(" ", "_"))
            words = f"{report.what}: {report.reason}"[:WORDS_MAX]
            wanted = USUAL.get(kind, Wanted.SEND_DATA)
            case = ExceptionCase(kind=kind, file=sha256, words=_printable(words), wanted=wanted)
            yield Noted(gln, f"epcis:{sha256}#{report.number}", case, at)


def _printable(words: str) -> str:
    """Without what no sentence has: the words may be a partner's."""
    return "".join(one if one.isprintable() else " " for one in words)
