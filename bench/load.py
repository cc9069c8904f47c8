"""The load: one process beside the server, so many keep-alive connections, one loop.

Reads a plan (pickle) from its input and writes what it saw to its output. Every client sends its
next request when it has the answer to the last one. Nothing is signed or made here.
"""

import pickle
import re
import resource
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field

LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Plan:
    """Whole requests, as they go over the wire, for each client."""

    port: int
    clients: list[list[bytes]]
    seconds: float


@dataclass
class Seen:
    """Seconds from request to answer, statuses, entries that were accepted, and the whole time."""

    latencies_s: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    accepted: int = 0
    seconds: float = 0.0
    cpu_s: float = 0.0
    refused: bytes = b""


class _Client:
    def __init__(self, port: int, requests: list[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = iter(requests)
        self.buffer = b""
        self.sent_at = 0.0

    def send(self) -> bool:
        request = next(self.requests, None)
        if request is None:
            return False
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)
        return True

    def answer(self) -> bytes | None:
        """The whole answer, when it is there."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the server hung up")
        self.buffer += data
        head, mark, body = self.buffer.partition(b"\r\n\r\n")
        if not mark:
            return None
        length = LENGTH.search(head)
        if length is None or len(body) < int(length[1]):
            return None
        whole, self.buffer = self.buffer, b""
        return whole


def run(plan: Plan) -> Seen:
    """Send until the time is over or the plan is done."""
    seen, waiting = Seen(), selectors.DefaultSelector()
    clients = [_Client(plan.port, requests) for requests in plan.clients]
    start = time.perf_counter()
    end, last = start + plan.seconds, start
    for client in clients:
        waiting.register(client.socket, selectors.EVENT_READ, client)
        client.send()
    busy = len(clients)
    while busy:
        for key, _ in waiting.select():
            client = key.data
            answer = client.answer()
            if answer is None:
                continue
            last = time.perf_counter()
            _note(seen, answer, last - client.sent_at)
            if last >= end or not client.send():
                waiting.unregister(client.socket)
                busy -= 1
    seen.seconds = last - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    seen.cpu_s = used.ru_utime + used.ru_stime
    return seen


def _note(seen: Seen, answer: bytes, took_s: float) -> None:
    status = int(answer[9:12])
    many = answer.count(b'"status":201')
    seen.latencies_s.append(took_s)
    seen.statuses[status] = seen.statuses.get(status, 0) + 1
    seen.accepted += many or status == 201
    if status >= 400 or (b'"problem"' in answer and not seen.refused):
        seen.refused = answer[-600:]


def main() -> None:
    """Read the plan, run it, write what was seen."""
    pickle.dump(run(pickle.load(sys.stdin.buffer)), sys.stdout.buffer)  # noqa: S301  our parent's
