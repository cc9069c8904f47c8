"""C4: between two readings the worst case counts, the linear estimate stands beside it."""

import pytest

from supplychain.domain.conditions_claim import METHOD
from supplychain.domain.conditions_judged import Outside
from supplychain.domain.excursions import as_conditions, judge, minutes_out
from supplychain.domain.profiles import profile
from supplychain.domain.storage_profile import Band, StorageProfile
from tests.supplychain.domain.cold_chain.loggers import FRIDGE, PAGE, logged, steady


def test_the_pages_example_is_140_minutes_at_worst_80_held_and_45_24_on_a_line() -> None:
    minutes = minutes_out(logged(*PAGE).readings, FRIDGE)
    assert (minutes.worst_case, minutes.left_hold) == (140, 80)
    assert round(minutes.linear, 2) == 45.24
    assert (minutes.above_s, minutes.below_s) == (140 * 60, 0)


def test_a_step_is_held_at_the_reading_before_it() -> None:
    out, back = steady(5, 9).readings, steady(9, 5).readings
    assert (minutes_out(out, FRIDGE).left_hold, minutes_out(back, FRIDGE).left_hold) == (0, 10)


def test_the_methods_id_and_the_whole_seconds_are_signed() -> None:
    series = [logged(*PAGE)]
    judgement = judge(series, FRIDGE)
    written = as_conditions(series, FRIDGE, judgement)
    assert written["method"] == METHOD == "worst-case/3"
    assert written["outside"] == {"above_s": 8400, "below_s": 0}
    assert judgement.outside == Outside(8400, 0)


TWO_PLACES = StorageProfile(
    "test/1",
    "Deep or cold",
    -2500,
    -1500,
    bands=(
        Band("fridge", 200, 800, None),
        Band("cool", -30, 200, 60, side="above"),
        Band("also", 500, 600, None),
    ),
)


@pytest.mark.parametrize(
    ("values", "minutes"),
    [
        ((-20, -10), 5),  # half of the way is within -25…-15
        ((-15, 2), 10),
        ((-20, 10), 19 * 10 / 30),  # of 30 degrees 5 and 6 are in
        ((8, 2), 0),
    ],
)
def test_the_line_counts_what_lies_between_the_ways_of_storing(
    values: tuple[float, ...], minutes: float
) -> None:
    found = minutes_out(steady(*values).readings, TWO_PLACES)
    expected = minutes if any(TWO_PLACES.deviation(round(100 * v)) for v in values) else 0
    assert found.linear == pytest.approx(expected, abs=0.001)


def test_a_limit_on_one_side_only_has_no_other() -> None:
    assert minutes_out(steady(-160, -140).readings, profile("cryogenic/1")).linear == 5
