"""The newest signed checkpoint, kept outside the database.

Whoever restores an older backup or cuts the tail of the log restores the database's own memory
with it; this file is the memory that stays. It moves by compare-and-swap only, so that two
sequencers (even of two copies of the database) cannot both move it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ledger import faults
from ledger.core.errors import Conflict


def read(path: Path) -> str | None:
    """The note as it stands, or None when there is no file yet."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None


def move(path: Path, *, expected: str | None, note: str) -> None:
    """Put `note` in the place of `expected`, durably and at once.

    Raises `Conflict` CHECKPOINT_FILE_MOVED when something else stands there.
    """
    with _locked(path):
        if read(path) != expected:
            raise Conflict(
                "CHECKPOINT_FILE_MOVED", f"Another sequencer has moved the checkpoint in {path}."
            )
        _replace(path, note.encode())


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(path.name + ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _replace(path: Path, content: bytes) -> None:
    """Write beside, flush to the disk, rename, flush the folder: old or new, never half."""
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    faults.point("file.beside")
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    faults.point("file.moved")
