"""Take a batch in that a live tracker sealed and signed itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from ledger.core.countersignatures import countersigned_message
from ledger.core.errors import Refused
from ledger.core.signatures import OPENSSL
from ledger.signers import standing_key
from supplychain.domain.batches import SPAN_S, Batch, news
from supplychain.domain.conditions import ReadingsFault, Series
from supplychain.domain.device_keys import OwnedDevice
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.models import Tracker, TrackerBatch
from supplychain.queries.trackers import known
from supplychain.recording.intake import locked_tracker, note_heard, tell_trouble
from supplychain.recording.sealing import keep, seal

BATCH_READINGS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class BatchTaken:
    """The batch stands: its number and digest, which the next one names. `known`: it did before."""

    n: int
    digest: str
    known: bool


def take_batch(
    *, party: str, series: Series, n: int, previous: str, kid: str, sig: bytes, at: datetime
) -> BatchTaken:
    """Store batch `n` of the series' device, with the device's signature over its digest.

    Raises `Refused` KEY_UNKNOWN, KEY_REVOKED, COUNTERSIGNATURE_BAD; RuleBroken DEVICE_UNKNOWN,
    BATCH_OUT_OF_ORDER, BATCH_FORKED (which stays told beside the device); Invalid, ReadingsFault.
    """
    batch = Batch(series.device, n, series.root.hex(), previous)
    _prove_signed(party, batch, kid, sig)
    if series.readings[-1].at - series.readings[0].at > SPAN_S:
        raise Invalid("BATCH_TOO_LONG", f"A batch is of readings within {SPAN_S} seconds.")
    try:
        with transaction.atomic():
            return _take(party, batch, series, kid, sig, at)
    except (ReadingsFault, _Forked) as fault:
        tell_trouble(party, batch.device, fault, at)
        raise


class _Forked(RuleBroken):
    """The device signed two batches of one number."""


def _prove_signed(party: str, batch: Batch, kid: str, sig: bytes) -> None:
    device = OwnedDevice(Gln.parse(party), batch.device).party
    holder, digest = standing_key(kid), batch.digest(settings.LOG_ORIGIN, party)
    message = countersigned_message(log=settings.LOG_ORIGIN, party=device, kid=kid, digest=digest)
    if holder.party != device or not OPENSSL.es256(holder.key, message, sig):
        message_ = f"Key {kid} is not one of '{device}', or did not sign this batch."
        raise Refused("COUNTERSIGNATURE_BAD", message_)


def _take(
    party: str, batch: Batch, series: Series, kid: str, sig: bytes, at: datetime
) -> BatchTaken:
    tracker = locked_tracker(party, batch.device)
    seal(tracker, most=BATCH_READINGS_MAX, at=at, everything=True)
    digest = batch.digest(settings.LOG_ORIGIN, party)
    if batch.n <= tracker.batches:
        return _again(tracker, batch, digest)
    if (batch.n, batch.previous) != (tracker.batches + 1, tracker.digest):
        raise _out_of_order(tracker)
    news(series.readings, known(party, batch.device, [one.at for one in series.readings]))
    note_heard(tracker, series.readings, at)
    keep(tracker, batch, series, at, kid=kid, sig=sig)
    tracker.save()
    return BatchTaken(batch.n, digest, known=False)


def _again(tracker: Tracker, batch: Batch, digest: str) -> BatchTaken:
    stands = TrackerBatch.objects.get(gln=tracker.gln, device=tracker.name, n=batch.n)
    if not stands.kid:  # of the time before it had a key
        raise _out_of_order(tracker)
    if stands.digest != digest:
        message = f"Another batch {batch.n} of {batch.device} stands: one of the two is false."
        raise _Forked("R15", "BATCH_FORKED", message, conflict=True)
    return BatchTaken(batch.n, digest, known=True)


def _out_of_order(tracker: Tracker) -> RuleBroken:
    message = f"Expected batch {tracker.batches + 1} after {tracker.digest or 'none'}."
    return RuleBroken("R15", "BATCH_OUT_OF_ORDER", message, conflict=True)
