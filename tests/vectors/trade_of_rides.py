"""A tracker rides along, and who receives the goods rests on what it told."""

from dataclasses import replace
from datetime import timedelta

from ledger.core.evidence import Evidence
from supplychain.domain.batches import Batch
from supplychain.domain.conditions_claim import ConditionsClaim, Interval
from supplychain.domain.outputs import State
from supplychain.domain.statements import ConditionsRecord, Receive
from supplychain.domain.tracker_claim import TrackerClaim
from tests.people import MAKER, WHOLESALER
from tests.supplychain.domain.lot_story import KEY, READINGS, LotStory, birth
from tests.vectors.trade import Trade
from tests.vectors.world import ORIGIN, output

MINUTE = timedelta(minutes=1)
FIRST = Batch("TRK-7", 1, "a1" * 32)
SECOND = Batch("TRK-7", 2, "a2" * 32, FIRST.digest(ORIGIN, str(MAKER.gln)))
THIRD = Batch("TRK-7", 3, "a3" * 32, SECOND.digest(ORIGIN, str(MAKER.gln)))


def rested_on_a_tracker() -> Evidence:
    """60 units arrive when all of their way is told; 40 later, when it is not, a batch missing."""
    trade = Trade()
    born = trade.say(MAKER, birth())
    sent = trade.say(MAKER, LotStory.ship_of(MAKER, WHOLESALER, 100), output(born))

    def minutes(start: int, end: int) -> Interval:
        return Interval(sent.statement.at + start * MINUTE, sent.statement.at + end * MINUTE)

    told = trade.say(MAKER, _record(FIRST, 100, minutes(0, 10)), output(sent))
    whole = TrackerClaim(device="TRK-7", first=1, last=1, covers=minutes(0, 20))
    received = trade.say(WHOLESALER, _receipt(60, 40, whole), output(told))
    told = trade.say(MAKER, _record(THIRD, 40, minutes(10, 20)), output(received, 1))
    gap = TrackerClaim(
        device="TRK-7",
        first=1,
        last=3,
        missing=1,
        covers=minutes(0, 40),
        gaps=(minutes(20, 40),),
    )
    trade.say(WHOLESALER, _receipt(40, 0, gap), output(told))
    trade.world.index()
    return trade.world.evidence(KEY.stream)


def _record(batch: Batch, quantity: int, told: Interval) -> ConditionsRecord:
    """A batch of two readings, ten minutes apart."""
    (one,) = READINGS.series
    series = replace(
        one,
        first=told.start,
        last=told.end,
        count=2,
        interval_s=600,
        root=batch.root,
        device=batch.device,
    )
    readings = replace(READINGS, covers=told, series=(series,))
    return ConditionsRecord.of(
        holder=MAKER.gln,
        quantity=quantity,
        state=State.IN_TRANSIT,
        conditions=ConditionsClaim(readings=readings),
        to=WHOLESALER.gln,
        batch=batch,
    )


def _receipt(accepted: int, missing: int, told: TrackerClaim) -> Receive:
    return Receive.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        accepted=accepted,
        damaged=0,
        missing=missing,
        shipment="S-1",
        conditions=ConditionsClaim(tracker=told),
    )
