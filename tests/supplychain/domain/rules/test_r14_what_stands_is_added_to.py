"""R14: nothing is replaced; who signed an entry adds a correction to it."""

import pytest

from supplychain.domain.errors import RuleBroken
from supplychain.domain.parties import Party
from supplychain.domain.statements import Correction, HoldPlace
from tests.people import LIAR, MAKER, PHARMACY, REGULATOR, WHOLESALER
from tests.supplychain.domain.lot_story import HOUR, LotStory, entry_id


def refusal(story: LotStory, signer: Party, entry: str) -> tuple[str, str]:
    with pytest.raises(RuleBroken) as refused:
        story.tell(signer, Correction(entry, "It was box 7"))
    return refused.value.rule, refused.value.code


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
