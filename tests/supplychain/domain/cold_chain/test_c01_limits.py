"""C1: limits are in, and no rounding hides what is beyond them."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.excursions import State, judge
from supplychain.domain.temperatures import centi_celsius
from tests.supplychain.domain.cold_chain.loggers import FRIDGE, steady


@pytest.mark.parametrize(
    ("value", "unit", "inside"),
    [("8.0", "C", True), ("8.1", "C", False), ("46.4", "F", True), ("46.5", "F", False)],
)
def test_eight_degrees_are_in_and_a_tenth_more_is_out(
    value: str, unit: str, *, inside: bool
) -> None:
    centi_c = centi_celsius(Fraction(value), unit)  # type: ignore[arg-type]  # the two literals
    assert (FRIDGE.side(centi_c) is None) is inside
    state = judge([steady(5, centi_c / 100, 5)], FRIDGE).state
    assert state is (State.IN_RANGE if inside else State.EXCURSION)


@pytest.mark.parametrize("value", ["2.0", "8.0"])
def test_both_ends_are_in(value: str) -> None:
    assert FRIDGE.side(centi_celsius(Fraction(value), "C")) is None


@given(st.decimals(-40, 90, places=3))
def test_converting_the_unit_changes_no_judgement(celsius: Decimal) -> None:
    exact = Fraction(celsius)
    here, there = centi_celsius(exact, "C"), centi_celsius(exact * Fraction(9, 5) + 32, "F")
    assert here == there
    assert FRIDGE.side(here) == ("above" if exact > 8 else "below" if exact < 2 else None)
