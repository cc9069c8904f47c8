"""Forget who scanned what, after a while."""

from datetime import datetime, timedelta

from supplychain.models import Sighting

KEPT = timedelta(days=90)


def sweep_sightings(*, at: datetime) -> int:
    """Delete sightings older than 90 days; return how many."""
    deleted, _ = Sighting.objects.filter(at__lt=at - KEPT).delete()
    return deleted
