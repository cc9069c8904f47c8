"""The stages on which attacks are played: a small ledger, a whole application, and an outside."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from ledger.core.note import Vkey
from ledger.core.signatures import OPENSSL
from ledger.witness.memory import Memory
from ledger.witness.witness import Witness
from tests.attacks.operator import Operator
from tests.ledger.conftest import bare_world, world
from tests.ledger.world import World
from tests.stages import stage
from tests.supplychain.api.conftest import now, own_key, program, traded
from tests.vectors.world import MORNING, ORIGIN, WITNESS, a_log_key
from tests.vectors.world import World as PureWorld

__all__ = ["bare_world", "now", "own_key", "program", "stage", "traded", "world"]


@pytest.fixture
def operator(world: World) -> Operator:
    """The operator of the small ledger."""
    return Operator(world.log)


@pytest.fixture
def fetch(client: Client) -> Callable[[str], bytes]:
    """What anybody outside fetches of the log."""

    def get(path: str) -> bytes:
        response = client.get(f"/log/{path}")
        assert response.status_code == 200, path
        return response.content

    return get


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    """The file in which a witness remembers."""
    return tmp_path / "witness" / "memory.json"


@pytest.fixture
def witness(memory: Path, bare_world: World) -> Iterator[Witness]:
    """A witness who trusts the keys of the pure log and of the small ledger, and begins now."""
    logs = {
        ORIGIN: PureWorld().policy.log,
        settings.LOG_ORIGIN: Vkey(settings.LOG_ORIGIN, bare_world.log.public),
    }
    with closing(Memory(memory, logs, OPENSSL)) as remembered:
        yield Witness(
            name=WITNESS,
            key=a_log_key(WITNESS),
            logs=logs,
            memory=remembered,
            signatures=OPENSSL,
            clock=lambda: MORNING,
        )
