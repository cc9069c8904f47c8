"""A recall from the lot to every holder, answered by each, and many at once by a list."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from supplychain.domain.statements import TransformKind
from supplychain.domain.transform_statements import Into
from supplychain.models import Flag, Notice, RecallAnswer
from supplychain.services.destroy_units import destroy_units
from supplychain.services.dispense_units import dispense_units
from supplychain.services.follow_checkpoints import follow_checkpoints
from supplychain.services.issue_recall import issue_recall
from supplychain.services.return_units import return_units
from supplychain.services.transform_lot import transform_lot
from tests.stages import HEALS, LIES, MAKES, NOT_REQUIRED, RULES, SELLS, Stage, a_lot, serials
from tests.supplychain.admin.conftest import AtDesk, words

LOT = a_lot()
LIST = "/admin/desk/recalls/list"
HEADER = "gtin,lot,classification,reason_for_recall"


@pytest.fixture
def recalled(now: Stage) -> str:
    """100 made, 40 with the wholesaler, 20 with the pharmacy, which dispensed 5; then recalled."""
    now.register(LOT, 100)
    now.deliver(MAKES, LOT, 60, SELLS)
    now.deliver(SELLS, LOT, 20, HEALS)
    dispense_units(party=HEALS, lot=LOT, quantity=5, at=now.later(), nonce=now.nonce())
    return recall(now)


def recall(stage: Stage) -> str:
    recorded = issue_recall(
        party=MAKES,
        lot=LOT,
        recall_class="I",
        reason="Glass",
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.log()
    return recorded.entry_id


def page(entry: str, what: str = "") -> str:
    return f"/admin/desk/recalls/{entry}/{what}{LOT.gtin}/{LOT.lot}"


def rungs(client: Client, entry: str) -> dict[str, int]:
    meter = client.get(page(entry)).context["meter"]
    assert sum(one.width for one in meter) == 1000
    return {one.rung: one.units for one in meter if one.units}


def test_the_screen_follows_each_unit_until_it_is_home(
    at_desk: AtDesk, now: Stage, recalled: str
) -> None:
    maker, pharmacy = at_desk(MAKES), at_desk(HEALS)
    assert rungs(maker, recalled) == {"returned": 40, "untold": 55, "dispensed": 5}
    follow_checkpoints(at=now.later())
    assert rungs(maker, recalled) == {"returned": 40, "told": 55, "dispensed": 5}
    said = {"found": 14, "note": "One is missing"}
    answer = pharmacy.post(page(recalled, "answer/"), said)
    assert answer["Location"].endswith("?answered=A1")
    assert rungs(maker, recalled)["acknowledged"] == 15
    destroy_units(
        party=HEALS, lot=LOT, quantity=14, reason="Recall", at=now.later(), nonce=now.nonce()
    )
    assert rungs(maker, recalled) == {"returned": 54, "told": 40, "acknowledged": 1, "dispensed": 5}
    html = words(maker.get(page(recalled)))
    for fact in ("Poppy Pharmacy", "One is missing", "Wendover Wholesale", "5 dispensed"):
        assert fact in html
    assert "1 organisation with goods did not answer yet" in html


def test_a_recall_reaches_what_was_made_of_the_lot(at_desk: AtDesk, now: Stage) -> None:
    made = a_lot("M1")
    now.register(LOT, 100)
    transform_lot(
        party=MAKES,
        lot=LOT,
        operation="OP-1",
        kind=TransformKind.REPACK,
        into=(Into(made, 60, 120),),
        lost=0,
        reason="Smaller packs",
        at=now.later(),
        nonce=now.nonce(),
    )
    now.register(made, 120)
    now.deliver(MAKES, made, 30, HEALS)
    entry = recall(now)
    client, pharmacy = at_desk(MAKES), at_desk(HEALS)
    assert rungs(client, entry) == {"returned": 130, "untold": 30}
    follow_checkpoints(at=now.later())
    assert rungs(client, entry) == {"returned": 130, "told": 30}
    assert "Recalls to acknowledge" in words(pharmacy.get("/admin/"))
    assert "Lot M1, made of it" in words(pharmacy.get("/admin/desk/recalls"))
    assert pharmacy.post(page(entry, "answer/"), {"found": 30, "note": ""}).status_code == 302
    assert rungs(client, entry) == {"returned": 130, "acknowledged": 30}
    assert "Recalls to acknowledge" not in words(pharmacy.get("/admin/"))


def test_what_goes_back_is_home_when_the_maker_has_it(
    at_desk: AtDesk, now: Stage, recalled: str
) -> None:
    return_units(
        party=SELLS,
        lot=LOT,
        quantity=30,
        supplier=MAKES,
        shipment="R-1",
        reason="Recall",
        conditions=NOT_REQUIRED,
        at=now.later(),
        nonce=now.nonce(),
    )
    maker = at_desk(MAKES)
    assert rungs(maker, recalled)["returned"] == 40
    now.receive(MAKES, LOT, 30)
    assert rungs(maker, recalled)["returned"] == 70
    lines = words(maker.get(f"{page(recalled)}?format=csv")).splitlines()
    assert any(line.startswith(SELLS) and line.endswith(",30") for line in lines)


def test_who_dispensed_all_of_it_is_told_too(now: Stage) -> None:
    now.register(LOT, 10)
    now.deliver(MAKES, LOT, 10, HEALS)
    dispense_units(party=HEALS, lot=LOT, quantity=10, at=now.later(), nonce=now.nonce())
    recall(now)
    follow_checkpoints(at=now.later())
    assert HEALS in set(Notice.objects.values_list("gln", flat=True))


def test_an_answer_is_kept_once_and_may_be_put_right(
    at_desk: AtDesk, recalled: str, now: Stage
) -> None:
    client = at_desk(HEALS)
    assert client.get(page(recalled, "answer/")).context["form"].initial == {"found": 15}
    client.post(page(recalled, "answer/"), {"found": 14, "note": ""})
    first = RecallAnswer.objects.get().at
    now.later()
    client.post(page(recalled, "answer/"), {"found": 14, "note": ""})
    assert RecallAnswer.objects.get().at == first, "the same word changes nothing"
    client.post(page(recalled, "answer/"), {"found": 15, "note": "Found it"})
    assert (RecallAnswer.objects.get().found, RecallAnswer.objects.get().at > first) == (15, True)
    assert "Answered: 15 set aside" in words(client.get("/admin/desk/recalls"))


@pytest.mark.parametrize("said", [{}, {"found": -1}, {"found": "x"}, {"found": 10**10}])
def test_an_answer_that_is_none_says_why(
    at_desk: AtDesk, recalled: str, said: dict[str, Any]
) -> None:
    response = at_desk(HEALS).post(page(recalled, "answer/"), said | {"note": ""})
    assert response.context["form"].errors
    assert not RecallAnswer.objects.exists()


def test_only_whom_it_concerns_sees_or_answers_it(at_desk: AtDesk, recalled: str) -> None:
    stranger, viewer = at_desk(LIES), at_desk(HEALS, "viewer")
    assert stranger.get(page(recalled)).status_code == 404
    assert stranger.get(page(recalled, "packs/")).status_code == 404
    assert stranger.get(page(recalled, "answer/")).status_code == 404
    assert viewer.post(page(recalled, "answer/"), {"found": 1}).status_code == 403
    assert at_desk(SELLS).get(page(recalled)).status_code == 404, "others' trade is not shown"
    assert at_desk(RULES).get(page(recalled)).status_code == 200
    assert at_desk(MAKES).get(page("0" * 64)).status_code == 404


def test_lists_tell_both_sides_apart(at_desk: AtDesk, recalled: str) -> None:
    assert "That you follow" in words(at_desk(MAKES).get("/admin/desk/recalls"))
    assert "That you follow" in words(at_desk(RULES).get("/admin/desk/recalls"))
    pharmacy = words(at_desk(HEALS).get("/admin/desk/recalls"))
    assert page(recalled, "answer/") in pharmacy
    assert "That you follow" not in pharmacy
    assert "No recalls" in words(at_desk(LIES).get("/admin/desk/recalls"))
    assert page(recalled) in words(at_desk(MAKES, "viewer").get(f"/admin/desk/lots/{LOT.gtin}/A1"))


def test_the_screen_goes_away_as_csv(at_desk: AtDesk, recalled: str) -> None:
    lines = words(at_desk(MAKES).get(f"{page(recalled)}?format=csv")).splitlines()
    assert lines[0].startswith("gln,name,in stock")
    assert any(line.startswith(f"{HEALS},Poppy Pharmacy,15,0,0,0,5") for line in lines)


def test_of_a_lot_with_serials_each_pack_is_listed(at_desk: AtDesk, now: Stage) -> None:
    packs = serials(*range(4))
    now.register(LOT, 4, packs=packs)
    now.deliver(MAKES, LOT, 2, HEALS, packs=packs[:2])
    entry = recall(now)
    client = at_desk(MAKES)
    assert page(entry, "packs/") in words(client.get(page(entry)))
    text = b"".join(client.get(page(entry, "packs/"))).decode()
    assert text.splitlines()[1:] == [
        f"{LOT.gtin},A1,S000000,{HEALS},,held,",
        f"{LOT.gtin},A1,S000001,{HEALS},,held,",
        f"{LOT.gtin},A1,S000002,{MAKES},,held,",
        f"{LOT.gtin},A1,S000003,{MAKES},,held,",
    ]


# --- by a list --------------------------------------------------------------------------------


def upload(client: Client, do: str, *rows: str, carried: str = "") -> Any:
    said: dict[str, Any] = {"do": do, "carried": carried}
    if rows:
        said["file"] = SimpleUploadedFile("list.csv", "\n".join((HEADER, *rows)).encode())
    return client.post(LIST, said)


def row(lot: str, gtin: str = "00614141000012") -> str:
    return f"{gtin},{lot},Class II,Glass"


@pytest.fixture
def made(now: Stage) -> Stage:
    for number in ("A1", "A2", "A3"):
        now.register(a_lot(number), 10)
    return now


@pytest.mark.usefixtures("made")
def test_a_list_is_looked_over_then_signed_as_a_whole(at_desk: AtDesk) -> None:
    client = at_desk(MAKES)
    preview = upload(client, "review", row("A1"), row("A2"))
    assert "2 of these 2 recalls are new" in words(preview)
    assert not Flag.objects.exists(), "a preview signs nothing"
    carried = preview.context["form"].data["carried"]
    assert upload(client, "sign", carried=carried)["Location"].endswith("?issued=2")
    assert Flag.objects.count() == 2
    assert "2 recalls signed" in words(client.get("/admin/desk/recalls?issued=2"))
    assert "Recall 00614141000012/A1" in words(client.get("/admin/desk/journal"))


@pytest.mark.usefixtures("made")
def test_the_same_list_twice_changes_nothing(at_desk: AtDesk) -> None:
    client = at_desk(MAKES)
    upload(client, "sign", row("A1"), row("A2"))
    assert "0 of these 2" in words(upload(client, "review", row("A1"), row("A2")))
    assert upload(client, "sign", row("A1"), row("A2"))["Location"].endswith("?issued=0")
    assert "1 of these 3" in words(upload(client, "review", row("A1"), row("A2"), row("A3")))
    assert Flag.objects.count() == 2


@pytest.mark.usefixtures("made")
def test_one_bad_row_and_nothing_is_signed_and_the_bad_rows_come_back(at_desk: AtDesk) -> None:
    client = at_desk(MAKES)
    rows = (row("A1"), row("NEVER"), row("A2", "1"))
    response = upload(client, "sign", *rows)
    assert [(one.row, one.rule) for one in response.context["form"].row_errors] == [
        (4, "INVALID_GTIN")
    ]
    response = upload(client, "sign", *rows[:2])
    html = words(response)
    assert "LOT_UNKNOWN" in html
    assert not Flag.objects.exists()
    carried = response.context["form"].data["carried"]
    failed = upload(client, "failed", carried=carried)
    assert failed["Content-Type"].startswith("text/csv")
    assert [line.split(",")[1] for line in words(failed).splitlines()] == ["lot", "NEVER"]


@pytest.mark.usefixtures("made")
def test_the_faults_of_a_report_come_back_as_a_list(at_desk: AtDesk) -> None:
    file = SimpleUploadedFile("list.json", b'{"results": [{}]}')
    response = at_desk(MAKES).post(LIST, {"do": "failed", "carried": "", "file": file})
    assert words(response).splitlines()[0] == "row,column,value,rule,fix"


@pytest.mark.usefixtures("made")
def test_only_makers_and_authorities_recall(at_desk: AtDesk) -> None:
    assert at_desk(SELLS).get(LIST).status_code == 403
    assert upload(at_desk(RULES), "sign", row("A1"))["Location"].endswith("?issued=1")
    assert at_desk(MAKES, "viewer").get(LIST).status_code == 403


@pytest.mark.parametrize("content", [b"", b"\xff", b"{", b"x" * 3_000_000])
def test_a_file_that_is_none_is_told_why(at_desk: AtDesk, now: Stage, content: bytes) -> None:
    del now
    file = SimpleUploadedFile("list.csv", content)
    response = at_desk(MAKES).post(LIST, {"do": "review", "file": file})
    assert response.context["form"].errors
    assert at_desk(MAKES, "qa").post(LIST, {"do": "sign", "carried": "no"}).context["form"].errors
