"""A member asks the maker of a pack whose maker does not report here."""

import pytest
from django.test import Client

from supplychain.admin.ask_maker import INFOS, REASONS
from supplychain.domain.identifiers import Gln
from supplychain.domain.verification_answers import (
    AdditionalInfo,
    FailureReason,
    VerificationAnswer,
)
from supplychain.domain.verification_replies import VerificationReply
from supplychain.models import Responder, VerificationMessage
from tests.stages import HEALS, SELLS, Stage
from tests.strangers.responder import Stranger, running_stranger
from tests.supplychain.admin.conftest import AtDesk, words

pytestmark = pytest.mark.enable_socket
THEIRS = "9506000134352"
CODE = "(01)09506000134352(17)271231(10)A/1(21)10+3"
PAGE = "/admin/desk/ask"


def tell(maker: Stranger, now: Stage, found: VerificationAnswer) -> None:
    maker.body = lambda uuid: VerificationReply(now.now, Gln(THEIRS), found, uuid).as_bytes()


def ask(client: Client, code: str = CODE) -> str:
    return words(client.post(PAGE, {"code": code}))


def test_the_makers_answer_is_told_in_words(at_desk: AtDesk, now: Stage) -> None:
    recalled = VerificationAnswer(FailureReason.MANUFACTURER_POLICY, AdditionalInfo.RECALLED)
    client = at_desk(SELLS, "operator")
    with running_stranger() as maker:
        Responder.objects.create(company_prefix="9506000", gln=THEIRS, address=maker.url)
        tell(maker, now, VerificationAnswer())
        assert "Verified by the maker" in ask(client)
        tell(maker, now, recalled)
        html = ask(client)
    assert "Not verified by the maker" in html
    assert "It is recalled." in html
    assert "serial 10+3, expires 31 Dec 2027" in html
    assert VerificationMessage.objects.filter(asked_by_us=True, requester=SELLS).count() == 2
    assert "Ask the maker about 09506000134352 serial 10+3" in words(
        client.get("/admin/desk/journal")
    )


def test_no_answer_looks_like_none(at_desk: AtDesk) -> None:
    Responder.objects.create(company_prefix="9506000", gln=THEIRS, address="http://127.0.0.1:1")
    html = ask(at_desk(SELLS))
    assert "No answer" in html
    assert "erified by the maker" not in html


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "required"),
        ("(01)09506000134352(10)A", "the code has not all"),
        ("(01)09506000134353(17)271231(10)A(21)1", "BAD_CHECK_DIGIT"),
        ("\x00" * 20, "Null characters"),
        (CODE, "Nobody is known"),
    ],
)
def test_where_nobody_can_be_asked_the_page_says_why(at_desk: AtDesk, code: str, said: str) -> None:
    html = ask(at_desk(SELLS), code)
    assert "Nobody was asked" in html
    assert said in html
    assert not VerificationMessage.objects.exists()


def test_a_viewer_does_not_ask(at_desk: AtDesk) -> None:
    assert at_desk(SELLS, "viewer").post(PAGE, {"code": CODE}).status_code == 403


def test_the_scan_of_a_pack_whose_maker_is_not_here_leads_to_it(at_desk: AtDesk) -> None:
    client = at_desk(HEALS)
    code = CODE.replace("09506000134352", "04012345678901")
    page = client.get("/scan", {"code": code}).content.decode()
    assert f"{PAGE}?code=%2801%2904012345678901" in page
    assert "04012345678901" in words(client.get(PAGE, {"code": code}))
    assert PAGE not in Client().get("/scan", {"code": code}).content.decode()
    assert PAGE not in client.get("/scan", {"code": "(01)04012345678901(10)A"}).content.decode()


def test_every_word_of_the_standard_has_words_for_people() -> None:
    assert set(REASONS) == set(FailureReason)
    assert set(INFOS) == set(AdditionalInfo)
