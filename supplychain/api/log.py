"""What anybody may know of the log: its newest checkpoint, and what a verifier trusts."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from ledger import proofs, signers
from supplychain.api.documented import documented, text
from supplychain.api.doors import Door, Right
from supplychain.api.errors import Refusal


class TakesAnything(BaseContentNegotiation):
    """For what has one form only: whatever the Accept header says, this is it."""

    def select_parser(self, _request: Request, parsers: Iterable[Any]) -> Any:
        """The only one."""
        return next(iter(parsers))

    def select_renderer(
        self,
        _request: Request,
        renderers: Iterable[BaseRenderer],
        _format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """The only one, for problems."""
        only = next(iter(renderers))
        return only, only.media_type or ""


class LogCheckpoint(Door):
    """The newest checkpoint."""

    rights = {"GET": Right.PASS, "HEAD": Right.PASS}
    content_negotiation_class = TakesAnything

    @documented(
        "Log",
        "The newest checkpoint",
        answers={200: text("A C2SP signed note.")},
        problems=(401, 404, 503),
        public=True,
    )
    def get(self, _request: Request) -> HttpResponse:
        """A C2SP signed note: origin, size and root of the tree, signed by the log."""
        newest = proofs.latest_checkpoint()
        if newest is None:
            raise Refusal(HTTPStatus.NOT_FOUND, "NO_CHECKPOINT", "Nothing was logged yet.")
        response = HttpResponse(
            proofs.published_note(newest), content_type="text/plain; charset=utf-8"
        )
        response["Cache-Control"] = "no-cache"
        return response


class LogPolicy(Door):
    """What a verifier of this deployment trusts."""

    rights = {"GET": Right.PASS, "HEAD": Right.PASS}
    content_negotiation_class = TakesAnything

    @documented(
        "Log",
        "What a verifier trusts",
        answers={200: text("A policy file.")},
        problems=(401, 503),
        public=True,
    )
    def get(self, _request: Request) -> HttpResponse:
        """The log's key and the authorities'. Whoever relies on it gets it a second way too."""
        return HttpResponse(signers.policy().as_bytes(), content_type="application/json")
