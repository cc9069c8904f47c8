"""R4: what goes in comes out or is declared; nobody is below zero."""

import pytest

from supplychain.domain.containers import Container
from supplychain.domain.custody import State
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.domain.outputs import Over
from supplychain.domain.packing_statements import Contents
from supplychain.domain.packs import PackSet
from supplychain.domain.parties import Party
from supplychain.domain.statements import (
    Aggregate,
    Destroy,
    Disaggregate,
    Dispense,
    Lose,
    LossKind,
    Surplus,
    Undo,
    Void,
    committed,
)
from tests.people import (
    MAKER,
    PHARMACY,
    WHOLESALER,
)
from tests.supplychain.domain.lot_story import (
    LotStory,
)
from tests.supplychain.domain.rules.breaking import broken, code_of, receipt_of, refuse, ship_of


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


def test_shipping_101_of_100_is_refused() -> None:
    story = LotStory.born(100)
    act = story.act(MAKER, ship_of(MAKER, WHOLESALER, 101, 0), story.stock(MAKER))
    assert refuse(story, act) == ("R4", "MASS_IMBALANCE", "Shipped 101 of 100.")


@pytest.mark.parametrize("rest", [0, 59, 61])
def test_what_is_shipped_and_kept_is_what_was_held(rest: int) -> None:
    story = LotStory.born(100)
    statement = ship_of(MAKER, WHOLESALER, 40, rest)
    assert broken(story, MAKER, statement, story.stock(MAKER)) == ("R4", "MASS_IMBALANCE")


def test_receiving_103_of_100_is_refused() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    statement = receipt_of(MAKER, WHOLESALER, 103, 0, 0)
    act = story.act(WHOLESALER, statement, story.stock(WHOLESALER, State.IN_TRANSIT))
    expected = "Received and missing 103 of 100: must be the same."
    assert refuse(story, act) == ("R4", "MASS_IMBALANCE", expected)


def test_a_shortage_is_declared_not_dropped() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    statement = receipt_of(MAKER, WHOLESALER, 95, 0, 0)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, WHOLESALER, statement, transit) == ("R4", "MASS_IMBALANCE")


def test_a_void_brings_back_neither_more_nor_less() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 40)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    for quantity in (39, 41):
        statement = Void.of(
            giver=MAKER.gln, dispatch=dispatch, quantity=quantity, reason="Wrong address"
        )
        assert broken(story, MAKER, statement, transit) == ("R4", "MASS_IMBALANCE")


def test_dispensing_101_of_100_is_refused() -> None:
    story = story_at_the_pharmacy(100)
    statement = Dispense.of(holder=PHARMACY.gln, quantity=101, rest=0)
    with pytest.raises(RuleBroken, match="Accounted for 101 of 100") as refused:
        story.tell(PHARMACY, statement, story.stock(PHARMACY))
    assert code_of(refused) == ("R4", "MASS_IMBALANCE")


def test_destroying_a_part_does_not_free_the_rest_from_quarantine() -> None:
    story = LotStory.born()
    story.ship(MAKER, PHARMACY, 100)
    story.receive(PHARMACY, 0, 100)
    statement = Destroy.of(holder=PHARMACY.gln, quantity=1, rest=99, reason="Sample")
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, statement, story.stock(PHARMACY, State.QUARANTINED))
    assert code_of(refused) == ("R4", "REST_CHANGED")


def test_a_loss_on_the_way_balances() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, lost(49, to=WHOLESALER.gln), story.stock(WHOLESALER, State.IN_TRANSIT))
    assert code_of(refused) == ("R4", "MASS_IMBALANCE")


def test_a_loss_on_the_way_does_not_bring_the_rest_home() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, lost(50), story.stock(WHOLESALER, State.IN_TRANSIT))
    assert code_of(refused) == ("R4", "REST_CHANGED")


@pytest.mark.parametrize(("quantity", "rest"), [(40, 0), (40, 59), (40, 61), (101, 0)])
def test_what_is_undone_and_left_is_what_had_ended(quantity: int, rest: int) -> None:
    story = story_at_the_pharmacy()
    story.dispense(PHARMACY, 100)
    statement = Undo.of(holder=PHARMACY.gln, quantity=quantity, rest=rest, reason="Not so")
    ended = story.stock(PHARMACY, State.DISPENSED)
    assert broken(story, PHARMACY, statement, ended) == ("R4", "MASS_IMBALANCE")


@pytest.mark.parametrize("rest", [0, 96, 98, 100])
def test_what_is_admitted_comes_out_of_the_givers_stock(rest: int) -> None:
    story = LotStory.born(200)
    story.ship(MAKER, WHOLESALER, 100)
    statement = Surplus.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        quantity=3,
        rest=rest,
        receipt=story.receive(WHOLESALER, 100, over=Over(3)),
        reason="Miscounted",
    )
    assert broken(story, MAKER, statement, story.stock(MAKER)) == ("R4", "MASS_IMBALANCE")


@pytest.mark.parametrize("kind", [Aggregate, Disaggregate])
@pytest.mark.parametrize("quantity", [9, 11])
def test_packing_makes_and_loses_nothing(
    kind: type[Aggregate] | type[Disaggregate], quantity: int
) -> None:
    root = "ab" * 32
    story = LotStory.born(10, packs=root)
    case = Contents(Container("00/106141412345678908"), root, 5)
    said = kind.of(holder=MAKER.gln, quantity=quantity, containers=(case,))
    statement = committed(said, [PackSet(root, quantity)])
    assert broken(story, MAKER, statement, story.stock(MAKER)) == ("R4", "MASS_IMBALANCE")
