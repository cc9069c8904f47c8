"""The sequencer's process: what waits is logged, and it survives what goes wrong."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import CommandError
from django.db import OperationalError, connection

from ledger import alarms
from ledger.core.checkpoint import Vkey
from ledger.core.entry import Entry
from ledger.core.note import WITNESS_KEY
from ledger.core.signatures import LogKey
from ledger.lease import LENGTH, LeaseHeld
from ledger.management.commands.sequence import Loop, Waker, make_sequencer, wake_worker
from ledger.models import Checkpoint
from ledger.sequencing import SigningRefused
from tests.database import tamper
from tests.ledger.commands import keys_dir, lot, run
from tests.ledger.world import World

__all__ = ["keys_dir", "lot"]


def test_what_waits_is_logged_once_and_the_lease_given_back(world: World, lot: Entry) -> None:
    del lot
    world.wait(60)
    world.sequencer().release()
    world.append(world.entry())
    tamper("UPDATE ledger_sequencerlease SET expires_at = %s", [world.now.replace(year=2000)])
    assert run("sequence", "--once").strip() == "logged 1"
    assert make_sequencer().step() == 0


def test_sequencing_once_says_why_it_refuses(world: World, lot: Entry) -> None:
    tamper("UPDATE ledger_sequencerlease SET expires_at = '2000-01-01'")
    tamper("UPDATE ledger_entry SET party = 'x' WHERE entry_id = %s", [lot.entry_id])
    world.audit()
    with pytest.raises(CommandError, match="COLUMNS_CHANGED"):
        run("sequence", "--once")


def test_a_sequencer_without_keys_says_what_makes_them(keys_dir: Path) -> None:
    del keys_dir
    with pytest.raises(CommandError, match="make_keys"):
        run("sequence")


class Steps:
    """A sequencer whose steps end as told; then it sets `stop`."""

    def __init__(self, *ends: int | Exception) -> None:
        self.stop = threading.Event()
        self.released = False
        self._ends = iter(ends)

    def step(self) -> int:
        try:
            end = next(self._ends)
        except StopIteration:
            self.stop.set()
            return 0
        if isinstance(end, Exception):
            raise end
        return end

    def release(self) -> None:
        self.released = True


def test_an_idle_loop_looks_over_what_is_logged(world: World) -> None:
    gone = world.entry()
    world.log_all(gone)
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [gone.entry_id])
    loop = Loop(Steps(1, 0))  # type: ignore[arg-type]  # all that the loop asks of it
    loop._step()
    assert not alarms.blocking().exists()
    loop._step()
    assert [alarm.about for alarm in alarms.blocking()] == [gone.entry_id]


def test_the_worker_is_woken_after_each_checkpoint_and_only_then() -> None:
    woken: list[int] = []
    steps = Steps(3, 2)
    loop = Loop(steps, lambda: woken.append(1))  # type: ignore[arg-type]  # all that the loop asks of it
    loop._patrol = lambda: None  # type: ignore[method-assign]  # nothing to look over
    loop._step()
    loop._step()
    assert len(woken) == 2
    steps._ends = iter([0])
    loop._step()
    assert len(woken) == 2


def test_a_worker_that_cannot_be_woken_holds_nobody_up(caplog: pytest.LogCaptureFixture) -> None:
    told = threading.Semaphore(0)

    def fail() -> None:
        told.release()
        raise ConnectionError("no broker")

    waker = Waker(fail)
    for _ in range(2):
        waker.wake()
        assert told.acquire(timeout=5)
    assert len(caplog.records) <= 1


def test_nobody_is_woken_where_nobody_witnesses(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **_: sent.append(name))
    wake_worker()
    assert sent == []
    vkey = Vkey("w.example", LogKey.generate().public, WITNESS_KEY)
    run("trust_witness", "w", str(vkey), "https://w.example")
    wake_worker()
    assert sent == [settings.CHECKPOINT_TASK]
    current_app.loader.import_default_modules()
    assert settings.CHECKPOINT_TASK in current_app.tasks
    assert world.log.public


@pytest.mark.django_db
def test_trouble_is_said_once_and_the_loop_goes_on(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("ledger.management.commands.sequence.STANDBY_S", 0.01)
    monkeypatch.setattr("ledger.management.commands.sequence.BACKOFF_S_MAX", 0.01)
    monkeypatch.setattr(connection, "close", lambda: None)
    refusal = SigningRefused("TREE_FORKED", "The tree is another.")
    steps = Steps(
        1,
        refusal,
        refusal,
        LeaseHeld("LEASE_HELD", "Another."),
        OperationalError("x"),
        OSError(28, "No space left on device"),
        0,
    )
    Loop(steps).run(steps.stop)  # type: ignore[arg-type]  # all that the loop asks of it
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 4 + ["WARNING"]
    assert steps.released


@pytest.fixture
def database_url() -> str:
    """The test database, for a process of its own."""
    one = connection.settings_dict
    return f"postgresql://{one['USER']}:{one['PASSWORD']}@/{one['NAME']}?host={one['HOST']}"


@pytest.fixture
def process(
    transactional_db: None, bare_world: World, database_url: str, project: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py sequence` as a process of its own."""
    del transactional_db, bare_world
    surroundings = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "supplychain.settings",
        "DATABASE_URL": database_url,
        "KEYS_DIR": str(settings.KEYS_DIR),
        "CHECKPOINT_FILE": str(settings.CHECKPOINT_FILE),
    }
    command = [sys.executable, str(project / "manage.py"), "sequence"]
    with subprocess.Popen(command, env=surroundings, stdout=subprocess.PIPE) as running:
        yield running
        running.kill()


def wait_for_size(size: int) -> None:
    until = time.monotonic() + 60  # a busy machine takes its time to start a process
    while not Checkpoint.objects.filter(size=size).exists():
        assert time.monotonic() < until, f"no checkpoint of size {size}"
        time.sleep(0.02)


@pytest.mark.slow
def test_the_process_logs_survives_lost_connections_and_ends_when_told(
    process: subprocess.Popen[bytes], bare_world: World
) -> None:
    bare_world.admit_maker()
    wait_for_size(2)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    bare_world.append(bare_world.entry())
    wait_for_size(3)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    bare_world.append(bare_world.entry())
    assert make_sequencer().step() == 1, "the lease was not given back"


@pytest.mark.slow
def test_a_killed_sequencer_is_replaced_before_its_lease_ends(
    process: subprocess.Popen[bytes], bare_world: World
) -> None:
    bare_world.admit_maker()
    wait_for_size(2)
    successor = make_sequencer()
    with pytest.raises(LeaseHeld):
        successor.step()
    process.kill()
    killed_at = time.monotonic()
    bare_world.append(bare_world.entry())
    while not Checkpoint.objects.filter(size=3).exists():
        with contextlib.suppress(LeaseHeld):
            successor.step()
        time.sleep(0.02)
    assert time.monotonic() - killed_at < LENGTH.total_seconds() / 2
