"""A responder of somebody else's: it answers whatever it was told to answer."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Stranger:
    """What it will say, and what it was asked: path, query and headers."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Callable[[str], bytes] = lambda uuid: uuid.encode()
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def running_stranger() -> Iterator[Stranger]:
    """A stranger on a port of its own, until the end of the block."""
    stranger = Stranger()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stranger.asked.append((self.path, dict(self.headers)))
            uuid = parse_qs(urlsplit(self.path).query).get("corrUUID", [""])[0]
            self.send_response(stranger.status)
            for name, value in stranger.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(stranger.body(uuid))

        def log_message(self, *_: object) -> None:
            """Keep still."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stranger.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield stranger
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
