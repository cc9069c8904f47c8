"""A process is killed at each of its steps: nothing acknowledged is lost, and the log goes on."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import OperationalError, connection, connections

from ledger import checkpoint_file, faults, indexing
from ledger.alarms import acknowledge
from ledger.core.checkpoint import Checkpoint as Signed
from ledger.core.checkpoint import Vkey, open_checkpoint
from ledger.core.entry import Entry
from ledger.core.merkle import root
from ledger.core.signatures import OPENSSL
from ledger.index_trees import INDEX_ID
from ledger.models import Alarm, Checkpoint, IndexEpoch, IndexPage, Leaf
from ledger.models import Entry as Stored
from ledger.sequencing import SigningRefused
from tests.ledger.world import AT_ONCE, World

KILLED = 77
INDEX_POINTS = [one for one in faults.POINTS if one.startswith("index.")]
PASSINGS = int(os.environ.get("FAULT_PASSINGS", "1"))
"""At which of its passings a point kills, at most 3: `make chaos` tries all of them."""
DISK_FULL = "53100"


@pytest.fixture
def committed(transactional_db: None, bare_world: World) -> World:
    """An installation whose log has a party with a key, all of it committed."""
    del transactional_db
    bare_world.admit_maker()
    bare_world.sequencer().step()
    return bare_world


def killed_at(
    point: str, passing: int, world: World, entries: list[Entry], acknowledged: Path
) -> int:
    """Append and log in another process that ends, without a word, when it passes this point.

    It writes down each entry when it is acknowledged, as its sender would. Returns its exit code.
    """
    connection.close()
    child = os.fork()
    if child == 0:
        code, _kept = 1, disown_connection()
        try:
            left = count(1 - passing)
            faults.arm(point, lambda: next(left) or os._exit(KILLED))
            victim = world.sequencer("victim")
            with acknowledged.open("a") as receipts:
                for entry in entries:
                    world.append(entry)
                    print(entry.entry_id, file=receipts, flush=True)
                    victim.step()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def disown_connection() -> object:
    """Let a forked child open a connection of its own; what it returns must not be collected.

    Beside the event loop of a browser, this process keeps two connections, and a child, which has
    no such loop, finds the other one: it is the parent's, on the same socket.
    """
    parents = connection.connection
    del connections["default"]
    return parents


def shown(world: World) -> list[Signed]:
    """All checkpoints that anybody can have seen: those of the table, and the file's."""
    notes = [*Checkpoint.objects.values_list("note", flat=True)]
    file = checkpoint_file.read(Path(settings.CHECKPOINT_FILE))
    vkey = Vkey(settings.LOG_ORIGIN, world.log.public)
    return [open_checkpoint(note, vkey, OPENSSL) for note in [*notes, *filter(None, [file])]]


def hold_the_promises(world: World, before: list[Signed]) -> None:
    """Indices without a gap, no fork of what was shown, a clean audit, no alarm."""
    leaves = Leaf.objects.order_by("index")
    assert [leaf.index for leaf in leaves] == list(range(len(leaves)))
    hashes = [bytes(leaf.hash) for leaf in leaves]
    for one in [*before, *shown(world)]:
        assert root(hashes[: one.size]) == one.root, f"forked at size {one.size}"
    assert world.audit().findings == ()
    assert not Alarm.objects.exists()


def killed_while_indexing(point: str, world: World) -> int:
    """Build an index in another process that ends, without a word, at this point."""
    connection.close()
    child = os.fork()
    if child == 0:
        code, _kept = 1, disown_connection()
        try:
            faults.arm(point, lambda: os._exit(KILLED))
            indexing.step(world.operator, AT_ONCE, at=world.now, nonce=bytes(16))
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.slow
@pytest.mark.parametrize("point", INDEX_POINTS)
def test_a_builder_of_the_index_may_be_killed_at_any_point(committed: World, point: str) -> None:
    world = committed
    world.admit_operator()
    first = world.entry()
    world.log_all(first, world.after(first))
    assert killed_while_indexing(point, world) == KILLED, "the point was not passed"
    before = shown(world)

    world.sequencer().step()  # logs what the victim had appended, if it had come so far
    world.index()
    (epoch,) = IndexEpoch.objects.all()
    assert epoch.size == 6
    pages = [(page.stream_id == INDEX_ID, page.size) for page in IndexPage.objects.all()]
    assert sorted(pages) == [(False, 6), (True, 6)]
    assert Stored.objects.filter(type="index.root").count() == 1
    hold_the_promises(world, before)


@pytest.mark.slow
@pytest.mark.parametrize("passing", range(1, PASSINGS + 1))
@pytest.mark.parametrize("point", [one for one in faults.POINTS if one not in INDEX_POINTS])
def test_killed_at_any_point_nothing_acknowledged_is_lost(
    committed: World, tmp_path: Path, point: str, passing: int
) -> None:
    world, receipts = committed, tmp_path / "receipts"
    first = world.entry()
    entries = [first, world.after(first), world.entry("lot:00614141000012/B2")]
    assert killed_at(point, passing, world, entries, receipts) == KILLED, "the point was not passed"
    promised = receipts.read_text().split()
    assert set(promised) <= {one.entry_id for one in Stored.objects.all()}
    before = shown(world)

    world.wait(60)
    for entry in entries:  # who got no receipt sends again
        world.append(entry)
    successor = world.sequencer("successor")
    while successor.step():
        pass
    assert set(Leaf.objects.filter(index__gte=2).values_list("entry_id", flat=True)) == {
        entry.entry_id for entry in entries
    }
    hold_the_promises(world, before)
    world.append(world.after(entries[1]))
    assert successor.step() == 1, "the log does not go on"
    hold_the_promises(world, before)


def test_a_point_that_is_not_in_the_list_can_not_be_armed() -> None:
    with pytest.raises(KeyError):
        faults.arm("append.somewhere", lambda: None)


def test_every_point_is_passed_once_in_the_sources_and_none_is_armed_there(project: Path) -> None:
    files = [*(project / "ledger").rglob("*.py"), *(project / "supplychain").rglob("*.py")]
    sources = {file: file.read_text() for file in files if file.name != "faults.py"}
    text = "\n".join(sources.values())
    for point in faults.POINTS:
        passed = text.count(f'point("{point}")') + text.count(f'point_on_commit("{point}")')
        assert passed == 1, point
    assert text.count("faults.point") == len(faults.POINTS)
    assert "faults.arm" not in text
    assert "import arm" not in text


# --- disk full --------------------------------------------------------------------------------


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk that is soon full. Only root may mount one."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if os.geteuid() != 0 or mount is None or umount is None:
        pytest.skip("only root may mount a small disk")
    folder.mkdir()
    command = [mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        folder.rmdir()
        pytest.skip("this machine lets nobody mount a disk")
    try:
        yield folder
    finally:
        subprocess.run([umount, "-l", str(folder)], check=True)
        folder.rmdir()


@pytest.mark.slow
def test_a_full_disk_under_the_checkpoint_file_is_waited_out(
    committed: World, tmp_path: Path
) -> None:
    world = committed
    with small_disk(tmp_path / "small", "64k") as disk:
        shutil.copy(settings.CHECKPOINT_FILE, disk / "checkpoint")
        settings.CHECKPOINT_FILE = disk / "checkpoint"
        ballast = disk / "ballast"
        with pytest.raises(OSError, match="No space left"):
            ballast.write_bytes(bytes(1 << 20))
        before = shown(world)
        sequencer = world.sequencer()
        world.append(world.entry())
        with pytest.raises(OSError, match="No space left"):
            sequencer.step()
        assert shown(world) == before, "half a checkpoint was shown"
        ballast.unlink()
        sequencer.step()
        assert shown(world)[-1].size == 3
        hold_the_promises(world, before)


@pytest.mark.slow
def test_a_full_disk_under_the_database_refuses_and_goes_on_when_there_is_room(
    committed: World,
) -> None:
    world = committed
    with closing(_superuser()) as server, small_disk(_for_the_server(), "1m") as disk:
        os.chown(disk, *_account(server))
        _run(server, f"CREATE TABLESPACE small LOCATION '{disk}'")
        try:
            _run(server, "ALTER TABLE ledger_entry SET TABLESPACE small")
            accepted = _append_until_full(world)
            assert Stored.objects.count() == 2 + accepted
            _run(server, "ALTER TABLE ledger_entry SET TABLESPACE pg_default")
            world.append(world.entry())
            world.sequencer().step()
            assert Leaf.objects.count() == 3 + accepted
            hold_the_promises(world, [])
        finally:
            _run(server, "ALTER TABLE ledger_entry SET TABLESPACE pg_default")
            _run(server, "DROP TABLESPACE small")


def _superuser() -> "psycopg2.extensions.connection":
    """The embedded server's own superuser, whose password lies beside its data."""
    var = Path(os.environ["UNBROKEN_VAR"]) / "postgres"
    moved = var / "moved-to"
    home = Path(moved.read_text().strip()) if moved.exists() else var
    password = home / "postgres.password"
    if not password.exists():
        pytest.skip("the tests' database is not the embedded one")
    place = connection.settings_dict
    server = psycopg2.connect(
        host=place["HOST"], dbname=place["NAME"], user="postgres", password=password.read_text()
    )
    server.autocommit = True
    return server


def _for_the_server() -> Path:
    """A place which the account that runs the server may enter."""
    return Path("/var/tmp") / f"unbroken-small-{os.getpid()}"  # noqa: S108  the server must get in


def _account(server: "psycopg2.extensions.connection") -> tuple[int, int]:
    """Who runs the server."""
    with server.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        (data,) = cursor.fetchone() or ("",)
    owner = Path(data).stat()
    return owner.st_uid, owner.st_gid


def _run(server: "psycopg2.extensions.connection", sql: str) -> None:
    connection.close()  # whoever still holds the table would keep it where it is
    with server.cursor() as cursor:
        cursor.execute(sql)


def _append_until_full(world: World) -> int:
    """Append until the server says that the disk is full; return how many it has accepted."""
    for accepted in range(5_000):
        try:
            world.append(world.entry(body={"note": "x" * 8_000}))
        except OperationalError as fault:
            if getattr(fault.__cause__, "pgcode", "") == DISK_FULL:
                return accepted
            raise
    raise AssertionError("the disk does not get full")


# --- a backup is restored ---------------------------------------------------------------------


@pytest.fixture
def swap(committed: World) -> Iterator[Callable[[], None]]:
    """Put the database that stands beside in the place of this one: first, a copy of it."""
    del committed
    ours = connection.settings_dict["NAME"]
    beside = f"{ours}_beside"
    _administer(f'CREATE DATABASE "{beside}" TEMPLATE "{ours}"')
    swapped = count()

    def swap_them() -> None:
        next(swapped)
        for old, new in ((ours, f"{beside}_"), (beside, ours), (f"{beside}_", beside)):
            _administer(f'ALTER DATABASE "{old}" RENAME TO "{new}"')

    yield swap_them
    if next(swapped) % 2:
        swap_them()
    _administer(f'DROP DATABASE "{beside}"')


_CUT_OFF = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE %s AND state = 'idle'
"""


def _administer(sql: str) -> None:
    """Do what nobody may be connected for; what this process holds beside a browser is cut off."""
    connection.close()
    place = connection.settings_dict
    server = psycopg2.connect(
        host=place["HOST"], user=place["USER"], password=place["PASSWORD"], dbname="postgres"
    )
    server.autocommit = True
    with closing(server), server.cursor() as cursor:
        cursor.execute(_CUT_OFF, [f"{place['NAME']}%"])
        cursor.execute(sql)


@pytest.mark.slow
def test_a_restored_backup_is_refused_and_the_newest_database_goes_on(
    committed: World, swap: Callable[[], None]
) -> None:
    world = committed
    world.log_all(world.entry())
    before = shown(world)
    swap()
    assert Checkpoint.objects.count() == 1, "this is the copy"
    late = world.entry()
    world.append(late)
    world.wait(60)
    for _ in range(2):
        with pytest.raises(SigningRefused) as refused:
            world.sequencer("upon the copy").step()
        assert refused.value.code == "DATABASE_BEHIND"
        acknowledge(which=str(Alarm.objects.get().pk), by="ann", reason="let it", at=world.now)
    assert shown(world)[-1:] == before[-1:]

    swap()
    world.append(late)  # its sender, who got no checkpoint over it, sends it again
    world.sequencer("upon the newest").step()
    assert shown(world)[-1].size == 4
    hold_the_promises(world, before)


# --- the clock steps back ---------------------------------------------------------------------


def test_a_clock_that_steps_back_is_told_and_stops_nothing(world: World) -> None:
    sequencer = world.sequencer()
    world.log_all(world.entry())
    before = Checkpoint.objects.get(size=3).at
    world.now -= timedelta(hours=1)
    world.append(world.entry())
    assert sequencer.step() == 1
    assert Checkpoint.objects.get(size=4).at == before, "a checkpoint is dated before the last"
    alarm = Alarm.objects.get()
    assert (alarm.code, alarm.blocks) == ("CLOCK_BACKWARDS", False)
    assert "3600 s" in alarm.message
    world.append(world.entry())
    assert sequencer.step() == 1
    assert Alarm.objects.count() == 1


def test_a_clock_that_is_set_back_a_little_is_no_news(world: World) -> None:
    sequencer = world.sequencer()
    world.log_all(world.entry())
    world.now -= timedelta(seconds=2)
    world.append(world.entry())
    assert sequencer.step() == 1
    assert not Alarm.objects.exists()
