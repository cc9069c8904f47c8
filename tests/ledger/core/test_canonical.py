import unicodedata
from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.core import canonical
from ledger.core.errors import LedgerError, Malformed


def _is_text(text: str) -> bool:
    try:
        canonical.check_text(text)
    except Malformed:
        return False
    return True


NAMES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
TEXTS = st.one_of(NAMES, st.text(max_size=8).map(lambda t: unicodedata.normalize("NFC", t)))
INTEGERS = st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER)
VALUES = st.recursive(
    st.booleans() | INTEGERS | TEXTS.filter(_is_text),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES)
def test_the_bytes_are_those_of_another_implementation_of_rfc_8785(value: Any) -> None:
    assert canonical.dumps(value) == rfc8785.dumps(value)


@given(VALUES)
def test_what_is_written_is_read_as_it_was(value: Any) -> None:
    found = canonical.loads(canonical.dumps(value))
    assert found == value
    assert canonical.dumps(found) == canonical.dumps(value)


@given(st.binary(max_size=60) | st.text(max_size=40).map(str.encode))
@example(b'{"a":1}')
@example("\ud800".encode("utf-8", "surrogatepass"))
@example(b'"\\ud800"')
def test_any_bytes_are_refused_or_are_what_the_value_is_written_as(data: bytes) -> None:
    try:
        value = canonical.loads(data)
    except LedgerError as error:
        assert isinstance(error, Malformed)  # noqa: PT017  only one kind may come out
    else:
        assert canonical.dumps(value) == data == rfc8785.dumps(value)


@given(VALUES, st.data())
def test_no_change_of_one_byte_gives_the_same_value(value: Any, data: st.DataObject) -> None:
    written = bytearray(canonical.dumps(value))
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] ^= data.draw(st.integers(1, 255))
    try:
        found = canonical.loads(bytes(written))
    except Malformed:
        return
    assert canonical.dumps(found) != canonical.dumps(value)


def _nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "MALFORMED_JSON"),
        (b"{", "MALFORMED_JSON"),
        (b"{} x", "MALFORMED_JSON"),
        (b"{}{}", "MALFORMED_JSON"),
        (b"\xef\xbb\xbf{}", "MALFORMED_JSON"),
        ("{}".encode("utf-16"), "MALFORMED_JSON"),
        (b'"\xff"', "MALFORMED_JSON"),
        (b'"\xc0\xaf"', "MALFORMED_JSON"),
        (b'"\xed\xa0\x80"', "MALFORMED_JSON"),
        (b"'a'", "MALFORMED_JSON"),
        (b"[1,]", "MALFORMED_JSON"),
        (b'"a\nb"', "MALFORMED_JSON"),
        (b"01", "MALFORMED_JSON"),
        ("١".encode(), "MALFORMED_JSON"),  # a digit that Python's int() takes
        (b'{"a":1,"a":1}', "DUPLICATE_KEY"),
        (b'{"b":{"a":1,"a":2}}', "DUPLICATE_KEY"),
        (b'{"a":1,"\\u0061":2}', "DUPLICATE_KEY"),
        (b'{"b":1,"a":2}', "NOT_CANONICAL"),
        (b'{"a": 1}', "NOT_CANONICAL"),
        (b" {}", "NOT_CANONICAL"),
        (b"{}\n", "NOT_CANONICAL"),
        (b'"\\u0061"', "NOT_CANONICAL"),
        (b'"\\/"', "NOT_CANONICAL"),
        (b"-0", "NOT_CANONICAL"),
        (b"NaN", "UNSUPPORTED_VALUE"),
        (b"[Infinity]", "UNSUPPORTED_VALUE"),
        (b"-Infinity", "UNSUPPORTED_VALUE"),
        (b"null", "UNSUPPORTED_VALUE"),
        (b'{"a":null}', "UNSUPPORTED_VALUE"),
        (b"1.0", "UNSUPPORTED_VALUE"),
        (b"1.5", "UNSUPPORTED_VALUE"),
        (b"1e400", "UNSUPPORTED_VALUE"),
        (b"1E2", "UNSUPPORTED_VALUE"),
        (b"-0.0", "UNSUPPORTED_VALUE"),
        (b"9007199254740992", "INTEGER_RANGE"),
        (b"-9007199254740992", "INTEGER_RANGE"),
        (b"9" * 10_000, "INTEGER_RANGE"),
        (_nested(17), "TOO_DEEP"),
        (b'{"a":' * 17 + b"1" + b"}" * 17, "TOO_DEEP"),
        (b'["\xc3\xa9",' + _nested(16) + b"]", "TOO_DEEP"),
        (b"[" + b"[]," * 16 + _nested(16) + b"]", "TOO_DEEP"),
        (_nested(8_000), "TOO_DEEP"),
        (b"[" * 16_384, "TOO_DEEP"),
        (b'{"a":' * 3_000, "TOO_DEEP"),
        (b"[" * 17, "TOO_DEEP"),
        (b"[" * 3_000 + b"1.5", "TOO_DEEP"),
        (b'["' + b"[" * 17 + b'",', "MALFORMED_JSON"),
        (b"[" + b"[]," * 17, "MALFORMED_JSON"),
        (b'["' + b'\\"' * 8_000 + b"[" * 17, "MALFORMED_JSON"),
        (b'"' + b"a" * 16_383 + b'"', "TOO_LARGE"),
        ('{"é":1}'.encode(), "BAD_NAME"),
        (b'{"\\u00e9":1}', "BAD_NAME"),
        (b'{"\x7f":1}', "BAD_CHARACTER"),
        (b'"\x7f"', "BAD_CHARACTER"),
        (b'"\\n"', "BAD_CHARACTER"),
        (b'"\\u0000"', "BAD_CHARACTER"),
        (b'"\\ud800"', "BAD_CHARACTER"),
        (b'"\\udc00\\ud800"', "BAD_CHARACTER"),
        (b'{"\\ud800":1}', "BAD_NAME"),
        ('"e\u0301"'.encode(), "NOT_NFC"),
        ('"\u212b"'.encode(), "NOT_NFC"),
    ],
)
def test_every_other_spelling_is_refused_by_its_name(data: bytes, code: str) -> None:
    with pytest.raises(Malformed) as refusal:
        canonical.loads(data)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "character",
    [
        *("\x80", "\x9f", "\xad", "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4", "\u180e"),
        *("\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a"),
        *("\u202e", "\u2060", "\u2066", "\u2069", "\u3164", "\ufe0f", "\ufeff", "\uffa0"),
        *("\ufff9", "\U000e0001", "\U000e0041", "\U000e0100", "\U0001d173"),
        *("\ue000", "\uffff", "\ufdd0", "\U0010ffff", "\u0378", "\ud800"),
    ],
    ids=lambda character: f"U+{ord(character):04X}",
)
def test_a_character_that_a_reader_cannot_see_is_refused(character: str) -> None:
    with pytest.raises(Malformed) as refusal:
        canonical.dumps(f"a{character}b")
    assert refusal.value.code == "BAD_CHARACTER"


@pytest.mark.parametrize("text", ["Größe", "薬", "دواء", "Ω", "a\\\"b/c'<>&", "💊", "\u00a0"])
def test_letters_of_the_world_are_welcome(text: str) -> None:
    assert canonical.loads(canonical.dumps(text)) == text


def test_the_limits_themselves_are_within() -> None:
    assert canonical.loads(_nested(16)) == canonical.loads(_nested(16))
    assert canonical.loads(b'["\xc3\xa9",' + _nested(15) + b"]")
    assert canonical.loads(b"9007199254740991") == canonical.MAX_INTEGER
    assert canonical.loads(b"-9007199254740991") == -canonical.MAX_INTEGER
    assert canonical.loads(b'"' + b"a" * 16_382 + b'"') == "a" * 16_382
    assert canonical.loads(b"123", max_bytes=3) == 123


def test_the_reader_of_larger_files_says_its_limit() -> None:
    with pytest.raises(Malformed, match="4 bytes; at most 3 allowed"):
        canonical.loads(b"1234", max_bytes=3)


@pytest.mark.parametrize(
    "value", [None, 1.0, float("nan"), (1,), b"a", {"a": None}, [1.5], {1}, object()]
)
def test_the_writer_refuses_what_the_format_does_not_have(value: Any) -> None:
    with pytest.raises(Malformed) as refusal:
        canonical.dumps(value)
    assert refusal.value.code == "UNSUPPORTED_VALUE"


def test_the_writer_refuses_names_that_are_not_ascii_strings() -> None:
    for name in (1, True, None, "é", "\u0661"):
        with pytest.raises(Malformed) as refusal:
            canonical.dumps({name: 1})  # type: ignore[dict-item]  # it is wrong on purpose
        assert refusal.value.code == "BAD_NAME"


def test_the_writer_ends_on_a_value_that_holds_itself() -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(Malformed) as refusal:
        canonical.dumps(circle)
    assert refusal.value.code == "TOO_DEEP"


def test_the_writer_refuses_integers_that_javascript_would_round() -> None:
    with pytest.raises(Malformed) as refusal:
        canonical.dumps(2**53)
    assert refusal.value.code == "INTEGER_RANGE"


def test_an_enumeration_is_written_as_its_text() -> None:
    class State(StrEnum):
        HELD = "held"

    assert canonical.dumps({"state": State.HELD}) == b'{"state":"held"}'


def test_a_string_with_the_word_null_is_no_null() -> None:
    assert canonical.loads(b'"null"') == "null"
