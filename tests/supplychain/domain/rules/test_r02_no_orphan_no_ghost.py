"""R2: all but a birth refers to what is born and not final, and uses it once."""

import pytest

from ledger.core.links import OutputRef
from supplychain.domain.errors import RuleBroken
from supplychain.domain.statements import (
    HoldLift,
    HoldPlace,
    RecallClass,
    RecallIssue,
)
from tests.people import (
    MAKER,
    PHARMACY,
    REGULATOR,
    WHOLESALER,
)
from tests.supplychain.domain.lot_story import (
    LotStory,
    entry_id,
)
from tests.supplychain.domain.rules.breaking import broken, code_of, refuse, ship_of

RECALL = RecallIssue(RecallClass.I, "Wrong label")


HOLD = HoldPlace("Complaint under study")


def test_goods_of_a_lot_that_was_never_born_do_not_move() -> None:
    story = LotStory()
    act = story.act(MAKER, ship_of(MAKER, WHOLESALER, 1, 0), OutputRef(entry_id(7), 0))
    assert refuse(story, act)[:2] == ("R2", "NOT_BORN")


def test_goods_that_move_come_from_somewhere() -> None:
    story = LotStory.born()
    assert broken(story, MAKER, ship_of(MAKER, WHOLESALER, 1, 0)) == ("R2", "CONSUMES_NOTHING")


def test_an_output_that_is_not_there_is_unknown() -> None:
    story = LotStory.born()
    ghost = OutputRef(entry_id(99), 0)
    statement = ship_of(MAKER, WHOLESALER, 1, 0)
    assert broken(story, MAKER, statement, ghost) == ("R2", "OUTPUT_UNKNOWN")


def test_an_output_is_used_once() -> None:
    story = LotStory.born()
    stock = story.stock(MAKER)
    story.ship(MAKER, WHOLESALER, 100)
    again = ship_of(MAKER, PHARMACY, 100, 0)
    assert broken(story, MAKER, again, stock) == ("R2", "OUTPUT_UNKNOWN")


def test_an_output_counts_once_in_one_act() -> None:
    story = LotStory.born()
    stock = story.stock(MAKER)
    twice = ship_of(MAKER, WHOLESALER, 200, 0)
    assert broken(story, MAKER, twice, stock, stock) == ("R2", "OUTPUT_TWICE")


@pytest.mark.parametrize("statement", [RECALL, HOLD, HoldLift(entry_id(1), "Why not")])
def test_a_lot_that_was_never_born_is_not_flagged(
    statement: RecallIssue | HoldPlace | HoldLift,
) -> None:
    with pytest.raises(RuleBroken) as refused:
        LotStory().tell(REGULATOR, statement)
    assert code_of(refused) == ("R2", "NOT_BORN")
