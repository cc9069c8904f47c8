"""Measure the audit: entries a second, alone and on all cores, and where the time goes.

    python -m bench.audit [--entries 20000]

*Per core* is entries by seconds of processor time, the database's included: what others do on the
machine meanwhile slows the audit, but not this figure by much.
"""

import argparse
import os
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import installation

SIGNATURES = 5_000


@dataclass(frozen=True)
class Measured:
    processes: int
    entries: int
    seconds: float
    ours: float
    database: float

    @property
    def entries_per_s(self) -> float:
        return self.entries / self.seconds

    @property
    def entries_per_core_s(self) -> float:
        return self.entries / (self.ours + self.database)


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.audit", description=__doc__)
    parser.add_argument("--entries", type=int, default=20_000)
    options = parser.parse_args(argv)
    installation.settle()
    from bench import growing  # noqa: PLC0415  Django is set up first
    from bench.cast import admit  # noqa: PLC0415

    with installation.serving():
        growing.fill(admit(), options.entries)
    print(report())


def report() -> str:
    """Audit what there is, with one process and with one for each core; returns Markdown."""
    from bench.figures import table  # noqa: PLC0415  Django is set up first

    rows = [
        (
            one.processes,
            one.entries,
            one.entries_per_s,
            one.entries_per_core_s,
            1e6 * one.ours / one.entries,
            1e6 * one.database / one.entries,
        )
        for one in (measure(1), measure(os.cpu_count() or 1))
    ]
    heads = ("processes", "entries", "entries/s", "per core", "our µs", "database µs an entry")
    alone = _signature_us()
    words = (
        f"Of this, {alone:.0f} µs are OpenSSL's for one signature: {1e6 / alone:,.0f}/s for each"
        " second of processor time, measured in the same minute. The rest is reading the entry"
        " (base64url, canonical JSON, the rules of a statement), its columns, links and leaf."
    )
    return f"{table(heads, rows)}\n\n{words}"


def _signature_us() -> float:
    """Processor time of one verification of a message as long as an entry."""
    from bench.limits import MESSAGE  # noqa: PLC0415  Django is set up first
    from ledger.core.signatures import OPENSSL, PrivateKey  # noqa: PLC0415

    key = PrivateKey.generate()
    signature = key.sign(MESSAGE)
    began = time.process_time()
    for _ in range(SIGNATURES):
        assert OPENSSL.es256(key.public, MESSAGE, signature)
    return (time.process_time() - began) / SIGNATURES * 1e6


def measure(processes: int) -> Measured:
    from django.conf import settings  # noqa: PLC0415  Django is set up first
    from django.db import connection  # noqa: PLC0415

    from ledger import auditing, signers  # noqa: PLC0415
    from ledger.audit_progress import Progress  # noqa: PLC0415
    from ledger.core.signatures import OPENSSL  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone() or (0,)
    progress = Progress()
    began, ours, database = time.monotonic(), _cpu_s(), _cpu_of_s(backend)
    auditing.step(
        progress,
        auditing.Opinions(OPENSSL),
        policy=signers.policy(),
        file=Path(settings.CHECKPOINT_FILE),
        processes=processes,
    )
    assert not progress.findings, progress.findings[0]
    return Measured(
        processes,
        progress.entries,
        time.monotonic() - began,
        _cpu_s() - ours,
        _cpu_of_s(backend) - database,
    )


def _cpu_s() -> float:
    """Processor time of this process and of the children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _cpu_of_s(process: int) -> float:
    words = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
