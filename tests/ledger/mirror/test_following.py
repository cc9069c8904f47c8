"""A mirror takes what is true, keeps it, and catches a log that says two things."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from ledger.core.checkpoint import Checkpoint, Vkey, sign_checkpoint
from ledger.core.entry_bundles import encode_bundle
from ledger.core.errors import LedgerError, Refused
from ledger.core.signatures import LogKey
from ledger.folder_store import FolderStore
from ledger.mirror.checked_tiles import Contradiction
from ledger.mirror.following import Mirror
from ledger.mirror.source import SourceFailed
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from tests.ledger import planted
from tests.ledger.mirror.a_log import ORIGIN, Log
from tests.ledger.world import World
from tests.strangers import tlog_client


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "copy"


def mirror_of(log: Log, folder: Path, *, hashes_only: bool = False) -> Mirror:
    return Mirror(FolderStore(folder), log.vkey, EcdsaSignatures(), hashes_only=hashes_only)


def walked(folder: Path, log: Log) -> int:
    """Let a stranger walk the copy; return its size."""
    return tlog_client.walk(lambda path: (folder / path).read_bytes(), str(log.vkey))[0].size


def caught(act: Callable[[], object]) -> str:
    with pytest.raises(Contradiction) as fault:
        act()
    return fault.value.code


def test_a_copy_is_the_whole_log_at_every_size(log: Log, folder: Path) -> None:
    for size in (1, 2, 255, 256, 257, 600):
        log.grow(size)
        assert mirror_of(log, folder).follow(log.get).size == size
        assert walked(folder, log) == size
    assert {one.name for one in folder.iterdir()} == {"checkpoint", "checkpoint.lock", "tile"}


def test_a_copy_has_three_levels_where_the_log_has(log: Log, folder: Path) -> None:
    log.grow(65_537)
    mirror_of(log, folder, hashes_only=True).follow(log.get)
    assert (folder / "tile/2/000.p/1").exists()
    assert not (folder / "tile/entries").exists()


def test_partial_tiles_go_when_the_full_one_is_held(log: Log, folder: Path) -> None:
    for size in (10, 200, 256):
        log.grow(size)
        mirror_of(log, folder).follow(log.get)
    for kind in ("0", "entries"):
        assert [one.name for one in (folder / "tile" / kind).iterdir()] == ["000"]


def test_only_what_is_new_is_fetched(log: Log, folder: Path) -> None:
    log.grow(700)
    mirror_of(log, folder).follow(log.get)
    log.grow(800)
    log.asked.clear()
    mirror_of(log, folder).follow(log.get)
    assert set(log.asked) == {
        "checkpoint",
        "tile/0/002",
        "tile/0/003.p/32",
        "tile/1/000.p/3",
        "tile/entries/002",
        "tile/entries/003.p/32",
    }


def test_nothing_new_is_one_question(log: Log, folder: Path) -> None:
    log.grow(300)
    mirror_of(log, folder).follow(log.get)
    log.asked.clear()
    mirror_of(log, folder).follow(log.get)
    assert log.asked == ["checkpoint"]


def test_more_signatures_over_the_same_state_are_taken(log: Log, folder: Path) -> None:
    log.grow(3)
    mirror_of(log, folder).follow(log.get)
    cosigned = log.note() + "\N{EM DASH} witness.example AAAAAQE=\n".encode()
    log.lies["checkpoint"] = cosigned
    mirror_of(log, folder).follow(log.get)
    assert (folder / "checkpoint").read_bytes() == cosigned


def test_an_empty_log_is_held_and_grows(log: Log, folder: Path) -> None:
    mirror_of(log, folder).follow(log.get)
    log.grow(5)
    assert mirror_of(log, folder).follow(log.get).size == 5


def test_cut_off_anywhere_it_goes_on_from_there(log: Log, folder: Path) -> None:
    log.grow(300)
    mirror_of(log, folder).follow(log.get)
    log.grow(900)

    def cut(after: int) -> Callable[[str], bytes]:
        counter = itertools.count()

        def get(path: str) -> bytes:
            if next(counter) == after:
                raise SourceFailed("LOG_UNREACHABLE", path)
            return log.get(path)

        return get

    for after in range(8):
        with pytest.raises(SourceFailed):
            mirror_of(log, folder).follow(cut(after))
        held = mirror_of(log, folder).held()
        assert held is not None
        assert held.size == 300
    mirror_of(log, folder).follow(log.get)
    assert walked(folder, log) == 900


# --- what is caught ---------------------------------------------------------------------------


@pytest.fixture
def followed(log: Log, folder: Path) -> Log:
    """A log of 300 entries, and its mirror."""
    log.grow(300)
    mirror_of(log, folder).follow(log.get)
    return log


@pytest.mark.parametrize("size", [200, 300, 600])
def test_a_history_that_was_rewritten_and_signed_anew_is_caught(
    followed: Log, folder: Path, size: int
) -> None:
    rewritten = Log(key=followed.key)
    rewritten.grow(100)
    rewritten.grow(size, word="another")
    before = (folder / "checkpoint").read_bytes()
    assert caught(lambda: mirror_of(followed, folder).follow(rewritten.get)) == "FORKED"
    assert (folder / "checkpoint").read_bytes() == before
    kept = [one.read_bytes() for one in (folder / "contradictions").iterdir()]
    assert kept == [rewritten.note()], "the note that does not fit is proof against its signer"


def test_a_log_that_goes_back_is_caught(followed: Log, folder: Path) -> None:
    del followed.entries[250:]
    assert caught(lambda: mirror_of(followed, folder).follow(followed.get)) == "WENT_BACK"
    assert walked(folder, Log(followed.entries, followed.key)) == 300


def test_a_root_that_the_tiles_do_not_give_is_caught(followed: Log, folder: Path) -> None:
    forged = sign_checkpoint(Checkpoint(ORIGIN, 301, b"\1" * 32), followed.key)
    followed.grow(301)
    followed.lies["checkpoint"] = forged.encode()
    assert caught(lambda: mirror_of(followed, folder).follow(followed.get)) == "ROOT_DIFFERS"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("tile/0/002.p/88", "ROOT_DIFFERS"),
        ("tile/1/000.p/2", "ROOT_DIFFERS"),
        ("tile/0/001", "TILE_DIFFERS"),
        ("tile/entries/001", "ENTRIES_DIFFER"),
        ("tile/entries/002.p/88", "ENTRIES_DIFFER"),
    ],
)
@pytest.mark.parametrize("lie", [lambda body: body[:-1] + b"!", lambda body: body[:-32]])
def test_a_changed_part_is_caught_wherever_it_is(
    followed: Log, folder: Path, path: str, code: str, lie: Callable[[bytes], bytes]
) -> None:
    followed.grow(600)
    followed.lies[path] = lie(followed.get(path))
    found = caught(lambda: mirror_of(followed, folder).follow(followed.get))
    assert found in (code, "TILE_DIFFERS")
    assert walked(folder, followed) == 300


def test_an_older_tile_that_is_served_otherwise_now_is_caught(followed: Log, folder: Path) -> None:
    mirror = mirror_of(followed, folder)
    mirror.recheck(followed.get, range(1))
    for path, body in {
        "tile/entries/000": encode_bundle([b"x"] * 256),
        "tile/0/000": b"x" * 8192,
    }.items():
        followed.lies[path] = body
        assert caught(lambda: mirror.recheck(followed.get, range(1))) == "TILE_CHANGED"


def test_a_checkpoint_of_another_key_is_nobodys(followed: Log, folder: Path) -> None:
    other = Log(followed.entries, LogKey.generate())
    with pytest.raises(LedgerError) as refused:
        mirror_of(followed, folder).follow(other.get)
    assert refused.value.code == "NOTE_UNSIGNED"
    followed.lies["checkpoint"] = b"\xff\xfe"
    with pytest.raises(LedgerError) as refused:
        mirror_of(followed, folder).follow(followed.get)
    assert refused.value.code == "NOTE_MALFORMED"


@pytest.mark.parametrize("path", ["tile/0/001.p/44", "tile/1/000.p/1"])
def test_a_copy_that_is_damaged_is_not_taken_for_the_truth(
    followed: Log, folder: Path, path: str
) -> None:
    (folder / path).write_bytes((folder / path).read_bytes()[:-1] + b"!")
    with pytest.raises(Refused) as refused:
        mirror_of(followed, folder).follow(followed.get)
    assert refused.value.code == "COPY_DAMAGED"
    (folder / path).unlink()
    with pytest.raises(Refused):
        mirror_of(followed, folder).held()


# --- the real log -----------------------------------------------------------------------------


def test_an_operator_who_rewrites_the_database_and_signs_everything_anew_is_caught(
    db: None,  # noqa: ARG001  asked for what it does
    bare_world: World,
    settings: Settings,
    client: Client,
    folder: Path,
) -> None:
    settings.LOG_ENTRIES_OPEN = True

    def fetch(path: str) -> bytes:
        response = client.get(f"/log/{path}")
        assert response.status_code == 200, path
        return response.content

    vkey = Vkey(settings.LOG_ORIGIN, bare_world.log.public)
    mirror = Mirror(FolderStore(folder), vkey, EcdsaSignatures())
    planted.grow(bare_world, 300)
    assert mirror.follow(fetch).size == 300
    planted.forget()
    planted.grow(bare_world, 400, word="rewritten")
    assert caught(lambda: mirror.follow(fetch)) == "FORKED"
