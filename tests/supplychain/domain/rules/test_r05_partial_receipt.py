"""R5: what is missing of a delivery stays on its way, and is nobody's stock."""

from dataclasses import replace

import pytest

from supplychain.domain.custody import State
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.domain.outputs import OutputClaim
from supplychain.domain.parties import Party
from supplychain.domain.statements import (
    Lose,
    LossKind,
)
from tests.people import (
    LIAR,
    MAKER,
    WHOLESALER,
)
from tests.supplychain.domain.lot_story import (
    LotStory,
)
from tests.supplychain.domain.rules.breaking import broken, code_of, receipt_of


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


def test_a_partial_receipt_leaves_the_rest_on_its_way() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    story.receive(WHOLESALER, 90, 5)
    assert story.balance() == {"held": 90, "quarantined": 5, "in_transit": 5}
    rest = story.state.outputs[story.stock(WHOLESALER, State.IN_TRANSIT)]
    assert (rest.holder, rest.to, rest.dispatch) == (MAKER.gln, WHOLESALER.gln, dispatch)
    assert rest.dispatched_at is not None
    assert rest.dispatched_at < rest.made_at

    story.receive(WHOLESALER, 2)
    story.void(MAKER, WHOLESALER)
    assert story.balance() == {"held": 95, "quarantined": 5}
    assert story.state.outputs[story.stock(MAKER)].quantity == 3


def test_one_receipt_closes_one_dispatch() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 50)
    first = story.stock(WHOLESALER, State.IN_TRANSIT)
    story.ship(MAKER, WHOLESALER, 50)
    second = story.stock(WHOLESALER, State.IN_TRANSIT)
    statement = receipt_of(MAKER, WHOLESALER, 100, 0, 0)
    assert broken(story, WHOLESALER, statement, first, second) == ("R5", "ONE_DISPATCH")


def test_what_is_missing_stays_sent_to_the_same_receiver() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    honest = receipt_of(MAKER, WHOLESALER, 95, 0, 5)
    diverted = OutputClaim(State.IN_TRANSIT, MAKER.gln, 5, LIAR.gln)
    statement = replace(honest, outputs=(honest.outputs[0], diverted))
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, WHOLESALER, statement, transit) == ("R5", "RECEIVER_CHANGED")


def test_what_is_missing_stays_the_givers() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    statement = receipt_of(LIAR, WHOLESALER, 95, 0, 5)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, WHOLESALER, statement, transit) == ("R3", "HOLDER_WRONG")


def test_a_loss_on_the_way_closes_one_dispatch() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 50)
    first = story.stock(WHOLESALER, State.IN_TRANSIT)
    story.ship(MAKER, WHOLESALER, 50)
    second = story.stock(WHOLESALER, State.IN_TRANSIT)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, lost(50, to=WHOLESALER.gln), first, second)
    assert code_of(refused) == ("R5", "ONE_DISPATCH")
