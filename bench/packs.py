"""Measure packs: what is born, shipped and scanned when a lot has very many of them.

    python -m bench.packs [--packs 1000 10000 100000] [--parts 10] [--scattered] [--million]

A lot is registered with so many packs; parts of 100 go from its maker over four wholesalers to a
pharmacy, with a dispatch and a receipt each: as they come off the line, or scattered over the
whole lot, which makes the way of the last one the longest. Then packs are scanned at random where
they are, a hundred of them as a run and as a case, and the evidence of single ones is taken away
and checked. A million takes minutes and some gigabytes.
"""

import argparse
import gc
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import installation

if TYPE_CHECKING:
    from bench.costs import Cost

SIZES = (1_000, 10_000, 100_000)
MILLION = 1_000_000
A_PART = 100
SCANS = 200
FILES = 20


@dataclass(frozen=True)
class Measured:
    packs: int
    birth: "Cost"
    ship: "list[Cost]"
    receive: "list[Cost]"
    scan: "list[Cost]"
    run: "Cost"
    case: "Cost"
    files_kb: list[float]
    offline: "list[Cost]"
    nodes_mb: float


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.packs", description=__doc__)
    parser.add_argument("--packs", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--parts", type=int, default=10)
    parser.add_argument("--scattered", action="store_true", help="packs picked at random")
    parser.add_argument("--million", action="store_true", help="a lot of 1,000,000 as well")
    options = parser.parse_args(argv)
    installation.settle()
    sizes = [*options.packs, *([MILLION] if options.million else [])]
    with installation.serving():
        print(report(sizes, options.parts, scattered=options.scattered))


def report(sizes: Sequence[int], parts: int, *, scattered: bool = False) -> str:
    """Measure a lot of each size, while the installation is served; returns Markdown."""
    from bench import pack_trade  # noqa: PLC0415  Django is set up first

    pack_trade.admit()
    rows = [_measured(packs, parts, scattered=scattered) for packs in sizes]
    return _written(rows, parts, "scattered over the lot" if scattered else "one behind the other")


def _measured(packs: int, parts: int, *, scattered: bool) -> Measured:
    from bench import pack_scans, pack_trade  # noqa: PLC0415  Django is set up first
    from supplychain.domain.containers import Container  # noqa: PLC0415
    from supplychain.domain.identifiers import Serial  # noqa: PLC0415

    lot, serials = pack_trade.lot_of(packs), [Serial(f"{packs}-{n:07d}") for n in range(packs)]
    birth = pack_trade.born(lot, serials)
    many = min(packs, parts * A_PART)
    going = random.Random(7).sample(serials, many) if scattered else serials[:many]
    handed = [going[at : at + A_PART] for at in range(0, len(going), A_PART)]
    ship, receive = [], []
    for part in handed:
        for giver, receiver in zip(pack_trade.WAY, pack_trade.WAY[1:], strict=False):
            ship.append(pack_trade.shipped(lot, part, giver, receiver))
            receive.append(pack_trade.received(lot, receiver))
    case = Container.of_case(lot.gtin, Serial(f"CASE-{packs}"))
    pack_trade.packed(lot, handed[0], case)
    pack_scans.count_into_index()
    gc.collect()
    gc.freeze()  # the packs that this process holds are no server's: no scan waits for their count
    loose = [serial for part in handed[1:] for serial in part]
    chosen = random.Random(8).sample(loose, min(SCANS, len(loose)))
    scan = [pack_scans.scanned(lot, serial) for serial in chosen]
    files = [pack_scans.taken_away(lot, serial) for serial in chosen[:FILES]]
    return Measured(
        packs,
        birth,
        ship,
        receive,
        scan,
        pack_scans.run(lot, handed[-1]),
        pack_scans.case(case),
        [len(data) / 1000 for data in files],
        [pack_scans.checked(data) for data in files],
        pack_scans.nodes_mb(),
    )


def _written(rows: Sequence[Measured], parts: int, how: str) -> str:
    from bench.costs import processors, walls  # noqa: PLC0415  Django is set up first
    from bench.figures import table  # noqa: PLC0415

    trade = table(
        ("packs", "born s", "processor s", "ship 100, ms", "processor", "receive, ms", "processor",
         "nodes MB"),
        [
            (one.packs, one.birth.wall_ms / 1000, one.birth.processor_ms / 1000,
             walls(one.ship).p50, processors(one.ship).p50, walls(one.receive).p50,
             processors(one.receive).p50, one.nodes_mb)
            for one in rows
        ],
    )  # fmt: skip
    answers = table(
        ("packs", "scan p50 ms", "p99", "processor p50", "p99", "of it ours p50", "queries",
         "run of 100, ms", "processor", "case of 100, ms", "processor"),
        [
            (one.packs, walls(one.scan).p50, walls(one.scan).p99, processors(one.scan).p50,
             processors(one.scan).p99, _ours(one.scan), max(cost.queries for cost in one.scan),
             one.run.wall_ms, one.run.processor_ms, one.case.wall_ms, one.case.processor_ms)
            for one in rows
        ],
    )  # fmt: skip
    files = table(
        ("packs", "file kB, largest", "offline check p50 ms", "p99", "processor p50", "p99"),
        [
            (one.packs, max(one.files_kb), walls(one.offline).p50, walls(one.offline).p99,
             processors(one.offline).p50, processors(one.offline).p99)
            for one in rows
        ],
    )  # fmt: skip
    words = (
        f"Lots of which {parts} parts of {A_PART} packs, {how}, went over five hand-offs, by six"
        f" parties, to a pharmacy that scans {SCANS} of them. *Processor* is how long our process"
        " and the database's were on a processor: a busy machine changes it less than the time."
    )
    offline = f"The evidence of {FILES} single packs, by `ecdsa` (pure Python) for every signature."
    return f"{words}\n\n{trade}\n\n{answers}\n\n{offline}\n\n{files}"


def _ours(costs: "Sequence[Cost]") -> float:
    from bench.figures import Spread  # noqa: PLC0415  Django is set up first

    return Spread.of([one.ours_ms for one in costs]).p50


if __name__ == "__main__":
    main()
