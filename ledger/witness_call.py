"""One question to a witness over HTTP: short, bounded, and never led elsewhere."""

import http.client
import threading
from contextlib import suppress
from dataclasses import dataclass
from socket import SHUT_RDWR
from urllib.parse import SplitResult, urlsplit

from ledger.core.errors import LedgerError, Malformed

TIMEOUT_S = 3.0
ANSWER_BYTES_MAX = 16_384
_PATH = "/add-checkpoint"
_HEADERS = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "unbroken"}


class CallFailed(LedgerError):  # noqa: N818  named as its kin in the core are
    """No answer came, or none that could be read. It may do so later."""


@dataclass(frozen=True)
class Said:
    """What a witness said."""

    status: int
    body: bytes


def check_prefix(url: str) -> SplitResult:
    """Return the parts of a submission prefix; Malformed URL_MALFORMED unless it is one.

    That is an address of http or https with a host, and neither a log-in nor a query in it.
    """
    try:
        parts = urlsplit(url)
        plain = f"{parts.scheme}://{parts.netloc}{parts.path}" == url and parts.port != 0
    except ValueError:
        raise _bad(url) from None
    if not plain or not parts.hostname or "@" in url or parts.scheme not in ("http", "https"):
        raise _bad(url)
    return parts


def add_checkpoint(prefix: str, body: bytes, *, timeout_s: float = TIMEOUT_S) -> Said:
    """Ask the witness behind this prefix; raises `CallFailed` and Malformed URL_MALFORMED.

    Redirections are answers like others. After `timeout_s` the connection is cut.
    """
    parts = check_prefix(prefix)
    secure = parts.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=timeout_s)
    cut = threading.Timer(timeout_s, _cut, [connection])
    cut.daemon = True
    cut.start()
    try:
        connection.request("POST", parts.path.rstrip("/") + _PATH, body, _HEADERS)
        answer = connection.getresponse()
        return Said(answer.status, answer.read(ANSWER_BYTES_MAX))
    except (OSError, ValueError, http.client.HTTPException) as fault:
        raise CallFailed("WITNESS_UNREACHABLE", f"No answer: {fault!r}") from fault
    finally:
        cut.cancel()
        connection.close()


def _cut(connection: http.client.HTTPConnection) -> None:
    """End a call that drips: each byte of it came in time, and all of it does not."""
    with suppress(OSError, AttributeError):  # it has no socket any more
        connection.sock.shutdown(SHUT_RDWR)


def _bad(url: str) -> Malformed:
    return Malformed("URL_MALFORMED", f"Not an address of http or https: {url!a:.200}")
