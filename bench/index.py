"""Measure the completeness index: how long an epoch takes, and a proof out of it.

    python -m bench.index [--keys 100000 1000000]

The heads are synthetic: rows as that many keys would have them, put there in one statement. A
million entries are neither signed nor logged for it. What is measured is what an epoch does with
heads (read, page, hash, write, sign), what counting 5,000 entries of 1,000 lots into them and into
the lots' own indexes takes (reading the entries apart), one into a lot of 100,000 used outputs, and
a proof.
"""

import argparse
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from bench import installation

if TYPE_CHECKING:
    from ledger.core.index_count import Counted

T = TypeVar("T")
ENTRIES_PER_KEY = 10
COUNTED = 5_000
LOTS = 1_000
HOT_USES = 100_000
PROOFS = 50
KEYS_SHOWN = 13
"""Keys that the evidence of a lot with six parties shows: the lot, six keys, six parties."""


@dataclass(frozen=True)
class Measured:
    keys: int
    epoch_s: float
    ours_s: float
    memory_mb: float
    count_s: float
    hot_s: float
    proof_ms: float


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.index", description=__doc__)
    parser.add_argument("--keys", type=int, nargs="+", default=[100_000, 1_000_000])
    options = parser.parse_args(argv)
    installation.settle()
    print(report(options.keys))


def report(sizes: Sequence[int]) -> str:
    """Build an epoch over so many keys, each after the smaller one; returns Markdown."""
    from bench.figures import table  # noqa: PLC0415  Django is set up first

    _begin()
    rows = [
        (
            one.keys,
            one.keys * ENTRIES_PER_KEY,
            one.epoch_s,
            one.ours_s,
            one.memory_mb,
            COUNTED / one.count_s,
            one.hot_s,
            one.proof_ms,
        )
        for one in map(measure, sizes)
    ]
    heads = ("keys", "entries they stand for", "epoch s", "of it ours, s", "peak MB",
             "counted/s", "into a hot lot, s", f"proofs of {KEYS_SHOWN} keys, ms")  # fmt: skip
    return table(heads, rows)


def measure(keys: int) -> Measured:
    """Fill up the heads to so many keys, sign an index over them, ask it."""
    from ledger import indexing, signers  # noqa: PLC0415  Django is set up first
    from ledger.core.index import IndexRoot  # noqa: PLC0415

    _fill(keys)
    _log()
    count_s, hot_s = _count_s()
    while indexing.take_in():
        pass
    nonce, at = sha256(b"%d" % keys).digest()[:16], datetime.now(UTC)
    ours = time.process_time()
    epoch_s, root = _timed(
        lambda: indexing.build_epoch(signers.operator_signer(), at=at, nonce=nonce)
    )
    ours = time.process_time() - ours
    assert isinstance(root, IndexRoot)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(root.keys, epoch_s, ours, peak, count_s, hot_s, _proof_ms(root))


def _begin() -> None:
    from django.core.management import call_command  # noqa: PLC0415  Django is set up first

    call_command("admit_operator")
    _log()


def _log() -> None:
    from ledger.management.commands.sequence import make_sequencer  # noqa: PLC0415

    sequencer = make_sequencer()
    while sequencer.step():
        pass
    sequencer.release()


def _fill(keys: int) -> None:
    from django.db import connection  # noqa: PLC0415  Django is set up first

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_indexhead SELECT sha256(('key ' || n)::bytea), %s, n * %s,"
            " sha256(('head ' || n)::bytea) FROM generate_series(1, %s) n ON CONFLICT DO NOTHING",
            [ENTRIES_PER_KEY, ENTRIES_PER_KEY, keys],
        )
        cursor.execute("ANALYZE ledger_indexhead")


def _count_s() -> tuple[float, float]:
    """Count entries as a builder does, into lots that have ten and into a hot one; forget them."""
    from django.db import connection, transaction  # noqa: PLC0415  Django is set up first

    from ledger import indexing  # noqa: PLC0415

    before = [_used(n, f"lot:{n % LOTS}") for n in range(10 * LOTS)]
    before += [_used(n, "lot:hot") for n in range(len(before), len(before) + HOT_USES)]
    taken = len(before)
    entries = [_used(n, f"lot:{n % LOTS}") for n in range(taken, taken + COUNTED)]
    with transaction.atomic(), connection.cursor() as cursor:
        indexing.grow(cursor, before, 0, taken)
        count_s, _ = _timed(lambda: indexing.grow(cursor, entries, taken, taken + COUNTED))
        hot = [_used(taken, "lot:hot")]
        hot_s, _ = _timed(lambda: indexing.grow(cursor, hot, taken + COUNTED, taken + COUNTED + 1))
        transaction.set_rollback(True)
    return count_s, hot_s


def _used(number: int, lot: str) -> tuple[int, bytes, "Counted"]:
    """An entry of a lot that uses one output."""
    from ledger.core.index_count import Counted  # noqa: PLC0415  Django is set up first

    digest = sha256(b"%d" % number)
    return number, digest.digest(), Counted((), lot, ("all", f"{digest.hexdigest()}#0"))


def _proof_ms(root: object) -> float:
    from ledger.core.index import IndexRoot  # noqa: PLC0415  Django is set up first
    from ledger.index_shown import index_proofs  # noqa: PLC0415

    assert isinstance(root, IndexRoot)
    seconds = []
    for turn in range(PROOFS):
        names = [f"key {turn * KEYS_SHOWN + n + 1}" for n in range(KEYS_SHOWN)]
        took, found = _timed(partial(index_proofs, root, names[1:], names[0], ["all"]))
        assert len(found.keys) == KEYS_SHOWN, found.signs
        seconds.append(took)
    return 1000 * sorted(seconds)[PROOFS // 2]


def _timed(deed: Callable[[], T]) -> tuple[float, T]:
    began = time.monotonic()
    result = deed()
    return time.monotonic() - began, result


if __name__ == "__main__":
    main()
