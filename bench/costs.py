"""What one act costs by the clock, and of the processor, which a busy machine changes less."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection

from bench.figures import Spread

T = TypeVar("T")


@dataclass(frozen=True)
class Cost:
    """Milliseconds by the clock, of our processor and of the database's; and queries."""

    wall_ms: float
    ours_ms: float
    database_ms: float
    queries: int

    @property
    def processor_ms(self) -> float:
        """Ours and the database's."""
        return self.ours_ms + self.database_ms


def cost_of(act: Callable[[], T]) -> tuple[T, Cost]:
    """Do something in this thread, which alone uses this connection; returns what came out too."""
    asked = 0

    def count(execute: Callable[..., Any], *question: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*question)

    backend = _backend()
    with connection.execute_wrapper(count):
        database, ours, wall = _used_ms(backend), time.thread_time(), time.perf_counter()
        found = act()
        wall, ours = time.perf_counter() - wall, time.thread_time() - ours
        database = _used_ms(backend) - database
    return found, Cost(1000 * wall, 1000 * ours, database, asked)


def walls(costs: Sequence[Cost]) -> Spread:
    """Milliseconds by the clock."""
    return Spread.of([one.wall_ms for one in costs])


def processors(costs: Sequence[Cost]) -> Spread:
    """Milliseconds of processors, ours and the database's together."""
    return Spread.of([one.processor_ms for one in costs])


def _backend() -> Path:
    """Where Linux tells what the database's process for our connection has used."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        row = cursor.fetchone()
    return Path(f"/proc/{row[0]}/schedstat") if row else Path()


def _used_ms(process: Path) -> float:
    """Milliseconds that a process was on a processor."""
    return int(process.read_text().split()[0]) / 1e6
