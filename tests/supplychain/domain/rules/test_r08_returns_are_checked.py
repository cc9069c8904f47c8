"""R8: goods go back to whom they came from, and are no stock again before they are checked."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from supplychain.domain.custody import State
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.identifiers import LotNumber
from supplychain.domain.lots import Printed
from supplychain.domain.outputs import WAY_MAX, OutputClaim
from supplychain.domain.parties import Party
from supplychain.domain.statements import (
    Decommission,
    Destroy,
    Quarantine,
    Receive,
    Release,
    Return,
    Sample,
    Void,
)
from supplychain.domain.stock_statements import Reasoned
from tests.people import CARRIER, LIAR, MAKER, PHARMACY, REGULATOR, SECOND_PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import EXPIRY, KEY, LOGGER_MISSING, NONE_NEEDED, LotStory
from tests.supplychain.domain.rules.breaking import code_of

PRINTED = Printed(KEY, EXPIRY.on)


def at_the_pharmacy(quantity: int = 40) -> LotStory:
    story = LotStory.born()
    story.hand_over(MAKER, WHOLESALER, 60)
    story.hand_over(WHOLESALER, PHARMACY, quantity)
    return story


def came_back(quantity: int = 10) -> LotStory:
    """A pharmacy's goods are with the wholesaler again."""
    story = at_the_pharmacy()
    story.send_back(PHARMACY, WHOLESALER, quantity)
    story.receive(WHOLESALER, quantity)
    return story


def check(story: LotStory, party: Party, printed: Printed | None, quantity: int = 10) -> str:
    ref = story.stock(party, State.RETURNED)
    rest = story.state.outputs[ref].quantity - quantity
    statement = Release.of(
        holder=party.gln, quantity=quantity, rest=rest, reason="Checked", state=State.RETURNED
    )
    return story.tell(party, replace(statement, printed=printed), ref)


def test_goods_go_back_are_checked_and_are_stock_again() -> None:
    story = came_back()
    assert story.state.outputs[story.stock(WHOLESALER, State.RETURNED)].quantity == 10
    check(story, WHOLESALER, PRINTED, 4)
    assert story.balance() == {"held": 100 - 6, "returned": 6}
    story.ship(WHOLESALER, SECOND_PHARMACY, 4)


def test_what_came_back_is_no_stock() -> None:
    story = came_back()
    ref = story.stock(WHOLESALER, State.RETURNED)
    with pytest.raises(RuleBroken) as refused:
        story.tell(WHOLESALER, LotStory.ship_of(WHOLESALER, SECOND_PHARMACY, 10), ref)
    assert code_of(refused) == ("R3", "NOT_HELD")


def test_what_comes_back_is_not_received_as_stock() -> None:
    story = at_the_pharmacy()
    story.send_back(PHARMACY, WHOLESALER, 10)
    receipt = receipt_of(State.HELD, WHOLESALER)
    with pytest.raises(RuleBroken) as refused:
        story.tell(WHOLESALER, receipt, story.stock(WHOLESALER, State.IN_TRANSIT))
    assert code_of(refused) == ("R8", "RETURN_NOT_CHECKED")


def test_what_was_not_sent_back_does_not_come_back() -> None:
    story = LotStory.born(10)
    story.ship(MAKER, WHOLESALER, 10)
    receipt = receipt_of(State.RETURNED, WHOLESALER)
    with pytest.raises(RuleBroken) as refused:
        story.tell(WHOLESALER, receipt, story.stock(WHOLESALER, State.IN_TRANSIT))
    assert code_of(refused) == ("R8", "NOT_A_RETURN")


def receipt_of(state: State, receiver: Party) -> Receive:
    return Receive("R-1", (OutputClaim(state, receiver.gln, 10),), NONE_NEEDED)


def test_what_comes_back_damaged_is_received_into_quarantine() -> None:
    story = at_the_pharmacy()
    story.send_back(PHARMACY, WHOLESALER, 10)
    story.receive(WHOLESALER, 6, 3)
    assert story.balance() == {"held": 90, "returned": 6, "quarantined": 3, "in_transit": 1}
    story.receive(WHOLESALER, 1)
    assert story.balance() == {"held": 90, "returned": 7, "quarantined": 3}


@pytest.mark.parametrize(
    "printed",
    [
        Printed(KEY, EXPIRY.on + timedelta(days=1)),
        Printed(replace(KEY, lot=LotNumber("a123")), EXPIRY.on),
    ],
)
def test_goods_whose_packs_say_otherwise_are_not_released(printed: Printed) -> None:
    story = came_back()
    with pytest.raises(RuleBroken, match="The packs say 00614141123452 lot") as refused:
        check(story, WHOLESALER, printed)
    assert code_of(refused) == ("R8", "PRINTED_OTHERWISE")


def test_goods_that_came_back_are_not_released_unread() -> None:
    story = came_back()
    with pytest.raises(RuleBroken) as refused:
        check(story, WHOLESALER, None)
    assert code_of(refused) == ("R8", "RETURN_NOT_CHECKED")


def test_what_is_read_off_quarantined_packs_counts_too() -> None:
    story = at_the_pharmacy()
    story.change(Quarantine, PHARMACY, 40)
    ref = story.stock(PHARMACY, State.QUARANTINED)
    said = Release.of(
        holder=PHARMACY.gln, quantity=40, rest=0, reason="Seal is good", state=State.QUARANTINED
    )
    wrong = replace(said, printed=Printed(KEY, date(2030, 1, 1)))
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, wrong, ref)
    assert code_of(refused) == ("R8", "PRINTED_OTHERWISE")
    story.tell(PHARMACY, replace(said, printed=PRINTED), ref)


@pytest.mark.parametrize("kind", [Quarantine, Destroy, Sample, Decommission])
def test_what_came_back_may_be_set_aside_and_taken_out(kind: type[Reasoned]) -> None:
    story = came_back()
    story.change(kind, WHOLESALER, 3, State.RETURNED)
    assert story.balance() == {"held": 90, "returned": 7, kind.end.value: 3}


@pytest.mark.parametrize(("flag", "code"), [("recall", "RECALLED"), ("hold", "ON_HOLD")])
def test_unfit_goods_go_back_and_are_not_released(flag: str, code: str) -> None:
    story = at_the_pharmacy()
    getattr(story, flag)(REGULATOR)
    story.send_back(PHARMACY, WHOLESALER, 10)
    story.receive(WHOLESALER, 10)
    with pytest.raises(RuleBroken) as refused:
        check(story, WHOLESALER, PRINTED)
    assert code_of(refused) == ("R11", code)


def test_expired_goods_go_back() -> None:
    story = at_the_pharmacy()
    story.clock = EXPIRY.ends
    story.send_back(PHARMACY, WHOLESALER, 10)
    story.receive(WHOLESALER, 10)
    with pytest.raises(RuleBroken) as refused:
        check(story, WHOLESALER, PRINTED)
    assert code_of(refused) == ("R12", "EXPIRED")


@pytest.mark.parametrize("stranger", [MAKER, LIAR, SECOND_PHARMACY, CARRIER])
def test_goods_go_back_only_to_whom_they_came_from(stranger: Party) -> None:
    story = at_the_pharmacy()
    with pytest.raises(RuleBroken) as refused:
        story.send_back(PHARMACY, stranger, 10)
    assert code_of(refused) == ("R8", "NOT_THE_SUPPLIER")


def test_the_maker_has_nobody_to_send_goods_back_to() -> None:
    story = at_the_pharmacy()
    with pytest.raises(RuleBroken) as refused:
        story.send_back(MAKER, WHOLESALER, 10)
    assert code_of(refused) == ("R8", "NOT_THE_SUPPLIER")


def test_goods_go_back_step_by_step_to_their_maker() -> None:
    story = came_back()
    story.send_back(WHOLESALER, MAKER, 10, State.RETURNED)
    story.receive(MAKER, 10)
    assert story.state.outputs[story.stock(MAKER, State.RETURNED)].way == ()
    check(story, MAKER, PRINTED)


def test_every_output_that_goes_back_came_from_there() -> None:
    story = LotStory.born()
    story.hand_over(MAKER, WHOLESALER, 50)
    story.hand_over(WHOLESALER, PHARMACY, 20)
    first = story.stock(PHARMACY)
    story.hand_over(MAKER, PHARMACY, 20)
    second = story.stock(PHARMACY)
    statement = back(PHARMACY, WHOLESALER, 40)
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, statement, first, second)
    assert code_of(refused) == ("R8", "NOT_THE_SUPPLIER")
    story.tell(PHARMACY, back(PHARMACY, WHOLESALER, 20), first)


def test_goods_of_two_suppliers_that_were_mixed_may_go_back_to_either() -> None:
    story = LotStory.born()
    story.hand_over(MAKER, WHOLESALER, 50)
    story.hand_over(WHOLESALER, PHARMACY, 20)
    first = story.stock(PHARMACY)
    story.hand_over(MAKER, PHARMACY, 20)
    both = (first, story.stock(PHARMACY))
    said = Quarantine.of(holder=PHARMACY.gln, quantity=30, rest=10, reason="Seal")
    story.tell(PHARMACY, said, *both)
    mixed = story.state.outputs[story.stock(PHARMACY)].way
    assert mixed == (frozenset({MAKER.gln}), frozenset({MAKER.gln, WHOLESALER.gln}))
    story.send_back(PHARMACY, MAKER, 5)
    story.send_back(PHARMACY, WHOLESALER, 30, State.QUARANTINED)
    assert story.state.outputs[story.stock(MAKER, State.IN_TRANSIT)].way == mixed


def test_a_way_is_remembered_so_far_and_no_further() -> None:
    story = LotStory.born()
    story.hand_over(MAKER, WHOLESALER, 10)
    for _ in range(WAY_MAX):
        story.hand_over(WHOLESALER, CARRIER, 10)
        story.hand_over(CARRIER, WHOLESALER, 10)
    way = story.state.outputs[story.stock(WHOLESALER)].way
    assert way == (frozenset({WHOLESALER.gln}), frozenset({CARRIER.gln})) * (WAY_MAX // 2)


def back(holder: Party, supplier: Party, quantity: int, rest: int = 0) -> Return:
    return Return.back(
        holder=holder.gln,
        supplier=supplier.gln,
        quantity=quantity,
        rest=rest,
        shipment="R-1",
        reason="Not wanted",
        conditions=NONE_NEEDED,
    )


def test_nobody_sends_back_what_another_holds() -> None:
    story = at_the_pharmacy()
    statement = back(LIAR, WHOLESALER, 40)
    with pytest.raises(RuleBroken) as refused:
        story.tell(LIAR, statement, story.stock(PHARMACY))
    assert code_of(refused) == ("R3", "NOT_HOLDER")


def test_nobody_sends_back_more_than_it_has() -> None:
    story = at_the_pharmacy()
    statement = back(PHARMACY, WHOLESALER, 41)
    with pytest.raises(RuleBroken, match="Shipped 41 of 40") as refused:
        story.tell(PHARMACY, statement, story.stock(PHARMACY))
    assert code_of(refused) == ("R4", "MASS_IMBALANCE")


def test_a_supplier_that_is_no_longer_admitted_is_sent_nothing() -> None:
    story = at_the_pharmacy()
    act = story.act(PHARMACY, back(PHARMACY, WHOLESALER, 40), story.stock(PHARMACY))
    with pytest.raises(RuleBroken) as refused:
        story.play(replace(act, receiver=None))
    assert code_of(refused) == ("R3", "RECEIVER_UNKNOWN")


def test_dispensed_packs_never_come_back() -> None:
    story = at_the_pharmacy()
    story.dispense(PHARMACY, 40)
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, back(PHARMACY, WHOLESALER, 40), story.stock(PHARMACY, State.DISPENSED))
    assert code_of(refused) == ("R10", "FINAL_IS_FINAL")


def test_what_is_left_over_of_a_return_stays_what_it_was() -> None:
    story = at_the_pharmacy()
    story.change(Quarantine, PHARMACY, 40)
    with pytest.raises(RuleBroken) as refused:
        story.tell(
            PHARMACY,
            back(PHARMACY, WHOLESALER, 39, 1),
            story.stock(PHARMACY, State.QUARANTINED),
        )
    assert code_of(refused) == ("R4", "REST_CHANGED")


def test_a_monitored_product_goes_back_with_readings_or_a_reason() -> None:
    story = LotStory.born(monitored=True)
    story.ship(MAKER, PHARMACY, 10, conditions=LOGGER_MISSING)
    story.receive(PHARMACY, 10, conditions=LOGGER_MISSING)
    with pytest.raises(RuleBroken) as refused:
        story.send_back(PHARMACY, MAKER, 10)
    assert code_of(refused) == ("R15", "CONDITIONS_REQUIRED")
    story.send_back(PHARMACY, MAKER, 10, conditions=LOGGER_MISSING)


@pytest.mark.parametrize("state", [State.HELD, State.QUARANTINED, State.RETURNED])
def test_a_void_of_a_return_restores_the_state_before(state: State) -> None:
    story = came_back()
    if state is not State.RETURNED:
        check(story, WHOLESALER, PRINTED)
    if state is State.QUARANTINED:
        story.change(Quarantine, WHOLESALER, 10)
    way = story.state.outputs[story.stock(WHOLESALER, state)].way
    story.send_back(WHOLESALER, MAKER, 10, state)
    ref = story.stock(MAKER, State.IN_TRANSIT)
    sent = story.state.outputs[ref]
    for wrong in {State.HELD, State.QUARANTINED, State.RETURNED} - {state}:
        said = Void.of(
            giver=WHOLESALER.gln,
            dispatch=str(sent.dispatch),
            quantity=10,
            reason="Kept after all",
            state=wrong,
        )
        with pytest.raises(RuleBroken) as refused:
            story.tell(WHOLESALER, said, ref)
        assert code_of(refused) == ("R7", "STATE_CHANGED")
    story.void(WHOLESALER, MAKER)
    kept = story.state.outputs[story.stock(WHOLESALER, state)]
    assert (kept.quantity, kept.way) == (10, way)


def test_a_return_says_why() -> None:
    with pytest.raises(Invalid) as invalid:
        replace(back(PHARMACY, WHOLESALER, 1), reason=" ")
    assert invalid.value.code == "TEXT_EMPTY"


def test_what_came_back_is_checked_wherever_it_was_put_meanwhile() -> None:
    story = came_back()
    story.change(Quarantine, WHOLESALER, 10, State.RETURNED)
    held = story.stock(WHOLESALER, State.QUARANTINED)
    said = Release.of(
        holder=WHOLESALER.gln, quantity=4, rest=6, reason="Good", state=State.QUARANTINED
    )
    with pytest.raises(RuleBroken) as refused:
        story.tell(WHOLESALER, said, held)
    assert code_of(refused) == ("R8", "RETURN_NOT_CHECKED")
    story.tell(WHOLESALER, replace(said, printed=PRINTED), held)
    assert not story.state.outputs[story.stock(WHOLESALER)].unchecked
    rest = story.stock(WHOLESALER, State.QUARANTINED)
    with pytest.raises(RuleBroken) as refused:
        story.change(Release, WHOLESALER, 6, State.QUARANTINED)
    assert code_of(refused) == ("R8", "RETURN_NOT_CHECKED")
    assert story.state.outputs[rest].unchecked


def test_what_came_back_damaged_is_checked_too() -> None:
    story = at_the_pharmacy()
    story.send_back(PHARMACY, WHOLESALER, 10)
    story.receive(WHOLESALER, 6, damaged=4)
    with pytest.raises(RuleBroken) as refused:
        story.change(Release, WHOLESALER, 4, State.QUARANTINED)
    assert code_of(refused) == ("R8", "RETURN_NOT_CHECKED")


def test_goods_that_never_came_back_are_released_as_ever() -> None:
    story = at_the_pharmacy()
    story.change(Quarantine, PHARMACY, 10)
    story.change(Release, PHARMACY, 10, State.QUARANTINED)
    assert not any(out.unchecked for out in story.state.outputs.values())
