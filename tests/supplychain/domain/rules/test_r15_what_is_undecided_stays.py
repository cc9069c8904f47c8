"""R15: goods whose temperature waits for a decision go on to nobody until it is decided."""

from dataclasses import replace
from datetime import timedelta

import pytest

from supplychain.domain.conditions_claim import (
    ClaimedState,
    ConditionsClaim,
    Interval,
)
from supplychain.domain.conditions_judged import Judged
from supplychain.domain.histories import replay_all
from supplychain.domain.outputs import State
from supplychain.domain.packs import PackSet
from supplychain.domain.parties import Party
from supplychain.domain.standing import scope
from supplychain.domain.statements import (
    ConditionsRecord,
    Decommission,
    Destroy,
    Dispense,
    Export,
    QualityRelease,
    Quarantine,
    Release,
    Sample,
    Transform,
    TransformKind,
)
from supplychain.domain.transform_statements import Into
from tests.people import CARRIER, MAKER, PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import (
    DAY_ONE,
    JUDGED,
    KEY,
    LOGGER_MISSING,
    READINGS,
    LotStory,
    entry_id,
)
from tests.supplychain.domain.rules.breaking import broken, receipt_of, ship_of

UNDECIDED = ("R15", "TEMPERATURE_UNDECIDED")


def said(state: str, judged: Judged | None = JUDGED) -> ConditionsClaim:
    """Conditions with readings that were judged so; None: by the first method."""
    readings = replace(READINGS, state=ClaimedState(state), judged=judged)
    return ConditionsClaim(readings=readings)


def arrived(state: str = "EXCURSION", judged: Judged | None = JUDGED) -> LotStory:
    """100 units are with the wholesaler, after a journey that was judged so."""
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    story.receive(WHOLESALER, 100, conditions=said(state, judged))
    return story


def record(story: LotStory, party: Party, state: str, *, kept: State = State.HELD) -> str:
    ref = story.stock(party, kept)
    units = story.state.outputs[ref].quantity
    statement = ConditionsRecord.of(
        holder=party.gln, quantity=units, state=kept, conditions=said(state), place="Fridge 2"
    )
    return story.tell(party, statement, ref)


def decision(story: LotStory, party: Party, *entries: str) -> QualityRelease:
    units = story.state.outputs[story.stock(party)].quantity
    return QualityRelease.of(
        holder=party.gln,
        quantity=units,
        state=State.HELD,
        entries=entries,
        reason="Stable for days",
    )


@pytest.mark.parametrize("state", ["REVIEW", "EXCURSION", "FREEZE"])
def test_what_waits_for_a_decision_is_neither_shipped_nor_used(state: str) -> None:
    story = arrived(state)
    goods = story.stock(WHOLESALER)
    assert broken(story, WHOLESALER, ship_of(WHOLESALER, PHARMACY, 100, 0), goods) == UNDECIDED
    export = Export.of(holder=WHOLESALER.gln, quantity=100, rest=0, reason="To Norway")
    assert broken(story, WHOLESALER, export, goods) == UNDECIDED


def test_what_waits_for_a_decision_is_not_dispensed() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, PHARMACY, 100)
    story.receive(PHARMACY, 100, conditions=said("EXCURSION"))
    dispense = Dispense.of(holder=PHARMACY.gln, quantity=1, rest=99)
    assert broken(story, PHARMACY, dispense, story.stock(PHARMACY)) == UNDECIDED


def test_what_waits_for_a_decision_is_not_made_into_another_lot() -> None:
    story = LotStory.born(100)
    record(story, MAKER, "FREEZE")
    into = Into(replace(KEY, lot=type(KEY.lot)("NEW")), 100, 100)
    statement = Transform.of(
        holder=MAKER.gln,
        operation="OP",
        kind=TransformKind.RELABEL,
        reason="R",
        into=(into,),
        lost=0,
        rest=0,
    )
    assert broken(story, MAKER, statement, story.stock(MAKER)) == UNDECIDED


@pytest.mark.parametrize("state", ["IN_RANGE", "DATA_GAP"])
def test_readings_that_ask_nothing_hold_nothing_up(state: str) -> None:
    story = arrived(state)
    story.hand_over(WHOLESALER, PHARMACY, 100)


def test_what_was_judged_by_the_first_method_holds_nothing_up() -> None:
    story = arrived("EXCURSION", None)
    story.hand_over(WHOLESALER, PHARMACY, 100)


@pytest.mark.parametrize("kind", [Destroy, Sample, Decommission, Quarantine])
def test_what_waits_may_be_set_aside_or_end(kind: type[Quarantine]) -> None:
    story = arrived()
    story.change(kind, WHOLESALER, 40)


def test_what_waits_may_go_back_and_waits_there() -> None:
    story = arrived()
    story.send_back(WHOLESALER, MAKER, 100)
    story.receive(MAKER, 100)
    returned = story.state.outputs[story.stock(MAKER, State.RETURNED)]
    assert returned.questions == {entry_id(2)}


def test_the_question_stays_with_every_part_of_the_goods() -> None:
    story = arrived()
    story.change(Quarantine, WHOLESALER, 40)
    assert {out.questions for out in story.state.outputs.values()} == {frozenset({entry_id(2)})}
    story.change(Release, WHOLESALER, 40, State.QUARANTINED)
    goods = story.stock(WHOLESALER)
    assert broken(story, WHOLESALER, ship_of(WHOLESALER, PHARMACY, 40, 0), goods) == UNDECIDED


def test_goods_that_did_not_travel_along_are_free() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 60)
    story.receive(WHOLESALER, 60, conditions=said("EXCURSION"))
    story.hand_over(MAKER, PHARMACY, 40)


def test_a_dispatch_after_an_excursion_in_stock_is_received_and_waits() -> None:
    story = LotStory.born(100)
    shipped = story.ship(MAKER, WHOLESALER, 100, conditions=said("EXCURSION"))
    story.receive(WHOLESALER, 100)
    assert story.state.outputs[story.stock(WHOLESALER)].questions == {shipped}


def test_a_decision_lets_go_on_what_it_was_made_for() -> None:
    story = arrived()
    question = entry_id(2)
    story.tell(WHOLESALER, decision(story, WHOLESALER, question), story.stock(WHOLESALER))
    story.hand_over(WHOLESALER, PHARMACY, 100)
    found = scope(replay_all(story.acts), PHARMACY)
    assert found.decided == {question}
    assert question in found.legs


def test_each_question_is_decided_by_itself() -> None:
    story = arrived()
    stay = record(story, WHOLESALER, "REVIEW")
    journey = entry_id(2)
    story.tell(WHOLESALER, decision(story, WHOLESALER, stay), story.stock(WHOLESALER))
    goods = story.stock(WHOLESALER)
    assert story.state.outputs[goods].questions == {journey}
    assert broken(story, WHOLESALER, ship_of(WHOLESALER, PHARMACY, 1, 99), goods) == UNDECIDED
    assert scope(replay_all(story.acts), WHOLESALER).decided == {stay}


def test_a_decision_about_a_part_is_none_about_the_rest() -> None:
    story = arrived()
    story.change(Quarantine, WHOLESALER, 40)
    story.tell(WHOLESALER, decision(story, WHOLESALER, entry_id(2)), story.stock(WHOLESALER))
    assert scope(replay_all(story.acts), WHOLESALER).decided == frozenset()
    assert scope(replay_all(story.acts), None).decided == frozenset()


def test_nothing_is_decided_that_was_not_asked() -> None:
    story = arrived()
    statement = decision(story, WHOLESALER, entry_id(1))
    goods = story.stock(WHOLESALER)
    assert broken(story, WHOLESALER, statement, goods) == ("R15", "NOTHING_TO_DECIDE")


def test_only_the_holder_decides_and_no_carrier() -> None:
    story = arrived()
    statement = decision(story, WHOLESALER, entry_id(2))
    goods = story.stock(WHOLESALER)
    assert broken(story, MAKER, statement, goods) == ("R3", "NOT_HOLDER")
    story = LotStory.born(100)
    story.ship(MAKER, CARRIER, 100)
    story.receive(CARRIER, 100, conditions=said("EXCURSION"))
    statement = decision(story, CARRIER, entry_id(2))
    assert broken(story, CARRIER, statement, story.stock(CARRIER)) == ("R3", "ROLE_MISSING")


def test_a_recalled_lot_is_not_released() -> None:
    story = arrived()
    story.recall()
    statement = decision(story, WHOLESALER, entry_id(2))
    assert broken(story, WHOLESALER, statement, story.stock(WHOLESALER)) == ("R11", "RECALLED")


@pytest.mark.parametrize("kept", [State.QUARANTINED, State.RETURNED])
def test_a_decision_moves_nothing(kept: State) -> None:
    story = arrived()
    statement = decision(story, WHOLESALER, entry_id(2))
    moved = replace(statement, outputs=(replace(statement.outputs[0], state=kept),))
    assert broken(story, WHOLESALER, moved, story.stock(WHOLESALER)) == ("R4", "REST_CHANGED")


def test_a_record_or_a_decision_is_about_all_of_the_goods_and_the_same_packs() -> None:
    story = LotStory.born(100, packs="ab" * 32)
    readings = said("IN_RANGE")
    less = ConditionsRecord.of(holder=MAKER.gln, quantity=99, state=State.HELD, conditions=readings)
    with_packs = replace(less.outputs[0], packs=PackSet("ab" * 32, 99).root)
    less = replace(less, outputs=(with_packs,))
    assert broken(story, MAKER, less, story.stock(MAKER)) == ("R4", "MASS_IMBALANCE")
    others = replace(less, outputs=(replace(with_packs, quantity=100, packs="cd" * 32),))
    assert broken(story, MAKER, others, story.stock(MAKER)) == ("R4", "PACKS_DISAGREE")


def test_a_record_is_made_by_who_has_the_goods_and_stays_with_them() -> None:
    story = LotStory.born(100)
    statement = ConditionsRecord.of(
        holder=MAKER.gln, quantity=100, state=State.HELD, conditions=said("IN_RANGE")
    )
    goods = story.stock(MAKER)
    assert broken(story, WHOLESALER, statement, goods) == ("R3", "NOT_HOLDER")
    given = replace(statement.outputs[0], holder=WHOLESALER.gln)
    away = replace(statement, outputs=(given,))
    assert broken(story, MAKER, away, goods) == ("R3", "HOLDER_WRONG")
    kept = record(story, MAKER, "IN_RANGE")
    story.hand_over(MAKER, WHOLESALER, 100)
    assert kept in scope(replay_all(story.acts), WHOLESALER).legs


def test_goods_on_their_way_are_not_recorded_as_kept() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    statement = ConditionsRecord.of(
        holder=MAKER.gln, quantity=100, state=State.HELD, conditions=said("IN_RANGE")
    )
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, MAKER, statement, transit) == ("R4", "REST_CHANGED")


def on_the_way(quantity: int, state: str = "IN_RANGE") -> ConditionsRecord:
    return ConditionsRecord.of(
        holder=MAKER.gln,
        quantity=quantity,
        state=State.IN_TRANSIT,
        conditions=said(state),
        to=WHOLESALER.gln,
    )


def test_goods_on_the_way_are_recorded_by_their_giver_and_stay_on_the_same_way() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    before = story.state.outputs[transit]
    assert broken(story, WHOLESALER, on_the_way(100), transit) == ("R3", "NOT_HOLDER")
    other = replace(on_the_way(100).outputs[0], to=PHARMACY.gln)
    turned = replace(on_the_way(100), outputs=(other,))
    assert broken(story, MAKER, turned, transit) == ("R5", "RECEIVER_CHANGED")
    told = story.tell(MAKER, on_the_way(100, "EXCURSION"), transit)
    after = story.state.outputs[story.stock(WHOLESALER, State.IN_TRANSIT)]
    assert after == replace(before, made_at=after.made_at, questions=frozenset({told}))
    assert after.dispatch == dispatch
    story.receive(WHOLESALER, 100, conditions=LOGGER_MISSING)
    (held,) = story.state.outputs.values()
    assert (held.holder, held.questions) == (WHOLESALER.gln, frozenset({told}))


def test_a_record_on_the_way_is_of_one_dispatch() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 40)
    first = story.stock(WHOLESALER, State.IN_TRANSIT)
    story.ship(MAKER, WHOLESALER, 60)
    second = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, MAKER, on_the_way(100), first, second) == ("R5", "ONE_DISPATCH")


def test_nobody_decides_about_goods_on_the_way() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 40, conditions=said("EXCURSION"))
    statement = decision(story, MAKER, entry_id(1))
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, MAKER, statement, transit) == ("R3", "NOT_HELD")


def test_what_was_missing_stays_missing_whatever_is_recorded_of_it() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    story.receive(WHOLESALER, 60, missing=40)
    for _ in range(2):
        story.tell(MAKER, on_the_way(40), story.stock(WHOLESALER, State.IN_TRANSIT))
        assert scope(replay_all(story.acts), WHOLESALER).short_receipt


def test_readings_speak_of_no_time_to_come() -> None:
    story = LotStory.born(100)
    readings = said("IN_RANGE").readings
    assert readings is not None
    ahead = replace(readings, covers=Interval(DAY_ONE, story.clock + timedelta(seconds=1)))
    statement = ConditionsRecord.of(
        holder=MAKER.gln,
        quantity=100,
        state=State.HELD,
        conditions=ConditionsClaim(readings=ahead),
    )
    assert broken(story, MAKER, statement, story.stock(MAKER)) == ("R15", "COVERS_AHEAD")
    now = replace(readings, covers=Interval(DAY_ONE, story.clock))
    statement = replace(statement, readings=now)
    story.tell(MAKER, statement, story.stock(MAKER))


def test_a_receipt_of_undecided_goods_is_never_refused() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100, conditions=said("FREEZE"))
    statement = receipt_of(MAKER, WHOLESALER, 60, 10, 30)
    story.tell(WHOLESALER, statement, story.stock(WHOLESALER, State.IN_TRANSIT))
    assert all(out.questions == {entry_id(1)} for out in story.state.outputs.values())
