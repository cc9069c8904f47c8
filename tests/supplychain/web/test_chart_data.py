"""What a chart in the browser gets: few points, and never one that hides a peak or a gap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.conditions import Series
from supplychain.domain.errors import Invalid
from supplychain.domain.excursions import judge
from supplychain.web.chart import HandOff
from supplychain.web.chart_data import Window, chart_data, whole_of
from tests.supplychain.domain.cold_chain.loggers import FRIDGE, at, logged, steady


def second(minutes: float) -> int:
    return int(at(minutes).timestamp())


def points(*series: Series, window: Window) -> list[list[tuple[int, int | None]]]:
    found = chart_data(series, FRIDGE, judge(series, FRIDGE), (), window)
    loggers = found["loggers"]
    assert isinstance(loggers, list)
    return [list(zip(one["at"], one["c"], strict=True)) for one in loggers]


def test_a_gap_is_a_null_and_not_a_line() -> None:
    one = logged([0, 10, 20, 300, 310], [5, 5, 5, 6, 6])
    (found,) = points(one, window=Window(second(0), second(310)))
    assert [c for _, c in found] == [500, 500, 500, None, 600, 600]
    assert [moment for moment, _ in found] == sorted(moment for moment, _ in found)


def test_a_window_has_the_readings_beside_it_too() -> None:
    one = steady(*range(3, 9), step=10)
    (found,) = points(one, window=Window(second(20), second(30)))
    assert [moment for moment, _ in found] == [second(m) for m in (10, 20, 30, 40)]


def test_a_window_between_readings_still_has_its_line() -> None:
    (found,) = points(steady(5, 6, 7), window=Window(second(12), second(14)))
    assert [c for _, c in found] == [600, 700]


def test_a_window_far_away_is_empty_of_peaks() -> None:
    (found,) = points(steady(5, 6), window=Window(second(900), second(901)))
    assert [c for _, c in found] == [600]


@given(st.lists(st.integers(-3000, 3000), min_size=2, max_size=300), st.integers(1, 40))
def test_lowest_and_highest_are_always_there(values: list[int], columns: int) -> None:
    one = logged(list(range(len(values))), [v / 100 for v in values])
    (found,) = points(one, window=Window(second(0), second(len(values) - 1), columns))
    told = [c for _, c in found if c is not None]
    assert (min(told), max(told)) == (min(values), max(values))
    assert len(told) <= 4 * (columns + 1)


def test_all_of_it_is_from_loading_to_receipt_at_least() -> None:
    one = steady(5, 5, start=10)
    covers = at(0), at(60)
    assert whole_of((one,), judge((one,), FRIDGE, covers)) == (second(0), second(60))
    assert whole_of((one,), judge((one,), FRIDGE)) == (second(10), second(20))


def test_what_is_shaded_hatched_and_marked_comes_along() -> None:
    one = logged([0, 10, 20, 300], [5, 9, 5, 5])
    covers = at(0), at(300)
    judged = judge((one,), FRIDGE, covers)
    found = chart_data((one,), FRIDGE, judged, [HandOff(at(0), "sent")], Window(0, 1))
    assert found["outside"] == [(second(10), second(10))]
    assert found["gaps"] == [(second(20), second(300))]
    assert found["marks"] == [{"at": second(0), "label": "sent"}]


@pytest.mark.parametrize(
    ("start", "end", "columns"), [("٣", "", ""), ("", "1e3", ""), ("", "", "4001"), ("2", "1", "")]
)
def test_a_window_is_read_strictly(start: str, end: str, columns: str) -> None:
    with pytest.raises(Invalid):
        Window.parse(start, end, columns, (0, 10))


def test_a_window_that_is_left_out_is_all() -> None:
    assert Window.parse("", "", "", (3, 9)) == Window(3, 9)
    assert Window.parse("4", "8", "0", (3, 9)) == Window(4, 8, 1)
