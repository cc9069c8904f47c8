"""The exceptions inbox for programs."""

import pytest

from supplychain.models import ExceptionCase
from tests.stages import LIES, MAKES, SELLS, Stage
from tests.supplychain.api.conftest import LOT, Programs

CASE = {
    "kind": "short",
    "gtin": str(LOT.gtin),
    "lot": str(LOT.lot),
    "expected": 10,
    "found": 9,
    "shipment": "S-1",
    "wanted": "Send product",
}


def test_a_case_is_opened_read_told_and_closed(program: Programs) -> None:
    mine = program(SELLS)
    made = mine.post("exceptions", CASE, Idempotency_Key="k1")
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    assert mine.post("exceptions", CASE, Idempotency_Key="k1").json()["number"] == number
    assert mine.get("exceptions").json()["results"][0]["next_action"].startswith("Look")
    told = mine.get(f"exceptions/{number}/message").json()
    assert told["exceptions"]["underages"][0]["quantity_ordered"] == 10
    closed = mine.post(f"exceptions/{number}/closing", {"words": "Sent"}).json()
    assert (closed["open"], closed["closed_as"]) == (False, "Sent")
    assert mine.get(f"exceptions/{number}/message").json()["case_resolved"] is True
    again = mine.post(f"exceptions/{number}/closing", {"words": "Sent"})
    assert (again.status_code, again.json()["code"]) == (422, "CASE_UNKNOWN")


def test_a_receipt_over_the_api_fills_the_inbox(program: Programs, stage: Stage) -> None:
    stage.register(LOT, 10)
    stage.ship(MAKES, LOT, 10, SELLS)
    stage.receive(SELLS, LOT, 9)
    (one,) = program(SELLS).get("exceptions", q="short").json()["results"]
    assert (one["found"], one["partner"], one["output"]) == (9, MAKES, 1)


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"kind": "odd"}, 400, "INVALID_REQUEST"),
        ({"colour": "red"}, 400, "INVALID_REQUEST"),
        ({"found": 11}, 400, "CASE_COUNTS"),
        ({"gtin": "00614141000013"}, 400, "INVALID_GTIN"),
        ({"found": "9"}, 400, "INVALID_REQUEST"),
    ],
)
def test_a_case_that_is_none_is_refused(
    program: Programs, changed: dict[str, object], status: int, code: str
) -> None:
    answer = program(SELLS).post("exceptions", CASE | changed)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not ExceptionCase.objects.exists()


def test_others_find_no_such_case(program: Programs) -> None:
    number = program(SELLS).post("exceptions", CASE).json()["number"]
    stranger = program(LIES)
    for address in (f"exceptions/{number}", f"exceptions/{number}/message"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"exceptions/{number}/closing", {"words": "x"}).status_code == 404
    assert program(SELLS, "viewer").post("exceptions", CASE).status_code == 403
