"""Publishing: tiles before the checkpoint, again after any crash, and never over a fork."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from ledger import alarms, proofs, publishing
from ledger.core.errors import Conflict, LedgerError
from ledger.core.tlog_proof import TlogProof
from ledger.folder_store import FolderStore
from ledger.object_store import ObjectStore
from ledger.publishing import PublishingRefused, publish
from tests.database import tamper
from tests.ledger import planted
from tests.ledger.buckets import bucket, s3_store
from tests.ledger.world import LOT, World
from tests.strangers import tlog_client

__all__ = ["bucket"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "published"


@pytest.fixture
def store(folder: Path) -> FolderStore:
    return FolderStore(folder)


@pytest.fixture
def empty(db: None, bare_world: World, settings: Settings) -> World:  # noqa: ARG001  the database
    """A log without entries, open to all."""
    settings.LOG_ENTRIES_OPEN = True
    return bare_world


def walk(store: ObjectStore) -> int:
    """Let a stranger walk what was published; return its size."""

    def fetch(path: str) -> bytes:
        found = store.get(path)
        assert found is not None, path
        return found

    head, _ = tlog_client.walk(fetch, fetch("vkey").decode().strip())
    return head.size


def test_a_stranger_walks_what_was_published_at_every_size(
    empty: World, store: FolderStore
) -> None:
    for size in (1, 255, 256, 257, 600):
        planted.grow(empty, size)
        assert publish(store, at=empty.now) == size
        assert walk(store) == size


@pytest.mark.usefixtures("socket_enabled")
def test_a_stranger_walks_what_was_published_to_a_bucket(
    empty: World, request: pytest.FixtureRequest
) -> None:
    store = s3_store(request.getfixturevalue("bucket"), prefix="published")
    for size in (200, 300):
        planted.grow(empty, size)
        assert publish(store, at=empty.now) == size
        assert walk(store) == size


@pytest.mark.nightly
def test_a_log_of_70000_is_published(empty: World, store: FolderStore, folder: Path) -> None:
    planted.grow(empty, 70_000)
    publish(store, at=empty.now)
    assert walk(store) == 70_000
    assert (folder / "tile/2/000.p/1").exists()


def test_before_the_first_checkpoint_nothing_is_published(
    empty: World, store: FolderStore, folder: Path
) -> None:
    assert publish(store, at=empty.now) == 0
    assert not folder.exists()


def test_entries_that_are_not_for_everybody_are_not_published(
    empty: World, store: FolderStore, folder: Path, settings: Settings
) -> None:
    settings.LOG_ENTRIES_OPEN = False
    planted.grow(empty, 300)
    publish(store, at=empty.now)
    assert not (folder / "tile/entries").exists()
    settings.LOG_ENTRIES_OPEN = True
    publish(store, at=empty.now, again=True)
    assert walk(store) == 300


def test_partial_tiles_go_when_the_full_one_is_there(
    empty: World, store: FolderStore, folder: Path
) -> None:
    for size in (10, 200, 256):
        planted.grow(empty, size)
        publish(store, at=empty.now)
    for kind in ("0", "entries"):
        assert [one.name for one in (folder / "tile" / kind).iterdir()] == ["000"]
    assert (folder / "tile/1/000.p/1").exists()


@dataclass
class Failing:
    """A store that fails at one of its calls, as when the process is killed there."""

    store: ObjectStore
    left: int

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt

    def get(self, path: str) -> bytes | None:
        return self.store.get(path)

    def add(self, path: str, content: bytes) -> None:
        self._spend()
        self.store.add(path, content)

    def drop(self, prefix: str) -> None:
        self._spend()
        self.store.drop(prefix)

    def swap(self, path: str, *, expected: bytes | None, content: bytes) -> None:
        self._spend()
        self.store.swap(path, expected=expected, content=content)


def test_cut_off_anywhere_what_is_published_is_whole_and_the_next_time_ends_it(
    empty: World, store: FolderStore
) -> None:
    planted.grow(empty, 200)
    publish(store, at=empty.now)
    planted.grow(empty, 520)
    steps = 0
    while True:
        try:
            publish(Failing(store, steps), at=empty.now)
        except KeyboardInterrupt:
            # The partial tiles of 200 may be gone where the full ones are there already.
            assert walk(Filled(store)) == 200
            steps += 1
            continue
        break
    assert steps == 11  # the key, two tiles and a partial one twice, one above, two drops, the note
    assert walk(store) == 520


@dataclass
class Filled(Failing):
    """What a client of tlog-tiles sees, who asks for the full tile when a partial one is gone."""

    left: int = 0

    def get(self, path: str) -> bytes | None:
        found = self.store.get(path)
        if found is None and ".p/" in path:
            whole, _, width = path.partition(".p/")
            full = self.store.get(whole)
            assert full is not None
            return full[: 32 * int(width)] if "entries" not in path else first(full, int(width))
        return found


def first(bundle: bytes, count: int) -> bytes:
    at = 0
    for _ in range(count):
        at += 2 + int.from_bytes(bundle[at : at + 2])
    return bundle[:at]


# --- refusals ---------------------------------------------------------------------------------


def refused(act: Callable[[], object], kind: type[LedgerError]) -> str:
    with pytest.raises(kind) as fault:
        act()
    return fault.value.code


def test_an_older_database_does_not_take_back_what_was_published(
    empty: World, store: FolderStore
) -> None:
    planted.grow(empty, 20)
    planted.grow(empty, 30)
    publish(store, at=empty.now)
    tamper("DELETE FROM ledger_checkpoint WHERE size = 30")
    assert refused(lambda: publish(store, at=empty.now), PublishingRefused) == "PUBLISHED_AHEAD"
    assert [alarm.code for alarm in alarms.blocking()] == ["PUBLISHED_AHEAD"]
    assert walk(store) == 30


def test_a_database_without_any_checkpoint_does_not_either(
    empty: World, store: FolderStore
) -> None:
    planted.grow(empty, 20)
    publish(store, at=empty.now)
    tamper("DELETE FROM ledger_checkpoint")
    assert refused(lambda: publish(store, at=empty.now), PublishingRefused) == "PUBLISHED_AHEAD"


@pytest.mark.parametrize(
    "deed", ["UPDATE ledger_tile SET hashes = sha256(hashes)", "DELETE FROM ledger_tile"]
)
def test_a_published_checkpoint_does_not_move_to_a_fork(
    empty: World, store: FolderStore, deed: str
) -> None:
    planted.grow(empty, 20)
    publish(store, at=empty.now)
    note = store.get("checkpoint")
    planted.grow(empty, 30)
    tamper(deed)
    assert refused(lambda: publish(store, at=empty.now), PublishingRefused) == "PUBLISHED_FORKED"
    assert [alarm.code for alarm in alarms.blocking()] == ["PUBLISHED_FORKED"]
    assert store.get("checkpoint") == note


def test_a_store_of_another_log_is_left_alone(empty: World, store: FolderStore) -> None:
    store.swap("checkpoint", expected=None, content=b"another log's\n")
    planted.grow(empty, 20)
    assert refused(lambda: publish(store, at=empty.now), LedgerError) == "NOTE_MALFORMED"
    assert not alarms.standing().exists()


def test_a_tile_that_somebody_changed_in_the_store_is_found_when_all_is_put_again(
    empty: World, store: FolderStore, folder: Path
) -> None:
    planted.grow(empty, 300)
    publish(store, at=empty.now)
    (folder / "tile/0/000").write_bytes(b"changed")
    assert publish(store, at=empty.now) == 300
    again = lambda: publish(store, at=empty.now, again=True)  # noqa: E731  shorter so
    assert refused(again, Conflict) == "OBJECT_CHANGED"


def test_a_note_with_more_signatures_takes_the_place_of_the_one_before(
    empty: World, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted.grow(empty, 20)
    publish(store, at=empty.now)
    more = "\N{EM DASH} witness.example AAAAAQ==\n"
    latest = proofs.latest_checkpoint()
    assert latest is not None
    cosigned = latest.note + more
    monkeypatch.setattr(proofs, "published_note", lambda _: cosigned)
    publish(store, at=empty.now)
    assert store.get("checkpoint") == cosigned.encode()


# --- settings and commands --------------------------------------------------------------------


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_command_publishes_to_the_folder_of_the_settings(
    empty: World, folder: Path, settings: Settings
) -> None:
    settings.TILES_STORE = f"folder:{folder}"
    planted.grow(empty, 3)
    assert run("publish_tiles") == "published 3\n"
    assert run("publish_tiles", "--again") == "published 3\n"
    assert walk(FolderStore(folder)) == 3


@pytest.mark.parametrize("text", ["folder:relative", "s3://", "ftp://there", "/path", "folder:"])
@pytest.mark.usefixtures("empty")
def test_a_store_of_another_kind_is_refused(settings: Settings, text: str) -> None:
    settings.TILES_STORE = text
    with pytest.raises(CommandError, match="STORE_UNKNOWN"):
        run("publish_tiles")


@pytest.mark.usefixtures("empty")
def test_without_a_store_there_is_nowhere_to_publish_to(settings: Settings) -> None:
    settings.TILES_STORE = ""
    with pytest.raises(CommandError, match="not set"):
        run("publish_tiles")


def test_a_bucket_is_named_by_its_address(settings: Settings, world: World) -> None:
    settings.TILES_STORE = "s3://tiles/logs/ours"
    store = publishing.open_store(lambda: world.now)
    assert (store._bucket, store._prefix) == ("tiles", "logs/ours/")  # type: ignore[union-attr]


def test_a_proof_is_exported_for_an_entry_and_only_for_a_logged_one(
    world: World, tmp_path: Path
) -> None:
    entry = world.entry(LOT)
    world.append(entry)
    out = tmp_path / "proof"
    with pytest.raises(CommandError, match="No checkpoint covers"):
        run("export_proof", entry.entry_id, "--out", str(out))
    world.sequencer().step()
    assert run("export_proof", entry.entry_id, "--out", str(out)) == f"{out}: index 2\n"
    assert TlogProof.parse(out.read_bytes()).index == 2
