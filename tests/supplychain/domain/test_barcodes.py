"""Codes: three forms, equal results; and scanner faults told by their cause."""

import calendar
import re
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from supplychain.domain.application_identifiers import RULES, identifier_at
from supplychain.domain.barcodes import FaultCode, Label, ScanFault, Scanned, parse, read
from supplychain.domain.containers import Container
from supplychain.domain.digital_links import link_path
from supplychain.domain.identifiers import Gtin, LotNumber, Serial, check_digit
from supplychain.domain.keyboards import lookalikes
from supplychain.domain.lots import LotKey
from supplychain.domain.scan_faults import CAUSES
from tests.supplychain.domain.test_lots import CSET_82

GS = "\x1d"
ON = date(2026, 11, 21)
GTIN = "00614141123452"
WHOLE = Scanned(Gtin(GTIN), LotNumber("A123"), date(2027, 6, 30), Serial("XYZ9"))
ELEMENTS = f"01{GTIN}1727063010A123{GS}21XYZ9"
LINK = f"https://id.example.org/01/{GTIN}/10/A123/21/XYZ9?17=270630"


def fault_of(text: str) -> FaultCode:
    with pytest.raises(ScanFault) as fault:
        parse(text, on=ON)
    assert fault.value.cause == CAUSES[fault.value.code]
    assert fault.value.message == str(fault.value)
    return fault.value.code


@pytest.mark.parametrize(
    "text",
    [
        ELEMENTS,
        *(prefix + ELEMENTS for prefix in ("]d2", "]C1", "]Q3", "]e0")),
        GS + ELEMENTS,
        "]d2" + GS + ELEMENTS,
        ELEMENTS + GS,
        ELEMENTS + "\r\n",
        f" {ELEMENTS}\t",
        f"21XYZ9{GS}10A123{GS}17270630{GS}01{GTIN}",
        f"(01){GTIN}(17)270630(10)A123(21)XYZ9",
        f"(21)XYZ9(10)A123(17)270630(01){GTIN}",
        LINK,
        LINK.replace("https", "http"),
        LINK.upper().replace("XYZ9", "XYZ9"),
        "]Q1" + LINK,
        "]d1" + LINK,
        LINK.replace("?", "/?linkType=all&") + "&11=260101#top",
        LINK.replace("/01/", "/shop/en/01/"),
        LINK.replace(GTIN, "614141123452"),
        LINK.replace(GTIN, "0614141123452"),
        f"https://x.org/01/{GTIN}/22/2A/10/A123/21/XYZ9?17=270630;3103=000500",
        f"https://x.org/01/{GTIN}/10/%41123/21/XYZ9?17=270630",
    ],
)
def test_one_pack_reads_the_same_however_its_code_is_written(text: str) -> None:
    assert parse(text, on=ON) == WHOLE


def test_the_form_is_told_but_does_not_count() -> None:
    forms = [parse(text, on=ON).form for text in (ELEMENTS, f"(01){GTIN}(10)A123", LINK)]
    assert forms == ["element", "bracketed", "digital_link"]


def element_string(code: Scanned) -> str:
    """What a scanner sends; fields of fixed length first, the others ended by GS."""
    expiry = f"17{code.expiry:%y%m%d}" if code.expiry else ""
    serial = f"21{code.serial}{GS}" if code.serial else ""
    return f"]d201{code.gtin}{expiry}{serial}10{code.lot}{GS}"


def bracketed(code: Scanned) -> str:
    expiry = f"(17){code.expiry:%y%m%d}" if code.expiry else ""
    serial = f"(21){code.serial}" if code.serial else ""
    return f"(01){code.gtin}{expiry}(10){code.lot}{serial}"


def link(code: Scanned) -> str:
    assert code.key is not None
    path = link_path(code.key, serial=code.serial, expiry=code.expiry)
    return f"https://id.example.org{path}"


GTINS = st.text("0123456789", min_size=13, max_size=13).map(lambda d: f"{d}{check_digit(d)}")
TEXTS = st.text(CSET_82, min_size=1, max_size=20)
CODES = st.builds(
    Scanned,
    GTINS.map(Gtin),
    TEXTS.map(LotNumber),
    st.none() | st.dates(date(1977, 1, 1), date(2076, 12, 31)),
    st.none() | TEXTS.map(Serial),
)


@given(CODES)
@example(Scanned(Gtin(GTIN), LotNumber("ABC12321XyZ-0001")))
@example(Scanned(Gtin(GTIN), LotNumber("..")))
def test_writing_a_code_in_each_form_and_reading_it_gives_equal_results(code: Scanned) -> None:
    assert parse(element_string(code), on=ON) == code
    assert parse(link(code), on=ON) == code
    # A lot may itself hold "(21)": in brackets, and only there, that cannot be told apart.
    texts = f"{code.lot}{code.serial}"
    assume(not re.search(r"\([0-9]{2,4}\)", texts))
    assert parse(bracketed(code), on=ON) == code


@given(st.text(max_size=60) | st.from_regex(r"(\]d2)?01[0-9]{14}[ -~\x1d]{0,40}", fullmatch=True))
def test_whatever_was_read_the_answer_is_a_code_or_a_fault(text: str) -> None:
    with suppress(ScanFault):
        assert isinstance(parse(text, on=ON), Scanned)


@given(CODES, st.data())
def test_one_changed_digit_of_the_gtin_is_found(code: Scanned, data: st.DataObject) -> None:
    text = bracketed(code)
    place = data.draw(st.integers(4, 17))
    digit = data.draw(st.sampled_from("0123456789").filter(lambda d: d != text[place]))
    assume(not re.search(r"\([0-9]{2,4}\)", f"{code.lot}{code.serial}"))
    assert fault_of(text[:place] + digit + text[place + 1 :]) is FaultCode.BAD_CHECK_DIGIT


@pytest.mark.parametrize(
    ("yymmdd", "expected"),
    [
        ("270600", date(2027, 6, 30)),
        ("280200", date(2028, 2, 29)),
        ("270200", date(2027, 2, 28)),
        ("760101", date(2076, 1, 1)),
        ("770101", date(1977, 1, 1)),
        ("000101", date(2000, 1, 1)),
        ("261121", date(2026, 11, 21)),
    ],
)
def test_two_digits_of_a_year_and_day_00_are_read_as_gs1_says(yymmdd: str, expected: date) -> None:
    assert parse(f"(01){GTIN}(17){yymmdd}(10)A", on=ON).expiry == expected


def test_the_century_turns_with_the_clock() -> None:
    text = f"(01){GTIN}(17)010131(10)A"
    assert parse(text, on=date(2051, 1, 1)).expiry == date(2101, 1, 31)
    assert parse(text, on=date(2050, 1, 1)).expiry == date(2001, 1, 31)
    assert parse(f"(01){GTIN}(17)990131(10)A", on=date(2048, 1, 1)).expiry == date(1999, 1, 31)
    assert parse(f"(01){GTIN}(17)990131(10)A", on=date(2049, 1, 1)).expiry == date(2099, 1, 31)


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(0, 99))
def test_a_year_is_never_more_than_fifty_ahead_nor_forty_nine_back(on: date, year: int) -> None:
    found = parse(f"(01){GTIN}(17){year:02d}0100(10)A", on=on).expiry
    assert found is not None
    assert -49 <= found.year - on.year <= 50
    assert found.day == calendar.monthrange(found.year, 1)[1]


@pytest.mark.parametrize("yymmdd", ["271301", "270001", "270230", "270632"])
def test_a_day_that_is_none_is_a_fault(yymmdd: str) -> None:
    assert fault_of(f"(01){GTIN}(17){yymmdd}(10)A") is FaultCode.BAD_DATE


def test_a_date_of_letters_is_a_fault() -> None:
    assert fault_of(f"https://x.org/01/{GTIN}/10/A?17=abcdef") is FaultCode.BAD_DATE
    assert fault_of(f"(01){GTIN}(17)abcdef(10)A") is FaultCode.NOT_GS1


def test_other_known_fields_are_passed_over() -> None:
    text = (
        f"01{GTIN}11260101310300050041406141410000124170614141000012"
        f"10A123{GS}240X-9{GS}714PZN123{GS}30100{GS}91own{GS}21XYZ9{GS}17270630"
    )
    assert parse(text, on=ON) == WHOLE


def test_a_code_may_lack_lot_expiry_and_serial() -> None:
    found = parse(f"(01){GTIN}", on=ON)
    assert found == Scanned(Gtin(GTIN))
    assert found.key is None
    assert WHOLE.key == LotKey(Gtin(GTIN), LotNumber("A123"))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", FaultCode.NOT_GS1),
        ("  \r\n", FaultCode.NOT_GS1),
        ("hello", FaultCode.NOT_GS1),
        ("A" * 2001, FaultCode.NOT_GS1),
        (f"05{GTIN}", FaultCode.NOT_GS1),
        (f"(99999){GTIN}", FaultCode.NOT_GS1),
        (f"(1){GTIN}", FaultCode.NOT_GS1),
        (f"(01){GTIN[:-1]}x(10)A", FaultCode.NOT_GS1),
        (f"(01){GTIN}(10)A B", FaultCode.NOT_GS1),
        (f"01{GTIN}10A#1{GS}", FaultCode.NOT_GS1),
        (f"01{GTIN}17270630XX", FaultCode.NOT_GS1),
        (f"01{GTIN}{GS}{GS}10A", FaultCode.NOT_GS1),
        ("https://", FaultCode.NOT_GS1),
        ("https://id.example.org", FaultCode.NOT_GS1),
        (f"https://id.example.org/01/{GTIN}/10/A 1", FaultCode.NOT_GS1),
        ("https://id.example.org/01/123/10/A", FaultCode.NOT_GS1),
        (f"https://id.example.org/01/{GTIN}/10/%4", FaultCode.NOT_GS1),
        (f"https://id.example.org/01/{GTIN}/10/%C3%A9", FaultCode.NOT_GS1),
        (f"https://id.example.org/01/{GTIN}/10/{'A' * 21}", FaultCode.NOT_GS1),
        (f"https://id.example.org/01/{GTIN}/21/X/10/A", FaultCode.NOT_GS1),
        (f"https://id.example.org/01/{GTIN}/10/A/10/B", FaultCode.NOT_GS1),
        (f"https://id.example.org/01/{GTIN}/10/A?10=B", FaultCode.NOT_GS1),
        (f"https://id.example.org/01/{GTIN}/10//21/X", FaultCode.NOT_GS1),
        (f"https://id.example.org/01/{GTIN}/10/A?17=2706", FaultCode.NOT_GS1),
        ("(10)A1(17)270630", FaultCode.GTIN_MISSING),
        ("10A1", FaultCode.GTIN_MISSING),
        ("(00)106141412345678908", FaultCode.CONTAINER_LABEL),
        ("00106141412345678908", FaultCode.CONTAINER_LABEL),
        ("https://id.example.org/00/106141412345678908", FaultCode.CONTAINER_LABEL),
        ("(01)00614141123451(10)A", FaultCode.BAD_CHECK_DIGIT),
        ("https://x.org/01/00614141123451/10/A", FaultCode.BAD_CHECK_DIGIT),
        ("0614141123451", FaultCode.BAD_CHECK_DIGIT),
        # One-dimensional codes: a product without a lot.
        ("12345670", FaultCode.LOT_MISSING),
        ("614141123452", FaultCode.LOT_MISSING),
        ("0614141123452", FaultCode.LOT_MISSING),
        (GTIN, FaultCode.LOT_MISSING),
        ("]E00614141123452", FaultCode.LOT_MISSING),
        # The separator was lost.
        (f"01{GTIN}10ABC12321XyZ-0001", FaultCode.GS_LOST),
        (f"01{GTIN}10ABC12317270630", FaultCode.GS_LOST),
        (f"01{GTIN}10A1727063021XYZ", FaultCode.GS_LOST),
        (f"01{GTIN}1727063021XYZ910A123", FaultCode.GS_LOST),
        (f"01{GTIN}1727063010A12321{'X' * 20}", FaultCode.GS_LOST),
        (f"01{GTIN}42227610A123", FaultCode.GS_LOST),
        # Cut off.
        (f"01{GTIN}172706", FaultCode.TRUNCATED),
        (f"01{GTIN}1727063010", FaultCode.TRUNCATED),
        (f"01{GTIN}172706301", FaultCode.TRUNCATED),
        (f"01{GTIN[:10]}", FaultCode.TRUNCATED),
        (f"01{GTIN[:6]}", FaultCode.TRUNCATED),
        (f"(01){GTIN}(10)", FaultCode.TRUNCATED),
        (f"https://id.example.org/01/{GTIN}/10", FaultCode.TRUNCATED),
        # Another kind of code.
        (f"]d1{ELEMENTS}", FaultCode.WRONG_SYMBOLOGY),
        (f"]Q1{ELEMENTS}", FaultCode.WRONG_SYMBOLOGY),
        ("]C0ABC", FaultCode.WRONG_SYMBOLOGY),
        # Two scans.
        (f"{ELEMENTS}\r\n{ELEMENTS}", FaultCode.TWO_SCANS_RUN_TOGETHER),
        (f"]d2{ELEMENTS}]d2{ELEMENTS}", FaultCode.TWO_SCANS_RUN_TOGETHER),
        (LINK + LINK, FaultCode.TWO_SCANS_RUN_TOGETHER),
        (ELEMENTS + LINK, FaultCode.TWO_SCANS_RUN_TOGETHER),
        (f"(01){GTIN}(10)A(01){GTIN}(10)B", FaultCode.TWO_SCANS_RUN_TOGETHER),
        (f"01{GTIN}1727063010A1{GS}01{GTIN}", FaultCode.TWO_SCANS_RUN_TOGETHER),
        (f"01{GTIN}10A12301{GTIN}10A123", FaultCode.TWO_SCANS_RUN_TOGETHER),
        (f"01{GTIN}10A01{GTIN}", FaultCode.TWO_SCANS_RUN_TOGETHER),
        # The keyboard between scanner and us.
        (f"]D2{ELEMENTS}", FaultCode.CAPS_LOCK),
        (f"]c1{ELEMENTS}", FaultCode.CAPS_LOCK),
        (f"+d2{ELEMENTS}", FaultCode.KEYBOARD_LAYOUT),
        (f")01={GTIN})10=A", FaultCode.KEYBOARD_LAYOUT),
        ("à&àà-&'&'&&é\"'(é&àA", FaultCode.KEYBOARD_LAYOUT),
        (f"01{GTIN}10Aß1{GS}", FaultCode.KEYBOARD_LAYOUT),
        ("".join(chr(0x660 + int(d)) for d in GTIN), FaultCode.KEYBOARD_LAYOUT),
    ],
)
def test_a_fault_is_told_by_its_likely_cause(text: str, code: FaultCode) -> None:
    assert fault_of(text) is code


@pytest.mark.parametrize(
    "text",
    [
        f"(01){GTIN}(10)ABC12321XyZ-0001",
        f"01{GTIN}10ABC12321XyZ-0001{GS}",
        f"01{GTIN}21S{GS}10ABC12321XyZ-0001",
    ],
)
def test_a_lot_that_looks_odd_is_taken_where_its_end_is_sure(text: str) -> None:
    assert parse(text, on=ON).lot == LotNumber("ABC12321XyZ-0001")


def test_every_fault_has_one_imperative_sentence() -> None:
    assert set(CAUSES) == set(FaultCode)
    assert all(cause[0].isupper() and cause.endswith(".") for cause in CAUSES.values())


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (LotKey(Gtin(GTIN), LotNumber("A123")), f"/01/{GTIN}/10/A123"),
        (LotKey(Gtin(GTIN), LotNumber("A/1%?&")), f"/01/{GTIN}/10/A%2F1%25%3F%26"),
    ],
)
def test_a_link_is_written_with_what_it_must_escape(key: LotKey, expected: str) -> None:
    assert link_path(key) == expected
    assert link_path(key, serial=Serial("9")) == f"{expected}/21/9"


@pytest.mark.parametrize(
    ("read", "meant", "code"),
    [
        ("abc1", "ABC1", FaultCode.CAPS_LOCK),
        ("xz1", "xy1", FaultCode.KEYBOARD_LAYOUT),
        ("A?1", "A_1", FaultCode.KEYBOARD_LAYOUT),
    ],
)
def test_a_keyboards_fault_explains_a_lot_that_is_not_known(
    read: str, meant: str, code: FaultCode
) -> None:
    found = {str(lot): fault.code for lot, fault in lookalikes(LotNumber(read))}
    assert found[meant] is code


def test_a_serial_number_is_explained_like_a_lot() -> None:
    found = {str(one): fault for one, fault in lookalikes(Serial("ab-Y"))}
    assert {text: fault.code for text, fault in found.items()} == {
        "AB-y": FaultCode.CAPS_LOCK,
        "ab-Z": FaultCode.KEYBOARD_LAYOUT,
        "ab/Z": FaultCode.KEYBOARD_LAYOUT,
    }
    assert found["AB-y"].message == "Read ab-Y, perhaps meant AB-y."


def test_each_lookalike_is_told_once_by_its_likeliest_cause() -> None:
    """On a German keyboard y and z are swapped, and that is all where there is no sign."""
    assert [str(one) for one, _ in lookalikes(Serial("AY1"))] == ["ay1", "AZ1"]


def test_a_lot_is_no_lookalike_of_itself_and_every_lookalike_is_a_lot() -> None:
    assert list(lookalikes(LotNumber("123"))) == []
    assert [str(lot) for lot, _ in lookalikes(LotNumber("a+"))] == ["A+"]


def test_identifiers_are_told_apart_by_their_first_digits() -> None:
    for one in RULES:
        assert not [other for other in RULES if other != one and other.startswith(one)]
        assert identifier_at(one + "x", 0) == one
    assert identifier_at("05", 0) is None


SSCC = "106141412345678908"
PALLET = Label(Container(f"00/{SSCC}"))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (f"00{SSCC}", "element"),
        (f"]C100{SSCC}\r\n", "element"),
        (f"]C1{GS}00{SSCC}0201234567890128371{GS}10A1", "element"),
        (f"(00){SSCC}", "bracketed"),
        (f"(02)01234567890128(37)12(00){SSCC}", "bracketed"),
        (f"https://id.example.org/00/{SSCC}", "digital_link"),
        (f"https://id.example.org/shop/00/{SSCC}?linkType=all", "digital_link"),
    ],
)
def test_the_label_of_a_container_is_read_however_it_is_written(text: str, form: str) -> None:
    found = read(text, on=ON)
    assert isinstance(found, Label)
    assert (found, found.form) == (PALLET, form)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"00{SSCC[:-1]}7", FaultCode.BAD_CHECK_DIGIT),
        (f"https://id.example.org/00/{SSCC[:-1]}7", FaultCode.BAD_CHECK_DIGIT),
        (f"00{SSCC[:-1]}", FaultCode.TRUNCATED),
        (f"https://id.example.org/00/{SSCC}9", FaultCode.NOT_GS1),
        (f"https://id.example.org/00/{SSCC}/10/A1", FaultCode.NOT_GS1),
        (f"00{SSCC}01{GTIN}", FaultCode.TWO_SCANS_RUN_TOGETHER),
        (f"(00){SSCC}(01){GTIN}", FaultCode.TWO_SCANS_RUN_TOGETHER),
        (f"00{SSCC}00{SSCC}", FaultCode.TWO_SCANS_RUN_TOGETHER),
    ],
)
def test_a_faulty_label_is_a_fault_of_the_scan(text: str, code: FaultCode) -> None:
    assert fault_of(text) is code


def test_who_wants_a_pack_is_told_that_this_is_a_label() -> None:
    assert fault_of(f"(00){SSCC}") is FaultCode.CONTAINER_LABEL


def test_a_pack_reads_the_same_where_labels_are_read_too() -> None:
    assert read(ELEMENTS, on=ON) == WHOLE


def test_a_link_that_names_no_product_says_so() -> None:
    with pytest.raises(ScanFault) as fault:
        parse("https://id.example.org/about/us", on=date(2026, 11, 21))
    assert fault.value.code is FaultCode.GTIN_MISSING
