"""Attacks 1 to 8: the operator and the database, against everybody else."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from django.conf import settings

from ledger import faults, signers
from ledger.core.encoding import b64u
from ledger.core.entry import Entry
from ledger.core.evidence import Evidence
from ledger.core.merkle import consistency_proof
from ledger.core.signatures import PrivateKey
from ledger.core.witnessing import AddCheckpoint
from ledger.folder_store import FolderStore
from ledger.lease import LeaseLost
from ledger.mirror.checked_tiles import Contradiction
from ledger.mirror.following import Mirror
from ledger.models import Alarm
from ledger.patrol import patrol
from ledger.proofs import evidence_of, latest_seen
from ledger.sequencing import Sequencer, SigningRefused
from ledger.tiles import StoredTree
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from ledger.witness.witness import Witness
from supplychain.domain.verdicts import VerdictCode
from supplychain.services.verify_scan import verify_scan
from tests.attacks.inspection import about, found_in, inspect, shown
from tests.attacks.inspection import found as found_in_file
from tests.attacks.operator import Operator
from tests.database import tamper
from tests.ledger.world import LOT, World, found
from tests.stages import HEALS, MAKES, TABLETS, Stage, a_lot
from tests.strangers import tlog_client

Fetch = Callable[[str], bytes]
OF_A_STEP = ("sequence.", "sign.", "file.")
"""The fault points between acceptance and a signed checkpoint."""
CODE = f"(01){TABLETS}(10)A1"


@pytest.fixture
def lot(world: World) -> list[Entry]:
    """Made, shipped and received, at the indices 2 to 4, each under a checkpoint of its own."""
    made = world.entry(body={"quantity": 100}, creates=2)
    world.log_all(made)
    shipped = world.after(made, body={"quantity": 60})
    world.log_all(shipped)
    received = world.after(shipped, seen=latest_seen())
    world.log_all(received)
    return [made, shipped, received]


def refused(sequencer: Sequencer) -> str:
    """The code with which a sequencer refuses to sign; an alarm stands about it."""
    with pytest.raises(SigningRefused) as refusal:
        sequencer.step()
    assert Alarm.objects.filter(code=refusal.value.code, cleared_at=None).exists()
    return refusal.value.code


def flip(table: str, column: str, where: str) -> None:
    tamper(
        f"UPDATE {table} SET {column} = set_bit({column}, 9, 1 - get_bit({column}, 9))"
        f" WHERE {where}"
    )


# --- 1 and 2: what is stored is changed --------------------------------------------------------


def test_attack_01_the_bytes_of_an_entry_are_edited(stage: Stage) -> None:
    stage.register(a_lot(), 100)
    stage.deliver(MAKES, a_lot(), 60, HEALS)
    stage.log()
    flip("ledger_entry", "jws", "type = 'custody.ship'")
    result = verify_scan(scanned=CODE, at=stage.later(), asking=HEALS)
    assert result.verdict.code is VerdictCode.STOP
    assert result.verdict.codes[0] == "EVIDENCE_BROKEN"
    assert "ENTRY_CHANGED" in {sign.code for sign in result.tampering}


def test_attack_01_what_was_scanned_as_good_is_not_remembered_as_good(stage: Stage) -> None:
    stage.register(a_lot(), 100)
    stage.deliver(MAKES, a_lot(), 60, HEALS)
    stage.log()
    assert verify_scan(scanned=CODE, at=stage.later(), asking=HEALS).verdict.code == "OK"
    flip("ledger_entry", "jws", "type = 'custody.receive'")
    result = verify_scan(scanned=CODE, at=stage.later(), asking=HEALS)
    assert result.verdict.code is VerdictCode.STOP
    assert result.verdict.codes[0] == "EVIDENCE_BROKEN"


def test_attack_02_an_entry_is_edited_and_the_whole_log_is_signed_again(
    world: World, operator: Operator, lot: list[Entry]
) -> None:
    """Without the signer's key: any reader of the lot sees it, and an audit does."""
    edited = replace(lot[2].statement, body={"quantity": 600}).as_payload()
    operator.rewrite(lot[2], _under_the_old_signature(lot[2], edited))
    assert found_in(world) == {"SIGNATURE_BAD"}
    assert {code for code, _ in found(world.audit())} == {"SIGNATURE_BAD"}


def _under_the_old_signature(entry: Entry, payload: bytes) -> Entry:
    header, _, signature = entry.envelope.jws.split(".")
    return Entry.parse(f"{header}.{b64u(payload)}.{signature}")


# --- 2 again: an operator who holds the signer's key too --------------------------------------


OUTSIDER = "9506000020013"


@dataclass(frozen=True)
class Rewritten:
    """What others have from before: a checkpoint, a mirror, an evidence file, a later entry."""

    head: tlog_client.Head
    mirror: Mirror
    evidence: Evidence
    later: Entry


@pytest.fixture
def rewritten(world: World, operator: Operator, fetch: Fetch, tmp_path: Path) -> Rewritten:
    """History told anew, by somebody who keeps the maker's key for him and signs everything.

    At index 5 the maker ships 60; others look; an outsider, who keeps his own key, signs; then 60
    becomes 600, and rows, tiles, checkpoints and the file all say so.
    """
    outsider = PrivateKey.generate()
    made = world.entry(body={"quantity": 1000}, creates=2)
    shipped = world.after(made, body={"quantity": 60})
    world.log_all(world.admit(OUTSIDER), world.add_key(OUTSIDER, outsider), made, shipped)
    before = Rewritten(
        head=tlog_client.head(fetch, fetch("vkey").decode().rstrip()),
        mirror=Mirror(
            FolderStore(tmp_path / "mirror"),
            signers.policy().log,
            EcdsaSignatures(),
            hashes_only=True,
        ),
        evidence=shown(),
        later=world.after(made, output=1, signer=outsider, seen=latest_seen()),
    )
    before.mirror.follow(fetch)
    world.log_all(before.later)
    operator.rewrite(shipped, world.after(made, body={"quantity": 600}))
    return before


def test_attack_02_a_rewriter_is_caught_by_a_witness(
    rewritten: Rewritten, fetch: Fetch, witness: Witness, memory: Path
) -> None:
    """No proof leads from what it has cosigned to what it is asked to cosign; it keeps both."""
    old, new = rewritten.head.size, rewritten.head.size + 1
    first = AddCheckpoint(0, (), rewritten.evidence.checkpoint)
    assert witness.add_checkpoint(first.as_bytes()).status == 200
    proof = tuple(consistency_proof(old, new, StoredTree()))
    second = AddCheckpoint(old, proof, fetch("checkpoint").decode())
    assert witness.add_checkpoint(second.as_bytes()).status == 422
    assert len(list(memory.parent.rglob("unproven-*"))) == 1


def test_attack_02_a_rewriter_is_caught_by_an_old_evidence_file(
    world: World, rewritten: Rewritten, fetch: Fetch
) -> None:
    """Old and new file verify, each by itself; the log's own key has signed both histories."""
    old, new = rewritten.evidence, shown()
    assert found_in_file(old, signers.policy(), world.now) == set()
    assert old.items[-1].index == new.items[-2].index
    assert old.items[-1].entry != new.items[-2].entry
    leaves = tlog_client.level_hashes(fetch, 0, rewritten.head.size + 1)
    assert tlog_client.mth(leaves[: rewritten.head.size]) != rewritten.head.root


def test_attack_02_a_rewriter_is_caught_by_a_mirror(rewritten: Rewritten, fetch: Fetch) -> None:
    with pytest.raises(Contradiction) as caught:
        rewritten.mirror.follow(fetch)
    assert caught.value.code == "FORKED"


def test_attack_02_a_rewriter_is_caught_by_what_later_signers_have_seen(
    world: World, rewritten: Rewritten
) -> None:
    findings = inspect(shown(), signers.policy(), world.now)
    assert about(findings, "SEEN_CONTRADICTED") == {rewritten.later.entry_id}
    assert not findings.valid
    assert found(world.audit()) == {("SEEN_UNKNOWN", rewritten.later.entry_id)}


# --- 3 and 4: something is taken away ----------------------------------------------------------


def test_attack_03_an_entry_in_the_middle_is_deleted(
    world: World, operator: Operator, lot: list[Entry]
) -> None:
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [lot[1].entry_id])
    assert ("ENTRY_MISSING", lot[1].entry_id) in found(world.audit())
    assert found_in(world) == {"PARENT_MISSING"}
    operator.remove(lot[1])
    assert found_in(world) >= {"PARENT_MISSING"}


def test_attack_04_the_tail_is_cut_off(world: World, operator: Operator, lot: list[Entry]) -> None:
    file = Path(settings.CHECKPOINT_FILE)
    note = file.read_text()
    operator.remove(lot[2])
    file.write_text(note)
    assert refused(world.sequencer()) == "DATABASE_BEHIND"
    assert "DATABASE_BEHIND" in {sign.code for sign in evidence_of(LOT).signs_of_tampering}
    assert ("DATABASE_BEHIND", "") in found(world.audit())


# --- 5 to 8: accidents that an operator may also stage ----------------------------------------


def test_attack_05_an_older_backup_is_restored_and_appended_to(
    world: World, operator: Operator, lot: list[Entry]
) -> None:
    operator.back_up()
    world.log_all(world.after(lot[2]))
    operator.restore()
    world.append(world.after(lot[2], type="thing.else"))
    world.wait(60)
    assert refused(world.sequencer("restored")) == "DATABASE_BEHIND"
    assert "DATABASE_BEHIND" in {sign.code for sign in evidence_of(LOT).signs_of_tampering}


def test_attack_05_an_older_backup_is_restored_with_the_file_that_remembers(
    world: World, operator: Operator, lot: list[Entry], fetch: Fetch, tmp_path: Path
) -> None:
    """Nobody in the house remembers any more; whoever follows the log from outside does."""
    log, file = signers.policy().log, Path(settings.CHECKPOINT_FILE)
    mirror = Mirror(FolderStore(tmp_path / "mirror"), log, EcdsaSignatures(), hashes_only=True)
    operator.back_up()
    note = file.read_text()
    world.log_all(world.after(lot[2]))
    mirror.follow(fetch)
    operator.restore()
    file.write_text(note)
    world.wait(60)
    world.log_all(world.after(lot[2], type="thing.else"))
    with pytest.raises(Contradiction) as caught:
        mirror.follow(fetch)
    assert caught.value.code == "FORKED"


def test_attack_06_two_sequencers_at_once(world: World, lot: list[Entry]) -> None:
    first, second = world.sequencer("first"), world.sequencer("second")
    first.step()
    world.wait(60)
    second.step()
    world.append(world.after(lot[2]))
    tamper("UPDATE ledger_sequencerlease SET holder = 'first'")
    with pytest.raises(LeaseLost):
        first.step()
    assert Alarm.objects.get().code == "SECOND_SEQUENCER"


@pytest.mark.parametrize("point", [one for one in faults.POINTS if one.startswith(OF_A_STEP)])
def test_attack_07_a_crash_between_receive_and_sign(
    world: World, lot: list[Entry], point: str
) -> None:
    def cut() -> None:
        raise ConnectionAbortedError

    world.append(world.after(lot[2]))
    faults.arm(point, cut)
    try:
        with pytest.raises(ConnectionAbortedError):
            world.sequencer().step()
    finally:
        faults.disarm()
    world.wait(60)
    world.sequencer("survivor").step()
    assert latest_seen().size == 6
    assert world.audit().clean


def test_attack_08_a_bit_of_a_stored_tile_is_flipped(world: World, lot: list[Entry]) -> None:
    flip("ledger_tile", "hashes", "level = 0")
    world.append(world.after(lot[2]))
    assert refused(world.sequencer()) == "TREE_FORKED"
    assert {"TREE_CHANGED", "CHECKPOINT_WRONG"} & {code for code, _ in found(world.audit())}


def test_attack_08_a_bit_of_a_stored_entry_is_flipped(world: World, lot: list[Entry]) -> None:
    flip("ledger_entry", "jws", f"entry_id = '{lot[1].entry_id}'")
    patrol(0, at=world.now)
    assert Alarm.objects.get().code == "ENTRY_CHANGED"
    assert not inspect(shown(), signers.policy(), world.now).valid
