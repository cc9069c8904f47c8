"""Voided, lost, destroyed, dispensed; recalled, held and let go; each signed at the desk."""

import pytest

from ledger.alarms import raise_alarm
from supplychain.models import Flag, Output
from supplychain.queries.stock import outbound_of, stock_of
from supplychain.services.follow_checkpoints import follow_checkpoints
from tests.stages import HEALS, MAKES, SELLS, Stage, a_lot
from tests.supplychain.admin.conftest import AtDesk, Paper, about, about_way, words

LOT = a_lot()


@pytest.fixture
def stocked(now: Stage) -> Stage:
    now.register(LOT, 100)
    now.ship(MAKES, LOT, 40, HEALS)
    now.receive(HEALS, LOT, 30, 10)
    now.ship(MAKES, LOT, 20, SELLS)
    now.log()
    return now


def units(gln: str, state: str) -> int:
    rows = Output.objects.filter(holder=gln, state=state, spent_by__isnull=True)
    return sum(row.quantity for row in rows)


def test_a_lot_is_registered(at_desk: AtDesk, now: Stage) -> None:
    del now
    client = at_desk(MAKES)
    paper = Paper(client, "/admin/desk/lots/new?gtin=00614141000012")
    said = {"gtin": "00614141000012", "lot": "N-1", "quantity": 500, "expiry": "2027-11-30"}
    assert "30 Nov 2027" in words(paper.review(**said))
    assert not stock_of(MAKES)
    assert paper.sign(**said)["Location"].startswith("/admin/desk/signed/")
    assert paper.sign(**said)["Location"].endswith("?again=1")
    assert [line.held for line in stock_of(MAKES)] == [500]
    again = Paper(client, "/admin/desk/lots/new").sign(**said)
    assert "BORN_TWICE" in words(again)


@pytest.mark.parametrize(
    ("name", "value"),
    [("lot", "ä"), ("lot", "x" * 21), ("quantity", "0"), ("expiry", "0001-01-01"), ("gtin", "1")],
)
def test_a_lot_that_is_none_is_told_why(at_desk: AtDesk, now: Stage, name: str, value: str) -> None:
    del now
    said = {"gtin": "00614141000012", "lot": "N-1", "quantity": 500, "expiry": "2027-11-30"}
    response = Paper(at_desk(MAKES), "/admin/desk/lots/new").review(**{**said, name: value})
    assert response.context["form"].errors


def test_a_dispatch_is_voided(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    (way,) = outbound_of(MAKES)
    paper = Paper(at_desk(MAKES), about_way("void", way))
    assert "20 units" in words(paper.review(reason="Wrong address"))
    paper.sign(reason="Wrong address")
    assert paper.sign(reason="Wrong address")["Location"].endswith("?again=1")
    assert units(MAKES, "held") == 60


def test_a_part_of_a_dispatch_is_taken_back_and_the_rest_goes_on(
    at_desk: AtDesk, stocked: Stage
) -> None:
    (way,) = outbound_of(MAKES)
    paper = Paper(at_desk(MAKES), about_way("void", way))
    facts = {
        one.label: one.value for one in paper.review(quantity=5, reason="Off").context["facts"]
    }
    assert (facts["Taken back"], facts["Stays on the way"]) == ("5 units", "15 units")
    assert "MASS_IMBALANCE" in words(paper.review(quantity=21, reason="Off"))
    assert paper.review(quantity=0, reason="Off").context["form"].errors
    paper.sign(quantity=5, reason="Off")
    (rest,) = outbound_of(MAKES)
    assert (units(MAKES, "held"), rest.quantity) == (45, 15)
    stocked.later()
    Paper(at_desk(SELLS), about_way("receive", rest)).sign(
        received=15, damaged=0, missing=0, arrived=f"{stocked.now:%Y-%m-%dT%H:%M:%S}",
        way="none", none="not_required",
    )  # fmt: skip
    assert units(SELLS, "held") == 15


def test_a_loss_on_the_way_is_reported_by_either_side(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    for gln, quantity in ((SELLS, 5), (MAKES, 15)):
        (way,) = outbound_of(MAKES)
        paper = Paper(at_desk(gln), about_way("lost-on-the-way", way))
        assert paper.sign(quantity=quantity, kind="stolen", reason="Van").status_code == 302
    assert not outbound_of(MAKES)


def test_units_are_destroyed_from_quarantine(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    paper = Paper(at_desk(HEALS), about("destroy", LOT))
    said = {"source": "quarantined", "quantity": 10, "reason": "Broken"}
    assert "From" in words(paper.review(**said))
    paper.sign(**said)
    assert (units(HEALS, "quarantined"), units(HEALS, "held")) == (0, 30)
    assert paper.sign(**said)["Location"].endswith("?again=1")


def test_units_are_destroyed_from_stock(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    paper = Paper(at_desk(HEALS), about("destroy", LOT))
    paper.sign(source="held", quantity=4, reason="Wet")
    assert units(HEALS, "held") == 26


def test_units_are_dispensed_by_a_pharmacy(at_desk: AtDesk, stocked: Stage) -> None:
    stocked.log()
    client = at_desk(HEALS)
    assert "(MASS_IMBALANCE)" in words(Paper(client, about("dispense", LOT)).review(quantity=31))
    paper = Paper(client, about("dispense", LOT))
    assert "27 units" in words(paper.review(quantity=3))
    paper.sign(quantity=3)
    assert units(HEALS, "held") == 27


def test_the_desk_dispenses_nothing_of_which_a_scan_says_stop(
    at_desk: AtDesk, stocked: Stage
) -> None:
    stocked.log()
    raise_alarm(code="CHECKPOINT_FORKED", about="", message="odd", at=stocked.now)
    html = words(Paper(at_desk(HEALS), about("dispense", LOT)).review(quantity=1))
    assert "Do not rely on this system now." in html
    assert "(LOG_IN_ALARM)" in html
    assert units(HEALS, "held") == 30


def test_a_recall_shows_its_reach_and_wants_it_read(at_desk: AtDesk, stocked: Stage) -> None:
    client = at_desk(MAKES)
    paper = Paper(client, about("recall", LOT))
    html = words(client.get(about("recall", LOT)))
    for fact in ("Poppy Pharmacy", "on the way to Wendover Wholesale", "100 units"):
        assert fact in html
    said = {"recall_class": "II", "reason": "Glass"}
    assert paper.sign(**said).context["form"].errors["reach"]
    review = words(paper.review(**said, reach="on"))
    assert "3 organisations, 100 units" in review
    assert not Flag.objects.exists()
    paper.sign(**said, reach="on")
    assert Flag.objects.get().recall_class == "II"
    stocked.log()
    assert "Recalled, class II" in words(client.get(about("lots", LOT)))
    follow_checkpoints(at=stocked.later())
    pharmacy = at_desk(HEALS)
    assert "Recall class II" in words(pharmacy.get("/admin/desk/notices"))
    assert "Recalled or on hold" in words(pharmacy.get("/admin/"))


def test_a_hold_is_placed_and_lifted(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    client = at_desk(MAKES)
    Paper(client, about("hold", LOT)).sign(reason="Label check")
    flag = Flag.objects.get()
    url = about(f"lift/{flag.entry_id}", LOT)
    assert url in words(client.get(about("lots", LOT)))
    paper = Paper(client, url)
    assert "Label check" in words(paper.review(reason="Labels are right"))
    paper.sign(reason="Labels are right")
    assert paper.sign(reason="Labels are right")["Location"].endswith("?again=1")
    assert client.get(url).status_code == 404
    assert "Nothing noted" in words(client.get(about("lots", LOT)))


def test_free_text_that_no_statement_may_hold_is_told_with_its_code(
    at_desk: AtDesk, stocked: Stage
) -> None:
    del stocked
    paper = Paper(at_desk(MAKES), about("hold", LOT))
    assert "TEXT_CONTROL" in words(paper.sign(reason="a\x85b"))
    assert paper.sign(reason="x" * 501).context["form"].errors
    assert not Flag.objects.exists()


def test_a_desk_whose_key_is_kept_elsewhere_is_told_so(at_desk: AtDesk, stocked: Stage) -> None:
    from ledger.models import CustodialKey  # noqa: PLC0415  what a party without one would see

    CustodialKey.objects.filter(party=HEALS).delete()
    stocked.log()
    html = words(Paper(at_desk(HEALS), about("dispense", LOT)).review(quantity=1))
    assert "NO_CUSTODIAL_KEY" in html
