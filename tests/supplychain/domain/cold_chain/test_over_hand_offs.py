"""C2, C3, C5: what begins before a hand-off and goes on after it is one excursion, one frost."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.conditions import Series
from supplychain.domain.conditions_claim import ConditionsClaim, ReadingsClaim
from supplychain.domain.excursions import METHOD_2, State, as_conditions, judge
from supplychain.domain.findings import Finding
from supplychain.domain.spent import NOTHING_SPENT, Spent, handed_down, spend
from supplychain.domain.storage_profile import FreezeRule, StorageProfile
from supplychain.domain.tallies import ABOVE, BELOW
from tests.supplychain.domain.cold_chain.loggers import FRIDGE, WARM, steady

PATIENT = replace(FRIDGE, excursion_delay_min=60, freeze=FreezeRule(-50, 40))


def signed(*leg: Series, profile: StorageProfile = PATIENT) -> ReadingsClaim:
    found = ConditionsClaim.decode(as_conditions(leg, profile, judge(leg, profile))).readings
    assert found is not None
    return found


def blamed(*legs: Series, profile: StorageProfile = PATIENT) -> list[frozenset[Finding]]:
    """What each leg is to blame for; by itself none of them is an excursion."""
    past, found = NOTHING_SPENT, []
    for leg in legs:
        assert judge([leg], profile).state is State.IN_RANGE
        past, beyond = spend(past, signed(leg, profile=profile), profile)
        assert Spent.parse(past.as_text()) == past
        found.append(beyond)
    return found


FINE: frozenset[Finding] = frozenset()
TOO_LONG = frozenset({Finding.GOES_ON})
BEFORE = steady(5, 5, 9, 9, 9, 9, device="A")  # 40 minutes, and it is not over


def test_what_goes_on_with_the_next_owner_is_one_excursion() -> None:
    assert blamed(BEFORE, steady(9, 9, 9, 5, device="B", start=50)) == [FINE, TOO_LONG]
    assert blamed(BEFORE, steady(9, 5, device="B", start=60)) == [FINE, TOO_LONG]


@pytest.mark.parametrize(("start", "found"), [(70, TOO_LONG), (80, TOO_LONG), (80.5, FINE)])
def test_so_it_does_after_half_an_hour_of_which_nobody_tells(
    start: float, found: frozenset[Finding]
) -> None:
    assert blamed(BEFORE, steady(9, 9, 5, device="B", start=start)) == [FINE, found]


def test_which_of_them_is_told_first_makes_no_difference() -> None:
    assert blamed(steady(9, 9, 9, 5, device="B", start=50), BEFORE) == [FINE, TOO_LONG]


def test_over_three_hands() -> None:
    legs = [steady(9, 9, 9, device=f"L{n}", start=20 * n) for n in range(4)]
    assert blamed(*legs) == [FINE, FINE, TOO_LONG, TOO_LONG]


@pytest.mark.parametrize(
    "then",
    [
        steady(5, 9, 9, 9, 5, device="B", start=50),  # it was over
        steady(1, 1, 1, 1, 5, device="B", start=50),  # heat and cold are never netted
        steady(5, 5, 5, device="B", start=50),
        steady(9, 9, 9, 5, device="B", start=200),
    ],
)
def test_what_was_over_or_is_another_deviation_is_none(then: Series) -> None:
    assert blamed(BEFORE, then) == [FINE, FINE]


def test_what_the_first_logger_saw_the_end_of_does_not_go_on() -> None:
    for over in (steady(9, 9, 9, 9, 5, device="A"), steady(5, 9, 9, 9, 5, device="A")):
        assert blamed(over, steady(9, 9, 5, device="B", start=45)) == [FINE, FINE]
    closed, _ = spend(NOTHING_SPENT, signed(steady(5, 9, 1, 5)), PATIENT)
    assert closed.tally.known.keys() == {ABOVE, BELOW}


def test_a_second_logger_and_a_file_read_out_again_are_no_hand_off() -> None:
    same = steady(5, 5, 9, 9, 9, 9, device="B")
    again = steady(5, 5, 9, 9, 9, 9, 5, device="A")
    assert blamed(BEFORE, same, again, BEFORE) == [FINE] * 4
    warm = steady(9, 9, 9, 9, device="A")
    assert blamed(warm, steady(9, 9, 9, 9, 9, 5, device="A")) == [FINE, FINE]


def test_it_goes_on_for_goods_of_which_a_part_was_outside() -> None:
    """They were put together: the others were fine, or were outside at another time."""
    hot, _ = spend(NOTHING_SPENT, signed(BEFORE), PATIENT)
    then = steady(9, 9, 9, 5, device="B", start=50)
    for other in (steady(5, 5, 5, device="C"), steady(5, 9, device="C"), steady(1, 5, device="C")):
        fine, _ = spend(NOTHING_SPENT, signed(other), PATIENT)
        both = Spent.most([hot, fine])
        assert spend(both, signed(then), PATIENT)[1] == TOO_LONG


def test_a_leg_that_adds_nothing_to_it_is_not_to_blame() -> None:
    then, fine = steady(9, 9, 9, 5, device="B", start=50), steady(5, 5, 5, device="C", start=200)
    assert blamed(BEFORE, then, fine, then) == [FINE, TOO_LONG, FINE, FINE]


def test_what_is_too_long_on_one_leg_goes_on_nowhere() -> None:
    judgement = judge([steady(*[9] * 9)], PATIENT)
    assert (judgement.state, judgement.findings) == (State.EXCURSION, ())
    allowed = replace(PATIENT, bands=(replace(WARM, total_min=600),))
    judgement = judge([steady(*[9] * 9)], allowed)
    assert (judgement.state, judgement.findings) == (State.REVIEW, ())


@given(
    st.lists(st.sampled_from([5.0, 9.0, 1.0, -1.0]), min_size=2, max_size=24),
    st.data(),
    st.sampled_from([0, 1]),
)
def test_wherever_a_file_is_parted_its_excursions_are_found(
    values: list[float], data: st.DataObject, apart: int
) -> None:
    """The reading at the seam is in both files, or there is a step of ten minutes between them."""
    cut = data.draw(st.integers(0, len(values) - 1 - apart))
    then = cut + apart
    legs = (
        steady(*values[: cut + 1], device="A"),
        steady(*values[then:], device="B", start=10 * then),
    )
    whole, past, beyond = judge([steady(*values)], PATIENT).state, NOTHING_SPENT, set[Finding]()
    for leg in legs:
        past, found = spend(past, signed(leg), PATIENT)
        beyond |= found
    alone = {judge([leg], PATIENT).state for leg in legs}
    assert (whole in BAD) == bool(beyond or alone & BAD)


BAD = {State.EXCURSION, State.FREEZE}


def test_frost_goes_on_too() -> None:
    legs = steady(5, -1, -1, device="A"), steady(-1, -1, 5, device="B", start=30)
    assert blamed(*legs) == [FINE, TOO_LONG]
    cool = steady(5, 1, 1, device="A"), steady(1, 1, 5, device="B", start=30)
    assert blamed(*cool) == [FINE, FINE]
    no_rule = replace(PATIENT, freeze=None)
    assert blamed(*legs, profile=no_rule) == [FINE, FINE]


def test_two_loggers_of_one_leg_are_told_together() -> None:
    judgement = judge([BEFORE, steady(9, 9, 9, 5, device="B", start=50)], PATIENT)
    assert (judgement.state, judgement.findings) == (
        State.EXCURSION,
        (Finding.DEVIATION, Finding.GOES_ON),
    )
    old = judge([BEFORE, steady(9, 9, 9, 5, device="B", start=50)], PATIENT, method=METHOD_2)
    assert (old.state, old.findings) == (State.IN_RANGE, (Finding.DEVIATION,))


def test_without_a_delay_each_leg_asks_by_itself_and_nothing_is_carried() -> None:
    assert not FRIDGE.adds_up
    hot = steady(9, 9, 9, device="A")
    assert spend(NOTHING_SPENT, signed(hot, profile=FRIDGE), FRIDGE) == (NOTHING_SPENT, FINE)
    assert signed(hot, profile=FRIDGE).as_json()["outside"] == {"above_s": 1200, "below_s": 0}


def test_claims_of_the_second_method_carry_nothing_where_there_is_no_budget() -> None:
    old = judge([BEFORE], PATIENT, method=METHOD_2)
    claim = ConditionsClaim.decode(as_conditions([BEFORE], PATIENT, old, METHOD_2)).readings
    assert claim is not None
    assert spend(NOTHING_SPENT, claim, PATIENT) == (NOTHING_SPENT, FINE)


def test_nothing_of_it_is_handed_down_to_another_lot_where_there_is_no_budget() -> None:
    past, _ = spend(NOTHING_SPENT, signed(BEFORE), PATIENT)
    assert past.tally.above_s
    assert handed_down(past.tally, PATIENT, PATIENT) is None
