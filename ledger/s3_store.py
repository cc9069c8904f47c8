"""An object store in a bucket of S3, or of anything that speaks like it.

It rests on conditional writes (`If-None-Match`, `If-Match`), without which no bucket could keep
what `ledger.object_store` promises. S3 has them, and is durable and consistent once it answers.
"""

import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from defusedxml import ElementTree

from ledger.core import tile_paths
from ledger.object_store import StoreFailed, changed, moved
from ledger.s3_signature import Credentials, S3Request, signed_headers

TIMEOUT_S = 30.0
BYTES_MAX = 64 * 1024 * 1024
_CLASH = (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONFLICT)
_KEY = ".//{http://s3.amazonaws.com/doc/2006-03-01/}Key"


@dataclass(frozen=True)
class _Answer:
    status: int
    etag: str
    body: bytes


class S3Store:
    """An `ObjectStore`; `endpoint` is an address of http or https, `clock` tells UTC."""

    def __init__(
        self,
        *,
        endpoint: str,
        bucket: str,
        prefix: str,
        credentials: Credentials,
        clock: Callable[[], datetime],
    ) -> None:
        self._endpoint = urlsplit(endpoint)
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/".lstrip("/")
        self._credentials = credentials
        self._clock = clock

    def get(self, path: str) -> bytes | None:
        """Return an object, None when there is none."""
        found = self._find(path)
        return found.body if found else None

    def add(self, path: str, content: bytes) -> None:
        """Put an object that never changes."""
        answer = self._put(path, content, {"if-none-match": "*"})
        if answer.status in _CLASH and self.get(path) != content:
            raise changed(path)

    def swap(self, path: str, *, expected: bytes | None, content: bytes) -> None:
        """Put `content` in the place of `expected`."""
        found = self._find(path)
        if (found.body if found else None) != expected:
            raise moved(path)
        condition = {"if-match": found.etag} if found else {"if-none-match": "*"}
        if self._put(path, content, condition).status in _CLASH:
            raise moved(path)

    def drop(self, prefix: str) -> None:
        """Remove all whose paths begin with `prefix`."""
        query = {"list-type": "2", "prefix": self._prefix + prefix}
        while keys := self._keys(self._ask("GET", "", query=query)):
            for key in keys:
                self._ask("DELETE", key)

    def _find(self, path: str) -> _Answer | None:
        answer = self._ask("GET", self._prefix + path, fine=(HTTPStatus.NOT_FOUND,))
        return answer if answer.status == HTTPStatus.OK else None

    def _put(self, path: str, content: bytes, condition: Mapping[str, str]) -> _Answer:
        served = {name.lower(): value for name, value in tile_paths.headers(path).items()}
        headers = {**served, **condition}
        return self._ask("PUT", self._prefix + path, headers=headers, body=content, fine=_CLASH)

    def _keys(self, listing: _Answer) -> list[str]:
        try:
            found = ElementTree.fromstring(listing.body).iterfind(_KEY)
            return [key.text or "" for key in found]
        except (ElementTree.ParseError, ValueError) as fault:
            raise StoreFailed("STORE_FAILED", f"The bucket's list is none: {fault}") from fault

    def _ask(
        self,
        method: str,
        key: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        fine: tuple[int, ...] = (),
    ) -> _Answer:
        """Send one signed request; `StoreFailed` unless it succeeds or its answer is `fine`."""
        named = {**(headers or {}), "host": self._endpoint.netloc}
        request = S3Request(method, f"/{self._bucket}/{key}", named, query or {}, body)
        try:
            answer = self._send(request)
        except (OSError, http.client.HTTPException) as fault:
            raise StoreFailed("STORE_FAILED", f"The bucket cannot be reached: {fault!r}") from fault
        if answer.status not in (HTTPStatus.OK, HTTPStatus.NO_CONTENT, *fine):
            said = answer.body[:300].decode(errors="replace")
            raise StoreFailed("STORE_FAILED", f"The bucket says {answer.status}: {said}")
        return answer

    def _send(self, request: S3Request) -> _Answer:
        secure = self._endpoint.scheme == "https"
        connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = connect(self._endpoint.netloc, timeout=TIMEOUT_S)
        headers = signed_headers(request, self._credentials, self._clock())
        try:
            connection.request(request.method, request.target, request.body, headers)
            response = connection.getresponse()
            return _Answer(
                response.status, response.headers["ETag"] or "", response.read(BYTES_MAX)
            )
        finally:
            connection.close()
