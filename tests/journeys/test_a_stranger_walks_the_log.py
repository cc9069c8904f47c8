"""Somebody with nothing but the specifications walks the log, and misses nothing."""

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings

from ledger.core.checkpoint import Vkey
from tests.ledger import planted
from tests.ledger.conftest import bare_world
from tests.ledger.world import World
from tests.strangers import tlog_client

__all__ = ["bare_world"]


@pytest.fixture
def log(db: None, bare_world: World, settings: Settings) -> World:  # noqa: ARG001  the database and the fixture
    """A log without entries, open to all."""
    settings.LOG_ENTRIES_OPEN = True
    return bare_world


@pytest.fixture
def fetch(client: Client) -> Callable[[str], bytes]:
    """What the stranger fetches, over HTTP as everybody does."""

    def get(path: str) -> bytes:
        response = client.get(f"/log/{path}")
        assert response.status_code == 200, path
        return response.content

    return get


Fetch = Callable[[str], bytes]


def vkey(fetch: Fetch) -> str:
    return fetch("vkey").decode().removesuffix("\n")


def test_at_every_size_the_whole_log_is_there(log: World, fetch: Fetch) -> None:
    for size in (1, 2, 255, 256, 257, 511, 600):
        planted.grow(log, size)
        head, entries = tlog_client.walk(fetch, vkey(fetch))
        assert (head.origin, head.size) == ("unbroken.example/demo", size)
        assert entries == [planted.entry(index) for index in range(size)]


def test_a_log_of_70000_entries_is_walked(log: World, fetch: Fetch) -> None:
    planted.grow(log, 70_000)
    asked: list[str] = []

    def get(path: str) -> bytes:
        asked.append(path)
        return fetch(path)

    head, entries = tlog_client.walk(get, vkey(fetch))
    assert (head.size, entries[-1]) == (70_000, b"entry 69999")
    hashes = [path for path in asked if path.startswith("tile/") and "entries" not in path]
    assert len(hashes) == 274 + 2 + 1
    assert hashes[273:] == [
        "tile/0/273.p/112",
        "tile/1/000",
        "tile/1/001.p/17",
        "tile/2/000.p/1",
    ]


def test_the_tiles_of_an_older_checkpoint_stay_when_the_log_has_grown(
    log: World, fetch: Fetch
) -> None:
    planted.grow(log, 300)
    note = fetch("checkpoint")
    planted.grow(log, 900)

    def as_before(path: str) -> bytes:
        return note if path == "checkpoint" else fetch(path)

    head, entries = tlog_client.walk(as_before, vkey(fetch))
    assert (head.size, len(entries)) == (300, 300)


def test_real_entries_are_found_by_their_bytes_and_each_has_its_proof(
    log: World, fetch: Fetch
) -> None:
    entry = log.entry()
    log.admit_maker()
    log.log_all(entry)
    _, entries = tlog_client.walk(fetch, vkey(fetch))
    assert entries[2] == entry.envelope.jws.encode()
    proof = fetch(f"entries/{entry.entry_id}.tlog-proof").decode()
    assert tlog_client.check_proof(proof, entries[2], vkey(fetch)).size == 3
    with pytest.raises(AssertionError):
        tlog_client.check_proof(proof, entries[1], vkey(fetch))


def test_the_stranger_notices_a_log_that_lies(log: World, fetch: Fetch) -> None:
    planted.grow(log, 300)

    def lying(path: str) -> bytes:
        body = fetch(path)
        return body if path != "tile/entries/001.p/44" else body[:-1] + b"!"

    with pytest.raises(AssertionError):
        tlog_client.walk(lying, vkey(fetch))


def test_the_key_is_the_one_that_the_house_signs_with(log: World, fetch: Fetch) -> None:
    assert Vkey.parse(vkey(fetch)).public == log.log.public


def test_the_stranger_has_nothing_of_ours() -> None:
    with open(tlog_client.__file__) as source:  # noqa: PTH123  a module's own file
        assert "ledger" not in source.read()
