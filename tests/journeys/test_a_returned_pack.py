"""A pack comes back to a wholesaler who asks its maker over HTTP, as any partner would."""

from pathlib import Path

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from supplychain.domain.identifiers import Gln, LotNumber, Serial
from supplychain.domain.verification_requests import ProductIdentifier, VerificationRequest
from supplychain.models import Responder, VerificationMessage
from supplychain.queries.verifications import Asked
from supplychain.services.ask_verification import ask_verification
from supplychain.services.issue_recall import issue_recall
from supplychain.services.issue_token import issue_token
from tests.stages import GOOD_UNTIL, MAKES, SELLS, Stage, a_lot, open_stage

LOT = a_lot()
SERIALS = [Serial(f"SN{number}") for number in range(3)]
TOKEN = "that the maker gave the wholesaler"
UUID = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
pytestmark = [pytest.mark.enable_socket, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def traded(
    transactional_db: None,  # noqa: ARG001  opens the database
    settings: Settings,
    tmp_path: Path,
    live_server: LiveServer,
) -> Stage:
    """Three packs at the wholesaler's, who knows where the maker answers, and has his token."""
    stage = open_stage(settings, tmp_path)
    stage.register(LOT, len(SERIALS), packs=SERIALS)
    stage.deliver(MAKES, LOT, len(SERIALS), SELLS)
    issue_token(token=TOKEN, party=SELLS, role="viewer", name="returns", at=stage.now)
    settings.VERIFICATION_TOKENS = {MAKES: TOKEN}
    settings.VERIFICATION_GUESSES_MAX = 1
    Responder.objects.create(company_prefix="0614141", gln=MAKES, address=live_server.url)
    return stage


def ask(stage: Stage, serial: str, lot: str = str(LOT.lot)) -> Asked:
    pack = ProductIdentifier(LOT.gtin, LotNumber(lot), Serial(serial), GOOD_UNTIL)
    return ask_verification(question=VerificationRequest(pack, Gln(SELLS), UUID), at=stage.now)


def said(asked: Asked) -> tuple[bool, str | None, str | None]:
    assert asked.reply is not None, asked.trouble
    assert (str(asked.reply.responder), asked.reply.corr_uuid) == (MAKES, UUID)
    found = asked.reply.answer
    return found.verified, found.reason, found.info


def test_the_maker_answers_for_his_packs_and_for_no_others(traded: Stage) -> None:
    assert said(ask(traded, "SN0")) == (True, None, None)
    issue_recall(
        party=MAKES, lot=LOT, recall_class="I", reason="x", at=traded.later(), nonce=traded.nonce()
    )
    assert said(ask(traded, "SN0")) == (False, "Manufacturer_policy", "Recalled")
    assert said(ask(traded, "SN3")) == (False, "No_match_GTIN_Serial", None)
    assert "too many" in ask(traded, "SN0").trouble
    told = VerificationMessage.objects.order_by("id").values_list("asked_by_us", "verified")
    assert list(told) == [
        *((False, True), (True, True)),
        *((False, False), (True, False)),
        *((False, False), (True, False)),
        (True, None),
    ]


def test_without_his_token_the_maker_says_nothing(traded: Stage, settings: Settings) -> None:
    settings.VERIFICATION_TOKENS = {}
    assert "VERIFICATION_TOKENS" in ask(traded, "SN0").trouble
