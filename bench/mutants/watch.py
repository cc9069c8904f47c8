"""A plugin for pytest: few and always the same examples, and the tests that were asked for."""

import json
import time
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

EXAMPLES = 15


class Watch:
    """Runs the tests of these names in this order (all, where there are none); keeps the times."""

    def __init__(self, order: Sequence[str] = (), times: Path | None = None) -> None:
        self.order: Mapping[str, int] = {name: place for place, name in enumerate(order)}
        self.times = times
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self) -> None:
        """After the project's own profile was loaded."""
        settings.register_profile(
            "mutants",
            max_examples=EXAMPLES,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        settings.load_profile("mutants")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.order:
            wanted = [item for item in items if item.nodeid in self.order]
            items[:] = sorted(wanted, key=lambda item: self.order[item.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Times of the processor: how busy others are is not to matter."""
        started = time.process_time()
        done = yield
        self.seconds[item.nodeid] = time.process_time() - started
        return done

    def pytest_sessionfinish(self) -> None:
        if self.times:
            self.times.write_text(json.dumps(self.seconds))
