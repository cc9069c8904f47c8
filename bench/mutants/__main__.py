"""Change both cores in small ways, one at a time, and see whether a test notices.

    python -m bench.mutants [--sample 1000] [--seed 1] [--dense FILE …] [--again]
    python -m bench.mutants --only FILE[:LINE] …

A rule that can be removed and no test fails is no rule. Writes bench/mutants.md; with `--only` all
mutants of files or lines are tried, and told. Why some may live says bench/mutants/argued.txt.

No library that we know removes statements, changes the constants of modules and tries each mutant
in a forked process: mutmut 3 changes functions without decorators only, cosmic-ray changes the
files themselves and starts Python again for each.
"""

import argparse
import os
import platform
import shlex
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from bench.mutants.mutant import DENSER, Mutant, drawn, read
from bench.mutants.recorded import CORES, Recorded, record
from bench.mutants.report import Tried, read_reasons, report
from bench.mutants.trial import Court, Outcome, hold

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
PAPER = HERE.parent / "mutants.md"
ALIKE = {
    "PYTHONHASHSEED": "0",  # the order of sets is a chance of its own
    "DATABASE_URL": "postgresql://nobody@/nowhere?host=/nonexistent",  # no core has one
}


def main() -> None:
    options = _parser().parse_args()
    if os.environ.get("PYTHONHASHSEED") != "0":
        again = [sys.executable, "-m", "bench.mutants", *sys.argv[1:]]
        os.execve(sys.executable, again, os.environ | ALIKE)  # noqa: S606 - ourselves
    os.chdir(PROJECT)
    of_files = read(PROJECT, CORES)
    if options.only:
        chosen = [
            one for ones in of_files for one in ones if {one.path, one.where} & {*options.only}
        ]
        how = f"All mutants of {', '.join(options.only)}."
    else:
        chosen = drawn(of_files, options.sample, options.seed, options.dense)
        how = f"Drawn by lot: `python -m bench.mutants {shlex.join(sys.argv[1:])}`."
    started = time.monotonic()
    until = started + 60 * options.minutes
    tried = run(chosen, again=options.again, seconds_max=options.seconds, until=until)
    minutes = (time.monotonic() - started) / 60
    head = (
        f"# What a slip in the cores would be noticed by\n\n{how} {facts()} {minutes:.0f} minutes."
    )
    everything = Counter(one.path for ones in of_files for one in ones)
    text = f"{head}\n\n{report(everything, tried, read_reasons(HERE / 'argued.txt'))}"
    print(text)
    if not options.only:
        PAPER.write_text(text, encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=1000, help="about how many are drawn")
    parser.add_argument("--seed", default="1", help="the same seed draws the same mutants")
    parser.add_argument("--dense", nargs="+", default=[], help=f"of these {DENSER} times as many")
    parser.add_argument("--only", nargs="+", default=[], help="all of a file, or of one line of it")
    parser.add_argument("--seconds", type=float, default=3, help="of other tests than the module's")
    parser.add_argument("--minutes", type=float, default=600, help="after them no other is tried")
    parser.add_argument("--again", action="store_true", help="not those that were killed before")
    return parser


def run(chosen: list[Mutant], *, again: bool, seconds_max: float, until: float) -> Tried:
    """Try each; those that survive are told at once, and what became of each is remembered.

    One that needs more than `seconds_max` of other tests than the module's own survives. `again`
    tries those that survived before, and then those that were not tried yet.
    """
    folder = PROJECT / "var" / "mutants"
    folder.mkdir(parents=True, exist_ok=True)
    memory, known = folder / "tried", record(folder)
    before = _remembered(memory) if again else {}
    outcomes = {one: before[one.name] for one in chosen if one.name in before}
    alive = [one for one in chosen if outcomes.get(one) is not Outcome.KILLED]
    alive.sort(key=lambda one: (one.name not in before, one.name))

    def work(court: Court) -> None:
        _prove_road(court, known, alive, seconds_max)
        with memory.open("a" if again else "w") as remembered:
            for number, one in enumerate(alive, 1):
                if time.monotonic() > until:
                    break
                outcomes[one] = _outcome(court, known, one, seconds_max)
                print(one.name, outcomes[one], file=remembered, flush=True)
                if outcomes[one] is not Outcome.KILLED:
                    told = f"{one.where}  {one.before}  ->  {one.after}  {outcomes[one]}"
                    print(f"{number}/{len(alive)} {told}", flush=True)

    hold(work)
    return list(outcomes.items())


def _remembered(memory: Path) -> dict[str, Outcome]:
    lines = memory.read_text().splitlines() if memory.exists() else []
    return {name: Outcome(outcome) for name, outcome in map(str.split, lines)}


def _prove_road(court: Court, known: Recorded, chosen: list[Mutant], seconds_max: float) -> None:
    """That a program which nobody changed survives: else those that die here tell nothing."""
    for one in chosen[:: len(chosen) // 10 + 1]:
        few = known.tests_for(one, seconds_max)[:20]
        if court.judge(one.unchanged(), few, seconds=60) is not Outcome.SURVIVED:
            pytest.exit(f"{one.path} dies although nobody changed it.", returncode=2)


def _outcome(court: Court, known: Recorded, mutant: Mutant, seconds_max: float) -> Outcome:
    mutant = known.placed(mutant)
    tests = known.tests_for(mutant, seconds_max)
    return court.judge(mutant, tests, 5 + 2 * sum(known.seconds[name] for name in tests))


def facts() -> str:
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} cores, one process at low priority,"
    )


if __name__ == "__main__":
    main()
