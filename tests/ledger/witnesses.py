"""Witnesses for tests: real ones behind real sockets, and servers that only seem to be some."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.conf import settings

from ledger import durable_files, proofs, signers, witnessing
from ledger.core.checkpoint import Vkey
from ledger.core.entry import Entry
from ledger.core.findings import Findings
from ledger.core.note import WITNESS_KEY
from ledger.core.signatures import OPENSSL, LogKey
from ledger.core.tlog_policy import Known
from ledger.core.verification import verify
from ledger.models import Checkpoint as Row
from ledger.models import WitnessState
from ledger.witness.memory import Memory
from ledger.witness.serving import WitnessServer
from ledger.witness.witness import Answer, Witness
from tests.ledger.world import LOT, World

SOON_S = 0.3


@dataclass
class RunningWitness:
    """A witness of ours that runs, and the state that it holds."""

    name: str
    key: LogKey
    memory: Memory
    port: int
    asked: list[bytes] = field(default_factory=list)

    @property
    def known(self) -> Known:
        """How a policy names it."""
        return Known(Vkey(self.name, self.key.public, WITNESS_KEY), self.url)

    @property
    def url(self) -> str:
        """Its submission prefix."""
        return f"http://127.0.0.1:{self.port}"


class Diary(Witness):
    """A witness that writes down what it was asked."""

    def __init__(self, *, asked: list[bytes], **members: Any) -> None:
        super().__init__(**members)
        self._asked = asked

    def add_checkpoint(self, body: bytes) -> Answer:
        """Write down, and answer."""
        self._asked.append(body)
        return super().add_checkpoint(body)


class Witnesses:
    """The witnesses of one test."""

    def __init__(
        self, log: LogKey, clock: Callable[[], datetime], folder: Path, stack: ExitStack
    ) -> None:
        self._log = log
        self._clock = clock
        self._folder = folder
        self._stack = stack

    def start(self, name: str, *, key: LogKey | None = None, memory: str = "") -> RunningWitness:
        """Run a witness; another name of its memory is another witness with the same key."""
        key = key or LogKey.generate()
        logs = {settings.LOG_ORIGIN: Vkey(settings.LOG_ORIGIN, self._log.public)}
        held = Memory(self._folder / (memory or name), logs, OPENSSL)
        self._stack.callback(held.close)
        running = RunningWitness(f"{name}.example", key, held, 0)
        witness = Diary(
            asked=running.asked,
            name=f"{name}.example",
            key=key,
            logs=logs,
            memory=held,
            signatures=OPENSSL,
            clock=self._clock,
        )
        server = WitnessServer(("127.0.0.1", 0), witness, request_s_max=5)
        running.port = server.server_address[1]
        self._stack.enter_context(serving(server))
        return running

    def answer(self, status: int, body: bytes, *, headers: dict[str, str] | None = None) -> str:
        """The address of a server that says the same whatever it is asked."""
        return self._answering(lambda: (status, body, headers or {}))

    def _answering(self, answer: Callable[[], tuple[int, bytes, dict[str, str]]]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                status, body, headers = answer()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keep still."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._stack.enter_context(serving(server))
        return f"http://127.0.0.1:{server.server_address[1]}"

    def silence(self) -> str:
        """The address of a server that takes what it is sent and never answers."""
        silent = self._stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        return f"http://127.0.0.1:{silent.getsockname()[1]}"

    def drip(self) -> str:
        """The address of a server that sends a byte now and then, without end."""
        stop = threading.Event()
        listening = self._stack.enter_context(socket.create_server(("127.0.0.1", 0)))

        def send() -> None:
            caller, _ = listening.accept()
            with caller, suppress(OSError):
                while not stop.wait(0.02):
                    caller.sendall(b"H")

        thread = threading.Thread(target=send)
        thread.start()
        self._stack.callback(thread.join)
        self._stack.callback(stop.set)
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    def trust(self, *witnesses: RunningWitness, quorum: str = "all", **urls: str) -> None:
        """Trust these, by the first part of their names; `urls` puts others in their places."""
        policy = signers.policy()
        trust = policy.trust
        for one in witnesses:
            name = one.name.partition(".")[0]
            trust = trust.trusting(name, replace(one.known, url=urls.get(name, one.url)))
        file = Path(settings.KEYS_DIR) / signers.POLICY_FILE
        durable_files.replace(file, replace(policy, trust=trust.asking(quorum)).as_bytes())

    def cosign(self, timeout_s: float = 5.0) -> int:
        """Ask all that are due; how many cosigned."""
        return witnessing.cosign_newest(self._clock, timeout_s=timeout_s)


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[None]:
    """A server that runs meanwhile."""
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def state(name: str = "one") -> WitnessState:
    return WitnessState.objects.get(name=name)


def newest() -> Row:
    found = proofs.latest_checkpoint()
    assert found is not None
    return found


def size_of(found: RunningWitness) -> int:
    known = found.memory.known.get(settings.LOG_ORIGIN)
    return known.size if known else -1


def say(world: World, count: int = 1) -> list[Entry]:
    """Log so many more entries, under one checkpoint."""
    said = [world.entry(seen=proofs.latest_seen()) for _ in range(count)]
    world.log_all(*said)
    return said


def verified(world: World) -> Findings:
    found = proofs.evidence_of(LOT).evidence
    assert found is not None
    return verify(found, signers.policy(), world.now, OPENSSL)


def codes(found: Findings) -> set[str]:
    return {one.code for one in found.findings} - {"COMPLETENESS_NOT_PROVEN"}
