"""The one road by which any signed entry is judged and stored, whoever signed it.

One transaction per stream, streams in sorted order. Within a stream, entries are judged one after
the other: a refused one changes nothing and those behind it go on. An entry that stands already
is answered like the first time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ledger.appending import OpenStream, open_stream
from ledger.core.entry import Entry, stream_id
from ledger.core.errors import LedgerError, Malformed
from ledger.core.index import DISCLOSURES
from ledger.core.registry_acts import STREAM as REGISTRY
from supplychain.domain.disclosure_statements import owner_of
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.recording.disclosing import DisclosureBook
from supplychain.recording.judging import LotBook
from supplychain.recording.registrations import RegistryBook
from supplychain.recording.submissions import Answer, Recorded, Refusal, Submission

Refusals = (LedgerError, RuleBroken)
Book = LotBook | RegistryBook | DisclosureBook


@dataclass(frozen=True, slots=True)
class Parsed:
    """A submission that is well-formed, and its place in what was handed in."""

    place: int
    entry: Entry
    submission: Submission


def record(
    submissions: Sequence[Submission], at: datetime, *, signer: str | None = None
) -> list[Answer]:
    """Judge and store entries; the answers stand in the order of the submissions.

    `at` is the moment of arrival. With `signer` (a GLN) entries that another party signed are
    refused: RuleBroken NOT_YOUR_ENTRY. Raises nothing for a bad entry; what it raises is a fault of
    ours or of the database, and then resending everything is safe.
    """
    answers: dict[int, Answer] = {}
    streams: dict[str, list[Parsed]] = {}
    for place, submission in enumerate(submissions):
        try:
            entry = Entry.parse(submission.text)
        except Malformed as error:
            answers[place] = Refusal(error)
        else:
            parsed = Parsed(place, entry, submission)
            streams.setdefault(entry.statement.stream, []).append(parsed)
    for stream in sorted(streams, key=stream_id):
        answers |= _record_stream(stream, streams[stream], at, signer)
    return [answers[place] for place in range(len(submissions))]


def _record_stream(
    stream: str, parsed: Sequence[Parsed], at: datetime, signer: str | None
) -> dict[int, Answer]:
    try:
        with transaction.atomic():
            return _record_locked(stream, parsed, at, signer)
    except Refusals as error:
        return {one.place: Refusal(error, one.entry.entry_id) for one in parsed}


def _record_locked(
    stream: str, parsed: Sequence[Parsed], at: datetime, signer: str | None
) -> dict[int, Answer]:
    _prove_kind(stream)
    entries = [one.entry for one in parsed]
    ledger = open_stream(stream, entries, at=at)
    book = _book(stream, entries)
    answers = {one.place: _answer(ledger, book, one, signer) for one in parsed}
    if any(isinstance(answer, Recorded) and not answer.known for answer in answers.values()):
        ledger.save(book.sql())
        book.write()
    else:
        transaction.set_rollback(True)  # not even the row of a stream that was never used stays
    return answers


def _prove_kind(stream: str) -> None:
    """That it is one of the streams that we know, before there is a row of it. Raises Invalid."""
    if stream.startswith(DISCLOSURES):
        owner_of(stream)
    elif stream != REGISTRY:
        LotKey.from_stream(stream)


def _book(stream: str, entries: Sequence[Entry]) -> Book:
    if stream == REGISTRY:
        return RegistryBook()
    if stream.startswith(DISCLOSURES):
        return DisclosureBook.open(stream)
    return LotBook.open(LotKey.from_stream(stream), entries)


def _answer(ledger: OpenStream, book: Book, parsed: Parsed, signer: str | None) -> Answer:
    entry = parsed.entry
    if ledger.knows(entry):
        return Recorded(entry.entry_id, entry.statement.stream, known=True)
    files = {file.sha256: file.content for file in parsed.submission.files}
    try:
        holder = ledger.admit(entry)
        if signer not in (None, holder.party):
            raise RuleBroken("R14", "NOT_YOUR_ENTRY", f"{holder.party} signed this, not you.")
        stands = book.judge(entry, holder, parsed.submission)
        number = ledger.add(entry, holder, files=files)
    except Refusals as error:
        return Refusal(error, entry.entry_id)
    stands(number)
    return Recorded(entry.entry_id, entry.statement.stream, known=False)
