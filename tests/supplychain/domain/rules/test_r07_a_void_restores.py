"""R7: the giver alone voids what is unreceived, once, and has it as it was before."""

from dataclasses import replace

import pytest

from supplychain.domain.custody import State
from supplychain.domain.outputs import OutputClaim
from supplychain.domain.parties import Party
from supplychain.domain.statements import Void
from tests.people import (
    LIAR,
    MAKER,
    PHARMACY,
    WHOLESALER,
)
from tests.supplychain.domain.lot_story import (
    LotStory,
)
from tests.supplychain.domain.rules.breaking import broken


def test_a_void_restores_what_was_sent() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    story.void(MAKER, WHOLESALER)
    assert story.balance() == {"held": 100}
    story.ship(MAKER, PHARMACY, 100)


def test_some_is_taken_back_and_the_rest_goes_on() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    void = some_of(dispatch, 30, 70)
    story.tell(MAKER, void, story.stock(WHOLESALER, State.IN_TRANSIT))
    assert story.balance() == {"held": 30, "in_transit": 70}
    sent = story.state.outputs[story.stock(WHOLESALER, State.IN_TRANSIT)]
    assert (sent.holder, sent.to, sent.dispatch) == (MAKER.gln, WHOLESALER.gln, dispatch)
    story.receive(WHOLESALER, 70)
    assert story.balance() == {"held": 100}


def some_of(dispatch: str, quantity: int, rest: int, to: Party = WHOLESALER) -> Void:
    return Void.of(
        giver=MAKER.gln, dispatch=dispatch, quantity=quantity, reason="Some", rest=rest, to=to.gln
    )


def test_what_goes_on_goes_to_whom_it_was_sent_and_nothing_is_gained() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    for void, code in (
        (some_of(dispatch, 30, 70, PHARMACY), ("R5", "RECEIVER_CHANGED")),
        (some_of(dispatch, 30, 71), ("R4", "MASS_IMBALANCE")),
        (some_of(dispatch, 100, 1), ("R4", "MASS_IMBALANCE")),
    ):
        assert broken(story, MAKER, void, transit) == code
    held = replace(some_of(dispatch, 30, 70), outputs=(OutputClaim(State.HELD, MAKER.gln, 30),))
    assert broken(story, MAKER, held, transit) == ("R4", "MASS_IMBALANCE")


@pytest.mark.parametrize("impostor", [WHOLESALER, LIAR])
def test_only_the_giver_voids(impostor: Party) -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    statement = Void.of(giver=impostor.gln, dispatch=dispatch, quantity=100, reason="Mine")
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, impostor, statement, transit) == ("R7", "NOT_GIVER")


def test_a_void_cites_the_dispatch_that_it_voids() -> None:
    story = LotStory.born(100)
    other = story.ship(MAKER, WHOLESALER, 50)
    story.ship(MAKER, PHARMACY, 50)
    statement = Void.of(giver=MAKER.gln, dispatch=other, quantity=50, reason="Wrong address")
    transit = story.stock(PHARMACY, State.IN_TRANSIT)
    assert broken(story, MAKER, statement, transit) == ("R7", "WRONG_DISPATCH")


def test_what_was_received_is_not_voided() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    story.receive(WHOLESALER, 100)
    statement = Void.of(giver=MAKER.gln, dispatch=dispatch, quantity=100, reason="Regret")
    stock = story.stock(WHOLESALER)
    assert broken(story, MAKER, statement, stock) == ("R3", "NOT_IN_TRANSIT")


def test_a_dispatch_is_voided_once() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    story.void(MAKER, WHOLESALER)
    again = Void.of(giver=MAKER.gln, dispatch=dispatch, quantity=100, reason="Once more")
    assert broken(story, MAKER, again, transit) == ("R2", "OUTPUT_UNKNOWN")


def test_the_giver_takes_back_for_itself() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    statement = Void.of(giver=LIAR.gln, dispatch=dispatch, quantity=100, reason="To a friend")
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, MAKER, statement, transit) == ("R3", "HOLDER_WRONG")
