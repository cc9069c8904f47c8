"""R6: 103 against 100: 100 are accepted, 3 set aside until the giver admits exactly those."""

from dataclasses import replace
from datetime import timedelta

import pytest

from supplychain.domain.custody import State
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.histories import replay_all
from supplychain.domain.outputs import OutputClaim, Over
from supplychain.domain.packs import PackSet
from supplychain.domain.parties import Party
from supplychain.domain.standing import scope
from supplychain.domain.statements import LotStatement, Receive, Surplus, committed
from tests.people import LIAR, MAKER, PHARMACY, REGULATOR, WHOLESALER
from tests.supplychain.domain.lot_story import EXPIRY, HOUR, NONE_NEEDED, LotStory, entry_id

SECOND = timedelta(seconds=1)


def three_too_many() -> tuple[LotStory, str]:
    """The maker said 100 of 200, and sent 103."""
    story = LotStory.born(200)
    story.ship(MAKER, WHOLESALER, 100)
    return story, story.receive(WHOLESALER, 100, over=Over(3))


def broken(story: LotStory, statement: LotStatement, signer: Party = MAKER) -> RuleBroken:
    before = story.state
    with pytest.raises(RuleBroken) as refused:
        story.tell(signer, statement, story.stock(MAKER))
    assert story.state is before
    return refused.value


def refusal(story: LotStory, statement: LotStatement, signer: Party = MAKER) -> tuple[str, str]:
    found = broken(story, statement, signer)
    return found.rule, found.code


def surplus(receipt: str, quantity: int = 3, rest: int = 97) -> Surplus:
    return Surplus.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        quantity=quantity,
        rest=rest,
        receipt=receipt,
        reason="Miscounted",
    )


def test_what_came_too_much_is_no_stock_and_no_unit_is_counted_twice() -> None:
    story, receipt = three_too_many()
    assert story.balance() == {"held": 200}
    assert story.state.outputs[story.stock(WHOLESALER)].quantity == 100
    assert story.state.exceeding[receipt].over == Over(3)


def test_the_giver_admits_it_and_it_is_stock() -> None:
    story, receipt = three_too_many()
    story.admit(MAKER, WHOLESALER, 3, receipt)
    assert story.balance() == {"held": 200}
    taken = story.state.outputs[story.stock(WHOLESALER)]
    assert (taken.quantity, taken.way) == (3, (frozenset({MAKER.gln}),))
    assert story.state.outputs[story.stock(MAKER)].quantity == 97
    assert story.state.exceeding == {}
    story.send_back(WHOLESALER, MAKER, 3)


def test_it_is_admitted_once() -> None:
    story, receipt = three_too_many()
    story.admit(MAKER, WHOLESALER, 3, receipt)
    again = broken(story, surplus(receipt, 3, 94))
    assert (again.rule, again.code, again.conflict) == ("R6", "OVER_UNKNOWN", True)


def test_it_is_admitted_in_the_second_of_the_receipt_at_the_earliest() -> None:
    story, receipt = three_too_many()
    received = story.acts[-1].at
    earlier = story.act(MAKER, surplus(receipt), story.stock(MAKER), at=received - SECOND)
    with pytest.raises(RuleBroken) as refused:
        story.play(earlier)
    assert (refused.value.rule, refused.value.code) == ("R14", "DATED_BEFORE_PARENT")
    story.tell(MAKER, surplus(receipt), story.stock(MAKER), at=received)
    assert story.state.exceeding == {}


def test_what_was_not_too_much_is_not_admitted() -> None:
    story = LotStory.born(200)
    story.ship(MAKER, WHOLESALER, 100)
    receipt = story.receive(WHOLESALER, 100)
    assert refusal(story, surplus(receipt)) == ("R6", "OVER_UNKNOWN")
    assert refusal(story, surplus(entry_id(99))) == ("R6", "OVER_UNKNOWN")


@pytest.mark.parametrize(("quantity", "rest"), [(2, 98), (4, 96)])
def test_just_so_many_are_admitted(quantity: int, rest: int) -> None:
    story, receipt = three_too_many()
    assert refusal(story, surplus(receipt, quantity, rest)) == ("R6", "OVER_DIFFERS")


def test_just_those_packs_are_admitted() -> None:
    story = LotStory.born(200, packs="aa" * 32)
    ref = story.stock(MAKER)
    ship = LotStory.ship_of(MAKER, WHOLESALER, 100, 100)
    story.tell(MAKER, with_packs(ship, "bb", "cc"), ref)
    sent = story.stock(WHOLESALER, State.IN_TRANSIT)
    receipt = LotStory.receipt_of(MAKER, WHOLESALER, 100, over=Over(3, "dd" * 32))
    received = story.tell(WHOLESALER, with_packs(receipt, "bb"), sent)
    other = with_packs(surplus(received), "ee", "ff")
    assert refusal(story, other) == ("R6", "OVER_DIFFERS")
    story.tell(MAKER, with_packs(surplus(received), "dd", "ff"), story.stock(MAKER))


def test_of_packs_some_may_be_missing_where_others_are_too_many() -> None:
    story = LotStory.born(200, packs="aa" * 32)
    ship = LotStory.ship_of(MAKER, WHOLESALER, 100, 100)
    story.tell(MAKER, with_packs(ship, "bb", "cc"), story.stock(MAKER))
    receipt = Receive.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        accepted=90,
        damaged=0,
        missing=10,
        shipment="S-1",
        conditions=NONE_NEEDED,
        over=Over(3, "dd" * 32),
    )
    sent = story.stock(WHOLESALER, State.IN_TRANSIT)
    received = story.tell(WHOLESALER, with_packs(receipt, "ee", "ff"), sent)
    assert story.state.exceeding[received].over == Over(3, "dd" * 32)


def with_packs(statement: LotStatement, *roots: str) -> LotStatement:
    return committed(statement, [PackSet(root * 32, 0) for root in roots])


def test_only_the_giver_of_that_dispatch_admits_it() -> None:
    story, receipt = three_too_many()
    story.hand_over(MAKER, PHARMACY, 10)
    said = Surplus.of(
        giver=PHARMACY.gln,
        receiver=WHOLESALER.gln,
        quantity=3,
        rest=7,
        receipt=receipt,
        reason="Mine",
    )
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, said, story.stock(PHARMACY))
    assert (refused.value.rule, refused.value.code) == ("R6", "NOT_THE_GIVER")
    assert refusal(story, surplus(receipt, 3, 87), LIAR) == ("R3", "NOT_HOLDER")


def test_it_goes_to_the_receiver_and_the_rest_stays() -> None:
    story, receipt = three_too_many()
    said = surplus(receipt)
    gift = OutputClaim(State.HELD, LIAR.gln, 3)
    assert refusal(story, replace(said, outputs=(gift, said.outputs[1]))) == ("R3", "HOLDER_WRONG")
    rest = OutputClaim(State.HELD, LIAR.gln, 97)
    assert refusal(story, replace(said, outputs=(said.outputs[0], rest))) == ("R3", "HOLDER_WRONG")
    assert refusal(story, surplus(receipt, 3, 98)) == ("R4", "MASS_IMBALANCE")


def test_what_is_no_longer_there_is_not_admitted() -> None:
    story, receipt = three_too_many()
    story.ship(MAKER, PHARMACY, 100)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, surplus(receipt, 3, 97), story.stock(PHARMACY, State.IN_TRANSIT))
    assert (refused.value.rule, refused.value.code) == ("R3", "NOT_HELD")


def test_unfit_goods_are_admitted_into_quarantine_only() -> None:
    story, receipt = three_too_many()
    story.recall(REGULATOR)
    assert refusal(story, surplus(receipt)) == ("R11", "RECALLED")
    story.admit(MAKER, WHOLESALER, 3, receipt, state=State.QUARANTINED)
    assert story.balance() == {"held": 197, "quarantined": 3}


def test_expired_goods_are_not_admitted_as_stock() -> None:
    story, receipt = three_too_many()
    story.clock = EXPIRY.ends
    assert refusal(story, surplus(receipt)) == ("R12", "EXPIRED")


def test_it_is_not_admitted_before_it_was_found() -> None:
    story, receipt = three_too_many()
    with pytest.raises(RuleBroken) as refused:
        story.admit(MAKER, WHOLESALER, 3, receipt, at=story.clock - 1.5 * HOUR)
    assert (refused.value.rule, refused.value.code) == ("R14", "DATED_BEFORE_PARENT")


def test_units_without_serials_are_not_missing_and_too_many_at_once() -> None:
    story = LotStory.born(200)
    story.ship(MAKER, WHOLESALER, 100)
    with pytest.raises(RuleBroken) as refused:
        story.receive(WHOLESALER, 95, over=Over(3))
    assert (refused.value.rule, refused.value.code) == ("R6", "OVER_AND_SHORT")


def test_what_is_too_much_has_serials_where_the_lot_has() -> None:
    story = LotStory.born(200)
    story.ship(MAKER, WHOLESALER, 100)
    with pytest.raises(RuleBroken) as refused:
        story.receive(WHOLESALER, 100, over=Over(3, "dd" * 32))
    assert (refused.value.rule, refused.value.code) == ("R6", "OVER_UNLIKE")


def test_an_open_question_is_told_to_both_and_to_nobody_else() -> None:
    story, receipt = three_too_many()
    story.hand_over(MAKER, PHARMACY, 10)
    history = replay_all(story.acts)
    told = {party: scope(history, party).over for party in (MAKER, WHOLESALER, PHARMACY, None)}
    assert told == {MAKER: True, WHOLESALER: True, PHARMACY: False, None: True}
    story.admit(MAKER, WHOLESALER, 3, receipt)
    assert not scope(replay_all(story.acts), WHOLESALER).over


@pytest.mark.parametrize("states", [(), (State.RETURNED,), (State.HELD, State.QUARANTINED)])
def test_outputs_of_a_surplus_stand_in_their_order(states: tuple[State, ...]) -> None:
    outputs = tuple(OutputClaim(state, MAKER.gln, 1) for state in states)
    with pytest.raises(Invalid) as invalid:
        Surplus(entry_id(1), "Miscounted", outputs)
    assert invalid.value.code == "OUTPUTS_WRONG"
