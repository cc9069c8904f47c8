"""Our log and its witnesses, over real sockets: who is asked, what is kept, and who is no use."""

from datetime import datetime

import pytest
from django.conf import settings
from django.db import connection

from ledger import alarms, proofs, witnessing
from ledger.core.checkpoint import Checkpoint
from ledger.core.cosignature import cosign
from ledger.core.encoding import b64
from ledger.core.note import SignatureLine, split_note
from ledger.core.signatures import LogKey
from ledger.core.witnessing import AddCheckpoint
from ledger.models import Cosignature, WitnessState
from ledger.witness_call import add_checkpoint
from tests.ledger.witnesses import (
    SOON_S,
    RunningWitness,
    Witnesses,
    codes,
    newest,
    say,
    size_of,
    state,
    verified,
)
from tests.ledger.world import World

pytestmark = pytest.mark.enable_socket


def test_the_newest_checkpoint_is_cosigned_and_the_note_shows_it(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    assert witnesses.cosign() == 1
    assert size_of(witness) == newest().size == 2
    note = proofs.published_note(newest())
    (line,) = split_note(note)[1][1:]
    assert (line.name, line.key_id) == ("one.example", witness.known.vkey.id)
    row = Cosignature.objects.get()
    assert (row.size, row.witness, row.at) == (2, "one", world.now)
    assert (state().size, state().answer, state().failures) == (2, "cosigned", 0)


def test_a_log_that_grows_is_cosigned_with_a_proof_and_without_asking_twice(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    for count in (1, 300, 5):
        say(world, count)
        assert witnesses.cosign() == 1
    assert size_of(witness) == newest().size == 308
    assert [AddCheckpoint.parse(one).old for one in witness.asked] == [0, 3, 303]
    assert len(AddCheckpoint.parse(witness.asked[1]).proof) > 2


def test_checkpoints_in_between_are_skipped(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    for _ in range(4):
        say(world)
    assert witnesses.cosign() == 1
    assert len(witness.asked) == 1
    assert list(Cosignature.objects.values_list("size", flat=True)) == [6]


def test_nothing_new_is_offered_to_nobody(witnesses: Witnesses, witness: RunningWitness) -> None:
    assert [witnesses.cosign() for _ in range(3)] == [1, 0, 0]
    assert len(witness.asked) == 1


def test_an_idle_log_is_cosigned_again_and_the_first_line_is_kept_beside_the_newest(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    witnesses.cosign()
    first = world.now
    world.wait(settings.WITNESS_REFRESH_S - 1)
    assert witnesses.cosign() == 0
    world.wait(1)
    assert witnesses.cosign() == 1
    assert Cosignature.objects.get().at == first
    assert state().line_at == world.now
    assert verified(world).witnessed_at == world.now
    assert size_of(witness) == 2


def test_a_witness_that_knows_another_size_says_it_and_is_asked_again_at_once(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    witnesses.cosign()
    say(world)
    WitnessState.objects.update(size=1, line="")
    assert witnesses.cosign() == 1
    assert [AddCheckpoint.parse(one).old for one in witness.asked] == [0, 1, 2]


def test_a_witness_that_forgot_everything_begins_anew(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    witnesses.cosign()
    say(world)
    again = witnesses.start("one", key=witness.key, memory="empty")
    witnesses.trust(again)
    assert witnesses.cosign() == 1
    assert size_of(again) == 3


def test_another_key_of_the_same_name_is_another_witness(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    witnesses.cosign()
    other = witnesses.start("one", memory="other")
    witnesses.trust(other)
    assert state().key_id == witness.known.vkey.id.hex()
    assert witnesses.cosign() == 1
    assert state().key_id == other.known.vkey.id.hex()
    assert Cosignature.objects.count() == 2
    assert verified(world).witnessed_at == world.now


def test_a_policy_without_witnesses_asks_nobody(world: World, witnesses: Witnesses) -> None:
    assert witnesses.cosign() == 0
    assert proofs.published_note(newest()) == newest().note
    assert proofs.shown_checkpoint() == newest()
    assert not codes(verified(world)) & {"WITNESS_QUORUM_NOT_MET"}


def test_a_log_without_a_checkpoint_asks_nobody(bare_world: World, db: None) -> None:
    del db
    assert witnessing.cosign_newest(lambda: bare_world.now) == 0


# --- witnesses that do not ------------------------------------------------------------------------


def test_a_witness_that_never_answers_keeps_nobody_waiting(
    world: World, witnesses: Witnesses
) -> None:
    good, slow = witnesses.start("good"), witnesses.start("slow")
    witnesses.trust(good, slow, quorum="any", slow=witnesses.silence())
    assert witnesses.cosign(SOON_S) == 1
    assert verified(world).witnessed_at == world.now
    assert state("slow").failures == 1
    assert state("slow").answer == "No answer: it took too long."
    say(world)
    assert witnesses.cosign() == 1


GARBAGE = [
    (500, b"broken", "It says 500: broken"),
    (200, b"", "It answered without a cosignature of its key."),
    (200, b"\xff\x00garbage\n", "A signature line is malformed."),
    (200, "\u2014 other.example AAAAAAAA\n".encode(), "without a cosignature"),
    (200, b"x" * 1_000_000, "A signature line is malformed."),
    (201, b"", "It says 201"),
    (302, b"", "It says 302"),
    (400, b"bad\n", "It says 400: bad"),
    (403, b"no\n", "It says 403: no"),
    (404, b"no such log\n", "It says 404: no such log"),
    (409, b"x\n", "A witness names the size"),
    (409, b"99999999999999999\n", "A witness names the size"),
    (409, b"1\n", "It said twice"),
]


@pytest.mark.parametrize(("status", "body", "told"), GARBAGE)
def test_a_bad_answer_is_told_and_stores_nothing(
    world: World, witnesses: Witnesses, status: int, body: bytes, told: str
) -> None:
    bad = witnesses.start("one")
    elsewhere = {"Location": f"{bad.url}/add-checkpoint"}
    witnesses.trust(bad, one=witnesses.answer(status, body, headers=elsewhere))
    assert witnesses.cosign() == 0
    assert told in state().answer
    assert (state().failures, state().line) == (1, "")
    assert state().next_at > world.now
    assert not Cosignature.objects.exists()
    assert not alarms.standing().exists()
    assert bad.asked == []


def test_a_cosignature_by_another_key_is_not_kept(world: World, witnesses: Witnesses) -> None:
    honest, liar = witnesses.start("one"), LogKey.generate()
    row = newest()
    checkpoint = Checkpoint(settings.LOG_ORIGIN, row.size, bytes(row.root))
    line = cosign(checkpoint, name="one.example", key=liar, at=world.now)
    made = SignatureLine.parse(line).signature
    forged = f"\u2014 one.example {b64(honest.known.vkey.id + made)}\n".encode()
    witnesses.trust(honest, one=witnesses.answer(200, forged))
    assert witnesses.cosign() == 0
    assert "is not by" in state().answer
    assert not Cosignature.objects.exists()


def test_a_witness_that_fails_is_asked_ever_more_rarely_and_comes_back(
    world: World, witnesses: Witnesses
) -> None:
    one = witnesses.start("one")
    witnesses.trust(one, one=witnesses.answer(500, b""))
    pauses = []
    for _ in range(12):
        witnesses.cosign()
        pauses.append((state().next_at - world.now).total_seconds())
        assert witnesses.cosign() == 0
        world.wait(pauses[-1])
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == witnessing.BACKOFF_S_MAX
    witnesses.trust(one)
    assert witnesses.cosign() == 1
    assert state().failures == 0


def test_a_witness_that_is_being_asked_is_not_asked_by_another_worker(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    witnesses.trust(witness, one=witnesses.answer(500, b""))
    WitnessState.objects.create(
        name="one",
        key_id=witness.known.vkey.id.hex(),
        next_at=world.now + witnessing.CLAIM,
    )
    assert witnesses.cosign() == 0
    assert state().failures == 0
    world.wait(witnessing.CLAIM.total_seconds())
    witnesses.cosign()
    assert state().failures == 1


def test_of_two_workers_that_find_a_witness_due_only_one_asks_it(
    world: World, witnesses: Witnesses, witness: RunningWitness, monkeypatch: pytest.MonkeyPatch
) -> None:
    witnesses.cosign()
    say(world)
    true = witnessing._is_due

    def meanwhile(state: WitnessState, size: int, now: datetime) -> bool:
        WitnessState.objects.update(next_at=now + witnessing.CLAIM)  # the other one was quicker
        return true(state, size, now)

    monkeypatch.setattr(witnessing, "_is_due", meanwhile)
    assert witnesses.cosign() == 0
    assert len(witness.asked) == 1


def test_nothing_is_asked_inside_a_transaction(
    witnesses: Witnesses, witness: RunningWitness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a witness is asked no more savepoints are open than before."""
    before, depths = len(connection.savepoint_ids), []

    def asking(*given: object, **named: object) -> object:
        depths.append(len(connection.savepoint_ids))
        return add_checkpoint(*given, **named)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(witnessing, "add_checkpoint", asking)
    assert witnesses.cosign() == 1
    assert depths == [before]
    assert witness.asked
