"""Files that are there whole or not at all, and that a loss of power does not take away."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def replace(path: Path, content: bytes) -> None:
    """Write beside, flush to the disk, rename, flush the folder: old or new, never half."""
    with _beside(path, content) as written:
        written.replace(path)


def create(path: Path, content: bytes) -> bool:
    """Write a file that is not there yet; False, and nothing done, when it is."""
    with _beside(path, content) as written:
        try:
            path.hardlink_to(written)  # unlike a rename, it never takes another file's place
        except FileExistsError:
            return False
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Be the only one, of those who ask, who works on this file; its folder is made."""
    make_folder(path.parent)
    with path.with_name(path.name + ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, durably."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush_folder(folder.parent)


@contextmanager
def _beside(path: Path, content: bytes) -> Iterator[Path]:
    """Write into a file of another name in the same folder; flush the folder at the end."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
        written = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
            yield written
        finally:
            written.unlink(missing_ok=True)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
