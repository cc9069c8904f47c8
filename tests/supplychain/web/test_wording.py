"""Every code has its words."""

from supplychain.domain.parties import Role
from supplychain.domain.reasons import REASON_CODES
from supplychain.domain.verdicts import VerdictCode
from supplychain.web.wording import FACTS, WORDS, role_of


def test_each_verdict_has_a_word_and_no_two_have_the_same() -> None:
    assert set(WORDS) == {code.value for code in VerdictCode}
    assert len(set(WORDS.values())) == len(WORDS)


def test_each_reason_has_a_fact_in_words() -> None:
    assert set(FACTS) == REASON_CODES


def test_each_role_can_stand_for_a_name_that_is_not_shown() -> None:
    assert len({role_of([role.value]) for role in Role}) == len(Role)


def test_somebody_without_a_role_is_a_licensed_party() -> None:
    assert role_of([]) == "a licensed party"
