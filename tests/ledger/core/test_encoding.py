import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.core.encoding import b64, b64u, hex32, unb64, unb64u
from ledger.core.errors import Malformed

TEXTS = st.text(max_size=12) | st.text("AZaz09-_+/=Q \n", max_size=9)


@given(st.binary(max_size=80))
def test_bytes_come_back_from_either_base64(data: bytes) -> None:
    assert unb64u(b64u(data)) == data
    assert unb64(b64(data)) == data


@given(st.binary(max_size=80))
def test_the_spelling_is_that_of_the_standard(data: bytes) -> None:
    assert b64(data) == base64.b64encode(data).decode()
    assert b64u(data) == base64.urlsafe_b64encode(data).decode().rstrip("=")


@given(TEXTS)
@example("QR")
@example("Q")
def test_any_text_is_refused_or_is_the_only_spelling(text: str) -> None:
    for decode, encode in ((unb64u, b64u), (unb64, b64)):
        try:
            data = decode(text)
        except Malformed as error:
            assert error.code == "MALFORMED_BASE64"  # noqa: PT017  only one code may come out
        else:
            assert encode(data) == text


@pytest.mark.parametrize(
    "text",
    ["QQ==", "QR", "Q", "Q Q", "QQ\n", "Q+", "Q/", "Q!Q", "é", "Q=", "====", "\ud800", "QQQQQ"],
)
def test_base64url_has_no_second_spelling(text: str) -> None:
    with pytest.raises(Malformed):
        unb64u(text)


@pytest.mark.parametrize("text", ["QQ", "QQ=", "QR==", "QQ==\n", " QQ==", "Q-==", "QQ==QQ==", "é"])
def test_base64_has_no_second_spelling(text: str) -> None:
    with pytest.raises(Malformed):
        unb64(text)


def test_hex_of_32_bytes_is_read() -> None:
    assert hex32("0f" * 32) == b"\x0f" * 32


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0f" * 31,
        "0f" * 33,
        "0F" * 32,
        " " + "0f" * 31 + "0",
        "0f" * 32 + "\n",
        "٠" * 64,
        "0x" * 32,
    ],
)
def test_hex_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as refusal:
        hex32(text)
    assert refusal.value.code == "MALFORMED_HEX"
