"""Which tests pass which line, and how long each takes: recorded once by coverage.

What runs while a module is imported (constants, members of an enumeration, defaults) is passed by
no test. It is tried on those that pass a line which uses the name it is given.
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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
# Neither order by chance nor files left behind; that pytest is imported already is what we want.
PLAIN = (
    *("-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--basetemp=var/mutants/tmp"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


@dataclass(frozen=True)
class Recorded:
    """`lines` of each file with the tests that pass them; `seconds` of each test."""

    lines: Mapping[str, Mapping[int, frozenset[str]]]
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
    return Path(test.partition("::")[0]).parent.name in {"rules", "cold_chain"}


def record(folder: Path) -> Recorded:
    """Run every test once, in a process of its own, unless nothing changed since the last time."""
    lines, seconds = folder / "lines.json", folder / "seconds.json"
    newest = max(file.stat().st_mtime for file in _sources())
    if not lines.exists() or lines.stat().st_mtime < newest:
        _record(folder / "coverage", seconds, lines)
    found = {
        path: {int(line): frozenset(tests) for line, tests in of_file.items()}
        for path, of_file in json.loads(lines.read_text()).items()
    }
    return Recorded(found, json.loads(seconds.read_text()), _names())


def _sources() -> Iterator[Path]:
    for folder in ("tests", "ledger", "supplychain"):
        yield from Path(folder).rglob("*.py")


def _record(data: Path, seconds: Path, lines: Path) -> None:
    child = os.fork()
    if not child:
        os._exit(_run_all(data, seconds))
    if os.waitpid(child, 0)[1]:
        sys.exit("The tests have to pass before it is worth changing what they test.")
    found = coverage.CoverageData(str(data))
    found.read()
    here = f"{Path.cwd()}/"
    by_file = {file.removeprefix(here): _tests(found, file) for file in found.measured_files()}
    lines.write_text(json.dumps(by_file))


def _run_all(data: Path, seconds: Path) -> int:
    os.environ["COVERAGE_FILE"] = str(data)
    watched = [f"--cov={folder.replace('/', '.')}" for folder in CORES]
    how = [*watched, "--cov-context=test", "--cov-report=", "--cov-fail-under=0"]
    return int(pytest.main([*TESTS, *PLAIN, *how], plugins=[Watch(times=seconds)]))


def _tests(found: coverage.CoverageData, file: str) -> dict[int, list[str]]:
    """A context is `tests/…::test_name|run`; that of imports is empty."""
    by_line = found.contexts_by_lineno(file).items()
    named = {line: {name.rpartition("|")[0] for name in names} - {""} for line, names in by_line}
    return {line: sorted(names) for line, names in named.items() if names}


def _names() -> Names:
    files = (file for folder in CORES for file in Path(folder).glob("*.py"))
    return Names({str(file): file.read_text() for file in files})
