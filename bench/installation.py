"""An installation of its own under var/bench: database, keys, web server and sequencer."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var" / "bench"
HOST = "127.0.0.1"
START_S_MAX = 30.0
PARTS = ("sequencer", "web")


def settle() -> None:
    """Point this process and its children at an empty installation, and make it ready."""
    _empty(VAR)
    ours = {"DJANGO_SETTINGS_MODULE": "supplychain.settings", "UNBROKEN_VAR": str(VAR)}
    os.environ.update({**ours, "LOG_LEVEL": "ERROR", "LOG_ORIGIN": "unbroken.example/bench"})
    for name in ("DATABASE_URL", "EMBEDDED_POSTGRES_DURABLE", "CHECKPOINT_FILE", "KEYS_DIR"):
        os.environ.pop(name, None)
    for command in ("prepare", "make_keys"):
        subprocess.run([sys.executable, "manage.py", command], cwd=ROOT, check=True)
    import django  # noqa: PLC0415  Django is set up first

    django.setup()


def _empty(folder: Path) -> None:
    """Remove what an earlier run left, as soon as its database has stopped."""
    home = _home(folder)
    if (home / "keeper.lock").exists():
        _wait_for_the_end_of(home / "keeper.lock")
    shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Server:
    """Where it listens, and the first processes of its parts."""

    port: int
    roots: dict[str, int]


@contextmanager
def serving() -> Iterator[Server]:
    """The web server and the sequencer as `manage.py up` runs them."""
    from supplychain.management.commands.up import services  # noqa: PLC0415  Django is set up first

    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    commands = services(HOST, port)
    processes = [subprocess.Popen(commands[name], cwd=ROOT) for name in PARTS]
    try:
        _wait_for(port)
        roots = {name: process.pid for name, process in zip(PARTS, processes, strict=True)}
        yield Server(port, {**roots, "database": postmaster()})
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(timeout=15)


def _wait_for_the_end_of(lock: Path) -> None:
    """Wait until the database's keeper is gone: it leaves when nobody uses the database."""
    end = time.monotonic() + START_S_MAX
    with lock.open() as keeper:
        while True:
            try:
                fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    raise RuntimeError("another bench is running here") from None
                time.sleep(0.2)
            else:
                return


def _home(folder: Path) -> Path:
    """Where the database of an installation lives."""
    moved = folder / "postgres" / "moved-to"
    return Path(moved.read_text().strip()) if moved.exists() else folder / "postgres"


def postmaster() -> int:
    return int((_home(VAR) / "data" / "postmaster.pid").read_text().split()[0])


def _wait_for(port: int) -> None:
    end = time.monotonic() + START_S_MAX
    while time.monotonic() < end:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the web server did not start")


def wait_until_logged() -> None:
    """Wait until everything that was accepted is covered by a checkpoint."""
    from django.db import connection  # noqa: PLC0415  Django is set up first

    question = (
        "SELECT (SELECT count(*) FROM ledger_inbox) = 0 AND"
        " (SELECT coalesce(max(index) + 1, 0) FROM ledger_leaf) ="
        " (SELECT coalesce(max(size), 0) FROM ledger_checkpoint)"
    )
    with connection.cursor() as cursor:
        while True:
            cursor.execute(question)
            if cursor.fetchone() == (True,):
                return
            time.sleep(0.02)
