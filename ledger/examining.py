"""Examining entries on several cores: in worker processes that know neither database nor Django.

The workers are started fresh (`spawn`), so they inherit no connection, lock or thread, whoever the
parent is; each gets the registry once. Results come back in the order of the questions, and only
so many questions are on their way that memory stays bounded.
"""

import gc
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context, parent_process

from ledger.core.registry import Registry
from ledger.recomputing import Examined, Opinions, Part, StoredRow, examine

Answers = list[Examined]
Examiner = Callable[[Iterable[list[Part]]], Iterator[tuple[Part, Answers]]]
"""Answers each part of each batch, in order."""
AHEAD = 3
"""Batches on their way for each process."""


@contextmanager
def examiner(
    registry: Registry, opinions: Opinions, origin: str, *, processes: int
) -> Iterator[Examiner]:
    """Give an examiner: in this process when one is enough, else in so many others."""
    if processes < 2:  # noqa: PLR2004  two is the first number that is more than this one
        yield partial(_here, partial(_examine_all, registry, opinions, origin))
        return
    pool = ProcessPoolExecutor(
        processes,
        mp_context=get_context("spawn"),
        initializer=_begin,
        initargs=(registry, opinions, origin),
    )
    try:
        yield partial(_elsewhere, pool, processes * AHEAD)
    finally:
        pool.shutdown(cancel_futures=True)


def _here(
    answer: Callable[[list[StoredRow]], Answers], batches: Iterable[list[Part]]
) -> Iterator[tuple[Part, Answers]]:
    for batch in batches:
        for part in batch:
            yield part, answer(part.rows)


def _elsewhere(
    pool: ProcessPoolExecutor, most: int, batches: Iterable[list[Part]]
) -> Iterator[tuple[Part, Answers]]:
    under_way: deque[tuple[list[Part], Future[list[Answers]]]] = deque()
    for batch in batches:
        under_way.append((batch, pool.submit(_answer, [part.rows for part in batch])))
        if len(under_way) > most:
            yield from _together(*under_way.popleft())
    for asked, future in under_way:
        yield from _together(asked, future)


def _together(asked: list[Part], future: "Future[list[Answers]]") -> Iterator[tuple[Part, Answers]]:
    yield from zip(asked, future.result(), strict=True)


def _examine_all(
    registry: Registry, opinions: Opinions, origin: str, rows: list[StoredRow]
) -> Answers:
    return [examine(row, registry, opinions, origin) for row in rows]


# --- in a worker ----------------------------------------------------------------------------------

_known: list[Callable[[list[StoredRow]], Answers]] = []


def _begin(registry: Registry, opinions: Opinions, origin: str) -> None:
    """Remember what each batch is judged by. Only the parent says when to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()  # nothing here refers back to itself, and looking for it took a tenth of the time
    _known[:] = [partial(_examine_all, registry, opinions, origin)]


def _end_with_parent() -> None:
    """End when the parent is gone, even if it was killed and could not say so."""
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _answer(batch: list[list[StoredRow]]) -> list[Answers]:
    return [_known[0](rows) for rows in batch]
