"""Fetches the parts of a log over HTTP, from a server that nothing is believed of."""

import http.client
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ledger.core.entry_bundles import ENTRY_BYTES_MAX
from ledger.core.errors import LedgerError, Malformed
from ledger.core.tiled_tree import WIDTH

TIMEOUT_S = 30.0
BYTES_MAX = WIDTH * (ENTRY_BYTES_MAX + 2)


class SourceFailed(LedgerError):  # noqa: N818  named as its kin in the core are
    """The log does not answer, or not with what was asked for. It may do so later."""


class _NoRedirect(HTTPRedirectHandler):
    """A token is for the server that it was given for."""

    def redirect_request(self, *_: object) -> None:
        """Follow nothing: the answer is then the redirection itself, an error."""


class Source:
    """A log at its prefix, `https://…/log`; `token` opens its entries."""

    def __init__(self, url: str, token: str | None = None) -> None:
        if _scheme(url) not in ("http", "https"):
            raise Malformed("URL_MALFORMED", f"The log's address is none of http or https: {url!a}")
        self._prefix = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._opener = build_opener(_NoRedirect)

    def get(self, path: str) -> bytes:
        """Return the body behind a path; raises `SourceFailed`."""
        address = f"{self._prefix}/{path}"
        request = Request(address, headers=self._headers)  # noqa: S310  checked above
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                body: bytes = answer.read(BYTES_MAX + 1)
        except HTTPError as refusal:
            with refusal:
                message = f"{address}: {refusal.code} {refusal.reason}"
            raise SourceFailed("LOG_REFUSES", message) from refusal
        except (OSError, ValueError, http.client.HTTPException) as fault:
            raise SourceFailed("LOG_UNREACHABLE", f"{address}: {fault}") from fault
        if len(body) > BYTES_MAX:
            raise SourceFailed("LOG_REFUSES", f"{address}: more than {BYTES_MAX} bytes")
        return body


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""
