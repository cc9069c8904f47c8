"""Asking somebody else about a pack: a clear answer, or none."""

import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from pytest_django import Settings

from ledger import bounded_call
from ledger.core.errors import Refused
from supplychain.domain.identifiers import Gln, Gtin, LotNumber, Serial
from supplychain.domain.lots import Expiry
from supplychain.domain.verification_answers import (
    AdditionalInfo,
    FailureReason,
    VerificationAnswer,
)
from supplychain.domain.verification_replies import VerificationReply
from supplychain.domain.verification_requests import ProductIdentifier, VerificationRequest
from supplychain.models import Responder, VerificationMessage
from supplychain.queries.verifications import Asked
from supplychain.services import ask_verification as asking
from supplychain.services.ask_verification import ask_verification
from tests.people import WHOLESALER
from tests.strangers.responder import Stranger, running_stranger

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
THEIRS = Gln("9506000134352")
UUID = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
PACK = ProductIdentifier(
    Gtin("09506000134352"), LotNumber("A/1"), Serial("x+%2F"), Expiry(AT.date()).on
)
QUESTION = VerificationRequest(PACK, WHOLESALER.gln, UUID)
RECALLED = VerificationAnswer(FailureReason.MANUFACTURER_POLICY, AdditionalInfo.RECALLED)


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    with running_stranger() as stranger:
        stranger.body = saying(VerificationAnswer())
        Responder.objects.create(company_prefix="9506000", gln=str(THEIRS), address=stranger.url)
        yield stranger


def saying(found: VerificationAnswer, by: Gln = THEIRS) -> Callable[[str], bytes]:
    return lambda uuid: VerificationReply(AT, by, found, uuid).as_bytes()


def ask() -> Asked:
    return ask_verification(question=QUESTION, at=AT)


def trouble() -> str:
    asked = ask()
    assert asked.reply is None
    row = VerificationMessage.objects.get()
    assert (row.asked_by_us, row.verified, row.responder) == (True, None, str(THEIRS))
    return asked.trouble


@pytest.mark.parametrize("found", [VerificationAnswer(), RECALLED])
def test_the_answer_is_given_and_kept(stranger: Stranger, found: VerificationAnswer) -> None:
    stranger.body = saying(found)
    assert ask() == Asked(THEIRS, VerificationReply(AT, THEIRS, found, UUID))
    row = VerificationMessage.objects.get()
    assert (row.asked_by_us, row.status, row.verified) == (True, 200, found.verified)
    assert (row.reason, row.info) == (found.reason or "", found.info or "")
    assert (row.requester, row.responder) == (str(WHOLESALER.gln), str(THEIRS))
    assert not row.guess


def test_the_question_goes_out_as_the_standard_writes_it(stranger: Stranger) -> None:
    ask()
    path, _, query = stranger.asked[0][0].partition("?")
    assert path == "/verify/gtin/09506000134352/lot/A%2F1/ser/x%2B%252F"
    assert dict(parse_qsl(query)) == {
        "exp": "261121",
        "linkType": "verificationService",
        "context": "dscsaSaleableReturn",
        "reqGLN": str(WHOLESALER.gln),
        "corrUUID": UUID,
    }


def test_a_responder_gets_the_token_that_it_gave_us_and_no_other(
    stranger: Stranger, settings: Settings
) -> None:
    settings.VERIFICATION_TOKENS = {"9506000020013": "of another"}
    ask()
    settings.VERIFICATION_TOKENS = {str(THEIRS): "theirs"}
    ask()
    tokens = [headers.get("Authorization") for _, headers in stranger.asked]
    assert tokens == [None, "Bearer theirs"]


def test_the_longest_prefix_knows_best(stranger: Stranger) -> None:
    Responder.objects.create(
        company_prefix="9506", gln=str(WHOLESALER.gln), address="http://127.0.0.1:1"
    )
    assert ask().responder == THEIRS
    assert len(stranger.asked) == 1


def test_where_nobody_is_known_nobody_is_asked() -> None:
    with pytest.raises(Refused) as refused:
        ask()
    assert refused.value.code == "RESPONDER_UNKNOWN"
    assert not VerificationMessage.objects.exists()


def test_an_answer_to_another_question_is_none(stranger: Stranger) -> None:
    other = UUID.replace("6", "7", 1)
    stranger.body = lambda _: saying(VerificationAnswer())(other)
    assert "another question" in trouble()


def test_an_answer_of_somebody_else_is_none(stranger: Stranger) -> None:
    stranger.body = saying(VerificationAnswer(), WHOLESALER.gln)
    assert "Somebody else" in trouble()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 429, 500, 503, 299, 999])
def test_every_other_status_is_trouble_whatever_the_body_says(
    stranger: Stranger, status: int
) -> None:
    stranger.status = status
    assert trouble().startswith("The responder ")
    assert VerificationMessage.objects.get().status == status


def test_nobody_is_led_elsewhere(stranger: Stranger) -> None:
    with running_stranger() as other:
        other.body = saying(VerificationAnswer())
        stranger.status, stranger.headers = 302, {"Location": other.url}
        assert "302" in trouble()
        assert not other.asked


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>yes</html>", b'{"data":{"verified":true}}', b" " * 100_000, b"[" * 16_000],
)
def test_what_says_nothing_clear_is_trouble(stranger: Stranger, body: bytes) -> None:
    stranger.body = lambda _: body
    assert "cannot be read" in trouble()


def test_a_good_answer_that_never_ends_is_read_no_further(stranger: Stranger) -> None:
    good = saying(VerificationAnswer())
    stranger.body = lambda uuid: good(uuid) + b" " * 1_000_000
    assert "at most" in trouble()


def test_nobody_waits_long(stranger: Stranger, monkeypatch: pytest.MonkeyPatch) -> None:
    bounds = bounded_call.Bounds(timeout_s=0.2, bytes_max=100)
    monkeypatch.setattr(asking, "_BOUNDS", bounds)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        Responder.objects.update(address=address)
        assert "does not answer" in trouble()
    assert VerificationMessage.objects.get().status == 0
    assert not stranger.asked


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "ftp://x", "http://u:p@x", "x"])
def test_an_address_that_cannot_be_asked_is_trouble(stranger: Stranger, address: str) -> None:
    Responder.objects.update(address=address)
    assert trouble()
    assert not stranger.asked
