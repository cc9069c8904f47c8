"""A witness as its callers and its operator meet it: over real sockets and real files."""

import http.client
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger import durable_files
from ledger.core.checkpoint import Checkpoint, Vkey
from ledger.core.cosignature import cosigned_at
from ledger.core.errors import Malformed, Refused
from ledger.core.note import WITNESS_KEY, SignatureLine
from ledger.core.signatures import OPENSSL, LogKey
from ledger.core.witnessing import BYTES_MAX, AddCheckpoint
from ledger.witness.__main__ import main, vkey_file
from ledger.witness.memory import KEPT_MAX, Memory
from ledger.witness.serving import CALLERS_MAX, WitnessServer
from ledger.witness.witness import Answer, Witness
from tests.ledger.core.examples import ORIGIN
from tests.ledger.core.test_witnessing import VKEY, asked, state

pytestmark = pytest.mark.enable_socket

AT = datetime(2026, 3, 2, 8, 0, 5, tzinfo=UTC)
NAME = "witness.example/w1"
KEY = LogKey.generate()
WITNESS = Vkey(NAME, KEY.public, WITNESS_KEY)
LOGS = {ORIGIN: VKEY}


def remembering(file: Path) -> Memory:
    return Memory(file, LOGS, OPENSSL)


def a_witness(memory: Memory) -> Witness:
    return Witness(
        name=NAME, key=KEY, logs=LOGS, memory=memory, signatures=OPENSSL, clock=lambda: AT
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "witness.json"


@pytest.fixture
def memory(file: Path) -> Iterator[Memory]:
    held = remembering(file)
    yield held
    held.close()


@pytest.fixture
def witness(memory: Memory) -> Witness:
    return a_witness(memory)


@contextmanager
def serving(witness: Witness, *, request_s_max: float = 5) -> Iterator[int]:
    """The port of a server that runs meanwhile."""
    with WitnessServer(("127.0.0.1", 0), witness, request_s_max=request_s_max) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def port(witness: Witness) -> Iterator[int]:
    with serving(witness) as found:
        yield found


def told(
    port: int, body: bytes = b"", *, method: str = "POST", path: str = "/add-checkpoint"
) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()
    finally:
        connection.close()


def answered(witness: Witness, request: AddCheckpoint) -> Answer:
    return witness.add_checkpoint(request.as_bytes())


# --- over the wire --------------------------------------------------------------------------------


def test_a_checkpoint_is_cosigned_by_the_key_and_at_the_time_of_the_witness(port: int) -> None:
    status, _, body = told(port, asked(0, 7).as_bytes())
    assert (status, body[-1:]) == (200, b"\n")
    line = SignatureLine.parse(body.decode().removesuffix("\n"))
    assert cosigned_at(state(7), [line], {"w": WITNESS}, OPENSSL) == {"w": AT}


def test_a_conflict_names_the_size_in_the_media_type_of_the_specification(port: int) -> None:
    told(port, asked(0, 7).as_bytes())
    assert told(port, asked(0, 9).as_bytes()) == (409, "text/x.tlog.size", b"7\n")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"nonsense", 400),
        (asked(9, 8).as_bytes(), 400),
        (asked(0, 7, key=LogKey.generate()).as_bytes(), 403),
        (asked(0, 7, proof=1).as_bytes(), 422),
        (asked(0, 7).as_bytes().replace(ORIGIN.encode(), b"log.example/other"), 404),
    ],
)
def test_what_is_wrong_is_answered_with_the_status_of_the_specification(
    port: int, body: bytes, status: int
) -> None:
    assert told(port, body)[0] == status


def test_one_connection_carries_many_requests(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    for old, new in ((0, 3), (3, 7), (7, 7)):
        connection.request("POST", "/add-checkpoint", asked(old, new).as_bytes())
        answer = connection.getresponse()
        assert (answer.status, len(answer.read().splitlines())) == (200, 1)
    connection.close()


def test_health_says_what_was_cosigned_last(port: int) -> None:
    assert told(port, method="GET", path="/")[2] == b"nothing cosigned yet\n"
    told(port, asked(0, 7).as_bytes())
    assert told(port, method="GET", path="/")[2] == f"{ORIGIN} 7\n".encode()
    assert told(port, method="HEAD", path="/") == (200, "text/plain; charset=utf-8", b"")


def test_another_path_is_not_served(port: int) -> None:
    assert told(port, asked(0, 7).as_bytes(), path="/elsewhere")[0] == 404


def test_a_request_that_is_too_long_is_not_read(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as caller:
        head = f"POST /add-checkpoint HTTP/1.1\r\nContent-Length: {BYTES_MAX + 1}\r\n\r\n"
        caller.sendall(head.encode())
        assert caller.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("length", ["", "-1", "+5", "1e3", "\u0661", "99999999999999999999"])
def test_a_length_that_is_no_number_is_refused(port: int, length: str) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as caller:
        caller.sendall(
            f"POST /add-checkpoint HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        assert caller.recv(100).startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "sent",
    [b"", b"POST /add-ch", b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 500\r\n\r\nold"],
)
def test_a_sender_who_never_ends_is_cut_off(witness: Witness, sent: bytes) -> None:
    with serving(witness, request_s_max=0.2) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as caller:
            caller.sendall(sent)
            assert caller.recv(100) == b""
        assert told(port, asked(0, 7).as_bytes())[0] == 200


def test_callers_above_the_limit_are_turned_away(witness: Witness) -> None:
    with serving(witness) as port:
        idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(CALLERS_MAX)]
        with socket.create_connection(("127.0.0.1", port), timeout=5) as one_more:
            assert one_more.recv(1) == b""
        for caller in idle:
            caller.close()


# --- two histories --------------------------------------------------------------------------------


def test_another_tree_of_a_size_that_was_cosigned_is_refused_and_kept_as_proof(
    witness: Witness, file: Path
) -> None:
    assert answered(witness, asked(0, 7)).status == 200
    forged = asked(7, 7, forked=True)
    assert answered(witness, forged) == Answer(409, "7\n", "text/x.tlog.size")
    (kept,) = file.with_name(file.name + ".kept").iterdir()
    assert kept.name.startswith("forked-")
    assert kept.read_text() == forged.note


def test_a_history_that_does_not_continue_is_refused_and_kept(witness: Witness, file: Path) -> None:
    assert answered(witness, asked(0, 5)).status == 200
    assert answered(witness, asked(5, 9, proof=3)).status == 422
    assert answered(witness, asked(5, 9, proof=2)).status == 422
    assert answered(witness, asked(5, 7)).status == 200
    assert len(list(file.with_name(file.name + ".kept").glob("unproven-*"))) == 1


def test_no_sender_fills_the_disk_with_what_is_kept(memory: Memory, file: Path) -> None:
    for number in range(KEPT_MAX + 5):
        memory.keep("unproven", f"{number}\n\n")  # type: ignore[arg-type]  # a doubt is a word
    memory.keep("forked", "note\n\n")  # type: ignore[arg-type]  # as above
    kept = [one.name for one in file.with_name(file.name + ".kept").iterdir()]
    assert len(kept) == KEPT_MAX + 1
    assert [name for name in kept if name.startswith("forked-")]


class Diary(Memory):
    """A memory that tells what it was moved to, one after the other."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, LOGS, OPENSSL)
        self.sizes: list[int] = []

    def move(self, checkpoint: Checkpoint, note: str) -> None:
        super().move(checkpoint, note)
        self.sizes.append(checkpoint.size)


def test_checkpoints_that_race_never_take_the_state_back(file: Path) -> None:
    """The race that the specification describes, from many threads, many times."""
    diary = Diary(file)
    witness = a_witness(diary)

    def grow(size: int) -> None:
        for old in range(size):
            answered(witness, asked(old, size))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(grow, [*range(1, 20), *range(1, 20)]))
    diary.close()
    assert diary.sizes == sorted(diary.sizes)
    assert diary.known[ORIGIN] == state(19)


# --- what it remembers ----------------------------------------------------------------------------


def test_a_witness_that_starts_again_knows_what_it_cosigned(file: Path) -> None:
    first = remembering(file)
    answered(a_witness(first), asked(0, 7))
    first.close()
    again = remembering(file)
    assert again.known == {ORIGIN: state(7)}
    assert answered(a_witness(again), asked(0, 9)).body == "7\n"
    again.close()


def test_signatures_of_others_are_not_remembered(file: Path, memory: Memory) -> None:
    request = asked(0, 7)
    strange = request.note + "\u2014 \u202eevil AAAAAAAAAAAA\n"
    assert answered(a_witness(memory), AddCheckpoint(0, (), strange)).status == 200
    assert "evil" not in file.read_text()


def test_the_state_is_durable_before_the_answer(
    witness: Witness, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A witness that cannot write cosigns nothing, and goes on from what it has."""
    answered(witness, asked(0, 5))

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(durable_files, "replace", full)
    with pytest.raises(OSError, match="No space"):
        answered(witness, asked(5, 7))
    monkeypatch.undo()
    assert memory.known[ORIGIN] == state(5)
    assert answered(witness, asked(5, 7)).status == 200


def test_a_second_witness_does_not_take_the_same_state(file: Path, memory: Memory) -> None:
    assert memory.known == {}
    with pytest.raises(Refused, match="Another witness holds"):
        remembering(file)


def damaged(text: str) -> list[str]:
    """The state as a disk, a slip or a vandal may leave it."""
    value = json.loads(text)
    return [
        "",
        text[:-20],
        text.replace('"7"', '"8"'),
        text.replace(ORIGIN, "log.example/other", 1),
        text.replace("unbroken-witness/v1", "unbroken-witness/v2"),
        json.dumps({**value, "more": 1}) + "\n",
        '{"format":"unbroken-witness/v1","logs":{"' + ORIGIN + '":"7"}}\n',
        '{"format":"unbroken-witness/v1","logs":[]}\n',
        "[]\n",
    ]


@pytest.mark.parametrize("which", range(9))
def test_a_witness_does_not_start_with_a_damaged_state(file: Path, which: int) -> None:
    first = remembering(file)
    answered(a_witness(first), asked(0, 7))
    first.close()
    bad = damaged(file.read_text())[which]
    assert bad != file.read_text()
    file.write_text(bad)
    with pytest.raises(Malformed) as refusal:
        remembering(file)
    assert refusal.value.code == "STATE_DAMAGED"


# --- the program ----------------------------------------------------------------------------------

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    file = tmp_path / "keys" / "witness.pem"
    assert main(["make-key", "--name", NAME, "--out", str(file)]) == 0
    assert capsys.readouterr().out == vkey_file(file).read_text()
    return file


@pytest.fixture
def start(project: Path, key: Path, file: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def begin(*program: str) -> "subprocess.Popen[str]":
        words = ["--key", key, "--state", file, "--listen", f"127.0.0.1:{a_port()}", "--log", VKEY]
        process = subprocess.Popen(
            [sys.executable, *(program or ("-m", "ledger.witness")), *map(str, words)],
            cwd=project,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def a_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_of(process: "subprocess.Popen[str]") -> int:
    """Where it says that it listens."""
    assert process.stdout is not None
    return int(process.stdout.readline().strip().rpartition(":")[2].rstrip("/"))


def test_a_witness_that_is_killed_at_any_moment_has_what_it_answered(start: Start) -> None:
    process = start()
    port = port_of(process)
    assert told(port, asked(0, 5).as_bytes())[0] == 200
    process.kill()
    process.wait()
    port = port_of(start())
    assert told(port, asked(0, 5).as_bytes())[2] == b"5\n"
    assert told(port, asked(5, 9).as_bytes())[0] == 200


# The program, except that it is killed in the moment at which it would sign.
KILLED = """
import os, signal, sys
from ledger.witness import __main__, witness
witness.cosign = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
sys.exit(__main__.main(sys.argv[1:]))
"""


def test_a_witness_that_is_killed_between_its_state_and_its_answer_goes_on(start: Start) -> None:
    """What it remembers without having answered is told as a conflict, and cosigned when asked."""
    process = start("-c", KILLED)
    with pytest.raises((OSError, http.client.HTTPException)):
        told(port_of(process), asked(0, 5).as_bytes())
    assert process.wait(5) == -signal.SIGKILL
    port = port_of(start())
    assert told(port, asked(0, 5).as_bytes())[0::2] == (409, b"5\n")
    assert told(port, asked(5, 5).as_bytes())[0] == 200


def test_a_witness_ends_when_it_is_told_to(start: Start) -> None:
    process = start()
    port_of(process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0


def test_two_programs_do_not_share_a_state(start: Start) -> None:
    port_of(start())
    second = start()
    assert second.wait(10) == 2
    assert second.stderr is not None
    assert "Another witness holds" in second.stderr.read()


def test_a_key_is_its_owners_alone_and_is_never_overwritten(
    key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert Vkey.parse(vkey_file(key).read_text().strip(), WITNESS_KEY).name == NAME
    before = key.read_bytes()
    assert main(["make-key", "--name", NAME, "--out", str(key)]) == 2
    assert key.read_bytes() == before
    assert "exists" in capsys.readouterr().err


@pytest.mark.parametrize("listen", ["8000", "127.0.0.1:", ":80", "127.0.0.1:99999", "h:+1"])
def test_an_address_that_is_none_is_refused(
    key: Path, file: Path, listen: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--key", key, "--state", file, "--listen", listen, "--log", VKEY]
    assert main([str(word) for word in words]) == 2
    assert "HOST:PORT" in capsys.readouterr().err


def test_the_public_half_must_be_that_of_the_key(
    key: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vkey_file(key).write_text(f"{WITNESS}\n")
    words = ["--key", key, "--state", file, "--listen", "127.0.0.1:0", "--log", VKEY]
    assert main([str(word) for word in words]) == 2
    assert "not the public half" in capsys.readouterr().err


def test_a_witness_needs_no_framework_and_no_database(project: Path) -> None:
    code = "import sys, ledger.witness.__main__; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True
    )
    foreign = {"django", "psycopg2", "celery", "ecdsa", "rest_framework", "ledger.models"}
    assert not set(done.stdout.split()) & foreign
    assert os.environ.get("DJANGO_SETTINGS_MODULE")  # although one is set for these tests
