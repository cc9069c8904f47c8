"""Hand-offs that go as they should; what breaks a rule is told in `rules`."""

from supplychain.domain.custody import State
from supplychain.domain.errors import RuleBroken
from tests.people import (
    MAKER,
    PHARMACY,
    WHOLESALER,
)
from tests.supplychain.domain.lot_story import (
    LotStory,
)
from tests.supplychain.domain.rules.breaking import ship_of


def test_a_hand_off_takes_goods_from_the_giver_to_the_receiver() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 40)
    sent = story.state.outputs[story.stock(WHOLESALER, State.IN_TRANSIT)]
    assert (sent.holder, sent.to, sent.dispatch) == (MAKER.gln, WHOLESALER.gln, dispatch)
    assert story.balance() == {"in_transit": 40, "held": 60}

    story.receive(WHOLESALER, 40)
    assert story.balance() == {"held": 100}
    assert story.state.outputs[story.stock(WHOLESALER)].quantity == 40


def test_all_of_an_output_may_be_shipped_and_several_at_once() -> None:
    story = LotStory.born(100)
    story.hand_over(MAKER, WHOLESALER, 30)
    first = story.stock(WHOLESALER)
    story.hand_over(MAKER, WHOLESALER, 20)
    second = story.stock(WHOLESALER)
    story.tell(WHOLESALER, ship_of(WHOLESALER, PHARMACY, 50, 0), first, second)
    assert story.balance() == {"held": 50, "in_transit": 50}


def test_a_refusal_reads_as_a_sentence() -> None:
    refused = RuleBroken("R4", "MASS_IMBALANCE", "Shipped 101 of 100.", conflict=True)
    assert (str(refused), refused.conflict) == ("Shipped 101 of 100.", True)
