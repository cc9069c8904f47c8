"""Evidence about a stream: whole, provable, and honest about what has been done to it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from ledger import alarms, proofs, signers
from ledger.core.entry import Entry, sign
from ledger.core.envelope import seal
from ledger.core.evidence import Evidence
from ledger.core.merkle import EMPTY_ROOT
from ledger.core.signatures import OPENSSL, PrivateKey
from ledger.core.statement import Seen
from ledger.core.verification import verify
from ledger.proofs import StreamEvidence, evidence_of
from tests.database import tamper, triggers_off
from tests.ledger.world import LOT, MAKER, World, ids


def proven(world: World, evidence: Evidence) -> list[str]:
    """The entries about the lot that the evidence proves; an error makes the test fail."""
    again = Evidence.parse(evidence.as_bytes())
    findings = verify(again, signers.policy(), world.now, OPENSSL)
    assert findings.valid, findings.findings
    return [fact.entry.entry_id for fact in findings.facts if fact.entry.statement.stream == LOT]


def signs(found: StreamEvidence) -> set[tuple[str, str | None]]:
    return {(sign.code, sign.entry_id) for sign in found.signs_of_tampering}


def shown(stream: str = LOT) -> Evidence:
    found = evidence_of(stream)
    assert found.evidence is not None
    return found.evidence


def test_evidence_about_a_stream_verifies(world: World) -> None:
    first = world.entry()
    second = world.after(first)
    world.log_all(first, world.entry("lot:00614141000012/B2"), second)
    found = evidence_of(LOT)
    assert found.evidence is not None
    assert proven(world, found.evidence) == ids([first, second])
    assert (found.pending, found.signs_of_tampering) == ((), ())


def test_evidence_verifies_over_many_tiles(world: World) -> None:
    first = world.entry()
    world.log_all(first)
    world.append(*(world.entry("lot:00614141000012/B2") for _ in range(700)))
    world.sequencer().step()
    second = world.after(first)
    world.log_all(second)
    assert proven(world, shown()) == ids([first, second])


def test_evidence_holds_every_revocation_of_a_key(world: World) -> None:
    entry = world.entry()
    world.log_all(entry, world.revoke(world.maker))
    world.log_all(world.revoke(world.maker, start=2))
    findings = verify(shown(), signers.policy(), world.now, OPENSSL)
    assert {one.code for one in findings.findings if one.entry_id == entry.entry_id} == {
        "ENTRY_SUSPECT"
    }


def test_parties_that_are_only_named_are_shown_when_asked_for(world: World) -> None:
    admission = world.admit("9506000020013")
    entry = world.entry()
    world.append(admission)
    world.log_all(entry)
    texts = {item.entry for item in shown().items}
    assert admission.envelope.jws not in texts
    named = evidence_of(LOT, parties=["9506000020013"]).evidence
    assert named is not None
    assert admission.envelope.jws in {item.entry for item in named.items}


def test_sealed_members_are_shown_to_whom_they_may_be(world: World) -> None:
    digests, disclosures = seal({"order": "PO-7"}, [b"s" * 16])
    plain = world.entry(sealed=digests)
    entry = Entry.parse(sign(plain.statement, world.maker, disclosures))
    world.log_all(entry)
    closed = [item.disclosures for item in shown().items]
    assert closed == [(), (), ()]
    opened = evidence_of(
        LOT, disclose=lambda one: one.disclosures if one.party == MAKER else ()
    ).evidence
    assert opened is not None
    assert [item.disclosures for item in opened.items][2] == (disclosures[0].text,)


def test_what_no_checkpoint_covers_is_pending(world: World) -> None:
    first, second = world.entry(), world.entry()
    world.log_all(first)
    world.append(second)
    found = evidence_of(LOT)
    assert found.pending == (second.entry_id,)
    assert found.signs_of_tampering == ()
    assert found.evidence is not None
    assert proven(world, found.evidence) == [first.entry_id]
    assert proofs.position_of(ids([first, second])) == {first.entry_id: 2}


def test_there_is_no_evidence_before_the_first_checkpoint(bare_world: World, db: None) -> None:
    del db
    bare_world.admit_maker()
    entry = bare_world.entry()
    bare_world.append(entry)
    found = evidence_of(LOT)
    assert (found.evidence, found.pending) == (None, (entry.entry_id,))
    assert proofs.latest_seen() == Seen(0, EMPTY_ROOT)
    assert proofs.position_of([entry.entry_id]) == {}


def test_nothing_is_known_about_an_unknown_stream(world: World) -> None:
    del world
    found = evidence_of("lot:09506000134352/NEVER")
    assert found.evidence is not None
    assert (found.evidence.items, found.pending, found.signs_of_tampering) == ((), (), ())


# --- what has been done to the database shows -------------------------------------------------


@pytest.fixture
def lot(world: World) -> list[Entry]:
    """Three entries, one after another, logged."""
    first = world.entry()
    second = world.after(first)
    third = world.after(second)
    world.log_all(first, second, third)
    return [first, second, third]


@pytest.mark.parametrize("byte", [0, 150, 300])
def test_a_changed_byte_shows(world: World, lot: list[Entry], byte: int) -> None:
    which = lot[1].entry_id
    tamper(
        "UPDATE ledger_entry SET jws = set_byte(jws, %s, 200) WHERE entry_id = %s", [byte, which]
    )
    found = evidence_of(LOT)
    assert signs(found) == {("ENTRY_CHANGED", which)}
    assert found.evidence is not None
    assert not verify(found.evidence, signers.policy(), world.now, OPENSSL).valid


@pytest.mark.usefixtures("world")
def test_a_removed_entry_shows(lot: list[Entry]) -> None:
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [lot[1].entry_id])
    assert signs(evidence_of(LOT)) == {("ENTRY_MISSING", lot[1].entry_id)}


@pytest.mark.usefixtures("world")
def test_a_removed_entry_shows_without_its_leaf(lot: list[Entry]) -> None:
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [lot[1].entry_id])
    tamper("DELETE FROM ledger_leaf WHERE entry_id = %s", [lot[1].entry_id])
    assert signs(evidence_of(LOT)) == {("ENTRY_MISSING", None)}


@pytest.mark.usefixtures("world")
def test_a_removed_leaf_shows(lot: list[Entry]) -> None:
    tamper("DELETE FROM ledger_leaf WHERE entry_id = %s", [lot[1].entry_id])
    assert signs(evidence_of(LOT)) == {("ENTRY_NOT_LOGGED", lot[1].entry_id)}


@pytest.mark.usefixtures("world")
def test_a_lowered_count_shows(lot: list[Entry]) -> None:
    tamper("UPDATE ledger_stream SET entries = 2 WHERE name = %s", [LOT])
    assert signs(evidence_of(LOT)) == {("ENTRY_UNCOUNTED", lot[2].entry_id)}


@pytest.mark.usefixtures("world")
def test_a_changed_tile_shows(lot: list[Entry]) -> None:
    tamper("UPDATE ledger_tile SET hashes = set_byte(hashes, 97, 7)")
    assert signs(evidence_of(LOT)) == {("TREE_CHANGED", lot[1].entry_id)}


def test_tiles_that_are_gone_show(world: World, lot: list[Entry]) -> None:
    tamper("DELETE FROM ledger_tile")
    found = evidence_of(LOT)
    assert signs(found) == {("TREE_CHANGED", entry.entry_id) for entry in world_of(found, lot)}
    assert found.evidence is not None
    assert not verify(found.evidence, signers.policy(), world.now, OPENSSL).valid


def world_of(found: StreamEvidence, lot: list[Entry]) -> list[Entry]:
    """The entries of the lot and of the registry that evidence holds."""
    assert found.evidence is not None
    registry = [Entry.parse(item.entry) for item in found.evidence.items[:2]]
    return [*registry, *lot]


@pytest.mark.usefixtures("world")
def test_a_cut_tail_shows(lot: list[Entry]) -> None:
    tamper("DELETE FROM ledger_leaf WHERE index >= 4")
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [lot[2].entry_id])
    tamper("UPDATE ledger_stream SET entries = 2 WHERE name = %s", [LOT])
    tamper("DELETE FROM ledger_checkpoint WHERE size = 5")
    assert signs(evidence_of(LOT)) == {("DATABASE_BEHIND", None)}


@pytest.mark.usefixtures("world", "lot")
def test_two_checkpoints_of_one_size_show() -> None:
    tamper("UPDATE ledger_checkpoint SET root = sha256('')")
    assert ("CHECKPOINT_FORKED", None) in signs(evidence_of(LOT))


def test_an_alarm_about_a_stream_shows_even_when_acknowledged(
    world: World, lot: list[Entry]
) -> None:
    tamper("UPDATE ledger_entry SET type = 'thing.unsaid' WHERE entry_id = %s", [lot[0].entry_id])
    world.audit()
    alarms.acknowledge(which=lot[0].entry_id, by="ann", reason="seen", at=world.now)
    assert signs(evidence_of(LOT)) == {("COLUMNS_CHANGED", lot[0].entry_id)}
    assert signs(evidence_of("lot:00614141000012/B2")) == set()


def test_an_alarm_about_the_whole_log_shows_until_it_is_acknowledged(
    world: World, lot: list[Entry]
) -> None:
    del lot
    alarms.raise_alarm(code="DATABASE_BEHIND", about="", message="odd", at=world.now)
    assert signs(evidence_of(LOT)) == {("DATABASE_BEHIND", None)}
    number = str(alarms.standing().get().pk)
    alarms.acknowledge(which=number, by="ann", reason="restored", at=world.now)
    assert signs(evidence_of(LOT)) == set()


@pytest.mark.usefixtures("world", "lot")
@pytest.mark.parametrize("content", ["", "nonsense", "a\nb\nc\n\nd", "\x00\xff"])
def test_a_checkpoint_file_of_nonsense_raises_nothing(content: str) -> None:
    Path(settings.CHECKPOINT_FILE).write_text(content, encoding="latin-1")
    assert evidence_of(LOT).evidence is not None


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_entry SET jws = ''",
        "UPDATE ledger_entry SET jws = '\\xff00ff'",
        "UPDATE ledger_entry SET number = number + 7",
        "UPDATE ledger_leaf SET hash = sha256('')",
        "UPDATE ledger_leaf SET entry_id = 'x'",
        "UPDATE ledger_leaf SET number = number + 3",
        "UPDATE ledger_tile SET hashes = substring(hashes FROM 1 FOR 32)",
        "UPDATE ledger_tile SET number = 5",
        "UPDATE ledger_checkpoint SET note = 'x'",
        "UPDATE ledger_checkpoint SET size = size + 90000",
        "UPDATE ledger_key SET added_by = 'x'",
        "DELETE FROM ledger_key",
        "DELETE FROM ledger_stream",
        "DELETE FROM ledger_checkpoint",
    ],
)
def test_nothing_that_is_done_to_the_tables_makes_a_scan_fail(
    world: World, lot: list[Entry], sql: str
) -> None:
    del lot
    tamper(sql)
    found = evidence_of(LOT)
    if found.evidence is not None:
        findings = verify(found.evidence, signers.policy(), world.now, OPENSSL)
        assert not findings.valid or found.signs_of_tampering


def test_evidence_of_a_long_stream_takes_as_many_queries_as_of_a_short_one(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    keys = [PrivateKey.generate() for _ in range(5)]
    world.append(*(world.add_key(MAKER, key) for key in keys))
    sequencer = world.sequencer()
    for number in range(20):
        world.append(world.entry(signer=keys[number % 5]))
        world.append(*(world.entry("lot:00614141000012/B2") for _ in range(200)))
        sequencer.step()
    with django_assert_max_num_queries(25):
        found = evidence_of(LOT)
    assert found.evidence is not None
    assert len(found.evidence.items) == 20 + 1 + 6, "entries, the admission, all keys of the party"


# --- the checkpoint outside the database ------------------------------------------------------


def test_a_checkpoint_that_only_the_file_has_is_no_sign_while_the_tree_is_that_one(
    world: World, lot: list[Entry]
) -> None:
    tamper("DELETE FROM ledger_checkpoint WHERE size = 5")
    found = evidence_of(LOT)
    assert (found.signs_of_tampering, len(found.pending)) == ((), len(lot))
    world.append(world.after(lot[2]))


def test_a_database_that_was_rolled_back_shows_though_leaves_were_made_up(
    world: World, lot: list[Entry]
) -> None:
    with connection.cursor() as cursor:
        for table in _LOG_TABLES:
            cursor.execute(f"CREATE TEMP TABLE backup_{table} AS SELECT * FROM {table}")
    world.log_all(world.after(lot[2]))
    with triggers_off(), connection.cursor() as cursor:
        for table in _LOG_TABLES:
            cursor.execute(f"DELETE FROM {table}")
            cursor.execute(f"INSERT INTO {table} SELECT * FROM backup_{table}")
        cursor.execute(
            "INSERT INTO ledger_leaf (index, stream_id, number, entry_id, hash)"
            " SELECT 5, gen_random_uuid(), 0, entry_id, hash FROM ledger_leaf WHERE index = 4"
        )
    assert signs(evidence_of(LOT)) == {("DATABASE_BEHIND", None)}


_LOG_TABLES = (
    "ledger_entry",
    "ledger_leaf",
    "ledger_tile",
    "ledger_checkpoint",
    "ledger_stream",
    "ledger_outputuse",
)


@pytest.mark.usefixtures("world", "lot")
def test_another_tree_than_the_one_in_the_file_shows() -> None:
    tamper("DELETE FROM ledger_checkpoint WHERE size = 5")
    tamper("UPDATE ledger_tile SET hashes = set_byte(hashes, 0, get_byte(hashes, 0) # 1)")
    assert ("CHECKPOINT_FORKED", None) in signs(evidence_of(LOT))


@pytest.mark.usefixtures("world", "lot")
def test_a_checkpoint_file_that_is_gone_or_unreadable_shows() -> None:
    file = Path(settings.CHECKPOINT_FILE)
    file.write_bytes(b"\xff\x00 no note")
    assert signs(evidence_of(LOT)) == {("CHECKPOINT_FILE_DAMAGED", None)}
    file.unlink()
    assert signs(evidence_of(LOT)) == {("CHECKPOINT_FILE_MISSING", None)}


# --- others work meanwhile --------------------------------------------------------------------


@pytest.mark.parametrize("before", ["EXECUTE stored_all", "EXECUTE places_all"])
def test_what_is_appended_while_evidence_is_read_is_no_sign(
    world: World, lot: list[Entry], before: str
) -> None:
    late = [world.after(lot[2])]

    def append_first(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if before in sql and late:
            world.log_all(late.pop())
        return execute(sql, *rest)

    with connection.execute_wrapper(append_first):
        found = evidence_of(LOT)
    assert late == []
    assert found.signs_of_tampering == ()
