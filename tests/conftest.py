"""What every test may ask for."""

import gc
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from django.db import connection
from hypothesis import HealthCheck, settings

from tests.database import let_flush_truncate
from tests.nights import NIGHT, examples

PROJECT = Path(__file__).resolve().parent.parent

# Machines are shared and noisy: how long an example took says nothing about the code.
settings.register_profile(
    "noisy",
    deadline=None,
    max_examples=examples(30),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("noisy")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what takes a night to the night, and begin with what is slow.

    What is slow waits for servers and clocks: other workers use the processor meanwhile, and none
    of it is left to one of them in the end.
    """
    nightly = [item for item in items if item.get_closest_marker("nightly") and not NIGHT]
    if nightly:
        config.hook.pytest_deselected(items=nightly)
        items[:] = [item for item in items if item not in nightly]
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection() -> None:
    """Look for no garbage: what is imported and collected stays to the end."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage again, but never through what was collected."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's folder."""
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of vectors and samples that others made (``UNBROKEN_SHARED``).

    A test that needs it is skipped where it is absent, unless ``UNBROKEN_REQUIRE_SHARED`` is set.
    """
    folder = Path(os.environ.get("UNBROKEN_SHARED") or PROJECT.parent / "shared")
    if not (folder / "vectors").is_dir():
        absent = pytest.fail if os.environ.get("UNBROKEN_REQUIRE_SHARED") else pytest.skip
        absent(f"no vectors in {folder}; UNBROKEN_SHARED names the folder")
    return folder


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, worker_id: str
) -> None:
    """Drop the databases that killed runs left behind; then go on as pytest-django does."""
    del django_db_modify_db_settings_parallel_suffix  # asked for what it does
    if worker_id not in {"master", "gw0"}:
        return
    found = connection.settings_dict
    server = psycopg2.connect(
        host=found["HOST"],
        port=found["PORT"] or None,
        user=found["USER"],
        password=found["PASSWORD"],
        dbname="postgres",
    )
    server.autocommit = True
    with closing(server), server.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_unbroken\\_%'")
        for (name,) in cursor.fetchall():
            if not Path(f"/proc/{name.split('_')[2]}").exists():
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


@pytest.fixture(scope="session", autouse=True)
def _tables_can_be_emptied() -> Iterator[None]:
    """The ledger refuses TRUNCATE, with which Django cleans up after tests that committed."""
    undo = let_flush_truncate()
    yield
    undo()
