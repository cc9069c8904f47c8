"""Packs with serial numbers, by the organisation's kept key and by one of its own."""

from typing import Any

import pytest

from ledger import signers
from ledger.core.entry import sign
from ledger.core.evidence import Evidence
from ledger.core.set_trees import SetTree
from ledger.core.sets import member_key
from ledger.core.signatures import OPENSSL, PrivateKey
from ledger.core.verification import verify
from supplychain.domain.conditions_claim import ConditionsClaim, NoReadings
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import Expiry
from supplychain.domain.packs import Pack, PackSet
from supplychain.domain.products import Product
from supplychain.domain.statements import LotRegister, Ship, committed
from supplychain.queries.stock import parcels
from tests.stages import GOOD_UNTIL, HEALS, MAKES, SELLS, Stage, a_lot
from tests.supplychain.api.conftest import NO_READINGS, Programs, own_key_of, problem, statement

LOT = a_lot("P1")
A_LOT = {"gtin": str(LOT.gtin), "lot": str(LOT.lot)}
SERIALS = [f"A/{n}" for n in range(12)]
BIRTH = {**A_LOT, "quantity": 12, "expiry": "2027-12-31", "packs": SERIALS}


@pytest.fixture
def born(stage: Stage, program: Programs) -> Stage:
    assert program(MAKES).post("lots", BIRTH).status_code == 201
    return stage


def ship(program: Programs, packs: list[str], quantity: int | None = None) -> Any:
    body = {
        **A_LOT,
        "quantity": len(packs) if quantity is None else quantity,
        "receiver": SELLS,
        "shipment": "S-1",
        "conditions": NO_READINGS,
        "packs": packs,
    }
    return program(MAKES).post("shipments", body)


def receive(program: Programs, output: str, **more: Any) -> Any:
    body = {**A_LOT, "output": output, "conditions": NO_READINGS}
    return program(SELLS).post("receipts", body | more)


def packs_of(program: Programs, party: str) -> dict[str, dict[str, str]]:
    found = program(party).get(f"lots/{LOT.gtin}/{LOT.lot}/packs").json()["results"]
    return {row["serial"]: row for row in found}


@pytest.mark.usefixtures("born")
def test_packs_go_from_hand_to_hand(program: Programs) -> None:
    assert ship(program, SERIALS[:5]).status_code == 201
    waiting = packs_of(program, SELLS)
    assert sorted(waiting) == SERIALS[:5]
    output = waiting["A/0"]["output"]
    good, bad = SERIALS[:3], SERIALS[3:4]
    counts = {"received": 3, "damaged": 1, "packs": good, "damaged_packs": bad}
    assert receive(program, output, **counts).status_code == 201
    states = {serial: row["state"] for serial, row in packs_of(program, SELLS).items()}
    assert states == {
        "A/0": "held", "A/1": "held", "A/2": "held", "A/3": "quarantined", "A/4": "in_transit",
    }  # fmt: skip


@pytest.mark.usefixtures("born")
@pytest.mark.parametrize(
    ("packs", "quantity", "status", "code"),
    [
        (["A/1", "A/99"], 2, 422, "PACK_NOT_HERE"),
        (["A/1", "A/1"], 2, 422, "PACK_TWICE"),
        (["A/1"], 2, 422, "PACKS_MISCOUNTED"),
        (["Ä"], 1, 400, "INVALID_SERIAL"),
    ],
)
def test_packs_that_cannot_be_shipped_are_named(
    program: Programs, packs: list[str], quantity: int, status: int, code: str
) -> None:
    problem(ship(program, packs, quantity), status, code)


@pytest.mark.usefixtures("born")
def test_units_of_a_lot_with_serials_do_not_go_without(program: Programs) -> None:
    body = {
        **A_LOT,
        "quantity": 2,
        "receiver": SELLS,
        "shipment": "S-1",
        "conditions": NO_READINGS,
    }
    problem(program(MAKES).post("shipments", body), 422, "PACKS_NOT_NAMED")


def test_a_lot_has_as_many_packs_as_units(program: Programs) -> None:
    problem(program(MAKES).post("lots", BIRTH | {"quantity": 13}), 422, "PACKS_DISAGREE")


def test_a_pack_is_born_once(program: Programs) -> None:
    program(MAKES).post("lots", BIRTH)
    again = {**BIRTH, "lot": "P2", "quantity": 1, "packs": ["A/3"]}
    problem(program(MAKES).post("lots", again), 409, "PACK_BORN_TWICE")


@pytest.mark.usefixtures("born")
def test_nobody_sees_the_packs_of_others(program: Programs) -> None:
    assert packs_of(program, HEALS) == {}
    assert sorted(packs_of(program, MAKES)) == sorted(SERIALS)


@pytest.fixture
def own_key(born: Stage, program: Programs) -> PrivateKey:
    """The seller has five packs, and a key of its own."""
    ship(program, SERIALS[:5])
    receive(program, packs_of(program, SELLS)["A/0"]["output"], received=5)
    return own_key_of(born, SELLS)


def signed(stage: Stage, program: Programs, key: PrivateKey, packs: list[str]) -> str:
    """A dispatch of the seller's own making: it works its sets out from its packs and salts."""
    keys = {
        serial: member_key(f"{LOT.gtin}/{serial}", bytes.fromhex(row["salt"]))
        for serial, row in packs_of(program, SELLS).items()
    }
    tree = SetTree(lambda _hashes: {})
    parts = [
        tree.of(keys[serial] for serial in packs),
        tree.of(one for serial, one in keys.items() if serial not in packs),
    ]
    said = Ship.of(
        giver=Gln(SELLS),
        receiver=Gln(HEALS),
        quantity=parts[0].size,
        rest=parts[1].size,
        shipment="S-2",
        conditions=ConditionsClaim(none=NoReadings.NOT_REQUIRED),
    )
    packed = committed(said, [PackSet(part.hash.hex(), part.size) for part in parts])
    consumes = (parcels(SELLS, LOT)[0].ref,)
    return sign(statement(stage, packed, consumes, LOT), key)


def test_who_signs_by_itself_works_its_sets_out_by_itself(
    born: Stage, program: Programs, own_key: PrivateKey
) -> None:
    text = signed(born, program, own_key, ["A/1", "A/4"])
    seller = program(SELLS, "operator")
    wrong: dict[str, Any]
    for wrong, code in (
        ({}, "PACKS_NOT_NAMED"),
        ({"packs": {"0": ["A/1", "A/3"]}}, "PACKS_DISAGREE"),
        ({"packs": {"0": ["A/1"], "1": ["A/4"]}}, "PACKS_NOT_NAMED"),
        ({"packs": {"0": ["A/1", "A/7"]}}, "PACK_NOT_HERE"),
    ):
        problem(seller.post("entries", {"entry": text, **wrong}), 422, code)
    for wrong in ({"packs": {"00": ["A/1"]}}, {"packs": ["A/1"]}, {"packs": {"0": [1]}}):
        problem(seller.post("entries", {"entry": text, **wrong}), 400, "WRONG_SHAPE")
    told = {"entry": text, "packs": {"0": ["A/1", "A/4"]}}
    assert seller.post("entries", told).status_code == 201
    assert seller.post("entries", {"entry": text}).status_code == 200  # it stands already
    assert sorted(packs_of(program, HEALS)) == ["A/1", "A/4"]


def test_a_birth_signed_outside_brings_packs_and_secret(born: Stage, program: Programs) -> None:
    key, lot, secret = own_key_of(born, MAKES), a_lot("P3"), bytes(range(32))
    subset = SetTree(lambda _hashes: {}).of(
        Pack(lot.gtin, Serial(f"Z{n}")).key(secret) for n in range(3)
    )
    birth = LotRegister.of(
        maker=Gln(MAKES),
        lot=lot.lot,
        product=Product(lot.gtin, "Paracetamol", "500 mg", "20 pieces", "unmonitored/1"),
        expiry=Expiry(GOOD_UNTIL),
        quantity=3,
    )
    packed = committed(birth, [PackSet(subset.hash.hex(), 3)])
    entry = sign(statement(born, packed, (), lot), key)
    maker, packs = program(MAKES, "operator"), {"packs": {"0": ["Z0", "Z1", "Z2"]}}
    problem(maker.post("entries", {"entry": entry}), 422, "PACKS_NOT_NAMED")
    problem(maker.post("entries", {"entry": entry, **packs}), 400, "PACK_SECRET_WRONG")
    other = {**packs, "pack_secret": bytes(32).hex()}
    problem(maker.post("entries", {"entry": entry, **other}), 422, "PACKS_DISAGREE")
    good = {**packs, "pack_secret": secret.hex()}
    assert maker.post("entries", {"entry": entry, **good}).status_code == 201


def test_the_evidence_of_a_pack_shows_it_and_no_other(born: Stage, program: Programs) -> None:
    ship(program, SERIALS[:5])
    receive(program, packs_of(program, SELLS)["A/0"]["output"], received=5)
    born.log()
    born.index()
    address = f"lots/{LOT.gtin}/{LOT.lot}/evidence"
    answer = program(SELLS).get(address, serial="A/3")
    assert answer.status_code == 200, answer.content
    evidence = Evidence.parse(answer.content)
    found = verify(evidence, signers.policy(), born.later(), OPENSSL)
    assert found.valid, found.findings
    assert found.complete_to is not None
    (element,) = {one.element for one in found.members}
    assert element == f"{LOT.gtin}/A/3"
    assert [one.present for one in found.members].count(True) == 3  # born, sent, received
    assert [one.present for one in found.members].count(False) == 1  # what the maker kept
    written = answer.content.decode()
    assert not any(f"/{other}" in written for other in SERIALS if other != "A/3")
    assert program(MAKES).get(address, serial="A/3").status_code == 200
    for who, serial in ((HEALS, "A/3"), (SELLS, "A/9"), (SELLS, "NEVER")):
        problem(program(who).get(address, serial=serial), 404, "LOT_UNKNOWN")
    problem(program(SELLS).get(address, serial="\u00e4"), 400, "INVALID_SERIAL")
