"""Two loggers that tell of one stay, and a lot that is born with a part of its budget used up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ledger.core.entry import Entry
from ledger.core.evidence import Evidence
from supplychain.domain.budget import Use
from supplychain.domain.conditions import Reading, Series
from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.excursions import as_conditions, judge
from supplychain.domain.identifiers import LotNumber
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import ConditionsRecord, LotRegister, QualityRelease
from supplychain.domain.tallies import Tally
from supplychain.domain.transform_statements import Origin, SourceClaim
from tests.people import MAKER, WHOLESALER
from tests.supplychain.domain.lot_story import GTIN, KEY, LotStory, birth
from tests.vectors.trade import Trade
from tests.vectors.trade_of_budget import PROFILE
from tests.vectors.world import MORNING, output

HOUR = timedelta(hours=1)
NIGHT = MORNING - 12 * HOUR
A_NIGHT_IN_THE_FREEZER = (-70, -70, -20, -20, -20, -20, -70, -70)
FILE = "f1" * 32
SOURCE = "5e" * 32


def two_loggers_and_one_stay() -> Evidence:
    """Of the first logger's file the hours before the night are left out (`cut`)."""
    trade = Trade()
    born = trade.say(MAKER, _vaccine())
    first = _series("L-1", NIGHT - 2 * HOUR, (-70, -70, *A_NIGHT_IN_THE_FREEZER), FILE)
    kept = trade.say(MAKER, _record(first.within(NIGHT + HOUR, None)), output(born))
    second = _series("L-2", NIGHT, A_NIGHT_IN_THE_FREEZER)
    again = trade.say(MAKER, _record(second), output(kept))
    trade.say(MAKER, LotStory.ship_of(MAKER, WHOLESALER, 100), output(again))
    trade.world.index()
    return trade.world.evidence(KEY.stream)


def born_with_a_budget() -> Evidence:
    """Made of a lot that was warm for three hours of four; then two more, and a decision."""
    trade = Trade()
    warm = Use("warm", 3 * 3600, NIGHT - 20 * HOUR, NIGHT - 18 * HOUR, 1)
    spent = Tally({"warm": warm}, above_s=3 * 3600, last=NIGHT - 12 * HOUR)
    older = SourceClaim(LotKey(GTIN, LotNumber("A0")), SOURCE, 100, spent)
    born = trade.say(MAKER, replace(_vaccine(), origin=Origin("OP-1", (older,))))
    too_warm = _record(_series("L-1", NIGHT, (-70, 20, -70)))
    waiting = trade.say(MAKER, too_warm, output(born))
    decided = trade.say(MAKER, _decision(waiting), output(waiting))
    trade.say(MAKER, LotStory.ship_of(MAKER, WHOLESALER, 100), output(decided))
    trade.world.index()
    return trade.world.evidence(KEY.stream)


def _vaccine() -> LotRegister:
    said = birth()
    return replace(said, product=replace(said.product, profile=PROFILE.id))


def _series(device: str, since: datetime, values: Sequence[int], file: str | None = None) -> Series:
    """A reading an hour."""
    times = [int((since + n * HOUR).timestamp()) for n in range(len(values))]
    rows = [Reading(at, 100 * value) for at, value in zip(times, values, strict=True)]
    return Series.of(device, rows, file=file)


def _record(series: Series) -> ConditionsRecord:
    judgement = judge((series,), PROFILE)
    said = ConditionsClaim.decode(as_conditions((series,), PROFILE, judgement))
    return ConditionsRecord.of(
        holder=MAKER.gln, quantity=100, state=State.HELD, conditions=said, place="Freezer 1"
    )


def _decision(waiting: Entry) -> QualityRelease:
    return QualityRelease.of(
        holder=MAKER.gln,
        quantity=100,
        state=State.HELD,
        entries=(waiting.entry_id,),
        reason="Stable for 8 hours at 25 °C: study 4712",
        decided_by="Quinn Ash",
    )
