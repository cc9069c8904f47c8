"""Identifiers: holding one proves that it is valid."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import (
    Gln,
    Gtin,
    LotNumber,
    Serial,
    Sscc,
    check_digit,
    is_digits,
)

ARABIC_INDIC = "".join(chr(0x660 + int(d)) for d in "00614141123452")


@pytest.mark.parametrize(
    ("kind", "text"),
    [(Gtin, "00614141123452"), (Gln, "0614141000012"), (Sscc, "106141412345678908")],
)
def test_a_key_is_read_and_written_as_it_stands(
    kind: type[Gtin] | type[Gln] | type[Sscc], text: str
) -> None:
    assert str(kind.parse(text)) == text
    assert kind.parse(text) == kind(text)


@pytest.mark.parametrize(
    ("kind", "code"), [(Gtin, "INVALID_GTIN"), (Gln, "INVALID_GLN"), (Sscc, "INVALID_SSCC")]
)
@pytest.mark.parametrize("text", ["", "1", "abc", "1" * 200, ARABIC_INDIC, "0614141 00001"])
def test_a_key_of_wrong_length_or_with_other_digits_is_refused(
    kind: type[Gtin] | type[Gln] | type[Sscc], code: str, text: str
) -> None:
    with pytest.raises(Invalid, match="expected") as invalid:
        kind.parse(text)
    assert invalid.value.code == code


def test_a_wrong_check_digit_is_named_with_the_right_one() -> None:
    with pytest.raises(Invalid) as invalid:
        Gln.parse("0614141000017")
    expected = "Invalid GLN check digit for '0614141000017': expected 2, got 7."
    assert invalid.value.message == expected


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("12345670", "00000012345670"),
        ("614141123452", "00614141123452"),
        ("0614141123452", "00614141123452"),
        ("00614141123452", "00614141123452"),
    ],
)
def test_short_gtins_are_padded_where_that_is_asked_for(text: str, gtin: str) -> None:
    assert str(Gtin.padded(text)) == gtin


@pytest.mark.parametrize("text", ["", "0614141", "061414112346", "061414112345x", "0" * 15])
def test_what_is_no_gtin_is_not_padded_into_one(text: str) -> None:
    with pytest.raises(Invalid):
        Gtin.padded(text)


def test_a_gtin_belongs_to_the_prefix_after_its_indicator_digit() -> None:
    assert Gtin("10614141123459").owned_by("0614141")
    assert not Gtin("10614141123459").owned_by("10614141")


@pytest.mark.parametrize("kind", [LotNumber, Serial])
@pytest.mark.parametrize("text", ["A", "a1-/_", "20characters20charac", "!\"%&'()*+,-./:;<=>?"])
def test_lot_and_serial_numbers_are_taken_as_they_stand(
    kind: type[LotNumber] | type[Serial], text: str
) -> None:
    assert str(kind.parse(text)) == text


@pytest.mark.parametrize("text", ["", "x" * 21, "A 1", "é", "A\x1d1", "A#1", "A\n", "١"])
def test_other_characters_and_lengths_are_no_lot_and_no_serial(text: str) -> None:
    with pytest.raises(Invalid) as lot:
        LotNumber.parse(text)
    with pytest.raises(Invalid) as serial:
        Serial.parse(text)
    assert (lot.value.code, serial.value.code) == ("INVALID_LOT", "INVALID_SERIAL")


def test_case_counts_and_a_lot_is_no_serial() -> None:
    assert LotNumber("a1") != LotNumber("A1")
    number: object = Serial("A1")
    assert LotNumber("A1") != number


@given(st.text("0123456789", min_size=1, max_size=17), st.data())
def test_one_changed_digit_never_keeps_the_check_digit(body: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.sampled_from("0123456789").filter(lambda d: d != body[place]))
    assert check_digit(body) != check_digit(body[:place] + other + body[place + 1 :])


@given(st.text(max_size=20))
def test_parsers_raise_nothing_but_invalid(text: str) -> None:
    for kind in (Gtin, Gln, Sscc, LotNumber, Serial):
        with suppress(Invalid):
            assert str(kind.parse(text)) == text


def test_digits_are_ascii() -> None:
    assert is_digits("0123456789")
    for text in ("", "1 ", "-1", "1_000", "²", ARABIC_INDIC):
        assert not is_digits(text)
