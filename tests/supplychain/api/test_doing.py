"""Everything an organisation does with a key in our keeping, through the API."""

from typing import Any

import pytest

from tests.stages import HEALS, HEALS_TOO, INSULIN, LIES, MAKES, RULES, SELLS, Stage
from tests.supplychain.api.conftest import A_LOT, LOT, NO_READINGS, Program, Programs, problem

CSV = "time,temperature_c\n2026-03-02T12:00:00Z,5.1\n2026-03-02T12:10:00Z,5.3\n"


def new_lot(**members: Any) -> dict[str, Any]:
    return {**A_LOT, "quantity": 100, "expiry": "2027-12-31", **members}


def new_shipment(**members: Any) -> dict[str, Any]:
    words = {"receiver": HEALS, "shipment": "S-1", "conditions": NO_READINGS}
    return {**A_LOT, "quantity": 40, **words, **members}


def inbound(program: Program) -> dict[str, Any]:
    (line,) = program.get("shipments", direction="in").json()["results"]
    return dict(line)


def arrived(program: Program, **members: Any) -> dict[str, Any]:
    words = {"output": inbound(program)["output"], "conditions": NO_READINGS}
    return {**A_LOT, "received": 40, **words, **members}


def test_a_lot_goes_from_maker_to_patient(now: Stage, program: Programs) -> None:
    maker, pharmacy = program(MAKES), program(HEALS)
    response = maker.post("lots", new_lot())
    assert response.status_code == 201
    receipt = response.json()
    assert (receipt["state"], receipt["known"]) == ("accepted", False)
    assert receipt["stream"] == LOT.stream
    assert response["Location"] == f"/api/v1/entries/{receipt['entry_id']}"
    now.later()
    assert maker.post("shipments", new_shipment(order="PO-1")).status_code == 201
    now.later()
    body = arrived(pharmacy, received=38, damaged=1, note="One is crushed.")
    assert pharmacy.post("receipts", body).status_code == 201
    assert inbound(pharmacy)["quantity"] == 1
    now.later()
    assert pharmacy.post("dispenses", {**A_LOT, "quantity": 3}).status_code == 201
    now.log()
    (line,) = pharmacy.get("stock").json()["results"]
    assert (line["held"], line["quarantined"]) == (35, 1)
    verdict = pharmacy.get("verify", code=f"01{LOT.gtin}10{LOT.lot}").json()
    assert verdict["ticks"]["genuine"] == "good"


def test_damaged_units_are_destroyed_and_lost_ones_reported(now: Stage, program: Programs) -> None:
    maker, pharmacy = program(MAKES), program(HEALS)
    now.register(LOT, 100)
    now.ship(MAKES, LOT, 40, HEALS)
    now.later()
    pharmacy.post("receipts", arrived(pharmacy, received=35, damaged=3))
    words = {**A_LOT, "quantity": 3, "reason": "Crushed.", "quarantined": True}
    assert pharmacy.post("destructions", words).status_code == 201
    loss = {**A_LOT, "quantity": 2, "kind": "stolen", "reason": "On the road."}
    output = inbound(pharmacy)["output"]
    assert maker.post("losses", {**loss, "output": output}).status_code == 201
    assert pharmacy.post("losses", {**loss, "kind": "lost"}).status_code == 201
    (line,) = pharmacy.get("stock").json()["results"]
    assert (line["held"], line["quarantined"]) == (33, 0)
    assert pharmacy.get("shipments").json()["count"] == 0


def test_a_dispatch_is_taken_back(traded: Stage, program: Programs) -> None:
    maker = program(MAKES)
    maker.post("shipments", new_shipment())
    traded.later()
    words = {**A_LOT, "output": inbound(program(HEALS))["output"], "reason": "Wrong lorry."}
    problem(program(LIES).post("voids", words), 422, "NOT_GIVER")
    assert maker.post("voids", words).status_code == 201
    assert program(HEALS).get("shipments").json()["count"] == 0
    problem(maker.post("voids", words), 409, "NOT_IN_TRANSIT")


def test_a_hold_is_placed_and_lifted_and_a_recall_stands(traded: Stage, program: Programs) -> None:
    maker, seller = program(MAKES, "qa"), program(SELLS)
    hold = maker.post("holds", {**A_LOT, "reason": "A complaint."}).json()["entry_id"]
    traded.later()
    problem(seller.post("shipments", new_shipment()), 422, "ON_HOLD")
    lift = {**A_LOT, "hold": hold, "reason": "Nothing found."}
    problem(seller.post("holds/lifts", lift), 422, "MAY_NOT_LIFT")
    assert maker.post("holds/lifts", lift).status_code == 201
    assert seller.post("shipments", new_shipment()).status_code == 201
    recall = {**A_LOT, "recall_class": "I", "reason": "Glass."}
    assert program(RULES).post("recalls", recall).status_code == 201
    (line,) = maker.get("lots", flag="recalled").json()["results"]
    assert [flag["kind"] for flag in line["flags"]] == ["recall"]
    assert maker.get("lots", flag="on_hold").json()["count"] == 0


def test_readings_come_as_a_file_or_typed(now: Stage, program: Programs) -> None:
    maker = program(MAKES)
    lot = {"gtin": INSULIN, "lot": "I1"}
    maker.post("lots", new_lot(**lot))
    now.later()
    typed = [
        {"time": "2026-03-02 13:00", "value": 5.1, "unit": "C"},
        {"time": "2026-03-02 13:10", "value": "5,3", "unit": "C"},
    ]
    ways = (
        {"csv": CSV, "device": "LOGGER-1", "calibrated": "2026-01-31"},
        {"readings": typed, "zone": "+01:00"},
    )
    for way in ways:
        body = new_shipment(**lot, conditions=way)
        assert maker.post("shipments", body).status_code == 201, way
        now.later()
    now.log()
    movements = maker.get(f"lots/{INSULIN}/I1").json()["movements"]
    assert [one["leg"]["state"] for one in movements if one["leg"]] == ["IN_RANGE", "IN_RANGE"]


@pytest.mark.parametrize(
    ("conditions", "status", "code"),
    [
        ({}, 400, "CONDITIONS_AMBIGUOUS"),
        ({"none": "not_required", "csv": CSV}, 400, "CONDITIONS_AMBIGUOUS"),
        ({"none": "too_lazy"}, 400, "INVALID_REQUEST"),
        ({"csv": "time,temperature_c\nyesterday,5\n"}, 400, "TIME_NOT_ISO"),
        ({"csv": "time,temperature\n2026-03-02T12:00:00Z,5\n"}, 400, "UNIT_NEEDED"),
        ({"csv": "time,temperature_c\n2026-03-02 12:00,5\n"}, 400, "ZONE_NEEDED"),
        ({"csv": CSV, "zone": "CET"}, 400, "INVALID_ZONE"),
        ({"csv": CSV, "device": "\u00e9"}, 400, "DEVICE_NAME"),
        ({"csv": CSV, "colour": "blue"}, 400, "INVALID_REQUEST"),
    ],
)
@pytest.mark.usefixtures("traded")
def test_bad_conditions_are_refused(
    program: Programs, conditions: Any, status: int, code: str
) -> None:
    problem(program(SELLS).post("shipments", new_shipment(conditions=conditions)), status, code)


@pytest.mark.usefixtures("traded")
def test_every_bad_row_of_a_file_is_told(program: Programs) -> None:
    csv = "time,temperature_c\n2026-03-02T12:00:00Z,warm\n2026-13-02T12:00:00Z,5\n"
    response = program(SELLS).post("shipments", new_shipment(conditions={"csv": csv}))
    errors = problem(response, 400, "NOT_A_NUMBER")["errors"]
    assert [(one["field"], one["code"]) for one in errors] == [
        ("row 2, temperature", "NOT_A_NUMBER"),
        ("row 3, time", "TIME_NONE_SUCH"),
    ]


@pytest.mark.usefixtures("traded")
def test_units_of_typed_readings_are_not_mixed(program: Programs) -> None:
    typed = [
        {"time": "2026-03-02T12:00:00Z", "value": 5, "unit": "C"},
        {"time": "2026-03-02T12:10:00Z", "value": 41, "unit": "F"},
    ]
    response = program(SELLS).post("shipments", new_shipment(conditions={"readings": typed}))
    problem(response, 400, "UNITS_MIXED")


def test_every_wrong_member_is_told(program: Programs) -> None:
    body = {"gtin": "1", "lot": 7, "quantity": "100", "colour": "blue", "expiry": "31.12.2027"}
    errors = problem(program(MAKES).post("lots", body), 400, "INVALID_REQUEST")["errors"]
    assert {one["field"] for one in errors} == {"gtin", "lot", "quantity", "colour", "expiry"}
    assert {one["code"] for one in errors if one["field"] == "colour"} == {"UNKNOWN"}


@pytest.mark.parametrize("quantity", [True, 1.0, "1", 0, -1, 10**10, None, [1]])
def test_a_quantity_is_a_whole_number_from_one(program: Programs, quantity: Any) -> None:
    response = program(MAKES).post("lots", new_lot(quantity=quantity))
    problem(response, 400, "INVALID_REQUEST")


def test_a_product_is_put_into_the_catalogue_once(program: Programs) -> None:
    maker = program(MAKES, "operator")
    body = {
        "gtin": "00614141000036",
        "name": "Ibuprofen",
        "strength": "400 mg",
        "form": "20 tablets",
        "profile": "below-25/1",
    }
    assert maker.post("products", body).status_code == 201
    assert maker.post("products", body).status_code == 201
    problem(maker.post("products", {**body, "form": "30 tablets"}), 409, "PRODUCT_KNOWN")
    problem(program(SELLS).post("products", body), 422, "ROLE_MISSING")
    assert maker.get("products", q="ibu").json()["results"] == [body]


def test_an_idempotency_key_does_a_thing_once(traded: Stage, program: Programs) -> None:
    seller = program(SELLS)
    first = seller.post("shipments", new_shipment(), Idempotency_Key="k1")
    traded.later()
    again = seller.post("shipments", new_shipment(), Idempotency_Key="k1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["entry_id"] == again.json()["entry_id"]
    assert (first.json()["known"], again.json()["known"]) == (False, True)
    assert inbound(program(HEALS))["quantity"] == 40
    other = seller.post("shipments", new_shipment(quantity=1), Idempotency_Key="k1")
    problem(other, 409, "IDEMPOTENCY_KEY_REUSED")
    elsewhere = seller.post("dispenses", {**A_LOT, "quantity": 1}, Idempotency_Key="k1")
    problem(elsewhere, 409, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.usefixtures("traded")
def test_the_same_key_of_two_organisations_is_two_keys(program: Programs) -> None:
    seller = program(SELLS).post("shipments", new_shipment(), Idempotency_Key="k1")
    maker = program(MAKES).post("shipments", new_shipment(), Idempotency_Key="k1")
    assert (seller.status_code, maker.status_code) == (201, 201)
    assert seller.json()["entry_id"] != maker.json()["entry_id"]


@pytest.mark.usefixtures("traded")
def test_a_refused_request_does_not_use_up_its_key(program: Programs) -> None:
    seller = program(SELLS)
    too_much = seller.post("shipments", new_shipment(quantity=101), Idempotency_Key="k1")
    problem(too_much, 422, "MASS_IMBALANCE")
    assert seller.post("shipments", new_shipment(), Idempotency_Key="k1").status_code == 201


@pytest.mark.parametrize("key", ["k" * 256, "\u00e9", "a\tb"])
@pytest.mark.usefixtures("traded")
def test_a_malformed_key_is_refused(program: Programs, key: str) -> None:
    response = program(SELLS).post("shipments", new_shipment(), Idempotency_Key=key)
    problem(response, 400, "IDEMPOTENCY_KEY_MALFORMED")


def test_a_second_pharmacy_does_not_receive_what_is_for_the_first(
    traded: Stage, program: Programs
) -> None:
    program(SELLS).post("shipments", new_shipment())
    traded.later()
    body = arrived(program(HEALS))
    problem(program(HEALS_TOO).post("receipts", body), 422, "NOT_RECEIVER")
