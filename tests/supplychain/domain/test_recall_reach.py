"""How far a recall has come (R11): each unit on one rung, and the rungs add up."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.outputs import State
from supplychain.domain.recall_reach import Contact, Reach, Rung, Whereabout, reach
from tests.stages import a_lot

LOT, NOON = a_lot(), datetime(2026, 3, 2, 12, tzinfo=UTC)
MAKER, TOLD, DONE, OTHER = "maker", "told", "done", "other"
CONTACTS = {TOLD: Contact(told_at=NOON), DONE: Contact(NOON, NOON, NOON, 3, "set aside")}


def reached(*places: Whereabout, sent_back: dict[str, int] | None = None) -> Reach:
    return reach(places, CONTACTS, frozenset({MAKER}), sent_back or {})


def at(holder: str, state: State, receiver: str = "") -> Whereabout:
    return Whereabout(LOT, holder, state, 10, receiver)


@pytest.mark.parametrize(
    ("place", "rung"),
    [
        (at(OTHER, State.HELD), Rung.UNTOLD),
        (at(TOLD, State.HELD), Rung.TOLD),
        (at(TOLD, State.QUARANTINED), Rung.TOLD),
        (at(DONE, State.HELD), Rung.ACKNOWLEDGED),
        (at(MAKER, State.HELD), Rung.RETURNED),
        (at(MAKER, State.RETURNED), Rung.RETURNED),
        (at(OTHER, State.DESTROYED), Rung.RETURNED),
        (at(OTHER, State.SAMPLED), Rung.RETURNED),
        (at(OTHER, State.DISPENSED), Rung.DISPENSED),
        (at(MAKER, State.LOST), Rung.UNTRACED),
        (at(DONE, State.STOLEN), Rung.UNTRACED),
        (at(DONE, State.EXPORTED), Rung.UNTRACED),
        (at(DONE, State.IN_TRANSIT, TOLD), Rung.TOLD),
        (at(TOLD, State.IN_TRANSIT, DONE), Rung.TOLD),
        (at(MAKER, State.IN_TRANSIT, OTHER), Rung.UNTOLD),
        (at(DONE, State.IN_TRANSIT, MAKER), Rung.ACKNOWLEDGED),
        (at(MAKER, State.IN_TRANSIT, MAKER), Rung.ACKNOWLEDGED),
    ],
)
def test_a_unit_stands_on_the_rung_that_it_surely_reached(place: Whereabout, rung: Rung) -> None:
    assert reached(place).rungs == {one: 10 * (one is rung) for one in Rung}


def test_parties_have_what_is_with_them_and_what_comes_to_them() -> None:
    found = reached(
        at(TOLD, State.HELD),
        at(TOLD, State.HELD),
        at(TOLD, State.IN_TRANSIT, DONE),
        at(OTHER, State.DISPENSED),
        sent_back={"gone": 4},
    )
    parties = {one.gln: one for one in found.parties}
    assert list(parties) == [DONE, "gone", OTHER, TOLD]
    assert parties[TOLD].units == {State.HELD: 20, State.IN_TRANSIT: 10}
    assert parties[TOLD].of(State.HELD, State.IN_TRANSIT, State.LOST) == 30
    assert (parties[DONE].incoming, parties[DONE].contact.found) == (10, 3)
    assert (parties["gone"].sent_back, parties["gone"].units) == (4, {})


def test_what_was_made_into_other_lots_is_not_counted_twice() -> None:
    assert reached(at(OTHER, State.TRANSFORMED)) == reached()


def test_who_waits_has_goods_and_did_not_answer() -> None:
    found = reached(at(TOLD, State.HELD), at(DONE, State.HELD), at(OTHER, State.DISPENSED)).parties
    assert {one.gln: one.waiting for one in found} == {DONE: False, OTHER: False, TOLD: True}
    assert not reached(at(MAKER, State.HELD)).parties[0].waiting
    some_left = reached(at(OTHER, State.DISPENSED), at(OTHER, State.HELD)).parties
    assert some_left[0].waiting
    on_the_way = reached(at(DONE, State.IN_TRANSIT, TOLD)).parties
    assert {one.gln: one.waiting for one in on_the_way} == {DONE: False, TOLD: True}


def test_further_rungs_count_for_the_nearer_ones() -> None:
    found = reached(at(MAKER, State.HELD), at(DONE, State.HELD), at(OTHER, State.HELD))
    assert [found.at_least(rung) for rung in (Rung.RETURNED, Rung.TOLD, Rung.UNTRACED)] == [
        10,
        20,
        30,
    ]


_PLACES = st.builds(
    Whereabout,
    st.just(LOT),
    st.sampled_from([MAKER, TOLD, DONE, OTHER]),
    st.sampled_from(State),
    st.integers(1, 1000),
    st.sampled_from(["", MAKER, TOLD, DONE, OTHER]),
)


@given(st.lists(_PLACES))
def test_the_rungs_add_up_to_all_units(places: list[Whereabout]) -> None:
    found = reached(*places)
    remade = State.TRANSFORMED
    assert found.units == sum(one.quantity for one in places if one.state is not remade)
