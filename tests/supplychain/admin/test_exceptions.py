"""The exceptions inbox: filled by receipts and files and by hand, looked after, closed."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from supplychain.admin.exceptions import age_in_words
from supplychain.models import ExceptionCase, Organisation
from supplychain.queries.exceptions import open_cases_of
from supplychain.services.issue_recall import issue_recall
from supplychain.services.receive_shipment import receive_shipment
from tests.stages import HEALS, LIES, MAKES, NOT_REQUIRED, SELLS, Stage, a_lot
from tests.supplychain.admin.conftest import AtDesk, words

LOT = a_lot()
INBOX = "/admin/desk/exceptions"


@pytest.fixture
def short(now: Stage) -> Stage:
    """40 sent; 30 came in order, 4 were damaged, 6 are missing."""
    now.register(LOT, 100)
    now.ship(MAKES, LOT, 40, SELLS)
    now.receive(SELLS, LOT, 30, 4)
    now.log()
    return now


def kinds(gln: str) -> dict[str, tuple[int | None, int | None]]:
    return {one.case.kind.value: (one.case.found, one.case.expected) for one in open_cases_of(gln)}


def case(kind: str = "short") -> ExceptionCase:
    return ExceptionCase.objects.get(kind=kind)


@pytest.mark.usefixtures("short")
def test_a_receipt_makes_its_exceptions(at_desk: AtDesk) -> None:
    assert kinds(SELLS) == {"damaged": (4, 40), "short": (34, 40)}
    assert not kinds(MAKES)
    html = words(at_desk(SELLS).get(INBOX))
    for fact in ("34 of 40 units", "Marlow Medicines", "Nobody", "Look for the goods"):
        assert fact in html


def test_what_came_beyond_what_was_sent_is_an_exception(now: Stage) -> None:
    now.register(LOT, 100)
    now.ship(MAKES, LOT, 40, SELLS)
    receive_shipment(
        party=SELLS,
        output=now.inbound(SELLS, LOT).output,
        lot=LOT,
        received=40,
        damaged=0,
        over=3,
        conditions=NOT_REQUIRED,
        note="",
        at=now.later(),
        nonce=now.nonce(),
    )
    assert kinds(SELLS) == {"over": (43, 40)}


def test_a_whole_receipt_makes_none(now: Stage) -> None:
    now.register(LOT, 10)
    now.deliver(MAKES, LOT, 10, SELLS)
    assert not ExceptionCase.objects.exists()


def test_recalled_goods_in_quarantine_are_no_exception(now: Stage) -> None:
    now.register(LOT, 10)
    now.ship(MAKES, LOT, 10, SELLS)
    issue_recall(
        party=MAKES, lot=LOT, recall_class="I", reason="Glass", at=now.later(), nonce=now.nonce()
    )
    now.receive(SELLS, LOT, 0, 8)
    assert kinds(SELLS) == {"short": (8, 10)}


def test_what_is_missing_is_settled_when_it_comes(at_desk: AtDesk, short: Stage) -> None:
    short.receive(SELLS, LOT, 6)
    assert kinds(SELLS) == {"damaged": (4, 40)}
    client = at_desk(SELLS)
    assert "A later entry" in words(client.get(f"{INBOX}?state=closed"))
    page = client.get(f"{INBOX}/{case().pk}")
    assert "used up what it was about" in words(page)
    assert page.context["form"].initial["words"].startswith("Entry ")


def test_somebody_takes_it_and_says_by_what_it_was_closed(at_desk: AtDesk, short: Stage) -> None:
    client, address = at_desk(SELLS), f"{INBOX}/{case().pk}"
    client.post(address, {"do": "take"})
    assert case().owner == f"signer-{SELLS}"
    client.post(address, {"do": "free"})
    assert case().owner == ""
    assert client.post(address, {"do": "close", "words": ""}).context["form"].errors
    short.later()
    assert client.post(address, {"do": "close", "words": "Credited"})["Location"] == INBOX
    assert (case().closed_as, case().closed_by) == ("Credited", f"signer-{SELLS}")
    again = client.post(address, {"do": "close", "words": "Once more"})
    assert "CASE_UNKNOWN" in words(again)
    assert case().closed_as == "Credited"
    journal = words(client.get("/admin/desk/journal"))
    assert "Credited" in journal
    assert "Take exception" in journal


@pytest.mark.usefixtures("short")
def test_the_message_is_the_pdgs_and_bound_to_the_entry(at_desk: AtDesk) -> None:
    client, address = at_desk(SELLS), f"{INBOX}/{case().pk}/message"
    body = json.loads(client.get(address).content)
    assert body["exceptions"]["underages"][0]["quantity_received"] == 34
    assert body["sender_information"] == {"gln": SELLS, "email": f"{SELLS}@example.org"}
    assert case().entry_id in body["other_errors"][0]
    Organisation.objects.filter(gln=SELLS).update(email="")
    refused = client.get(address)
    assert (refused.status_code, "NO_CONTACT" in words(refused)) == (422, True)


SAID = {"kind": "unreadable", "wanted": "Send new data", "words": "A torn label"}


def hand_in(client: Client, **said: Any) -> Any:
    nonce = client.get(f"{INBOX}/new").context["nonce"]
    return client.post(f"{INBOX}/new", {"nonce": nonce, **SAID, **said})


def test_a_case_is_opened_by_hand_once(at_desk: AtDesk, now: Stage) -> None:
    del now
    client = at_desk(SELLS)
    nonce = client.get(f"{INBOX}/new").context["nonce"]
    first = client.post(f"{INBOX}/new", {"nonce": nonce, **SAID})
    second = client.post(f"{INBOX}/new", {"nonce": nonce, **SAID})
    assert first["Location"] == second["Location"]
    assert "A torn label" in words(client.get(first["Location"]))
    assert ExceptionCase.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"kind": "short"}, "CASE_INCOMPLETE"),
        ({"gtin": "00614141000013"}, "INVALID_GTIN"),
        ({"lot": "ä"}, "INVALID_LOT"),
        ({"kind": "odd"}, "Select a valid choice"),
        ({"words": "x" * 501}, "at most 500"),
        ({"partner": "9506000099999"}, "Select a valid choice"),
    ],
)
def test_a_case_that_is_none_is_told_why(
    at_desk: AtDesk, now: Stage, said: dict[str, Any], fault: str
) -> None:
    del now
    assert fault in words(hand_in(at_desk(SELLS), **said))
    assert not ExceptionCase.objects.exists()


def test_a_pack_in_the_hand_is_scanned_and_not_typed(at_desk: AtDesk) -> None:
    desk = at_desk(SELLS)
    code = "(01)00614141000012(17)271231(10)P1(21)S000004"
    shown = desk.get("/admin/desk/exceptions/new", {"code": code, "kind": "damaged"})
    form = shown.context["form"]
    said = [form[name].value() for name in ("kind", "gtin", "lot", "serial")]
    assert said == ["damaged", "00614141000012", "P1", "S000004"]
    worse = desk.get("/admin/desk/exceptions/new", {"code": "nonsense"})
    assert "It cannot be read" in words(worse)
    assert worse.context["form"]["kind"].value() == "unreadable"


@pytest.mark.usefixtures("short")
def test_each_sees_its_own_and_a_viewer_changes_nothing(at_desk: AtDesk) -> None:
    address = f"{INBOX}/{case().pk}"
    assert at_desk(LIES).get(address).status_code == 404
    assert at_desk(HEALS).get(f"{address}/message").status_code == 404
    viewer = at_desk(SELLS, "viewer")
    assert viewer.get(address).status_code == 200
    assert viewer.post(address, {"do": "take"}).status_code == 403
    assert viewer.get(f"{INBOX}/new").status_code == 403


@pytest.mark.usefixtures("short")
def test_the_inbox_goes_away_as_csv(at_desk: AtDesk) -> None:
    lines = words(at_desk(SELLS).get(f"{INBOX}?format=csv")).splitlines()
    assert lines[0].startswith("number,kind,gtin")
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=23), "23 hours"),
        (timedelta(days=9, hours=1), "9 days"),
    ],
)
def test_an_age_is_said_in_its_largest_unit(age: timedelta, said: str) -> None:
    assert age_in_words(age) == said


def test_the_desk_shows_what_is_open_and_nothing_twice(at_desk: AtDesk, short: Stage) -> None:
    del short
    client = at_desk(SELLS)
    assert 'id="n-exceptions"' not in words(client.get("/admin/")), "short and damaged are there"
    hand_in(client)
    html = words(client.get("/admin/"))
    assert "Try another scanner" in html
    assert 'id="n-short"' in html
    assert 'id="n-exceptions"' not in words(at_desk(MAKES).get("/admin/"))
