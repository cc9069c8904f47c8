"""Company prefixes: how long one is, and that none begins another."""

import pytest

from supplychain.domain.company_prefixes import CompanyPrefixes, company_prefix
from supplychain.domain.errors import Invalid

KNOWN = CompanyPrefixes({"0614141": "0614141000005", "95060001": "9506000134352"})


@pytest.mark.parametrize("text", ["061414", "061414100000"])
def test_a_prefix_has_six_to_twelve_digits(text: str) -> None:
    assert company_prefix(text) == text


@pytest.mark.parametrize("text", ["06141", "0614141000005", "061414x", "", "٠٦١٤١٤١"])
def test_no_other_text_is_one(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        company_prefix(text)
    assert caught.value.code == "INVALID_PREFIX"


def test_the_longest_known_prefix_counts() -> None:
    both = CompanyPrefixes({"061414": "a", "0614141": "b"})
    assert both.length("0614141073460") == 7
    assert both.length("0614142073460") == 6
    assert KNOWN.length("9506000134352") == 8
    assert KNOWN.length("4012345000009") is None


def test_a_prefix_stands_against_those_that_it_begins_or_that_begin_it() -> None:
    assert KNOWN.against("061414") == ["0614141"]
    assert KNOWN.against("06141411") == ["0614141"]
    assert KNOWN.against("0614141") == []
    assert KNOWN.against("0614142") == []
