"""Whoever edits the database is found out, by name."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from ledger import alarms, audit_log, audit_rows, auditing, signers
from ledger.auditing import Opinions
from ledger.core.checkpoint import Checkpoint as Signed
from ledger.core.checkpoint import sign_checkpoint
from ledger.core.entry import Entry
from ledger.core.keys import PublicKey
from ledger.core.registry_acts import RevokeKey
from ledger.core.signatures import OPENSSL, PrivateKey
from ledger.models import Alarm, AuditRun, Checkpoint
from ledger.sequencing import SigningRefused
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from tests.database import tamper
from tests.ledger.world import LOT, MAKER, World, a_file, found, ids


@pytest.fixture
def lot(world: World) -> list[Entry]:
    """Three entries with a file, one after another, logged under one checkpoint at size 5."""
    first = world.entry(attachments=(a_file(b"cold"),))
    second = world.after(first)
    third = world.after(second)
    world.append(first, files={a_file(b"cold").sha256: b"cold"})
    world.log_all(second, third)
    return [first, second, third]


def refuses(world: World) -> bool:
    """Whether a sequencer, also one newly started, signs nothing more."""
    before = Checkpoint.objects.count()
    world.wait(60)
    try:
        world.append(world.entry("lot:00614141000012/C3"))
        world.sequencer("new").step()
    except SigningRefused:
        return Checkpoint.objects.count() == before
    return False


def test_a_whole_ledger_is_clean(world: World, lot: list[Entry]) -> None:
    world.append(world.entry(), world.entry())
    result = world.audit()
    assert result.findings == ()
    assert (result.entries, result.size) == (7, 5)
    run = AuditRun.objects.get()
    assert (run.whole, run.entries, run.size, run.findings) == (True, 7, 5, [])
    assert len(lot) == 3


def test_an_empty_ledger_is_clean(bare_world: World, db: None) -> None:
    del db
    assert bare_world.audit().findings == ()


def test_a_ledger_of_several_chunks_and_tiles_is_clean(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "LEAVES", 100)
    monkeypatch.setattr(audit_rows, "PART", 70)
    for size in (250, 300):
        world.append(*(world.entry() for _ in range(size)))
        world.sequencer().step()
    result = world.audit()
    assert result.findings == ()
    assert result.size == 552


def test_a_second_library_is_asked(world: World, lot: list[Entry]) -> None:
    del world, lot
    file = Path(settings.CHECKPOINT_FILE)
    every = Opinions(OPENSSL, EcdsaSignatures())
    result = auditing.audit(every, policy=signers.policy(), file=file)
    assert (result.findings, result.second_opinions) == ((), 5)


def test_a_sample_is_drawn_again_by_its_seed(world: World, lot: list[Entry]) -> None:
    del lot
    world.append(*(world.entry() for _ in range(60)))
    file = Path(settings.CHECKPOINT_FILE)

    def drawn(seed: str, share: float = 0.5) -> int:
        some = Opinions(OPENSSL, OPENSSL, share, seed)
        return auditing.audit(some, policy=signers.policy(), file=file).second_opinions

    assert drawn("a") == drawn("a")
    assert len({drawn(seed) for seed in "abcdefgh"}) > 1
    assert 10 < drawn("a") < 55
    assert drawn("a", 0.000001) == 0


@dataclass
class Contrary:
    """A library that accepts no signature."""

    def es256(self, key: PublicKey, message: bytes, signature: bytes) -> bool:
        del key, message, signature
        return False

    def ed25519(self, key: bytes, message: bytes, signature: bytes) -> bool:
        del key, message, signature
        return False


def test_a_library_that_disagrees_is_reported(world: World, lot: list[Entry]) -> None:
    del world
    result = auditing.audit(
        Opinions(OPENSSL, Contrary()),
        policy=signers.policy(),
        file=Path(settings.CHECKPOINT_FILE),
    )
    assert ("SECOND_OPINION_DIFFERS", lot[0].entry_id) in found(result)


@pytest.mark.parametrize("byte", [0, 129, 131, 400, 650])
def test_one_changed_byte_of_an_entry_is_found(world: World, lot: list[Entry], byte: int) -> None:
    which = lot[1].entry_id
    tamper(
        "UPDATE ledger_entry SET jws = set_byte(jws, %s, get_byte(jws, %s) # 1)"
        " WHERE entry_id = %s",
        [byte, byte, which],
    )
    assert found(world.audit()) >= {("ENTRY_CHANGED", which)}
    assert refuses(world)


def test_a_removed_entry_is_found(world: World, lot: list[Entry]) -> None:
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [lot[2].entry_id])
    assert found(world.audit()) >= {("ENTRY_MISSING", lot[2].entry_id)}
    assert refuses(world)


def test_an_entry_removed_with_its_leaf_is_found(world: World, lot: list[Entry]) -> None:
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [lot[1].entry_id])
    tamper("DELETE FROM ledger_leaf WHERE entry_id = %s", [lot[1].entry_id])
    findings = found(world.audit())
    assert findings >= {
        ("LEAF_MISSING", "index 3"),
        ("NUMBER_GAP", lot[2].entry_id),
        ("STREAM_COUNT", f"stream {LOT}"),
    }
    assert refuses(world)


def test_a_removed_leaf_is_found(world: World, lot: list[Entry]) -> None:
    tamper("DELETE FROM ledger_leaf WHERE entry_id = %s", [lot[1].entry_id])
    assert found(world.audit()) >= {
        ("LEAF_MISSING", "index 3"),
        ("ENTRY_NOT_LOGGED", lot[1].entry_id),
    }


def test_a_cut_tail_is_found(world: World, lot: list[Entry]) -> None:
    tamper("DELETE FROM ledger_leaf WHERE index >= 4")
    tamper("DELETE FROM ledger_outputuse WHERE used_by = %s", [lot[2].entry_id])
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [lot[2].entry_id])
    tamper("DELETE FROM ledger_checkpoint WHERE size = 5")
    tamper("UPDATE ledger_tile SET hashes = substring(hashes FROM 1 FOR 128)")
    tamper("UPDATE ledger_stream SET entries = 2 WHERE name = %s", [LOT])
    assert found(world.audit()) == {
        ("DATABASE_BEHIND", ""),
        ("CHECKPOINT_MISSING", "checkpoint 5"),
    }
    assert refuses(world)


def test_a_removed_checkpoint_is_found(world: World, lot: list[Entry]) -> None:
    world.log_all(world.after(lot[2]))
    tamper("DELETE FROM ledger_checkpoint WHERE size = 5")
    assert found(world.audit()) == {("CHECKPOINT_MISSING", "checkpoint 5")}
    tamper("DELETE FROM ledger_checkpoint WHERE size = 6")
    assert found(world.audit()) == {("CHECKPOINT_MISSING", "checkpoint 6")}


def test_suspensions_rotations_and_thefts_are_held_against_the_tables(world: World) -> None:
    new = PrivateKey.generate()
    world.log_all(world.entry(), world.rotate(new), world.suspend(), world.reinstate())
    world.log_all(world.suspend(), world.revoke(world.maker, start=2))
    assert found(world.audit()) == set()
    tamper("UPDATE ledger_party SET suspended_by = '{}'")
    tamper("UPDATE ledger_key SET revoked_from = NULL WHERE kid = %s", [new.kid])
    tamper("UPDATE ledger_key SET successor = '' WHERE kid = %s", [world.maker.kid])
    assert found(world.audit()) == {
        ("REGISTRY_CHANGED", f"party {MAKER}"),
        ("REGISTRY_CHANGED", f"key {world.maker.kid}"),
        ("REGISTRY_CHANGED", f"key {new.kid}"),
    }


def test_an_edited_party_and_an_edited_key_are_found(world: World, lot: list[Entry]) -> None:
    del lot
    tamper('UPDATE ledger_party SET profile = \'{"name": "Lyle & Sons"}\'')
    tamper("UPDATE ledger_key SET custody = 'hsm'")
    assert found(world.audit()) == {
        ("REGISTRY_CHANGED", "party 0614141000012"),
        ("REGISTRY_CHANGED", f"key {world.maker.kid}"),
    }


def test_an_edited_registry_entry_is_found(world: World, lot: list[Entry]) -> None:
    tamper(
        "UPDATE ledger_entry SET jws = set_byte(jws, 300, get_byte(jws, 300) # 1)"
        " WHERE type = 'registry.key.add'"
    )
    findings = found(world.audit())
    registry = next(one for code, one in findings if code == "ENTRY_CHANGED")
    assert registry not in ids(lot)
    assert {("KEY_UNKNOWN", one) for one in ids(lot)} <= findings


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE ledger_entry SET type = 'a.b' WHERE entry_id = %s", "COLUMNS_CHANGED"),
        ("UPDATE ledger_entry SET party = 'x' WHERE entry_id = %s", "COLUMNS_CHANGED"),
        ("UPDATE ledger_entry SET creates = 9 WHERE entry_id = %s", "COLUMNS_CHANGED"),
        ("UPDATE ledger_entry SET disclosures = '{x}' WHERE entry_id = %s", "DISCLOSURE_CHANGED"),
        ("DELETE FROM ledger_outputuse WHERE used_by = %s", "OUTPUT_USE_CHANGED"),
        ("UPDATE ledger_outputuse SET used_by = 'x' WHERE used_by = %s", "OUTPUT_USE_CHANGED"),
    ],
)
def test_what_stands_beside_the_bytes_must_agree_with_them(
    world: World, lot: list[Entry], sql: str, code: str
) -> None:
    which = lot[1].entry_id
    tamper(sql, [which])
    assert found(world.audit()) == {(code, which)}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_attachment SET content = 'warm'",
        "UPDATE ledger_attachment SET size = 5",
        "DELETE FROM ledger_attachment",
    ],
)
def test_a_changed_file_is_found(world: World, lot: list[Entry], sql: str) -> None:
    tamper(sql)
    assert found(world.audit()) == {("ATTACHMENT_CHANGED", lot[0].entry_id)}


@pytest.mark.parametrize(
    ("sql", "about"),
    [
        ("UPDATE ledger_tile SET hashes = set_byte(hashes, 99, 7)", "tile 0/0"),
        ("DELETE FROM ledger_tile", "tile 0/0"),
        ("INSERT INTO ledger_tile SELECT level, 9, hashes FROM ledger_tile", "tiles"),
    ],
)
def test_a_changed_tile_is_found(world: World, lot: list[Entry], sql: str, about: str) -> None:
    del lot
    tamper(sql)
    assert ("TREE_CHANGED", about) in found(world.audit())


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_checkpoint SET root = sha256('') WHERE size = 2",
        "UPDATE ledger_checkpoint SET note = replace(note, 'demo', 'memo') WHERE size = 2",
        "UPDATE ledger_checkpoint SET note = 'x' WHERE size = 2",
    ],
)
def test_a_changed_checkpoint_is_found(world: World, lot: list[Entry], sql: str) -> None:
    del lot
    tamper(sql)
    assert found(world.audit()) == {("CHECKPOINT_WRONG", "checkpoint 2")}


def test_a_checkpoint_beyond_the_leaves_is_found(world: World, lot: list[Entry]) -> None:
    del lot
    tamper(
        "INSERT INTO ledger_checkpoint SELECT 9, 5, root, note, at FROM ledger_checkpoint"
        " WHERE size = 5"
    )
    assert ("DATABASE_BEHIND", "") in found(world.audit())


def test_a_row_that_was_rewritten_with_its_leaf_and_tile_breaks_the_signed_root(
    world: World, lot: list[Entry]
) -> None:
    other = world.entry(body={"another": "story"})
    tamper(
        "UPDATE ledger_entry SET jws = %s WHERE entry_id = %s",
        [other.envelope.jws.encode(), lot[2].entry_id],
    )
    tamper(
        "UPDATE ledger_leaf SET hash = sha256('\\x00'::bytea || %s) WHERE entry_id = %s",
        [other.envelope.jws.encode(), lot[2].entry_id],
    )
    tamper(
        "UPDATE ledger_tile SET hashes = substring(hashes FROM 1 FOR 128)"
        " || (SELECT hash FROM ledger_leaf WHERE index = 4)"
    )
    findings = found(world.audit())
    assert {("ENTRY_CHANGED", lot[2].entry_id), ("CHECKPOINT_WRONG", "checkpoint 5")} <= findings


@pytest.mark.parametrize(
    ("size", "code"),
    [(2, "CHECKPOINT_FILE_BEHIND"), (5, "CHECKPOINT_FORKED"), (7, "DATABASE_BEHIND")],
)
def test_another_checkpoint_in_the_file_is_found(
    world: World, lot: list[Entry], size: int, code: str
) -> None:
    del lot
    other = Signed(settings.LOG_ORIGIN, size, bytes(32))
    Path(settings.CHECKPOINT_FILE).write_text(sign_checkpoint(other, world.log))
    assert code in {name for name, _ in found(world.audit())}


def test_a_missing_and_an_unreadable_file_are_found(world: World, lot: list[Entry]) -> None:
    del lot
    file = Path(settings.CHECKPOINT_FILE)
    file.write_text("nonsense")
    assert {code for code, _ in found(world.audit())} == {
        "CHECKPOINT_WRONG",
        "CHECKPOINT_FILE_BEHIND",
    }
    file.unlink()
    assert {code for code, _ in found(world.audit())} == {"CHECKPOINT_FILE_BEHIND"}


def test_what_waits_is_checked_too(world: World) -> None:
    waiting, gone, lost = (world.entry() for _ in range(3))
    world.append(waiting, gone, lost)
    tamper("UPDATE ledger_entry SET jws = 'x' WHERE entry_id = %s", [waiting.entry_id])
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [gone.entry_id])
    tamper("DELETE FROM ledger_inbox WHERE entry_id = %s", [lost.entry_id])
    assert found(world.audit()) >= {
        ("ENTRY_CHANGED", waiting.entry_id),
        ("ENTRY_MISSING", gone.entry_id),
        ("ENTRY_NOT_LOGGED", lost.entry_id),
    }


def test_bytes_that_never_were_an_entry_are_found(world: World) -> None:
    entry = world.entry()
    world.append(entry)
    tamper("UPDATE ledger_entry SET jws = 'x' WHERE entry_id = %s", [entry.entry_id])
    tamper("UPDATE ledger_inbox SET leaf = sha256('\\x0078'::bytea)")
    assert found(world.audit()) == {("ENTRY_MALFORMED", entry.entry_id)}


def test_a_stream_under_another_name_is_found(world: World, lot: list[Entry]) -> None:
    del lot
    tamper("UPDATE ledger_stream SET name = 'lot:elsewhere' WHERE name = %s", [LOT])
    assert found(world.audit()) == {("STREAM_COUNT", "stream lot:elsewhere")}


def test_an_output_used_twice_around_the_constraint_is_found(
    world: World, lot: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    thief = world.after(lot[0])
    monkeypatch.setattr("ledger.appending.OpenStream._check_unused", lambda *_: None)
    monkeypatch.setattr("ledger.appending.OpenStream._uses", lambda _: [])
    world.log_all(thief)
    assert found(world.audit()) == {("OUTPUT_USED", thief.entry_id)}


def test_a_nonce_used_in_two_lots_is_no_trouble(world: World) -> None:
    lots = (LOT, "lot:00614141000012/B2", "lot:00614141000012/C3")
    world.log_all(*(world.entry(lot, nonce=b"n" * 16) for lot in lots))
    assert world.audit().clean


def test_a_nonce_used_twice_in_a_lot_or_in_it_and_the_registry_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.appending.OpenStream._check_links", lambda *_: None)
    tamper("ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_nonce_once")
    other = world.entry("lot:00614141000012/B2", nonce=b"n" * 16)
    first, again = (world.entry(nonce=b"n" * 16, creates=number) for number in (1, 2))
    revocation = world.entry(
        "registry",
        nonce=b"n" * 16,
        type=RevokeKey.TYPE,
        body=RevokeKey(world.maker.kid, "lost").as_body(),
        creates=0,
    )
    world.log_all(other, first, again, revocation)
    assert found(world.audit()) == {
        ("NONCE_REUSED", again.entry_id),
        ("NONCE_REUSED", revocation.entry_id),
    }


def test_an_output_from_nowhere_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = world.entry("lot:00614141000012/B2")
    orphan = world.entry(consumes=world.after(stranger).statement.consumes)
    monkeypatch.setattr("ledger.appending.OpenStream._check_links", lambda *_: None)
    monkeypatch.setattr("ledger.appending.OpenStream._uses", lambda _: [])
    world.append(stranger)
    world.log_all(orphan)
    assert found(world.audit()) == {
        ("OUTPUT_UNKNOWN", orphan.entry_id),
        ("OUTPUT_USE_CHANGED", orphan.entry_id),
    }


def test_an_output_beyond_what_an_entry_makes_is_found(
    world: World, lot: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    greedy = world.after(lot[2], output=1)
    monkeypatch.setattr("ledger.appending.OpenStream._check_unused", lambda *_: None)
    world.log_all(greedy)
    assert found(world.audit()) == {("OUTPUT_UNKNOWN", greedy.entry_id)}


def test_an_entry_of_another_log_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    strange = world.entry(log="another.example/log")
    monkeypatch.setattr("ledger.appending.OpenStream._check_place", lambda *_: None)
    world.log_all(strange)
    assert found(world.audit()) == {("LOG_MISMATCH", strange.entry_id)}


# --- alarms -----------------------------------------------------------------------------------


def test_each_finding_raises_one_alarm_however_often_it_is_found(
    world: World, lot: list[Entry]
) -> None:
    tamper("UPDATE ledger_entry SET party = 'x' WHERE entry_id = %s", [lot[1].entry_id])
    world.audit()
    world.audit()
    alarm = Alarm.objects.get()
    assert (alarm.code, alarm.about, alarm.about_entry) == (
        "COLUMNS_CHANGED",
        lot[1].entry_id,
        lot[1].entry_id,
    )
    assert refuses(world)


def test_signing_goes_on_after_an_acknowledgement_and_the_audit_goes_on_naming_it(
    world: World, lot: list[Entry]
) -> None:
    tamper("UPDATE ledger_entry SET jws = 'x' WHERE entry_id = %s", [lot[2].entry_id])
    world.audit()
    alarms.acknowledge(which=lot[2].entry_id, by="ann", reason="a vandal", at=world.now)
    assert not refuses(world)
    assert found(world.audit()) == {("ENTRY_CHANGED", lot[2].entry_id)}
    alarm = Alarm.objects.get()
    assert (alarm.acknowledged_by, alarm.reason) == ("ann", "a vandal")
    assert alarm.cleared_at is None


def test_a_clean_audit_clears_what_is_whole_again(world: World, lot: list[Entry]) -> None:
    tamper("UPDATE ledger_entry SET party = 'x' WHERE entry_id = %s", [lot[1].entry_id])
    world.audit()
    tamper("UPDATE ledger_entry SET party = '0614141000012' WHERE entry_id = %s", [lot[1].entry_id])
    alarms.raise_alarm(code="TREE_FORKED", about="", message="odd", at=world.now)
    assert world.audit().clean
    assert not alarms.standing().exists()
    assert not refuses(world)


def test_an_audit_that_found_something_else_leaves_alarms_about_the_whole_log(
    world: World, lot: list[Entry]
) -> None:
    alarms.raise_alarm(code="TREE_FORKED", about="", message="odd", at=world.now)
    alarms.raise_alarm(code="ENTRY_CHANGED", about="x" * 64, message="odd", at=world.now)
    tamper("UPDATE ledger_entry SET party = 'x' WHERE entry_id = %s", [lot[1].entry_id])
    world.audit()
    assert {alarm.code for alarm in alarms.standing()} == {"TREE_FORKED", "COLUMNS_CHANGED"}
