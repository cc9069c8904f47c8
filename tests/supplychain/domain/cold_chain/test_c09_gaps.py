"""C9: what is not known is a gap: steps too long, no numbers, and what is not covered."""

from datetime import datetime

import pytest

from supplychain.domain.excursions import METHOD_2, Gap, State, judge
from supplychain.domain.reading_rows import Row, take
from supplychain.domain.temperatures import Unit, read_temperature
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
    assert isinstance(read_temperature(cell, "C"), str)


@pytest.mark.parametrize("newest", [1, -1])
@pytest.mark.parametrize(("hot", "unit"), [("85.0", "C"), ("85", "C"), ("185", "F")])
def test_85_degrees_are_no_number_only_where_a_sensor_wakes_up(
    hot: str, unit: Unit, newest: int
) -> None:
    """That is at the start of time, and not at the start of a file with the newest row first."""
    values = [hot, hot, "41", hot]
    rows = [Row(n, at(n).isoformat(), value) for n, value in enumerate(values)][::newest]
    readings, dropped = take(rows, datetime.fromisoformat, unit, None, at(100))
    assert [one.centi_c for one in readings] == [4100 if unit == "C" else 500, 8500]
    assert dropped == {"power_on": 2}


DAY = 24 * 60


@pytest.mark.parametrize(("step", "gap"), [(DAY, False), (DAY + 1, True)])
def test_a_step_of_more_than_a_day_is_a_gap_however_rarely_a_logger_reads(
    step: int, *, gap: bool
) -> None:
    """Two readings a month apart had a month for their interval, and proved all of it."""
    series = [logged([0, step, 2 * step], [5, 5, 5])]
    covers = at(0), at(2 * step)
    assert judge(series, BUDGET, covers).state is (State.DATA_GAP if gap else State.IN_RANGE)
    assert judge(series, BUDGET, covers, method=METHOD_2).state is State.IN_RANGE


@pytest.mark.parametrize(
    ("start", "end", "covered"),
    [
        (130, 180, True),  # between two readings
        (120, 120, True),  # no time at all, at a reading
        (130, 130, True),
        (-60, 0, True),
        (360, 400, True),
        (-60, -1, False),  # the first reading is an interval after loading, and after receipt
        (361, 400, False),
        (-1, -1, False),
    ],
)
def test_readings_of_another_time_cover_nothing_however_long_their_interval(
    start: int, end: int, *, covered: bool
) -> None:
    series, covers = [logged([0, 120, 240, 360], [5] * 4)], (at(start), at(end))
    judgement = judge(series, BUDGET, covers)
    assert judgement.gaps == (() if covered else (Gap(*covers),))
    assert judge(series, BUDGET, covers, method=METHOD_2).gaps == ()


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
