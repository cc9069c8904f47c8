"""EPCIS capture in GS1's own language: left, asked after, and refused."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from supplychain import tasks
from supplychain.api import epcis_doors
from supplychain.formats.xml_tree import BYTES_MAX
from supplychain.queries.stock import stock_of
from supplychain.services.submit_capture import submit_capture
from tests.stages import MAKES, SELLS, Stage
from tests.supplychain.api.conftest import Program, Programs
from tests.supplychain.formats.epcis_files import born, document, pack, seen, shipped
from tests.supplychain.services.test_import_epcis import BUYER, LOT

GOOD = document(born(pack(1), pack(2)), shipped(pack(1), receiver=BUYER))
PARTLY = document(born(pack(3)), seen(pack(9), biz_step="dispensing", minute=8))
XML = "application/xml"


@pytest.fixture
def maker(now: Stage, program: Programs) -> Program:
    now.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    now.catalogue(str(LOT.gtin), "Examplin", "unmonitored/1")
    return program(MAKES)


def capture(program: Program, data: bytes, kind: str = XML, **headers: str) -> Any:
    return program.send("capture", data, content_type=kind, **headers)


def job(program: Program, answer: Any) -> Any:
    return program.get(answer["Location"].split("/api/v1/")[1])


def exception(response: Any, status: int, kind: str, code: str) -> None:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    told = response.json()
    assert (told["type"], told["code"]) == (f"epcisException:{kind}", code)


@pytest.mark.parametrize("kind", [XML, "text/xml"])
def test_a_file_is_left_and_the_job_says_what_became(maker: Program, kind: str) -> None:
    answer = capture(maker, GOOD, kind)
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer["GS1-EPCIS-Version"] == "2.0.0"
    waits = job(maker, answer).json()
    assert waits["captureID"] in answer["Location"]
    assert (waits["running"], waits["success"], waits["errors"]) == (True, True, [])
    assert "finishedAt" not in waits
    assert stock_of(MAKES) == []
    tasks.take_captures()
    told = job(maker, answer).json()
    assert (told["running"], told["success"], told["errors"]) == (False, True, [])
    assert told["createdAt"] <= told["finishedAt"]
    assert [line.held for line in stock_of(MAKES)] == [1]


def test_what_a_person_looks_over_is_no_capture(maker: Program, now: Stage) -> None:
    number = uuid4()
    submit_capture(
        number=number,
        party=MAKES,
        data=GOOD,
        name="trade.xml",
        on_error="look",
        by="mara",
        at=now.later(),
    )
    assert maker.get("capture").json() == []
    assert maker.get(f"capture/{number}").status_code == 404


def test_all_events_are_taken_or_none_unless_it_may_proceed(maker: Program, now: Stage) -> None:
    nothing = capture(maker, PARTLY)
    now.later()
    some = capture(maker, PARTLY, **{"GS1-Capture-Error-Behaviour": "proceed"})
    tasks.take_captures()
    told = [job(maker, one).json() for one in (nothing, some)]
    assert [one["captureErrorBehaviour"] for one in told] == ["rollback", "proceed"]
    assert [one["success"] for one in told] == [False, False]
    assert [len(one["errors"]) for one in told] == [2, 1]
    fault = told[1]["errors"][0]
    assert (fault["type"], fault["status"]) == ("epcisException:ValidationException", 400)
    assert fault["event"] == 2
    assert fault["detail"]
    assert [line.held for line in stock_of(MAKES)] == [1]


def test_a_file_that_is_none_is_the_jobs_error(maker: Program) -> None:
    answer = capture(maker, b"{", "application/ld+json")
    tasks.take_captures()
    told = job(maker, answer).json()
    assert (told["success"], told["errors"][0]["code"]) == (False, "NOT_JSON")


def test_each_no_is_one_of_gs1s_exceptions(
    maker: Program, program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    exception(capture(maker, b""), 400, "ValidationException", "NOTHING_SENT")
    odd = {"GS1-Capture-Error-Behaviour": "odd"}
    exception(capture(maker, GOOD, **odd), 400, "ValidationException", "PARAMETER_MALFORMED")
    exception(capture(Program("wrong"), GOOD), 401, "SecurityException", "TOKEN_INVALID")
    exception(capture(program(MAKES, "operator"), GOOD), 403, "SecurityException", "ROLE_FORBIDDEN")
    gone = maker.get("capture/00000000-0000-4000-8000-000000000000")
    exception(gone, 404, "NoSuchResourceException", "NOT_FOUND")
    future = {"GS1-EPCIS-Version": "3.0"}
    exception(capture(maker, GOOD, **future), 406, "NotAcceptedException", "NOT_ACCEPTABLE")
    exception(
        capture(maker, GOOD, "text/csv"),
        415,
        "UnsupportedMediaTypeException",
        "UNSUPPORTED_MEDIA_TYPE",
    )
    packed = {"Content-Encoding": "gzip"}
    exception(
        capture(maker, GOOD, **packed),
        415,
        "UnsupportedMediaTypeException",
        "UNSUPPORTED_MEDIA_TYPE",
    )
    monkeypatch.setattr(epcis_doors, "BYTES_MAX", 100)
    exception(capture(maker, GOOD), 413, "CaptureLimitExceededException", "TOO_LARGE")


def test_jobs_are_listed_for_their_own_organisation_page_by_page(
    maker: Program, program: Programs
) -> None:
    for _ in range(3):
        capture(maker, GOOD)
    first = maker.get("capture", perPage="2")
    assert len(first.json()) == 2
    link = first["Link"].split(">")[0].lstrip("<").split("/api/v1/")[1]
    last = maker.get(link)
    assert len(last.json()) == 1
    assert "Link" not in last
    assert program(SELLS).get("capture").json() == []
    one = first.json()[0]["captureID"]
    assert program(SELLS).get(f"capture/{one}").status_code == 404


def test_what_may_be_done_and_how_much_is_discovered(maker: Program) -> None:
    answer = Client().options("/api/v1/capture", headers=maker.headers())
    assert (answer.status_code, answer.content) == (204, b"")
    assert "POST" in answer["Allow"]
    assert int(answer["GS1-EPCIS-Capture-File-Size-Limit"]) == BYTES_MAX
    assert int(answer["GS1-EPCIS-Capture-Limit"]) > 0
