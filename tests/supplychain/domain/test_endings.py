"""R10, final is final; R12, expired goods are not dispensed or shipped."""

from datetime import datetime, timedelta

import pytest

from supplychain.domain.custody import State
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.domain.outputs import FINAL, OutputClaim
from supplychain.domain.parties import Party
from supplychain.domain.statements import (
    Destroy,
    Dispense,
    Lose,
    LossKind,
    LotStatement,
    Receive,
    Ship,
    Void,
)
from tests.people import LIAR, MAKER, PHARMACY, SECOND_PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import EXPIRY, NONE_NEEDED, LotStory, entry_id


def story_at_the_pharmacy(quantity: int = 100) -> LotStory:
    story = LotStory.born(quantity)
    story.hand_over(MAKER, PHARMACY, quantity)
    return story


def code_of(refused: pytest.ExceptionInfo[RuleBroken]) -> tuple[str, str]:
    return refused.value.rule, refused.value.code


def test_a_pharmacy_dispenses_part_and_keeps_the_rest() -> None:
    story = story_at_the_pharmacy()
    story.dispense(PHARMACY, 30)
    assert story.balance() == {"dispensed": 30, "held": 70}
    story.dispense(PHARMACY, 70)
    assert story.balance() == {"dispensed": 100}


def test_r3_only_dispensers_dispense() -> None:
    story = LotStory.born()
    with pytest.raises(RuleBroken) as refused:
        story.dispense(MAKER, 1)
    assert code_of(refused) == ("R3", "ROLE_MISSING")


def test_r3_a_pharmacy_dispenses_only_what_it_holds() -> None:
    story = story_at_the_pharmacy()
    statement = Dispense.of(holder=SECOND_PHARMACY.gln, quantity=100, rest=0)
    with pytest.raises(RuleBroken) as refused:
        story.tell(SECOND_PHARMACY, statement, story.stock(PHARMACY))
    assert code_of(refused) == ("R3", "NOT_HOLDER")


def test_r3_what_is_quarantined_is_not_dispensed() -> None:
    story = LotStory.born()
    story.ship(MAKER, PHARMACY, 100)
    story.receive(PHARMACY, 0, 100)
    statement = Dispense.of(holder=PHARMACY.gln, quantity=100, rest=0)
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, statement, story.stock(PHARMACY, State.QUARANTINED))
    assert code_of(refused) == ("R3", "NOT_HELD")


def test_r3_dispensed_goods_are_booked_on_the_signer() -> None:
    story = story_at_the_pharmacy()
    statement = Dispense.of(holder=LIAR.gln, quantity=100, rest=0)
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, statement, story.stock(PHARMACY))
    assert code_of(refused) == ("R3", "HOLDER_WRONG")


def test_r4_dispensing_101_of_100_is_refused() -> None:
    story = story_at_the_pharmacy(100)
    statement = Dispense.of(holder=PHARMACY.gln, quantity=101, rest=0)
    with pytest.raises(RuleBroken, match="Accounted for 101 of 100") as refused:
        story.tell(PHARMACY, statement, story.stock(PHARMACY))
    assert code_of(refused) == ("R4", "MASS_IMBALANCE")


@pytest.mark.parametrize("state", [State.HELD, State.QUARANTINED])
def test_the_holder_destroys_stock_and_quarantined_goods(state: State) -> None:
    story = LotStory.born()
    story.ship(MAKER, PHARMACY, 100)
    story.receive(PHARMACY, 50, 50)
    story.destroy(PHARMACY, 20, state)
    assert story.balance()["destroyed"] == 20
    assert story.state.outputs[story.stock(PHARMACY, state)].quantity == 30


def test_r3_only_the_holder_destroys() -> None:
    story = LotStory.born()
    statement = Destroy.of(holder=LIAR.gln, quantity=100, rest=0, reason="Spite")
    with pytest.raises(RuleBroken) as refused:
        story.tell(LIAR, statement, story.stock(MAKER))
    assert code_of(refused) == ("R3", "NOT_HOLDER")


def test_r3_what_is_on_its_way_is_not_destroyed() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    statement = Destroy.of(holder=MAKER.gln, quantity=100, rest=0, reason="Fire")
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, statement, story.stock(WHOLESALER, State.IN_TRANSIT))
    assert code_of(refused) == ("R3", "NOT_HELD")


def test_r3_goods_of_different_states_are_destroyed_separately() -> None:
    story = LotStory.born()
    story.ship(MAKER, PHARMACY, 100)
    story.receive(PHARMACY, 50, 50)
    both = (story.stock(PHARMACY), story.stock(PHARMACY, State.QUARANTINED))
    statement = Destroy.of(holder=PHARMACY.gln, quantity=100, rest=0, reason="Fire")
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, statement, *both)
    assert code_of(refused) == ("R3", "STATES_MIXED")


def test_r4_destroying_a_part_does_not_free_the_rest_from_quarantine() -> None:
    story = LotStory.born()
    story.ship(MAKER, PHARMACY, 100)
    story.receive(PHARMACY, 0, 100)
    statement = Destroy.of(holder=PHARMACY.gln, quantity=1, rest=99, reason="Sample")
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, statement, story.stock(PHARMACY, State.QUARANTINED))
    assert code_of(refused) == ("R4", "REST_CHANGED")


def test_a_holder_reports_stock_as_lost() -> None:
    story = LotStory.born()
    story.lose(MAKER, 10)
    assert story.balance() == {"lost": 10, "held": 90}


def test_r3_only_the_holder_loses_stock() -> None:
    story = LotStory.born()
    statement = Lose.of(
        signer=LIAR.gln,
        holder=LIAR.gln,
        quantity=100,
        rest=0,
        kind=LossKind.LOST,
        reason="Nowhere",
    )
    with pytest.raises(RuleBroken) as refused:
        story.tell(LIAR, statement, story.stock(MAKER))
    assert code_of(refused) == ("R3", "NOT_HOLDER")


@pytest.mark.parametrize("signer", [MAKER, WHOLESALER])
def test_giver_or_receiver_reports_goods_stolen_on_the_way(signer: Party) -> None:
    story = LotStory.born()
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    story.lose_on_the_way(signer, WHOLESALER, 40)
    assert story.balance() == {"stolen": 40, "in_transit": 60}
    rest = story.state.outputs[story.stock(WHOLESALER, State.IN_TRANSIT)]
    assert (rest.dispatch, rest.holder) == (dispatch, MAKER.gln)
    story.receive(WHOLESALER, 60)


def test_r3_nobody_else_reports_goods_stolen_on_the_way() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    with pytest.raises(RuleBroken) as refused:
        story.lose_on_the_way(LIAR, WHOLESALER, 100)
    assert code_of(refused) == ("R3", "NOT_HOLDER")


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


def test_r4_a_loss_on_the_way_balances() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, lost(49, to=WHOLESALER.gln), story.stock(WHOLESALER, State.IN_TRANSIT))
    assert code_of(refused) == ("R4", "MASS_IMBALANCE")


def test_r4_a_loss_on_the_way_does_not_bring_the_rest_home() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, lost(50), story.stock(WHOLESALER, State.IN_TRANSIT))
    assert code_of(refused) == ("R4", "REST_CHANGED")


def test_r3_a_loss_on_the_way_is_booked_on_the_signer() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    statement = lost(50, LIAR, WHOLESALER.gln)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, statement, story.stock(WHOLESALER, State.IN_TRANSIT))
    assert code_of(refused) == ("R3", "HOLDER_WRONG")


def test_r5_a_loss_on_the_way_closes_one_dispatch() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 50)
    first = story.stock(WHOLESALER, State.IN_TRANSIT)
    story.ship(MAKER, WHOLESALER, 50)
    second = story.stock(WHOLESALER, State.IN_TRANSIT)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, lost(50, to=WHOLESALER.gln), first, second)
    assert code_of(refused) == ("R5", "ONE_DISPATCH")


def endings(final: State) -> LotStory:
    """A story in which all of the pharmacy's goods end in this state."""
    story = story_at_the_pharmacy()
    match final:
        case State.DISPENSED:
            story.dispense(PHARMACY, 100)
        case State.DESTROYED:
            story.destroy(PHARMACY, 100)
        case _:
            story.lose(PHARMACY, 100, LossKind(final))
    return story


@pytest.mark.parametrize("final", [State.DISPENSED, State.DESTROYED, State.LOST, State.STOLEN])
@pytest.mark.parametrize(
    "statement",
    [
        Dispense.of(holder=PHARMACY.gln, quantity=100, rest=0),
        Destroy.of(holder=PHARMACY.gln, quantity=100, rest=0, reason="Again"),
        Ship.of(
            giver=PHARMACY.gln,
            receiver=WHOLESALER.gln,
            quantity=100,
            rest=0,
            shipment="S-2",
            conditions=NONE_NEEDED,
        ),
        Receive.of(
            giver=PHARMACY.gln,
            receiver=PHARMACY.gln,
            accepted=100,
            damaged=0,
            missing=0,
            shipment="S-2",
            conditions=NONE_NEEDED,
        ),
        Void.of(giver=PHARMACY.gln, dispatch=entry_id(1), quantity=100, reason="Undo"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_r10_final_is_final(final: State, statement: LotStatement) -> None:
    story = endings(final)
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, statement, story.stock(PHARMACY, final))
    assert code_of(refused) == ("R10", "FINAL_IS_FINAL")
    assert refused.value.conflict


def test_r10_just_these_states_are_final() -> None:
    open_states = {State.HELD, State.IN_TRANSIT, State.QUARANTINED, State.RETURNED}
    assert {state for state in State if state.final} == FINAL == set(State) - open_states


ENDS = EXPIRY.ends


@pytest.mark.parametrize(("at", "good"), [(ENDS - timedelta(seconds=1), True), (ENDS, False)])
def test_r12_goods_are_dispensed_until_the_last_instant_of_their_day(
    at: datetime, *, good: bool
) -> None:
    story = story_at_the_pharmacy()
    if good:
        story.dispense(PHARMACY, 1, at=at)
        return
    with pytest.raises(RuleBroken) as refused:
        story.dispense(PHARMACY, 1, at=at)
    assert code_of(refused) == ("R12", "EXPIRED")


def test_r12_expired_goods_are_not_shipped() -> None:
    story = LotStory.born()
    with pytest.raises(RuleBroken) as refused:
        story.ship(MAKER, WHOLESALER, 1, at=ENDS)
    assert code_of(refused) == ("R12", "EXPIRED")


def test_r12_goods_that_expired_on_the_way_are_received_into_quarantine_only() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    with pytest.raises(RuleBroken) as refused:
        story.receive(WHOLESALER, 99, 1, at=ENDS)
    assert code_of(refused) == ("R12", "EXPIRED")
    story.receive(WHOLESALER, 0, 100, at=ENDS)
    assert story.balance() == {"quarantined": 100}


def test_r12_expired_goods_are_destroyed() -> None:
    story = LotStory.born()
    story.clock = ENDS
    story.destroy(MAKER, 100)
    assert story.balance() == {"destroyed": 100}


HELD = OutputClaim(State.HELD, PHARMACY.gln, 1)
DISPENSED = OutputClaim(State.DISPENSED, PHARMACY.gln, 1)
STOLEN = OutputClaim(State.STOLEN, PHARMACY.gln, 1)


@pytest.mark.parametrize(
    "outputs", [(), (HELD,), (HELD, DISPENSED), (DISPENSED, DISPENSED), (DISPENSED, HELD, HELD)]
)
def test_outputs_of_an_ending_stand_in_their_order(outputs: tuple[OutputClaim, ...]) -> None:
    with pytest.raises(Invalid) as invalid:
        Dispense(outputs)
    assert invalid.value.code == "OUTPUTS_WRONG"


def test_a_loss_is_of_the_kind_that_its_output_says() -> None:
    with pytest.raises(Invalid) as invalid:
        Lose(LossKind.LOST, "Nowhere", (STOLEN,))
    assert invalid.value.code == "OUTPUTS_WRONG"
