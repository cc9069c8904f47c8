"""An operator who shows two histories, or an older one, is caught by the witness."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from ledger import alarms, proofs
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.models import Checkpoint as Row
from ledger.models import WitnessState
from ledger.sequencing import SigningRefused
from tests.database import tamper
from tests.ledger.witnesses import RunningWitness, Witnesses, newest, say, size_of, state
from tests.ledger.world import World

pytestmark = pytest.mark.enable_socket


def rewrite_and_sign_everything(world: World) -> None:
    """What an operator with all rights and all keys can do: another history, signed as the true."""
    leaf = sha256(b"\x00another").digest()
    tamper("UPDATE ledger_tile SET hashes = overlay(hashes PLACING %s FROM 1 FOR 32)", [leaf])
    tamper("UPDATE ledger_leaf SET hash = %s WHERE index = 0", [leaf])
    row = newest()
    tamper("DELETE FROM ledger_checkpoint")
    tamper("DELETE FROM ledger_cosignature")
    WitnessState.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM ledger_leaf ORDER BY index LIMIT 2")
        left, right = (bytes(one) for (one,) in cursor.fetchall())
    root = sha256(b"\x01" + left + right).digest()
    note = sign_checkpoint(Checkpoint(settings.LOG_ORIGIN, 2, root), world.log)
    Path(settings.CHECKPOINT_FILE).write_text(note)
    Row.objects.create(size=2, previous=0, root=root, note=note, at=row.at)


def test_an_operator_who_rewrites_history_and_signs_everything_again_is_caught_by_the_witness(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    witnesses.cosign()
    rewrite_and_sign_everything(world)
    assert witnesses.cosign() == 0
    alarm = alarms.blocking().get()
    assert (alarm.code, alarm.about) == ("WITNESS_CONTRADICTS", "witness one")
    assert "another tree of size 2" in alarm.message
    with pytest.raises(SigningRefused):
        world.sequencer().step()
    (kept,) = Path(f"{witness.memory._file}.kept").iterdir()
    assert kept.read_text() == newest().note


def test_a_rewritten_history_that_has_grown_is_caught_as_well(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    witnesses.cosign()
    rewrite_and_sign_everything(world)
    world.append(world.entry())
    world.sequencer().step()
    assert newest().size == 3
    assert witnesses.cosign() == 0
    assert "does not continue" in alarms.blocking().get().message
    assert size_of(witness) == 2


def test_a_database_that_is_older_than_what_a_witness_has_seen_is_caught(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    """Even where the file outside the database was restored together with it."""
    old = Path(settings.CHECKPOINT_FILE).read_bytes()
    say(world)
    witnesses.cosign()
    for table in ("cosignature", "checkpoint"):
        tamper(f"DELETE FROM ledger_{table} WHERE size > 2")
    tamper("DELETE FROM ledger_leaf WHERE index >= 2")
    Path(settings.CHECKPOINT_FILE).write_bytes(old)
    WitnessState.objects.all().delete()
    assert witnesses.cosign() == 0
    assert "cosigned size 3, and we have only 2" in alarms.blocking().get().message
    assert size_of(witness) == 3


def test_our_own_memory_of_a_witness_catches_it_without_asking(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    witnesses.cosign()
    WitnessState.objects.update(size=9)
    assert witnesses.cosign() == 0
    assert alarms.blocking().get().code == "WITNESS_CONTRADICTS"
    assert len(witness.asked) == 1
    assert world.now < state().next_at


def test_a_checkpoint_that_another_worker_offered_meanwhile_is_no_contradiction(
    world: World, witnesses: Witnesses, witness: RunningWitness, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = newest()
    say(world)
    witnesses.cosign()
    WitnessState.objects.update(size=0, line="")
    true, answers = proofs.latest_checkpoint, [older]
    monkeypatch.setattr(proofs, "latest_checkpoint", lambda: answers.pop() if answers else true())
    assert witnesses.cosign() == 0
    monkeypatch.undo()
    assert not alarms.standing().exists()
    assert state().size == 3
    assert witnesses.cosign() == 1
    assert size_of(witness) == 3


def test_the_alarm_outlives_an_audit_and_ends_when_the_witness_goes_along_again(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    true = witness.url
    witnesses.trust(witness, one=witnesses.answer(422, b""))
    witnesses.cosign()
    assert alarms.blocking().exists()
    world.wait(2)
    world.audit()
    assert alarms.blocking().exists()
    witnesses.trust(witness, one=true)
    assert witnesses.cosign() == 1
    assert not alarms.standing().exists()


def test_a_fork_is_an_alarm_whatever_the_body_of_the_conflict(
    witnesses: Witnesses, witness: RunningWitness
) -> None:
    witnesses.trust(witness, one=witnesses.answer(409, b"conflict\n"))
    WitnessState.objects.create(
        name="one",
        key_id=witness.known.vkey.id.hex(),
        size=2,
        next_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    witnesses.cosign()
    assert alarms.blocking().get().code == "WITNESS_CONTRADICTS"


def test_a_damaged_tree_is_not_offered(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    say(world, 300)
    witnesses.cosign()
    say(world, 300)
    tamper("DELETE FROM ledger_tile WHERE level = 0 AND number = 1")
    assert witnesses.cosign() == 0
    assert len(witness.asked) == 1
    assert state().failures == 1
    assert not alarms.standing().exists()
