"""Say until when a live tracker rode with goods."""

from datetime import datetime

from django.db import transaction

from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.models import TrackerLoad


def unload_tracker(
    *, party: str, device: str, lot: LotKey, at: datetime, until: datetime | None = None
) -> TrackerLoad:
    """End it: what the device tells of a later time is of other goods, or of none.

    Readings of the time before that are still to come are signed for the goods, while they are
    with the party. Raises RuleBroken TRACKER_NOT_LOADED, Invalid UNTIL_WRONG.
    """
    until = until or at
    with transaction.atomic():
        found = TrackerLoad.objects.select_for_update().filter(
            gln=party, device=device, lot_stream=lot.stream, until__isnull=True
        )
        load = found.first()
        if load is None:
            message = f"{device} rides with no goods of {lot}."
            raise RuleBroken("R15", "TRACKER_NOT_LOADED", message)
        if not load.since <= until <= at:
            raise Invalid("UNTIL_WRONG", "until: expected a time since it was loaded, and past.")
        load.until = until
        load.save()
    return load
