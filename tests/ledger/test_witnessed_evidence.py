"""Evidence, notes and commands show who has witnessed what; so much suffices, and no less."""

import json

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import DatabaseError, connection, transaction

from ledger import cosignatures, proofs, signers
from ledger.core.checkpoint import Checkpoint
from ledger.core.cosignature import cosign
from ledger.core.note import split_note
from ledger.core.signatures import LogKey
from ledger.core.tlog_policy import TlogPolicy
from ledger.models import WitnessState
from tests.database import tamper
from tests.ledger.commands import run
from tests.ledger.witnesses import (
    RunningWitness,
    Witnesses,
    codes,
    newest,
    say,
    size_of,
    verified,
)
from tests.ledger.world import LOT, World

pytestmark = pytest.mark.enable_socket


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
