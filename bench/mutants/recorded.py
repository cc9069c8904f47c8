"""Which tests pass which line, and how long each takes: recorded once by coverage.

What runs while a module is imported (constants, members of an enumeration, defaults) is passed by
no test. It is tried on those that pass a line which uses the name it is given.
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import coverage
import pytest

from bench.mutants.mutant import Mutant
from bench.mutants.names import Line, Names
from bench.mutants.watch import Watch

CORES = ("ledger/core", "supplychain/domain")
TESTS = (
    "tests/ledger/core",
    "tests/ledger/verifier",
    "tests/supplychain/domain",
    "tests/vectors",
    "tests/laws",
    *CORES,  # examples in docstrings
)
Passed = Mapping[int, frozenset[str]]
# Neither order by chance nor files left behind; that pytest is imported already is what we want.
PLAIN = (
    *("-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--basetemp=var/mutants/tmp"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


@dataclass(frozen=True)
class Recorded:
    """`lines` of each file with the tests that pass them; `seconds` of each test."""

    lines: Mapping[str, Passed]
    seconds: Mapping[str, float]
    names: Names

    def tests_for(self, mutant: Mutant, seconds_max: float) -> list[str]:
        """First those of the module and of the rules; of the others the cheap ones, so many."""
        passing, path = self._passing(mutant), mutant.path
        if mutant.function is None:  # a constant is tested without a line of its module passed
            passing |= {test for test in self.seconds if _is_for_module(test, path)}
            passing |= {test for test in self.seconds if "/test_words.py::" in test}
        own = {name for name in passing if _is_for_module(name, path) or _is_for_a_rule(name)}
        return [*sorted(own, key=self._cost), *self._within(passing - own, seconds_max)]

    def placed(self, mutant: Mutant) -> Mutant:
        """A change in a function that only the import of its module calls belongs to the import."""
        passed = self._through((mutant.path, line) for line in mutant.lines)
        return mutant if passed else replace(mutant, function=None)

    def _cost(self, test: str) -> tuple[float, str]:
        return self.seconds[test], test

    def _passing(self, mutant: Mutant) -> set[str]:
        lines = {(mutant.path, line) for line in mutant.lines}
        passing = self._through(lines) or self._through(self.names.users(lines))
        return passing or self._through((mutant.path, n) for n in self.lines.get(mutant.path, ()))

    def _through(self, lines: Iterable[Line]) -> set[str]:
        found = (self.lines.get(path, {}).get(number, frozenset()) for path, number in lines)
        return set().union(*found) & self.seconds.keys()

    def _within(self, names: Iterable[str], seconds_max: float) -> list[str]:
        """Each file at one go, those first of which little is wanted."""
        left, chosen = seconds_max, defaultdict(list)
        for name in sorted(names, key=self._cost):
            left -= self.seconds[name]
            if left < 0:
                break
            chosen[name.partition("::")[0]].append(name)
        return [
            name for file in sorted(chosen, key=lambda f: len(chosen[f])) for name in chosen[file]
        ]


def _is_for_module(test: str, path: str) -> bool:
    file = test.partition("::")[0]
    return file == path or Path(file).stem == f"test_{Path(path).stem}"


def _is_for_a_rule(test: str) -> bool:
    file = Path(test.partition("::")[0])
    return file.parent.name in {"rules", "cold_chain"} or file.stem == "test_words"


def record(folder: Path) -> Recorded:
    """Run every test once, in a process of its own; later those only whose file is younger."""
    known = folder / "lines.json"
    recorded = known.stat().st_mtime if known.exists() else 0
    younger = [file for file in _sources() if file.stat().st_mtime > recorded]
    if not all(file.name.startswith("test_") for file in younger):
        known.unlink(missing_ok=True)
        younger = [Path(name) for name in TESTS]
    if younger:
        _record(folder, [str(file) for file in younger])
    lines, seconds = _read(folder)
    return Recorded(lines, seconds, _names())


def _sources() -> Iterator[Path]:
    for folder in (*TESTS, "supplychain/formats"):
        yield from Path(folder).rglob("*.py")


def _read(folder: Path) -> tuple[dict[str, Passed], dict[str, float]]:
    known = json.loads((folder / "lines.json").read_text())
    lines: dict[str, Passed] = {
        path: {int(line): frozenset(tests) for line, tests in of_file.items()}
        for path, of_file in known.items()
    }
    return lines, json.loads((folder / "seconds.json").read_text())


def _record(folder: Path, ran: Sequence[str]) -> None:
    """Beside what is on record of the tests in other files, if there is any."""
    lines, seconds = _read(folder) if (folder / "lines.json").exists() else ({}, {})
    child = os.fork()
    if not child:
        os._exit(_run(folder, ran))
    if os.waitpid(child, 0)[1]:
        sys.exit("The tests have to pass before it is worth changing what they test.")
    others = {test for test in seconds if test.partition("::")[0] not in ran}
    times = json.loads((folder / "times.json").read_text())
    seconds = {test: seconds[test] for test in others} | times
    found = _passed(folder)
    joined = {
        path: _joined(lines.get(path, {}), others, found.get(path, {}))
        for path in lines.keys() | found.keys()
    }
    (folder / "seconds.json").write_text(json.dumps(seconds))
    (folder / "lines.json").write_text(json.dumps(joined))


def _joined(before: Passed, others: set[str], found: Passed) -> dict[int, list[str]]:
    kept = {line: tests & others for line, tests in before.items()}
    numbers = sorted(kept.keys() | found.keys())
    return {n: sorted(kept.get(n, frozenset()) | found.get(n, frozenset())) for n in numbers}


def _run(folder: Path, tests: Sequence[str]) -> int:
    os.environ["COVERAGE_FILE"] = str(folder / "coverage")
    watched = [f"--cov={core.replace('/', '.')}" for core in CORES]
    how = [*watched, "--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
    return int(pytest.main([*tests, *PLAIN, *how], plugins=[Watch(times=folder / "times.json")]))


def _passed(folder: Path) -> dict[str, Passed]:
    """Of each file. A context is `tests/…::test_name|run`; that of imports is empty."""
    data = coverage.CoverageData(str(folder / "coverage"))
    data.read()
    here = f"{Path.cwd()}/"
    return {
        file.removeprefix(here): {
            line: frozenset(name.rpartition("|")[0] for name in names) - {""}
            for line, names in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }


def _names() -> Names:
    files = (file for folder in CORES for file in Path(folder).glob("*.py"))
    return Names({str(file): file.read_text() for file in files})
