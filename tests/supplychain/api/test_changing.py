"""Goods set aside, released, sent back, ended, undone and made anew by programs; lots amended."""

from datetime import date
from typing import Any

import pytest

from supplychain.models import Lot, RecallAnswer
from supplychain.models import Output as Row
from tests.stages import HEALS, MAKES, RULES, SELLS, Stage, a_lot, serials
from tests.supplychain.api.conftest import A_LOT, LOT, NO_READINGS, Program, Programs, problem

SAID = {**A_LOT, "reason": "Because."}
PACKED = a_lot("P9")


@pytest.fixture
def stocked(now: Stage) -> Stage:
    now.register(LOT, 100)
    now.ship(MAKES, LOT, 40, HEALS)
    now.receive(HEALS, LOT, 30, 10)
    now.later()
    return now


def units(state: str, gln: str = HEALS) -> int:
    rows = Row.objects.filter(holder=gln, state=state, spent_by__isnull=True)
    return sum(row.quantity for row in rows)


def done(program: Program, door: str, **members: Any) -> dict[str, Any]:
    response = program.post(door, {**SAID, **members})
    assert response.status_code == 201, response.content
    return dict(response.json())


def test_units_are_set_aside_and_released(stocked: Stage, program: Programs) -> None:
    del stocked
    pharmacy = program(HEALS)
    done(pharmacy, "quarantines", quantity=5)
    assert (units("held"), units("quarantined")) == (25, 15)
    done(pharmacy, "releases", quantity=12)
    assert (units("held"), units("quarantined")) == (37, 3)


def test_units_end_in_each_way_and_from_each_place(stocked: Stage, program: Programs) -> None:
    pharmacy, maker = program(HEALS), program(MAKES)
    done(pharmacy, "samples", quantity=2, state="quarantined")
    done(pharmacy, "decommissions", quantity=3, state="quarantined")
    assert [units(one) for one in ("quarantined", "sampled", "decommissioned")] == [5, 2, 3]
    stocked.later()
    done(maker, "exports", quantity=7)
    assert units("exported", MAKES) == 7
    problem(pharmacy.post("exports", {**SAID, "quantity": 1}), 422, "ROLE_MISSING")


def test_an_end_is_undone_unless_a_patient_has_it(stocked: Stage, program: Programs) -> None:
    pharmacy = program(HEALS)
    done(pharmacy, "samples", quantity=4)
    stocked.later()
    undo = {**SAID, "quantity": 3, "state": "sampled"}
    problem(pharmacy.post("undos", {**undo, "supplied": True}), 422, "WAS_SUPPLIED")
    assert problem(pharmacy.post("undos", undo), 400, "INVALID_REQUEST")["errors"]
    done(pharmacy, "undos", quantity=3, state="sampled", supplied=False)
    assert (units("held"), units("sampled")) == (29, 1)


def test_goods_go_back_and_are_stock_once_they_were_checked(
    stocked: Stage, program: Programs
) -> None:
    pharmacy, maker = program(HEALS), program(MAKES)
    back = {"quantity": 4, "shipment": "R-1", "conditions": NO_READINGS}
    wrong = pharmacy.post("returns", {**SAID, **back, "supplier": SELLS})
    problem(wrong, 422, "NOT_THE_SUPPLIER")
    done(pharmacy, "returns", **back, supplier=MAKES, state="quarantined")
    assert units("quarantined") == 6
    stocked.later()
    (way,) = maker.get("shipments", direction="in").json()["results"]
    arrived = {**A_LOT, "output": way["output"], "received": 4, "conditions": NO_READINGS}
    assert maker.post("receipts", arrived).status_code == 201
    assert units("returned", MAKES) == 4
    stocked.later()
    printed = {**A_LOT, "expiry": "2026-12-31"}
    release = {**SAID, "quantity": 4, "printed": printed}
    problem(maker.post("releases", release), 422, "PRINTED_OTHERWISE")
    done(maker, "releases", quantity=4, printed={**printed, "expiry": "2027-12-31"})
    assert units("returned", MAKES) == 0


def test_a_lot_becomes_others_with_its_loss_declared(stocked: Stage, program: Programs) -> None:
    maker = program(MAKES)
    into = [{"gtin": A_LOT["gtin"], "lot": "A1-S", "uses": 19, "makes": 57}]
    words = {"kind": "repack", "operation": "OP-1", "into": into, "lost": 1}
    too_much = {**SAID, **words, "into": [{**into[0], "uses": 100}]}
    problem(maker.post("transformations", too_much), 422, "MASS_IMBALANCE")
    done(maker, "transformations", **words)
    assert [units(one, MAKES) for one in ("held", "transformed", "destroyed")] == [40, 19, 1]
    stocked.later()
    born = {"gtin": A_LOT["gtin"], "lot": "A1-S", "quantity": 57, "expiry": "2027-12-31"}
    assert maker.post("lots", born).status_code == 201


def test_packs_are_named_wherever_units_change(now: Stage, program: Programs) -> None:
    packs = [str(one) for one in serials(1, 2, 3, 4)]
    now.register(PACKED, 4, packs=serials(1, 2, 3, 4))
    now.later()
    maker, lot = program(MAKES), {"gtin": str(PACKED.gtin), "lot": str(PACKED.lot)}
    done(maker, "quarantines", **lot, quantity=1, packs=packs[:1])
    now.later()
    done(maker, "decommissions", **lot, quantity=1, packs=packs[1:2])
    now.later()
    again = {**SAID, **lot, "quantity": 1, "packs": packs[:1]}
    problem(maker.post("samples", again), 422, "PACK_NOT_HERE")
    found = maker.get(f"lots/{PACKED.gtin}/{PACKED.lot}/packs").json()["results"]
    states = {row["serial"]: row["state"] for row in found}
    assert [states[one] for one in packs] == ["quarantined", "decommissioned", "held", "held"]


def test_a_recall_is_answered_and_lifted(stocked: Stage, program: Programs) -> None:
    pharmacy, maker = program(HEALS), program(MAKES)
    recall = done(maker, "recalls", recall_class="II")["entry_id"]
    stocked.later()
    answer = {**A_LOT, "recall": recall, "found": 30}
    assert pharmacy.post("recalls/answers", answer).status_code == 200
    assert [row.found for row in RecallAnswer.objects.filter(gln=HEALS)] == [30]
    problem(program(SELLS).post("recalls/answers", answer), 422, "RECALL_UNKNOWN")
    lift = {**SAID, "recall": recall}
    problem(pharmacy.post("recalls/lifts", lift), 422, "MAY_NOT_LIFT")
    assert maker.post("recalls/lifts", lift).status_code == 201
    assert maker.get("lots", flag="recalled").json()["count"] == 0


def test_an_expiry_is_extended_and_an_entry_corrected(stocked: Stage, program: Programs) -> None:
    maker = program(MAKES)
    later = {**SAID, "expiry": "2028-06-30"}
    problem(program(HEALS).post("expiries", later), 422, "MAY_NOT_FLAG")
    entry = maker.post("expiries", later).json()["entry_id"]
    assert Lot.objects.get().expiry == date(2028, 6, 30)
    stocked.later()
    problem(program(HEALS).post("corrections", {**SAID, "entry": entry}), 403, "NOT_YOUR_ENTRY")
    done(maker, "corrections", entry=entry)
    problem(program(RULES).post("surpluses", {**SAID, "receipt": entry}), 409, "OVER_UNKNOWN")


def test_what_came_too_much_is_admitted_by_its_giver(stocked: Stage, program: Programs) -> None:
    stocked.ship(MAKES, LOT, 10, HEALS)
    stocked.later()
    pharmacy = program(HEALS)
    (way,) = pharmacy.get("shipments", direction="in").json()["results"]
    arrived = {**A_LOT, "output": way["output"], "received": 10, "conditions": NO_READINGS}
    receipt = pharmacy.post("receipts", {**arrived, "over": 3}).json()["entry_id"]
    assert units("held") == 40
    stocked.later()
    maker = program(MAKES)
    (asked,) = maker.get("needs-you-now").json()["too_many"]
    assert (asked["receipt"], asked["quantity"], asked["receiver"]) == (receipt, 3, HEALS)
    done(maker, "surpluses", receipt=asked["receipt"])
    assert maker.get("needs-you-now").json()["too_many"] == []
    assert units("held") == 43


def test_a_lots_history_is_told_in_epcis(stocked: Stage, program: Programs) -> None:
    stocked.log()
    pharmacy, door = program(HEALS), f"lots/{A_LOT['gtin']}/{A_LOT['lot']}/epcis"
    assert pharmacy.get(door, to=MAKES, codes="link").json()["type"] == "EPCISDocument"
    problem(pharmacy.get(door, to=MAKES), 400, "PREFIX_UNKNOWN")
    assert pharmacy.get(door, to=MAKES, codes="link", version="1.2").content.startswith(b"<?xml")
    problem(pharmacy.get(door, to=MAKES, version="3"), 400, "PARAMETER_MALFORMED")
    problem(pharmacy.get(door, to="1"), 400, "INVALID_GLN")
    problem(program(SELLS).get(door, to=MAKES), 404, "LOT_UNKNOWN")
