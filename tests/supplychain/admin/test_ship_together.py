"""Several lots of a product that fill an amount, dispatched with one form."""

from typing import Any

import pytest
from django.test import Client

from supplychain.models import Leg
from supplychain.queries.stock import inbound_to, stock_of
from supplychain.services.issue_recall import issue_recall
from tests.stages import HEALS, MAKES, SELLS, TABLETS, Stage, a_lot, serials
from tests.supplychain.admin.conftest import AtDesk, Paper, words
from tests.supplychain.admin.test_hand_offs import hidden

FIRST, THEN = a_lot("A1"), a_lot("A2")
PAGE = f"/admin/desk/ship/together?gtin={TABLETS}&amount=45"
LOTS = {"lots": f"{TABLETS}/A1\n{TABLETS}/A2"}
GO = {"receiver": HEALS, "shipment": "S-1", "way": "none", "none": "not_required", **LOTS}


@pytest.fixture
def desk(now: Stage, at_desk: AtDesk) -> Client:
    for lot in (FIRST, THEN):
        now.register(lot, 100)
        now.deliver(MAKES, lot, 30, SELLS)
    now.log()
    return at_desk(SELLS)


def held() -> dict[str, int]:
    return {str(line.lot.key.lot): line.held for line in stock_of(SELLS)}


def test_the_lots_that_fill_an_amount_go_with_one_form_and_one_signature(desk: Client) -> None:
    asked = {"gtin": TABLETS, "amount": "45"}
    assert "Ship these 2 lots together" in words(desk.get("/admin/desk/ship", asked))
    assert "lots together" not in words(desk.get("/admin/desk/ship", {**asked, "amount": "30"}))
    shown = desk.get(PAGE).context["form"]
    assert [shown[f"quantity_{n}"].value() for n in range(2)] == [30, 15]
    paper = Paper(desk, PAGE)
    review = paper.review(**GO, quantity_0=30, quantity_1=15, order="PO-7", buyer=MAKES)
    facts = {one.label: one.value for one in review.context["facts"]}
    assert facts["All together"] == "45 units"
    assert inbound_to(HEALS) == [], "a review signs nothing"
    assert paper.sign(**hidden(review)).status_code == 302
    assert held() == {"A2": 15}
    assert sorted(way.quantity for way in inbound_to(HEALS)) == [15, 30]
    assert {way.shipment for way in inbound_to(HEALS)} == {"S-1"}
    assert Leg.objects.filter(buyer=MAKES).count() == 2
    again = paper.sign(**hidden(review))
    assert again["Location"].endswith("?again=1")
    assert held() == {"A2": 15}


def test_a_lot_of_which_none_are_wanted_stays(desk: Client) -> None:
    paper = Paper(desk, PAGE)
    assert "(NOTHING_CHOSEN)" in words(paper.review(**GO, quantity_0=0, quantity_1=0))
    assert "(MASS_IMBALANCE)" in words(paper.review(**GO, quantity_0=31, quantity_1=0))
    paper.sign(**GO, quantity_0=0, quantity_1=5)
    assert held() == {"A1": 30, "A2": 25}


def test_what_may_not_go_is_not_in_it_and_does_not_go(desk: Client, now: Stage) -> None:
    paper = Paper(desk, PAGE)
    issue_recall(
        party=MAKES, lot=FIRST, recall_class="I", reason="Glass", at=now.later(), nonce=now.nonce()
    )
    assert "(RECALLED)" in words(paper.sign(**GO, quantity_0=30, quantity_1=15))
    assert held() == {"A1": 30, "A2": 30}, "all of it goes, or nothing"
    assert [str(one.lot.key.lot) for one in desk.get(PAGE).context["form"].stock] == ["A2"]


@pytest.mark.parametrize(
    "query",
    ["", "gtin=x&amount=5", f"gtin={TABLETS}&amount=x", f"gtin={TABLETS}&amount={'9' * 5000}x"],
)
def test_an_address_that_names_no_lots_is_none(desk: Client, query: str) -> None:
    status = desk.get(f"/admin/desk/ship/together?{query}").status_code
    assert status in (200, 404)
    assert (status == 200) == ("999" in query)


@pytest.mark.parametrize("lots", ["x", "\x00/A1", f"{TABLETS}/NONE", f"{TABLETS}/"])
def test_lots_that_one_does_not_have_are_nobodys(desk: Client, lots: str) -> None:
    said: dict[str, Any] = {**GO, "lots": lots, "quantity_0": 1}
    assert Paper(desk, PAGE).sign(**said).status_code == 404


def test_packs_with_serial_numbers_are_scanned_unless_all_go(desk: Client, now: Stage) -> None:
    lot = a_lot("P1")
    now.register(lot, 3, packs=serials(0, 1, 2))
    now.deliver(MAKES, lot, 3, SELLS, packs=serials(0, 1, 2))
    now.log()
    said = {**GO, "lots": f"{TABLETS}/P1"}
    assert "(PACKS_NOT_NAMED)" in words(Paper(desk, PAGE).sign(**said, quantity_0=2))
    paper = Paper(desk, PAGE)
    assert paper.sign(**said, quantity_0=3).status_code == 302
    assert paper.sign(**said, quantity_0=3)["Location"].endswith("?again=1"), "though all are gone"


def test_it_takes_who_may_ship(desk: Client, at_desk: AtDesk) -> None:
    del desk
    assert at_desk(SELLS, "viewer").get(PAGE).status_code == 403
    assert at_desk(HEALS).get(PAGE).status_code == 404
