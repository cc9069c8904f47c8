"""The parts of the house as a service manager runs them: whatever dies is started again at once.

They are the programs of `manage.py up`, under another rule: there the first death ends all.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from bench.chaos.house import HOST
from supplychain import embedded_postgres
from supplychain.management.commands.up import (
    LIBC,
    PR_SET_PDEATHSIG,
    kill_session,
    services,
    surroundings,
)
from supplychain.postgres_keeper import EmbeddedPostgresError

BETWEEN_STARTS_S = 0.2
STOP_S_MAX = 6.0


@dataclass
class Member:
    """One program; `deaths` counts those that nobody ordered, too."""

    name: str
    command: list[str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    deaths: int = 0
    codes: list[int] = field(default_factory=list)

    @property
    def pid(self) -> int:
        """Its process number; 0 while it is dead."""
        return self.process.pid if self.process and self.process.poll() is None else 0


class Crew:
    """Web, worker, scheduler and sequencer, and the database's keeper."""

    def __init__(self, folder: Path, port: int) -> None:
        self._surroundings = surroundings(HOST, port)
        logs = folder / "logs"
        logs.mkdir()
        self.members = {
            name: Member(name, command, logs / f"{name}.log")
            for name, command in services(HOST, port).items()
        }

    def mind(self) -> None:
        """Start what is not running. To be called often, by the thread that called it first."""
        for member in self.members.values():
            if not member.pid and time.monotonic() - member.started_at > BETWEEN_STARTS_S:
                self._start(member)
        with suppress(EmbeddedPostgresError):  # it is tried again
            embedded_postgres.look_after()

    @property
    def is_complete(self) -> bool:
        """Whether all of them are alive."""
        return all(member.pid for member in self.members.values())

    def stop(self) -> None:
        """End all of them: politely first, and whatever is left of their sessions after."""
        running = [one.process for one in self.members.values() if one.process]
        for process in running:
            process.terminate()
        end = time.monotonic() + STOP_S_MAX
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, end - time.monotonic()))
            kill_session(process.pid)
            process.wait()

    def _start(self, member: Member) -> None:
        if member.process is not None:
            member.deaths += 1
            member.codes.append(member.process.returncode)
            kill_session(member.process.pid)  # as a service manager clears its control group
        ours = os.getpid()

        def stop_with_parent() -> None:
            if sys.platform == "linux":
                LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != ours:
                os._exit(1)

        with member.log.open("ab") as log:
            member.process = subprocess.Popen(
                member.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=settings.BASE_DIR,
                env=self._surroundings,
                start_new_session=True,
                preexec_fn=stop_with_parent,  # noqa: PLW1509 - it takes no lock of Python's
            )
        member.started_at = time.monotonic()


def bearing(folder: Path) -> list[int]:
    """The living processes, but for this one, that were started with the folder as theirs.

    A server process writes its title over its environment, but works in the database's folder.
    """
    mark = b"UNBROKEN_VAR=" + os.fsencode(folder)
    data = str(database(folder))
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            dead = (place / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
            bears = mark in (place / "environ").read_bytes().split(b"\0")
            works = str((place / "cwd").readlink()).removesuffix(" (deleted)") == data
        except OSError:
            continue
        if (bears or works) and not dead and int(place.name) != os.getpid():
            found.append(int(place.name))
    return found


def database(folder: Path) -> Path:
    """Where the database's files are: in the folder, or where it had to move to."""
    moved = folder / "postgres" / "moved-to"
    home = Path(moved.read_text().strip()) if moved.exists() else folder / "postgres"
    return home / "data"
