"""From what a partner's file says was done to entries of the importing party, and its reports."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.db import transaction

from ledger.core.errors import LedgerError
from supplychain.domain.errors import RuleBroken
from supplychain.formats.lot_deeds import Answer, Birth, HandOff, LotDeed, LotStory, Packing
from supplychain.recording.import_entries import Source, entries_of
from supplychain.recording.import_reports import EventReport, refused, report_of
from supplychain.recording.submissions import Recorded

Progress = Callable[[int, int], None]


def tell(source: Source, story: LotStory, progress: Progress) -> tuple[EventReport, ...]:
    """Sign what the party may sign, in the order of time, and report every event.

    `progress` is told how many deeds of how many are done.
    """
    reports = {answer.position: report_of(answer) for answer in story.answers}
    for done, deed in enumerate(story.deeds):
        progress(done, len(story.deeds))
        numbers = deed.events if isinstance(deed, Birth) else (deed.event,)
        reports |= _told(source, deed, [reports[number] for number in numbers])
    progress(len(story.deeds), len(story.deeds))
    return tuple(reports[number] for number in sorted(reports))


def _told(source: Source, deed: LotDeed, reports: Sequence[EventReport]) -> dict[int, EventReport]:
    """Sign one deed or leave it; the reports of its events say what became of it."""
    others = _not_yours(source.party, deed)
    if others is not None:
        code, reason = others
        return {one.number: replace(one, code=code, reason=reason) for one in reports}
    if isinstance(deed, Packing):
        return {}
    try:
        with transaction.atomic():
            entries = list(entries_of(source, deed))
    except (LedgerError, RuleBroken) as refusal:
        return {one.number: refused(one, refusal) for one in reports}
    return {one.number: _stands(one, entries) for one in reports}


def _stands(report: EventReport, entries: Sequence[Recorded]) -> EventReport:
    known = bool(entries) and all(entry.known for entry in entries)
    outcome = Answer.KNOWN if known else Answer.ACCEPTED
    ids = tuple(entry.entry_id for entry in entries)
    return replace(report, outcome=outcome.value, entries=ids)


def _not_yours(party: str, deed: LotDeed) -> tuple[str, str] | None:
    """Code and sentence where an event says what somebody else did, who alone can sign it."""
    if not isinstance(deed, HandOff):
        return None
    receives = deed.step == "receiving"
    who = deed.receiver if receives else deed.giver
    if who is None or str(who) == party:
        return None
    code = "NOT_THE_RECEIVER" if receives else "NOT_THE_GIVER"
    return code, f"It says what {who} did, and only {who} can sign that."
