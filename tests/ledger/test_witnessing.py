"""Our log and its witnesses, over real sockets: what is kept, what alarms, and what is shown."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import DatabaseError, connection, transaction

from ledger import alarms, cosignatures, proofs, signers, witnessing
from ledger.bounded_call import CallFailed, check_prefix
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.cosignature import cosign
from ledger.core.encoding import b64
from ledger.core.entry import Entry
from ledger.core.errors import Malformed
from ledger.core.findings import Findings
from ledger.core.note import SignatureLine, split_note
from ledger.core.signatures import OPENSSL, LogKey
from ledger.core.tlog_policy import TlogPolicy
from ledger.core.verification import verify
from ledger.core.witnessing import AddCheckpoint
from ledger.models import Checkpoint as Row
from ledger.models import Cosignature, WitnessState
from ledger.sequencing import SigningRefused
from ledger.witness_call import add_checkpoint
from tests.database import tamper
from tests.ledger.test_commands import run
from tests.ledger.witnesses import SOON_S, RunningWitness, Witnesses
from tests.ledger.world import LOT, World

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def witnesses(world: World, tmp_path: Path) -> Iterator[Witnesses]:
    with ExitStack() as stack:
        yield Witnesses(world.log, lambda: world.now, tmp_path / "witnesses", stack)


@pytest.fixture
def witness(witnesses: Witnesses) -> RunningWitness:
    """A witness that the policy trusts and asks for."""
    found = witnesses.start("one")
    witnesses.trust(found)
    return found


def state(name: str = "one") -> WitnessState:
    return WitnessState.objects.get(name=name)


def newest() -> Row:
    found = proofs.latest_checkpoint()
    assert found is not None
    return found


def size_of(found: RunningWitness) -> int:
    known = found.memory.known.get(settings.LOG_ORIGIN)
    return known.size if known else -1


def say(world: World, count: int = 1) -> list[Entry]:
    """Log so many more entries, under one checkpoint."""
    said = [world.entry(seen=proofs.latest_seen()) for _ in range(count)]
    world.log_all(*said)
    return said


def verified(world: World) -> Findings:
    found = proofs.evidence_of(LOT).evidence
    assert found is not None
    return verify(found, signers.policy(), world.now, OPENSSL)


def codes(found: Findings) -> set[str]:
    return {one.code for one in found.findings} - {"COMPLETENESS_NOT_PROVEN"}


# --- a witness that goes along --------------------------------------------------------------------


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


# --- two histories --------------------------------------------------------------------------------


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


# --- what is shown --------------------------------------------------------------------------------


def test_evidence_is_of_the_newest_checkpoint_that_the_policy_accepts(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    (first,) = say(world)
    witnesses.cosign()
    (second,) = say(world)
    found = proofs.evidence_of(LOT)
    assert found.pending == (second.entry_id,)
    assert not found.signs_of_tampering
    assert [fact.entry.entry_id for fact in verified(world).facts] == [first.entry_id]
    assert not codes(verified(world))
    place = proofs.place_of(second.entry_id)
    assert place is not None
    assert (place.index, place.size, place.covered) == (3, 3, False)
    assert proofs.position_of([first.entry_id, second.entry_id]) == {first.entry_id: 2}
    witnesses.cosign()
    assert proofs.evidence_of(LOT).pending == ()
    assert proofs.position_of([second.entry_id]) == {second.entry_id: 3}
    assert size_of(witness) == 4


def test_nothing_witnessed_is_shown_as_it_is_and_does_not_pass(
    world: World, witnesses: Witnesses
) -> None:
    witnesses.trust(witnesses.start("one"))
    say(world)
    assert codes(verified(world)) == {"WITNESS_QUORUM_NOT_MET"}


def test_two_of_three_are_needed_at_one_size(world: World, witnesses: Witnesses) -> None:
    three = [witnesses.start(name) for name in ("a", "b", "c")]
    broken = witnesses.answer(500, b"")
    witnesses.trust(*three, quorum="2", b=broken, c=broken)
    say(world)
    assert witnesses.cosign() == 1
    assert codes(verified(world)) == {"WITNESS_QUORUM_NOT_MET"}
    world.wait(10)
    witnesses.trust(*three, quorum="2", c=broken)
    assert witnesses.cosign() == 1
    found = verified(world)
    assert not codes(found)
    assert found.witnessed_at == world.now
    shown = proofs.shown_checkpoint()
    assert shown is not None
    assert shown.size == 3


def test_a_group_of_groups_is_met_by_the_right_ones_only(
    world: World, witnesses: Witnesses
) -> None:
    three = [witnesses.start(name) for name in ("a", "b", "c")]
    witnesses.trust(*three, quorum="none")
    lines = signers.policy().trust.as_lines()[:-1]
    both = TlogPolicy.parse("\n".join([*lines, "group g any a b", "group q all g c", "quorum q"]))
    for size, names in ((2, "ac"), (3, "ab")):
        for name in names:
            vkey = both.witnesses[name].vkey
            cosignatures.keep(size=size, witness=name, vkey=vkey, line=name, at=world.now)
    assert (both.fewest, cosignatures.newest_witnessed(both)) == (2, 2)


def test_the_past_shows_when_each_entry_was_first_witnessed(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    witnesses.cosign()
    before = world.now
    world.wait(60)
    (first,) = say(world)
    witnesses.cosign()
    covered = world.now
    world.wait(60)
    say(world)
    witnesses.cosign()
    found = proofs.evidence_of(LOT).evidence
    assert found is not None
    assert [(one.size, len(one.cosignatures)) for one in found.history] == [(2, 1), (3, 1)]
    fact = verified(world).facts[0]
    assert fact.entry.entry_id == first.entry_id
    assert (fact.not_before, fact.not_after) == (None, covered)
    later = verified(world).facts[1]
    assert (later.not_before, later.entry.statement.seen.size) == (before, 3)
    assert not codes(verified(world))
    assert size_of(witness) == 4


def test_the_past_has_no_more_cosignatures_than_a_reader_takes(
    world: World,
    witnesses: Witnesses,
    witness: RunningWitness,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cosignatures, "COSIGNATURES_MAX", 2)
    for _ in range(4):
        witnesses.cosign()
        say(world)
    witnesses.cosign()
    found = proofs.evidence_of(LOT).evidence
    assert found is not None
    shown = [(one.size, len(one.cosignatures)) for one in found.history]
    assert shown == [(2, 0), (3, 0), (4, 1), (5, 1)]
    assert size_of(witness) == 6


def test_a_note_has_room_for_so_many_witnesses_and_no_more(world: World) -> None:
    row = newest()
    checkpoint = Checkpoint(settings.LOG_ORIGIN, row.size, bytes(row.root))
    policy = signers.policy().trust
    assert policy.witnesses == {}
    for number in range(20):
        key = LogKey.generate()
        line = cosign(checkpoint, name=f"w{number}", key=key, at=world.now)
        vkey = RunningWitness(f"w{number}", key, None, 1).known.vkey  # type: ignore[arg-type]  # it does not run
        cosignatures.keep(size=2, witness=f"w{number}", vkey=vkey, line=line, at=world.now)
    assert len(split_note(proofs.published_note(row))[1]) == 16


def test_a_cosignature_is_never_changed_and_never_taken_away(
    witnesses: Witnesses, witness: RunningWitness
) -> None:
    witnesses.cosign()
    assert witness.asked
    for sql in (
        "UPDATE ledger_cosignature SET line = ''",
        "DELETE FROM ledger_cosignature",
        "TRUNCATE ledger_cosignature",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_a_line_that_a_vandal_put_in_is_found_by_the_reader(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    say(world)
    witnesses.cosign()
    tamper("UPDATE ledger_cosignature SET line = replace(line, ' A', ' B'), size = 3")
    other = cosign(
        Checkpoint(settings.LOG_ORIGIN, 3, bytes(32)),
        name="one.example",
        key=witness.key,
        at=world.now,
    )
    tamper("UPDATE ledger_cosignature SET line = %s", [other])
    WitnessState.objects.update(line="")
    assert "COSIGNATURE_BAD" in codes(verified(world))


# --- the call itself ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["", "w.example", "ftp://w.example", "file:///etc/passwd", "http://", "http://u:p@w.example",
     "http://w.example/?q", "http://w.example/#f", "http://[", "http://w.example:0/",
     "http://w.example:x/"],
)  # fmt: skip
def test_only_plain_addresses_of_http_are_called(url: str) -> None:
    with pytest.raises(Malformed) as refusal:
        check_prefix(url)
    assert refusal.value.code == "URL_MALFORMED"


def test_an_answer_that_drips_is_cut_off(witnesses: Witnesses) -> None:
    """Each byte comes in time; the whole never does."""
    dripping = witnesses.drip()
    began = datetime.now(UTC)
    with pytest.raises(CallFailed):
        add_checkpoint(dripping, b"", timeout_s=SOON_S)
    assert datetime.now(UTC) - began < timedelta(seconds=3)


# --- the commands ---------------------------------------------------------------------------------


def test_a_witness_is_trusted_and_forgotten_by_a_command(
    world: World, witnesses: Witnesses
) -> None:
    one, two = witnesses.start("one"), witnesses.start("two")
    run("trust_witness", "one", str(one.known.vkey), one.url)
    assert not signers.policy().trust.asks
    said = run("trust_witness", "two", str(two.known.vkey), two.url, "--quorum", "all")
    assert "group witnesses 2 one two" in said
    assert run("export_policy", "--tlog") == said
    assert TlogPolicy.parse_bytes(said.encode()) == signers.policy().trust
    assert "cosigned by 2" in run("cosign_checkpoint")
    run("trust_witness", "one", "--forget")
    assert signers.policy().trust.as_lines()[-2:] == ["group witnesses 1 two", "quorum witnesses"]
    assert proofs.shown_checkpoint() == newest()
    assert world.log.public == signers.policy().log.public


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["one"], "Say its public key"),
        (["one", "--forget"], "names no witness"),
        (["one", "{vkey}", "ftp://w.example"], "URL_MALFORMED"),
        (["one", "{vkey}x", "http://w.example"], "BASE64|VKEY"),
        (["a b", "{vkey}", "http://w.example"], "POLICY_MALFORMED"),
        (["one", "{vkey}", "http://w.example", "--quorum", "2"], "POLICY_MALFORMED"),
    ],
)
def test_a_witness_that_cannot_be_trusted_leaves_the_policy_as_it_is(
    world: World, witnesses: Witnesses, words: list[str], said: str
) -> None:
    before = signers.policy()
    vkey = str(witnesses.start("one").known.vkey)
    with pytest.raises(CommandError, match=said):
        run("trust_witness", *(word.format(vkey=vkey) for word in words))
    assert signers.policy() == before
    assert world.log.public == before.log.public


def test_the_log_status_tells_of_each_witness(
    world: World, witnesses: Witnesses, witness: RunningWitness
) -> None:
    witnesses.cosign()
    told = json.loads(run("log_status", "--json"))["witnesses"]
    assert [(one["name"], one["size"], one["answer"]) for one in told] == [("one", 2, "cosigned")]
    assert "one at 2: cosigned" in run("log_status")
    say(world)
    assert size_of(witness) == 2
    with pytest.raises(SystemExit):  # too few have cosigned it for more than a minute
        run("log_status")
