"""Where an asking party stands, and what its answer depends on."""

import pytest

from supplychain.domain.histories import replay_all
from supplychain.domain.outputs import State
from supplychain.domain.parties import Party
from supplychain.domain.standing import Scope, Standing, scope
from supplychain.domain.statements import Void
from tests.people import (
    AUDITOR,
    LIAR,
    MAKER,
    PHARMACY,
    REGULATOR,
    REPACKAGER,
    SECOND_PHARMACY,
    WHOLESALER,
)
from tests.supplychain.domain.lot_story import LotStory, entry_id


def asked(story: LotStory, party: Party | None) -> Scope:
    return scope(replay_all(story.acts), party)


def entries(*numbers: int) -> frozenset[str]:
    return frozenset(entry_id(n) for n in numbers)


def test_a_party_that_holds_goods_depends_on_where_they_come_from() -> None:
    story = LotStory.born(100)
    story.hand_over(MAKER, WHOLESALER, 50)
    story.hand_over(MAKER, PHARMACY, 50)
    assert asked(story, PHARMACY) == Scope(
        standing=Standing.HOLDS, entries=entries(0, 1, 3, 4), legs=entries(1, 3, 4)
    )


@pytest.mark.parametrize("asking", [None, MAKER, REGULATOR, AUDITOR])
def test_the_unnamed_the_maker_and_inspectors_ask_about_the_whole_lot(
    asking: Party | None,
) -> None:
    story = LotStory.born(100)
    story.hand_over(MAKER, WHOLESALER, 50)
    story.hold()
    assert asked(story, asking) == Scope(
        standing=Standing.WHOLE_LOT, entries=entries(0, 1, 2, 3), legs=entries(1, 2)
    )


@pytest.mark.parametrize("party", [LIAR, REPACKAGER, SECOND_PHARMACY])
def test_who_was_never_handed_anything_has_nothing(party: Party) -> None:
    story = LotStory.born(100)
    story.hand_over(MAKER, PHARMACY, 50)
    assert asked(story, party) == Scope(standing=Standing.NEVER_HERE)


def test_goods_on_their_way_are_not_received_yet() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 50)
    found = asked(story, WHOLESALER)
    assert found == Scope(standing=Standing.NOT_RECEIVED, entries=entries(0, 1), legs=entries(1))


def test_goods_sent_off_are_with_the_giver_no_more() -> None:
    story = LotStory.born(100)
    story.hand_over(MAKER, WHOLESALER, 50)
    story.ship(WHOLESALER, PHARMACY, 50)
    assert asked(story, WHOLESALER).standing is Standing.NOTHING_LEFT


def test_a_short_receipt_is_open_until_the_rest_is_found_or_given_up() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 50)
    assert not asked(story, WHOLESALER).short_receipt
    story.receive(WHOLESALER, 45)
    for asking in (WHOLESALER, None):
        assert asked(story, asking).short_receipt
    story.hand_over(MAKER, PHARMACY, 10)
    assert not asked(story, PHARMACY).short_receipt
    story.receive(WHOLESALER, 5)
    for asking in (WHOLESALER, None):
        assert not asked(story, asking).short_receipt


def test_what_is_still_missing_after_a_part_was_voided_or_lost_is_missing() -> None:
    story = LotStory.born(100)
    dispatch = story.ship(MAKER, WHOLESALER, 50)
    story.receive(WHOLESALER, 30)
    missing = story.stock(WHOLESALER, State.IN_TRANSIT)
    void = Void.of(
        giver=MAKER.gln, dispatch=dispatch, quantity=5, reason="R", rest=15, to=WHOLESALER.gln
    )
    story.tell(MAKER, void, missing)
    assert asked(story, WHOLESALER).short_receipt
    story.lose_on_the_way(MAKER, WHOLESALER, 5)
    assert asked(story, WHOLESALER).short_receipt
    story.receive(WHOLESALER, 10)
    assert not asked(story, WHOLESALER).short_receipt


def test_what_is_on_its_way_after_a_loss_is_no_short_receipt() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 50)
    story.lose_on_the_way(MAKER, WHOLESALER, 5)
    found = asked(story, WHOLESALER)
    assert (found.standing, found.short_receipt) == (Standing.NOT_RECEIVED, False)


def test_a_voided_dispatch_leaves_its_receiver_with_nothing() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 50)
    story.void(MAKER, WHOLESALER)
    assert asked(story, WHOLESALER).standing is Standing.VOIDED
    assert not asked(story, WHOLESALER).voided
    assert asked(story, PHARMACY).standing is Standing.NEVER_HERE
    assert asked(story, None).voided


def test_a_void_is_forgotten_once_goods_arrive() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 50)
    story.void(MAKER, WHOLESALER)
    story.hand_over(MAKER, WHOLESALER, 50)
    assert asked(story, WHOLESALER).standing is Standing.HOLDS


def test_goods_lost_on_the_way_were_never_here() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 50)
    story.lose_on_the_way(MAKER, WHOLESALER, 50)
    assert asked(story, WHOLESALER).standing is Standing.NEVER_HERE


def test_a_party_that_refused_all_has_goods_in_quarantine_only() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 50)
    story.receive(WHOLESALER, 0, 50)
    assert asked(story, WHOLESALER).standing is Standing.QUARANTINED
    story.hand_over(MAKER, WHOLESALER, 10)
    assert asked(story, WHOLESALER).standing is Standing.HOLDS


def test_a_party_that_has_used_all_up_has_nothing_left() -> None:
    story = LotStory.born(100)
    story.hand_over(MAKER, PHARMACY, 50)
    story.dispense(PHARMACY, 50)
    found = asked(story, PHARMACY)
    assert found.standing is Standing.NOTHING_LEFT
    assert found.legs == entries(1, 2)


def test_what_a_party_used_up_does_not_count_while_it_holds_some() -> None:
    story = LotStory.born(100)
    story.hand_over(MAKER, PHARMACY, 10)
    story.dispense(PHARMACY, 10)
    story.hand_over(MAKER, PHARMACY, 10)
    assert asked(story, PHARMACY).entries == entries(0, 1, 4, 5)


def test_nobody_asks_about_a_lot_that_is_not_there() -> None:
    assert scope(replay_all(()), None).standing is Standing.WHOLE_LOT
    assert scope(replay_all(()), PHARMACY).standing is Standing.NEVER_HERE


@pytest.mark.parametrize("asking", [None, MAKER, REGULATOR])
def test_of_a_lot_that_is_destroyed_or_lost_no_pack_is_left(asking: Party | None) -> None:
    story = LotStory.born(100)
    story.destroy(MAKER, 60)
    assert asked(story, asking).standing is Standing.WHOLE_LOT
    story.lose(MAKER, 40)
    assert asked(story, asking).standing is Standing.GONE


def test_a_lot_that_reached_patients_is_not_gone() -> None:
    story = LotStory.born(100)
    story.hand_over(MAKER, PHARMACY, 100)
    story.dispense(PHARMACY, 1)
    story.destroy(PHARMACY, 99)
    assert asked(story, None).standing is Standing.WHOLE_LOT


def test_a_lot_of_which_the_rest_is_in_quarantine_is_in_quarantine_for_all() -> None:
    story = LotStory.born(100)
    story.destroy(MAKER, 90)
    story.ship(MAKER, PHARMACY, 10)
    story.receive(PHARMACY, 0, 10)
    assert asked(story, None).standing is Standing.QUARANTINED


def test_good_units_beside_some_in_quarantine_are_told_apart_from_others() -> None:
    story = LotStory.born(100)
    story.hand_over(MAKER, WHOLESALER, 50)
    story.ship(MAKER, PHARMACY, 10)
    story.receive(PHARMACY, 9, 1)
    for party, some in ((PHARMACY, True), (None, True), (WHOLESALER, False)):
        found = asked(story, party)
        assert found.some_quarantined is some
        assert found.standing in (Standing.HOLDS, Standing.WHOLE_LOT)
    story.destroy(PHARMACY, 1, State.QUARANTINED)
    assert not asked(story, PHARMACY).some_quarantined
    assert not asked(story, None).some_quarantined
