"""What every store promises, asked of each of them. The bucket is a real server's."""

import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from ledger import durable_files
from ledger.core.errors import Conflict
from ledger.folder_store import FolderStore
from ledger.object_store import ObjectStore, StoreFailed
from ledger.s3_signature import Credentials, S3Request, signed_headers
from ledger.s3_store import S3Store
from tests.ledger.buckets import SOMEBODY, bucket, s3_store

__all__ = ["bucket"]


@pytest.fixture(params=["folder", "s3"])
def store(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    socket_enabled: None,  # noqa: ARG001  asked for what it does
) -> ObjectStore:
    """An empty store of each kind."""
    if request.param == "folder":
        return FolderStore(tmp_path / "log")
    return s3_store(request.getfixturevalue("bucket"), prefix=tmp_path.name)


def test_what_was_put_is_got_and_what_was_not_is_not_there(store: ObjectStore) -> None:
    assert store.get("tile/0/000") is None
    store.add("tile/0/000", b"\0hashes\xff")
    store.add("tile/0/000.p/5", b"")
    assert store.get("tile/0/000") == b"\0hashes\xff"
    assert store.get("tile/0/000.p/5") == b""
    assert store.get("tile/0/000/beneath") is None


def test_what_was_added_is_never_changed(store: ObjectStore) -> None:
    store.add("tile/0/000", b"first")
    store.add("tile/0/000", b"first")
    with pytest.raises(Conflict) as refused:
        store.add("tile/0/000", b"second")
    assert refused.value.code == "OBJECT_CHANGED"
    assert store.get("tile/0/000") == b"first"


def test_the_checkpoint_moves_only_from_what_was_seen(store: ObjectStore) -> None:
    store.swap("checkpoint", expected=None, content=b"one")
    store.swap("checkpoint", expected=b"one", content=b"two")
    for seen in (None, b"one", b"three"):
        with pytest.raises(Conflict) as refused:
            store.swap("checkpoint", expected=seen, content=b"four")
        assert refused.value.code == "OBJECT_MOVED"
    assert store.get("checkpoint") == b"two"


def test_partial_tiles_are_dropped_together_and_the_full_one_stays(store: ObjectStore) -> None:
    for path in ("tile/0/000", "tile/0/000.p/1", "tile/0/000.p/200", "tile/0/0001"):
        store.add(path, path.encode())
    store.drop("tile/0/000.p/")
    store.drop("tile/0/000.p/")
    there = [store.get(f"tile/0/{name}") for name in ("000", "000.p/1", "000.p/200", "0001")]
    assert there == [b"tile/0/000", None, None, b"tile/0/0001"]


# --- the folder -------------------------------------------------------------------------------


def test_a_folder_holds_files_under_their_paths_that_a_web_server_may_read(tmp_path: Path) -> None:
    FolderStore(tmp_path).add("tile/0/x001/002.p/3", b"bytes")
    file = tmp_path / "tile/0/x001/002.p/3"
    assert file.read_bytes() == b"bytes"
    assert file.stat().st_mode & 0o777 == 0o644
    assert [one.name for one in file.parent.iterdir()] == ["3"]


def test_each_file_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the folder is flushed after: in the order of what a loss of power may take."""
    deeds: list[str] = []
    monkeypatch.setattr(
        os, "fsync", lambda handle: deeds.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
    )
    link = Path.hardlink_to

    def hardlink_to(named: Path, written: Path) -> None:
        deeds.append(f"link {named.name}")
        link(named, written)

    monkeypatch.setattr(Path, "hardlink_to", hardlink_to)
    FolderStore(tmp_path).add("new/object", b"bytes")
    made, written, named, kept = deeds
    assert (made, named, kept) == (str(tmp_path), "link object", str(tmp_path / "new"))
    assert written.startswith(str(tmp_path / "new/.new-"))


def test_a_writer_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "checkpoint"
    durable_files.replace(file, b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFailed, match="No space left"):
        FolderStore(tmp_path).swap("checkpoint", expected=b"old", content=b"new")
    with pytest.raises(StoreFailed, match="No space left"):
        FolderStore(tmp_path).add("tile", b"new")
    assert {one.name for one in tmp_path.iterdir()} == {"checkpoint", "checkpoint.lock"}
    assert file.read_bytes() == b"old"


# --- the bucket -------------------------------------------------------------------------------


def test_a_request_is_signed_as_amazons_own_example() -> None:
    """From "Authenticating Requests: Using the Authorization Header", GET Object."""
    headers = {"host": "examplebucket.s3.amazonaws.com", "range": "bytes=0-9"}
    request = S3Request("GET", "/test.txt", headers, {}, b"")
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    credentials = Credentials("AKIAIOSFODNN7EXAMPLE", secret, "us-east-1")
    signed = signed_headers(request, credentials, datetime(2013, 5, 24, tzinfo=UTC))
    assert signed["authorization"].endswith(
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )


def test_a_query_is_signed_as_amazons_own_example() -> None:
    """From the same page, Get Bucket (List Objects)."""
    headers = {"host": "examplebucket.s3.amazonaws.com"}
    request = S3Request("GET", "/", headers, {"prefix": "J", "max-keys": "2"}, b"")
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    credentials = Credentials("AKIAIOSFODNN7EXAMPLE", secret, "us-east-1")
    signed = signed_headers(request, credentials, datetime(2013, 5, 24, tzinfo=UTC))
    assert request.target == "/?max-keys=2&prefix=J"
    assert signed["authorization"].endswith(
        "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    )


@pytest.mark.usefixtures("socket_enabled")
def test_a_bucket_says_of_each_object_what_it_is(bucket: str) -> None:
    s3_store(bucket, prefix="typed/").add("tile/0/000", b"hashes")
    path, host = "/tiles/typed/tile/0/000", bucket.removeprefix("http://")
    request = S3Request("GET", path, {"host": host}, {}, b"")
    signed = signed_headers(request, SOMEBODY, datetime.now(UTC))
    with urlopen(Request(bucket + path, headers=signed), timeout=5) as answer:  # noqa: S310  http, ours
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.usefixtures("socket_enabled")
def test_a_bucket_that_is_not_there_is_a_failure_and_no_empty_store(bucket: str) -> None:
    store = S3Store(
        endpoint=bucket,
        bucket="nowhere",
        prefix="",
        credentials=SOMEBODY,
        clock=lambda: datetime.now(UTC),
    )
    with pytest.raises(StoreFailed, match="404"):
        store.add("tile/0/000", b"hashes")


@pytest.mark.usefixtures("socket_enabled")
def test_a_server_that_cannot_be_reached_is_a_failure() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(StoreFailed, match="cannot be reached"):
            s3_store(f"http://127.0.0.1:{port}").get("checkpoint")
