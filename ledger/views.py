"""The log's own doors: C2SP tlog-tiles, read only and stateless, for anybody's programs.

Hashes, checkpoints and proofs are public. Entries say who trades with whom, so their bundles are
for whom the house lets in, unless `LOG_ENTRIES_OPEN` opens them to all.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeAlias

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_safe

from ledger import log_resources, signers
from ledger.core import tile_paths
from ledger.core.errors import LedgerError, Malformed, Refused
from ledger.core.tile_paths import TilePath
from ledger.core.tiled_tree import TreeDamagedError
from ledger.core.tlog_proof import SUFFIX

MayRead: TypeAlias = Callable[[HttpRequest], HTTPStatus]
"""Whether somebody may read entries: OK, UNAUTHORIZED (unknown who asks) or FORBIDDEN."""

_PLAIN = "text/plain; charset=utf-8"


@require_safe
def checkpoint(_request: HttpRequest) -> HttpResponse:
    """The newest checkpoint, a signed note."""
    return _answer(tile_paths.CHECKPOINT, log_resources.checkpoint)


@require_safe
def vkey(_request: HttpRequest) -> HttpResponse:
    """The log's public key. Whoever relies on it gets it a second way too."""
    return _answer(tile_paths.VKEY, log_resources.vkey)


@require_safe
def proof(_request: HttpRequest, entry_id: str) -> HttpResponse:
    """The proof that an entry is in the log (C2SP tlog-proof), to the newest checkpoint."""
    response = _answer(tile_paths.CHECKPOINT, lambda: log_resources.proof_of(entry_id).as_bytes())
    if response.status_code == HTTPStatus.OK:
        response["Content-Disposition"] = f'attachment; filename="{entry_id[:16]}{SUFFIX}"'
    return response


@method_decorator(require_safe, name="dispatch")
class Tile(View):
    """A tile of hashes, or a bundle of entries."""

    may_read: MayRead | None = None

    def get(self, request: HttpRequest, path: str) -> HttpResponse:
        """The bytes of one path; never more than the newest checkpoint covers."""
        try:
            found = TilePath.parse(f"tile/{path}")
        except Malformed as fault:
            return _refuse(HTTPStatus.NOT_FOUND, fault.message)
        if found.entries and not settings.LOG_ENTRIES_OPEN:
            return self._closed(request, found)
        return _answer(str(found), lambda: log_resources.tile(found))

    def _closed(self, request: HttpRequest, path: TilePath) -> HttpResponse:
        status = self.may_read(request) if self.may_read else HTTPStatus.FORBIDDEN
        if status is not HTTPStatus.OK:
            return _refuse(status, "The entries of this log are not for everybody.")
        return _private(_answer(str(path), lambda: log_resources.tile(path)))


def _answer(path: str, read: Callable[[], bytes]) -> HttpResponse:
    """Serve what `read` gives with the headers of this path, or say why there is nothing."""
    try:
        return HttpResponse(read(), headers=dict(tile_paths.headers(path)))
    except (Refused, signers.KeysMissing) as fault:
        return _refuse(_status(fault), fault.message)


def _private(response: HttpResponse) -> HttpResponse:
    """Let nobody between us and the reader keep what was read."""
    if response.status_code == HTTPStatus.OK:
        response["Cache-Control"] = "private, max-age=31536000, immutable"
        response["Vary"] = "Cookie, Authorization"
    return response


def _status(fault: LedgerError) -> HTTPStatus:
    damaged = isinstance(fault, TreeDamagedError)
    return HTTPStatus.SERVICE_UNAVAILABLE if damaged else HTTPStatus.NOT_FOUND


def _refuse(status: HTTPStatus, message: str) -> HttpResponse:
    """Say no in one line; nobody may keep it, for what is not there now may be there soon."""
    headers = {"Content-Type": _PLAIN, "Cache-Control": "no-store"}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="log"'
    return HttpResponse(f"{message}\n", status=status, headers=headers)
