"""Take over what a partner's EPCIS 1.2 file says of lots."""

from datetime import datetime

from django.db import transaction

from supplychain.formats import epcis
from supplychain.formats.lot_story import plan_lot_story
from supplychain.models import ImportedEvent, ImportedFile
from supplychain.recording.importing import EventReport, Source, tell
from supplychain.recording.submissions import File

MEDIA = "application/xml"


def import_epcis(
    *, data: bytes, party: str, at: datetime, seed: bytes, profile: str = "unmonitored/1"
) -> tuple[EventReport, ...]:
    """Sign, as `party`, the births and dispatches in the file; answer for each of its events.

    The file is kept and each entry names it by its hash. `profile` is the storage profile of
    products that only the file describes; `seed` is 32 random bytes. The same file again changes
    nothing but what was refused before and is no longer. Raises FormatError for a file that is
    not EPCIS 1.2, and then nothing was taken.
    """
    document = epcis.read(data)
    file = File(data, MEDIA)
    source = Source(party=party, file=file.as_attachment(), profile=profile, seed=seed, at=at)
    kept, _ = ImportedFile.objects.get_or_create(
        party=party,
        sha256=file.sha256,
        defaults={"media": MEDIA, "bytes": len(data), "content": data, "at": at},
    )
    reports = tell(source, plan_lot_story(document))
    _keep(kept, reports)
    return reports


def _keep(file: ImportedFile, reports: tuple[EventReport, ...]) -> None:
    rows = [
        ImportedEvent(
            file=file,
            number=report.number,
            what=report.what,
            outcome=report.outcome,
            code=report.code,
            reason=report.reason,
            entries=list(report.entries),
        )
        for report in reports
    ]
    with transaction.atomic():
        file.events.all().delete()
        ImportedEvent.objects.bulk_create(rows)
