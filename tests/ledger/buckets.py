"""A real S3 server of our own, with a bucket: moto, for development only."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.request import Request, urlopen

import pytest

from ledger.s3_signature import Credentials
from ledger.s3_store import S3Store

READY_S_MAX = 60.0
SOMEBODY = Credentials("AKIATEST", "secret", "us-east-1")


@pytest.fixture(scope="session")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an S3 server of our own, with a bucket."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("s3") / "log"
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as server:
        try:
            yield _with_bucket(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()


def _with_bucket(address: str) -> str:
    until = time.monotonic() + READY_S_MAX
    while True:
        try:
            with urlopen(Request(f"{address}/tiles", method="PUT"), timeout=5):  # noqa: S310  http, ours
                return address
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def s3_store(address: str, prefix: str = "log") -> S3Store:
    return S3Store(
        endpoint=address,
        bucket="tiles",
        prefix=prefix,
        credentials=SOMEBODY,
        clock=lambda: datetime.now(UTC),
    )
