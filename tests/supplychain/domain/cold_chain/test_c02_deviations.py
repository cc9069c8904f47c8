"""C2: each reading outside stays visible; what lasts the profile's delay is an excursion."""

from dataclasses import replace

import pytest

from supplychain.domain.excursions import State, judge
from supplychain.domain.findings import Finding
from tests.supplychain.domain.cold_chain.loggers import FRIDGE, steady

PATIENT = replace(FRIDGE, excursion_delay_min=30)


@pytest.mark.parametrize(
    ("values", "state", "findings"),
    [
        ((5, 5, 5, 5), State.IN_RANGE, ()),
        ((5, 9, 5, 5), State.IN_RANGE, (Finding.DEVIATION,)),
        ((5, 9, 9, 5), State.EXCURSION, ()),
        ((5, 9, 5, 9, 9, 5), State.EXCURSION, (Finding.DEVIATION,)),
    ],
)
def test_twenty_minutes_are_a_deviation_and_thirty_an_excursion(
    values: tuple[float, ...], state: State, findings: tuple[Finding, ...]
) -> None:
    judgement = judge([steady(*values)], PATIENT)
    assert (judgement.state, judgement.findings) == (state, findings)
    assert bool(judgement.deviations) is (9 in values)


def test_without_a_delay_one_reading_is_an_excursion() -> None:
    assert judge([steady(5, 8.1, 5)], FRIDGE).state is State.EXCURSION
