"""Forget who scanned what, after a while, and what was in doubt and is no more."""

from datetime import datetime, timedelta

from supplychain.domain.two_places import Doubt
from supplychain.models import PackDoubt, Sighting

KEPT = timedelta(days=90)


def sweep_sightings(*, at: datetime) -> int:
    """Delete sightings older than 90 days; return how many.

    Doubts of that age go with them, but for grave ones that nobody has settled.
    """
    deleted, _ = Sighting.objects.filter(at__lt=at - KEPT).delete()
    grave = [one.value for one in Doubt if one.grave]
    old = PackDoubt.objects.filter(at__lt=at - KEPT)
    old.exclude(settled_at__isnull=True, doubt__in=grave).delete()
    return deleted
