"""Measure what one machine gives: entries, verdicts, evidence; and write the table of figures.

    python -m bench [--quick | --million]

An installation of its own under var/bench, with its own database, web server and sequencer. Every
entry is signed before the clock starts, outside; a request is done when its entries are durable.
"""

import argparse
import os
import platform
import time
from pathlib import Path

from bench import installation

RESULTS = Path(__file__).resolve().parent / "results.md"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="to 10,000 entries, short runs")
    parser.add_argument("--million", action="store_true", help="a lot of a million packs too")
    options = parser.parse_args()
    installation.settle()
    from bench.session import run  # noqa: PLC0415  Django is set up first

    millions = (1_000_000,) if options.million else ()
    started = time.monotonic()
    text = run(
        sizes=(1_000, 10_000) if options.quick else (1_000, 10_000, 100_000),
        keys=(100_000,) if options.quick else (100_000, 1_000_000),
        lots=(1_000, 10_000, *(() if options.quick else (100_000,)), *millions),
        readings=(100_000,) if options.quick else (100_000, 1_000_000),
        seconds=2.0 if options.quick else 6.0,
    )
    minutes = (time.monotonic() - started) / 60
    told = f"{facts()} Measured in {minutes:.0f} minutes.\n\n{text}\n"
    RESULTS.write_text(f"# What one machine gives\n\n{told}", encoding="utf-8")
    print(told)


def facts() -> str:
    from django.db import connection  # noqa: PLC0415  Django is set up first

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        row = cursor.fetchone()
    database = row[0] if row else "?"
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), Linux, Python "
        f"{platform.python_version()}, PostgreSQL {database} (embedded, durable), the load"
        " generator on the same machine."
    )


if __name__ == "__main__":
    main()
