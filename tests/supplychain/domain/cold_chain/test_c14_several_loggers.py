"""C14: the worst logger governs, nothing is averaged, an old calibration weakens the evidence."""

from datetime import date, timedelta

import pytest

from supplychain.domain.conditions import ReadingsFault
from supplychain.domain.conditions_judged import Outside
from supplychain.domain.excursions import State, judge
from supplychain.domain.findings import Finding
from tests.supplychain.domain.cold_chain.loggers import FRIDGE, START, logged, steady

TODAY = START.date()


def test_the_worst_logger_governs_and_no_two_are_averaged() -> None:
    cold, warm = steady(3, 3, 3, device="A"), steady(9, 9, 9, device="B")
    judgement = judge([cold, warm], FRIDGE)  # on average they had 6 °C
    assert judgement.state is State.EXCURSION
    assert (judgement.min_centi_c, judgement.max_centi_c, judgement.mean_centi_c) == (300, 900, 900)
    assert judgement.outside == Outside(20 * 60, 0)


def test_equal_values_of_one_moment_collapse_and_different_ones_are_a_fault() -> None:
    first, again, other = steady(5, 6), steady(5, 6, 7), steady(5, 6.1, 7)
    assert len(first.joined(again).readings) == 3
    with pytest.raises(ReadingsFault) as caught:
        first.joined(other)
    assert caught.value.code == "DUPLICATE_DIFFERS"


@pytest.mark.parametrize(("days", "old"), [(0, False), (365, False), (366, True)])
def test_a_calibration_counts_for_365_days(days: int, *, old: bool) -> None:
    series = logged([0, 10], [5, 5], calibrated=TODAY - timedelta(days=days))
    judgement = judge([series, steady(5, 5, device="B")], FRIDGE)
    assert judgement.findings == ((Finding.CALIBRATION_OLD,) if old else ())
    assert judgement.state is State.IN_RANGE


def test_what_is_not_known_of_a_calibration_is_not_held_against_it() -> None:
    assert judge([logged([0], [5], calibrated=None)], FRIDGE).findings == ()
    future = logged([0], [5], calibrated=date(2100, 1, 1))
    assert judge([future], FRIDGE).findings == ()
