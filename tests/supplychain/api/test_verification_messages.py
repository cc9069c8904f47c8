"""The doors of GS1's verification messages, as partners' programs use them."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from supplychain.domain.guessing import WINDOW
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import TransformKind
from supplychain.domain.transform_statements import Into
from supplychain.models import VerificationMessage
from supplychain.services.destroy_units import destroy_units
from supplychain.services.extend_expiry import extend_expiry
from supplychain.services.issue_recall import issue_recall
from supplychain.services.place_hold import place_hold
from supplychain.services.report_loss import report_loss
from supplychain.services.sweep_verifications import sweep_verifications
from supplychain.services.transform_lot import transform_lot
from tests.stages import HEALS, INSULIN, LIES, MAKES, SELLS, TABLETS, Stage, a_lot
from tests.supplychain.api.conftest import LOT, Programs
from tests.supplychain.api.test_hostile import FUZZ

UUID = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
PATH = f"/verify/gtin/{TABLETS}/lot/{LOT.lot}/ser/10000000369"
FOREIGN = "09506000134352"


def query(asker: str = SELLS, **changed: str) -> str:
    said = {
        "exp": "271231",
        "linkType": "verificationService",
        "context": "dscsaSaleableReturn",
        "reqGLN": asker,
        "corrUUID": UUID,
        **changed,
    }
    return "&".join(f"{name}={value}" for name, value in said.items() if value)


class Partner:
    """A program that asks; what it sends goes out as it stands."""

    def __init__(self, token: str, gln: str = SELLS) -> None:
        self.gln = gln
        self.client = Client(raise_request_exception=False)
        self.headers: dict[str, Any] = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}

    def ask(self, path: str = PATH, said: str | None = None, method: str = "GET") -> Any:
        sent = query(self.gln) if said is None else said
        sent = sent.encode("utf-8", "replace").decode("latin-1")  # as servers hand it on
        raw = f"{path}?{sent}"
        return self.client.generic(method, path, QUERY_STRING=sent, RAW_URI=raw, **self.headers)


@pytest.fixture
def partner(traded: Stage, program: Programs) -> Partner:
    """The wholesaler, which may ask."""
    del traded  # asked for the goods that it puts on the stage
    return Partner(program(SELLS, "viewer").token)


def no(response: Any, status: int) -> str:
    """The sentence of a no: never JSON, never kept."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Cache-Control"] == "private, no-cache"
    text: str = response.content.decode()
    assert text.endswith(".\n")
    return text


def test_a_lot_whose_packs_have_no_serials_on_record_proves_no_serial(
    partner: Partner, now: Stage
) -> None:
    response = partner.ask()
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "private, no-cache"
    instant = f"{now.now:%Y-%m-%dT%H:%M:%S}.000Z"
    assert response.content.decode() == (
        f'{{"verificationTimestamp":"{instant}","responderGLN":"{MAKES}",'
        '"data":{"verified":false,"verificationFailureReason":"No_match_GTIN_Serial"},'
        f'"corrUUID":"{UUID}"}}'
    )


def test_a_digital_link_that_says_so_is_a_question_and_any_other_a_page(partner: Partner) -> None:
    path = f"/01/{TABLETS}/10/{LOT.lot}/21/10000000369"
    asked = query(exp="", **{"17": "271231"})
    assert partner.ask(path, asked).json() == partner.ask().json()
    assert b"<html" in partner.ask(path, "17=271231").content
    no(partner.ask(path, asked, "POST"), 405)


def test_there_is_nothing_but_get_whoever_asks(partner: Partner) -> None:
    methods = ("POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
    paths = (PATH, "/checkConnectivity", "/verify/nothing")
    for one, method, path in product((partner, Partner("")), methods, paths):
        response = one.ask(path, method=method)
        assert response.status_code == 405
        assert response["Allow"] == "GET"


def test_a_question_of_the_wrong_form_is_400(partner: Partner) -> None:
    for path, said in (
        ("/verify", query()),
        ("/verify/", query()),
        (f"/verify/gtin/{TABLETS}", query()),
        (f"{PATH}/", query()),
        (PATH.replace(TABLETS, "00614141000013"), query()),
        (PATH.replace("10000000369", "A" * 21), query()),
        (PATH.replace("10000000369", "%2"), query()),
        (PATH.replace("10000000369", "%FF"), query()),
        (PATH.replace("10000000369", "%00"), query()),
        (PATH, ""),
        (PATH, query(exp="")),
        (PATH, query(exp="271331")),
        (PATH, query(corrUUID="6ba7b810-9dad-11d1-80b4-00c04fd430c8")),
        (PATH, query(reqGLN="1")),
        (PATH, query(linkType="all")),
        ("/checkConnectivity", ""),
        ("/checkConnectivity", f"gtin={TABLETS}"),
        ("/checkConnectivity", f"gtin=1&reqGLN={SELLS}"),
    ):
        assert no(partner.ask(path, said), 400), (path, said)
    assert not VerificationMessage.objects.exists()


@pytest.mark.usefixtures("traded")
def test_whoever_shows_no_valid_token_is_401_whatever_he_asks() -> None:
    said = f"{query()}&gtin={TABLETS}"
    for token, path in product(("", "wrong"), (PATH, "/checkConnectivity")):
        response = Partner(token).ask(path, said)
        assert response["WWW-Authenticate"].startswith("Bearer")
        told = no(response, 401)
        assert no(Partner(token).ask(path.replace(TABLETS, FOREIGN), said), 401) == told


def test_whoever_asks_in_anothers_name_is_403_and_that_is_kept(partner: Partner) -> None:
    told = no(partner.ask(said=query(HEALS)), 403)
    assert no(partner.ask("/checkConnectivity", f"gtin={TABLETS}&reqGLN={HEALS}"), 403) == told
    row = VerificationMessage.objects.get()
    assert (row.requester, row.status, row.verified, row.guess) == (HEALS, 403, None, False)


def test_a_product_of_which_nobody_here_knows_is_404(partner: Partner) -> None:
    told = no(partner.ask(PATH.replace(TABLETS, FOREIGN)), 404)
    assert no(partner.ask("/checkConnectivity", f"gtin={FOREIGN}&reqGLN={SELLS}"), 404) == told
    row = VerificationMessage.objects.get()
    assert (row.gtin, row.status, row.guess) == (FOREIGN, 404, True)


def test_connectivity_tells_who_would_answer(partner: Partner) -> None:
    response = partner.ask("/checkConnectivity", f"gtin={TABLETS.lstrip('0')}&reqGLN={SELLS}&x=1")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "private, no-cache"
    assert response.content == b'{"responderGLN":"%s"}' % MAKES.encode()


def test_a_product_in_the_catalogue_is_known_before_its_first_lot(partner: Partner) -> None:
    response = partner.ask("/checkConnectivity", f"gtin={INSULIN}&reqGLN={SELLS}")
    assert response.json() == {"responderGLN": MAKES}


def test_the_accept_header_changes_nothing(partner: Partner) -> None:
    partner.headers["HTTP_ACCEPT"] = "application/xml"
    assert partner.ask().status_code == 200


def test_question_and_answer_are_kept_with_who_asked_from_where(partner: Partner) -> None:
    partner.ask()
    row = VerificationMessage.objects.get()
    assert not row.asked_by_us
    assert (row.requester, row.responder, row.address) == (SELLS, MAKES, "127.0.0.1")
    assert (row.gtin, row.lot, row.serial) == (TABLETS, str(LOT.lot), "10000000369")
    assert (row.corr_uuid, row.context, row.status) == (UUID, "dscsaSaleableReturn", 200)
    assert (row.verified, row.reason, row.guess) == (False, "No_match_GTIN_Serial", True)


# --- packs that are on record ---------------------------------------------------------------------

BOX = a_lot("S/1")
SERIALS = [Serial(f"10000000{n}") for n in range(369, 373)] + [Serial("a/b+c%2F")]


@pytest.fixture
def boxes(partner: Partner, now: Stage) -> Partner:
    """Five packs with serial numbers, at the wholesaler's."""
    now.register(BOX, len(SERIALS), packs=SERIALS)
    now.deliver(MAKES, BOX, len(SERIALS), SELLS)
    return partner


def path_of(serial: Serial = SERIALS[0], lot: LotKey = BOX) -> str:
    number, name = (quote(str(one), safe="") for one in (lot.lot, serial))
    return f"/verify/gtin/{lot.gtin}/lot/{number}/ser/{name}"


def data(response: Any) -> dict[str, Any]:
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()["data"]
    return found


def failure(reason: str, info: str = "") -> dict[str, Any]:
    found = {"verified": False, "verificationFailureReason": reason}
    return found | ({"additionalInfo": info} if info else {})


def test_a_pack_of_the_maker_is_verified_whatever_its_serial_is_written_with(
    boxes: Partner,
) -> None:
    for serial in SERIALS:
        assert data(boxes.ask(path_of(serial))) == {"verified": True}
    assert not VerificationMessage.objects.filter(guess=True).exists()


def test_another_serial_lot_or_expiry_is_told_apart(boxes: Partner) -> None:
    other = path_of(lot=a_lot("s/1"))
    late = query(exp="280101")
    assert data(boxes.ask(path_of(Serial("A/b+c%2F")))) == failure("No_match_GTIN_Serial")
    assert data(boxes.ask(other)) == failure("No_match_GTIN_Serial_Lot")
    assert data(boxes.ask(path_of(), late)) == failure("No_match_GTIN_Serial_Expiry")
    assert data(boxes.ask(other, late)) == failure("No_match_GTIN_Serial_Lot_Expiry")
    assert VerificationMessage.objects.filter(guess=True).count() == 4


def test_a_recalled_pack_is_told_so_and_a_wrong_lot_hides_it_from_nobody(
    boxes: Partner, now: Stage
) -> None:
    issue_recall(
        party=MAKES, lot=BOX, recall_class="I", reason="x", at=now.later(), nonce=now.nonce()
    )
    assert data(boxes.ask(path_of())) == failure("Manufacturer_policy", "Recalled")
    other = data(boxes.ask(path_of(lot=a_lot("T"))))
    assert other == failure("No_match_GTIN_Serial_Lot", "Recalled")
    elsewhere = data(boxes.ask(path_of(), query(context="saleableReturn")))
    assert elsewhere == failure("No_reason_provided", "Recalled")


def test_what_stands_against_a_lot_stands_against_what_was_made_of_it(
    partner: Partner, now: Stage
) -> None:
    old, new = a_lot("OLD"), a_lot("NEW")
    now.register(old, 10)
    transform_lot(
        party=MAKES,
        lot=old,
        operation="OP-1",
        kind=TransformKind.REPACK,
        into=(Into(new, 10, 5),),
        lost=0,
        reason="Larger packs",
        at=now.later(),
        nonce=now.nonce(),
    )
    now.register(new, 5, packs=SERIALS)
    path = path_of(lot=new)
    assert data(partner.ask(path)) == {"verified": True}
    said: dict[str, Any] = {"party": MAKES, "lot": old, "reason": "x"}
    issue_recall(recall_class="I", at=now.later(), nonce=now.nonce(), **said)
    assert data(partner.ask(path)) == failure("Manufacturer_policy", "Recalled")
    place_hold(at=now.later(), nonce=now.nonce(), **said)
    assert data(partner.ask(path)) == failure("Not_for_re-distribution", "Suspect")


def test_a_pack_of_a_lot_on_hold_is_suspect(boxes: Partner, now: Stage) -> None:
    place_hold(party=MAKES, lot=BOX, reason="x", at=now.later(), nonce=now.nonce())
    assert data(boxes.ask(path_of())) == failure("Not_for_re-distribution", "Suspect")


def test_stolen_lost_and_destroyed_packs(boxes: Partner, now: Stage) -> None:
    stolen, lost, destroyed = SERIALS[:3]
    for serial, kind in ((stolen, "stolen"), (lost, "lost")):
        report_loss(
            party=SELLS,
            lot=BOX,
            quantity=1,
            kind=kind,
            reason="x",
            at=now.later(),
            nonce=now.nonce(),
            packs=[serial],
        )
    destroy_units(
        party=SELLS,
        lot=BOX,
        quantity=1,
        reason="x",
        at=now.later(),
        nonce=now.nonce(),
        packs=[destroyed],
    )
    told = [data(boxes.ask(path_of(serial))) for serial in (stolen, lost, destroyed)]
    assert told == [
        failure("Not_for_re-distribution", "Illegitimate"),
        failure("Not_for_re-distribution", "Suspect"),
        failure("Manufacturer_policy"),
    ]
    assert data(boxes.ask(path_of(SERIALS[3]))) == {"verified": True}


def test_an_extended_expiry_is_told_and_the_printed_day_is_right_as_well(
    boxes: Partner, now: Stage
) -> None:
    extend_expiry(
        party=MAKES,
        lot=BOX,
        expiry=date(2028, 6, 30),
        expiry_zone="+00:00",
        reason="Stability study",
        at=now.later(),
        nonce=now.nonce(),
    )
    now.now = datetime(2028, 1, 1, tzinfo=UTC)
    for day in ("271231", "280630"):
        said = data(boxes.ask(path_of(), query(exp=day)))
        assert said == {"verified": True, "additionalInfo": "ExpirationExtended"}
    told = data(boxes.ask(path_of(), query(exp="280531")))
    assert told == failure("No_match_GTIN_Serial_Expiry", "ExpirationExtended")
    elsewhere = data(boxes.ask(path_of(), query(context="saleableReturn")))
    assert elsewhere == {"verified": True}
    now.now = datetime(2028, 7, 1, tzinfo=UTC)
    assert data(boxes.ask(path_of())) == failure("Manufacturer_policy", "Expired")


def test_an_expired_pack_is_told_so(boxes: Partner, now: Stage) -> None:
    now.now = datetime(2028, 1, 1, tzinfo=UTC)
    assert data(boxes.ask(path_of())) == failure("Manufacturer_policy", "Expired")


# --- guessing -------------------------------------------------------------------------------------


@pytest.fixture
def few(settings: Settings) -> None:
    """Only three guesses are allowed."""
    settings.VERIFICATION_GUESSES_MAX = 3


@pytest.mark.usefixtures("few")
def test_a_run_of_guesses_is_429_until_it_is_ten_minutes_old(partner: Partner, now: Stage) -> None:
    first = now.now
    for number in range(3):
        assert partner.ask(PATH.replace("369", f"{number}")).status_code == 200
        now.later()
    response = partner.ask()
    no(response, 429)
    assert int(response["Retry-After"]) == (first + WINDOW - now.now).total_seconds()
    now.now = first + WINDOW
    assert partner.ask().status_code == 200
    assert partner.ask().status_code == 429


@pytest.mark.usefixtures("few")
def test_what_was_refused_for_its_number_is_no_guess_of_its_own(
    partner: Partner, now: Stage
) -> None:
    for _ in range(8):
        partner.ask()
    assert VerificationMessage.objects.count() == 3
    now.later(WINDOW)
    assert partner.ask().status_code == 200


@pytest.mark.usefixtures("few")
def test_products_that_nobody_knows_are_guesses_too(partner: Partner) -> None:
    for _ in range(3):
        assert partner.ask(PATH.replace(TABLETS, FOREIGN)).status_code == 404
    assert partner.ask(PATH.replace(TABLETS, FOREIGN)).status_code == 429


@pytest.mark.usefixtures("few")
def test_whoever_guesses_under_many_names_is_known_by_his_address(
    partner: Partner, program: Programs
) -> None:
    others = [Partner(program(gln, "viewer").token, gln) for gln in (LIES, HEALS)]
    assert [one.ask().status_code for one in (partner, *others)] == [200, 200, 200]
    assert partner.ask().status_code == 429
    partner.headers["REMOTE_ADDR"] = "192.0.2.7"
    assert partner.ask().status_code == 200


@pytest.mark.usefixtures("few")
def test_nobody_can_make_another_wait_by_using_his_name(
    partner: Partner, program: Programs
) -> None:
    victim = Partner(program(HEALS, "viewer").token, HEALS)
    for _ in range(5):
        assert partner.ask(said=query(HEALS)).status_code == 403
    victim.headers["REMOTE_ADDR"] = "192.0.2.7"
    assert victim.ask().status_code == 200


# --- forgetting -----------------------------------------------------------------------------------


def test_messages_are_kept_as_long_as_the_law_asks_and_addresses_a_month(
    partner: Partner, now: Stage, settings: Settings
) -> None:
    partner.ask()
    now.later(timedelta(days=29))
    assert sweep_verifications(at=now.now) == 0
    assert VerificationMessage.objects.get().address == "127.0.0.1"
    now.later(timedelta(days=2))
    assert sweep_verifications(at=now.now) == 0
    assert VerificationMessage.objects.get().address == ""
    now.later(timedelta(days=settings.VERIFICATION_KEPT_DAYS))
    assert sweep_verifications(at=now.now) == 1


# --- whatever is sent, it is never our fault ------------------------------------------------------


@FUZZ
@given(
    start=st.sampled_from(["/verify/", PATH, PATH[:-5], "/checkConnectivity", "/verify/gtin/"]),
    path=st.text(max_size=40),
    said=st.dictionaries(
        st.sampled_from(["exp", "17", "linkType", "context", "reqGLN", "corrUUID", "gtin", "é"]),
        st.text(max_size=30),
    ),
)
def test_any_question_is_answered_and_never_with_a_5xx(
    partner: Partner, start: str, path: str, said: dict[str, str]
) -> None:
    escaped = quote(path.encode("utf-8", "replace"), safe="/%+")
    for one in (query(**said), f"{query()}&{escaped}&%C3%A9=%FF"):
        response = partner.ask(start + escaped, one)
        assert response.status_code < 500, (start, path, one, response.content)


def test_whatever_a_server_says_was_sent_is_answered(partner: Partner) -> None:
    for raw in ("", "http://x/verify", "*", "/\udcff", "/verify/é?é"):
        response = partner.client.get(PATH, QUERY_STRING=query(), RAW_URI=raw, **partner.headers)
        assert response.status_code in (200, 400), raw
