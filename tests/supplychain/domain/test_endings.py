"""Goods that come to an end; what breaks a rule is told in `rules`."""

import pytest

from supplychain.domain.custody import State
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln
from supplychain.domain.outputs import OutputClaim
from supplychain.domain.parties import Party
from supplychain.domain.statements import (
    Dispense,
    Lose,
    LossKind,
)
from tests.people import MAKER, PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import LotStory


def story_at_the_pharmacy(quantity: int = 100) -> LotStory:
    story = LotStory.born(quantity)
    story.hand_over(MAKER, PHARMACY, quantity)
    return story


def lost(rest: int, signer: Party = MAKER, to: Gln | None = None) -> Lose:
    return Lose.of(
        signer=signer.gln,
        holder=MAKER.gln,
        quantity=50,
        rest=rest,
        kind=LossKind.LOST,
        reason="Nowhere",
        to=to,
    )


HELD = OutputClaim(State.HELD, PHARMACY.gln, 1)


DISPENSED = OutputClaim(State.DISPENSED, PHARMACY.gln, 1)


STOLEN = OutputClaim(State.STOLEN, PHARMACY.gln, 1)


def test_a_pharmacy_dispenses_part_and_keeps_the_rest() -> None:
    story = story_at_the_pharmacy()
    story.dispense(PHARMACY, 30)
    assert story.balance() == {"dispensed": 30, "held": 70}
    story.dispense(PHARMACY, 70)
    assert story.balance() == {"dispensed": 100}


@pytest.mark.parametrize("state", [State.HELD, State.QUARANTINED])
def test_the_holder_destroys_stock_and_quarantined_goods(state: State) -> None:
    story = LotStory.born()
    story.ship(MAKER, PHARMACY, 100)
    story.receive(PHARMACY, 50, 50)
    story.destroy(PHARMACY, 20, state)
    assert story.balance()["destroyed"] == 20
    assert story.state.outputs[story.stock(PHARMACY, state)].quantity == 30


def test_a_holder_reports_stock_as_lost() -> None:
    story = LotStory.born()
    story.lose(MAKER, 10)
    assert story.balance() == {"lost": 10, "held": 90}


@pytest.mark.parametrize("signer", [MAKER, WHOLESALER])
def test_giver_or_receiver_reports_goods_stolen_on_the_way(signer: Party) -> None:
    story = LotStory.born()
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    story.lose_on_the_way(signer, WHOLESALER, 40)
    assert story.balance() == {"stolen": 40, "in_transit": 60}
    rest = story.state.outputs[story.stock(WHOLESALER, State.IN_TRANSIT)]
    assert (rest.dispatch, rest.holder) == (dispatch, MAKER.gln)
    story.receive(WHOLESALER, 60)


@pytest.mark.parametrize(
    "outputs",
    [
        (),
        (HELD,),
        (HELD, DISPENSED),
        (DISPENSED, DISPENSED),
        (DISPENSED, DISPENSED, HELD),
        (DISPENSED, HELD, HELD, HELD),
    ],
)
def test_outputs_of_an_ending_stand_in_their_order(outputs: tuple[OutputClaim, ...]) -> None:
    with pytest.raises(Invalid) as invalid:
        Dispense(outputs)
    assert invalid.value.code == "OUTPUTS_WRONG"


def test_a_loss_is_of_the_kind_that_its_output_says() -> None:
    with pytest.raises(Invalid) as invalid:
        Lose(LossKind.LOST, "Nowhere", (STOLEN,))
    assert invalid.value.code == "OUTPUTS_WRONG"
