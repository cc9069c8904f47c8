import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import envelope
from ledger.core.encoding import b64u, unb64u
from ledger.core.envelope import Disclosure, Envelope, seal, sign_payload, signing_input
from ledger.core.errors import Malformed
from tests.ledger.core.examples import DIGESTS, DISCLOSURES, KEY, a_sealed_entry, an_entry

JWS = sign_payload(b"{}", KEY).removesuffix("~")
HEADER, PAYLOAD, SIGNATURE = JWS.split(".")
SALT = b"s" * 16


def _code(text: str) -> str:
    with pytest.raises(Malformed) as refusal:
        Envelope.parse(text)
    return refusal.value.code


def test_the_header_is_one_byte_string_in_which_only_the_thumbprint_varies() -> None:
    expected = b'{"alg":"ES256","kid":"' + KEY.kid.encode() + b'","typ":"unbroken-entry+sd-jwt"}'
    assert unb64u(HEADER) == expected


def test_an_envelope_comes_apart_into_what_was_put_in() -> None:
    text = sign_payload(b'{"a":1}', KEY, DISCLOSURES)
    found = Envelope.parse(text)
    assert (found.kid, found.payload, found.text) == (KEY.kid, b'{"a":1}', text)
    assert found.signing_input == signing_input(KEY.kid, b'{"a":1}')
    assert found.signature == KEY.sign(found.signing_input)
    assert found.disclosures == tuple(one.text for one in DISCLOSURES)


def test_an_envelope_without_disclosures_is_read_with_and_without_its_tilde() -> None:
    bare, with_tilde = Envelope.parse(JWS), Envelope.parse(JWS + "~")
    assert bare == with_tilde
    assert bare.text == JWS + "~"


def _with_header(header: bytes) -> str:
    return f"{b64u(header)}.{PAYLOAD}.{SIGNATURE}"


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES384"},
        {"alg": "es256"},
        {"typ": "JWT"},
        {"typ": "unbroken-entry+SD-JWT"},
        {"jwk": {"kty": "EC"}},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/cert"},
        {"crit": ["exp"]},
        {"b64": False},
        {"kid": "mine"},
        {"kid": ""},
        {"kid": KEY.kid[:-1] + "\u00e9"},
    ],
    ids=str,
)
def test_no_other_header_is_read(change: dict[str, Any]) -> None:
    members = {"alg": "ES256", "kid": KEY.kid, "typ": "unbroken-entry+sd-jwt"}
    header = json.dumps(members | change, separators=(",", ":"), ensure_ascii=False)
    assert _code(_with_header(header.encode())) in {"HEADER_REFUSED", "MALFORMED_BASE64"}


def test_the_header_has_no_other_order_spacing_or_repetition() -> None:
    kid = KEY.kid
    for header in (
        f'{{"typ":"unbroken-entry+sd-jwt","alg":"ES256","kid":"{kid}"}}',
        f'{{"alg": "ES256","kid":"{kid}","typ":"unbroken-entry+sd-jwt"}}',
        f'{{"alg":"ES256","kid":"{kid}","typ":"unbroken-entry+sd-jwt"}}\n',
        f'{{"alg":"none","alg":"ES256","kid":"{kid}","typ":"unbroken-entry+sd-jwt"}}',
        f'{{"ALG":"ES256","kid":"{kid}","typ":"unbroken-entry+sd-jwt"}}',
        f'{{"alg":"ES256","kid":"{kid}","typ":"unbroken-entry+sd-jwT"}}',
        "",
    ):
        assert _code(_with_header(header.encode())) == "HEADER_REFUSED"


def test_a_thumbprint_has_no_second_spelling() -> None:
    # 43 characters carry 258 bits for 256; the last two must be zero.
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = KEY.kid[:-1] + last[last.index(KEY.kid[-1]) + 1]
    header = unb64u(HEADER).replace(KEY.kid.encode(), twin.encode())
    assert _code(_with_header(header)) == "MALFORMED_BASE64"
    short = unb64u(HEADER).replace(KEY.kid.encode(), b"\xff" * 43)
    assert _code(_with_header(short)) == "MALFORMED_BASE64"


def test_a_thumbprint_is_32_bytes() -> None:
    # 44 characters of the same alphabet are 33 bytes; the header is then longer, too.
    kid = b64u(bytes(33))
    assert _code(_with_header(unb64u(HEADER).replace(KEY.kid.encode(), kid.encode()))) == (
        "HEADER_REFUSED"
    )


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        bytes(64),
        bytes(32) + b"\x01" * 32,
        b"\x01" * 32 + bytes(32),
        b"\xff" * 64,
        b"\x01" * 63,
        b"\x01" * 65,
        bytes.fromhex("3006020101020101"),
    ],
    ids=["none", "zeros", "r=0", "s=0", "beyond", "short", "long", "DER"],
)
def test_a_signature_that_can_be_none_is_refused_on_sight(signature: bytes) -> None:
    assert _code(f"{HEADER}.{PAYLOAD}.{b64u(signature)}") == "SIGNATURE_MALFORMED"


@pytest.mark.parametrize(
    "text",
    [
        *("", "~", "..", "a", f"{HEADER}.{PAYLOAD}", f"{JWS}.{SIGNATURE}", f"~{JWS}"),
        *(f"{JWS}~{DISCLOSURES[0].text}", f"{JWS}~a~b.c.d", f" {JWS}", f"{JWS}\n", f"{JWS} ~"),
        *(f".{PAYLOAD}.{SIGNATURE}", f"{HEADER}.{PAYLOAD}.", f"{JWS}=", f"{HEADER}=.{PAYLOAD}.x"),
        *(
            f"{HEADER}.{PAYLOAD}=.{SIGNATURE}",
            f"{HEADER}.{PAYLOAD}+.{SIGNATURE}",
            "\ud800",
            "é.é.é",
        ),
    ],
)
def test_what_is_no_envelope_is_refused(text: str) -> None:
    assert _code(text)


def test_a_key_binding_jwt_after_the_disclosures_is_refused() -> None:
    assert _code(f"{JWS}~{DISCLOSURES[0].text}~{JWS}") == "ENVELOPE_MALFORMED"


def test_the_limits_of_an_envelope() -> None:
    largest = sign_payload(b"x" * 16_384, KEY)
    assert len(Envelope.parse(largest).payload) == 16_384
    over = signing_input(KEY.kid, b"x" * 16_385).decode()
    assert _code(f"{over}.{SIGNATURE}") == "TOO_LARGE"
    assert _code("x" * 65_537) == "TOO_LARGE"
    many = [b64u(bytes([n])) for n in range(33)]
    assert len(Envelope.parse("~".join([JWS, *many[:32], ""])).disclosures) == 32
    assert _code("~".join([JWS, *many, ""])) == "TOO_LARGE"


def test_a_disclosure_that_stands_there_twice_is_refused() -> None:
    assert _code(f"{JWS}~abc~abc~") == "DISCLOSURE_REPEATED"


def test_a_disclosure_comes_back_from_its_text() -> None:
    for one in DISCLOSURES:
        again = Disclosure.parse(one.text)
        assert again == one
        assert again.text == one.text
        assert again.digest == b64u(hashlib.sha256(one.text.encode()).digest())


def _disclosure(value: bytes) -> str:
    return b64u(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "MALFORMED_JSON"),
        ("=", "MALFORMED_BASE64"),
        (_disclosure(b"{}"), "DISCLOSURE_MALFORMED"),
        (_disclosure(b'["c2Fs","name"]'), "DISCLOSURE_MALFORMED"),
        (_disclosure(b'["c2Fs","name",1,2]'), "DISCLOSURE_MALFORMED"),
        (_disclosure(b'["c2FsdA","name",1]'), "DISCLOSURE_MALFORMED"),
        (_disclosure(b'[1,"name",1]'), "DISCLOSURE_MALFORMED"),
        (_disclosure(b'["cw",1,1]'), "DISCLOSURE_MALFORMED"),
        (_disclosure(b'["!","name",1]'), "MALFORMED_BASE64"),
        (_disclosure(b'["c3Nzc3Nzc3Nzc3Nzc3Nzcw", "name",1]'), "NOT_CANONICAL"),
        (_disclosure(b'["c3Nzc3Nzc3Nzc3Nzc3Nzcw","name",null]'), "UNSUPPORTED_VALUE"),
        (_disclosure('["c3Nzc3Nzc3Nzc3Nzc3Nzcw","é",1]'.encode()), "BAD_NAME"),
        (_disclosure(b'["c3Nzc3Nzc3Nzc3Nzc3Nzcw","_sd",1]'), "DISCLOSURE_MALFORMED"),
        (_disclosure(b'["c3Nzc3Nzc3Nzc3Nzc3Nzcw","...",1]'), "DISCLOSURE_MALFORMED"),
        (_disclosure(b'["c3Nzc3Nzc3Nzc3Nzc3Nzcw","a",{"_sd":[]}]'), "DISCLOSURE_MALFORMED"),
        (_disclosure(b'["c3Nzc3Nzc3Nzc3Nzc3Nzcw","a",[[{"...":1}]]]'), "DISCLOSURE_MALFORMED"),
        (_disclosure(b'["c3Nzc3Nzc3Nzc3Nzc3Nzcw","a",' + b"[" * 3000), "TOO_DEEP"),
        ("A" * 4_097, "TOO_LARGE"),
    ],
)
def test_a_disclosure_in_any_other_form_is_refused(text: str, code: str) -> None:
    with pytest.raises(Malformed) as refusal:
        Disclosure.parse(text)
    assert refusal.value.code == code


def test_no_disclosure_can_be_made_that_could_not_be_read() -> None:
    circle: list[Any] = []
    circle.append(circle)
    bad: list[tuple[bytes, str, Any]] = [
        (b"short", "name", 1),
        (SALT, "_sd_alg", 1),
        (SALT, "name", {"a": [{"_sd": 1}]}),
        (SALT, "name", "x" * 4_000),
        (SALT, "name", 1.5),
        (SALT, "näme", 1),
        (SALT, "name", circle),
    ]
    for salt, name, value in bad:
        with pytest.raises(Malformed):
            Disclosure(salt, name, value)


def test_sealing_gives_sorted_digests_and_the_disclosures_in_order() -> None:
    assert list(DIGESTS) == sorted(one.digest for one in DISCLOSURES)
    assert [(one.name, one.value) for one in DISCLOSURES] == [("order", "PO-77"), ("price", 1250)]


@pytest.mark.parametrize("salts", [[], [SALT], [SALT, SALT], [SALT, b"t" * 16, b"u" * 16]])
def test_every_sealed_member_has_a_salt_of_its_own(salts: list[bytes]) -> None:
    with pytest.raises(Malformed):
        seal({"a": 1, "b": 2}, salts)


def test_one_value_sealed_twice_does_not_show() -> None:
    first, _ = seal({"a": 1}, [SALT])
    second, _ = seal({"a": 1}, [b"t" * 16])
    assert first != second


def test_reserved_names_are_found_however_deep() -> None:
    assert envelope.has_reserved_member({"a": [1, {"b": {"...": 1}}]})
    assert not envelope.has_reserved_member({"a": ["_sd", {"b": "..."}], "sd": 1})


TEXTS = st.sampled_from([JWS, an_entry(), a_sealed_entry(*DISCLOSURES)])


@given(TEXTS, st.data())
def test_a_change_of_one_character_is_refused_or_shows(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    character = data.draw(
        st.characters(min_codepoint=1, max_codepoint=300) | st.sampled_from("~.-_A")
    )
    changed = text[:place] + character + text[place + 1 :]
    try:
        found = Envelope.parse(changed)
    except Malformed:
        return
    assert found.text.rstrip("~") == changed.rstrip("~")
    assert changed == text or found != Envelope.parse(text)


@given(st.text(max_size=200) | st.from_regex(r"[\w\-.~=]{0,200}", fullmatch=True))
def test_any_text_is_refused_without_a_crash(text: str) -> None:
    assert _code(text)
