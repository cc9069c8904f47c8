"""Entries that were signed elsewhere, one and many."""

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from ledger.core.entry import sign
from ledger.core.signatures import PrivateKey
from ledger.core.statement import Attachment
from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.identifiers import Gln
from supplychain.domain.statements import Dispense, Ship
from supplychain.queries.stock import parcels
from supplychain.recording.conditions import claim_of
from tests.stages import HEALS, LIES, MAKES, RULES, SELLS, Stage, readings
from tests.supplychain.api.conftest import (
    LOT,
    Programs,
    dispatch,
    dispatch_statement,
    own_key_of,
    problem,
    statement,
)


def test_an_entry_is_accepted_then_logged(
    traded: Stage, own_key: PrivateKey, program: Programs
) -> None:
    seller = program(SELLS, "operator")
    response = seller.post("entries", {"entry": dispatch(traded, own_key)})
    assert response.status_code == 201
    receipt = response.json()
    assert receipt["state"] == "accepted"
    assert receipt["evidence"].endswith(f"/api/v1/lots/{LOT.gtin}/{LOT.lot}/evidence")
    address = receipt["entry"].removeprefix("http://127.0.0.1:8000/api/v1/")
    state = seller.get(address).json()
    assert (state["state"], state["index"]) == ("accepted", None)
    traded.log()
    state = seller.get(address).json()
    assert state["state"] == "logged"
    assert state["index"] < state["checkpoint_size"]


def test_who_prefers_to_wait_is_told_the_index(
    traded: Stage, own_key: PrivateKey, program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    seller, text = program(SELLS), dispatch(traded, own_key)
    monkeypatch.setattr("supplychain.api.receipts.time.sleep", lambda _: traded.log())
    response = seller.post("entries", {"entry": text}, Prefer="respond-async, wait=1")
    assert response["Preference-Applied"] == "wait=1"
    assert response.json()["state"] == "logged"
    assert isinstance(response.json()["index"], int)


def test_nobody_waits_longer_than_five_seconds(
    traded: Stage, own_key: PrivateKey, program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr("supplychain.api.receipts.time.monotonic", lambda: next(clock))
    monkeypatch.setattr("supplychain.api.receipts.time.sleep", lambda _: None)
    response = program(SELLS).post(
        "entries", {"entry": dispatch(traded, own_key)}, Prefer="wait=3600"
    )
    assert response["Preference-Applied"] == "wait=5"
    assert response.json()["state"] == "accepted"
    assert next(clock) < 10


def test_each_of_many_has_its_own_answer(
    traded: Stage, own_key: PrivateKey, program: Programs
) -> None:
    good = dispatch(traded, own_key)
    foreign = own_key_of(traded, LIES)
    lie = sign(replace(dispatch_statement(traded), nonce=bytes(16)), foreign)
    entries: list[Any] = [{"entry": one} for one in (good, "junk", good, lie)]
    entries += [7, {"entry": 7}, {"entry": good, "colour": "blue"}]
    response = program(SELLS).post("entries", {"entries": entries})
    assert response.status_code == 200
    results = response.json()["results"]
    assert [one["status"] for one in results] == [201, 400, 200, 409, 400, 400, 400]
    assert results[0]["receipt"]["entry_id"] == results[2]["receipt"]["entry_id"]
    codes = [one["problem"]["code"] for one in results if "problem" in one]
    assert codes[1:] == ["OUTPUT_USED", "WRONG_SHAPE", "WRONG_SHAPE", "MEMBER_UNKNOWN"]


@pytest.mark.parametrize("entries", [[], {}, "x", None, [{"entry": "x"}] * 501])
def test_many_is_one_to_five_hundred(program: Programs, entries: Any) -> None:
    response = program(SELLS).post("entries", {"entries": entries})
    assert response.status_code == 400
    assert response.json()["code"] in ("WRONG_SHAPE", "OUT_OF_BOUNDS")


def test_another_partys_entry_is_not_taken_from_us(
    traded: Stage, own_key: PrivateKey, program: Programs
) -> None:
    text = dispatch(traded, own_key)
    problem(program(LIES).post("entries", {"entry": text}), 403, "NOT_YOUR_ENTRY")
    many = program(LIES).post("entries", {"entries": [{"entry": text}]}).json()["results"]
    assert [(one["status"], one["problem"]["code"]) for one in many] == [(403, "NOT_YOUR_ENTRY")]
    assert program(RULES).post("entries", {"entry": text}).status_code == 201


def test_an_entry_is_shown_to_those_whom_it_concerns_only(traded: Stage, program: Programs) -> None:
    entry = traded.ship(MAKES, LOT, 5, HEALS).entry_id
    seen = {gln: program(gln).get(f"entries/{entry}") for gln in (MAKES, HEALS, RULES)}
    assert {one.status_code for one in seen.values()} == {200}
    for other in (SELLS, LIES):
        problem(program(other).get(f"entries/{entry}"), 404, "ENTRY_UNKNOWN")


@pytest.mark.parametrize("entry_id", ["0" * 64, "x", "0" * 63 + "G", "\u0660" * 64])
def test_an_entry_that_is_not_there_is_not_found(program: Programs, entry_id: str) -> None:
    problem(program(MAKES).get(f"entries/{entry_id}"), 404, "ENTRY_UNKNOWN")


def with_readings(on: Stage, key: PrivateKey) -> tuple[str, dict[str, Any]]:
    """A dispatch that cites a logger's readings, and those readings as they are posted."""
    raw = b"time,temperature_c\n"
    given = readings(on.now - timedelta(hours=1), on.now)
    claim: ConditionsClaim = claim_of(given, "unmonitored/1", None)
    said = Ship.of(
        giver=Gln(SELLS),
        receiver=Gln(HEALS),
        quantity=40,
        rest=60,
        shipment="S",
        conditions=claim,
    )
    file = Attachment(sha256(raw).hexdigest(), "text/csv", len(raw))
    found = replace(statement(on, said, (parcels(SELLS, LOT)[0].ref,)), attachments=(file,))
    (series,) = given.series
    posted = {"device": series.device, "readings": [list(one) for one in series.readings]}
    attached = {"media": "text/csv", "content": b64encode(raw).decode()}
    return sign(found, key), {"readings": [posted], "attachments": [attached]}


def test_readings_and_files_come_along(
    traded: Stage, own_key: PrivateKey, program: Programs
) -> None:
    text, cited = with_readings(traded, own_key)
    seller = program(SELLS)
    problem(seller.post("entries", {"entry": text}), 422, "READINGS_MISSING")
    assert seller.post("entries", {"entry": text, **cited}).status_code == 201


@pytest.mark.parametrize(
    ("cited", "code"),
    [
        ({"readings": []}, "OUT_OF_BOUNDS"),
        ({"readings": [{"device": "L", "readings": [[1]]}]}, "WRONG_SHAPE"),
        ({"readings": [{"device": "L", "readings": [[1, True]]}]}, "WRONG_SHAPE"),
        ({"readings": [{"device": "L", "readings": [[2, 5], [1, 5]]}]}, "TIME_ORDER"),
        ({"readings": [{"device": "L", "readings": [[1, 5]], "file": "x"}]}, "FILE_HASH"),
        (
            {"readings": [{"device": "L", "readings": [[1, 5]], "calibrated": "2026-02-30"}]},
            "NO_SUCH_DAY",
        ),
        ({"attachments": [{"media": "text/csv", "content": "!"}]}, "MALFORMED_BASE64"),
        ({"attachments": [{"media": "text/csv", "content": 7}]}, "WRONG_SHAPE"),
        ({"attachments": [{"media": "text/csv"}]}, "MEMBER_MISSING"),
    ],
)
def test_what_comes_along_has_a_form(
    traded: Stage, own_key: PrivateKey, program: Programs, cited: dict[str, Any], code: str
) -> None:
    text = dispatch(traded, own_key)
    problem(program(SELLS).post("entries", {"entry": text, **cited}), 400, code)


def test_a_file_that_the_statement_does_not_name_is_refused(
    traded: Stage, own_key: PrivateKey, program: Programs
) -> None:
    cited = {"attachments": [{"media": "text/csv", "content": "AAAA"}]}
    text = dispatch(traded, own_key)
    response = program(SELLS).post("entries", {"entry": text, **cited})
    problem(response, 422, "ATTACHMENT_WRONG")


def test_a_full_inbox_pushes_back(
    traded: Stage, own_key: PrivateKey, program: Programs, settings: Any
) -> None:
    settings.INBOX_MAX = -1
    response = program(SELLS).post("entries", {"entry": dispatch(traded, own_key)})
    problem(response, 503, "OVERLOADED")
    assert int(response["Retry-After"]) >= 1


def test_a_rule_of_the_trade_is_named(
    traded: Stage, own_key: PrivateKey, program: Programs
) -> None:
    said = Dispense.of(holder=Gln(SELLS), quantity=100, rest=0)
    text = sign(statement(traded, said, (parcels(SELLS, LOT)[0].ref,)), own_key)
    body = problem(program(SELLS).post("entries", {"entry": text}), 422, "ROLE_MISSING")
    assert body["rule"].startswith("R")


@pytest.mark.usefixtures("traded")
def test_an_answer_about_entries_has_no_policy_for_pages_and_cannot_be_taken_for_one(
    program: Programs,
) -> None:
    seller = program(SELLS)
    answer = seller.post("entries", {})
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" not in answer
    assert "Content-Security-Policy" in seller.get("lots")
