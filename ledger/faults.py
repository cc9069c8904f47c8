"""Fault points: the places at which a test ends the process, to see what is left.

`point` does nothing. Only a test can make it do something, by `arm`, which no module of the
project calls (a test in tests/architecture sees to that): no setting and no environment variable
reaches it. Whoever adds a step between two durable acts adds a point there and names it here.
"""

from collections.abc import Callable

from django.db import transaction

POINTS = (
    "append.checked",
    "append.saved",
    "append.committed",
    "sequence.taken",
    "sequence.leaves-written",
    "sequence.tiles-written",
    "sequence.inbox-emptied",
    "sequence.committed",
    "sign.checked",
    "sign.signed",
    "file.beside",
    "file.moved",
    "sign.row-written",
    "sign.published",
    "index.taken-in",
    "index.pages-written",
    "index.epoch-kept",
    "index.committed",
)
"""In the order in which an entry passes them. What is committed in `ledger_checkpoint` is
published: every door reads it there."""

_armed: dict[str, Callable[[], object]] = {}


def arm(name: str, deed: Callable[[], object]) -> None:
    """Have a deed done at a point, from now on; KeyError unless there is such a point."""
    if name not in POINTS:
        raise KeyError(name)
    _armed[name] = deed


def disarm() -> None:
    """Make every point do nothing again."""
    _armed.clear()


def point(name: str) -> None:
    """Pass a point."""
    if _armed:
        _armed.get(name, lambda: None)()


def point_on_commit(name: str) -> None:
    """Pass a point as soon as the transaction is durable, before anybody is told."""
    if _armed:
        transaction.on_commit(lambda: point(name))
