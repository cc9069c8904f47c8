"""Attacks 9 to 14: what an operator shows to some and not to others, or to nobody."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ledger import signers
from ledger.core.entry import Entry
from ledger.core.errors import Refused
from ledger.core.index import OPERATOR, TYPE, WHOLE, grown
from ledger.core.index_count import IndexCount, counted
from ledger.core.links import OutputRef
from ledger.core.merkle import leaf_hash
from ledger.core.note import WITNESS_KEY, Vkey
from ledger.core.policy import Policy
from ledger.core.statement import Seen
from ledger.core.tlog_policy import Known, TlogPolicy
from ledger.core.witnessing import AddCheckpoint
from ledger.folder_store import FolderStore
from ledger.mirror.checked_tiles import Contradiction
from ledger.mirror.following import Mirror
from ledger.proofs import evidence_of, place_of
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from ledger.witness.witness import Witness
from supplychain.services.issue_recall import issue_recall
from supplychain.services.verify_scan import verify_scan
from tests.attacks.inspection import NOT_PROVEN, about, found_in, inspect, shown
from tests.attacks.inspection import found as found_in_file
from tests.attacks.operator import Operator
from tests.database import take_out, tamper
from tests.ledger.mirror.a_log import Log
from tests.ledger.world import LOT, World, found
from tests.stages import HEALS, MAKES, TABLETS, Stage, a_lot
from tests.vectors.build_evidence import POLICIES
from tests.vectors.world import LOT as PURE_LOT
from tests.vectors.world import MAKER as PURE_MAKER
from tests.vectors.world import MORNING, WITNESS, a_key, a_log_key, output, without_item
from tests.vectors.world import World as PureWorld

# --- 9 and 10: two logs, or an old one --------------------------------------------------------

CODE = f"(01){TABLETS}(10)A1"


def test_attack_09_two_people_are_shown_two_different_logs() -> None:
    """The first person goes on signing, and what he has seen goes into the other's log."""
    first, second = PureWorld(), PureWorld()
    for told, quantity in ((first, 100), (second, 900)):
        key = told.join(PURE_MAKER)
        told.say(key, "lot.register", creates=1, body={"quantity": quantity})
    seen = first.seen()
    entry = second.say(a_key(PURE_MAKER), "custody.note", seen=seen)
    findings = inspect(second.evidence())
    assert about(findings, "SEEN_CONTRADICTED") == {entry.entry_id}


def test_attack_09_who_was_shown_another_log_is_told_when_he_signs(world: World) -> None:
    other = Seen(2, bytes(32))
    with pytest.raises(Refused) as refusal:
        world.append(world.entry(seen=other))
    assert refusal.value.code == "SEEN_UNKNOWN"


def test_attack_09_a_mirror_that_was_shown_another_log_keeps_the_proof(tmp_path: Path) -> None:
    log = Log()
    log.grow(5)
    mirror = Mirror(FolderStore(tmp_path), log.vkey, EcdsaSignatures())
    mirror.follow(log.get)
    log.entries[3] = b"for you alone"
    with pytest.raises(Contradiction) as caught:
        mirror.follow(log.get)
    assert caught.value.code == "FORKED"
    assert list((tmp_path / "contradictions").iterdir())


def test_attack_09_a_witness_cosigns_one_log_of_a_name_and_keeps_the_other_note(
    witness: Witness, memory: Path
) -> None:
    for party, old, status in ((PURE_MAKER, 0, 200), (OPERATOR, 1, 409)):
        world = PureWorld()
        world.admit(party)
        answer = witness.add_checkpoint(AddCheckpoint(old, (), world.note()).as_bytes())
        assert answer.status == status
    assert len(list(memory.parent.rglob("forked-*"))) == 1


def _witnessed(world: PureWorld, age_s: int) -> Policy:
    """The policy of somebody who asks for one witness."""
    vkey = Vkey(WITNESS, a_log_key(WITNESS).public, WITNESS_KEY)
    trust = TlogPolicy(world.policy.trust.logs, {"w": Known(vkey)}, quorum="w")
    return replace(world.policy, trust=trust, checkpoint_age_s_max=age_s)


def test_attack_10_an_old_checkpoint_is_served_for_ever() -> None:
    """It is valid for all time, and every witness who looks after it says of when it is."""
    world = PureWorld()
    world.say(world.join(PURE_MAKER), "lot.register", creates=1)
    world.witness(MORNING + timedelta(hours=1))
    policy = _witnessed(world, age_s=3600)
    evidence = world.evidence()
    assert found_in_file(evidence, policy, MORNING + timedelta(hours=2)) == set()
    assert found_in_file(evidence, policy, MORNING + timedelta(hours=3)) == {"CHECKPOINT_OLD"}


@pytest.mark.parametrize("late", [timedelta(hours=9), timedelta(days=9_000)])
def test_attack_10_one_bad_witness_does_not_make_an_old_checkpoint_new(late: timedelta) -> None:
    """Two of three are asked for: an honest one, who cosigned when it was new, and a liar."""
    world = PureWorld()
    world.say(world.join(PURE_MAKER), "lot.register", creates=1)
    world.witness(MORNING + timedelta(hours=1))
    world.witness(MORNING + late, name="witness.example/w2")
    policy = replace(POLICIES["policy-two-of-three"], checkpoint_age_s_max=3600)
    assert found_in_file(world.evidence(), policy, MORNING + timedelta(hours=9)) == {
        "CHECKPOINT_OLD"
    }


def test_attack_10_an_old_checkpoint_is_served_to_a_mirror(tmp_path: Path) -> None:
    log = Log()
    log.grow(3)
    old = log.note()
    log.grow(9)
    mirror = Mirror(FolderStore(tmp_path), log.vkey, EcdsaSignatures())
    mirror.follow(log.get)
    log.lies["checkpoint"] = old
    with pytest.raises(Contradiction) as caught:
        mirror.follow(log.get)
    assert caught.value.code == "WENT_BACK"


# --- 11 and 12: what is left out, and an index that lies ---------------------------------------


def _traded(version: int = 1) -> PureWorld:
    """A lot that was made, shipped to two and recalled, at the indices 4 to 7; then an index."""
    world = PureWorld(version=version)
    for party in (OPERATOR, PURE_MAKER):
        world.join(party)
    maker = a_key(PURE_MAKER)
    made = world.say(maker, "lot.register", creates=2)
    for n in (0, 1):
        world.say(maker, "custody.ship", consumes=(output(made, n),), creates=1)
    world.say(maker, "recall.issue")
    world.index()
    return world


@pytest.mark.parametrize("index", [6, 7], ids=["a second transfer", "a recall"])
def test_attack_11_something_is_left_out_of_a_lots_answer(index: int) -> None:
    evidence = _traded().evidence()
    assert inspect(evidence).complete_to == 8
    findings = inspect(without_item(evidence, index))
    assert set(findings.codes) == {"ENTRIES_LEFT_OUT"}
    assert findings.complete_to is None


def _traded_by_two_ways() -> tuple[PureWorld, OutputRef]:
    """As `_traded`, with streams that have an index of their own; and what one of the two got."""
    world = _traded(version=2)
    return world, output(Entry.parse(world.texts[5]))


@pytest.mark.parametrize("hidden", ["custody.ship", "recall.issue"])
def test_attack_11_something_is_left_out_of_an_outputs_answer(hidden: str) -> None:
    world, ref = _traded_by_two_ways()
    asked = OutputRef(ref.entry_id, 0) if hidden == "recall.issue" else _made(world)
    evidence = world.evidence_of_outputs(asked)
    assert inspect(evidence).complete_to == 8
    types = [Entry.parse(item.entry).statement.type for item in evidence.items]
    findings = inspect(without_item(evidence, types.index(hidden)))
    assert set(findings.codes) == {"ENTRIES_LEFT_OUT"}
    assert findings.complete_to is None


def _made(world: PureWorld) -> OutputRef:
    return output(Entry.parse(world.texts[4]))


def test_attack_11_what_is_left_out_of_an_outputs_answer_takes_its_proof_along() -> None:
    """The keys by which it would be missed are left out too, and then nothing is proven."""
    world, ref = _traded_by_two_ways()
    evidence = world.evidence_of_outputs(ref)
    types = [Entry.parse(item.entry).statement.type for item in evidence.items]
    poorer = without_item(evidence, types.index("recall.issue"))
    findings = inspect(replace(poorer, within=evidence.within[:-1]))
    assert evidence.within[-1].key == WHOLE
    assert findings.codes == {NOT_PROVEN}
    assert findings.complete_to is None


def test_attack_11_a_recall_is_left_out_together_with_the_index() -> None:
    """Then the evidence is valid, and says itself that something may have been left out."""
    evidence = _traded().evidence()
    poorer = without_item(without_item(evidence, 8), 7)
    findings = inspect(replace(poorer, index=()))
    assert findings.codes == {NOT_PROVEN}
    assert findings.complete_to is None


def test_attack_11_a_party_is_left_out_of_the_registrys_own_answer() -> None:
    """The index counts what is about each key and party, and not the registry as a whole."""
    world = _traded()
    evidence = world.evidence("registry")
    makers = {f"party:{PURE_MAKER}", f"kid:{a_key(PURE_MAKER).kid}"}
    others = tuple(one for one in evidence.index if one.key not in makers)
    poorer = without_item(without_item(evidence, 3), 2)  # the maker, and its key
    findings = inspect(replace(poorer, index=others))
    assert findings.codes == {NOT_PROVEN}
    assert findings.complete_to is None


def test_attack_11_a_pharmacist_is_not_told_of_a_recall(stage: Stage) -> None:
    """It is taken out of every table, and the index, signed before, counts it."""
    stage.register(a_lot(), 100)
    stage.deliver(MAKES, a_lot(), 60, HEALS)
    recall = issue_recall(
        party=MAKES,
        lot=a_lot(),
        recall_class="I",
        reason="Glass",
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.log()
    stage.index()
    take_out(recall.entry_id)
    tamper("DELETE FROM supplychain_flag")
    reason, *others = verify_scan(scanned=CODE, at=stage.later(), asking=HEALS).verdict.reasons
    assert (reason.code, others) == ("EVIDENCE_BROKEN", [])
    assert "ENTRIES_LEFT_OUT" in reason.details


def _told_to_leave_out_the_recall() -> PureWorld:
    world = _traded()
    world.texts.pop()
    leaf = None
    for index in (4, 5, 6):
        logged = leaf_hash(world.texts[index].split("~")[0].encode())
        leaf = grown(leaf, PURE_LOT, index, logged)
    assert leaf
    world.lies[PURE_LOT] = leaf
    world.index()
    return world


def test_attack_12_an_index_that_lies_about_what_is_shown_contradicts_it() -> None:
    evidence = _told_to_leave_out_the_recall().evidence()
    assert found_in_file(evidence) == {"INDEX_CONTRADICTED"}


def test_attack_12_an_index_that_lies_together_with_the_answer_is_caught_by_who_has_the_log(
    tmp_path: Path,
) -> None:
    """No single file can tell; whoever computes the index again can: a mirror, an audit."""
    world = _told_to_leave_out_the_recall()
    findings = inspect(without_item(world.evidence(), 7))
    assert (findings.valid, findings.complete_to) == (True, 8)
    log = Log([text.split("~")[0].encode() for text in world.texts], world.log_key, world.origin)
    mirror = Mirror(FolderStore(tmp_path), log.vkey, EcdsaSignatures())
    mirror.follow(log.get)
    with pytest.raises(Contradiction) as caught:
        mirror.evidence(PURE_LOT)
    assert caught.value.code == "INDEX_DIFFERS"


def _told_to_forget_a_use() -> tuple[PureWorld, OutputRef]:
    """The operator signs an index of the lot in which the first dispatch was never made."""
    world = _traded(version=2)
    world.texts.pop()
    lie = IndexCount()
    for index in (4, 6, 7):
        entry = Entry.parse(world.texts[index])
        lie.add(index, leaf_hash(entry.envelope.jws.encode()), counted(entry))
    (world.lies[PURE_LOT],) = lie.leaves()
    world.lies_within[PURE_LOT] = lie.within(PURE_LOT)
    world.index()
    return world, _made(world)


def test_attack_12_an_index_of_a_lot_that_lies_contradicts_what_is_shown() -> None:
    world, ref = _told_to_forget_a_use()
    assert found_in_file(world.evidence_of_outputs(ref)) == {"INDEX_CONTRADICTED"}


def test_attack_12_an_index_of_a_lot_that_lies_with_the_answer_is_caught_by_who_has_the_log(
    tmp_path: Path,
) -> None:
    world, ref = _told_to_forget_a_use()
    evidence = world.evidence_of_outputs(ref)
    findings = inspect(without_item(evidence, 5))
    assert (findings.valid, findings.complete_to) == (True, 8)
    log = Log([text.split("~")[0].encode() for text in world.texts], world.log_key, world.origin)
    mirror = Mirror(FolderStore(tmp_path), log.vkey, EcdsaSignatures())
    mirror.follow(log.get)
    with pytest.raises(Contradiction) as caught:
        mirror.evidence(PURE_LOT, [ref])
    assert caught.value.code == "INDEX_DIFFERS"


def test_attack_12_an_old_index_is_shown_that_has_no_outputs() -> None:
    """That an output is not in it says nothing: an index says by its signature what it counts."""
    world = _traded()
    asked = _made(world)
    evidence = world.evidence()
    gaps = tuple(world.key_proof(key) for key in sorted((WHOLE, str(asked))))
    poorer = without_item(without_item(evidence, 6), 5)  # both dispatches
    findings = inspect(replace(poorer, outputs=(asked,), within=gaps, version=2))
    assert findings.codes == {NOT_PROVEN}
    assert findings.complete_to is None


def test_attack_12_an_index_that_lies_is_found_by_an_audit(
    world: World, operator: Operator
) -> None:
    world.admit_operator()
    world.log_all(world.entry())
    root = world.index()
    assert root is not None
    honest = Entry.parse(shown("index").items[-1].entry)
    lie = replace(root, root=bytes(32)).as_body()
    forged = world.entry("index", signer=world.operator, type=TYPE, body=lie, creates=0)
    operator.rewrite(honest, forged)
    assert inspect(shown("index"), signers.policy(), world.now).valid
    assert {code for code, _ in found(world.audit())} == {"INDEX_WRONG"}


# --- 13 and 14: between acceptance and the log ------------------------------------------------


def test_attack_13_a_child_is_logged_before_its_parent(world: World) -> None:
    made = world.entry()
    world.append(made)
    world.append(world.after(made))
    tamper("UPDATE ledger_inbox SET arrival = -arrival")
    world.sequencer().step()
    assert found_in(world) == {"PARENT_NOT_BEFORE"}
    assert "NUMBER_GAP" in {code for code, _ in found(world.audit())}


def test_attack_13_an_entry_is_held_back_until_its_key_is_revoked(world: World) -> None:
    made = world.entry()
    world.append(made)
    world.append(world.revoke(world.maker))
    tamper("UPDATE ledger_inbox SET arrival = -arrival")
    world.sequencer().step()
    assert found_in(world) == {"KEY_REVOKED"}
    assert found(world.audit()) == {("KEY_REVOKED", made.entry_id)}


def test_attack_14_an_accepted_entry_is_withheld_from_the_log(world: World) -> None:
    made = world.entry()
    world.append(made)
    tamper("DELETE FROM ledger_inbox")
    world.append(world.after(made))
    world.sequencer().step()
    signs = evidence_of(LOT).signs_of_tampering
    assert ("ENTRY_NOT_LOGGED", made.entry_id) in {(one.code, one.entry_id) for one in signs}
    assert ("ENTRY_NOT_LOGGED", made.entry_id) in found(world.audit())
    assert found_in(world) == {"PARENT_MISSING"}


def test_attack_14_an_accepted_entry_is_denied_and_its_sender_sends_it_again(world: World) -> None:
    """He has no signed receipt; what he has is the entry, and no way to be given it twice."""
    made = world.entry()
    world.append(made)
    tamper("DELETE FROM ledger_inbox")
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [made.entry_id])
    tamper("UPDATE ledger_stream SET entries = 0 WHERE name = %s", [LOT])
    assert place_of(made.entry_id) is None
    world.log_all(made)
    place = place_of(made.entry_id)
    assert place is not None
    assert (place.index, place.covered) == (2, True)
