"""A broken rule says which it was, and whether something that already stands is against it."""

import pickle

import pytest

from supplychain.domain.errors import RuleBroken


def test_a_rule_is_broken_for_good_unless_it_is_a_conflict() -> None:
    broken = RuleBroken("R3", "NOT_HOLDER", "Not yours.")
    assert (broken.rule, broken.code, broken.message) == ("R3", "NOT_HOLDER", "Not yours.")
    assert broken.conflict is False
    assert RuleBroken("R2", "OUTPUT_TWICE", "Used.", conflict=True).conflict is True


@pytest.mark.parametrize("conflict", [False, True])
def test_a_broken_rule_crosses_to_another_process_whole(*, conflict: bool) -> None:
    broken = RuleBroken("R3", "NOT_HOLDER", "Not yours.", conflict=conflict)
    again = pickle.loads(pickle.dumps(broken))  # noqa: S301  our own bytes
    assert (type(again), str(again), vars(again)) == (RuleBroken, "Not yours.", vars(broken))
