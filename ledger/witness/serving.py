"""A witness' door: HTTP, bounded in size, in time and in the number of callers."""

import threading
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from typing import Any

from ledger.core.witnessing import BYTES_MAX
from ledger.witness.witness import Answer, Witness

PATH = "/add-checkpoint"
REQUEST_S_MAX = 10.0
"""For one request, the wait for it included; then the connection is cut."""
CALLERS_MAX = 64


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness until `shutdown`; a caller above the limit is turned away at once."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = CALLERS_MAX

    def __init__(
        self, address: tuple[str, int], witness: Witness, *, request_s_max: float = REQUEST_S_MAX
    ) -> None:
        self.witness = witness
        self.request_s_max = request_s_max
        self._places = threading.BoundedSemaphore(CALLERS_MAX)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a caller in a thread of its own, if there is a place."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a caller, and give the place back."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of callers that went away."""


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    connection: socket
    protocol_version = "HTTP/1.1"
    server_version = "unbroken-witness"
    sys_version = ""

    def handle_one_request(self) -> None:
        """Read and answer one request, or have the connection cut under it."""
        cut = threading.Timer(self.server.request_s_max, self._cut)
        cut.daemon = True
        cut.start()
        try:
            super().handle_one_request()
        finally:
            cut.cancel()

    def _cut(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(SHUT_RDWR)

    def do_GET(self) -> None:
        """Say that the witness is there, and what it has cosigned last."""
        self._answer(Answer(HTTPStatus.OK, self.server.witness.health()))

    do_HEAD = do_GET  # noqa: N815  named by http.server

    def do_POST(self) -> None:
        """Answer add-checkpoint."""
        length = self._length()
        if length is None:
            self.close_connection = True  # what follows the headers is not read
            message = f"Send Content-Length, at most {BYTES_MAX}.\n"
            self._answer(Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message))
            return
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
        elif self.path == PATH:
            self._answer(self.server.witness.add_checkpoint(body))
        else:
            self._answer(Answer(HTTPStatus.NOT_FOUND, f"Here is only {PATH}.\n"))

    def _length(self) -> int | None:
        text = self.headers.get("Content-Length", "")
        digits = text.isascii() and text.isdigit() and len(text) <= len(str(BYTES_MAX))
        return int(text) if digits and int(text) <= BYTES_MAX else None

    def _answer(self, answer: Answer) -> None:
        content = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  named by http.server
        """Keep still: who asks is nobody's business, and what was answered is in the state."""
