"""Commands as an operator types them, and what they work on."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from ledger.core.entry import Entry
from tests.ledger.world import World


def run(*arguments: str) -> str:
    """What a command prints."""
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def lot(world: World) -> Entry:
    """A logged entry."""
    entry = world.entry()
    world.log_all(entry)
    return entry


@pytest.fixture
def keys_dir(tmp_path: Path, settings: Settings) -> Path:
    folder = tmp_path / "new" / "keys"
    settings.KEYS_DIR = folder
    return folder
