"""R14: nothing is replaced; who signed an entry adds a correction to it."""

from datetime import timedelta

import pytest

from supplychain.domain.custody import State
from supplychain.domain.errors import RuleBroken
from supplychain.domain.parties import Party
from supplychain.domain.statements import (
    Correction,
    HoldLift,
    HoldPlace,
    RecallClass,
    RecallIssue,
    RecallLift,
)
from tests.people import (
    LIAR,
    MAKER,
    PHARMACY,
    REGULATOR,
    WHOLESALER,
)
from tests.supplychain.domain.lot_story import (
    DAY_ONE,
    HOUR,
    LotStory,
    entry_id,
)
from tests.supplychain.domain.rules.breaking import code_of, receipt_of, refuse, ship_of


def refusal(story: LotStory, signer: Party, entry: str) -> tuple[str, str]:
    with pytest.raises(RuleBroken) as refused:
        story.tell(signer, Correction(entry, "It was box 7"))
    return refused.value.rule, refused.value.code


RECALL = RecallIssue(RecallClass.I, "Wrong label")


def test_a_correction_changes_nothing() -> None:
    story = LotStory.born()
    shipped = story.ship(MAKER, WHOLESALER, 40)
    before = story.state
    story.tell(MAKER, Correction(shipped, "It was box 7"))
    assert story.state == before


@pytest.mark.parametrize("other", [WHOLESALER, REGULATOR, LIAR])
def test_nobody_else_corrects_an_entry(other: Party) -> None:
    story = LotStory.born()
    shipped = story.ship(MAKER, WHOLESALER, 40)
    assert refusal(story, other, shipped) == ("R14", "NOT_YOUR_ENTRY")


def test_an_entry_that_is_not_there_is_not_corrected() -> None:
    assert refusal(LotStory.born(), MAKER, entry_id(99)) == ("R14", "ENTRY_UNKNOWN")


def test_a_correction_is_corrected_and_so_is_a_word_about_the_lot() -> None:
    story = LotStory.born()
    placed = story.tell(REGULATOR, HoldPlace("Complaint"))
    first = story.tell(REGULATOR, Correction(placed, "It was a question"))
    story.tell(REGULATOR, Correction(first, "It was a complaint after all"))


def test_a_correction_uses_nothing_up() -> None:
    story = LotStory.born()
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, Correction(entry_id(0), "Wrong"), story.stock(MAKER))
    assert (refused.value.rule, refused.value.code) == ("R11", "FLAG_CONSUMES")


def test_a_correction_is_not_dated_before_the_lot_was() -> None:
    story = LotStory.born()
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, Correction(entry_id(0), "Wrong"), at=story.clock - 2 * HOUR)
    assert (refused.value.rule, refused.value.code) == ("R14", "DATED_BEFORE_PARENT")


def test_a_pharmacy_corrects_its_own_receipt() -> None:
    story = LotStory.born()
    received = story.hand_over(MAKER, PHARMACY, 40)
    story.tell(PHARMACY, Correction(received, "Two boxes, not one"))


def test_a_receipt_is_not_dated_before_its_dispatch() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    statement = receipt_of(MAKER, WHOLESALER, 100, 0, 0)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    sent_at = story.state.outputs[transit].made_at
    late = story.act(WHOLESALER, statement, transit, at=sent_at - timedelta(seconds=1))
    assert refuse(story, late)[:2] == ("R14", "DATED_BEFORE_DISPATCH")
    story.play(story.act(WHOLESALER, statement, transit, at=sent_at))


def test_a_second_receipt_is_not_dated_before_the_first() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    story.receive(WHOLESALER, 95)
    rest = story.stock(WHOLESALER, State.IN_TRANSIT)
    statement = receipt_of(MAKER, WHOLESALER, 5, 0, 0)
    act = story.act(WHOLESALER, statement, rest, at=story.clock - HOUR - timedelta(seconds=1))
    assert refuse(story, act)[:2] == ("R14", "DATED_BEFORE_PARENT")


def test_goods_are_not_shipped_before_they_are_there() -> None:
    story = LotStory.born(100)
    statement = ship_of(MAKER, WHOLESALER, 100, 0)
    act = story.act(MAKER, statement, story.stock(MAKER), at=story.clock - 2 * HOUR)
    assert refuse(story, act)[:2] == ("R14", "DATED_BEFORE_PARENT")


def test_a_flag_is_not_dated_before_the_lots_birth() -> None:
    story = LotStory.born()
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, RECALL, at=DAY_ONE - timedelta(seconds=1))
    assert code_of(refused) == ("R14", "DATED_BEFORE_PARENT")


def test_a_hold_is_not_lifted_before_it_was_placed() -> None:
    story = LotStory.born()
    hold = story.hold()
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, HoldLift(hold, "Complaint settled"), at=DAY_ONE)
    assert code_of(refused) == ("R14", "DATED_BEFORE_PARENT")


def test_a_recall_is_not_lifted_before_it_was_issued() -> None:
    story = LotStory.born()
    recall = story.recall()
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, RecallLift(recall, "Settled"), at=story.clock - 1.5 * HOUR)
    assert (refused.value.rule, refused.value.code) == ("R14", "DATED_BEFORE_PARENT")
