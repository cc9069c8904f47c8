"""One question to somebody else's server over HTTP: short, bounded, and never led elsewhere."""

import http.client
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from socket import SHUT_RDWR
from urllib.parse import SplitResult, urlsplit

from ledger.core.errors import LedgerError, Malformed


class CallFailed(LedgerError):  # noqa: N818  named as its kin in the core are
    """No answer came, or none that could be read. It may do so later."""


@dataclass(frozen=True)
class Said:
    """What the other side said."""

    status: int
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How long a call may take in all, and how much of an answer is read."""

    timeout_s: float
    bytes_max: int


def check_prefix(url: str) -> SplitResult:
    """Return the parts of an address below which somebody answers; Malformed URL_MALFORMED.

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


def call(
    method: str,
    prefix: str,
    path: str,
    *,
    headers: Mapping[str, str],
    bounds: Bounds,
    body: bytes | None = None,
) -> Said:
    """Ask what stands at `path` below a prefix; raises `CallFailed` and Malformed URL_MALFORMED.

    Redirections are answers like others. When the time is up the connection is cut.
    """
    parts = check_prefix(prefix)
    secure = parts.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(parts.netloc, timeout=bounds.timeout_s)
    late = threading.Event()
    cut = threading.Timer(bounds.timeout_s, _cut, [connection, late])
    cut.daemon = True
    cut.start()
    try:
        connection.request(method, parts.path.rstrip("/") + path, body, dict(headers))
        answer = connection.getresponse()
        return Said(answer.status, answer.read(bounds.bytes_max))
    except (OSError, ValueError, http.client.HTTPException) as fault:
        words = _TOO_LONG if late.is_set() else _in_words(fault)
        raise CallFailed("UNREACHABLE", f"No answer: {words}.") from fault
    finally:
        cut.cancel()
        connection.close()


_TOO_LONG = "it took too long"


def _in_words(fault: Exception) -> str:
    """What went wrong, for people: they read it as the last answer of a witness or of a partner."""
    if isinstance(fault, TimeoutError):
        return _TOO_LONG
    if isinstance(fault, OSError):
        return fault.strerror or str(fault) or "the connection was cut"
    return "what came is no answer of HTTP"


def _cut(connection: http.client.HTTPConnection, late: threading.Event) -> None:
    """End a call that drips: each byte of it came in time, and all of it does not."""
    late.set()
    with suppress(OSError, AttributeError):  # it has no socket any more
        connection.sock.shutdown(SHUT_RDWR)


def _bad(url: str) -> Malformed:
    return Malformed("URL_MALFORMED", f"Not an address of http or https: {url!a:.200}")
