"""Who signs and who accepts ask the same question: it is answered once, and by nothing else."""

from dataclasses import replace

from supplychain.domain.conditions_judged import Stated
from supplychain.domain.excursions import METHOD_1, judge
from supplychain.domain.findings import Finding
from tests.supplychain.domain.cold_chain.loggers import BUDGET, FRIDGE, at, steady


def test_the_same_question_is_worked_out_once() -> None:
    assert judge([steady(5, 9, 5)], BUDGET) is judge((steady(5, 9, 5),), BUDGET)


def test_another_question_has_an_answer_of_its_own() -> None:
    series, asked = steady(5, 9, 5), judge([steady(5, 9, 5)], BUDGET)
    others = (
        judge([steady(5, 9.1, 5)], BUDGET),
        judge([replace(series, device="TT-2")], BUDGET),
        judge([series, steady(5, 5, 5, device="TT-2")], BUDGET),
        judge([series], FRIDGE),
        judge([series], BUDGET, (at(0), at(20))),
        judge([series], BUDGET, method=METHOD_1),
        judge([series], BUDGET, stated=Stated(findings=frozenset({Finding.CLOCK_DRIFT}))),
    )
    assert all(one is not asked for one in others)
