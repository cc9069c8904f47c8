"""What every test may ask for."""

import os
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

PROJECT = Path(__file__).resolve().parent.parent


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
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """Drop the databases that killed runs left behind; then go on as pytest-django does."""
    with django_db_blocker.unblock():
        for name in _abandoned_databases():
            with connection.creation._nodb_cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _abandoned_databases() -> list[str]:
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_unbroken\\_%'")
        names = [name for (name,) in cursor.fetchall()]
    return [name for name in names if not Path(f"/proc/{name.split('_')[2]}").exists()]
