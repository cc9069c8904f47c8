"""Accepted entries get their places; what does not fit is never signed."""

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection

from ledger import alarms, checkpoint_file, inbox, proofs
from ledger.core.checkpoint import Checkpoint as Signed
from ledger.core.checkpoint import Vkey, open_checkpoint, sign_checkpoint
from ledger.core.errors import Conflict
from ledger.core.merkle import leaf_hash, root
from ledger.core.signatures import OPENSSL, LogKey
from ledger.core.tiled_tree import TreeDamagedError, edge_tiles, levels
from ledger.lease import LeaseHeld, LeaseLost
from ledger.models import Alarm, Checkpoint, Inbox, Leaf, Tile
from ledger.sequencing import Sequencer, SigningRefused
from ledger.tiles import StoredTree
from tests.database import tamper, triggers_off
from tests.ledger.world import LOT, World, ids


def file() -> Path:
    return Path(settings.CHECKPOINT_FILE)


def refused(sequencer: Sequencer) -> str:
    """The code with which a sequencer refuses to sign; nothing is signed."""
    before = checkpoint_file.read(file()), Checkpoint.objects.count()
    with pytest.raises(SigningRefused) as refusal:
        sequencer.step()
    assert (checkpoint_file.read(file()), Checkpoint.objects.count()) == before
    return refusal.value.code


def signed(world: World) -> Signed:
    """The latest checkpoint, opened."""
    latest = proofs.latest_checkpoint()
    assert latest is not None
    return open_checkpoint(latest.note, Vkey(settings.LOG_ORIGIN, world.log.public), OPENSSL)


def flip(bit: str, *, where: str = "true") -> None:
    """Flip one bit of stored tiles."""
    tamper(
        f"UPDATE ledger_tile SET hashes = set_bit(hashes, {bit}, 1 - get_bit(hashes, {bit}))"
        f" WHERE {where}"
    )


class Cut(Exception):  # noqa: N818  a power cut
    """The process ends here."""


def cut(monkeypatch: pytest.MonkeyPatch, target: object, name: str, *, after: bool) -> None:
    """Make the process end before or after a call, once."""
    original: Callable[..., object] = getattr(target, name)

    def end(*args: object, **named: object) -> object:
        monkeypatch.undo()
        if after:
            original(*args, **named)
        raise Cut

    monkeypatch.setattr(target, name, end)


def test_entries_get_contiguous_indices_in_the_order_of_arrival(world: World) -> None:
    first = world.entry()
    second = world.entry("lot:00614141000012/B2")
    third = world.after(first)
    world.append(first)
    world.append(second)
    world.append(third)
    assert world.sequencer().step() == 3
    leaves = Leaf.objects.filter(index__gte=2).order_by("index")
    assert [(leaf.index, leaf.entry_id) for leaf in leaves] == list(
        enumerate(ids([first, second, third]), start=2)
    )
    assert not Inbox.objects.exists()


def test_a_checkpoint_signs_the_root_over_the_stored_bytes(world: World) -> None:
    entries = [world.entry() for _ in range(4)]
    world.log_all(*entries)
    leaves = [bytes(leaf.hash) for leaf in Leaf.objects.order_by("index")]
    assert leaves[2:] == [leaf_hash(entry.envelope.jws.encode()) for entry in entries]
    assert signed(world) == Signed(settings.LOG_ORIGIN, 6, root(leaves))
    latest = proofs.latest_checkpoint()
    assert latest is not None
    assert latest.note == checkpoint_file.read(file())
    assert latest.previous == 2


def test_nothing_to_do_signs_nothing(world: World) -> None:
    sequencer = world.sequencer()
    assert sequencer.step() == 0
    assert sequencer.step() == 0
    assert Checkpoint.objects.count() == 1


def test_tiles_fill_up_and_give_the_tree(world: World) -> None:
    sequencer = world.sequencer()
    for size in (200, 400, 100):
        world.append(*(world.entry() for _ in range(size)))
        assert sequencer.step() == size
    lengths = {(tile.level, tile.number): len(tile.hashes) for tile in Tile.objects.all()}
    assert lengths == {(0, 0): 8192, (0, 1): 8192, (0, 2): 190 * 32, (1, 0): 64}
    leaves = [bytes(leaf.hash) for leaf in Leaf.objects.order_by("index")]
    assert signed(world).root == root(leaves)
    assert StoredTree()(8, 1) == root(leaves[256:512])
    assert StoredTree()(1, 300) == root(leaves[600:602])
    with pytest.raises(TreeDamagedError):
        StoredTree()(1, 351)


def test_a_new_sequencer_takes_up_where_the_tiles_end(world: World) -> None:
    world.append(*(world.entry() for _ in range(253)))
    world.sequencer().step()
    world.append(*(world.entry() for _ in range(5)))
    world.sequencer().step()
    leaves = [bytes(leaf.hash) for leaf in Leaf.objects.order_by("index")]
    assert signed(world).root == root(leaves)


def test_a_batch_is_bounded_and_the_rest_follows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.sequencing.BATCH_MAX", 3)
    world.append(*(world.entry() for _ in range(7)))
    sequencer = world.sequencer()
    assert [sequencer.step() for _ in range(4)] == [3, 3, 1, 0]


def test_a_straggler_is_not_swept_away_with_those_that_came_after_it(world: World) -> None:
    entries = [world.entry() for _ in range(3)]
    world.append(*entries)
    rows = list(Inbox.objects.order_by("arrival").values())
    with connection.cursor() as cursor:
        inbox.remove(cursor, [row["arrival"] for row in rows[1:]])
    assert Inbox.objects.get().entry_id == entries[0].entry_id


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000])
def test_the_tiles_on_the_edge_are_those_that_hold_its_subtrees(size: int) -> None:
    needed = set()
    for level in range(levels(size)):
        count = size >> 8 * level
        if count % 256:
            needed.add((level, count // 256))
        elif count and level == levels(size) - 1:
            needed.add((level, count // 256 - 1))
    assert needed <= set(edge_tiles(size))


# --- cut off anywhere -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "name", "after"),
    [
        ("ledger.inbox", "take", True),
        ("ledger.inbox", "remove", False),
        ("ledger.inbox", "remove", True),
        ("ledger.sequencing.Sequencer", "_sign", False),
        ("ledger.checkpoint_file", "move", False),
        ("ledger.checkpoint_file", "move", True),
        ("ledger.sequencing.Sequencer", "_write_row", True),
    ],
)
def test_a_crash_at_any_point_heals(
    world: World, monkeypatch: pytest.MonkeyPatch, target: str, name: str, *, after: bool
) -> None:
    module, _, attribute = target.rpartition(".")
    place: object = sys.modules.get(target) or getattr(sys.modules[module], attribute)
    world.append(*(world.entry() for _ in range(3)))
    sequencer = world.sequencer()
    cut(monkeypatch, place, name, after=after)
    with pytest.raises(Cut):
        sequencer.step()
    world.wait(60)
    survivor = world.sequencer("second")
    survivor.step()
    assert signed(world).size == 5
    latest = proofs.latest_checkpoint()
    assert latest is not None
    assert latest.note == checkpoint_file.read(file())
    assert world.audit().findings == ()
    assert Alarm.objects.count() == 0


def test_the_file_is_old_or_new_and_never_half(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "checkpoint"
    assert checkpoint_file.read(path) is None
    checkpoint_file.move(path, expected=None, note="one\n")
    checkpoint_file.move(path, expected="one\n", note="two\n")
    with pytest.raises(Conflict, match="Another sequencer"):
        checkpoint_file.move(path, expected="one\n", note="three\n")
    assert checkpoint_file.read(path) == "two\n"


def test_the_file_is_not_moved_while_another_moves_it(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    moved = threading.Event()

    def move() -> None:
        checkpoint_file.move(path, expected=None, note="one")
        moved.set()

    with checkpoint_file._locked(path):
        thread = threading.Thread(target=move)
        thread.start()
        assert not moved.wait(0.2)
    thread.join(timeout=10)
    assert moved.is_set()


def test_the_file_is_moved_by_one_of_many_at_once(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    script = (
        "import sys; from pathlib import Path; from ledger import checkpoint_file\n"
        "checkpoint_file.move(Path(sys.argv[1]), expected=None, note=sys.argv[2])"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(path), str(n)], stderr=subprocess.PIPE)
        for n in range(4)
    ]
    for process in processes:
        process.communicate()
    assert sorted(process.returncode for process in processes) == [0, 1, 1, 1]


# --- one sequencer ----------------------------------------------------------------------------


def test_a_second_sequencer_waits_for_the_end_of_the_lease(world: World) -> None:
    first, second = world.sequencer("first"), world.sequencer("second")
    first.step()
    with pytest.raises(LeaseHeld):
        second.step()
    world.wait(60)
    assert second.step() == 0


def test_a_lease_that_is_given_back_is_free_at_once(world: World) -> None:
    first = world.sequencer("first")
    first.step()
    first.release()
    assert world.sequencer("second").step() == 0


def test_a_sequencer_that_works_keeps_its_lease(world: World) -> None:
    first, second = world.sequencer("first"), world.sequencer("second")
    for _ in range(10):
        first.step()
        world.wait(4)
        with pytest.raises(LeaseHeld):
            second.step()


def test_a_sequencer_that_was_replaced_writes_nothing_and_an_alarm_tells(world: World) -> None:
    first, second = world.sequencer("first"), world.sequencer("second")
    first.step()
    world.wait(60)
    second.step()
    world.append(world.entry())
    with pytest.raises(LeaseLost):
        first.step()
    assert Leaf.objects.count() == 2
    assert second.step() == 1
    assert Alarm.objects.get().code == "SECOND_SEQUENCER"


def test_a_sequencer_that_lost_the_database_asks_for_the_lease_anew(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = world.sequencer("first"), world.sequencer("second")
    first.step()
    cut(monkeypatch, inbox, "has_arrivals", after=False)
    with pytest.raises(Cut):
        first.step()
    world.wait(60)
    second.step()
    with pytest.raises(LeaseHeld) as held:
        first.step()
    assert not isinstance(held.value, LeaseLost)
    assert not Alarm.objects.exists(), "it was replaced in good order"


def test_a_sequencer_of_another_copy_of_the_database_can_not_move_the_file(world: World) -> None:
    sequencer = world.sequencer()
    sequencer.step()
    other = Signed(settings.LOG_ORIGIN, 3, bytes(32))
    file().write_text(sign_checkpoint(other, world.log))
    world.append(world.entry())
    assert refused(sequencer) == "CHECKPOINT_FILE_MOVED"


# --- what does not fit is not signed ----------------------------------------------------------


def test_an_older_backup_is_not_signed_upon(world: World) -> None:
    world.log_all(world.entry())
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_leaf WHERE index = 2")
        cursor.execute("DELETE FROM ledger_checkpoint WHERE size = 3")
        cursor.execute("UPDATE ledger_tile SET hashes = substring(hashes FROM 1 FOR 64)")
        cursor.execute(
            "DELETE FROM ledger_entry WHERE stream_id <> "
            "(SELECT stream_id FROM ledger_stream WHERE name = 'registry')"
        )
        cursor.execute("UPDATE ledger_stream SET entries = 0 WHERE name <> 'registry'")
    world.append(world.entry())
    world.wait(60)
    assert refused(world.sequencer("second")) == "DATABASE_BEHIND"
    assert Alarm.objects.get().code == "DATABASE_BEHIND"


def test_a_backup_that_went_on_is_a_fork_that_no_acknowledgement_passes(world: World) -> None:
    world.log_all(world.entry())
    note = checkpoint_file.read(file())
    other = Signed(settings.LOG_ORIGIN, 3, bytes(32))
    file().write_text(sign_checkpoint(other, world.log))
    tamper("DELETE FROM ledger_checkpoint WHERE size = 3")
    world.wait(60)
    sequencer = world.sequencer("second")
    assert refused(sequencer) == "TREE_FORKED"
    alarms.acknowledge(which="checkpoint 3", by="ann", reason="so be it", at=world.now)
    assert refused(sequencer) == "TREE_FORKED"
    assert note is not None
    file().write_text(note)
    sequencer.step()


def test_a_tail_cut_under_a_running_sequencer_is_noticed(world: World) -> None:
    sequencer = world.sequencer()
    world.append(*(world.entry() for _ in range(3)))
    sequencer.step()
    tamper("DELETE FROM ledger_leaf WHERE index = 4")
    world.append(world.entry())
    assert refused(sequencer) == "DATABASE_BEHIND"


def test_a_leaf_from_nowhere_is_noticed(world: World) -> None:
    sequencer = world.sequencer()
    world.append(world.entry())
    sequencer.step()
    Leaf.objects.create(
        index=3,
        stream_id=Leaf.objects.get(index=2).stream_id,
        number=9,
        entry_id="0",
        hash=b"0" * 32,
    )
    world.append(world.entry())
    assert refused(sequencer) == "TREE_CHANGED"


@pytest.mark.parametrize("at", [1, 70])
def test_a_flipped_bit_in_a_tile_is_never_signed(world: World, at: int) -> None:
    world.log_all(world.entry(), world.entry())
    flip(str(at * 8))
    world.append(world.entry())
    world.wait(60)
    assert refused(world.sequencer("second")) == "TREE_FORKED"


def test_a_flipped_bit_in_a_tile_is_noticed_by_the_running_sequencer(world: World) -> None:
    sequencer = world.sequencer()
    world.append(*(world.entry() for _ in range(300)))
    sequencer.step()
    flip("9", where="number = 1")
    world.append(world.entry())
    with pytest.raises(IntegrityError, match="may only grow"):
        sequencer.step()
    assert refused(sequencer) == "TREE_FORKED"


def test_a_bit_flipped_between_logging_and_signing_is_never_signed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sequencer = world.sequencer()
    sign = sequencer._sign

    def flip_and_sign() -> None:
        flip(str(2 * 256 + 5))
        sign()

    monkeypatch.setattr(sequencer, "_sign", flip_and_sign)
    world.append(world.entry())
    assert refused(sequencer) == "TREE_CHANGED"


@pytest.mark.parametrize("index", [2, 3])
def test_a_leaf_changed_between_logging_and_signing_is_never_signed(
    world: World, monkeypatch: pytest.MonkeyPatch, index: int
) -> None:
    sequencer = world.sequencer()
    sign = sequencer._sign

    def flip_and_sign() -> None:
        tamper(
            "UPDATE ledger_leaf SET hash = set_bit(hash, 77, 1 - get_bit(hash, 77))"
            " WHERE index = %s",
            [index],
        )
        sign()

    monkeypatch.setattr(sequencer, "_sign", flip_and_sign)
    world.append(world.entry(), world.entry())
    assert refused(sequencer) == "TREE_CHANGED"
    assert Alarm.objects.get().about == "tile 0/0"


def test_a_tree_that_does_not_continue_the_signed_one_is_never_signed(world: World) -> None:
    sequencer = world.sequencer()
    sequencer.step()
    assert sequencer._signed is not None
    other = Signed(settings.LOG_ORIGIN, 2, bytes(32))
    sequencer._signed = replace(sequencer._signed, checkpoint=other)
    world.append(world.entry())
    assert refused(sequencer) == "TREE_FORKED"


def test_a_tile_that_is_gone_is_noticed(world: World) -> None:
    tamper("DELETE FROM ledger_tile")
    world.wait(60)
    assert refused(world.sequencer("second")) == "TREE_CHANGED"


@pytest.mark.parametrize("byte", [0, 140, -1])
def test_an_entry_changed_before_it_is_logged_is_not_logged(world: World, byte: int) -> None:
    """Not in its header, nor in what it says, nor in the signature, which its id leaves out."""
    entry = world.entry()
    world.append(entry)
    at = byte % len(entry.envelope.jws)
    tamper(
        "UPDATE ledger_entry SET jws = set_byte(jws, %s, get_byte(jws, %s) # 1)"
        " WHERE entry_id = %s",
        [at, at, entry.entry_id],
    )
    assert refused(world.sequencer()) == "ENTRY_CHANGED"
    assert Alarm.objects.get().about == entry.entry_id
    assert Leaf.objects.count() == 2


def test_an_entry_that_is_gone_before_it_is_logged_is_noticed(world: World) -> None:
    entry = world.entry()
    world.append(entry)
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [entry.entry_id])
    assert refused(world.sequencer()) == "ENTRY_MISSING"


def test_an_alarm_that_nobody_has_acknowledged_stops_signing(world: World) -> None:
    alarms.raise_alarm(code="ENTRY_CHANGED", about="x", message="odd", at=world.now)
    world.append(world.entry())
    sequencer = world.sequencer()
    assert refused(sequencer) == "ENTRY_CHANGED"
    alarms.acknowledge(which="x", by="ann", reason="seen", at=world.now)
    assert sequencer.step() == 1


def test_a_checkpoint_of_another_key_in_the_file_is_refused(world: World) -> None:
    other = Signed(settings.LOG_ORIGIN, 2, bytes(32))
    file().write_text(sign_checkpoint(other, LogKey.generate()))
    world.wait(60)
    assert refused(world.sequencer("second")) == "CHECKPOINT_NOT_OURS"


def test_two_checkpoints_of_one_size_are_refused(world: World) -> None:
    tamper("UPDATE ledger_checkpoint SET root = sha256('')")
    world.wait(60)
    assert refused(world.sequencer("second")) == "CHECKPOINT_FORKED"


@pytest.mark.parametrize("older", [True, False])
def test_a_file_taken_away_is_made_again_only_when_that_is_acknowledged(
    world: World, *, older: bool
) -> None:
    old = checkpoint_file.read(file())
    world.log_all(world.entry())
    note = checkpoint_file.read(file())
    assert old is not None
    file().write_text(old) if older else file().unlink()
    world.wait(60)
    sequencer = world.sequencer("second")
    assert refused(sequencer) == "CHECKPOINT_FILE_BEHIND"
    assert refused(sequencer) == "CHECKPOINT_FILE_BEHIND"
    number = str(Alarm.objects.get().pk)
    alarms.acknowledge(which=number, by="ann", reason="a new disk", at=world.now)
    sequencer.step()
    assert checkpoint_file.read(file()) == note
    world.append(world.entry(LOT))
    assert sequencer.step() == 1
