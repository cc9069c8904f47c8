"""Packs and containers at the desk: born, packed, shipped, received and opened by scanning."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from supplychain.models import ExceptionCase, Output, Pack
from supplychain.queries.packs import pack_line
from supplychain.queries.stock import inbound_to, stock_of
from tests.stages import HEALS, LIES, MAKES, SELLS, Stage, a_lot, serials
from tests.supplychain.admin.conftest import AtDesk, Paper, words
from tests.supplychain.admin.test_hand_offs import hidden

LOT, OTHER = a_lot("P1"), a_lot("P2")
ALL, OTHERS = serials(*range(6)), serials(*range(100, 102))
PALLET, CASE = "(00)106141412345678908", "(01)00614141000012(21)C1"
BOX = "/admin/desk/containers/00/106141412345678908"
SHIP, RECEIVE, PACK = (f"/admin/desk/{one}" for one in ("ship/scanned", "receive/scanned", "pack"))
NEW = "/admin/desk/lots/new"
BORN = {"gtin": str(LOT.gtin), "lot": "N-1", "quantity": 3, "expiry": "2027-12-31"}
NONE = {"way": "none", "none": "not_required"}
GO = {**NONE, "receiver": SELLS, "shipment": "S-1", "order": "PO-1"}


def code(number: int) -> str:
    lot = OTHER if number >= 100 else LOT
    return f"(01){lot.gtin}(17)271231(10){lot.lot}(21){serials(number)[0]}"


def codes(*numbers: int) -> str:
    return "\r\n".join(code(one) for one in numbers)


def where(number: int) -> tuple[str, str]:
    found = pack_line(LOT.gtin, serials(number)[0])
    assert found is not None
    return found.holder, found.state


@pytest.fixture
def made(now: Stage) -> Stage:
    now.register(LOT, 6, packs=ALL)
    now.register(OTHER, 2, packs=OTHERS)
    now.log()
    return now


def faults(response: Any) -> list[str]:
    return [one["fault"].split(":")[0] for one in response.context["scanned"] if one["fault"]]


# --- born -------------------------------------------------------------------------------------


def test_a_lot_is_born_with_serial_numbers_in_a_row(at_desk: AtDesk, now: Stage) -> None:
    del now
    paper = Paper(at_desk(MAKES), NEW)
    said = {**BORN, "serials": "range", "begins": "K", "first": "098"}
    review = paper.review(**said)
    assert "3: K098 … K100" in words(review)
    assert not Pack.objects.exists()
    assert paper.sign(**hidden(review)).status_code == 302
    assert set(Pack.objects.values_list("serial", flat=True)) == {"K098", "K099", "K100"}


def upload(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("serials.csv", "\n".join(("serial", *lines)).encode())


def test_a_lot_is_born_with_a_file_that_is_uploaded_once(at_desk: AtDesk, now: Stage) -> None:
    del now
    client = at_desk(MAKES)
    paper = Paper(client, NEW)
    review = paper.review(**BORN, serials="file", file=upload("A", "B", "C"))
    assert "3: A … C" in words(review)
    assert paper.sign(**hidden(review)).status_code == 302
    assert Pack.objects.count() == 3
    again = Paper(client, NEW).sign(**BORN, serials="file", file=upload("A", "B", "C"))
    assert [one.rule for one in again.context["form"].row_errors] == ["PACK_BORN_TWICE"] * 3
    assert Output.objects.count() == 1, "the same file again changes nothing"


def test_faults_of_a_file_are_told_by_row_and_come_back_as_a_file(
    at_desk: AtDesk, made: Stage
) -> None:
    del made
    client = at_desk(MAKES)
    response = Paper(client, NEW).review(**BORN, serials="file", file=upload("A", "A", "ä"))
    rows = [(one.row, one.rule) for one in response.context["form"].row_errors]
    assert rows == [(3, "SERIAL_TWICE"), (4, "INVALID_SERIAL")]
    carried = response.context["form"].data["carried"]
    failed = client.post(NEW, {"do": "failed", **BORN, "serials": "file", "carried": carried})
    assert [line.split(",")[0] for line in words(failed).splitlines()] == ["serial", "A", "ä"]
    born = Paper(client, NEW).review(**BORN, serials="file", file=upload("A", "S000001", "B"))
    assert [one.row for one in born.context["form"].row_errors] == [3]
    assert Output.objects.count() == 2, "nothing was born"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"serials": "range", "first": "9"}, "first"),
        ({"serials": "range", "first": "x"}, "first"),
        ({"serials": "range", "first": "000001", "quantity": 100_001}, "quantity"),
        ({"serials": "file"}, "file"),
        ({"serials": "odd"}, "serials"),
    ],
)
def test_numbers_that_cannot_be_are_told(
    at_desk: AtDesk, now: Stage, said: dict[str, Any], field: str
) -> None:
    del now
    response = Paper(at_desk(MAKES), NEW).review(**{**BORN, **said})
    assert field in response.context["form"].errors


def test_a_file_of_another_length_is_no_such_lot(at_desk: AtDesk, now: Stage) -> None:
    del now
    response = Paper(at_desk(MAKES), NEW).review(**BORN, serials="file", file=upload("A"))
    assert "quantity" in response.context["form"].errors


# --- shipped ----------------------------------------------------------------------------------


def pack_all(client: Client) -> None:
    """Two packs of a lot and one of another in a case on a pallet, one more loose on it."""
    assert Paper(client, PACK).sign(label=CASE, scans=codes(0, 1, 100)).status_code == 302
    assert Paper(client, PACK).sign(label=PALLET, scans=f"{CASE}\n{code(2)}").status_code == 302


def test_packs_of_two_lots_go_in_one_dispatch(at_desk: AtDesk, made: Stage) -> None:
    del made
    paper = Paper(at_desk(MAKES), SHIP)
    said = {**GO, "scans": codes(0, 1, 100, 1)}
    review = paper.review(**said)
    html = words(review)
    for fact in ("lot P1", "2 units", "lot P2", "1 unit", "PO-1", "sealed"):
        assert fact in html
    assert not inbound_to(SELLS), "a review signs nothing"
    done = paper.sign(**hidden(review))
    assert "others=1" in done["Location"]
    assert "1 more was signed" in words(paper.client.get(done["Location"]))
    assert sorted(way.quantity for way in inbound_to(SELLS)) == [1, 2]
    assert paper.sign(**hidden(review))["Location"].endswith("?again=1")
    assert len(inbound_to(SELLS)) == 2


def test_a_pallet_goes_by_its_label_and_what_is_on_it_does_not_go_alone(
    at_desk: AtDesk, made: Stage
) -> None:
    del made
    client = at_desk(MAKES)
    pack_all(client)
    assert "(PACKED)" in words(Paper(client, SHIP).review(**GO, scans=code(0)))
    assert (
        Paper(client, SHIP).sign(**GO, scans=f"{PALLET}\n{code(0)}\n{code(3)}").status_code == 302
    )
    assert sorted(way.quantity for way in inbound_to(SELLS)) == [1, 4]


def test_what_is_wrong_is_told_line_by_line_and_nothing_is_lost(
    at_desk: AtDesk, made: Stage
) -> None:
    made.ship(MAKES, LOT, 1, HEALS, packs=ALL[5:])
    scans = f"{code(0)}\nnonsense\n{code(5)}\n{PALLET}\n(01)00614141000012(10)P1(21)NEVER"
    response = Paper(at_desk(MAKES), SHIP).review(**GO, scans=scans)
    assert faults(response) == ["NOT_GS1", "NOT_IN_STOCK", "NOT_IN_STOCK", "NOT_IN_STOCK"]
    html = words(response)
    assert "4 of 5 codes cannot go" in html
    assert "nonsense" in html
    assert 'value="PO-1"' in html
    assert response.context["form"]["scans"].value() == scans


@pytest.mark.usefixtures("made")
def test_a_stranger_learns_nothing_of_others_packs(at_desk: AtDesk) -> None:
    response = Paper(at_desk(LIES), SHIP).review(**GO, scans=f"{code(0)}\n{code(0)}X")
    told = {one["fault"] for one in response.context["scanned"]}
    assert len(told) == 1, "known and unknown packs have one answer"


def test_a_monitored_lot_wants_its_temperature(at_desk: AtDesk, now: Stage) -> None:
    cold = a_lot("C1", "00614141000029")
    now.register(cold, 2, packs=serials(900, 901))
    scan = f"(01){cold.gtin}(17)271231(10)C1(21)S000900"
    response = Paper(at_desk(MAKES), SHIP).review(**GO, scans=scan)
    assert response.context["form"].errors


# --- received ---------------------------------------------------------------------------------


@pytest.fixture
def sent(at_desk: AtDesk, made: Stage) -> Client:
    """A pallet with four packs and one loose pack, on the way; the receiver's browser."""
    client = at_desk(MAKES)
    pack_all(client)
    Paper(client, SHIP).sign(**GO, scans=f"{PALLET}\n{code(3)}")
    made.later()
    return at_desk(SELLS)


def came(at: Stage) -> dict[str, Any]:
    return {**NONE, "missing": 0, "extra": 0, "note": "", "arrived": f"{at.now:%Y-%m-%dT%H:%M:%S}"}


def test_a_pallet_and_a_pack_are_received_in_one_go(sent: Client, now: Stage) -> None:
    paper = Paper(sent, RECEIVE)
    said = {**came(now), "scans": f"{PALLET}\n{code(3)}"}
    review = paper.review(**said)
    assert "Marlow Medicines, shipment S-1" in words(review)
    assert paper.sign(**hidden(review)).status_code == 302
    assert sum(line.held for line in stock_of(SELLS)) == 5
    assert not ExceptionCase.objects.exists()
    again = paper.sign(**hidden(review))
    assert again["Location"].endswith("?again=1"), "the same form twice receives nothing twice"
    other = Paper(sent, RECEIVE).sign(**hidden(review))
    assert "(NOTHING_SCANNED)" in words(other)


def test_the_missing_and_the_extra_have_to_be_owned_up_to(sent: Client, now: Stage) -> None:
    scans = f"{code(3)}\n{code(4)}"
    response = Paper(sent, RECEIVE).review(**came(now), scans=scans)
    errors = response.context["form"].errors
    assert "3 by the scans, 0 by you" in str(errors["missing"])
    assert "1 by the scans" in str(errors["extra"])
    assert faults(response) == ["EXTRA"]
    paper = Paper(sent, RECEIVE)
    said = {**came(now), "scans": scans, "missing": 3, "extra": 1}
    assert "(PACKED)" not in words(paper.review(**said))
    assert paper.sign(**said).status_code == 302
    kinds = sorted(ExceptionCase.objects.values_list("kind", "serial"))
    assert kinds == [("product_without_data", "S000004"), ("short", "")]
    assert where(3) == (SELLS, "held")
    assert where(0) == (MAKES, "in_transit")


def test_who_looked_again_agrees_to_what_was_counted_with_one_tap(sent: Client, now: Stage) -> None:
    scans, paper = f"{code(3)}\n{code(4)}", Paper(sent, RECEIVE)
    assert 'name="agreed"' not in words(sent.get(RECEIVE, {"scans": scans}))
    assert 'name="agreed" value="3 1"' in words(paper.review(**came(now), scans=scans))
    other = paper.send("", **came(now), scans=f"{scans}\n{PALLET}", agreed="3 1")
    assert other.context["form"].errors, "the counts are others now"
    review = paper.send("", **came(now), scans=scans, agreed="3 1")
    facts = {one.label: one.value for one in review.context["facts"]}
    assert facts["Still missing"] == "3 units"
    assert paper.sign(**hidden(review)).status_code == 302
    assert where(3) == (SELLS, "held")


def test_what_is_damaged_goes_into_quarantine_also_when_it_was_scanned_as_good(
    sent: Client, now: Stage
) -> None:
    said = {**came(now), "scans": f"{PALLET}\n{code(3)}", "damaged": code(3)}
    assert Paper(sent, RECEIVE).sign(**said).status_code == 302
    assert where(3) == (SELLS, "quarantined")
    assert where(0) == (SELLS, "held")


def test_unreadable_codes_are_put_right_first_and_received_ones_are_said_to_be(
    sent: Client, now: Stage
) -> None:
    response = Paper(sent, RECEIVE).review(**came(now), scans=f"{PALLET}\nnonsense\n{code(3)}")
    assert "1 codes cannot be read" in words(response)
    Paper(sent, RECEIVE).sign(**came(now), scans=f"{PALLET}\n{code(3)}")
    response = Paper(sent, RECEIVE).review(**came(now), scans=code(3))
    assert faults(response) == ["HERE_ALREADY"]


def test_a_label_at_the_list_of_dispatches_leads_to_scanning(sent: Client) -> None:
    response = sent.get("/admin/desk/receive", {"code": PALLET})
    assert response["Location"].startswith(f"{RECEIVE}?scans=")
    assert PALLET in words(sent.get(response["Location"]))


# --- what is in what --------------------------------------------------------------------------


def test_a_pallet_is_shown_as_a_tree_and_opened(at_desk: AtDesk, made: Stage) -> None:
    del made
    client = at_desk(MAKES)
    pack_all(client)
    html = words(client.get(BOX))
    for fact in ("4 packs, and what they are in", "01/00614141000012/21/C1", "3 packs", "S000002"):
        assert fact in html
    paper = Paper(client, f"{BOX}/open")
    assert "3 units" in words(paper.review())
    assert paper.sign().status_code == 302
    assert client.get(BOX).status_code == 404, "nothing is in it any more"
    assert "3 packs, and" in words(client.get("/admin/desk/containers/01/00614141000012/21/C1"))


def test_only_who_has_the_goods_sees_into_a_container(at_desk: AtDesk, sent: Client) -> None:
    assert "Receive it" in words(sent.get(BOX))
    assert "Open it" not in words(sent.get(BOX))
    assert at_desk(LIES).get(BOX).status_code == 404
    for odd in ("nothing", "00/1", "00/006141411234567890"):
        assert sent.get(f"/admin/desk/containers/{odd}").status_code == 404


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"label": "nonsense", "scans": code(0)}, "no label"),
        ({"label": code(0), "scans": code(1)}, "no label"),
        ({"label": PALLET, "scans": "nonsense"}, "1 codes cannot go in"),
        ({"label": PALLET, "scans": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_packed_is_told(
    at_desk: AtDesk, made: Stage, said: dict[str, str], fault: str
) -> None:
    del made
    assert fault in words(Paper(at_desk(MAKES), PACK).review(**said))


def test_the_packs_of_a_lot_are_listed_found_and_taken_away(at_desk: AtDesk, made: Stage) -> None:
    client, address = at_desk(MAKES), f"/admin/desk/packs/{LOT.gtin}/P1"
    pack_all(client)
    made.ship(MAKES, LOT, 1, HEALS, packs=ALL[5:])
    html = words(client.get(address))
    assert "6 with you, from you or to you" in html
    assert "on the way" in html
    assert [one.serial for one, _ in client.get(address, {"q": "S000003"}).context["rows"]] == [
        "S000003"
    ]
    assert "No such pack" in words(client.get(address, {"q": "X"}))
    lines = words(client.get(address, {"format": "csv"})).splitlines()
    assert lines[1] == f"S000000,held,{MAKES},,01/00614141000012/21/C1"
    assert [one.serial for one, _ in at_desk(HEALS).get(address).context["rows"]] == ["S000005"]
    assert at_desk(LIES).get(address).status_code == 404
    assert address in words(client.get(f"/admin/desk/lots/{LOT.gtin}/P1"))
