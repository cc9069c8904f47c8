"""Sealed batches that wait for an owner whose key is kept elsewhere, and what it signed of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger.core.entry import Entry
from ledger.core.errors import LedgerError
from ledger.core.links import OutputRef
from ledger.core.statement import Statement
from supplychain.domain.errors import RuleBroken
from supplychain.domain.statements import ConditionsRecord, read
from supplychain.models import TrackerBatch, TrackerLoad
from supplychain.queries.trackers import batches_for, unsettled
from supplychain.recording.recording import record
from supplychain.recording.riding import draft_of, goods_of
from supplychain.recording.settling import mark
from supplychain.recording.signing import Draft, statement_of
from supplychain.recording.submissions import Recorded, Refusal, Submission


@dataclass(frozen=True, slots=True)
class ToSign:
    """The next batch of a load, and what is to be signed of it; `waiting` counts those behind too.

    Where the goods cannot be told, `trouble` says why, and there is no statement.
    """

    load: TrackerLoad
    n: int
    waiting: int
    statement: Statement | None = None
    trouble: str = ""


def batches_to_sign(party: str, at: datetime, ended_after: datetime) -> Iterator[ToSign]:
    """What waits for the party, load by load: of each the next batch, as each follows on another.

    Nothing is changed. What says nothing of the goods, or comes when they are gone, is not there.
    """
    for load in TrackerLoad.objects.filter(pk__in=unsettled(ended_after), gln=party):
        rows = list(batches_for(load))
        try:
            draft = _draft(load, rows[0], at)
        except (LedgerError, RuleBroken) as fault:
            yield ToSign(load, rows[0].n, len(rows), trouble=f"{fault.code}: {fault.message}")
        else:
            if draft is not None:
                yield ToSign(load, rows[0].n, len(rows), statement_of(draft)[0])


def take_signed(party: str, number: int, text: str, at: datetime) -> Recorded:
    """Record what the owner signed of the next batch of its load, with the readings as sealed.

    An entry that stands already is answered like the first time. Raises RuleBroken LOAD_UNKNOWN,
    BATCH_OUT_OF_ORDER, BATCH_OTHER, GOODS_OTHER, or whatever refuses the entry itself.
    """
    with transaction.atomic():
        load = TrackerLoad.objects.select_for_update().filter(pk=number, gln=party).first()
        if load is None:
            raise _refused("LOAD_UNKNOWN", "No load of yours has this number.")
        entry = Entry.parse(text)
        row = next(batches_for(load), None)
        if _told_before(entry, load):
            return _recorded(Submission(text), party, at)
        draft = _draft(load, row, at) if row else None
        if row is None or draft is None:
            raise _refused("BATCH_OUT_OF_ORDER", "No batch of this load waits for you.")
        _prove_asked(entry, draft)
        done = _recorded(Submission(text, tuple(draft.readings)), party, at)
        mark(load, row, done)
        load.save()
    return done


def _draft(load: TrackerLoad, row: TrackerBatch, at: datetime) -> Draft | None:
    goods = goods_of(load)
    return draft_of(load, row, goods, at) if goods else None


def _told_before(entry: Entry, load: TrackerLoad) -> bool:
    said = read(entry)
    batch = said.batch if isinstance(said, ConditionsRecord) else None
    return batch is not None and batch.device == load.device and batch.n <= load.recorded


def _prove_asked(entry: Entry, draft: Draft) -> None:
    """That the entry is of this batch and these goods."""
    said, asked = read(entry), draft.said
    if not isinstance(said, ConditionsRecord) or not isinstance(asked, ConditionsRecord):
        raise _refused("BATCH_OTHER", "A batch is signed by a conditions.record.")
    if (said.batch, said.countersigned) != (asked.batch, asked.countersigned):
        number = asked.batch.n if asked.batch else 0
        raise _refused("BATCH_OTHER", f"Expected batch {number}, as it was sealed.")
    if set(entry.statement.consumes) != set[OutputRef](draft.consumes):
        message = (
            "The goods that the tracker is with are others by now: ask for the statement anew."
        )
        raise _refused("GOODS_OTHER", message)


def _recorded(submission: Submission, party: str, at: datetime) -> Recorded:
    (answer,) = record([submission], at, signer=party)
    if isinstance(answer, Refusal):
        raise answer.error
    return answer


def _refused(code: str, message: str) -> RuleBroken:
    return RuleBroken("R15", code, message, conflict=code != "LOAD_UNKNOWN")
