"""C9: what is not known is a gap: steps too long, no numbers, and what is not covered."""

from datetime import datetime

import pytest

from supplychain.domain.excursions import Gap, State, judge
from supplychain.domain.temperatures import read_temperature
from tests.supplychain.domain.cold_chain.loggers import BUDGET, at, logged, steady


@pytest.mark.parametrize(
    ("interval", "step", "gap"),
    [(5, 30, False), (5, 31, True), (20, 60, False), (20, 61, True)],
)
def test_a_gap_is_more_than_three_intervals_and_than_half_an_hour(
    interval: int, step: int, *, gap: bool
) -> None:
    minutes = [0, interval, 2 * interval, 2 * interval + step, 3 * interval + step]
    judgement = judge([logged(minutes, [5] * 5)], BUDGET)
    assert judgement.state is (State.DATA_GAP if gap else State.IN_RANGE)


@pytest.mark.parametrize("cell", ["--.-", "", "NaN", "-127", "999"])
def test_what_is_no_number_is_a_gap(cell: str) -> None:
    assert isinstance(read_temperature(cell, "C", first=False), str)


def test_85_degrees_are_no_number_only_where_a_sensor_wakes_up() -> None:
    assert read_temperature("85.0", "C", first=True) == "power_on"
    assert read_temperature("85.0", "C", first=False) == 8500


@pytest.mark.parametrize(
    ("covers", "gaps"),
    [
        ((at(-10), at(30)), ()),  # one interval of tolerance at either end
        ((at(-11), at(30)), (Gap(at(-11), at(0)),)),
        ((at(-10), at(31)), (Gap(at(20), at(31)),)),
    ],
)
def test_readings_begin_by_loading_and_end_with_receipt(
    covers: tuple[datetime, datetime], gaps: tuple[Gap, ...]
) -> None:
    assert judge([steady(5, 5, 5)], BUDGET, covers).gaps == gaps
