"""A lot that got too warm, waited, and was released by quality."""

from dataclasses import replace
from datetime import timedelta

from ledger.core.evidence import Evidence
from supplychain.domain.conditions_claim import ClaimedState, ConditionsClaim, Interval
from supplychain.domain.outputs import State
from supplychain.domain.statements import ConditionsRecord, QualityRelease
from tests.people import MAKER, WHOLESALER
from tests.supplychain.domain.lot_story import KEY, READINGS, LotStory, birth
from tests.vectors.trade import Trade
from tests.vectors.world import MORNING, output

DAWN = MORNING - timedelta(hours=1)


def every_statement_about_temperature() -> Evidence:
    """100 units kept well, sent, received too warm, and released."""
    trade = Trade()
    born = trade.say(MAKER, birth())
    kept = trade.say(MAKER, _kept("IN_RANGE"), output(born))
    shipped = trade.say(MAKER, LotStory.ship_of(MAKER, WHOLESALER, 100), output(kept))
    received = LotStory.receipt_of(MAKER, WHOLESALER, 100)
    warm = replace(received, conditions=_said("EXCURSION"))
    arrived = trade.say(WHOLESALER, warm, output(shipped))
    decision = QualityRelease.of(
        holder=WHOLESALER.gln,
        quantity=100,
        state=State.HELD,
        entries=(arrived.entry_id,),
        reason="Stable for 48 hours at 25 °C: study 4711",
        decided_by="Quinn Ash",
    )
    trade.say(WHOLESALER, decision, output(arrived))
    trade.world.index()
    return trade.world.evidence(KEY.stream)


def _kept(state: str) -> ConditionsRecord:
    return ConditionsRecord.of(
        holder=MAKER.gln, quantity=100, state=State.HELD, conditions=_said(state), place="Fridge 2"
    )


def _said(state: str) -> ConditionsClaim:
    (one,) = READINGS.series
    at_dawn = replace(one, first=DAWN, last=DAWN)
    covers = Interval(DAWN, DAWN)
    return ConditionsClaim(
        readings=replace(READINGS, state=ClaimedState(state), covers=covers, series=(at_dawn,))
    )
