"""Serves a copy as the log served it (C2SP tlog-tiles), read only."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ledger.core.entry_bundles import decode_bundle, encode_bundle
from ledger.core.errors import Malformed
from ledger.core.merkle import HASH_BYTES
from ledger.core.tile_paths import CHECKPOINT, TilePath, headers
from ledger.core.tiled_tree import WIDTH
from ledger.object_store import ObjectStore

TIMEOUT_S = 30.0


def server(copy: ObjectStore, host: str, port: int, *, open_entries: bool) -> ThreadingHTTPServer:
    """A server that listens; `serve_forever` serves. Entries only with `open_entries`."""

    class Handler(_Handler):
        store = copy
        entries = open_entries

    listening = ThreadingHTTPServer((host, port), Handler)
    listening.daemon_threads = True
    return listening


def found(copy: ObjectStore, path: str) -> bytes | None:
    """What is served under a path; a partial tile that became full is cut out of it again."""
    kept = copy.get(path)
    if kept is not None or path == CHECKPOINT:
        return kept
    tile = TilePath.parse(path)
    full = None if tile.is_full else copy.get(str(TilePath(*tile.place, WIDTH, tile.entries)))
    if full is None:
        return None
    if tile.entries:
        return encode_bundle(decode_bundle(full, WIDTH)[: tile.width])
    return full[: tile.width * HASH_BYTES]


class _Handler(BaseHTTPRequestHandler):
    store: ObjectStore
    entries: bool
    timeout = TIMEOUT_S
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "unbroken-mirror", ""

    def do_GET(self) -> None:
        """Answer with one part of the log."""
        path = self.path.removeprefix("/")
        try:
            is_entries = path != CHECKPOINT and TilePath.parse(path).entries
        except Malformed:
            self._say(HTTPStatus.NOT_FOUND, b"", {})
            return
        if is_entries and not self.entries:
            self._say(HTTPStatus.FORBIDDEN, b"The entries are not for everybody.\n", {})
            return
        body = found(self.store, path)
        if body is None:
            self._say(HTTPStatus.NOT_FOUND, b"", {})
        else:
            self._say(HTTPStatus.OK, body, dict(headers(path)))

    do_HEAD = do_GET  # noqa: N815  as the library calls it

    def _say(self, status: HTTPStatus, body: bytes, said: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (said or {"Cache-Control": "no-store"}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Who asks is nobody's business."""
