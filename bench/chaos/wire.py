"""One sender's way to the house: a connection that is kept, and made again when it breaks."""

import json
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

TIMEOUT_S = 8.0


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 when nothing did, and `body` is then the reason."""

    status: int
    body: Any = None

    @property
    def may_be_resent(self) -> bool:
        """Whether it says nothing about the entry itself."""
        return self.status == 0 or self.status >= 500 or self.status == 429


@dataclass
class Wire:
    """Requests to one address, one after another."""

    host: str
    port: int
    token: str
    _connection: HTTPConnection | None = field(default=None, init=False)

    def post(self, path: str, body: object) -> Answer:
        return self._ask("POST", path, json.dumps(body).encode())

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def close(self) -> None:
        """Let go of the connection, whatever state it is in."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _ask(self, method: str, path: str, body: bytes | None) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            if self._connection is None:
                self._connection = HTTPConnection(self.host, self.port, timeout=TIMEOUT_S)
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            answer = Answer(response.status, _read(response.read()))
            if response.will_close:
                self.close()
        except (OSError, HTTPException, ValueError) as fault:
            self.close()
            return Answer(0, type(fault).__name__)
        return answer


def _read(content: bytes) -> Any:
    """JSON where it is, text otherwise (a checkpoint)."""
    text = content.decode()
    return json.loads(text) if text.startswith("{") else text
