"""Keep what a person said about a logger, for its next file."""

from datetime import datetime, timezone

from django.db import transaction

from supplychain.formats.column_mapping import ColumnMapping, zone_text
from supplychain.models import LoggerClock, LoggerMapping


def remember_logger(
    *,
    party: str,
    by: str,
    at: datetime,
    model: str = "",
    mapping: ColumnMapping | None = None,
    device: str = "",
    zone: timezone | None = None,
) -> None:
    """Keep the mapping under the model's name, and the offset under the device's.

    What was said last stands. Without a name nothing is kept.
    """
    said = {"said_by": by, "said_at": at}
    with transaction.atomic():
        if model and mapping is not None:
            kept = {"mapping": mapping.as_json(), **said}
            LoggerMapping.objects.update_or_create(gln=party, model=model, defaults=kept)
        if device and zone is not None:
            clock = {"zone": zone_text(zone), **said}
            LoggerClock.objects.update_or_create(gln=party, device=device, defaults=clock)
