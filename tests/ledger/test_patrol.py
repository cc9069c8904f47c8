"""An idle sequencer finds what was taken out of the log, or rewritten, without an audit."""

import pytest

from ledger.alarms import blocking
from ledger.core.entry import Entry, stream_id
from ledger.core.tiled_tree import WIDTH
from ledger.models import Stream
from ledger.patrol import patrol
from tests.database import tamper
from tests.ledger.world import World

OTHER = "lot:00614141000012/OTHER"


@pytest.fixture
def lot(world: World) -> list[Entry]:
    """Two entries, logged at 2 and 3."""
    first = world.entry()
    second = world.after(first)
    world.log_all(first, second)
    return [first, second]


def alarms_after(world: World) -> set[tuple[str, str]]:
    """What one round raises."""
    patrol(0, at=world.now)
    return {(one.code, one.about) for one in blocking()}


def test_a_whole_log_raises_no_alarm(world: World, lot: list[Entry]) -> None:
    assert len(lot) == 2
    assert alarms_after(world) == set()


def test_an_entry_that_is_gone_is_named(world: World, lot: list[Entry]) -> None:
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [lot[1].entry_id])
    assert alarms_after(world) == {("ENTRY_MISSING", lot[1].entry_id)}


def test_an_entry_that_is_gone_with_its_leaf_leaves_a_hole(world: World, lot: list[Entry]) -> None:
    for table in ("entry", "leaf"):
        tamper(f"DELETE FROM ledger_{table} WHERE entry_id = %s", [lot[1].entry_id])
    tamper("UPDATE ledger_stream SET entries = entries - 1")
    assert alarms_after(world) == {("LEAF_MISSING", "index 3")}


def test_a_rewritten_entry_is_named(world: World, lot: list[Entry]) -> None:
    tamper("UPDATE ledger_entry SET jws = jws || 'A' WHERE entry_id = %s", [lot[0].entry_id])
    assert alarms_after(world) == {("ENTRY_CHANGED", lot[0].entry_id)}


def test_a_rewritten_leaf_is_told(world: World, lot: list[Entry]) -> None:
    tamper("UPDATE ledger_leaf SET hash = sha256(hash) WHERE entry_id = %s", [lot[0].entry_id])
    assert alarms_after(world) == {("TREE_CHANGED", "tile 0/0")}


def test_an_entry_that_was_moved_to_another_lot_is_named(world: World, lot: list[Entry]) -> None:
    Stream.objects.create(stream_id=stream_id(OTHER), name=OTHER, entries=1)
    for table in ("entry", "leaf"):
        sql = f"UPDATE ledger_{table} SET stream_id = %s, number = 0 WHERE entry_id = %s"
        tamper(sql, [str(stream_id(OTHER)), lot[1].entry_id])
    assert alarms_after(world) == {("COLUMNS_CHANGED", lot[1].entry_id)}


def test_the_patrol_goes_round(world: World, lot: list[Entry]) -> None:
    assert patrol(0, at=world.now) == 0
    entries = [world.entry(f"lot:00614141000012/N{number}") for number in range(WIDTH)]
    for entry in entries:
        world.append(entry)
    world.log_all()
    assert len(lot) == 2
    assert [patrol(number, at=world.now) for number in (0, 1, 7)] == [1, 0, 0]
    assert not blocking().exists()
