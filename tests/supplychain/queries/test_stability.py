"""The stability budget follows goods over their owners, and each part of a split has its own."""

from datetime import timedelta

from supplychain.domain.facts import LegState
from supplychain.domain.identifiers import Gln
from supplychain.domain.statements import Receive, Ship
from supplychain.queries.chains import chain_of
from supplychain.queries.readings import legs_of
from supplychain.recording.conditions import ConditionsInput
from supplychain.web.leg_page import one_leg
from tests.stages import HEALS, HEALS_TOO, MAKES, SELLS, Stage, a_lot, readings

VACCINE = "00614141000036"
LOT = a_lot("V1", VACCINE)


def logged(stage: Stage, centi_c: int) -> ConditionsInput:
    return readings(stage.now - timedelta(hours=2), stage.now, centi_c)


def test_a_second_stay_in_the_freezer_is_an_excursion_of_the_part_that_had_it(stage: Stage) -> None:
    stage.catalogue(VACCINE, "Vaccine", "ultra-cold-thawed-once/2")
    stage.register(LOT, 10)
    stage.ship(MAKES, LOT, 10, SELLS, logged(stage, -2000))
    stage.receive(SELLS, LOT, 10, conditions=logged(stage, -7000))
    stage.later(timedelta(days=1))
    stage.ship(SELLS, LOT, 6, HEALS_TOO, logged(stage, -7000))
    stage.ship(SELLS, LOT, 4, HEALS, logged(stage, -2000))
    stage.log()
    chain = chain_of(LOT, stage.now)
    legs = legs_of(chain, set(chain.history.acts))
    made, received, cold, again = legs
    assert all(leg.judgement is not None for leg in legs)
    assert {leg.judgement.state for leg in legs if leg.judgement} == {"IN_RANGE"}
    assert [made.state, received.state, cold.state] == [LegState.IN_RANGE] * 3
    assert again.state is LegState.EXCURSION
    alone = one_leg(chain, again.act.entry_id)
    assert alone is not None
    assert (alone.state, alone.totals["freezer"]) == (LegState.EXCURSION, again.totals["freezer"])
    assert isinstance(again.act.statement, Ship)
    assert again.act.statement.to == Gln(HEALS)


def test_a_receipt_says_that_its_readings_are_of_a_transport(stage: Stage) -> None:
    stage.catalogue(VACCINE, "Vaccine", "ultra-cold-thawed-once/2")
    stage.register(LOT, 10)
    stage.ship(MAKES, LOT, 10, SELLS, logged(stage, -7000))
    stage.receive(SELLS, LOT, 10, conditions=logged(stage, 500))
    stage.log()
    chain = chain_of(LOT, stage.now)
    (sent, received) = (one.statement for one in list(chain.history.acts.values())[1:])
    assert isinstance(sent, Ship)
    assert isinstance(received, Receive)
    assert "activity" not in sent.conditions.as_json()
    assert received.conditions.as_json()["activity"] == "transport"
    _, leg = legs_of(chain, set(chain.history.acts))
    assert leg.judgement is not None
    assert [one.band for one in leg.judgement.used] == ["thawed", "transport"]
