"""Take over what a partner's EPCIS file says of lots."""

from datetime import datetime

from django.db import transaction

from supplychain.domain.identifiers import Gln
from supplychain.formats import epcis
from supplychain.formats.epcis_document import Document
from supplychain.formats.lot_story import plan_lot_story
from supplychain.formats.wrong_prefixes import wrong_lengths
from supplychain.models import ImportedEvent, ImportedFile
from supplychain.queries.company_prefixes import prefixes_known
from supplychain.queries.imports import known_before
from supplychain.recording.exceptions_noted import of_file, open_cases
from supplychain.recording.import_reports import EventReport, noted, rolled_back
from supplychain.recording.import_source import OnError, Source
from supplychain.recording.importing import Progress, tell
from supplychain.recording.submissions import File


def import_epcis(
    *,
    data: bytes,
    party: str,
    at: datetime,
    seed: bytes,
    media: str | None = None,
    on_error: OnError = "rollback",
    profile: str = "unmonitored/1",
    progress: Progress = lambda _done, _all: None,
) -> tuple[EventReport, ...]:
    """Sign, as `party`, what it may sign of the file; answer for each of its events.

    With `rollback` nothing is taken unless every event stands, with `proceed` those that do are.
    All of it is one transaction. The file is kept, and each entry names it by its hash. `profile`
    is the storage profile of products that only the file describes; `seed` is 32 random bytes. The
    same file, or the same event in another file, changes nothing but what was refused before and is
    no longer. Raises FormatError for a file that is not EPCIS, and Invalid for a party that is no
    GLN, and then nothing was taken.
    """
    Gln.parse(party)
    document = epcis.read(data, media)
    file = File(data, media or epcis.media_type(data))
    source = Source(party=party, file=file.as_attachment(), profile=profile, seed=seed, at=at)
    kept, _ = ImportedFile.objects.get_or_create(
        party=party,
        sha256=file.sha256,
        defaults={"media": file.media, "bytes": len(data), "content": data, "at": at},
    )
    reports = _taken(source, document, on_error, progress)
    _keep(kept, reports)
    open_cases(of_file(party, file.sha256, reports, at))
    return reports


def _taken(
    source: Source, document: Document, on_error: OnError, progress: Progress
) -> tuple[EventReport, ...]:
    with transaction.atomic():
        story = plan_lot_story(document, known_before(document, source.party))
        prefixes = prefixes_known()
        notes = (wrong_lengths(event, prefixes) for event in document.events)
        told = zip(tell(source, story, progress), notes, strict=True)
        reports = tuple(noted(report, note) for report, note in told)
        if on_error == "proceed" or all(report.stands for report in reports):
            return reports
        transaction.set_rollback(True)
    return rolled_back(reports)


def _keep(file: ImportedFile, reports: tuple[EventReport, ...]) -> None:
    rows = [
        ImportedEvent(
            file=file,
            number=report.number,
            place=report.place,
            what=report.what,
            outcome=report.outcome,
            code=report.code,
            rule=report.rule,
            category=report.category,
            reason=report.reason,
            fingerprint=report.fingerprint,
            entries=list(report.entries),
        )
        for report in reports
    ]
    with transaction.atomic():
        file.events.all().delete()
        ImportedEvent.objects.bulk_create(rows)
