"""Readings of live trackers: taken once each, and sealed in batches that name the one before."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from supplychain.domain.batches import Batch, news, next_batch
from supplychain.domain.conditions import Reading, Series
from supplychain.models import Tracker, TrackerBatch, TrackerReading
from supplychain.queries.trackers import known


def take(tracker: Tracker, readings: Sequence[Reading], at: datetime) -> int:
    """Store what is new of a tracker's readings; its row is locked. How many were new.

    Raises ReadingsFault DUPLICATE_DIFFERS (C14), and then nothing of them is stored.
    """
    fresh = news(readings, known(tracker.gln, tracker.name, [one.at for one in readings]))
    TrackerReading.objects.bulk_create(
        TrackerReading(
            gln=tracker.gln, device=tracker.name, at=one.at, centi_c=one.centi_c, arrived_at=at
        )
        for one in fresh
    )
    return len(fresh)


def seal(tracker: Tracker, *, most: int, at: datetime, everything: bool = False) -> None:
    """Seal what waits where it fills a batch of `most` readings, or `everything`.

    The tracker's row is locked. Nothing is sealed twice: what is sealed waits no longer, in the
    same transaction.
    """
    own = TrackerReading.objects.filter(gln=tracker.gln, device=tracker.name)
    waiting = [Reading(*one) for one in own.order_by("at").values_list("at", "centi_c")]
    while waiting and (everything or len(waiting) >= most):
        sealed_to = int(tracker.sealed_to.timestamp()) if tracker.sealed_to else None
        chosen = next_batch(waiting, sealed_to, most)
        _seal(tracker, chosen, at)
        taken = {one.at for one in chosen}
        own.filter(at__in=taken).delete()
        waiting = [one for one in waiting if one.at not in taken]
    tracker.save()


def _seal(tracker: Tracker, readings: Sequence[Reading], at: datetime) -> None:
    series = Series.of(tracker.name, readings)
    batch = Batch(tracker.name, tracker.batches + 1, series.root.hex(), tracker.digest)
    keep(tracker, batch, series, at)


def keep(
    tracker: Tracker, batch: Batch, series: Series, at: datetime, *, kid: str = "", sig: bytes = b""
) -> None:
    """Store a batch as the newest of the tracker, whose row is locked; with its device's word."""
    digest = batch.digest(settings.LOG_ORIGIN, tracker.gln)
    TrackerBatch.objects.create(
        gln=tracker.gln,
        device=tracker.name,
        n=batch.n,
        first_at=series.first,
        last_at=series.last,
        count=len(series.readings),
        root=batch.root,
        previous=batch.previous,
        digest=digest,
        packed=series.pack(),
        sealed_at=at,
        kid=kid,
        sig=sig,
    )
    tracker.batches, tracker.digest = batch.n, digest
    tracker.sealed_to = max(filter(None, (tracker.sealed_to, series.last)))
