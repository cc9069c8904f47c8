"""A vaccine thawed for a day too long, each leg in range by itself, and released by two people."""

from dataclasses import replace
from datetime import datetime, timedelta

from ledger.core.entry import Entry
from ledger.core.evidence import Evidence
from supplychain.domain.conditions import Reading, Series
from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.excursions import METHOD_2, as_conditions, judge
from supplychain.domain.outputs import State
from supplychain.domain.parties import Party
from supplychain.domain.profiles import profile
from supplychain.domain.statements import ConditionsRecord, QualityRelease
from tests.people import MAKER, PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import KEY, LotStory, birth
from tests.vectors.trade import Trade
from tests.vectors.world import MORNING, output

PROFILE = profile("ultra-cold-thawed-once/2")
DAY = timedelta(days=1)
THAWED = MORNING - 31 * DAY


def budget_used_up() -> Evidence:
    """Twenty days with the maker and eleven with the wholesaler, of a month in all."""
    trade, said = Trade(), birth()
    vaccine = replace(said.product, profile=PROFILE.id)
    born = trade.say(MAKER, replace(said, product=vaccine))
    kept = trade.say(MAKER, _kept(MAKER, THAWED, 20, "L-1"), output(born))
    shipped = trade.say(MAKER, LotStory.ship_of(MAKER, WHOLESALER, 100), output(kept))
    received = LotStory.receipt_of(MAKER, WHOLESALER, 100)
    arrived = trade.say(WHOLESALER, received, output(shipped))
    eleven = _kept(WHOLESALER, THAWED + 20 * DAY, 11, "L-2")
    spent = trade.say(WHOLESALER, eleven, output(arrived))
    released = trade.say(WHOLESALER, _decision(spent), output(spent))
    trade.say(WHOLESALER, LotStory.ship_of(WHOLESALER, PHARMACY, 100), output(released))
    trade.world.index()
    return trade.world.evidence(KEY.stream)


def _decision(spent: Entry) -> QualityRelease:
    return QualityRelease.of(
        holder=WHOLESALER.gln,
        quantity=100,
        state=State.HELD,
        entries=(spent.entry_id,),
        reason="Stable for 40 days once thawed: study 4711",
        decided_by="Quinn Ash",
        confirmed_by="Robin Elm",
    )


def _kept(party: Party, since: datetime, days: int, device: str) -> ConditionsRecord:
    """A reading every six hours, 5.0 and 5.1 °C in turn."""
    six = timedelta(hours=6)
    moments = [since + n * six for n in range(4 * days + 1)]
    rows = [Reading(int(at.timestamp()), 500 + 10 * (n % 2)) for n, at in enumerate(moments)]
    series = (Series.of(device, rows),)
    judgement = judge(series, PROFILE, (moments[0], moments[-1]), method=METHOD_2)
    said = ConditionsClaim.decode(as_conditions(series, PROFILE, judgement, METHOD_2))
    return ConditionsRecord.of(
        holder=party.gln, quantity=100, state=State.HELD, conditions=said, place="Fridge 2"
    )
