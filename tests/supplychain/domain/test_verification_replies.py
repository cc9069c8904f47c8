"""The message of an answer, byte for byte."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln
from supplychain.domain.verification_answers import (
    AdditionalInfo,
    FailureReason,
    VerificationAnswer,
)
from supplychain.domain.verification_replies import VerificationReply, connectivity
from tests.supplychain.domain.test_verification_requests import UUID

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
RESPONDER = Gln("0614141000012")
REASONS: list[Any] = [None, *FailureReason]
INFOS: list[Any] = [None, *AdditionalInfo]


def reply(
    reason: FailureReason | None = None, info: AdditionalInfo | None = None, at: datetime = AT
) -> VerificationReply:
    return VerificationReply(at, RESPONDER, VerificationAnswer(reason, info), UUID)


HEAD = b'{"verificationTimestamp":"2026-11-21T08:00:00.000Z","responderGLN":"0614141000012","data":'
TAIL = b',"corrUUID":"6ba7b810-9dad-41d1-80b4-00c04fd430c8"}'


@pytest.mark.parametrize(
    ("reason", "info", "data"),
    [
        (None, None, b'{"verified":true}'),
        (None, "ExpirationExtended", b'{"verified":true,"additionalInfo":"ExpirationExtended"}'),
        (
            "No_match_GTIN_Serial",
            None,
            b'{"verified":false,"verificationFailureReason":"No_match_GTIN_Serial"}',
        ),
        (
            "No_match_GTIN_Serial_Lot",
            "Recalled",
            (
                b'{"verified":false,"verificationFailureReason":"No_match_GTIN_Serial_Lot",'
                b'"additionalInfo":"Recalled"}'
            ),
        ),
        (
            "Not_for_re-distribution",
            "Illegitimate",
            (
                b'{"verified":false,"verificationFailureReason":"Not_for_re-distribution",'
                b'"additionalInfo":"Illegitimate"}'
            ),
        ),
    ],
)
def test_a_reply_is_written_so_and_no_other_way(
    reason: str | None, info: str | None, data: bytes
) -> None:
    written = reply(
        FailureReason(reason) if reason else None, AdditionalInfo(info) if info else None
    )
    assert written.as_bytes() == HEAD + data + TAIL


def test_the_words_are_the_standards() -> None:
    assert [one.value for one in FailureReason] == [
        "No_match_GTIN_Serial",
        "No_match_GTIN_Serial_Lot",
        "No_match_GTIN_Serial_Expiry",
        "No_match_GTIN_Serial_Lot_Expiry",
        "No_reason_provided",
        "Manufacturer_policy",
        "Not_for_re-distribution",
    ]
    assert [one.value for one in AdditionalInfo] == [
        "Recalled",
        "Suspect",
        "Expired",
        "ExpirationExtended",
        "Illegitimate",
    ]


def test_the_moment_is_told_in_utc_to_the_millisecond() -> None:
    at = datetime(2026, 11, 21, 9, 0, 0, 123_999, timezone(timedelta(hours=1)))
    assert b'"2026-11-21T08:00:00.123Z"' in reply(at=at).as_bytes()


@given(st.sampled_from(REASONS), st.sampled_from(INFOS))
def test_every_reply_comes_back(reason: Any, info: Any) -> None:
    said = reply(reason, info)
    assert VerificationReply.parse(said.as_bytes(), asked=UUID) == said


def test_connectivity_has_one_member() -> None:
    assert connectivity(RESPONDER) == b'{"responderGLN":"0614141000012"}'


def read(text: bytes) -> VerificationReply:
    return VerificationReply.parse(text, asked=UUID)


def refusal(text: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        read(text)
    return refused.value.code


def changed(**members: Any) -> bytes:
    said = json.loads(reply().as_bytes()) | members
    return json.dumps({name: value for name, value in said.items() if value is not ...}).encode()


def test_others_may_write_more_and_otherwise() -> None:
    text = changed(description="fine", data={"verified": True, "x": 1}, corrUUID=UUID.upper())
    assert read(b" \n" + text).answer == VerificationAnswer()


@pytest.mark.parametrize(
    "instant",
    ["2026-11-21T08:00:00Z", "2026-11-21T09:00:00.0+01:00", "2026-11-21T08:00:00.000000Z"],
)
def test_others_may_write_a_moment_otherwise(instant: str) -> None:
    assert read(changed(verificationTimestamp=instant)).at == AT


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "MALFORMED_JSON"),
        (b"\xff", "MALFORMED_JSON"),
        (b"<html>", "MALFORMED_JSON"),
        (b'{"a":' + b"9" * 5000 + b"}", "MALFORMED_JSON"),
        (b"[" * 16_000, "MALFORMED_JSON"),
        (b" " * 16_385, "TOO_LARGE"),
        (b'{"a":1,"a":2}', "DUPLICATE_KEY"),
        (b"[]", "WRONG_SHAPE"),
        (b"{}", "WRONG_SHAPE"),
        (changed(data=...), "WRONG_SHAPE"),
        (changed(data=[True]), "WRONG_SHAPE"),
        (changed(responderGLN=614141000012), "WRONG_SHAPE"),
        (changed(responderGLN="0614141000013"), "INVALID_GLN"),
        (changed(corrUUID="x"), "INVALID_UUID"),
        (changed(corrUUID=UUID.replace("6", "7", 1)), "WRONG_UUID"),
        (changed(verificationTimestamp="yesterday"), "INVALID_INSTANT"),
        (changed(verificationTimestamp="2026-11-21T08:00:00"), "INVALID_INSTANT"),
        (changed(verificationTimestamp="2026-13-21T08:00:00Z"), "INVALID_INSTANT"),
        (changed(verificationTimestamp="0001-01-01T00:00:00+14:00"), "INVALID_INSTANT"),
        (changed(data={}), "CONTRADICTION"),
        (changed(data={"verified": "true"}), "CONTRADICTION"),
        (changed(data={"verified": 1}), "CONTRADICTION"),
        (changed(data={"verified": False}), "CONTRADICTION"),
        (
            changed(data={"verified": True, "verificationFailureReason": "No_reason_provided"}),
            "CONTRADICTION",
        ),
        (
            changed(data={"verified": False, "verificationFailureReason": "GTIN_not_found"}),
            "UNKNOWN_WORD",
        ),
        (changed(data={"verified": True, "additionalInfo": "recalled"}), "UNKNOWN_WORD"),
        (changed(data={"verified": True, "additionalInfo": None}), "WRONG_SHAPE"),
    ],
)
def test_a_reply_that_says_nothing_clear_is_refused(text: bytes, code: str) -> None:
    assert refusal(text) == code


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(text: bytes) -> None:
    for one in (text, HEAD + text + TAIL):
        with suppress(Invalid):
            read(one)


@pytest.mark.parametrize("name", ["verificationTimestamp", "responderGLN", "data", "corrUUID"])
def test_a_refusal_names_the_member_that_is_wrong(name: str) -> None:
    said = json.loads(reply().as_bytes()) | {name: 7}
    with pytest.raises(Invalid, match=rf"^{name}: "):
        VerificationReply.parse(json.dumps(said).encode(), asked=UUID)


@pytest.mark.parametrize("name", ["verificationFailureReason", "additionalInfo"])
def test_a_refusal_names_the_word_that_is_none(name: str) -> None:
    data = {"verified": False, "verificationFailureReason": "No_match_GTIN_Serial", name: "Rain"}
    said = json.loads(reply().as_bytes()) | {"data": data}
    with pytest.raises(Invalid, match=rf"^{name}: 'Rain' "):
        VerificationReply.parse(json.dumps(said).encode(), asked=UUID)
