"""C13: what no goods can have had is kept, told, and counted as a gap in the mean."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from supplychain.domain.excursions import State, judge
from supplychain.domain.findings import Finding
from supplychain.domain.plausibility import doubted_steps
from supplychain.domain.profiles import profile
from tests.supplychain.domain.cold_chain.loggers import FRIDGE, logged, steady

ROOM = profile("below-30/1")
HOUR = 60


@pytest.mark.parametrize(
    ("values", "doubted"),
    [
        ((-50, -100, -60), False),
        ((-60, -100.01, -60), True),
        ((50, 80, 40), False),
        ((50, 80.01, 40), True),
        ((5, 55, 5), False),  # 50 °C in 10 minutes are 5 °C a minute
        ((5, 55.01, 5), True),
        ((55.01, 5, 5.2), True),
    ],
)
def test_beyond_100_below_and_80_above_and_more_than_5_degrees_a_minute_is_doubted(
    values: Sequence[float], *, doubted: bool
) -> None:
    judgement = judge([steady(*values)], ROOM)
    assert (Finding.IMPLAUSIBLE in judgement.findings) is doubted


def test_one_reading_alone_can_be_doubted() -> None:
    assert judge([steady(81)], ROOM).findings == (Finding.IMPLAUSIBLE,)


@pytest.mark.parametrize(
    ("hours", "values", "doubted"),
    [
        (24, (5.0, 5.04), True),  # the same to a tenth of a degree
        (24 - 1 / 60, (5.0, 5.04), False),
        (24, (5.0, 5.05), False),
    ],
)
def test_a_sensor_that_says_the_same_for_a_day_is_doubted(
    hours: float, values: Sequence[float], *, doubted: bool
) -> None:
    times = [*range(0, 24 * HOUR, HOUR), round(hours * HOUR)]
    series = logged(times, [values[n % len(values)] for n in range(len(times))])
    judgement = judge([series], FRIDGE)
    assert (Finding.IMPLAUSIBLE in judgement.findings) is doubted
    assert judgement.state is State.IN_RANGE


def test_the_steps_of_the_flat_stretch_are_doubted_and_no_others() -> None:
    times = [0, HOUR, *range(2 * HOUR, 27 * HOUR, HOUR), 27 * HOUR]
    series = logged(times, [5, 5.5, *[6] * 25, 7])
    assert doubted_steps(series.readings, FRIDGE) == [False, False, *[True] * 24, False]


def test_what_is_doubted_is_kept_and_judged() -> None:
    judgement = judge([steady(5, 90, 5)], FRIDGE)
    assert (judgement.state, judgement.max_centi_c) == (State.EXCURSION, 9000)


def test_what_is_plausible_is_data_of_the_profile() -> None:
    deep = steady(-196, -195, -196)
    assert Finding.IMPLAUSIBLE in judge([deep], profile("cryogenic/1")).findings
    assert judge([deep], profile("cryogenic/2")).findings == ()
    narrow = replace(FRIDGE, plausible_high_centi_c=1000)
    assert Finding.IMPLAUSIBLE in judge([steady(5, 10.1, 5)], narrow).findings
