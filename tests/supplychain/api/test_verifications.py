"""A program asks the maker of a pack who answers elsewhere."""

import pytest

from supplychain.domain.identifiers import Gln
from supplychain.domain.verification_answers import (
    AdditionalInfo,
    FailureReason,
    VerificationAnswer,
)
from supplychain.domain.verification_replies import VerificationReply
from supplychain.models import Responder, VerificationMessage
from tests.stages import SELLS, Stage
from tests.strangers.responder import running_stranger
from tests.supplychain.api.conftest import Programs, problem

pytestmark = pytest.mark.enable_socket

THEIRS = "9506000134352"
PACK = {"gtin": "09506000134352", "lot": "A/1", "serial": "10+3", "expiry": "2027-12-31"}


def test_the_makers_answer_is_told(program: Programs, now: Stage) -> None:
    found = VerificationAnswer(FailureReason.MANUFACTURER_POLICY, AdditionalInfo.RECALLED)
    with running_stranger() as maker:
        maker.body = lambda uuid: VerificationReply(now.now, Gln(THEIRS), found, uuid).as_bytes()
        Responder.objects.create(company_prefix="9506000", gln=THEIRS, address=maker.url)
        response = program(SELLS, "operator").post("verifications", PACK)
    assert response.status_code == 200
    told = response.json()
    row = VerificationMessage.objects.get()
    assert told == {
        "responder": THEIRS,
        "verified": False,
        "reason": "Manufacturer_policy",
        "info": "Recalled",
        "answered_at": f"{now.now:%Y-%m-%dT%H:%M:%SZ}",
        "corr_uuid": row.corr_uuid,
    }
    assert (row.requester, row.context, row.asked_by_us) == (SELLS, "dscsaSaleableReturn", True)


def test_no_answer_is_neither_yes_nor_no(program: Programs) -> None:
    Responder.objects.create(company_prefix="9506000", gln=THEIRS, address="http://127.0.0.1:1")
    asked = program(SELLS).post("verifications", PACK)
    assert problem(asked, 502, "NO_ANSWER")["detail"] == "The responder does not answer."


def test_where_nobody_answers_for_the_product_that_is_told(program: Programs) -> None:
    problem(program(SELLS).post("verifications", PACK), 422, "RESPONDER_UNKNOWN")


def test_a_viewer_does_not_ask_others(program: Programs) -> None:
    problem(program(SELLS, "viewer").post("verifications", PACK), 403, "ROLE_FORBIDDEN")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"serial": "a b"}, "INVALID_SERIAL"),
        ({"context": "a b"}, "INVALID_CONTEXT"),
        ({"expiry": "271231"}, "INVALID_REQUEST"),
        ({"gtin": "09506000134353"}, "INVALID_GTIN"),
    ],
)
def test_a_pack_that_can_be_none_is_refused(
    program: Programs, changed: dict[str, str], code: str
) -> None:
    problem(program(SELLS).post("verifications", PACK | changed), 400, code)
