"""How far a worker is with a file, told while its transaction is still open."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connections

TOLD_TIMES = 50
_TELL = """UPDATE supplychain_capturejob
 SET done = %s, steps = %s, started_at = coalesce(started_at, %s) WHERE id = %s"""


@contextmanager
def telling(job: UUID, at: datetime) -> Iterator[Callable[[int, int], None]]:
    """What tells how many steps of how many are done, some fifty times at most.

    It has a connection of its own: of what the work's own transaction writes nobody sees anything
    before its end.
    """
    with closing(connections["default"].copy()) as beside:
        told = 0

        def progress(done: int, steps: int) -> None:
            nonlocal told
            if done in (0, steps) or (done - told) * TOLD_TIMES >= steps:
                told = done
                with beside.cursor() as cursor:
                    cursor.execute(_TELL, [done, steps, at, job])

        yield progress
