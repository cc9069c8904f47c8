from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.profiles import PROFILES
from supplychain.domain.temperatures import Unit, centi_celsius, read_temperature


@pytest.mark.parametrize(
    ("cell", "unit", "expected"),
    [
        ("8.0", "C", 800),
        ("8.1", "C", 810),
        ("+5", "C", 500),
        ("-20.5", "C", -2050),
        ("\u221220.5", "C", -2050),
        ("-0.05", "C", -5),
        ("46.4", "F", 800),
        ("46.5", "F", 806),
        ("32", "F", 0),
        ("-40", "F", -4000),
        ("35.6", "F", 200),
        ("35.5", "F", 194),
    ],
)
def test_temperatures_are_converted_exactly(cell: str, unit: Unit, expected: int) -> None:
    assert read_temperature(cell, unit) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("8.004", 801), ("7.996", 799), ("1.9999", 199), ("2.0001", 201), ("5.123", 512)],
)
def test_rounding_never_lands_on_a_limit(cell: str, expected: int) -> None:
    assert read_temperature(cell, "C") == expected


@pytest.mark.parametrize("cell", ["", "--.-", "NaN", "nan", "N/A", "---", "null", "-"])
def test_a_lost_sensor_gives_no_number(cell: str) -> None:
    assert read_temperature(cell, "C") == "no_reading"


@pytest.mark.parametrize(
    ("cell", "unit"),
    [("-127", "C"), ("-127.00", "C"), ("999", "C"), ("999.0", "F"), ("-196.6", "F")],
)
def test_fault_codes_of_sensors_are_no_numbers(cell: str, unit: Unit) -> None:
    assert read_temperature(cell, unit) == "sensor_fault"


@pytest.mark.parametrize(
    "cell", ["5,1", "5.1 C", "1e1", "five", "٥", "--5", "5.", ".5", "12345", "0x10", "5.1234567"]
)
def test_what_is_no_plain_number_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="Expected a number"):
        read_temperature(cell, "C")


fractions = st.fractions(-200, 320, max_denominator=10**6)


@given(fractions, st.sampled_from(["C", "F"]), st.sampled_from(sorted(PROFILES)))
def test_what_is_outside_stays_outside_and_what_is_inside_stays_inside(
    value: Fraction, unit: Unit, profile_id: str
) -> None:
    profile = PROFILES[profile_id]
    exact = 100 * (value if unit == "C" else (value - 32) / Fraction(9, 5))
    low, high = profile.low_centi_c, profile.high_centi_c
    outside = (high is not None and exact > high) or (low is not None and exact < low)
    assert bool(profile.side(centi_celsius(value, unit))) == outside


@given(fractions, fractions)
def test_rounding_keeps_the_order_and_stays_within_a_hundredth(a: Fraction, b: Fraction) -> None:
    low, high = sorted((a, b))
    assert centi_celsius(low, "C") <= centi_celsius(high, "C")
    assert abs(centi_celsius(a, "C") - 100 * a) <= Fraction(3, 2)


@given(st.integers(-19_000, 30_000))
def test_a_value_in_fahrenheit_is_the_same_value(centi_c: int) -> None:
    assert centi_celsius(Fraction(centi_c, 100) * Fraction(9, 5) + 32, "F") == centi_c
