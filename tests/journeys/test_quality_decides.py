"""Goods were too warm on the way: they wait, quality decides, and it is told for ever."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Serial
from supplychain.domain.outputs import State
from supplychain.domain.verdicts import VerdictCode
from supplychain.queries.chains import chain_of
from supplychain.queries.questions import waiting_with
from supplychain.queries.scans import ScanResult
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.submissions import Recorded
from supplychain.services.dispense_units import dispense_units
from supplychain.services.quarantine_units import quarantine_units
from supplychain.services.record_conditions import record_conditions
from supplychain.services.release_quality import release_quality
from supplychain.services.verify_scan import verify_scan
from supplychain.web.verdict_page import fact_of
from tests.stages import HEALS, INSULIN, MAKES, SELLS, Stage, a_lot, readings, serials

LOT = a_lot("Q1", INSULIN)
PACKS = serials(*range(20))
A_DAY = timedelta(days=1)


def scan(stage: Stage, asking: str | None, serial: Serial | None = None) -> ScanResult:
    stage.log()
    pack = f"(21){serial}" if serial else ""
    return verify_scan(scanned=f"(01){INSULIN}(10)Q1{pack}", at=stage.later(), asking=asking)


def cool(stage: Stage) -> ConditionsInput:
    """Readings of a logger that is always at five degrees, an hour before and after now."""
    return readings(stage.now - timedelta(hours=1), stage.now + timedelta(minutes=9), 500)


def hand_over(stage: Stage, giver: str, receiver: str, quantity: int, *centi_c: int) -> Recorded:
    """From hand to hand, at these temperatures on the way."""
    stage.ship(giver, LOT, quantity, receiver, cool(stage))
    journey = readings(stage.now, stage.now + timedelta(minutes=1), *centi_c)
    stage.later(timedelta(minutes=10))
    return stage.receive(receiver, LOT, quantity, conditions=journey)


def decide(stage: Stage, party: str, state: State = State.HELD) -> Recorded:
    return release_quality(
        party=party,
        lot=LOT,
        reason="Stable for 48 hours at 25 °C",
        decided_by="Quinn Ash",
        at=stage.later(),
        nonce=stage.nonce(),
        salt=stage.nonce(),
        state=state,
    )


@pytest.fixture(params=[False, True], ids=["units", "packs"])
def warm(stage: Stage, request: pytest.FixtureRequest) -> Stage:
    """Twenty packs came to the wholesaler at 9.5 °C."""
    stage.register(LOT, 20, packs=PACKS if request.param else None)
    hand_over(stage, MAKES, SELLS, 20, 950)
    return stage


def test_goods_that_were_too_warm_wait_until_quality_decides(warm: Stage) -> None:
    stopped = scan(warm, SELLS)
    assert stopped.verdict.codes == ("TEMPERATURE_EXCURSION",)
    assert [(str(one.lot.key.lot), one.units) for one in waiting_with(SELLS)] == [("Q1", 20)]
    with pytest.raises(RuleBroken) as refused:
        hand_over(warm, SELLS, HEALS, 20, 500)
    assert refused.value.code == "TEMPERATURE_UNDECIDED"
    decide(warm, SELLS)
    assert waiting_with(SELLS) == []
    released = scan(warm, SELLS)
    assert (released.verdict.code, released.verdict.codes) == (
        VerdictCode.CAUTION,
        ("RELEASED_BY_QA",),
    )
    hand_over(warm, SELLS, HEALS, 20, 500)
    at_the_pharmacy = scan(warm, HEALS)
    assert at_the_pharmacy.verdict.codes == ("RELEASED_BY_QA",)
    words = fact_of(at_the_pharmacy.verdict.reasons[0], at_the_pharmacy)
    assert "9.5 °C" in words
    assert "Stable for 48 hours at 25 °C" in words


def test_nothing_is_decided_twice(warm: Stage) -> None:
    decide(warm, SELLS)
    with pytest.raises(RuleBroken) as refused:
        decide(warm, SELLS)
    assert refused.value.code == "NOTHING_TO_DECIDE"


def test_a_decision_sent_again_is_the_same_entry(warm: Stage) -> None:
    decision = partial(
        release_quality,
        party=SELLS,
        lot=LOT,
        reason="Stable",
        decided_by="Quinn Ash",
        at=warm.later(),
        nonce=warm.nonce(),
        salt=warm.nonce(),
    )
    first, again = decision(), decision()
    assert (again.entry_id, again.known) == (first.entry_id, True)


def test_what_goes_on_is_chosen_from_goods_without_a_question(stage: Stage) -> None:
    stage.register(LOT, 20)
    hand_over(stage, MAKES, HEALS, 10, 950)
    hand_over(stage, MAKES, HEALS, 10, 500)
    dispense = partial(dispense_units, party=HEALS, lot=LOT, at=stage.later())
    dispense(quantity=10, nonce=stage.nonce())
    with pytest.raises(RuleBroken) as refused:
        dispense(quantity=1, nonce=stage.nonce())
    assert refused.value.code == "TEMPERATURE_UNDECIDED"


def test_each_pack_is_told_of_its_own_way(stage: Stage) -> None:
    stage.register(LOT, 20, packs=PACKS)
    hand_over(stage, MAKES, SELLS, 20, 950)
    quarantine_units(
        party=SELLS,
        lot=LOT,
        quantity=5,
        reason="Top layer",
        at=stage.later(),
        nonce=stage.nonce(),
        packs=PACKS[:5],
    )
    decide(stage, SELLS)
    assert scan(stage, SELLS, PACKS[9]).verdict.codes == ("RELEASED_BY_QA",)
    assert set(scan(stage, SELLS, PACKS[0]).verdict.codes) == {
        "QUARANTINED",
        "TEMPERATURE_EXCURSION",
    }
    whole = scan(stage, None)
    assert "TEMPERATURE_EXCURSION" in whole.verdict.codes
    decide(stage, SELLS, State.QUARANTINED)
    assert set(scan(stage, SELLS, PACKS[0]).verdict.codes) == {"QUARANTINED", "RELEASED_BY_QA"}


def stay(stage: Stage, party: str, *centi_c: int) -> Recorded:
    """A day in the fridge, at these temperatures."""
    since, until = stage.now, stage.later(A_DAY)
    return record_conditions(
        party=party,
        lot=LOT,
        conditions=readings(since, until, *centi_c),
        covers=(since, until),
        at=stage.later(timedelta(minutes=30)),
        nonce=stage.nonce(),
        place="Fridge 2",
    )


@pytest.mark.parametrize("packs", [None, PACKS])
def test_a_stay_is_part_of_the_story_of_just_these_goods(
    stage: Stage, packs: tuple[Serial, ...] | None
) -> None:
    stage.register(LOT, 20, packs=packs)
    stage.ship(MAKES, LOT, 8, SELLS, cool(stage), packs=packs and packs[:8])
    journey = readings(stage.now, stage.later(timedelta(minutes=10)), 500)
    stage.receive(SELLS, LOT, 8, conditions=journey)
    kept = stay(stage, MAKES, 500, 300, 600)
    hand_over(stage, MAKES, HEALS, 12, 500)
    result = scan(stage, HEALS)
    assert result.verdict.code is VerdictCode.OK
    assert kept.entry_id in {leg.act.entry_id for leg in result.legs}
    assert kept.entry_id not in {leg.act.entry_id for leg in scan(stage, SELLS).legs}
    if packs:
        assert scan(stage, HEALS, packs[9]).verdict.code is VerdictCode.OK


def test_a_warm_night_in_the_fridge_holds_the_goods(stage: Stage) -> None:
    stage.register(LOT, 20)
    stay(stage, MAKES, 500, 500, 1100)
    with pytest.raises(RuleBroken) as refused:
        hand_over(stage, MAKES, HEALS, 12, 500)
    assert refused.value.code == "TEMPERATURE_UNDECIDED"


def test_readings_that_do_not_cover_the_stay_are_a_gap(stage: Stage) -> None:
    stage.register(LOT, 20)
    since, until = stage.now, stage.later(A_DAY)
    record_conditions(
        party=MAKES,
        lot=LOT,
        conditions=readings(since, until - timedelta(hours=6), 500),
        covers=(since, until),
        at=stage.later(),
        nonce=stage.nonce(),
    )
    assert scan(stage, MAKES).verdict.codes == ("TEMPERATURE_GAP",)


def test_the_whole_story_is_in_the_evidence(warm: Stage) -> None:
    decide(warm, SELLS)
    warm.log()
    chain = chain_of(LOT, warm.now, asking=SELLS)
    assert (chain.errors, chain.broken) == ((), ())
    types = [act.statement.type for act in chain.history.acts.values()]
    assert types[-1] == "quality.release"


def test_readings_of_a_logger_that_was_not_calibrated_are_weaker(stage: Stage) -> None:
    stage.register(LOT, 20)
    stage.ship(MAKES, LOT, 20, HEALS, cool(stage))
    (series,) = readings(stage.now, stage.later(timedelta(minutes=10)), 500).series
    old = replace(series, calibrated=stage.now.date() - timedelta(days=400))
    stage.receive(HEALS, LOT, 20, conditions=ConditionsInput(series=(old,)))
    found = scan(stage, HEALS)
    assert (found.verdict.code, found.verdict.codes) == (
        VerdictCode.CAUTION,
        ("LOGGER_IN_DOUBT",),
    )
    assert "more than 365 days before" in fact_of(found.verdict.reasons[0], found)
