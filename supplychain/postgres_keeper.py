"""The keeper of an embedded PostgreSQL server: one process that owns the server as its child.

The keeper starts the server in the foreground, starts it again should it die, and stops it once
nobody holds a lock on ``users.lock`` any more, however its users went (exit, SIGTERM, SIGKILL).
Should the keeper itself be killed, Linux sends the server its order to stop at once.

Run by :mod:`supplychain.embedded_postgres` as ``python -m supplychain.postgres_keeper PLACE``; it
returns when the server takes connections, or prints why it does not, and leaves the keeper behind.
Standard library only, so that it starts in milliseconds.
"""

import ctypes
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

SUPERUSER = "postgres"
ROLE = "unbroken"
POLL_S = 0.2
START_S_MAX = 60.0
STOP_S_MAX = 10.0
STARTS_IN_A_ROW_MAX = 5
PR_SET_PDEATHSIG = 1


class EmbeddedPostgresError(Exception):
    """The embedded server cannot run here; the message says why and what to do."""


@dataclass(frozen=True)
class Place:
    """Where a server lives and as whom it runs.

    ``account`` is the (user id, group id) that root hands the server to; None when not root.
    ``durable=False`` trades safety after a power cut for speed: for throw-away tests only.
    """

    home: Path
    binaries: Path
    sockets: Path
    account: tuple[int, int] | None
    durable: bool

    @property
    def data(self) -> Path:
        """The cluster's own folder."""
        return self.home / "data"

    @property
    def pid_file(self) -> Path:
        """PostgreSQL's own note of who serves this folder and in which state."""
        return self.data / "postmaster.pid"

    @property
    def user(self) -> int | None:
        """The account as subprocess wants it."""
        return None if self.account is None else self.account[0]

    @property
    def group(self) -> int | None:
        """The account's group."""
        return None if self.account is None else self.account[1]

    @property
    def groups(self) -> list[int] | None:
        """No further groups for root's unprivileged account."""
        return None if self.account is None else []

    def as_text(self) -> str:
        """The place as one argument of a command line."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Read what :meth:`as_text` wrote."""
        place = json.loads(text)
        paths = {name: Path(place[name]) for name in ("home", "binaries", "sockets")}
        account = None if place["account"] is None else tuple(place["account"])
        return cls(**paths, account=account, durable=place["durable"])


@contextmanager
def lock_taken(path: Path, kind: int) -> Iterator[IO[bytes] | None]:
    """Hold a lock on a file, or yield None at once when somebody else's is in the way."""
    with path.open("ab") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield file


def is_ready(place: Place) -> bool:
    """Whether the server says of itself that it takes connections."""
    try:
        return place.pid_file.read_text().rstrip().endswith("ready")
    except OSError:
        return False


def major_of(binaries: Path) -> str:
    """The major version of the PostgreSQL programs in a folder."""
    said = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return said.stdout.split()[2].split(".")[0]


def main(arguments: list[str]) -> int:
    """Leave a keeper behind; 0 once its server takes connections or another keeper is at work."""
    place = Place.parse(arguments[0])
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.close(reader)
        _become_a_daemon(place.home / "keeper.log")
        _keep(place, writer)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        said = answer.read()
    if said != "ready":
        sys.stderr.write(said or f"the keeper died at once; see {place.home / 'keeper.log'}")
    return int(said != "ready")


def _become_a_daemon(log: Path) -> None:
    """Leave the terminal and the caller's pipes, so that neither can end or delay us."""
    os.setsid()
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDWR)
    notes = os.open(log, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    for mine, theirs in ((nothing, 0), (notes, 1), (notes, 2)):
        os.dup2(mine, theirs)


def _keep(place: Place, writer: int) -> None:
    """Be the one keeper of a place, or say that there is one already."""

    def answer(text: str) -> None:
        os.write(writer, text.encode())
        os.close(writer)

    with lock_taken(place.home / "keeper.lock", fcntl.LOCK_EX) as mine:
        if mine is None:
            answer("ready")
            return
        try:
            _make_cluster(place)
            server = _start(place)
        except (EmbeddedPostgresError, OSError, subprocess.SubprocessError) as error:
            answer(str(error))
            return
        answer("ready")
        _watch(place, server)


def _watch(place: Place, server: subprocess.Popen[bytes]) -> None:
    """Serve until the last user is gone, or until told to stop."""
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: told.append(number))
    while not told:
        time.sleep(POLL_S)
        if server.poll() is not None:
            server = _start(place)
        # Once the last user is gone, newcomers wait on this lock until the server has stopped.
        with lock_taken(place.home / "users.lock", fcntl.LOCK_EX) as alone:
            if alone is not None:
                _stop(server)
                return
    _stop(server)


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop fast but cleanly: sessions are cut, what was committed is written.

    A server that is told so while it recovers from a crash may wait for ever (PostgreSQL 18); then
    harder words help, and nothing that was committed is lost by them either.
    """
    for order in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(order)
        try:
            server.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            continue
        return


def _start(place: Place) -> subprocess.Popen[bytes]:
    """Start the server and wait until it takes connections.

    A server that was killed leaves children which go within moments; until then its shared memory
    is taken and a start fails. Hence several attempts.
    """
    for attempt in range(STARTS_IN_A_ROW_MAX):
        _clear_stale_pid_file(place)
        server = _launch(place)
        if _came_up(place, server):
            return server
        time.sleep(0.2 * (attempt + 1))
    raise EmbeddedPostgresError(f"PostgreSQL does not start:\n{_end_of_log(place)}")


def _launch(place: Place) -> subprocess.Popen[bytes]:
    options = [
        text for name, value in _options(place).items() for text in ("-c", f"{name}={value}")
    ]
    with (place.home / "postgres.log").open("ab") as log:
        return subprocess.Popen(
            [place.binaries / "postgres", "-D", place.data, *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            preexec_fn=_stop_with_parent,  # noqa: PLW1509 - the keeper has one thread
            user=place.user,
            group=place.group,
            extra_groups=place.groups,
        )


def _options(place: Place) -> dict[str, str]:
    """The server's settings: two cores, many short connections, nothing on the network."""
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "120",
        "shared_buffers": "128MB",
        "effective_cache_size": "512MB",
        "max_parallel_workers_per_gather": "0",
        "jit": "off",
        "random_page_cost": "1.1",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if not place.durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return options


def _came_up(place: Place, server: subprocess.Popen[bytes]) -> bool:
    """Whether the server got ready before it died."""
    end = time.monotonic() + START_S_MAX
    while server.poll() is None:
        if is_ready(place):
            return True
        if time.monotonic() > end:
            server.kill()
            server.wait()
            return False
        time.sleep(0.01)
    return False


def _clear_stale_pid_file(place: Place) -> None:
    """Remove the note of a server that is gone; wait for one that is going, but not for ever.

    We hold the keeper's lock: a server still alive belongs to a keeper that was killed a moment
    ago and is stopping. PostgreSQL itself would refuse to start when the number in the note has
    since been given to any other process.
    """
    end = time.monotonic() + STOP_S_MAX
    while (server := _alive(place)) and time.monotonic() < end:
        time.sleep(0.05)
    if server:
        with suppress(ProcessLookupError):
            os.kill(server, signal.SIGKILL)
    place.pid_file.unlink(missing_ok=True)


def _alive(place: Place) -> int:
    """The number of the process that serves this folder, whoever started it; 0 for none."""
    try:
        server = int(place.pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return 0
    return server if _serves(server, place.data) else 0


def _serves(process: int, data: Path) -> bool:
    """Whether a process is a PostgreSQL server of this folder."""
    if sys.platform == "linux":
        try:
            command = Path(f"/proc/{process}/cmdline").read_bytes()
        except OSError:
            return False
    else:
        asked = ["/bin/ps", "-ww", "-o", "args=", "-p", str(process)]
        command = subprocess.run(asked, capture_output=True, check=False).stdout
    return b"postgres" in command and os.fsencode(data) in command


def _make_cluster(place: Place) -> None:
    """Make the data folder unless it is there; it appears whole or not at all."""
    place.sockets.mkdir(mode=0o700, exist_ok=True)
    _give_away(place, place.sockets)
    if (place.data / "PG_VERSION").exists():
        _check_major_version(place)
        return
    staging = place.home / "data.new"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    _give_away(place, staging)
    _initdb(place, staging)
    _make_role_and_database(place, staging)
    staging.rename(place.data)


def _check_major_version(place: Place) -> None:
    had, have = (place.data / "PG_VERSION").read_text().strip(), major_of(place.binaries)
    if had == have:
        return
    message = (
        f"{place.data} was written by PostgreSQL {had}, but the programs in {place.binaries} are "
        f"version {have}. To move the data, with the programs of version {had} at hand:\n"
        f"  export EMBEDDED_POSTGRES_BINARIES=/usr/lib/postgresql/{had}/bin\n"
        "  python manage.py postgres pg_dump --format=custom --file=unbroken.dump\n"
        f"  unset EMBEDDED_POSTGRES_BINARIES; mv {place.data} {place.data}.{had}\n"
        "  python manage.py postgres pg_restore --dbname=unbroken unbroken.dump"
    )
    raise EmbeddedPostgresError(message)


def _initdb(place: Place, staging: Path) -> None:
    password_file = place.home / "superuser.initdb"
    _write_private(password_file, _password(place, SUPERUSER))
    _give_away(place, password_file)
    try:
        _run(
            place,
            [place.binaries / "initdb", "-D", staging, f"--username={SUPERUSER}"],
            ["--encoding=UTF8", "--auth=scram-sha-256", f"--pwfile={password_file}"],
            ["--data-checksums", "--no-instructions", *_locale(place)],
        )
    finally:
        password_file.unlink()


def _locale(place: Place) -> list[str]:
    """An order of text that no system library can change under an index."""
    if int(major_of(place.binaries)) < 17:  # noqa: PLR2004 - the release that built it in
        return ["--locale=C"]
    return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]


def _make_role_and_database(place: Place, staging: Path) -> None:
    """Make the application's role, which is no superuser, and its database."""
    password = _password(place, ROLE)
    statements = [
        f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE PASSWORD '{password}'",
        f"GRANT SET ON PARAMETER session_replication_role TO {ROLE}",
        f"CREATE DATABASE {ROLE} OWNER {ROLE}",
    ]
    options = ["-c", "log_statement=none", "-c", "log_min_messages=fatal"]
    _run(
        place,
        [place.binaries / "postgres", "--single", "-D", staging, *options, "postgres"],
        text="".join(f"{statement}\n" for statement in statements),
    )


def _password(place: Place, role: str) -> str:
    """The password of a role, made the first time it is asked for."""
    file = place.home / f"{role}.password"
    if not file.exists():
        _write_private(file, secrets.token_urlsafe(32))
    return file.read_text()


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(file, "w") as stream:
        stream.write(text)


def _give_away(place: Place, path: Path) -> None:
    if place.account is not None:
        os.chown(path, *place.account)


def _run(place: Place, *parts: Sequence[str | Path], text: str = "") -> None:
    command = [part for some in parts for part in some]
    done = subprocess.run(
        command,
        input=text,
        text=True,
        capture_output=True,
        check=False,
        cwd="/",
        user=place.user,
        group=place.group,
        extra_groups=place.groups,
    )
    if done.returncode != 0 or "ERROR:" in done.stderr:
        raise EmbeddedPostgresError(f"{command[0]}: {done.stderr.strip()}")


def _stop_with_parent() -> None:
    """Have Linux stop the server when its keeper is killed.

    At once (immediate shutdown): a fast one that meets a recovery may never end, and whoever comes
    next would wait for it. The next start recovers what was committed.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _end_of_log(place: Place) -> str:
    return (place.home / "postgres.log").read_text(errors="replace")[-1000:]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
