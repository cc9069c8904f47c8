"""What was escaped is decoded once, and only what was escaped well."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.errors import Invalid
from supplychain.domain.percent_encoding import percent_decoded
from tests.supplychain.domain.test_lots import CSET_82


@given(st.text(CSET_82 + "%", max_size=20))
def test_whatever_was_escaped_comes_back(text: str) -> None:
    assert percent_decoded(quote(text, safe="")) == text
    assert percent_decoded(quote(quote(text, safe=""), safe="")) == quote(text, safe="")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("%", "BAD_ESCAPE"),
        ("A%2", "BAD_ESCAPE"),
        ("%zz", "BAD_ESCAPE"),
        ("%C3%A4", "BAD_CHARACTER"),
        ("ä", "BAD_CHARACTER"),
        ("\udc80", "BAD_CHARACTER"),
        ("%FF", "BAD_CHARACTER"),
    ],
)
def test_what_cannot_be_decoded_is_refused(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        percent_decoded(text)
    assert refused.value.code == code
