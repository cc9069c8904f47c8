"""C3: counts in a row start again, counts in all do not; heat and cold are never netted."""

from dataclasses import replace

import pytest

from supplychain.domain.conditions_judged import Outside
from supplychain.domain.excursions import State, judge
from supplychain.domain.findings import Finding
from tests.supplychain.domain.cold_chain.loggers import FRIDGE, logged, steady

SUMMED = replace(FRIDGE, excursion_delay_min=30, cumulative_above_min=40, cumulative_below_min=20)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ((5, 9, 5, 9, 5), State.IN_RANGE),  # twice 20 minutes are 40, and 40 are allowed
        ((5, 9, 5, 9, 5, 9, 5), State.EXCURSION),
        ((5, 1, 5), State.IN_RANGE),
        ((5, 1, 5, 1, 5), State.EXCURSION),
        ((5, 9, 5, 9, 5, 1, 5), State.IN_RANGE),  # 40 above and 20 below are not 60
    ],
)
def test_short_deviations_add_up_on_each_side(values: tuple[float, ...], state: State) -> None:
    judgement = judge([steady(*values)], SUMMED)
    assert judgement.state is state
    assert (Finding.CUMULATIVE in judgement.findings) is (state is State.EXCURSION)
    assert not judgement.excursions


def test_they_add_up_over_files_and_over_midnight() -> None:
    first, second = logged([940, 950, 960], [5, 9, 5]), logged([970, 980, 990], [9, 5, 9])
    third = logged([970], [5])
    assert judge([first, second], SUMMED).state is State.EXCURSION
    assert judge([first, third], SUMMED).state is State.IN_RANGE


def test_seconds_outside_are_kept_by_side_and_a_step_from_heat_to_cold_counts_on_both() -> None:
    judgement = judge([steady(5, 9, 1, 5)], FRIDGE)
    assert judgement.outside == Outside(above_s=20 * 60, below_s=20 * 60)
    assert judgement.minutes_out_worst_case == 30


def test_one_long_excursion_is_one_event() -> None:
    assert len(judge([steady(5, 9, 12, 9, 9, 5)], FRIDGE).excursions) == 1
    assert len(judge([steady(5, 9, 5, 9, 5)], FRIDGE).excursions) == 2
