"""C5: -0.5 °C or less for an hour has frozen the goods, and nothing clears it."""

from dataclasses import replace

import pytest

from supplychain.domain.excursions import METHOD_1, State, judge
from supplychain.domain.findings import Finding
from supplychain.domain.storage_profile import Band
from tests.supplychain.domain.cold_chain.loggers import NEVER_FROZEN, steady

FORGIVING = replace(NEVER_FROZEN, bands=(Band("cold", -2000, 200, 10_000, side="below"),))


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ((5, -0.5, -0.5, -0.5, -0.5, -0.5, 5), State.FREEZE),  # 60 minutes from 5 °C to 5 °C
        ((5, -0.5, -0.5, -0.5, -0.5, 5), State.EXCURSION),  # 50
        ((5, -0.4, -0.4, -0.4, -0.4, -0.4, 5), State.EXCURSION),
        ((5, -0.5, -0.5, -0.5, 0, -0.5, -0.5, 5), State.EXCURSION),  # an hour, not in a row
    ],
)
def test_half_a_degree_of_frost_for_an_hour_is_a_freeze(
    values: tuple[float, ...], state: State
) -> None:
    assert judge([steady(*values)], NEVER_FROZEN).state is state


def test_no_budget_clears_a_freeze() -> None:
    frozen, cold = steady(5, -1, -1, -1, -1, -1, 5), steady(5, -1, -1, 5)
    assert judge([cold], FORGIVING).state is State.REVIEW
    assert judge([frozen], FORGIVING).state is State.FREEZE
    spent = replace(FORGIVING, bands=(replace(FORGIVING.bands[0], total_min=10),))
    assert judge([cold], spent).state is State.EXCURSION
    assert judge([frozen], spent).state is State.FREEZE


def test_a_freeze_of_one_logger_outranks_all_that_others_say() -> None:
    frozen, hot = steady(5, -1, -1, -1, -1, -1, 5), steady(5, 30, 30, 30, 30, 30, 5, device="B")
    assert judge([hot, frozen], NEVER_FROZEN).state is State.FREEZE


@pytest.mark.parametrize(("value", "warns"), [(0.1, False), (0, True), (-3, True)])
def test_goods_that_must_not_freeze_warn_at_zero(value: float, *, warns: bool) -> None:
    findings = judge([steady(5, value, 5)], NEVER_FROZEN).findings
    assert (Finding.FREEZE_WARNING in findings) is warns
    unasked = judge([steady(5, value, 5)], replace(NEVER_FROZEN, do_not_freeze=False))
    assert Finding.FREEZE_WARNING not in unasked.findings


def test_the_first_method_knows_no_freeze() -> None:
    judgement = judge([steady(5, -1, -1, -1, -1, -1, 5)], NEVER_FROZEN, method=METHOD_1)
    assert (judgement.state, judgement.findings) == (State.EXCURSION, ())
