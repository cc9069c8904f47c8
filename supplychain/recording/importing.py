"""From what a partner's file says was done to entries of the importing party, and its reports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from ledger.core.errors import LedgerError
from supplychain.domain.errors import RuleBroken
from supplychain.formats.lot_deeds import (
    Answer,
    Birth,
    Category,
    HandOff,
    LotStory,
    Packing,
    SignedDeed,
)
from supplychain.recording.import_entries import entries_of
from supplychain.recording.import_packings import (
    Whereabouts,
    sign_packings,
    together,
)
from supplychain.recording.import_reports import EventReport, refused, report_of
from supplychain.recording.import_source import Source
from supplychain.recording.submissions import Recorded

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Steps:
    """How many deeds are done, and who is told."""

    deeds: int
    progress: Progress
    done: int = 0

    def at(self, done: int) -> None:
        """So many are done: what was begun again is told once."""
        if done > self.done or not done:
            self.done = min(done, self.deeds)
            self.progress(self.done, self.deeds)

    def more(self, count: int) -> None:
        """So many more are done."""
        self.at(self.done + count)


def tell(source: Source, story: LotStory, progress: Progress) -> tuple[EventReport, ...]:
    """Sign what the party may sign, in the order of time, and report every event.

    `progress` is told how many deeds of how many are done, at the beginning and with each entry.
    """
    reports = {answer.position: report_of(answer) for answer in story.answers}
    steps, done = _Steps(len(story.deeds), progress), 0
    steps.at(0)
    for group in together(story.deeds):
        packings = [deed for deed in group if isinstance(deed, Packing)]
        reports |= _packed(source, packings, reports, steps) if packings else {}
        for deed in group:
            if not isinstance(deed, Packing):
                numbers = deed.events if isinstance(deed, Birth) else (deed.event,)
                reports |= _told(source, deed, [reports[number] for number in numbers])
        done += len(group)
        steps.at(done)
    return tuple(reports[number] for number in sorted(reports))


def _told(
    source: Source, deed: SignedDeed, reports: Sequence[EventReport]
) -> dict[int, EventReport]:
    """Sign one deed or leave it; the reports of its events say what became of it."""
    others = _not_yours(source.party, deed)
    if others is not None:
        code, reason = others
        return {one.number: replace(one, code=code, reason=reason) for one in reports}
    try:
        with transaction.atomic():
            entries = list(entries_of(source, deed))
    except (LedgerError, RuleBroken) as refusal:
        return {one.number: refused(one, refusal) for one in reports}
    return {one.number: _stands(one, entries) for one in reports}


def _packed(
    source: Source, deeds: Sequence[Packing], reports: Mapping[int, EventReport], steps: _Steps
) -> dict[int, EventReport]:
    """Sign packings together; where that is refused, one by one, so that each has its answer."""
    found, waiting, where = {}, [], Whereabouts.of(source.party, deeds)
    for deed in deeds:
        report = _left(where, deed, reports[deed.event])
        if report is None:
            waiting.append(deed)
        else:
            found[deed.event] = report
    return found | _signed(source, waiting, reports, steps)


def _signed(
    source: Source, deeds: Sequence[Packing], reports: Mapping[int, EventReport], steps: _Steps
) -> dict[int, EventReport]:
    try:
        with transaction.atomic():
            entries = sign_packings(source, deeds, steps.more)
    except (LedgerError, RuleBroken) as refusal:
        if len(deeds) == 1:
            return {deeds[0].event: refused(reports[deeds[0].event], refusal)}
        singly = (_signed(source, [deed], reports, steps) for deed in deeds)
        return {number: report for one in singly for number, report in one.items()}
    return {number: _stands(reports[number], made) for number, made in entries.items()}


def _left(where: Whereabouts, deed: Packing, report: EventReport) -> EventReport | None:
    """The report of a packing that makes no entry, None for one that does."""
    if deed.unknown:
        what = f"Nobody has commissioned '{deed.unknown[0]}', or said what is in it."
        reason = f"{what} Send that with it."
        category = Category.PRODUCT_WITHOUT_DATA.value
        outcome = Answer.EXCEPTION.value
        return replace(
            report, outcome=outcome, code="CONTENTS_UNKNOWN", reason=reason, category=category
        )
    if where.is_so_already(deed):
        return replace(report, outcome=Answer.KNOWN.value)
    if deed.takes_back and not where.holds_some(deed):
        message = "What it declares wrong went on since, and is not in your stock."
        return refused(report, RuleBroken("R9", "ERROR_TOO_LATE", message))
    if not where.holds_some(deed):
        reason = "The packs are not in your stock, and only who holds them can pack them."
        return replace(report, code="NOT_THE_HOLDER", reason=reason)
    return None


def _stands(report: EventReport, entries: Sequence[Recorded]) -> EventReport:
    known = bool(entries) and all(entry.known for entry in entries)
    outcome = Answer.KNOWN if known else Answer.ACCEPTED
    ids = tuple(entry.entry_id for entry in entries)
    return replace(report, outcome=outcome.value, entries=ids)


def _not_yours(party: str, deed: SignedDeed) -> tuple[str, str] | None:
    """Code and sentence where an event says what somebody else did, who alone can sign it."""
    if not isinstance(deed, HandOff):
        return None
    receives = deed.step == "receiving"
    who = deed.receiver if receives else deed.giver
    if who is None or str(who) == party:
        return None
    code = "NOT_THE_RECEIVER" if receives else "NOT_THE_GIVER"
    return code, f"It says what {who} did, and only {who} can sign that."
