"""A broken rule says which it was, and whether something that already stands is against it."""

from supplychain.domain.errors import RuleBroken


def test_a_rule_is_broken_for_good_unless_it_is_a_conflict() -> None:
    broken = RuleBroken("R3", "NOT_HOLDER", "Not yours.")
    assert (broken.rule, broken.code, broken.message) == ("R3", "NOT_HOLDER", "Not yours.")
    assert broken.conflict is False
    assert RuleBroken("R2", "OUTPUT_TWICE", "Used.", conflict=True).conflict is True
