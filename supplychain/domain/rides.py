"""What live trackers told of goods on their way, followed from record to record (R15).

While goods are on the way their giver signs each batch of a tracker that is with them as a record
of just these goods. So the records that a tracker's word rests on are those between the dispatch
and the receipt, in the ancestry of what is received: those of other goods, another journey or
another device never stand there. A receipt may rest on them, and says what they leave untold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from supplychain.domain.batches import Batch
from supplychain.domain.conditions_claim import ClaimedState, ReadingsClaim
from supplychain.domain.deviations import gap_limit_s
from supplychain.domain.errors import RuleBroken
from supplychain.domain.intervals import Interval
from supplychain.domain.tracker_claim import STRETCHES_MAX, TrackerClaim

RIDES_MAX: Final = 8
"""Of so many trackers, those that told last, it is remembered what they told of a journey."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time of which a tracker told without a gap, and the longest interval of its readings."""

    told: Interval
    interval_s: int

    def joined(self, other: "Stretch") -> "Stretch | None":
        """Both as one, where no gap lies between them (C9); `self` begins first."""
        interval_s = max(self.interval_s, other.interval_s)
        if _seconds(self.told.end, other.told.start) > gap_limit_s(interval_s):
            return None
        end = max(self.told.end, other.told.end)
        return Stretch(Interval(self.told.start, end), interval_s)


@dataclass(frozen=True, slots=True)
class Ride:
    """One tracker on one journey: its batches `first` to `last`, and of which times they tell.

    `digest` is what the batch after the last one has to name. `missing` numbers were left out.
    """

    device: str
    first: int
    last: int
    digest: str
    missing: int = 0
    told: tuple[Stretch, ...] = ()

    def claim(self, covers: Interval) -> TrackerClaim:
        """What a receipt that rests on it has to say."""
        return TrackerClaim(
            device=self.device,
            first=self.first,
            last=self.last,
            missing=self.missing,
            covers=covers,
            gaps=tuple(_gaps(self.told, covers)),
        )


def told_on_the_way(
    rides: Sequence[Ride], batch: Batch, readings: ReadingsClaim, digest: str
) -> tuple[Ride, ...]:
    """The rides after one record more, the one that told last behind the others.

    `digest` is that of the batch. One that does not name the batch before it, or comes a second
    time, tells nothing that a receipt could rest on.
    """
    before = next((one for one in rides if one.device == batch.device), None)
    if before is None:
        after = Ride(batch.device, batch.n, batch.n, digest)
    elif not _follows(batch, before):
        return tuple(rides)
    else:
        left_out = batch.n - before.last - 1
        after = replace(before, last=batch.n, digest=digest, missing=before.missing + left_out)
    told = _with(after.told, _stretches(batch.device, readings))
    others = [one for one in rides if one is not before]
    return (*others, replace(after, told=told))[-RIDES_MAX:]


def prove_cited(cited: TrackerClaim, rides: Iterable[Ride], covers: Interval) -> None:
    """That a receipt says what the records say. Raises RuleBroken.

    Codes: TRACKER_NOT_ALONG, TRACKER_TOLD_OTHERWISE.
    """
    ride = next((one for one in rides if one.device == cited.device), None)
    if ride is None:
        message = f"Nothing that {cited.device} told was signed for these goods on their way."
        raise RuleBroken("R15", "TRACKER_NOT_ALONG", message)
    if cited != ride.claim(covers):
        message = f"What {cited.device} told of this journey is not what the receipt says of it."
        raise RuleBroken("R15", "TRACKER_TOLD_OTHERWISE", message)


def _follows(batch: Batch, before: Ride) -> bool:
    """Whether it comes later and names the one before it, unless that is left out."""
    if batch.n == before.last + 1:
        return batch.previous == before.digest
    return batch.n > before.last


def _stretches(device: str, readings: ReadingsClaim) -> list[Stretch]:
    """The time that a record tells of without a gap: all that it covers, or nothing.

    Where in it a gap lies is not signed.
    """
    if readings.state is ClaimedState.DATA_GAP:
        return []
    own = (one.interval_s for one in readings.series if one.device == device)
    return [Stretch(readings.covers, max(own))]


def _with(told: Iterable[Stretch], new: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """All stretches in order, joined where no gap lies between them; of too many the last ones."""
    found: list[Stretch] = []
    for one in sorted((*told, *new), key=lambda stretch: stretch.told):
        joined = found[-1].joined(one) if found else None
        if joined is None:
            found.append(one)
        else:
            found[-1] = joined
    return tuple(found[-STRETCHES_MAX:])


def _gaps(told: Iterable[Stretch], covers: Interval) -> Iterable[Interval]:
    """What of the time no stretch tells of, but for one interval at its ends (C9)."""
    open_, slack_s = covers.start, 0
    for one in told:
        if one.told.end < covers.start or one.told.start > covers.end:
            continue
        slack_s = one.interval_s
        if _seconds(open_, one.told.start) > slack_s:
            yield Interval(open_, one.told.start)
        open_ = one.told.end
    if _seconds(open_, covers.end) > slack_s:
        yield Interval(open_, covers.end)


def _seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()
