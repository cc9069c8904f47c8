"""Partners' EPCIS files at the desk: looked over, taken over, answered event by event."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ledger.models import Entry
from supplychain import tasks
from supplychain.admin import captures, partner_files
from supplychain.models import CaptureJob, ExceptionCase, ImportedFile
from supplychain.queries.stock import outbound_of, stock_of
from supplychain.services import submit_capture
from tests.stages import MAKES, SELLS, Stage
from tests.supplychain.admin.conftest import AtDesk, words
from tests.supplychain.formats.epcis_files import born, document, pack, packed, seen, shipped
from tests.supplychain.services.test_import_epcis import BUYER, LOT

FILES = "/admin/desk/files"
GOOD = born(pack(1), pack(2)), shipped(pack(1), receiver=BUYER)
STRANGE = seen(pack(9), biz_step="dispensing", minute=8)


@pytest.fixture
def desk(now: Stage, at_desk: AtDesk) -> Client:
    now.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    now.catalogue(str(LOT.gtin), "Examplin", "unmonitored/1")
    return at_desk(MAKES)


def send(desk: Client, *events: str, doing: str = "rollback", data: bytes = b"") -> Any:
    file = SimpleUploadedFile("trade.xml", data or document(*events), "text/xml")
    return desk.post(FILES, {"file": file, "doing": doing})


def looked(desk: Client, *events: str, data: bytes = b"") -> Any:
    return desk.get(send(desk, *events, doing="look", data=data)["Location"])


def test_a_file_is_taken_over_and_each_event_answered(desk: Client) -> None:
    answer = send(desk, *GOOD)
    assert answer.status_code == 302
    page = words(desk.get(answer["Location"]))
    for fact in ("ObjectEvent ADD commissioning", "BIRTH", "SHIPPING", "Accepted (2)", "Line 2"):
        assert fact in page
    (sent,) = outbound_of(MAKES)
    assert sent.dispatch[:8] in page
    listed = words(desk.get(FILES))
    assert answer["Location"] in listed
    assert "Take over the file trade.xml" in words(desk.get("/admin/desk/journal"))
    assert send(desk, *GOOD)["Location"] == answer["Location"]
    assert "Known (2)" in words(desk.get(answer["Location"]))


def test_a_file_is_looked_over_and_nothing_is_signed_or_kept(desk: Client) -> None:
    before = Entry.objects.count()
    page = words(looked(desk, *GOOD, STRANGE))
    assert "1 of 3 events would not be taken" in page
    assert "Nobody has commissioned" in page
    assert "ObjectEvent OBSERVE dispensing" in page
    assert "Take what stands, and leave the rest" in page
    assert "All 2 events would be taken" in words(looked(desk, *GOOD))
    assert Entry.objects.count() == before
    assert not ImportedFile.objects.exists()
    assert not ExceptionCase.objects.exists()


def test_what_was_looked_over_is_taken_over_without_choosing_the_file_again(desk: Client) -> None:
    address = send(desk, *GOOD, STRANGE, doing="look")["Location"]
    rows = list(csv.DictReader(io.StringIO(words(desk.get(address, {"format": "csv"})))))
    assert [(row["number"], row["outcome"]) for row in rows] == [("3", "exception")]
    assert address in words(desk.get(FILES))
    answer = desk.post(address, {"do": "proceed"})
    assert "Accepted (2)" in words(desk.get(answer["Location"]))
    assert [line.held for line in stock_of(MAKES)] == [1]
    assert desk.get(address).status_code == 404
    assert desk.post(address, {"do": "proceed"}).status_code == 404
    assert "Take over the file trade.xml" in words(desk.get("/admin/desk/journal"))


def test_what_was_looked_over_is_left(desk: Client) -> None:
    for said in ({"do": "leave"}, {}):
        address = send(desk, *GOOD, doing="look")["Location"]
        assert desk.post(address, said)["Location"] == FILES
        assert desk.get(address).status_code == 404
    assert stock_of(MAKES) == []


def test_a_viewer_takes_over_nothing_that_was_looked_over(desk: Client, at_desk: AtDesk) -> None:
    address, viewer = send(desk, *GOOD, doing="look")["Location"], at_desk(MAKES, "viewer")
    assert "Take it over" not in words(viewer.get(address))
    assert viewer.post(address, {"do": "rollback"}).status_code == 403
    assert at_desk(SELLS).post(address, {"do": "rollback"}).status_code == 404
    assert stock_of(MAKES) == []


def test_a_large_file_is_looked_over_by_a_worker_and_no_web_process_is_held_up(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captures, "IN_REQUEST_MAX", 100)
    address = send(desk, *GOOD, doing="look")["Location"]
    waiting = words(desk.get(address))
    assert "Waiting to be read" in waiting
    assert "nothing is signed" in waiting
    assert desk.post(address, {"do": "rollback"})["Location"] == address
    tasks.take_captures()
    assert "All 2 events would be taken" in words(desk.get(address))
    assert stock_of(MAKES) == []
    taken = desk.post(address, {"do": "rollback"})["Location"]
    assert "Waiting to be read" in words(desk.get(taken))
    tasks.take_captures()
    assert [line.held for line in stock_of(MAKES)] == [1]
    assert "Accepted (2)" in words(desk.get(taken, follow=True))


def test_what_is_looked_over_waits_where_too_much_else_waits(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = send(desk, *GOOD, doing="look")["Location"]
    monkeypatch.setattr(captures, "IN_REQUEST_MAX", 1)
    monkeypatch.setattr(submit_capture, "WAITING_MAX", 0)
    assert "0 files of yours wait" in words(desk.post(address, {"do": "rollback"}))
    assert "All 2 events would be taken" in words(desk.get(address))


def test_all_or_nothing_or_what_stands(desk: Client) -> None:
    nothing = send(desk, *GOOD, STRANGE)
    page = words(desk.get(nothing["Location"]))
    assert "ROLLED_BACK" in page
    assert "because of event 3" in page
    assert stock_of(MAKES) == []
    some = send(desk, *GOOD, STRANGE, doing="proceed")
    assert [line.held for line in stock_of(MAKES)] == [1]
    only = words(desk.get(some["Location"], {"outcome": "exception"}))
    assert "product without data" in only
    assert "commissioning" not in only


def test_the_answers_are_taken_away_as_csv_and_json(desk: Client) -> None:
    address = send(desk, *GOOD)["Location"]
    rows = list(csv.DictReader(io.StringIO(words(desk.get(address, {"format": "csv"})))))
    answer = desk.get(address, {"format": "json"})
    told = json.loads(words(answer))
    assert [one["code"] for one in rows] == ["BIRTH", "SHIPPING"]
    assert [one["entries"] for one in told] == [row["entries"].split() for row in rows]
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer["Content-Disposition"].endswith('.json"')


@pytest.mark.parametrize(
    ("data", "fault"),
    [(b"PK\x03\x04", "NOT_XML"), (b"<!DOCTYPE x><x/>", "ENTITIES_REFUSED"), (b"{", "NOT_JSON")],
)
def test_what_is_no_epcis_is_told_and_leaves_nothing(desk: Client, data: bytes, fault: str) -> None:
    assert fault in words(looked(desk, data=data))
    for doing in ("rollback", "proceed"):
        assert fault in words(send(desk, data=data, doing=doing))
    assert not ImportedFile.objects.exists()


def test_a_file_that_is_too_large_or_none_is_told(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partner_files, "BYTES_MAX", 100)
    assert "split it" in words(send(desk, *GOOD))
    assert "This field is required" in words(desk.post(FILES, {"doing": "look"}))
    assert "Select a valid choice" in words(send(desk, *GOOD, doing="odd"))
    assert not ImportedFile.objects.exists()


def test_each_organisation_sees_its_own_files_and_a_viewer_reads_none_in(
    desk: Client, at_desk: AtDesk
) -> None:
    address = send(desk, packed(pack(1), pack(2)), *GOOD)["Location"]
    viewer = at_desk(MAKES, "viewer")
    assert viewer.get(address).status_code == 200
    assert "Read the file" not in words(viewer.get(FILES))
    assert send(viewer, *GOOD).status_code == 403
    other = at_desk(SELLS)
    assert other.get(address).status_code == 404
    assert "No file was read yet" in words(other.get(FILES))


def test_a_large_file_is_left_to_a_worker_who_tells_how_far_he_is(
    desk: Client, at_desk: AtDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captures, "IN_REQUEST_MAX", 100)
    address = send(desk, *GOOD)["Location"]
    page = words(desk.get(address))
    assert "Waiting to be read" in page
    assert 'http-equiv="refresh"' in page
    assert stock_of(MAKES) == []
    assert address in words(desk.get(FILES))
    assert "Take over the file trade.xml" in words(desk.get("/admin/desk/journal"))
    assert at_desk(SELLS).get(address).status_code == 404
    CaptureJob.objects.update(done=3, steps=4, started_at=datetime(2026, 11, 21, tzinfo=UTC))
    assert 'value="3" max="4"' in words(desk.get(address))
    assert "3 of 4" in words(desk.get(FILES))
    tasks.take_captures()
    assert [line.held for line in stock_of(MAKES)] == [1]
    answers = desk.get(address, follow=True)
    assert "Accepted (2)" in words(answers)
    assert "Not done yet" not in words(desk.get(FILES))


def test_a_large_file_that_is_none_is_told_afterwards(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(captures, "IN_REQUEST_MAX", 1)
    address = send(desk, data=b"PK\x03\x04", doing="proceed")["Location"]
    tasks.take_captures()
    for page in (words(desk.get(address)), words(desk.get(FILES))):
        assert "NOT_XML" in page
    assert 'http-equiv="refresh"' not in words(desk.get(address))
