"""Where the log's static parts are put for others to serve: one small interface.

What every store promises:

* **Whole.** A reader sees all of an object or none of it.
* **Durable.** When a call returns, what it did outlives a loss of power.
* **Immutable.** What was added is never changed. Adding the same again is fine, so that whoever
  was cut off may simply begin anew; adding something else is a `Conflict`.
* **Compare and swap.** The one object that moves (the checkpoint) moves only from what the caller
  has seen, so that of two publishers one is refused.

Paths are those of `ledger.core.tile_paths`. A store that cannot be reached raises `StoreFailed`,
and nothing is known then of the call that failed.
"""

from typing import Protocol

from ledger.core.errors import Conflict, LedgerError


class StoreFailed(LedgerError):  # noqa: N818  named as its kin in the core are
    """The store cannot be reached, or does not do what it is asked."""


class ObjectStore(Protocol):
    """A place for objects under paths."""

    def get(self, path: str) -> bytes | None:
        """Return an object, None when there is none."""

    def add(self, path: str, content: bytes) -> None:
        """Put an object that never changes; `Conflict` OBJECT_CHANGED if another one is there."""

    def swap(self, path: str, *, expected: bytes | None, content: bytes) -> None:
        """Put `content` in the place of `expected` (None: of nothing); `Conflict` OBJECT_MOVED."""

    def drop(self, prefix: str) -> None:
        """Remove all whose paths begin with `prefix`, which ends with a slash."""


def changed(path: str) -> Conflict:
    """What `add` raises."""
    return Conflict("OBJECT_CHANGED", f"Another {path} is in the store, and it is never changed.")


def moved(path: str) -> Conflict:
    """What `swap` raises."""
    return Conflict("OBJECT_MOVED", f"Somebody else has moved {path} in the store.")
