"""All lots of one shipment, received on one page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from supplychain.models import Leg
from supplychain.queries.stock import inbound_to, stock_of
from supplychain.services.ship_lot import ship_lot
from tests.stages import HEALS, INSULIN, MAKES, NO_LOGGER, NOT_REQUIRED, SELLS, Stage, a_lot
from tests.supplychain.admin.conftest import AtDesk, Paper, logger_file, words
from tests.supplychain.admin.test_hand_offs import hidden

ONE, OTHER, COLD = a_lot("A1"), a_lot("A2"), a_lot("G24", INSULIN)
NUMBER = "PO/7 b"
PAGE = f"/admin/desk/receive/shipment/{MAKES}/PO/7%20b"
NONE = {"way": "none", "none": "not_required"}


def sent(stage: Stage, *amounts: tuple[Any, int]) -> None:
    for lot, quantity in amounts:
        stage.register(lot, 100)
        ship_lot(
            party=MAKES,
            lot=lot,
            quantity=quantity,
            receiver=SELLS,
            shipment=NUMBER,
            order=None,
            conditions=NO_LOGGER if lot == COLD else NOT_REQUIRED,
            at=stage.later(),
            nonce=stage.nonce(),
            salt=bytes(16),
        )
    stage.log()
    stage.later()


@pytest.fixture
def desk(now: Stage, at_desk: AtDesk) -> Client:
    sent(now, (ONE, 30), (OTHER, 20))
    return at_desk(SELLS)


def came(stage: Stage, *lines: tuple[int, int, int], **more: Any) -> dict[str, Any]:
    said: dict[str, Any] = {**NONE, "note": "", "arrived": f"{stage.now:%Y-%m-%dT%H:%M:%S}", **more}
    for n, line in enumerate(lines):
        said |= dict(zip((f"received_{n}", f"damaged_{n}", f"missing_{n}"), line, strict=True))
    return said


def kept(gln: str = SELLS) -> dict[str, tuple[int, int]]:
    return {str(line.lot.key.lot): (line.held, line.quarantined) for line in stock_of(gln)}


def test_a_shipment_of_two_lots_is_received_with_one_form_and_one_signature(
    desk: Client, now: Stage
) -> None:
    listed = words(desk.get("/admin/desk/receive"))
    assert "Several lots in one shipment" in listed
    assert PAGE in listed
    paper = Paper(desk, PAGE)
    shown = desk.get(PAGE).context["form"]
    assert [shown[f"received_{n}"].value() for n in range(2)] == [30, 20]
    review = paper.review(**came(now, (28, 1, 1), (20, 0, 0)))
    facts = [one.value for one in review.context["facts"]]
    assert "28 units in good order, 1 into quarantine, 1 still missing" in facts
    assert "20 units in good order" in facts
    assert len(inbound_to(SELLS)) == 2, "a review signs nothing"
    assert paper.sign(**hidden(review)).status_code == 302
    assert kept() == {"A1": (28, 1), "A2": (20, 0)}
    assert [way.quantity for way in inbound_to(SELLS)] == [1]
    again = paper.sign(**hidden(review))
    assert again["Location"].endswith("?again=1"), "the same form twice receives nothing twice"
    assert desk.get(PAGE).status_code == 404, "one lot is received by its own page"
    assert "Several lots in one shipment" not in words(desk.get("/admin/desk/receive"))


def test_each_line_has_to_add_up_and_nothing_typed_is_lost(desk: Client, now: Stage) -> None:
    wrong = Paper(desk, PAGE).review(**came(now, (28, 0, 0), (20, 0, 1), note="Wet boxes"))
    errors = wrong.context["form"].errors
    assert "28 of 30" in str(errors["missing_0"])
    assert "21 of 20" in str(errors["missing_1"])
    assert 'value="Wet boxes"' in words(wrong)
    assert 'value="28"' in words(wrong)
    assert kept() == {}


def test_a_lot_of_which_nothing_came_stays_on_the_way(desk: Client, now: Stage) -> None:
    paper = Paper(desk, PAGE)
    assert "(NOTHING_RECEIVED)" in words(paper.review(**came(now, (0, 0, 30), (0, 0, 20))))
    paper.sign(**came(now, (0, 0, 30), (20, 0, 0)))
    assert kept() == {"A2": (20, 0)}
    assert [way.quantity for way in inbound_to(SELLS)] == [30]


def test_what_changed_on_the_way_is_looked_over_again(desk: Client, now: Stage) -> None:
    paper = Paper(desk, PAGE)
    sent(now, (a_lot("A3"), 5))
    changed = paper.review(**came(now, (30, 0, 0), (20, 0, 0), (5, 0, 0)))
    assert "has changed meanwhile" in words(changed)
    again = paper.sign(**hidden(changed))
    assert again.status_code == 302
    assert kept() == {"A1": (30, 0), "A2": (20, 0), "A3": (5, 0)}


def test_one_loggers_file_holds_for_all_lots_of_the_shipment(at_desk: AtDesk, now: Stage) -> None:
    before = now.now
    sent(now, (ONE, 30), (COLD, 20))
    desk = at_desk(SELLS)
    assert Paper(desk, PAGE).review(**came(now, (30, 0, 0), (20, 0, 0))).context["form"].errors
    file = logger_file(before - timedelta(hours=1), now.now + timedelta(minutes=5))
    now.later(timedelta(minutes=10))
    said = came(now, (30, 0, 0), (20, 0, 0), way="file", file=file)
    said["arrived"] = f"{now.now - timedelta(minutes=10):%Y-%m-%dT%H:%M:%S}"
    review = Paper(desk, PAGE).review(**said)
    assert review.context["plot"].chart
    paper = Paper(desk, PAGE)
    assert paper.sign(**hidden(review)).status_code == 302
    states = Leg.objects.filter(made_as="custody.receive").values_list("state", flat=True)
    assert set(states) == {"IN_RANGE"}


def test_it_is_the_receivers_page_alone_and_nobody_elses(desk: Client, at_desk: AtDesk) -> None:
    del desk
    assert at_desk(HEALS).get(PAGE).status_code == 404
    assert at_desk(SELLS, "viewer").get(PAGE).status_code == 403
    assert PAGE not in words(at_desk(SELLS, "operator").get("/admin/desk/receive"))


_FORMED = f"{'0' * 64}/%s/00614141000012/A1"


@pytest.mark.parametrize(
    "seen", ["", "x", "a/1/b/c", _FORMED % 99, _FORMED % "x", _FORMED % ("9" * 5_000), "\x00//"]
)
def test_a_form_that_was_changed_on_the_way_is_no_fault_of_ours(
    desk: Client, now: Stage, seen: str
) -> None:
    paper = Paper(desk, PAGE)
    paper.seen = {"seen": seen}
    assert paper.sign(**came(now, (30, 0, 0), (20, 0, 0))).status_code in (200, 404)
    assert kept() == {}
