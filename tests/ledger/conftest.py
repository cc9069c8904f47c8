"""A small installation for the tests of the ledger's tables and actions."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.ledger.witnesses import RunningWitness, Witnesses
from tests.ledger.world import OTHER, World


@pytest.fixture
def bare_world(tmp_path: Path, settings: Settings) -> World:
    """An installation with keys and nobody admitted; the test chooses how it uses the database."""
    settings.KEYS_DIR = tmp_path / "keys"
    settings.CHECKPOINT_FILE = tmp_path / "checkpoint"
    world = World()
    world.set_up()
    return world


@pytest.fixture
def world(db: None, bare_world: World) -> World:  # noqa: ARG001  asked for what it does
    """An installation whose log has a party with a key: indices 0 and 1, and a checkpoint."""
    bare_world.admit_maker()
    bare_world.sequencer().step()
    return bare_world


@pytest.fixture
def indexed(world: World) -> World:
    """A world with two entries about a lot, one about another, and an index over all of it."""
    world.admit_operator()
    first = world.entry()
    world.log_all(first, world.after(first), world.entry(OTHER))
    assert world.index() is not None
    return world


@pytest.fixture
def witnesses(world: World, tmp_path: Path) -> Iterator[Witnesses]:
    with ExitStack() as stack:
        yield Witnesses(world.log, lambda: world.now, tmp_path / "witnesses", stack)


@pytest.fixture
def witness(witnesses: Witnesses) -> RunningWitness:
    """A witness that the policy trusts and asks for."""
    found = witnesses.start("one")
    witnesses.trust(found)
    return found
