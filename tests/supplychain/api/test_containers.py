"""Cases and pallets by programs."""

from typing import Any

import pytest

from tests.stages import HEALS, MAKES, SELLS, a_lot
from tests.supplychain.api.conftest import NO_READINGS, Programs, problem

LOTS = [{"gtin": str(lot.gtin), "lot": str(lot.lot)} for lot in (a_lot("P1"), a_lot("P2"))]
CASE, PALLET = "01/00614141000012/21/C1", "00/106141412345678908"
MANIFEST = [{**lot, "packs": [f"{n}{m}" for m in range(3)]} for n, lot in enumerate(LOTS)]
LOOSE = [{**LOTS[0], "packs": ["9"]}]


def ship(program: Programs, container: str, **headers: str) -> Any:
    body = {
        "containers": [container],
        "receiver": SELLS,
        "shipment": "S-1",
        "conditions": NO_READINGS,
    }
    return program(MAKES).post("containers/shipments", body, **headers)


def contents(program: Programs, party: str, container: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program(party).get(f"containers/{container}").json()["results"]
    return found


@pytest.fixture
def packed(program: Programs) -> Programs:
    """Packs of two lots in one case, and that on a pallet."""
    maker = program(MAKES)
    for lot in MANIFEST:
        packs = [*lot["packs"], *(LOOSE[0]["packs"] if lot["lot"] == "P1" else [])]
        birth = {**lot, "quantity": len(packs), "packs": packs, "expiry": "2027-12-31"}
        assert maker.post("lots", birth).status_code == 201
    answer = maker.post("containers", {"container": CASE, "packs": MANIFEST})
    assert answer.status_code == 201, answer.content
    assert len(answer.json()["receipts"]) == 2
    answer = maker.post("containers", {"container": PALLET, "packs": LOOSE, "children": [CASE]})
    assert answer.status_code == 201, answer.content
    return program


def test_a_pallet_goes_by_its_label(packed: Programs) -> None:
    sent = ship(packed, PALLET, Idempotency_Key="one")
    assert sent.status_code == 201
    again = ship(packed, PALLET, Idempotency_Key="one")
    assert (again.status_code, len(again.json()["receipts"])) == (200, 2)
    assert {row["state"] for row in contents(packed, SELLS, PALLET)} == {"in_transit"}
    arrived = {"containers": [PALLET], "conditions": NO_READINGS}
    assert packed(SELLS).post("containers/receipts", arrived).status_code == 201
    assert len(contents(packed, SELLS, CASE)) == 6
    answer = packed(SELLS).post("containers/unpacked", {"container": PALLET})
    assert answer.status_code == 201, answer.content
    assert contents(packed, SELLS, PALLET) == []
    assert len(contents(packed, SELLS, CASE)) == 6
    assert contents(packed, HEALS, CASE) == []


def test_what_cannot_be_done_with_a_container_is_said(packed: Programs) -> None:
    problem(ship(packed, CASE), 422, "PACKED")
    problem(ship(packed, "00/006141411234567890"), 422, "CONTAINER_EMPTY")
    problem(ship(packed, "00/106141412345678907"), 400, "INVALID_SSCC")
    body = {"container": PALLET, "packs": MANIFEST[:1]}
    problem(packed(MAKES).post("containers", body), 422, "PACKED")
    problem(
        packed(SELLS).post("containers/unpacked", {"container": PALLET}), 422, "CONTAINER_ELSEWHERE"
    )
    problem(packed(MAKES).get("containers/nonsense"), 400, "INVALID_CONTAINER")


def test_units_without_serials_are_packed_listed_judged_and_sent(packed: Programs) -> None:
    maker, lot = packed(MAKES), {"gtin": LOTS[0]["gtin"], "lot": "U1"}
    birth = {**lot, "quantity": 50, "expiry": "2027-12-31"}
    assert maker.post("lots", birth).status_code == 201
    box = "00/006141411234567890"
    twice = [{**lot, "quantity": 10}, {**lot, "quantity": 14}]
    answer = maker.post("containers", {"container": box, "units": twice, "children": [PALLET]})
    assert answer.status_code == 201, answer.content
    rows = [row for row in contents(packed, MAKES, box) if row["lot"] == "U1"]
    assert [(row["units"], row["serial"], row["container"]) for row in rows] == [(24, "", box)]
    problem(
        maker.post("containers", {"container": box, "units": [{**lot, "quantity": 27}]}),
        422,
        "MASS_IMBALANCE",
    )
    assert len(ship(packed, box).json()["receipts"]) == 3
    arrived = {"containers": [box], "conditions": NO_READINGS}
    assert packed(SELLS).post("containers/receipts", arrived).status_code == 201
    assert {row["state"] for row in contents(packed, SELLS, box)} == {"held"}
