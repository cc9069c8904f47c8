"""The mirror as a program: over HTTP, with exit codes, and serving what it holds."""

import http.client
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from pathlib import Path

import pytest

from ledger.folder_store import FolderStore
from ledger.mirror import __main__ as program
from ledger.mirror.following import Mirror
from ledger.mirror.serving import server
from ledger.mirror.source import Source, SourceFailed
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from tests.ledger.mirror.a_log import Log
from tests.strangers import tlog_client

pytestmark = pytest.mark.enable_socket
PROJECT = Path(__file__).parents[3]


@pytest.fixture
def log() -> Log:
    log = Log()
    log.grow(300)
    return log


@pytest.fixture
def origin(log: Log, tmp_path: Path) -> Path:
    """A folder that holds the whole log, as its operator may serve it."""
    folder = tmp_path / "origin"
    Mirror(FolderStore(folder), log.vkey, EcdsaSignatures()).follow(log.get)
    return folder


@contextmanager
def serving(folder: Path, *, open_entries: bool = True) -> Iterator[str]:
    listening: ThreadingHTTPServer = server(
        FolderStore(folder), "127.0.0.1", 0, open_entries=open_entries
    )
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.server_address[1]}"
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = program.main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def test_a_mirror_of_a_mirror_is_the_whole_log(
    log: Log, origin: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    asked = ["--log", str(log.vkey), "--folder", str(copy), "--once"]
    with serving(origin) as url:
        code, out, _ = run(capsys, f"{url}/", *asked)
    assert code == 0
    assert "held log.example/unbroken size 300 root " in out
    with serving(copy) as url:
        head, _ = tlog_client.walk(Source(url).get, str(log.vkey))
    assert head.size == 300


def test_a_log_that_contradicts_itself_ends_it_loudly(
    log: Log, origin: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Log(key=log.key)
    other.grow(400, word="rewritten")
    Mirror(FolderStore(tmp_path / "other"), log.vkey, EcdsaSignatures()).follow(other.get)
    with serving(tmp_path / "other") as url:
        asked = [url, "--log", str(log.vkey), "--folder", str(origin), "--once"]
        code, _, err = run(capsys, *asked)
    assert code == 1
    assert "THE LOG CONTRADICTS ITSELF  FORKED: Size 400 does not continue" in err
    assert len(list((origin / "contradictions").iterdir())) == 1


def test_the_whole_copy_is_compared_when_asked_for(
    log: Log, origin: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    asked = ["--log", str(log.vkey), "--folder", str(copy), "--once", "--recheck"]
    with serving(origin) as url:
        assert run(capsys, url, *asked)[0] == 0
        (origin / "tile/entries/000").write_bytes(b"changed")
        code, _, err = run(capsys, url, *asked)
    assert (code, "TILE_CHANGED" in err) == (1, True)


def test_entries_need_a_token_and_hashes_do_not(
    log: Log, origin: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--log", str(log.vkey), "--folder", str(tmp_path / "copy"), "--once"]
    with serving(origin, open_entries=False) as url:
        code, _, err = run(capsys, url, *asked)
        assert (code, "403" in err) == (2, True)
        assert run(capsys, url, *asked, "--hashes-only")[0] == 0


def test_a_token_is_sent_and_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc\n")
    assert program._token(f"@{tmp_path / 'token'}") == "abc"
    assert program._token("abc") == "abc"
    assert program._token(None) is None
    assert Source("https://log.example", "abc")._headers == {"Authorization": "Bearer abc"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"--log": "nonsense"}, "VKEY_MALFORMED"),
        ({"url": "ftp://log.example"}, "URL_MALFORMED"),
        ({"url": "http://127.0.0.1:1"}, "LOG_UNREACHABLE"),
        ({"url": "http://[::bad"}, "URL_MALFORMED"),
        ({"--authorization": "@/nowhere/token"}, "No such file"),
    ],
)
def test_what_can_not_be_used_is_said(
    log: Log,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, str],
    code: str,
) -> None:
    asked = {"--log": str(log.vkey), "--folder": str(tmp_path), "url": "http://127.0.0.1:1"}
    asked |= change
    url = asked.pop("url")
    arguments = [word for pair in asked.items() for word in pair]
    result, _, err = run(capsys, url, *arguments, "--once")
    assert (result, code in err) == (2, True)


def test_the_program_follows_and_serves_until_it_is_told_to_stop(
    log: Log, origin: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    with serving(origin) as url:
        command = [sys.executable, "-m", "ledger.mirror", url, "--log", str(log.vkey)]
        command += ["--folder", str(copy), "--serve", "0", "--every", "0.05", "--open-entries"]
        with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as mirror:
            assert mirror.stdout is not None
            lines = [mirror.stdout.readline() for _ in range(3)]
            assert lines[0] == "nothing is held yet\n"
            address = lines[1].split()[-1]
            assert "size 300" in lines[2]
            log.grow(700)
            Mirror(FolderStore(origin), log.vkey, EcdsaSignatures()).follow(log.get)
            assert "size 700" in mirror.stdout.readline()
            head, _ = tlog_client.walk(Source(address).get, str(log.vkey))
            assert head.size == 700
            mirror.terminate()


# --- serving ----------------------------------------------------------------------------------


def asked_of(url: str, method: str, path: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=5)
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.headers), body


def test_a_partial_tile_is_served_from_the_full_one(log: Log, origin: Path) -> None:
    log.grow(600)
    Mirror(FolderStore(origin), log.vkey, EcdsaSignatures()).follow(log.get)
    with serving(origin) as url:
        for path in ("tile/0/001.p/44", "tile/entries/001.p/44", "tile/0/000.p/1"):
            assert Source(url).get(path) == log.get(path)
        with pytest.raises(SourceFailed, match="404"):
            Source(url).get("tile/0/002.p/89")


def test_what_is_served_has_the_headers_of_the_log(origin: Path) -> None:
    with serving(origin) as url:
        status, headers, body = asked_of(url, "HEAD", "/tile/0/000")
        assert (status, body, headers["Content-Length"]) == (200, b"", "8192")
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        status, headers, _ = asked_of(url, "GET", "/checkpoint")
        assert headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    ["/", "/contradictions", "/checkpoint.lock", "/tile/../checkpoint", "/tile/0/999", "/%00"],
)
def test_nothing_but_the_log_is_served(origin: Path, path: str) -> None:
    with serving(origin) as url:
        status, headers, _ = asked_of(url, "GET", path)
        assert (status, headers["Cache-Control"]) == (404, "no-store")


def test_entries_are_served_only_by_whoever_opens_them(origin: Path) -> None:
    with serving(origin, open_entries=False) as url:
        assert asked_of(url, "GET", "/tile/entries/000")[0] == 403
        assert asked_of(url, "POST", "/checkpoint")[0] == 501


class _Elsewhere(BaseHTTPRequestHandler):
    """Sends everybody, with the token, to somebody else."""

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


def test_a_token_is_not_carried_to_another_server() -> None:
    with HTTPServer(("127.0.0.1", 0), _Elsewhere) as elsewhere:
        thread = threading.Thread(target=elsewhere.handle_request)
        thread.start()
        with pytest.raises(SourceFailed, match="302"):
            Source(f"http://127.0.0.1:{elsewhere.server_address[1]}", "abc").get("checkpoint")
        thread.join()
