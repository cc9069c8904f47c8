"""C7: inside the budget and not clean is for a person to decide."""

import pytest

from supplychain.domain.budget import Use
from supplychain.domain.excursions import METHOD_1, METHOD_2, State, judge
from supplychain.domain.findings import Finding
from tests.supplychain.domain.cold_chain.loggers import BUDGET, at, logged, stay_at, steady


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ((5, 8, 2, 5), State.IN_RANGE),
        ((5, 8.1, 5), State.REVIEW),
        ((5, 25, 5), State.REVIEW),
        ((5, 25.1, 5), State.EXCURSION),
        ((5, 20, 25.1, 5), State.EXCURSION),
        ((5, 1, 5, 9, 5), State.REVIEW),
        ((5, 9, 9, 9, 9, 9, 5), State.REVIEW),  # 60 minutes of 60
        ((5, 9, 9, 9, 9, 9, 9, 5), State.EXCURSION),  # 70 of 60
    ],
)
def test_what_the_budget_bears_is_reviewed_and_what_it_does_not_is_an_excursion(
    values: tuple[float, ...], state: State
) -> None:
    judgement = judge([steady(*values)], BUDGET)
    assert judgement.state is state
    spent = len(values) == 8
    assert (Finding.BUDGET_SPENT in judgement.findings) is spent


def test_what_was_used_is_told_by_band() -> None:
    judgement = judge([steady(5, 9, 5, 1, 1, 5)], BUDGET)
    assert judgement.used == (
        Use("cool", 30 * 60, at(30), at(40), 1, (stay_at(20, 30, 40, 50),)),
        Use("warm", 20 * 60, at(10), at(10), 1, (stay_at(0, 10, 10, 20),)),
    )


def test_of_two_loggers_the_worst_counts_at_each_second() -> None:
    both = [steady(5, 9, 5, 5, 5), steady(5, 5, 5, 5, 9, device="B")]
    (used,) = judge(both, BUDGET).used
    stays = stay_at(0, 10, 10, 20), stay_at(30, 40, 40, 40)
    assert used == Use("warm", 30 * 60, at(10), at(40), 1, stays)
    assert judge(both, BUDGET).outside.above_s == 30 * 60


def test_by_the_second_method_the_one_that_was_longer_in_a_band_counts() -> None:
    both = [steady(5, 9, 5, 5, 5), steady(5, 5, 5, 5, 9, device="B")]
    judgement = judge(both, BUDGET, method=METHOD_2)
    assert judgement.used == (Use("warm", 20 * 60, at(10), at(40), 1),)
    assert judgement.outside.above_s == 20 * 60


def test_a_budget_clears_no_gap_and_a_gap_hides_no_review() -> None:
    assert judge([logged([0, 10, 60], [5, 5, 5])], BUDGET).state is State.DATA_GAP
    judgement = judge([logged([0, 10, 20, 60], [5, 9, 5, 5])], BUDGET)
    assert judgement.state is State.REVIEW
    assert judgement.gaps


def test_the_first_method_knows_no_budget() -> None:
    judgement = judge([steady(5, 9, 5)], BUDGET, method=METHOD_1)
    assert (judgement.state, judgement.used) == (State.EXCURSION, ())
