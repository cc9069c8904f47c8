"""Whom a blow hits: `kill -9`, without a word before."""

import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from random import Random

from bench.chaos.crew import Crew, database

Find = Callable[[Crew, Path, Random], int]


def strike(kind: str, crew: Crew, folder: Path, chance: Random) -> bool:
    """Kill one of a kind; False when there is none at this moment."""
    victim = VICTIMS[kind](crew, folder, chance)
    if not victim:
        return False
    with suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)
        return True
    return False


def server(folder: Path) -> int:
    """The database server's first process; 0 when there is none."""
    try:
        found = int((database(folder) / "postmaster.pid").read_text().split("\n", 1)[0])
        command = Path(f"/proc/{found}/cmdline").read_bytes()
    except (OSError, ValueError):
        return 0
    return found if b"postgres" in command else 0


def children(parent: int) -> list[int]:
    """The processes that a process has started."""
    with suppress(OSError):
        text = Path(f"/proc/{parent}/task/{parent}/children").read_text()
        return [int(word) for word in text.split()]
    return []


def _web_worker(crew: Crew, _folder: Path, chance: Random) -> int:
    found = children(crew.members["web"].pid)
    return chance.choice(found) if found else 0


def _session(_crew: Crew, folder: Path, chance: Random) -> int:
    """A server process that works for one of us."""
    found = [one for one in children(server(folder)) if b"unbroken" in _title(one)]
    return chance.choice(found) if found else 0


def _title(process: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def _keeper(_crew: Crew, folder: Path, _chance: Random) -> int:
    """The parent of the server."""
    found = server(folder)
    with suppress(OSError):
        parent = int(Path(f"/proc/{found}/stat").read_text().rsplit(")", 1)[1].split()[1])
        return parent if b"postgres_keeper" in _title(parent) else 0
    return 0


def _member(name: str) -> Find:
    return lambda crew, _folder, _chance: crew.members[name].pid


VICTIMS: Mapping[str, Find] = {
    "web worker": _web_worker,
    "web master": _member("web"),
    "celery worker": _member("worker"),
    "scheduler": _member("beat"),
    "sequencer": _member("sequencer"),
    "database server": lambda _crew, folder, _chance: server(folder),
    "database session": _session,
    "database keeper": _keeper,
}
