"""Measure temperature: what readings cost when they are signed, drawn and looked at.

    python -m bench.temperature [--readings 100000 1000000]

Each lot of a refrigerated product is kept by its maker in stays of 8,640 readings (a month, every
five minutes) until it has so many. Then its pages are opened as people open them, in this process
and without a network. Beside that, one file of 10,653 readings is read, judged, signed and drawn.
"""

import argparse
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bench import installation
from bench.figures import table

if TYPE_CHECKING:
    from bench.costs import Cost

A_FILE = 10_653
A_STAY = 8_640
EVERY = timedelta(minutes=5)
SIZES = (100_000, 1_000_000)
TIMES = 7


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.temperature", description=__doc__)
    parser.add_argument("--readings", type=int, nargs="+", default=list(SIZES))
    options = parser.parse_args(argv)
    installation.settle()
    with installation.serving():
        print(report(options.readings))


def report(sizes: Sequence[int] = SIZES) -> str:
    """Measure, while the installation is served; returns Markdown."""
    from bench import kept_lots  # noqa: PLC0415  Django is set up first

    kept_lots.admit()
    return f"{_of_a_file()}\n\n{_of_lots(sizes)}"


def _of_a_file() -> str:
    from bench import kept_lots  # noqa: PLC0415  Django is set up first

    rows = [
        (what, *_figures([kept_lots.cost(act) for act in acts]))
        for what, acts in kept_lots.of_a_file(A_FILE, EVERY, TIMES)
    ]
    return table((f"{A_FILE:,} readings", "p50 ms", "processor p50"), rows)


def _of_lots(sizes: Sequence[int]) -> str:
    from bench import kept_lots  # noqa: PLC0415  Django is set up first

    rows = []
    for size in sizes:
        lot, stays = kept_lots.kept(size, A_STAY, EVERY)
        costs = [_figures(several) for several in kept_lots.opened(lot, TIMES)]
        rows.append(
            (f"{size:,} in {stays} stays", *(figure for several in costs for figure in several))
        )
    heads = ("readings", "lot's page ms", "processor", "scan ms", "processor", "leg's page ms",
             "processor", "its data ms", "processor", "its PDF ms", "processor")  # fmt: skip
    return table(heads, rows) + f"\n\nMedians of {TIMES}."


def _figures(costs: "Sequence[Cost]") -> tuple[float, float]:
    from bench.costs import processors, walls  # noqa: PLC0415  Django is set up first

    return walls(costs).p50, processors(costs).p50


if __name__ == "__main__":
    main()
