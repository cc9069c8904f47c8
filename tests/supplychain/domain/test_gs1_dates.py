"""Six digits are a day, or they are nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.errors import Invalid
from supplychain.domain.gs1_dates import parse_day

ON = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("270630", date(2027, 6, 30)),
        ("270600", date(2027, 6, 30)),
        ("280200", date(2028, 2, 29)),
        ("760101", date(2076, 1, 1)),
        ("770101", date(1977, 1, 1)),
    ],
)
def test_a_day_is_read_in_the_century_that_gs1_means(text: str, day: date) -> None:
    assert parse_day(text, on=ON) == day


def test_late_in_a_century_small_years_are_of_the_next() -> None:
    assert parse_day("490101", on=date(2099, 1, 1)) == date(2149, 1, 1)
    assert parse_day("500101", on=date(2099, 1, 1)) == date(2050, 1, 1)
    assert parse_day("490101", on=date(2098, 1, 1)) == date(2049, 1, 1)


@pytest.mark.parametrize("text", ["", "27063", "2706300", "271330", "270631", "27-6-3", "٢٧٠٦٣٠"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_day(text, on=ON)
    assert refused.value.code == "INVALID_DATE"


@given(st.dates(date(1978, 1, 1), date(2075, 12, 31)))
def test_every_day_that_two_digits_can_mean_comes_back(day: date) -> None:
    assert parse_day(f"{day:%y%m%d}", on=ON) == day
