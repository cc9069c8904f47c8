"""Ship and receive, from the form over the review to the signature."""

from datetime import timedelta
from itertools import cycle, product
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ledger.proofs import place_of
from supplychain.models import Leg, Output
from supplychain.queries.stock import inbound_to, stock_of
from supplychain.services.issue_recall import issue_recall
from supplychain.services.place_hold import place_hold
from tests.stages import HEALS, INSULIN, MAKES, SELLS, Stage, a_lot, played, readings
from tests.supplychain.admin.conftest import AtDesk, Paper, about, about_way, logger_file, words
from tests.supplychain.formats.berlinger_files import CONFIGURED, DAYS, data_of, signed, steady

LOT = a_lot()
COLD = a_lot("G24", INSULIN)
TABLETS_GO = {"quantity": 30, "receiver": HEALS, "shipment": "S-1", "order": "PO-7", "way": "none"}
TABLETS_GO["none"] = "not_required"


@pytest.fixture
def stocked(now: Stage) -> Stage:
    def story() -> None:
        now.register(LOT, 100)
        now.deliver(MAKES, LOT, 40, SELLS)
        now.register(COLD, 100)
        before = now.now
        now.deliver(MAKES, COLD, 40, SELLS, readings(before, now.now + timedelta(minutes=5)))
        now.log()

    return played(story, now)


def held(gln: str) -> dict[str, int]:
    return {str(line.lot.key.lot): line.held for line in stock_of(gln)}


def hidden(response: Any) -> dict[str, Any]:
    """The hidden fields of a review, as a browser sends them back."""
    form = response.context["form"]
    said = {field.name: field.value() for field in form if field.name != "file"}
    return {name: "" if value is None else value for name, value in said.items()}


# --- ship -------------------------------------------------------------------------------------


def test_a_dispatch_is_reviewed_then_signed(at_desk: AtDesk, stocked: Stage) -> None:
    paper = Paper(at_desk(SELLS), about("ship", LOT))
    review = paper.review(**TABLETS_GO)
    html = words(review)
    for fact in ("30 units", "10 units", "Poppy Pharmacy", "PO-7", "sealed", "S-1"):
        assert fact in html
    assert not inbound_to(HEALS), "a review signs nothing"
    response = paper.sign(**hidden(review))
    assert response.status_code == 302
    (way,) = inbound_to(HEALS)
    assert (way.quantity, way.shipment) == (30, "S-1")
    stocked.log()
    done = words(paper.client.get(response["Location"]))
    place = place_of(way.output.entry_id)
    assert place is not None
    assert f"Entry <strong>{place.index}</strong> in the log" in done
    assert way.output.entry_id in done


def test_until_it_is_logged_the_page_says_so_and_asks_again_a_few_times(
    at_desk: AtDesk, stocked: Stage
) -> None:
    del stocked
    paper = Paper(at_desk(SELLS), about("ship", LOT))
    url = paper.sign(**TABLETS_GO)["Location"]
    assert 'content="2;url=?asked=x"' in words(paper.client.get(url))
    assert "refresh" not in words(paper.client.get(f"{url}?asked={'x' * 10}"))


def test_the_same_form_sent_twice_is_one_entry(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    paper = Paper(at_desk(SELLS), about("ship", LOT))
    first, second = paper.sign(**TABLETS_GO), paper.sign(**TABLETS_GO)
    assert second["Location"] == f"{first['Location']}?again=1"
    assert "Nothing was added" in words(paper.client.get(second["Location"]))
    assert held(SELLS)["A1"] == 10
    assert len(inbound_to(HEALS)) == 1


def test_two_forms_are_two_entries(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    client, said = at_desk(SELLS), {**TABLETS_GO, "quantity": 5}
    for _ in range(2):
        Paper(client, about("ship", LOT)).sign(**said)
    assert len(inbound_to(HEALS)) == 2


def test_a_form_is_no_good_with_the_nonce_of_somebody_else(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    stolen = Paper(at_desk(SELLS, "qa"), about("ship", LOT)).nonce
    paper = Paper(at_desk(SELLS), about("ship", LOT))
    for nonce in (stolen, "", "x", "ä:b", "\x00"):
        paper.nonce = nonce
        response = paper.sign(**TABLETS_GO)
        assert "too old or was changed" in words(response)
        assert response.context["form"]["shipment"].value() == "S-1"
    assert not inbound_to(HEALS)


def test_going_back_keeps_what_was_typed_and_the_file(at_desk: AtDesk, stocked: Stage) -> None:
    paper = Paper(at_desk(SELLS), about("ship", COLD))
    file = logger_file(stocked.now - timedelta(hours=5), stocked.now)
    said = {**TABLETS_GO, "way": "file", "file": file, "device": "Fridge 3"}
    back = paper.send("edit", **hidden(paper.review(**said)))
    html = words(back)
    assert "<strong>fridge-3.csv</strong>" in html
    assert 'value="Fridge 3"' in html
    assert 'value="PO-7"' in html
    response = paper.sign(**hidden(back))
    assert response.status_code == 302
    leg = Leg.objects.get(entry_id=response["Location"].rpartition("/")[2])
    assert leg.state == "IN_RANGE"


def test_the_uploaded_file_survives_an_error_elsewhere(at_desk: AtDesk, stocked: Stage) -> None:
    paper = Paper(at_desk(SELLS), about("ship", COLD))
    file = logger_file(stocked.now - timedelta(hours=5), stocked.now)
    wrong = paper.review(**{**TABLETS_GO, "quantity": 4000, "way": "file", "file": file})
    assert "MASS_IMBALANCE" in words(wrong)
    right = paper.review(**{**hidden(wrong), "quantity": 20})
    assert "temperature-chart" in words(right)


def test_the_review_shows_what_the_readings_are_judged_to_be(
    at_desk: AtDesk, stocked: Stage
) -> None:
    paper = Paper(at_desk(SELLS), about("ship", COLD))
    file = logger_file(stocked.now - timedelta(hours=5), stocked.now, 5.0, 9.5)
    html = words(paper.review(**{**TABLETS_GO, "way": "file", "file": file}))
    assert "an excursion" in html
    assert "9.5 °C" in html


def test_readings_are_typed_in_utc_or_in_the_zone_that_is_chosen(
    at_desk: AtDesk, stocked: Stage
) -> None:
    paper = Paper(at_desk(SELLS), about("ship", COLD))
    day = f"{stocked.now:%Y-%m-%d}"
    typed = f"{day} 11:00  5.1\n\n{day} 11:10, 5,3\r\n{day} 11:20;5.2"
    said = {**TABLETS_GO, "way": "typed", "typed": typed}
    in_utc = words(paper.review(**said))
    assert "manual: 3 readings" in in_utc
    assert words(paper.review(**{**said, "zone": "+02:00"})) != in_utc


def test_each_row_that_cannot_be_read_is_told(at_desk: AtDesk, stocked: Stage) -> None:
    del stocked
    file = SimpleUploadedFile(
        "x.csv", b"time,temperature_c\n03/02/2026,5\n2026-03-02T11:00Z,warm\n"
    )
    paper = Paper(at_desk(SELLS), about("ship", COLD))
    html = words(paper.review(**{**TABLETS_GO, "way": "file", "file": file}))
    for code in ("TIME_NOT_ISO", "NOT_A_NUMBER", "And 1 more"):
        assert code in html


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe\x00", "ENCODING"),
        (b"", "TABLE_NOT_FOUND"),
        (b"\x00" * 100, "ENCODING"),
        (b"time,temperature\n2026-03-02T11:00Z,5\n", "UNIT_NEEDED"),
        (b"time,temperature_c\n", "NO_READINGS"),
        (b"x" * 2_000_001, "larger than 2 MB"),
    ],
)
def test_a_file_that_is_none_is_told_why(
    at_desk: AtDesk, stocked: Stage, content: bytes, code: str
) -> None:
    del stocked
    paper = Paper(at_desk(SELLS), about("ship", COLD))
    file = SimpleUploadedFile("x.csv", content)
    response = paper.review(**{**TABLETS_GO, "way": "file", "file": file})
    assert response.status_code == 200
    assert code in words(response)


def test_a_cold_lot_needs_a_reason_where_there_are_no_readings(
    at_desk: AtDesk, stocked: Stage
) -> None:
    del stocked
    paper = Paper(at_desk(SELLS), about("ship", COLD))
    assert "not one of the available choices" in words(paper.review(**TABLETS_GO))
    html = words(paper.review(**{**TABLETS_GO, "none": "logger_missing"}))
    assert "there was no logger" in html


def test_what_may_not_go_is_listed_with_the_reason_and_no_button(
    at_desk: AtDesk, stocked: Stage
) -> None:
    issue_recall(
        party=MAKES,
        lot=LOT,
        recall_class="I",
        reason="Glass in packs",
        at=stocked.later(),
        nonce=stocked.nonce(),
    )
    place_hold(
        party=MAKES, lot=COLD, reason="Label check", at=stocked.later(), nonce=stocked.nonce()
    )
    client = at_desk(SELLS)
    html = words(client.get("/admin/desk/ship"))
    for fact in ("Recalled", "Glass in packs", "On hold", "Label check"):
        assert fact in html
    assert about("ship", LOT) not in html
    assert about("ship", COLD) not in html
    assert "(RECALLED)" in words(Paper(client, about("ship", LOT)).review(**TABLETS_GO))


def test_first_expired_goes_first(at_desk: AtDesk, now: Stage) -> None:
    now.register(a_lot("LATE"), 5)
    now.register(a_lot("SOON"), 5, expiry=now.now.date() + timedelta(days=60))
    rows = at_desk(MAKES).get("/admin/desk/ship").context["ready"]
    assert [(str(line.lot.key.lot), first) for line, first in rows] == [
        ("SOON", True),
        ("LATE", False),
    ]


# --- receive ----------------------------------------------------------------------------------


@pytest.fixture
def on_the_way(stocked: Stage) -> Stage:
    before = stocked.now
    stocked.ship(SELLS, COLD, 30, HEALS, readings(before, stocked.now + timedelta(minutes=5)))
    stocked.later(timedelta(hours=6))
    return stocked


def arrived(stage: Stage, received: int, damaged: int, missing: int, **more: Any) -> dict[str, Any]:
    said = {"received": received, "damaged": damaged, "missing": missing, "note": ""}
    moment = f"{stage.now:%Y-%m-%dT%H:%M:%S}"
    return {**said, "arrived": moment, "way": "none", "none": "logger_missing", **more}


def test_a_receipt_in_three_parts_is_reviewed_and_signed(
    at_desk: AtDesk, on_the_way: Stage
) -> None:
    way = on_the_way.inbound(HEALS, COLD)
    paper = Paper(at_desk(HEALS), about_way("receive", way))
    review = paper.review(**arrived(on_the_way, 25, 3, 2))
    assert "This is what will be signed" in words(review)
    assert paper.sign(**hidden(review)).status_code == 302
    outputs = Output.objects.filter(holder=HEALS, spent_by__isnull=True)
    assert {one.state: one.quantity for one in outputs} == {"held": 25, "quarantined": 3}
    (rest,) = inbound_to(HEALS)
    assert (rest.quantity, rest.rest) == (2, True)


def test_a_receipt_sent_twice_is_one_entry_although_nothing_is_on_the_way_any_more(
    at_desk: AtDesk, on_the_way: Stage
) -> None:
    way = on_the_way.inbound(HEALS, COLD)
    paper = Paper(at_desk(HEALS), about_way("receive", way))
    first, second = (paper.sign(**arrived(on_the_way, 30, 0, 0)) for _ in range(2))
    assert second["Location"] == f"{first['Location']}?again=1"
    assert paper.client.get(paper.url).status_code == 404


@pytest.mark.parametrize(
    ("amounts", "said"),
    [((29, 0, 0), "1 not accounted for"), ((31, 0, 0), "1 too many"), ((20, 5, 6), "1 too many")],
)
def test_what_arrived_has_to_add_up_to_what_was_sent(
    at_desk: AtDesk, on_the_way: Stage, amounts: tuple[int, int, int], said: str
) -> None:
    paper = Paper(at_desk(HEALS), about_way("receive", on_the_way.inbound(HEALS, COLD)))
    assert said in words(paper.sign(**arrived(on_the_way, *amounts)))
    assert len(inbound_to(HEALS)) == 1


def test_nothing_received_is_refused_by_the_rule(at_desk: AtDesk, on_the_way: Stage) -> None:
    paper = Paper(at_desk(HEALS), about_way("receive", on_the_way.inbound(HEALS, COLD)))
    assert "NOTHING_RECEIVED" in words(paper.sign(**arrived(on_the_way, 0, 0, 30)))


def test_the_readings_have_to_cover_the_way_until_the_arrival_that_is_stated(
    at_desk: AtDesk, on_the_way: Stage
) -> None:
    way = on_the_way.inbound(HEALS, COLD)
    unloaded = on_the_way.now - timedelta(hours=2)
    file = logger_file(way.dispatched_at, unloaded)
    paper = Paper(at_desk(HEALS), about_way("receive", way))
    said = arrived(on_the_way, 30, 0, 0, way="file", file=file)
    late = paper.review(**said)
    assert "A stretch without readings" in words(late)
    in_time = paper.review(**{**hidden(late), "arrived": f"{unloaded:%Y-%m-%dT%H:%M:%S}"})
    assert "A stretch without readings" not in words(in_time)
    response = paper.sign(**hidden(in_time))
    leg = Leg.objects.get(entry_id=response["Location"].rpartition("/")[2])
    assert (leg.state, leg.ends_at) == ("IN_RANGE", unloaded)


def test_goods_do_not_arrive_before_they_were_sent(at_desk: AtDesk, on_the_way: Stage) -> None:
    paper = Paper(at_desk(HEALS), about_way("receive", on_the_way.inbound(HEALS, COLD)))
    for moment in ("0001-01-01T00:00:00", "2026-03-01T00:00:00", "9999-12-31T23:59:59"):
        response = paper.sign(**arrived(on_the_way, 30, 0, 0, arrived=moment))
        assert response.context["form"].errors, moment


@pytest.mark.parametrize("name", ["received", "arrived", "way", "none", "note", "carried", "typed"])
def test_no_input_breaks_a_form(at_desk: AtDesk, on_the_way: Stage, name: str) -> None:
    paper = Paper(at_desk(HEALS), about_way("receive", on_the_way.inbound(HEALS, COLD)))
    values = ["", "\x00", "-1", "9" * 400, "é", "<b>", "\ud7ff"]
    ways, doings = ("none", "typed", "file"), ("edit", "review", "nonsense", "sign")
    for (way, value), do in zip(product(ways, values), cycle(doings), strict=False):
        said = arrived(on_the_way, 30, 0, 0, way=way) | {name: value}
        assert paper.send(do, **said).status_code in (200, 302)


def test_an_excursion_on_the_way_to_another_says_nothing_of_what_stayed(
    at_desk: AtDesk, on_the_way: Stage
) -> None:
    sent = on_the_way.inbound(HEALS, COLD).dispatched_at
    on_the_way.receive(HEALS, COLD, 30, conditions=readings(sent, on_the_way.now, 500, 950))
    assert "Excursion</span>" not in words(at_desk(SELLS).get("/admin/desk/lots"))
    html = words(at_desk(HEALS).get("/admin/desk/lots"))
    assert "Excursion</span>" in html
    assert "Temperatures to acknowledge" in words(at_desk(SELLS, "qa").get("/admin/"))


# --- loggers' own files -----------------------------------------------------------------------


def test_a_loggers_signed_file_is_reviewed_with_all_that_it_says(
    at_desk: AtDesk, stocked: Stage
) -> None:
    begins = stocked.now.replace(tzinfo=None, second=0) - timedelta(hours=5)
    raw = signed(CONFIGURED + DAYS + data_of(steady(12, start=begins)))
    paper = Paper(at_desk(SELLS), about("ship", COLD))
    said = {**TABLETS_GO, "way": "file", "file": SimpleUploadedFile("fridge.txt", raw)}
    assert "ZONE_NEEDED" in words(paper.review(**said))
    said["file"] = SimpleUploadedFile("fridge.txt", raw)
    html = words(paper.review(**said, zone="+00:00"))
    for told in ("Signature valid, but", "Q-tag Fridge-tag 2 L 130500000001 4.0p0o", "12 readings"):
        assert told in html
    assert "34 min beyond 8.0 °C" in html
    assert "The logger had no sensor for a time." in html


def test_an_edited_file_is_refused_as_evidence(at_desk: AtDesk, stocked: Stage) -> None:
    begins = stocked.now.replace(tzinfo=None, second=0) - timedelta(hours=5)
    raw = signed(CONFIGURED + data_of(steady(12, start=begins))).replace(b"\t5.1\r", b"\t5.2\r")
    paper = Paper(at_desk(SELLS), about("ship", COLD))
    said = {**TABLETS_GO, "way": "file", "file": SimpleUploadedFile("fridge.txt", raw)}
    html = words(paper.review(**said, zone="+00:00"))
    assert "Refused as evidence: the content was changed" in html
    assert not Leg.objects.filter(giver=SELLS).exists()
