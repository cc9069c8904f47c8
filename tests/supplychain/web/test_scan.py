"""The scan page through the real service, on real entries."""

import re

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ledger.alarms import raise_alarm
from supplychain.domain.lots import LotKey
from supplychain.services.issue_recall import issue_recall
from tests.stages import HEALS, INSULIN, LIES, MAKES, NO_LOGGER, SELLS, Stage, a_lot
from tests.supplychain.web.conftest import CODE, SOUND, SignIn, hand_on

pytestmark = pytest.mark.usefixtures("sound")
LINK = f"/01/{INSULIN}/10/G24-118B?17=271231"


def _verdict(client: Client, code: str) -> str:
    response = client.get("/scan", {"code": code})
    assert response.status_code == 200
    return _code_of(response.content.decode())


def _code_of(html: str) -> str:
    return html.partition('data-verdict="')[2].partition('"')[0]


def test_the_empty_scan_page_has_one_focused_input(client: Client) -> None:
    html = client.get("/scan").content.decode()
    assert html.count("autofocus") == 1
    assert _code_of(html.partition("<template")[0]) == ""


def test_an_empty_code_is_the_empty_scan_page(client: Client) -> None:
    assert client.get("/scan?code=").templates[0].name == "scan/scan.html"


def test_a_sound_lot_is_ok_for_the_pharmacy_that_received_it(sign_in: SignIn) -> None:
    assert _verdict(sign_in(HEALS), CODE) == "OK"


def test_the_answer_is_never_kept_by_anybody(client: Client) -> None:
    for address in ("/scan", f"/scan?code={CODE}", LINK):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_all_three_ways_to_write_a_code_get_the_same_verdict(sign_in: SignIn) -> None:
    client = sign_in(HEALS)
    brackets = f"(01){INSULIN}(10)G24-118B(17)271231"
    by_link = _code_of(client.get(LINK).content.decode())
    assert {_verdict(client, CODE), _verdict(client, brackets), by_link} == {"OK"}


def test_a_digital_link_with_a_serial_names_it(sign_in: SignIn) -> None:
    page = sign_in(HEALS).get(f"/01/{INSULIN}/10/G24-118B/21/SN-7?17=271231")
    assert b"SN-7" in page.content
    assert b"SERIAL_NOT_JUDGED" in page.content


def test_a_digital_link_without_a_lot_asks_for_it(client: Client) -> None:
    page = client.get(f"/01/{INSULIN}").content.decode()
    assert (_code_of(page), "LOT_MISSING" in page) == ("SCAN_AGAIN", True)


def test_a_lot_with_a_slash_is_read_from_the_address_as_it_was_sent(
    client: Client, now: Stage
) -> None:
    lot = a_lot("A/1")
    now.register(lot, 10)
    now.log()
    page = client.get(f"/01/{lot.gtin}/10/A/1", RAW_URI=f"/01/{lot.gtin}/10/A%2F1")
    assert "SCAN_AGAIN" not in page.content.decode()
    assert "A/1</dd>" in page.content.decode()


def test_a_recalled_lot_says_stop_with_the_makers_reason(sound: Stage, sign_in: SignIn) -> None:
    _recall(sound, SOUND)
    html = sign_in(HEALS).get("/scan", {"code": CODE}).content.decode()
    assert _code_of(html) == "STOP"
    assert "Recalled, class II" in html
    assert "Reason given: Wrong leaflet." in html


def _recall(stage: Stage, lot: LotKey) -> None:
    issue_recall(
        party=MAKES,
        lot=lot,
        recall_class="II",
        reason="Wrong leaflet",
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.log()


def test_an_excursion_is_told_with_its_peak_and_its_length(now: Stage, sign_in: SignIn) -> None:
    lot = a_lot("HOT", INSULIN)
    now.register(lot, 100)
    hand_on(now, MAKES, HEALS, 20, 500, 1180, lot=lot)
    now.log()
    html = sign_in(HEALS).get("/scan", {"code": f"01{INSULIN}10HOT"}).content.decode()
    assert _code_of(html) == "STOP"
    assert "11.8 °C, outside for" in html
    assert "temperature-chart" in html


def test_a_lot_that_nobody_registered_is_not_green(client: Client) -> None:
    assert _verdict(client, f"01{INSULIN}17271231" + "10NEVERBORN") == "STOP"


def test_the_expiry_of_the_register_is_marked_as_such(sign_in: SignIn) -> None:
    html = sign_in(HEALS).get(f"/01/{INSULIN}/10/G24-118B").content.decode()
    assert "Expiry, as registered" in html
    assert "31 Dec 2027" in html


def test_an_entry_newer_than_the_checkpoint_asks_again_by_itself_and_gives_up(
    sound: Stage, sign_in: SignIn
) -> None:
    sound.ship(HEALS, SOUND, 5, SELLS, NO_LOGGER)
    client = sign_in(HEALS)
    first = client.get("/scan", {"code": CODE}).content.decode()
    assert _code_of(first) == "CANNOT_CHECK"
    assert "retry=1" in first
    assert "http-equiv=&quot;" not in first
    assert '<noscript><meta http-equiv="refresh"' in first
    for retried in ("5", "999999", "x", "٣"):
        last = client.get("/scan", {"code": CODE, "retry": retried}).content.decode()
        assert "data-retry" not in last


def test_the_same_pack_twice_at_one_site_is_already_scanned(sign_in: SignIn) -> None:
    client = sign_in(HEALS)
    code = CODE + "\x1d21SN-7"
    assert [_verdict(client, code), _verdict(client, code)] == ["OK", "ALREADY_SCANNED_HERE"]


def test_strangers_read_roles_and_members_of_the_chain_read_names(
    sign_in: SignIn, client: Client
) -> None:
    inside = sign_in(HEALS).get("/scan", {"code": CODE}).content.decode()
    outside = client.get("/scan", {"code": CODE}).content.decode()
    rival = sign_in(LIES).get("/scan", {"code": CODE}).content.decode()
    assert "Wendover Wholesale" in inside
    assert "/evidence/" in inside
    for page in (outside, rival):
        assert "Wendover" not in page
        assert "Marlow" not in page
        assert "S-" not in page.partition('class="timeline"')[2].partition("</ol>")[0]
        assert "/evidence/" not in page
    assert "a wholesaler" in outside


def test_strangers_read_no_amounts(sign_in: SignIn, client: Client) -> None:
    def timeline(page: str) -> str:
        return page.partition('class="timeline"')[2].partition("</ol>")[0]

    inside = timeline(sign_in(HEALS).get("/scan", {"code": CODE}).content.decode())
    outside = timeline(client.get("/scan", {"code": CODE}).content.decode())
    assert re.search(r"[0-9] units", inside)
    assert "Units received" in outside
    assert not re.search(r"[0-9] units", outside)


def test_the_page_says_for_whom_it_answers(sign_in: SignIn, client: Client) -> None:
    assert "Poppy Pharmacy" in sign_in(HEALS).get("/scan", {"code": CODE}).content.decode()
    assert "not signed in" in client.get("/scan", {"code": CODE}).content.decode()


def test_more_than_two_thousand_characters_are_a_scan_to_repeat(client: Client) -> None:
    assert _verdict(client, "9" * 2_001) == "SCAN_AGAIN"
    assert _verdict(client, "9" * 200_000) == "SCAN_AGAIN"


@pytest.mark.parametrize(
    "sent",
    [
        "/scan?code=%00",
        "/scan?code=%ff%fe%ed%a0%80",
        "/scan?code=%",
        "/scan?code=%zz%1d%1D",
        "/scan?code=" + "%F0%9F%92%8A" * 300,
        "/scan?code=1&code=2",
        "/01/%00",
        "/01/%ff/10/%ff",
        "/01/%",
        "/01/../../../etc/passwd",
        "/01//10//21/",
        f"/01/{INSULIN}/10/%ED%A0%80",
        f"/01/{INSULIN}/10/{'9' * 5000}",
        f"/01/{INSULIN}/10/A?17=%00",
    ],
)
def test_no_bytes_break_the_scan_page(client: Client, sent: str) -> None:
    path, _, query = sent.partition("?")
    page = client.generic("GET", path, QUERY_STRING=query, RAW_URI=sent)
    assert page.status_code == 200
    assert _code_of(page.content.decode()) == "SCAN_AGAIN"


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(st.one_of(st.text(), st.text("0123456789()\x1d]dC", max_size=60)))
def test_whatever_is_scanned_gets_one_of_the_six_verdicts(client: Client, scanned: str) -> None:
    written = "".join(f"%{byte:02X}" for byte in scanned.encode("utf-8", "surrogatepass"))
    page = client.generic("GET", "/scan", QUERY_STRING=f"code={written}")
    assert page.status_code == 200


def test_markup_in_a_scan_stays_text(client: Client) -> None:
    html = client.get("/scan", {"code": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_a_scan_is_not_made_by_post(client: Client) -> None:
    assert client.post("/scan", {"code": CODE}).status_code == 405


def test_the_policy_lets_nothing_in_from_elsewhere(client: Client) -> None:
    policy = client.get("/scan")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_ledgers_alarm_is_never_green(sound: Stage, sign_in: SignIn) -> None:
    raise_alarm(code="CHECKPOINT_FORKED", about="", message="odd", at=sound.now)
    assert _verdict(sign_in(HEALS), CODE) == "CANNOT_CHECK"


def test_the_maker_is_asked_about_the_whole_lot(sign_in: SignIn) -> None:
    html = sign_in(MAKES).get("/scan", {"code": CODE}).content.decode()
    assert "2 hand-offs completed" in html
