"""An object store in a folder, which any web server may serve."""

import shutil
from pathlib import Path

from ledger import durable_files
from ledger.object_store import StoreFailed, changed, moved


class FolderStore:
    """An `ObjectStore`; objects are files under their paths."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, path: str) -> bytes | None:
        """Return an object, None when there is none."""
        try:
            return (self._folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def add(self, path: str, content: bytes) -> None:
        """Put an object that never changes."""
        file = self._folder / path
        try:
            durable_files.make_folder(file.parent)
            made = durable_files.create(file, content)
        except OSError as fault:
            raise _failed(fault) from fault
        if not made and self.get(path) != content:
            raise changed(path)

    def swap(self, path: str, *, expected: bytes | None, content: bytes) -> None:
        """Put `content` in the place of `expected`."""
        file = self._folder / path
        try:
            with durable_files.locked(file):
                if self.get(path) != expected:
                    raise moved(path)
                durable_files.replace(file, content)
        except OSError as fault:
            raise _failed(fault) from fault

    def drop(self, prefix: str) -> None:
        """Remove all below `prefix`."""
        shutil.rmtree(self._folder / prefix, ignore_errors=True)


def _failed(fault: OSError) -> StoreFailed:
    return StoreFailed(
        "STORE_FAILED", f"The folder of tiles does not take what it is given: {fault}"
    )
