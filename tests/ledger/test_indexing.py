"""The completeness index is built from the log, signed when it is due, and shown in evidence."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger import alarms, auditing, faults, indexing
from ledger.auditing import Opinions
from ledger.core.errors import Refused
from ledger.core.findings import Findings
from ledger.core.index import IndexRoot
from ledger.core.links import OutputRef
from ledger.core.signatures import OPENSSL, PrivateKey
from ledger.core.verification import verify
from ledger.index_rows import NotIndexable
from ledger.index_shown import IndexProofs, index_proofs
from ledger.index_trees import INDEX_ID
from ledger.indexing import IndexBusy, Pace
from ledger.models import (
    Alarm,
    Entry,
    IndexEpoch,
    IndexHead,
    IndexPage,
    IndexProgress,
    IndexTile,
    Leaf,
)
from ledger.proofs import evidence_of, evidence_of_outputs
from ledger.signers import policy
from tests.database import take_out, tamper
from tests.ledger.world import AT_ONCE, LOT, MAKER, OTHER, World, found

PACE = Pace(100, timedelta(seconds=5), timedelta(hours=1))


def checked(world: World, stream: str = LOT) -> Findings:
    shown = evidence_of(stream)
    assert shown.evidence is not None
    return verify(shown.evidence, policy(), world.now, OPENSSL)


def signs(stream: str = LOT) -> set[str]:
    return {sign.code for sign in evidence_of(stream).signs_of_tampering}


# --- what is proven ---------------------------------------------------------------------------


def test_evidence_is_complete_up_to_the_index(indexed: World) -> None:
    seen = checked(indexed)
    assert seen.valid
    assert seen.complete_to == 7
    assert "COMPLETENESS_NOT_PROVEN" not in seen.codes


def test_an_entry_after_the_index_leaves_what_was_proven(indexed: World) -> None:
    indexed.log_all(indexed.entry())
    seen = checked(indexed)
    assert (seen.valid, seen.complete_to, len(seen.facts)) == (True, 7, 3)
    indexed.index()
    assert checked(indexed).complete_to == 9


def test_before_the_first_index_completeness_is_not_proven(world: World) -> None:
    world.log_all(world.entry())
    seen = checked(world)
    assert (seen.valid, seen.complete_to) == (True, None)
    assert "COMPLETENESS_NOT_PROVEN" in seen.codes
    assert signs() == set()


def test_a_lot_that_nobody_registered_is_proven_absent(indexed: World) -> None:
    seen = checked(indexed, "lot:00614141000012/NONE")
    assert seen.complete_to == 7
    assert seen.codes == {"NOTHING_ABOUT_SUBJECT"}


@pytest.mark.parametrize("stream", ["registry", "index"])
def test_evidence_about_the_ledgers_own_streams_is_never_said_to_be_complete(
    indexed: World, stream: str
) -> None:
    """The index counts what is about each key and party, and no stream of the ledger's own."""
    seen = checked(indexed, stream)
    assert (seen.valid, seen.complete_to) == (True, None)


def test_a_party_with_several_keys_is_shown_with_all_of_them(indexed: World) -> None:
    spare = PrivateKey.generate()
    indexed.log_all(indexed.add_key(MAKER, spare), indexed.revoke(spare))
    indexed.index()
    seen = checked(indexed)
    assert (seen.valid, seen.complete_to) == (True, 10)
    assert signs() == set()


def test_the_heads_of_many_keys_make_pages_and_tiles(indexed: World) -> None:
    lots = [f"lot:00614141000012/N{n}" for n in range(300)]
    for lot in lots:
        indexed.append(indexed.entry(lot))
    indexed.sequencer().step()
    root = indexed.index()
    assert root is not None
    assert root.keys == 300 + 6
    assert IndexPage.objects.filter(stream_id=INDEX_ID, size=root.size).count() == 2
    assert IndexTile.objects.filter(size=root.size).count() == 1
    for lot in (lots[0], lots[150], lots[299], "lot:00614141000012/NONE"):
        assert checked(indexed, lot).complete_to == root.size, lot


def test_the_number_of_queries_does_not_grow(indexed: World) -> None:
    evidence_of(LOT)  # the registry's entries are read once in the life of a process
    with CaptureQueriesContext(connection) as few:
        evidence_of(LOT)
    for _ in range(5):
        indexed.append(indexed.entry())
    indexed.sequencer().step()
    indexed.index()
    with CaptureQueriesContext(connection) as many:
        evidence_of(LOT)
    assert len(many) == len(few)


# --- what is caught ---------------------------------------------------------------------------


def test_a_hidden_entry_about_the_lot_is_missed(indexed: World) -> None:
    hidden = Entry.objects.filter(type="thing.said").order_by("-number").first()
    assert hidden is not None
    take_out(hidden.entry_id)
    seen = checked(indexed)
    assert not seen.valid
    assert "ENTRIES_LEFT_OUT" in seen.codes
    assert seen.complete_to is None


def test_a_hidden_revocation_is_missed(indexed: World) -> None:
    revocation = indexed.revoke(indexed.maker)
    indexed.log_all(revocation)
    indexed.index()
    take_out(revocation.entry_id)
    tamper("UPDATE ledger_key SET revoked_by = '{}', revoked_from = NULL")
    seen = checked(indexed)
    assert "ENTRIES_LEFT_OUT" in seen.codes


def test_pages_that_are_made_to_fit_a_lie_do_not_lead_to_the_root(indexed: World) -> None:
    tamper("UPDATE ledger_indexpage SET leaves = substring(leaves FOR 80) || substring(leaves, 81)")
    assert signs() == set()
    tamper("UPDATE ledger_indexpage SET leaves = set_byte(leaves, 39, 9)")
    assert signs() == {"INDEX_DAMAGED"}
    assert checked(indexed).complete_to is None


@pytest.mark.parametrize("table", ["ledger_indexpage", "ledger_indexepoch"])
def test_an_index_whose_pages_were_taken_away_proves_nothing(indexed: World, table: str) -> None:
    tamper(f"DELETE FROM {table}")
    gone = table == "ledger_indexpage"
    assert signs() == ({"INDEX_DAMAGED"} if gone else set())
    assert checked(indexed).complete_to == (None if gone else 7)


def test_a_root_that_was_taken_out_or_rewritten_is_told(indexed: World) -> None:
    tamper("UPDATE ledger_entry SET jws = 'eyJ' WHERE type = 'index.root'")
    assert "INDEX_DAMAGED" in signs()
    tamper("DELETE FROM ledger_entry WHERE type = 'index.root'")
    assert "INDEX_DAMAGED" in signs()
    assert checked(indexed).complete_to is None


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE ledger_leaf SET hash = sha256('other') WHERE index = 8",
        "DELETE FROM ledger_leaf WHERE index = 8",
        "DELETE FROM ledger_leaf WHERE index = 9",
        "UPDATE ledger_entry SET jws = jws || 'x' WHERE number = 2 AND type = 'thing.said'",
        "DELETE FROM ledger_entry WHERE number = 2 AND type = 'thing.said'",
    ],
    ids=[
        "a leaf is another",
        "a leaf is gone",
        "the last leaf is gone",
        "an entry is another",
        "an entry is gone",
    ],
)
def test_nothing_is_indexed_over_what_is_not_what_was_logged(indexed: World, spoil: str) -> None:
    indexed.log_all(indexed.entry(OTHER), indexed.entry(OTHER))
    tamper(spoil)
    with pytest.raises(NotIndexable):
        indexed.index()
    assert IndexEpoch.objects.count() == 1
    assert Alarm.objects.get().code == "INDEX_REFUSED"


def test_a_registry_entry_that_is_not_what_was_logged_is_not_indexed(indexed: World) -> None:
    late = indexed.admit("late-party")
    indexed.log_all(late)
    tamper("UPDATE ledger_entry SET jws = jws || 'x' WHERE entry_id = %s", [late.entry_id])
    with pytest.raises(NotIndexable, match="not what was logged"):
        indexed.index()
    assert Alarm.objects.get().code == "INDEX_REFUSED"


def test_an_entry_whose_change_was_acknowledged_stops_no_index(indexed: World) -> None:
    birth = indexed.entry(OTHER)
    use = indexed.entry(OTHER, consumes=(OutputRef(birth.entry_id, 0),))
    indexed.log_all(birth, use)
    tamper("UPDATE ledger_entry SET jws = jws || 'x' WHERE entry_id = %s", [use.entry_id])
    with pytest.raises(NotIndexable, match="not what was logged"):
        indexed.index()
    alarms.raise_alarm(code="ENTRY_CHANGED", about=use.entry_id, message="Changed.", at=indexed.now)
    alarms.acknowledge(which=use.entry_id, by="ada", reason="a drill", at=indexed.now)
    told = indexed.index()
    tamper(
        "UPDATE ledger_entry SET jws = substring(jws FOR length(jws) - 1) WHERE entry_id = %s",
        [use.entry_id],
    )
    shown = evidence_of_outputs(OTHER, [OutputRef(birth.entry_id, 0)]).evidence
    assert told is not None
    assert shown is not None
    assert verify(shown, policy(), indexed.now, OPENSSL).valid


# --- when it is due ---------------------------------------------------------------------------


def test_an_index_waits_for_its_time_and_for_news(indexed: World) -> None:
    indexed.wait(600)
    assert indexed.index(PACE) is None, "nothing is new but the index itself"
    indexed.log_all(indexed.entry())
    assert indexed.index(PACE) is not None
    indexed.log_all(indexed.entry())
    assert indexed.index(PACE) is None, "five seconds have not passed"
    indexed.wait(5)
    assert indexed.index(PACE) is not None


def test_many_entries_do_not_wait(indexed: World) -> None:
    indexed.log_all(*(indexed.entry() for _ in range(4)))
    assert indexed.index(Pace(5, PACE.every, PACE.heartbeat)) is None
    indexed.log_all(indexed.entry())
    assert indexed.index(Pace(5, PACE.every, PACE.heartbeat)) is not None


def test_a_log_in_which_nothing_happens_grows_by_a_heartbeat_only(indexed: World) -> None:
    for _ in range(3):
        indexed.wait(1800)
        indexed.index(PACE)
    assert Leaf.objects.count() == 9
    assert checked(indexed).complete_to == 8


def test_another_index_waits_until_the_last_one_is_logged(indexed: World) -> None:
    indexed.log_all(indexed.entry())
    nonce = bytes(15) + b"\x07"
    pace = Pace(1, timedelta(0), timedelta(0))
    assert indexing.step(indexed.operator, pace, at=indexed.now, nonce=nonce)
    assert indexing.step(indexed.operator, pace, at=indexed.now, nonce=bytes(16)) is None


def test_while_an_alarm_stands_no_index_is_signed(indexed: World) -> None:
    indexed.log_all(indexed.entry())
    alarms.raise_alarm(code="TREE_CHANGED", about="", message="A tile.", at=indexed.now)
    nonce = bytes(16)
    pace = Pace(1, timedelta(0), timedelta(0))
    assert indexing.step(indexed.operator, pace, at=indexed.now, nonce=nonce) is None


@pytest.mark.django_db
def test_nothing_is_signed_before_the_first_checkpoint(bare_world: World) -> None:
    nonce = bytes(16)
    pace = Pace(1, timedelta(0), timedelta(0))
    assert indexing.step(bare_world.operator, pace, at=bare_world.now, nonce=nonce) is None


# --- how it is built --------------------------------------------------------------------------


def test_a_long_log_is_taken_in_by_chunks_and_gives_the_same_index(
    indexed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = IndexEpoch.objects.get()
    monkeypatch.setattr(indexing, "CHUNK", 2)
    indexing.start_again()
    assert (IndexHead.objects.count(), IndexProgress.objects.get().taken) == (0, 0)
    assert [indexing.take_in() for _ in range(5)] == [2, 2, 2, 2, 0]
    tamper("DELETE FROM ledger_indexepoch")
    again = indexed.index()
    assert again is not None
    assert (again.size, again.root, before.keys) == (8, bytes(before.root), again.keys)


def test_pages_go_when_newer_epochs_are_there_and_the_epochs_stay(indexed: World) -> None:
    for _ in range(4):
        indexed.log_all(indexed.entry())
        indexed.index()
    assert IndexEpoch.objects.count() == 5
    kept = set(IndexPage.objects.filter(stream_id=INDEX_ID).values_list("size", flat=True))
    assert kept == set(IndexEpoch.objects.values_list("size", flat=True)[:3])


def test_an_index_whose_pages_have_gone_is_not_proven_and_no_sign_of_tampering(
    indexed: World,
) -> None:
    """As where the policy asks for new witnesses, and an older checkpoint is shown."""
    first = IndexEpoch.objects.get()
    root = IndexRoot(first.size, first.keys, bytes(first.root))
    for _ in range(3):
        assert len(index_proofs(root, [], LOT, ["all"]).within) == 1
        indexed.log_all(indexed.entry())
        indexed.index()
    assert index_proofs(root, [], LOT, ["all"]) == IndexProofs()


def test_an_older_epochs_pages_prove_against_its_own_root(indexed: World) -> None:
    """An evidence file that was taken away before the next epoch stays good."""
    before = evidence_of(LOT).evidence
    indexed.log_all(indexed.entry())
    indexed.index()
    assert before is not None
    assert verify(before, policy(), indexed.now, OPENSSL).complete_to == 7


def test_only_the_operators_key_that_the_registry_has_signs(indexed: World) -> None:
    assert indexing.is_set_up()
    revoked = indexed.revoke(indexed.operator)
    indexed.log_all(revoked)
    assert not indexing.is_set_up()
    with pytest.raises(Refused, match="is revoked"):
        indexed.index()
    assert IndexEpoch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_builders_one_leaves(bare_world: World) -> None:
    world = bare_world
    world.admit_maker()
    world.sequencer().step()
    world.admit_operator()
    connection.ensure_connection()
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("INSERT INTO ledger_indexprogress VALUES ('index', 0)")
            other.commit()
            cursor.execute("SELECT FROM ledger_indexprogress FOR UPDATE")
            with pytest.raises(IndexBusy):
                world.index()
        other.rollback()
        assert isinstance(world.index(), IndexRoot)
    finally:
        other.close()


# --- what an audit finds ----------------------------------------------------------------------


def lie(world: World, *, at: int, **changes: Any) -> str:
    """Sign an index over the first entries that says something else than they give."""
    honest = IndexEpoch.objects.get(size=at)
    said = {"size": at, "keys": honest.keys, "root": bytes(honest.root), **changes}
    body = IndexRoot(**said).as_body()
    entry = world.entry("index", signer=world.operator, type="index.root", body=body, creates=0)
    world.log_all(entry)
    return entry.entry_id


def test_an_audit_agrees_with_an_honest_index(indexed: World) -> None:
    indexed.log_all(indexed.entry())
    indexed.index()
    assert indexed.audit().findings == ()
    assert audit_all(indexed) == set()


@pytest.mark.parametrize(
    "changes",
    [{"root": bytes(32)}, {"keys": 5}, {"size": 99}],
    ids=["another root", "another count", "more than the log has"],
)
def test_an_audit_finds_the_newest_index_that_lies(indexed: World, changes: dict[str, Any]) -> None:
    entry_id = lie(indexed, at=7, **changes)
    assert found(indexed.audit()) == {("INDEX_WRONG", entry_id)}


def test_an_index_of_another_form_is_wrong(indexed: World) -> None:
    entry = indexed.entry("index", signer=indexed.operator, type="index.root", creates=0)
    indexed.log_all(entry)
    assert found(indexed.audit()) == {("INDEX_WRONG", entry.entry_id)}


def test_an_audit_of_all_indexes_finds_one_that_lied_and_was_replaced(indexed: World) -> None:
    entry_id = lie(indexed, at=7, root=bytes(32))
    indexed.log_all(indexed.entry())
    indexed.index()
    assert indexed.audit().findings == ()
    assert audit_all(indexed) == {("INDEX_WRONG", entry_id)}


def audit_all(world: World) -> set[tuple[str, str]]:
    result, _ = auditing.run(
        Opinions(OPENSSL),
        policy=policy(),
        file=Path(settings.CHECKPOINT_FILE),
        clock=lambda: world.now,
        all_indexes=True,
    )
    return found(result)


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE ledger_indexhead SET count = 9 WHERE key = (SELECT min(key) FROM ledger_indexhead)",
        "DELETE FROM ledger_indexhead WHERE key = (SELECT max(key) FROM ledger_indexhead)",
        "INSERT INTO ledger_indexhead VALUES (sha256('x'), 1, 1, sha256('y'))",
    ],
    ids=["one counts more", "one is gone", "there is one more"],
)
def test_an_audit_finds_heads_that_were_changed_and_counting_again_mends_them(
    indexed: World, spoil: str
) -> None:
    tamper(spoil)
    assert found(indexed.audit()) == {("INDEX_WRONG", "heads")}
    indexing.start_again()
    indexed.audit()
    indexed.log_all(indexed.entry())
    indexed.index()
    assert indexed.audit().findings == ()


def test_an_audit_says_where_it_can_not_index(indexed: World) -> None:
    tamper("UPDATE ledger_entry SET jws = jws || 'x' WHERE type = 'thing.said'")
    assert ("INDEX_REFUSED", "index") in found(indexed.audit())


def test_an_index_entry_whose_bytes_are_gone_is_another_walks_finding(indexed: World) -> None:
    root = IndexEpoch.objects.get().entry_id
    tamper("UPDATE ledger_entry SET jws = 'eyJ' WHERE entry_id = %s", [root])
    assert ("ENTRY_CHANGED", root) in found(indexed.audit())
    assert not [one for one in indexed.audit().findings if "INDEX" in one.code]


# --- while others go on -----------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_others_append_while_an_index_is_written(bare_world: World) -> None:
    world = bare_world
    world.admit_maker()
    world.sequencer().step()
    world.admit_operator()
    meanwhile = world.entry()

    def append() -> None:
        try:
            world.append(meanwhile)
            world.sequencer().step()
        finally:
            connection.close()

    def go_on() -> None:
        thread = threading.Thread(target=append)
        thread.start()
        thread.join(timeout=20)
        assert not thread.is_alive(), "an append waits for the index"

    faults.arm("index.epoch-kept", go_on)
    try:
        root = indexing.step(world.operator, AT_ONCE, at=world.now, nonce=bytes(16))
    finally:
        faults.disarm()
    world.sequencer().step()
    assert root is not None
    assert root.size == 4
    assert checked(world).complete_to == 4
    world.wait(60)
    world.index()
    assert checked(world).complete_to == 6
