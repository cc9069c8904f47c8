"""Some units of a lot at the desk: set aside, released, sent back, ended, undone, made anew."""

from datetime import date, timedelta
from typing import Any

import pytest

from supplychain.models import Lot, OverReceipt
from supplychain.models import Output as Row
from supplychain.queries.packs import pack_line
from supplychain.queries.stock import inbound_to
from tests.stages import HEALS, LIES, MAKES, RULES, SELLS, Stage, a_lot, serials
from tests.supplychain.admin.conftest import AtDesk, Paper, about, about_way, words
from tests.supplychain.admin.test_hand_offs import hidden

LOT, PACKED = a_lot(), a_lot("P1")
ALL = serials(*range(6))
NONE = {"way": "none", "none": "not_required"}


@pytest.fixture
def stocked(now: Stage) -> Stage:
    now.register(LOT, 100)
    now.ship(MAKES, LOT, 40, HEALS)
    now.receive(HEALS, LOT, 30, 10)
    now.log()
    return now


@pytest.fixture
def packed(now: Stage) -> Stage:
    now.register(PACKED, 6, packs=ALL)
    now.log()
    return now


def units(gln: str, state: str) -> int:
    rows = Row.objects.filter(holder=gln, state=state, spent_by__isnull=True)
    return sum(row.quantity for row in rows)


def state_of(number: int) -> str:
    found = pack_line(PACKED.gtin, ALL[number])
    assert found is not None
    return found.state


def code(number: int, lot: str = "P1") -> str:
    return f"(01){PACKED.gtin}(17)271231(10){lot}(21){ALL[number]}"


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


def test_units_are_set_aside_and_released(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    client = at_desk(HEALS)
    paper = Paper(client, about("quarantine", LOT))
    said = {"quantity": 5, "reason": "The seals look odd"}
    review = words(paper.review(**said))
    for fact in ("5 units", "from", "25 units", "The seals look odd"):
        assert fact in review.lower() or fact in review
    assert units(HEALS, "quarantined") == 10, "a review signs nothing"
    assert paper.sign(**said).status_code == 302
    assert paper.sign(**said)["Location"].endswith("?again=1")
    assert units(HEALS, "quarantined") == 15
    back = {"source": "quarantined", "quantity": 15, "reason": "They are fine"}
    Paper(client, about("release", LOT)).sign(**back)
    assert units(HEALS, "held") == 40


@pytest.mark.parametrize(
    ("page", "state", "more"),
    [
        ("sample", "sampled", {"source": "quarantined"}),
        ("decommission", "decommissioned", {"source": "held"}),
        ("destroy", "destroyed", {"source": "quarantined"}),
        ("lose", "stolen", {"kind": "stolen"}),
    ],
)
def test_units_end(
    at_desk: AtDesk, stocked: Stage, page: str, state: str, more: dict[str, str]
) -> None:
    del stocked
    paper = Paper(at_desk(HEALS), about(page, LOT))
    said = {"quantity": 4, "reason": "So it is", **more}
    assert "4 units" in words(paper.review(**said))
    paper.sign(**said)
    assert units(HEALS, state) == 4


def test_what_a_role_may_not_is_not_offered(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    client = at_desk(HEALS)
    html = words(client.get(about("lots", LOT)))
    for page in ("release", "quarantine", "send-back", "sample", "decommission", "destroy", "lose"):
        assert about(page, LOT) in html
    for page in ("export", "transform", "extend", "undo"):
        assert about(page, LOT) not in html
    for page in ("export", "transform", "extend"):
        assert client.get(about(page, LOT)).status_code == 403
    assert client.get(about("undo", LOT)).status_code == 404, "there is nothing to undo"
    assert at_desk(LIES).get(about("sample", LOT)).status_code == 404


def test_units_are_exported_and_that_is_undone(at_desk: AtDesk, stocked: Stage) -> None:
    client = at_desk(MAKES)
    Paper(client, about("export", LOT)).sign(quantity=9, reason="To Norway")
    stocked.log()
    assert about("undo", LOT) in words(client.get(about("lots", LOT)))
    paper = Paper(client, about("undo", LOT))
    said = {"source": "exported", "quantity": 9, "reason": "The lorry never left"}
    assert errors(paper.sign(**said))["kept"], "whoever undoes says that no patient has them"
    paper.sign(**said, kept="on")
    assert (units(MAKES, "held"), units(MAKES, "exported")) == (60, 0)


def test_goods_go_back_and_are_checked_before_they_are_stock(
    at_desk: AtDesk, stocked: Stage
) -> None:
    paper = Paper(at_desk(HEALS), about("send-back", LOT))
    said = {"source": "held", "quantity": 4, "supplier": MAKES, "shipment": "R-1", **NONE}
    review = paper.review(**said, reason="Too many")
    assert "Maple Makers" in words(review) or MAKES in words(review)
    assert paper.sign(**hidden(review)).status_code == 302
    (way,) = inbound_to(MAKES)
    assert (way.quantity, way.sent_back) == (4, "held")
    stocked.receive(MAKES, LOT, 4)
    stocked.log()
    maker = at_desk(MAKES)
    assert about("release", LOT) in words(maker.get(about("lots", LOT)))
    first = words(maker.get("/admin/"))
    assert "Came back, to be checked" in first
    assert about("release", LOT) in first
    release = Paper(maker, about("release", LOT))
    fine = {"source": "returned", "quantity": 4, "reason": "Unopened"}
    assert errors(release.review(**fine))["code"]
    other = f"(01){LOT.gtin}(17)261231(10){LOT.lot}"
    assert "PRINTED_OTHERWISE" in words(release.review(**fine, code=other))
    printed = f"(01){LOT.gtin}(17)271231(10){LOT.lot}"
    assert "expiry 2027-12-31" in words(release.review(**fine, code=printed))
    release.sign(**fine, code=printed)
    assert (units(MAKES, "held"), units(MAKES, "returned")) == (64, 0)


@pytest.mark.parametrize("code", ["nonsense", "(01)00614141000012(10)A1", "(00)106141412345678908"])
def test_what_is_printed_has_to_be_read_off_a_pack(
    at_desk: AtDesk, stocked: Stage, code: str
) -> None:
    del stocked
    said = {"source": "quarantined", "quantity": 1, "reason": "Fine", "code": code}
    assert errors(Paper(at_desk(HEALS), about("release", LOT)).review(**said))["code"]


def test_who_was_supplied_by_nobody_sends_nothing_back(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    client = at_desk(MAKES)
    assert client.get(about("send-back", LOT)).status_code == 404
    assert about("send-back", LOT) not in words(client.get(about("lots", LOT)))


# --- packs ------------------------------------------------------------------------------------


def test_packs_are_ticked_or_scanned_and_both_count_once(at_desk: AtDesk, packed: Stage) -> None:
    del packed
    paper = Paper(at_desk(MAKES), about("decommission", PACKED))
    said = {
        "source": "held",
        "picked": [str(ALL[0]), str(ALL[1])],
        "scans": "\r\n".join((code(1), code(2))),
        "reason": "Free samples",
    }
    review = paper.review(**said)
    assert "3 units" in words(review)
    assert ", ".join(map(str, ALL[:3])) in words(review)
    assert paper.sign(**hidden(review)).status_code == 302
    found = [state_of(number) for number in range(6)]
    assert found == ["decommissioned"] * 3 + ["held"] * 3


def test_a_pack_that_is_not_there_is_told_by_its_line(at_desk: AtDesk, packed: Stage) -> None:
    packed.ship(MAKES, PACKED, 1, SELLS, packs=ALL[5:])
    paper = Paper(at_desk(MAKES), about("quarantine", PACKED))
    scans = "\n".join((code(0), code(5), code(1, "P7"), "x"))
    response = paper.review(scans=scans, reason="Odd")
    assert errors(response)["scans"] == ["3 of 4 codes do not fit: see the list below."]
    told = [one["fault"].split(":")[0] for one in response.context["scanned"]]
    assert told[:2] == ["NOT_HERE", "NOT_HERE"]
    assert code(5).encode() in response.content, "nothing that was scanned is lost"


def test_an_amount_that_is_not_that_of_the_packs_is_told(at_desk: AtDesk, packed: Stage) -> None:
    del packed
    paper = Paper(at_desk(MAKES), about("quarantine", PACKED))
    said = {"reason": "Odd", "picked": [str(ALL[0])]}
    assert errors(paper.review(**said, quantity=2))["quantity"]
    assert errors(paper.review(reason="Odd"))["quantity"]
    assert "PACKS_NOT_NAMED" in words(paper.review(reason="Odd", quantity=2))
    assert paper.sign(reason="Odd", quantity=6).status_code == 302, "all of them need no names"


def test_packs_of_a_pharmacy_are_dispensed_by_scanning(at_desk: AtDesk, packed: Stage) -> None:
    packed.deliver(MAKES, PACKED, 2, HEALS, packs=ALL[:2])
    packed.log()
    paper = Paper(at_desk(HEALS), about("dispense", PACKED))
    paper.sign(scans=code(1))
    assert (state_of(0), state_of(1)) == ("held", "dispensed")


def test_packs_that_are_lost_on_the_way_are_named(at_desk: AtDesk, packed: Stage) -> None:
    packed.ship(MAKES, PACKED, 3, SELLS, packs=ALL[:3])
    paper = Paper(at_desk(SELLS), about_way("lost-on-the-way", packed.inbound(SELLS, PACKED)))
    said = {"kind": "stolen", "reason": "The van"}
    assert errors(paper.review(**said, scans=code(4)))["scans"], "it was never on the way"
    review = paper.review(**said, scans=code(1), picked=[str(ALL[0])])
    assert f"{ALL[0]}, {ALL[1]}" in words(review)
    assert paper.sign(**hidden(review)).status_code == 302
    assert [state_of(one) for one in range(3)] == ["stolen", "stolen", "in_transit"]


def test_packs_that_are_taken_back_are_named_and_none_means_all(
    at_desk: AtDesk, packed: Stage
) -> None:
    packed.ship(MAKES, PACKED, 3, SELLS, packs=ALL[:3])
    client = at_desk(MAKES)
    paper = Paper(client, about_way("void", packed.inbound(SELLS, PACKED)))
    assert errors(paper.review(reason="Odd", scans=code(4)))["scans"], "it was never on the way"
    review = paper.review(reason="Odd", scans=code(1), picked=[str(ALL[0])])
    assert f"{ALL[0]}, {ALL[1]}" in words(review)
    assert paper.sign(**hidden(review)).status_code == 302
    assert [state_of(one) for one in range(3)] == ["held", "held", "in_transit"]
    packed.ship(MAKES, PACKED, 2, HEALS, packs=ALL[:2])
    whole = Paper(client, about_way("void", packed.inbound(HEALS, PACKED)))
    assert "2 units" in words(whole.review(reason="Odd"))
    whole.sign(reason="Odd")
    assert [state_of(one) for one in range(3)] == ["held", "held", "in_transit"]


# --- made of it -------------------------------------------------------------------------------


def new_lot(row: int, lot: str, uses: int, makes: int | str = "") -> dict[str, Any]:
    gtin = str(LOT.gtin)
    return {f"gtin_{row}": gtin, f"lot_{row}": lot, f"uses_{row}": uses, f"makes_{row}": makes}


def test_a_lot_is_repacked_with_its_loss_declared(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    paper = Paper(at_desk(MAKES), about("transform", LOT))
    said = {"kind": "repack", "operation": "OP-1", "reason": "Smaller packs", "lost": 1}
    said |= new_lot(1, "A1-S", 19, 57) | new_lot(2, "A1-T", 5)
    review = words(paper.review(**said))
    for fact in ("57 units of 19 units", "5 units of 5 units", "A1-T", "24 units"):
        assert fact in review
    assert paper.sign(**said).status_code == 302
    assert [units(MAKES, one) for one in ("held", "transformed", "destroyed")] == [35, 24, 1]


def test_what_a_new_lot_lacks_is_told_and_nothing_is_lost(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    paper = Paper(at_desk(MAKES), about("transform", LOT))
    said = {"kind": "split", "operation": "OP-1", "reason": "Two rooms", "lost": 0}
    assert errors(paper.review(**said))["gtin_1"]
    assert errors(paper.review(**said, gtin_1="00614141000012", lot_1="A1-S"))["lot_1"]
    response = paper.review(**said, **new_lot(1, "ä", 5))
    assert errors(response)["lot_1"]
    assert "Two rooms" in words(response)
    assert "MASS_IMBALANCE" in words(paper.review(**said, **new_lot(1, "B", 61)))


def test_packs_become_others_and_lost_ones_are_scanned(at_desk: AtDesk, packed: Stage) -> None:
    del packed
    paper = Paper(at_desk(MAKES), about("transform", PACKED))
    said = {"kind": "relabel", "operation": "OP-2", "reason": "Wrong label", "lost": 1}
    said |= new_lot(1, "P1-S", 2) | {"picked": [str(ALL[0]), str(ALL[1])]}
    assert errors(paper.review(**said | {"picked": [str(ALL[0])]}, lost_scans=code(2)))["uses_1"]
    assert errors(paper.review(**said | {"lost": 2}, lost_scans=code(2)))["lost"]
    assert errors(paper.review(**said, lost_scans="x"))["lost_scans"]
    assert paper.sign(**said, lost_scans=code(2)).status_code == 302
    assert [state_of(one) for one in range(4)] == ["transformed"] * 2 + ["destroyed", "held"]


# --- added to what is known -------------------------------------------------------------------


def test_a_recall_is_lifted_by_who_issued_it(at_desk: AtDesk, stocked: Stage) -> None:
    client = at_desk(MAKES)
    said = {"recall_class": "II", "reason": "Glass", "reach": "on"}
    entry = Paper(client, about("recall", LOT)).sign(**said)["Location"].split("/")[-1]
    stocked.log()
    url = about(f"lift-recall/{entry}", LOT)
    assert url in words(client.get(about("lots", LOT)))
    assert url not in words(at_desk(HEALS).get(about("lots", LOT)))
    paper = Paper(client, url)
    assert "Glass (class II)" in words(paper.review(reason="It was another lot"))
    paper.sign(reason="It was another lot")
    assert "Nothing noted" in words(client.get(about("lots", LOT)))
    assert client.get(url).status_code == 404
    assert at_desk(RULES).get(about(f"lift/{entry}", LOT)).status_code == 404


def test_an_expiry_is_extended_and_shown_so(at_desk: AtDesk, stocked: Stage) -> None:
    client = at_desk(MAKES)
    paper = Paper(client, about("extend", LOT))
    said = {"expiry": "2028-06-30", "reason": "Study 4711"}
    assert errors(paper.review(**said | {"expiry": "2027-12-31"}))["expiry"]
    assert "30 Jun 2028" in words(paper.review(**said))
    paper.sign(**said)
    assert Lot.objects.get().expiry == date(2028, 6, 30)
    stocked.log()
    assert "extended; packs say 31 Dec 2027" in words(client.get(about("lots", LOT)))


def test_only_who_signed_an_entry_corrects_it(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    entry = Row.objects.filter(made_as="custody.receive").values_list("entry_id", flat=True)[0]
    client, url = at_desk(HEALS), about(f"correct/{entry}", LOT)
    assert url in words(client.get(about("lots", LOT)))
    sent = Row.objects.filter(made_as="custody.ship").values_list("entry_id", flat=True)[0]
    assert client.get(about(f"correct/{sent}", LOT)).status_code == 404, "its giver signed it"
    assert at_desk(MAKES).get(url).status_code == 404
    paper = Paper(client, url)
    assert "30 units received" in words(client.get(url))
    paper.sign(reason="It came on the day before")
    assert paper.sign(reason="It came on the day before")["Location"].endswith("?again=1")


def test_what_came_too_much_is_admitted_by_its_giver(at_desk: AtDesk, stocked: Stage) -> None:
    stocked.ship(MAKES, LOT, 10, HEALS)
    way = stocked.inbound(HEALS, LOT)
    receive = Paper(at_desk(HEALS), about_way("receive", way))
    arrived = {"received": 10, "damaged": 0, "missing": 0, "over": 3, **NONE}
    arrived["arrived"] = f"{stocked.later():%Y-%m-%dT%H:%M:%S}"
    assert "Beyond what was sent" in words(receive.review(**arrived))
    short = {**arrived, "received": 9, "missing": 1}
    assert "OVER_AND_SHORT" in words(receive.review(**short))
    receipt = receive.sign(**arrived)["Location"].split("/")[-1]
    client, url = at_desk(MAKES), about(f"admit/{receipt}", LOT)
    html = words(client.get(about("lots", LOT)))
    assert "received 3 units more than you sent" in html
    assert url in words(client.get("/admin/")), "it is among what needs somebody"
    for stranger in (at_desk(SELLS), at_desk(HEALS, "qa")):
        assert stranger.get(url).status_code == 404, "only who gave too much admits it"
    paper = Paper(client, url)
    assert "47 units" in words(paper.review(reason="Miscounted"))
    paper.sign(reason="Miscounted")
    assert OverReceipt.objects.get().admitted_by
    assert units(HEALS, "held") == 43
    stocked.later(timedelta(minutes=5))
    assert client.get(url).status_code == 404


def test_a_lots_history_is_taken_away_as_epcis(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    client, url = at_desk(HEALS), about("epcis", LOT)
    assert "For" in words(client.get(url))
    told = client.get(url, {"to": MAKES, "version": "2.0", "codes": "link"})
    assert told["Content-Disposition"] == f'attachment; filename="epcis-{LOT.gtin}-A1.jsonld"'
    assert told.json()["type"] == "EPCISDocument"
    xml = client.get(url, {"to": MAKES, "version": "1.2", "codes": "link"})
    assert xml.content.startswith(b"<?xml")
    urns = client.get(url, {"to": MAKES, "version": "2.0", "codes": "urn"})
    assert "PREFIX_UNKNOWN" in words(urns), "what cannot be said is told, and what to do"
    assert errors(client.get(url, {"to": "1", "version": "3", "codes": "urn"})).keys() == {
        "to",
        "version",
    }
    assert at_desk(LIES).get(url).status_code == 404
