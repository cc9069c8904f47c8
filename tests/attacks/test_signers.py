"""Attacks 15 to 24: those who sign, and those who sign with keys that are not theirs.

What the door refuses an operator may let in; then evidence or the verdict on a scan must tell.
"""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ledger.core.encoding import b64u, unb64u
from ledger.core.entry import Entry, sign
from ledger.core.errors import Refused
from ledger.core.index import OPERATOR
from ledger.core.registry_acts import AddKey, possession_message
from ledger.core.signatures import PrivateKey
from ledger.signers import custodial_signer
from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import Expiry
from supplychain.domain.products import Product
from supplychain.domain.statements import LotRegister
from supplychain.domain.verdicts import VerdictCode
from supplychain.queries.scans import ScanResult
from supplychain.services.verify_scan import verify_scan
from tests.attacks.inspection import about, found, inspect
from tests.attacks.operator import let_in
from tests.ledger.world import World
from tests.stages import GOOD_UNTIL, HEALS, LIES, RULES, SELLS, TABLETS, Stage, a_lot
from tests.supplychain.api.conftest import (
    Program,
    Programs,
    dispatch,
    dispatch_statement,
    problem,
    rows,
    statement,
)
from tests.vectors.world import MAKER, PHARMACY, WHOLESALER, a_key, output, without_item
from tests.vectors.world import World as PureWorld

MAKERS, WHOLESALERS, PHARMACYS = a_key(MAKER), a_key(WHOLESALER), a_key(PHARMACY)
THIEVES = a_key("a thief")


def refused(program: Program, text: str, status: int, code: str) -> None:
    """What is posted is refused with this code, and no row of any table changes."""
    before = rows()
    problem(program.post("entries", {"entry": text}), status, code)
    assert rows() == before


def scan(stage: Stage, lot: str = "A1") -> ScanResult:
    return verify_scan(scanned=f"(01){TABLETS}(10){lot}", at=stage.later(), asking=RULES)


@pytest.fixture
def story() -> PureWorld:
    """Three parties (0 to 5); made, shipped, received, shipped on (6 to 9)."""
    world = PureWorld()
    for party in (MAKER, WHOLESALER, PHARMACY):
        world.join(party)
    last = world.say(MAKERS, "lot.register", creates=1)
    for key in (MAKERS, WHOLESALERS, WHOLESALERS):
        last = world.say(key, "custody.move", consumes=(output(last),), creates=1)
    return world


def at(world: PureWorld, index: int) -> Entry:
    return Entry.parse(world.texts[index])


# --- 16 and 17: a stolen key ------------------------------------------------------------------


def test_attack_16_a_thief_signs_with_a_stolen_key(story: PureWorld) -> None:
    """From the moment that the authority names, its entries are in doubt, and none comes anew."""
    theft = story.say(WHOLESALERS, "custody.move", consumes=(output(at(story, 9)),), creates=1)
    story.revoke(WHOLESALERS, since=10)
    assert about(inspect(story.evidence()), "ENTRY_SUSPECT") == {theft.entry_id}
    late = story.say(WHOLESALERS, "custody.move", consumes=(output(theft),), creates=1)
    assert about(inspect(story.evidence()), "KEY_REVOKED") == {late.entry_id}


def test_attack_16_a_thief_makes_the_stolen_key_his_own_by_rotation(story: PureWorld) -> None:
    story.rotate(WHOLESALER, WHOLESALERS, THIEVES)
    theft = story.say(THIEVES, "custody.move", consumes=(output(at(story, 9)),), creates=1)
    story.revoke(WHOLESALERS, since=10)
    assert about(inspect(story.evidence()), "ENTRY_SUSPECT") == {theft.entry_id}


def test_attack_16_a_stolen_authority_key_is_nobodys_word_after_its_term(
    story: PureWorld,
) -> None:
    """What it said before stands: the parties that it admitted, and all that they signed."""
    facts = inspect(story.evidence()).facts
    policy = story.policy.succeeded((a_key("next authority").public,), 1, story.size)
    theft = story.add_key(WHOLESALER, THIEVES)
    findings = inspect(story.evidence(), policy)
    assert about(findings, "AUTHORITY_NOT_IN_OFFICE") == {theft.entry_id}
    assert findings.facts == facts


def test_attack_17_a_thief_dates_his_entry_before_the_theft(story: PureWorld) -> None:
    """Indices decide, and no date."""
    long_ago = story.state("custody.move").at - timedelta(days=30)
    theft = story.say(
        WHOLESALERS, "custody.move", consumes=(output(at(story, 9)),), creates=1, at=long_ago
    )
    story.revoke(WHOLESALERS, since=10)
    assert about(inspect(story.evidence()), "ENTRY_SUSPECT") == {theft.entry_id}
    late = story.say(WHOLESALERS, "custody.move", consumes=(output(theft),), creates=1, at=long_ago)
    assert about(inspect(story.evidence()), "KEY_REVOKED") == {late.entry_id}


def test_attack_17_the_door_takes_no_entry_of_a_revoked_key_whatever_its_date(
    world: World,
) -> None:
    long_ago = world.entry(at=world.now - timedelta(days=30))
    world.log_all(world.revoke(world.maker))
    with pytest.raises(Refused) as refusal:
        world.append(long_ago)
    assert refusal.value.code == "KEY_REVOKED"


# --- 18 to 20: a party that lies --------------------------------------------------------------


def test_attack_18_the_same_stock_is_given_to_two(
    traded: Stage, own_key: PrivateKey, program: Programs
) -> None:
    first, second = dispatch(traded, own_key), dispatch(traded, own_key, 41, 59)
    assert program(SELLS).post("entries", {"entry": first}).status_code == 201
    refused(program(SELLS), second, 409, "OUTPUT_USED")


def test_attack_18_an_operator_lets_the_same_stock_be_given_to_two(story: PureWorld) -> None:
    """Both entries stand in the log, and together they are proof against their signer."""
    given = [
        story.say(WHOLESALERS, "custody.ship", consumes=(output(at(story, 9)),), body={"to": to})
        for to in (MAKER, PHARMACY)
    ]
    findings = inspect(story.evidence())
    assert findings.codes >= {"OUTPUT_USED"}
    assert about(findings, "OUTPUT_USED") == {one.entry_id for one in given}


def test_attack_18_each_of_two_is_shown_only_what_was_given_to_him(story: PureWorld) -> None:
    """Evidence about one output leaves the rest of the lot out, but not who else was given it."""
    story.version = 2
    given = [
        story.say(
            WHOLESALERS,
            "custody.ship",
            consumes=(output(at(story, 9)),),
            creates=1,
            body={"to": to},
        )
        for to in (MAKER, PHARMACY)
    ]
    story.join(OPERATOR)
    story.index()
    for mine, other in (given, given[::-1]):
        evidence = story.evidence_of_outputs(output(mine))
        findings = inspect(evidence)
        assert about(findings, "OUTPUT_USED") == {one.entry_id for one in given}
        texts = [item.entry for item in evidence.items]
        hidden = without_item(evidence, texts.index(other.envelope.jws))
        assert found(hidden) == {"ENTRIES_LEFT_OUT"}


def test_attack_19_two_entries_have_one_nonce(
    traded: Stage, own_key: PrivateKey, program: Programs, story: PureWorld
) -> None:
    said = dispatch_statement(traded)
    assert program(SELLS).post("entries", {"entry": sign(said, own_key)}).status_code == 201
    again = replace(dispatch_statement(traded, 1, 59), nonce=said.nonce)
    refused(program(SELLS), sign(again, own_key), 409, "NONCE_REUSED")
    story.say(WHOLESALERS, "custody.note", nonce=at(story, 9).statement.nonce)
    assert found(story.evidence()) == {"NONCE_REUSED"}


def test_attack_20_a_party_denies_its_hand_off(story: PureWorld) -> None:
    """It revokes its key, and its signature stands under what was logged before."""
    story.revoke(WHOLESALERS, by=WHOLESALERS)
    findings = inspect(story.evidence())
    assert findings.valid
    assert [(one.index, one.signer.party) for one in findings.facts][-1] == (9, WHOLESALER)


# --- 21 and 22: goods out of nothing, and roles that nobody gave ------------------------------


@pytest.mark.parametrize("quantity", [101, 60, 0, -40, 2**53 - 1])
def test_attack_21_a_quantity_is_made_from_nothing(
    traded: Stage, own_key: PrivateKey, program: Programs, quantity: int
) -> None:
    said = dispatch_statement(traded)
    outputs: Any = said.body["outputs"]
    body = {**said.body, "outputs": [{**outputs[0], "quantity": quantity}, outputs[1]]}
    text = sign(replace(said, body=body), own_key)
    status, code = (422, "MASS_IMBALANCE") if quantity in (60, 101) else (400, "OUT_OF_BOUNDS")
    refused(program(SELLS), text, status, code)


@pytest.mark.parametrize("quantity", [0.5, -0.0, 1e9, None, "40"])
def test_attack_21_a_quantity_is_not_a_whole_number(
    traded: Stage, own_key: PrivateKey, program: Programs, quantity: Any
) -> None:
    """There are no fractions in what is signed, and no text counts as a number."""
    head, payload, signature = dispatch(traded, own_key).rstrip("~").split(".")
    said = json.loads(unb64u(payload))
    said["body"]["outputs"][0]["quantity"] = quantity
    payload = b64u(json.dumps(said, sort_keys=True, separators=(",", ":")).encode())
    code = "SIGNATURE_BAD" if quantity == "40" else "UNSUPPORTED_VALUE"
    status = 422 if quantity == "40" else 400
    refused(program(SELLS), f"{head}.{payload}.{signature}", status, code)


def test_attack_21_an_operator_lets_a_quantity_be_made_from_nothing(
    traded: Stage, own_key: PrivateKey
) -> None:
    let_in(Entry.parse(dispatch(traded, own_key, 1000, 60)), traded.now)
    traded.log()
    result = scan(traded)
    assert result.verdict.code is VerdictCode.STOP
    assert "CUSTODY_BROKEN" in result.verdict.codes


def a_birth(stage: Stage, gln: str, lot: str) -> str:
    """A lot of the maker's product that somebody else registers."""
    key = a_lot(lot)
    product = Product(key.gtin, "Paracetamol", "500 mg", "20 pieces", "unmonitored/1")
    said = LotRegister.of(
        maker=Gln(gln), lot=key.lot, product=product, expiry=Expiry(GOOD_UNTIL), quantity=10
    )
    return sign(statement(stage, said, lot=key), custodial_signer(gln))


def test_attack_22_a_pharmacy_registers_a_lot(traded: Stage, program: Programs) -> None:
    refused(program(HEALS), a_birth(traded, HEALS, "X1"), 422, "ROLE_MISSING")
    let_in(Entry.parse(a_birth(traded, HEALS, "X1")), traded.now)
    traded.log()
    assert scan(traded, "X1").verdict.code is VerdictCode.STOP


# --- 23 and 24: the registry against its own purpose ------------------------------------------


def test_attack_23_someone_elses_public_key_is_registered_as_ones_own(world: World) -> None:
    """The liar has the proof that the key's owner once made, for himself."""
    victim = PrivateKey.generate()
    proof = victim.sign(possession_message(world.entry().statement.log, "victim", victim.kid))
    act = AddKey(LIES, victim.public, "file", proof)
    world.log_all(world.admit(LIES))
    with pytest.raises(Refused) as refusal:
        world.append(world.registering(act))
    assert refusal.value.code == "POSSESSION_NOT_PROVEN"


def test_attack_24_a_revocation_is_to_undo_an_accepted_hand_off(story: PureWorld) -> None:
    """The wholesaler's receipt, logged before anybody spoke of theft, vouches for the dispatch."""
    story.revoke(MAKERS, since=7)
    findings = inspect(story.evidence())
    assert about(findings, "ENTRY_SUSPECT") == set()
    assert [one.index for one in findings.facts] == [6, 7, 8, 9]


def test_attack_24_a_party_may_not_say_itself_that_its_key_was_stolen(world: World) -> None:
    world.log_all(world.entry())
    with pytest.raises(Refused) as refusal:
        world.append(world.revoke(world.maker, start=2, signer=world.maker))
    assert refusal.value.code == "NOT_PERMITTED"
