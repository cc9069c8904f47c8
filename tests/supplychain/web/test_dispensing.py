"""A pack goes to a patient by its scan, where its scan says that it may."""

import re
from http import HTTPStatus

import pytest
from django.contrib.admin.models import LogEntry
from django.http import HttpResponse
from django.test import Client

from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Serial
from supplychain.models import Membership
from supplychain.queries.packs import pack_line
from supplychain.services.aggregate_packs import aggregate_packs
from supplychain.services.issue_recall import issue_recall
from tests.stages import (
    HEALS,
    HEALS_TOO,
    INSULIN,
    MAKES,
    NO_LOGGER,
    SELLS,
    Stage,
    a_lot,
    readings,
    serials,
)
from tests.supplychain.web.conftest import SignIn

LOT = a_lot("P1")
PACKS = serials(*range(6))
CASE = Container("01/00614141000012/21/C0")


def code(serial: Serial) -> str:
    return f"(01){LOT.gtin}(17)271231(10){LOT.lot}(21){serial}"


@pytest.fixture
def here(now: Stage) -> Stage:
    """Six packs at the pharmacy, logged."""
    now.register(LOT, 6, packs=PACKS)
    now.deliver(MAKES, LOT, 6, HEALS, packs=PACKS)
    now.log()
    return now


def nonce_in(client: Client, serial: Serial) -> str:
    html = client.get("/scan", {"code": code(serial)}).content.decode()
    found = re.search(r'name="nonce" value="([^"]+)"', html)
    return found[1] if found else ""


def send(client: Client, serial: Serial, nonce: str) -> HttpResponse:
    return client.post("/dispense", {"code": code(serial), "nonce": nonce})  # type: ignore[return-value] # the client's answer


def state(serial: Serial) -> str:
    line = pack_line(LOT.gtin, serial)
    return line.state if line else ""


def recall(stage: Stage) -> None:
    issue_recall(
        party=MAKES,
        lot=LOT,
        recall_class="I",
        reason="Glass",
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.log()


def test_a_good_pack_is_dispensed_from_its_own_page(here: Stage, sign_in: SignIn) -> None:
    client = sign_in(HEALS)
    answer = send(client, PACKS[0], nonce_in(client, PACKS[0]))
    assert answer.status_code == HTTPStatus.FOUND
    assert state(PACKS[0]) == "dispensed"
    done = client.get(answer["Location"]).content.decode()
    assert "Dispensed and signed" in done
    assert "Accepted; the next checkpoint will cover it" in done
    here.log()
    assert "Number " in client.get(answer["Location"]).content.decode()
    assert "PACK_DISPENSED_HERE" in client.get("/scan", {"code": code(PACKS[0])}).content.decode()
    assert LogEntry.objects.get().object_repr == f"Dispense pack {PACKS[0]} of lot P1"


def test_the_same_form_sent_twice_is_one_entry(here: Stage, sign_in: SignIn) -> None:
    client = sign_in(HEALS)
    nonce = nonce_in(client, PACKS[0])
    first, again = (send(client, PACKS[0], nonce)["Location"] for _ in "12")
    here.log()
    assert first == again == send(client, PACKS[0], nonce)["Location"]
    assert LogEntry.objects.count() == 1


def test_a_pack_that_was_scanned_a_moment_ago_may_still_be_dispensed(
    here: Stage, sign_in: SignIn
) -> None:
    del here
    client = sign_in(HEALS)
    assert nonce_in(client, PACKS[0])
    assert nonce_in(client, PACKS[0])


def test_where_the_scan_says_stop_there_is_no_button_and_the_form_is_refused(
    here: Stage, sign_in: SignIn
) -> None:
    client = sign_in(HEALS)
    nonce = nonce_in(client, PACKS[0])
    recall(here)
    assert not nonce_in(client, PACKS[0])
    html = send(client, PACKS[0], nonce).content.decode()
    assert "Nothing was signed." in html
    assert 'data-verdict="STOP"' in html
    assert state(PACKS[0]) == "held"


def test_an_excursion_refuses_a_pack_though_no_rule_of_custody_does(
    now: Stage, sign_in: SignIn
) -> None:
    warm = a_lot("HOT", INSULIN)
    now.register(warm, 2, packs=PACKS[:2])
    now.ship(MAKES, warm, 2, HEALS, NO_LOGGER, packs=PACKS[:2])
    sent = now.now
    now.receive(HEALS, warm, 2, conditions=readings(sent, now.later(), 1180))
    now.log()
    client = sign_in(HEALS)
    text = f"(01){INSULIN}(10)HOT(21){PACKS[0]}"
    assert 'name="nonce"' not in client.get("/scan", {"code": text}).content.decode()


@pytest.mark.parametrize("asking", [None, HEALS_TOO, SELLS, MAKES])
def test_nobody_else_has_the_button(
    here: Stage, sign_in: SignIn, client: Client, asking: str | None
) -> None:
    del here
    assert not nonce_in(sign_in(asking) if asking else client, PACKS[0])


def test_who_may_not_sign_for_a_pharmacy_is_refused(
    here: Stage, sign_in: SignIn, client: Client
) -> None:
    del here
    viewer = sign_in(HEALS)
    nonce = nonce_in(viewer, PACKS[0])
    Membership.objects.update(role="viewer")
    assert not nonce_in(viewer, PACKS[0])
    for browser in (viewer, client, sign_in(SELLS)):
        assert send(browser, PACKS[0], nonce).status_code == HTTPStatus.FORBIDDEN
    assert state(PACKS[0]) == "held"


@pytest.mark.parametrize(
    "sent", ["", "rubbish", "(01)00614141000012(10)P1", "(00)106141412345678908"]
)
def test_what_names_no_pack_or_has_no_form_dispenses_nothing(
    here: Stage, sign_in: SignIn, sent: str
) -> None:
    del here
    client = sign_in(HEALS)
    nonce = nonce_in(client, PACKS[0])
    for one, written in ((sent, nonce), (code(PACKS[0]), "forged")):
        page = client.post("/dispense", {"code": one, "nonce": written})
        assert page.status_code == HTTPStatus.OK
    assert state(PACKS[0]) == "held"


def test_a_pack_in_a_case_is_told_where_it_is_and_comes_out_first(
    here: Stage, sign_in: SignIn
) -> None:
    aggregate_packs(
        party=HEALS,
        container=CASE,
        packs={LOT: PACKS[:2]},
        children=(),
        at=here.later(),
        nonce=here.nonce(),
    )
    here.log()
    html = sign_in(HEALS).get("/scan", {"code": code(PACKS[0])}).content.decode()
    assert "it is in (01) 00614141000012 (21) C0" in html
    assert "last received as a pack of its own" in html
    assert 'name="nonce"' not in html


def test_a_passer_by_reads_of_a_pack_only_that_there_is_one(here: Stage, client: Client) -> None:
    del here
    html = client.get("/scan", {"code": code(PACKS[0])}).content.decode()
    assert "registered this very pack by its serial number" in html
    assert "last received" not in html


@pytest.mark.parametrize("entry", ["0" * 64, "x", "../log"])
def test_no_other_entry_is_said_to_be_dispensed(
    here: Stage, sign_in: SignIn, client: Client, entry: str
) -> None:
    del here
    assert sign_in(HEALS).get(f"/dispensed/{entry}").status_code == HTTPStatus.NOT_FOUND
    assert client.get(f"/dispensed/{entry}").status_code == HTTPStatus.NOT_FOUND
