"""Questions of partners: strict where the standard says something, deaf to everything else."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln, Gtin, LotNumber, Serial
from supplychain.domain.verification_requests import (
    ConnectivityCheck,
    ProductIdentifier,
    VerificationRequest,
    asks_for_verification,
    prove_uuid_4,
)
from tests.supplychain.domain.test_lots import CSET_82

ON = date(2026, 11, 21)
UUID = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
PRODUCT = ProductIdentifier(
    Gtin("00614141123452"), LotNumber("A123"), Serial("XYZ9"), date(2027, 6, 30)
)
ASKED = VerificationRequest(PRODUCT, Gln("9506000020013"), UUID)
PATH = "/verify/gtin/00614141123452/lot/A123/ser/XYZ9"
QUERY = (
    "exp=270630&linkType=verificationService&context=dscsaSaleableReturn"
    f"&reqGLN=9506000020013&corrUUID={UUID}"
)


def parse(path: str = PATH, query: str = QUERY) -> VerificationRequest:
    return VerificationRequest.parse(path, query, on=ON)


def refusal(path: str = PATH, query: str = QUERY) -> str:
    with pytest.raises(Invalid) as refused:
        parse(path, query)
    return refused.value.code


def without(name: str) -> str:
    return "&".join(one for one in QUERY.split("&") if not one.startswith(f"{name}="))


def with_(name: str, value: str) -> str:
    return f"{without(name)}&{name}={value}"


def test_the_standards_own_address_is_read() -> None:
    assert parse() == ASKED


def test_it_is_written_as_it_is_read() -> None:
    assert ASKED.as_address() == f"{PATH}?{QUERY}"


@pytest.mark.parametrize(
    "path",
    [
        "/01/00614141123452/10/A123/21/XYZ9",
        "/verify/01/00614141123452/10/A123/21/XYZ9",
        "/gtin/00614141123452/lot/A123/ser/XYZ9",
        "/verify/gtin/614141123452/lot/A123/ser/XYZ9",
        "/verify/gtin/0614141123452/lot/A123/ser/XYZ9",
        "/verify/gtin/00614141123452/lot/%41123/ser/XYZ9",
    ],
)
@pytest.mark.parametrize("name", ["exp", "17"])
def test_all_forms_of_an_address_ask_the_same(path: str, name: str) -> None:
    assert parse(path, with_(name, "270630") if name == "exp" else f"17={QUERY[4:]}") == ASKED


def test_a_gtin_of_eight_digits_is_padded() -> None:
    path = PATH.replace("00614141123452", "95060002")
    assert str(parse(path).product.gtin) == "00000095060002"


def test_the_last_day_of_the_month_may_be_written_00() -> None:
    assert parse(query=with_("exp", "270600")) == ASKED


def test_what_the_standard_does_not_know_is_ignored() -> None:
    assert parse(query=f"{QUERY}&ctrlPossessAtt=true&email=a%40b&x=%FF&x=1&&=") == ASKED


@pytest.mark.parametrize("name", ["linkType", "context"])
def test_what_the_standard_leaves_open_need_not_be_said(name: str) -> None:
    assert parse(query=without(name)) == ASKED


def test_the_newer_name_of_the_link_type_will_do() -> None:
    assert parse(query=with_("linkType", "gs1%3AverificationService")) == ASKED


def test_another_context_is_kept() -> None:
    asked = parse(query=with_("context", "suspectInvestigation"))
    assert asked == replace(ASKED, context="suspectInvestigation")


def test_the_uuid_goes_back_as_it_came() -> None:
    assert parse(query=with_("corrUUID", UUID.upper())).corr_uuid == UUID.upper()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (without("exp"), "PARAMETER_MISSING"),
        (without("reqGLN"), "PARAMETER_MISSING"),
        (without("corrUUID"), "PARAMETER_MISSING"),
        ("", "PARAMETER_MISSING"),
        (f"{QUERY}&17=270630", "PARAMETER_MISSING"),
        (f"{QUERY}&exp=270630", "PARAMETER_TWICE"),
        (f"{QUERY}&reqGLN=9506000020013", "PARAMETER_TWICE"),
        (with_("exp", ""), "INVALID_DATE"),
        (with_("exp", "2027-06-30"), "INVALID_DATE"),
        (with_("exp", "270631"), "INVALID_DATE"),
        (with_("reqGLN", "9506000020014"), "INVALID_GLN"),
        (with_("reqGLN", "urn:epc"), "INVALID_GLN"),
        (with_("linkType", "all"), "WRONG_LINK_TYPE"),
        (with_("context", ""), "INVALID_CONTEXT"),
        (with_("context", "a+b"), "INVALID_CONTEXT"),
        (with_("context", "a" * 41), "INVALID_CONTEXT"),
        (with_("corrUUID", ""), "INVALID_UUID"),
        (with_("corrUUID", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "INVALID_UUID"),
        (with_("corrUUID", "6ba7b810-9dad-41d1-c0b4-00c04fd430c8"), "INVALID_UUID"),
        (with_("corrUUID", "6ba7b8109dad41d180b400c04fd430c8"), "INVALID_UUID"),
        (with_("corrUUID", f"{UUID}0"), "INVALID_UUID"),
        (QUERY + "&x=1" * 46, "TOO_MANY_PARAMETERS"),
    ],
)
def test_a_query_of_the_wrong_form_is_refused(query: str, code: str) -> None:
    assert refusal(query=query) == code


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/verify", "WRONG_ADDRESS"),
        ("/verify/gtin/00614141123452/lot/A123", "WRONG_ADDRESS"),
        ("/verify/gtin/00614141123452/ser/XYZ9", "WRONG_ADDRESS"),
        ("/verify/gtin/00614141123452/ser/XYZ9/lot/A123", "WRONG_ADDRESS"),
        (f"{PATH}/", "WRONG_ADDRESS"),
        (f"/verify{PATH}", "WRONG_ADDRESS"),
        ("/verify/gtin/00614141123452/lot/A/1/ser/XYZ9", "WRONG_ADDRESS"),
        ("/01/00614141123452/22/V/10/A123/21/XYZ9", "WRONG_ADDRESS"),
        ("/01/00614141123452/lot/A123/21/XYZ9", "WRONG_ADDRESS"),
        (PATH.replace("00614141123452", "00614141123453"), "INVALID_GTIN"),
        (PATH.replace("00614141123452", "614141123452000"), "INVALID_GTIN"),
        (PATH.replace("00614141123452", "٠"), "BAD_CHARACTER"),
        (PATH.replace("A123", ""), "INVALID_LOT"),
        (PATH.replace("A123", "A" * 21), "INVALID_LOT"),
        (PATH.replace("A123", "A%20B"), "INVALID_LOT"),
        (PATH.replace("XYZ9", ""), "INVALID_SERIAL"),
        (PATH.replace("XYZ9", "%00"), "INVALID_SERIAL"),
        (PATH.replace("XYZ9", "%2"), "BAD_ESCAPE"),
    ],
)
def test_a_path_of_the_wrong_form_is_refused(path: str, code: str) -> None:
    assert refusal(path) == code


@pytest.mark.parametrize("serial", ["A/1", "A%2F1", "a+b", "&=?", "..", "'"])
def test_a_serial_may_have_any_character_that_gs1_allows(serial: str) -> None:
    path = PATH.replace("XYZ9", quote(serial, safe=""))
    assert str(parse(path).product.serial) == serial


def test_an_escape_is_undone_once() -> None:
    for sent, meant in (("A%2F1", "A/1"), ("A%252F1", "A%2F1"), ("A+1", "A+1"), ("A%2B1", "A+1")):
        assert str(parse(PATH.replace("XYZ9", sent)).product.serial) == meant


@given(
    lot=st.text(CSET_82, min_size=1, max_size=20),
    serial=st.text(CSET_82, min_size=1, max_size=20),
    expiry=st.dates(date(2000, 1, 1), date(2075, 12, 31)),
)
def test_every_question_comes_back(lot: str, serial: str, expiry: date) -> None:
    product = ProductIdentifier(PRODUCT.gtin, LotNumber(lot), Serial(serial), expiry)
    asked = replace(ASKED, product=product)
    path, _, query = asked.as_address().partition("?")
    assert parse(path, query) == asked


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_comes_is_read_or_refused(path: str, query: str) -> None:
    for one, other in ((path, query), (PATH + path, query), (PATH, f"{QUERY}&{query}")):
        with suppress(Invalid):
            parse(one, other)


def test_a_connectivity_check_names_product_and_asker() -> None:
    found = ConnectivityCheck.parse("gtin=614141123452&reqGLN=9506000020013&context=x")
    assert found == ConnectivityCheck(PRODUCT.gtin, ASKED.requester)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "PARAMETER_MISSING"),
        ("gtin=614141123452", "PARAMETER_MISSING"),
        ("reqGLN=9506000020013", "PARAMETER_MISSING"),
        ("gtin=614141123453&reqGLN=9506000020013", "INVALID_GTIN"),
        ("gtin=614141123452&reqGLN=950600002001", "INVALID_GLN"),
        ("gtin=614141123452&gtin=614141123452&reqGLN=9506000020013", "PARAMETER_TWICE"),
    ],
)
def test_a_connectivity_check_of_the_wrong_form_is_refused(query: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        ConnectivityCheck.parse(query)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        (QUERY, True),
        ("linkType=gs1%3AverificationService", True),
        ("17=270630", False),
        ("linkType=all", False),
        ("linkType=verificationService" + "&x=1" * 60, False),
    ],
)
def test_a_digital_link_says_whether_it_wants_an_answer_or_a_page(query: str, asks: bool) -> None:  # noqa: FBT001  a column of the table
    assert asks_for_verification(query) is asks


def test_a_random_uuid_is_one() -> None:
    prove_uuid_4(UUID)
