"""C12: a clock's fault is never in range."""

import pytest

from supplychain.domain.conditions_judged import Stated
from supplychain.domain.errors import Invalid
from supplychain.domain.excursions import State, judge
from supplychain.domain.findings import STATED, Finding
from supplychain.domain.logger_evidence import Tolerances, of_clock
from supplychain.domain.profiles import profile
from tests.supplychain.domain.cold_chain.loggers import BUDGET, FRIDGE, at, logged, steady

FAULT = Stated(findings=frozenset({Finding.CLOCK_FAULT}))
DRIFT = Stated(findings=frozenset({Finding.CLOCK_DRIFT}))


def test_a_fault_of_the_clock_is_for_a_person_to_decide() -> None:
    judgement = judge([steady(5, 5)], FRIDGE, stated=FAULT)
    assert (judgement.state, judgement.findings) == (State.REVIEW, (Finding.CLOCK_FAULT,))


def test_a_drift_warns_only() -> None:
    judgement = judge([steady(5, 5)], FRIDGE, stated=DRIFT)
    assert (judgement.state, judgement.findings) == (State.IN_RANGE, (Finding.CLOCK_DRIFT,))


def test_a_fault_makes_nothing_better() -> None:
    assert judge([steady(5, 9)], FRIDGE, stated=FAULT).state is State.EXCURSION
    assert judge([logged([0, 10, 60], [5, 5, 5])], BUDGET, stated=FAULT).state is State.DATA_GAP


def test_goods_without_a_requirement_need_no_clock() -> None:
    unmonitored = profile("unmonitored/1")
    assert judge([steady(5, 5)], unmonitored, stated=FAULT).state is State.IN_RANGE


@pytest.mark.parametrize("ahead", [1, -1])
@pytest.mark.parametrize(
    ("minutes", "found"),
    [
        (10, set()),
        (10.1, {Finding.CLOCK_DRIFT}),
        (60, {Finding.CLOCK_DRIFT}),
        (60.1, {Finding.CLOCK_FAULT}),
    ],
)
def test_ten_minutes_are_borne_and_sixty_are_a_drift(
    minutes: float, found: set[Finding], ahead: int
) -> None:
    assert of_clock(at(ahead * minutes), at(0)) == found


def test_what_a_clock_may_be_off_is_a_setting() -> None:
    strict = Tolerances(drift_s=30, fault_s=90)
    assert of_clock(at(1), at(0), strict) == {Finding.CLOCK_DRIFT}
    assert of_clock(at(2), at(0), strict) == {Finding.CLOCK_FAULT}


@pytest.mark.parametrize("finding", sorted(set(Finding) - STATED))
def test_nobody_states_what_readings_show(finding: Finding) -> None:
    with pytest.raises(Invalid) as invalid:
        Stated(findings=frozenset({finding}))
    assert invalid.value.code == "NOT_A_CHOICE"
