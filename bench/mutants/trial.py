"""The trial of a mutant: in a forked process, where it stands in for our own program.

Every test is collected once. Where the change is inside a function, a child gives the function its
changed code and runs the tests as they stand. Where it is something that happens while a module is
imported, the child forgets all that is ours and imports it again, the changed module first.
No file is touched. A child has so much time of the processor, of the clock and so much memory;
then it is killed.
"""

import gc
import importlib
import importlib.util
import os
import resource
import signal
import sys
import traceback
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import _lru_cache_wrapper
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType
from typing import NoReturn

import pytest

from bench.mutants.mutant import Mutant
from bench.mutants.recorded import PLAIN, TESTS
from bench.mutants.watch import Watch

MEMORY_MAX = 4 << 30
# What is imported anew; everything else of ours does not meet these tests.
_OURS = ("ledger.core", "ledger.verifier", "supplychain.domain", "supplychain.formats", "tests")


class Outcome(StrEnum):
    KILLED = "killed"
    SURVIVED = "survived"
    STILLBORN = "stillborn"
    """It cannot be imported: nothing is learnt, and it is not counted."""


BROKEN = Path("var/mutants/broken")
_BROKEN = 100
_CODES = (Outcome.SURVIVED, Outcome.KILLED, Outcome.STILLBORN)


@dataclass(frozen=True)
class Court:
    """All tests, collected, and what they may call: functions by module and name, and caches."""

    session: pytest.Session
    tests: Mapping[str, pytest.Item]
    functions: Mapping[tuple[str, str], Sequence[FunctionType]]
    caches: Sequence["_lru_cache_wrapper[object]"]

    @classmethod
    def of(cls, session: pytest.Session) -> "Court":
        functions = defaultdict(list)
        known = gc.get_objects()
        for one in known:
            if isinstance(one, FunctionType):
                functions[one.__module__, one.__qualname__].append(one)
        caches = [one for one in known if isinstance(one, _lru_cache_wrapper)]
        gc.freeze()  # children share it and never look through it
        return cls(session, {item.nodeid: item for item in session.items}, functions, caches)

    def judge(self, mutant: Mutant, tests: Sequence[str], seconds: float) -> Outcome:
        """Run the tests in their order, until one fails."""
        sys.stdout.flush()
        child = os.fork()
        if not child:
            self._end(mutant, tests, seconds)
        try:
            _, status = os.waitpid(child, 0)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == _BROKEN:
            raise RuntimeError(f"The trial of {mutant.where} itself broke: {BROKEN.read_text()}")
        return _CODES[os.WEXITSTATUS(status)] if os.WIFEXITED(status) else Outcome.KILLED

    def _end(self, mutant: Mutant, tests: Sequence[str], seconds: float) -> NoReturn:
        code = _BROKEN
        try:
            code = _CODES.index(self._live(mutant, tests, seconds))
        except BaseException:  # noqa: BLE001 - a child must not go on as its parent does
            BROKEN.write_text(traceback.format_exc())
        finally:
            os._exit(code)

    def _live(self, mutant: Mutant, tests: Sequence[str], seconds: float) -> Outcome:
        _go_apart(seconds)
        try:
            program = compile(mutant.program(), mutant.path, "exec")
            patched = mutant.function is not None and self._patch(mutant, program)
            if not patched:
                _implant(mutant, program)
        except BaseException:  # noqa: BLE001 - whatever a changed program may raise
            return Outcome.STILLBORN
        good = self._pass(tests) if patched else _pass_anew(tests)
        return Outcome.SURVIVED if good else Outcome.KILLED

    def _patch(self, mutant: Mutant, program: CodeType) -> bool:
        """Give the function its changed code, wherever it is known already."""
        changed = _code_of(program, str(mutant.function))
        known = self.functions.get((mutant.module, str(mutant.function)), ())
        same = [one for one in known if one.__code__.co_firstlineno == changed.co_firstlineno]
        if not same or any(one.__code__.co_freevars != changed.co_freevars for one in same):
            return False
        for one in same:
            one.__code__ = changed
        for cache in self.caches:
            cache.cache_clear()
        return True

    def _pass(self, names: Sequence[str]) -> bool:
        items = [self.tests[name] for name in names if name in self.tests]
        run = self.session.config.hook.pytest_runtest_protocol
        for item, following in zip_longest(items, items[1:]):
            run(item=item, nextitem=following)
            if self.session.testsfailed:
                return False
        return True


class _Loop:
    """In the place of pytest's own loop over the tests that it collected."""

    def __init__(self, work: Callable[[Court], None]) -> None:
        self.work = work

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.work(Court.of(session))
        return True


def hold(work: Callable[[Court], None]) -> None:
    """Collect every test and do the work with them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    code = pytest.main([*TESTS, *PLAIN, "--capture=no"], plugins=[Watch(), _Loop(work)])
    if code:
        sys.exit(code)


def _go_apart(seconds: float) -> None:
    """Be a silent group of our own. The kernel ends it: mutants count for ever in C, or sleep."""
    os.setpgid(0, 0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.alarm(int(20 * seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))


def _code_of(program: CodeType, name: str) -> CodeType:
    """The code of a function of a module, or of a class in it, by its qualified name."""
    inner = [one for one in program.co_consts if isinstance(one, CodeType)]
    for one in inner:
        if one.co_qualname == name:
            return one
    return _code_of(next(one for one in inner if name.startswith(f"{one.co_qualname}.")), name)


def _implant(mutant: Mutant, program: CodeType) -> None:
    for name in list(sys.modules):
        if any(name == ours or name.startswith(f"{ours}.") for ours in _OURS):
            del sys.modules[name]
    spec = importlib.util.spec_from_file_location(mutant.module, mutant.path)
    assert spec
    package, _, name = mutant.module.rpartition(".")
    parent = importlib.import_module(package)
    module = sys.modules[mutant.module] = importlib.util.module_from_spec(spec)
    exec(program, vars(module))  # noqa: S102 - our own
    setattr(parent, name, module)


def _pass_anew(names: Sequence[str]) -> bool:
    """In another run of pytest. Few files first: most mutants die by the first test."""
    files = list(dict.fromkeys(name.partition("::")[0] for name in names))
    for some in (files[:1], files[1:]):
        wanted = [name for name in names if name.partition("::")[0] in some]
        if wanted and pytest.main([*some, *PLAIN, "-x", "--tb=no"], plugins=[Watch(wanted)]):
            return False
    return True
