"""The rules of custody, R2 to R5, R7, R14 and R15; one test for each way to break one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ledger.core.links import OutputRef
from supplychain.domain.custody import Act, State
from supplychain.domain.errors import RuleBroken
from supplychain.domain.outputs import OutputClaim
from supplychain.domain.parties import Party, Role
from supplychain.domain.statements import LotStatement, Receive, Ship, Void
from tests.people import (
    CARRIER,
    LIAR,
    MAKER,
    PHARMACY,
    REGULATOR,
    WHOLESALER,
)
from tests.supplychain.domain.lot_story import (
    HOUR,
    LOGGER_MISSING,
    NONE_NEEDED,
    LotStory,
    entry_id,
)


def refuse(story: LotStory, act: Act) -> tuple[str, str, str]:
    """Play an act that breaks a rule; see that nothing changes, and say which rule it was."""
    before, acts = story.state, list(story.acts)
    with pytest.raises(RuleBroken) as refused:
        story.play(act)
    assert (story.state, story.acts) == (before, acts)
    return refused.value.rule, refused.value.code, refused.value.message


def ship_of(giver: Party, receiver: Party, quantity: int, rest: int) -> Ship:
    return Ship.of(
        giver=giver.gln,
        receiver=receiver.gln,
        quantity=quantity,
        rest=rest,
        shipment="S-1",
        conditions=NONE_NEEDED,
    )


def receipt_of(giver: Party, receiver: Party, accepted: int, damaged: int, missing: int) -> Receive:
    return Receive.of(
        giver=giver.gln,
        receiver=receiver.gln,
        accepted=accepted,
        damaged=damaged,
        missing=missing,
        shipment="S-1",
        conditions=NONE_NEEDED,
    )


def broken(
    story: LotStory, signer: Party, statement: LotStatement, *consumes: OutputRef
) -> tuple[str, str]:
    return refuse(story, story.act(signer, statement, *consumes))[:2]


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


# R2: no orphan, no ghost


def test_r2_goods_of_a_lot_that_was_never_born_do_not_move() -> None:
    story = LotStory()
    act = story.act(MAKER, ship_of(MAKER, WHOLESALER, 1, 0), OutputRef(entry_id(7), 0))
    assert refuse(story, act)[:2] == ("R2", "NOT_BORN")


def test_r2_goods_that_move_come_from_somewhere() -> None:
    story = LotStory.born()
    assert broken(story, MAKER, ship_of(MAKER, WHOLESALER, 1, 0)) == ("R2", "CONSUMES_NOTHING")


def test_r2_an_output_that_is_not_there_is_unknown() -> None:
    story = LotStory.born()
    ghost = OutputRef(entry_id(99), 0)
    statement = ship_of(MAKER, WHOLESALER, 1, 0)
    assert broken(story, MAKER, statement, ghost) == ("R2", "OUTPUT_UNKNOWN")


def test_r2_an_output_is_used_once() -> None:
    story = LotStory.born()
    stock = story.stock(MAKER)
    story.ship(MAKER, WHOLESALER, 100)
    again = ship_of(MAKER, PHARMACY, 100, 0)
    assert broken(story, MAKER, again, stock) == ("R2", "OUTPUT_UNKNOWN")


def test_r2_an_output_counts_once_in_one_act() -> None:
    story = LotStory.born()
    stock = story.stock(MAKER)
    twice = ship_of(MAKER, WHOLESALER, 200, 0)
    assert broken(story, MAKER, twice, stock, stock) == ("R2", "OUTPUT_TWICE")


# R3: only the custodian moves it, only the named receiver takes it


def test_r3_who_does_not_hold_goods_cannot_ship_them() -> None:
    story = LotStory.born()
    statement = ship_of(LIAR, PHARMACY, 100, 0)
    assert broken(story, LIAR, statement, story.stock(MAKER)) == ("R3", "NOT_HOLDER")


def test_r3_every_output_must_be_held_not_only_the_first() -> None:
    story = LotStory.born()
    story.hand_over(MAKER, WHOLESALER, 50)
    statement = ship_of(MAKER, PHARMACY, 100, 0)
    refs = (story.stock(MAKER), story.stock(WHOLESALER))
    assert broken(story, MAKER, statement, *refs) == ("R3", "NOT_HOLDER")


def test_r3_the_receiver_cannot_ship_on_before_receiving() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    statement = ship_of(WHOLESALER, PHARMACY, 100, 0)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, WHOLESALER, statement, transit) == ("R3", "NOT_HELD")


def test_r3_what_is_held_cannot_be_received() -> None:
    story = LotStory.born()
    statement = receipt_of(MAKER, MAKER, 100, 0, 0)
    assert broken(story, MAKER, statement, story.stock(MAKER)) == ("R3", "NOT_IN_TRANSIT")


def test_r3_only_the_named_receiver_takes_goods() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    statement = receipt_of(MAKER, LIAR, 100, 0, 0)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, LIAR, statement, transit) == ("R3", "NOT_RECEIVER")


def test_r3_nobody_ships_to_himself() -> None:
    story = LotStory.born()
    statement = ship_of(MAKER, MAKER, 100, 0)
    assert broken(story, MAKER, statement, story.stock(MAKER)) == ("R3", "TO_YOURSELF")


def test_r3_the_receiver_must_be_admitted() -> None:
    story = LotStory.born()
    act = story.act(MAKER, ship_of(MAKER, WHOLESALER, 100, 0), story.stock(MAKER))
    assert refuse(story, replace(act, receiver=None))[:2] == ("R3", "RECEIVER_UNKNOWN")


def test_r3_the_receiver_must_be_the_one_that_the_statement_names() -> None:
    story = LotStory.born()
    act = story.act(MAKER, ship_of(MAKER, WHOLESALER, 100, 0), story.stock(MAKER))
    assert refuse(story, replace(act, receiver=PHARMACY))[:2] == ("R3", "RECEIVER_UNKNOWN")


def test_r3_the_receiver_must_have_a_role_that_may_hold_goods() -> None:
    story = LotStory.born()
    statement = ship_of(MAKER, REGULATOR, 100, 0)
    expected = ("R3", "RECEIVER_MAY_NOT_HOLD")
    assert broken(story, MAKER, statement, story.stock(MAKER)) == expected
    assert REGULATOR.roles == {Role.AUTHORITY}
    story.ship(MAKER, CARRIER, 100)


def test_r3_what_is_kept_stays_with_the_giver() -> None:
    story = LotStory.born()
    honest = ship_of(MAKER, WHOLESALER, 40, 60)
    kept = OutputClaim(State.HELD, LIAR.gln, 60)
    statement = replace(honest, outputs=(honest.outputs[0], kept))
    assert broken(story, MAKER, statement, story.stock(MAKER)) == ("R3", "HOLDER_WRONG")


def test_r3_what_is_sent_is_sent_by_the_signer() -> None:
    story = LotStory.born()
    statement = ship_of(LIAR, WHOLESALER, 100, 0)
    assert broken(story, MAKER, statement, story.stock(MAKER)) == ("R3", "HOLDER_WRONG")


@pytest.mark.parametrize(("accepted", "damaged"), [(100, 0), (0, 100)])
def test_r3_a_receiver_receives_for_itself(accepted: int, damaged: int) -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    statement = receipt_of(MAKER, LIAR, accepted, damaged, 0)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, WHOLESALER, statement, transit) == ("R3", "HOLDER_WRONG")


# R4: mass balance


def test_r4_shipping_101_of_100_is_refused() -> None:
    story = LotStory.born(100)
    act = story.act(MAKER, ship_of(MAKER, WHOLESALER, 101, 0), story.stock(MAKER))
    assert refuse(story, act) == ("R4", "MASS_IMBALANCE", "Shipped 101 of 100.")


@pytest.mark.parametrize("rest", [0, 59, 61])
def test_r4_what_is_shipped_and_kept_is_what_was_held(rest: int) -> None:
    story = LotStory.born(100)
    statement = ship_of(MAKER, WHOLESALER, 40, rest)
    assert broken(story, MAKER, statement, story.stock(MAKER)) == ("R4", "MASS_IMBALANCE")


def test_r4_receiving_103_of_100_is_refused() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    statement = receipt_of(MAKER, WHOLESALER, 103, 0, 0)
    act = story.act(WHOLESALER, statement, story.stock(WHOLESALER, State.IN_TRANSIT))
    expected = "Received and missing 103 of 100: must be the same."
    assert refuse(story, act) == ("R4", "MASS_IMBALANCE", expected)


def test_r4_a_shortage_is_declared_not_dropped() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    statement = receipt_of(MAKER, WHOLESALER, 95, 0, 0)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, WHOLESALER, statement, transit) == ("R4", "MASS_IMBALANCE")


def test_r4_a_void_brings_back_neither_more_nor_less() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 40)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    for quantity in (39, 41):
        statement = Void.of(
            giver=MAKER.gln, dispatch=dispatch, quantity=quantity, reason="Wrong address"
        )
        assert broken(story, MAKER, statement, transit) == ("R4", "MASS_IMBALANCE")


# R5: partial receipt


def test_r5_a_partial_receipt_leaves_the_rest_on_its_way() -> None:
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


def test_r5_one_receipt_closes_one_dispatch() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 50)
    first = story.stock(WHOLESALER, State.IN_TRANSIT)
    story.ship(MAKER, WHOLESALER, 50)
    second = story.stock(WHOLESALER, State.IN_TRANSIT)
    statement = receipt_of(MAKER, WHOLESALER, 100, 0, 0)
    assert broken(story, WHOLESALER, statement, first, second) == ("R5", "ONE_DISPATCH")


def test_r5_what_is_missing_stays_sent_to_the_same_receiver() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    honest = receipt_of(MAKER, WHOLESALER, 95, 0, 5)
    diverted = OutputClaim(State.IN_TRANSIT, MAKER.gln, 5, LIAR.gln)
    statement = replace(honest, outputs=(honest.outputs[0], diverted))
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, WHOLESALER, statement, transit) == ("R5", "RECEIVER_CHANGED")


def test_r5_what_is_missing_stays_the_givers() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    statement = receipt_of(LIAR, WHOLESALER, 95, 0, 5)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, WHOLESALER, statement, transit) == ("R3", "HOLDER_WRONG")


# R7, the void of a dispatch


def test_r7_a_void_restores_what_was_sent() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    story.void(MAKER, WHOLESALER)
    assert story.balance() == {"held": 100}
    story.ship(MAKER, PHARMACY, 100)


@pytest.mark.parametrize("impostor", [WHOLESALER, LIAR])
def test_r7_only_the_giver_voids(impostor: Party) -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    statement = Void.of(giver=impostor.gln, dispatch=dispatch, quantity=100, reason="Mine")
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, impostor, statement, transit) == ("R7", "NOT_GIVER")


def test_r7_a_void_cites_the_dispatch_that_it_voids() -> None:
    story = LotStory.born(100)
    other = story.ship(MAKER, WHOLESALER, 50)
    story.ship(MAKER, PHARMACY, 50)
    statement = Void.of(giver=MAKER.gln, dispatch=other, quantity=50, reason="Wrong address")
    transit = story.stock(PHARMACY, State.IN_TRANSIT)
    assert broken(story, MAKER, statement, transit) == ("R7", "WRONG_DISPATCH")


def test_r7_what_was_received_is_not_voided() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    story.receive(WHOLESALER, 100)
    statement = Void.of(giver=MAKER.gln, dispatch=dispatch, quantity=100, reason="Regret")
    stock = story.stock(WHOLESALER)
    assert broken(story, MAKER, statement, stock) == ("R3", "NOT_IN_TRANSIT")


def test_r7_a_dispatch_is_voided_once() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    story.void(MAKER, WHOLESALER)
    again = Void.of(giver=MAKER.gln, dispatch=dispatch, quantity=100, reason="Once more")
    assert broken(story, MAKER, again, transit) == ("R2", "OUTPUT_UNKNOWN")


def test_r7_the_giver_takes_back_for_itself() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 100)
    statement = Void.of(giver=LIAR.gln, dispatch=dispatch, quantity=100, reason="To a friend")
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, MAKER, statement, transit) == ("R3", "HOLDER_WRONG")


# R14: time runs forward


def test_r14_a_receipt_is_not_dated_before_its_dispatch() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    statement = receipt_of(MAKER, WHOLESALER, 100, 0, 0)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    sent_at = story.state.outputs[transit].made_at
    late = story.act(WHOLESALER, statement, transit, at=sent_at - timedelta(seconds=1))
    assert refuse(story, late)[:2] == ("R14", "DATED_BEFORE_DISPATCH")
    story.play(story.act(WHOLESALER, statement, transit, at=sent_at))


def test_r14_a_second_receipt_is_not_dated_before_the_first() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    story.receive(WHOLESALER, 95)
    rest = story.stock(WHOLESALER, State.IN_TRANSIT)
    statement = receipt_of(MAKER, WHOLESALER, 5, 0, 0)
    act = story.act(WHOLESALER, statement, rest, at=story.clock - HOUR - timedelta(seconds=1))
    assert refuse(story, act)[:2] == ("R14", "DATED_BEFORE_PARENT")


def test_r14_goods_are_not_shipped_before_they_are_there() -> None:
    story = LotStory.born(100)
    statement = ship_of(MAKER, WHOLESALER, 100, 0)
    act = story.act(MAKER, statement, story.stock(MAKER), at=story.clock - 2 * HOUR)
    assert refuse(story, act)[:2] == ("R14", "DATED_BEFORE_PARENT")


# R15: temperature on every hand-off


def test_r15_a_monitored_product_is_not_shipped_as_if_it_needed_no_readings() -> None:
    story = LotStory.born(100, monitored=True)
    statement = ship_of(MAKER, WHOLESALER, 100, 0)
    expected = ("R15", "CONDITIONS_REQUIRED")
    assert broken(story, MAKER, statement, story.stock(MAKER)) == expected


def test_r15_a_monitored_product_is_not_received_as_if_it_needed_no_readings() -> None:
    story = LotStory.born(100, monitored=True)
    story.ship(MAKER, WHOLESALER, 100, conditions=LOGGER_MISSING)
    statement = receipt_of(MAKER, WHOLESALER, 100, 0, 0)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, WHOLESALER, statement, transit) == ("R15", "CONDITIONS_REQUIRED")
    story.receive(WHOLESALER, 100, conditions=LOGGER_MISSING)


def test_a_refusal_reads_as_a_sentence() -> None:
    refused = RuleBroken("R4", "MASS_IMBALANCE", "Shipped 101 of 100.", conflict=True)
    assert (str(refused), refused.conflict) == ("Shipped 101 of 100.", True)
