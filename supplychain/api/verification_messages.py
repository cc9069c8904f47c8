"""The doors of the GS1 Lightweight Messaging Standard for Verification of Product Identifiers.

They stand at the root and speak the standard's own language: JSON with 200 and with nothing else,
no problem documents, nothing but GET. What is asked is read from the address as it was sent,
because a serial number may hold a slash.
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle

from supplychain.api.answers import Answer
from supplychain.api.doors import Door, acting_of
from supplychain.api.errors import Refusal, answer_error
from supplychain.api.log import TakesAnything
from supplychain.domain.verification_answers import AdditionalInfo, FailureReason
from supplychain.domain.verification_replies import connectivity
from supplychain.domain.verification_requests import ConnectivityCheck, VerificationRequest
from supplychain.queries.responders import responder_here
from supplychain.queries.verifications import Answered
from supplychain.services.answer_verification import answer_verification

JSON = "application/json"
ADDRESS_MAX = 45
_TEXT = "text/plain"
_NOT_YOURS = "reqGLN is another organisation's: ask in your own name."
_UNKNOWN = "Nobody here answers for this product."
_PROBLEMS = {
    400: "The question is not of the standard's form.",
    401: "No token, or one that is not valid.",
    403: _NOT_YOURS,
    404: _UNKNOWN,
    405: "There is nothing but GET.",
    429: "Too many questions about packs that are none: wait for the seconds of Retry-After.",
    503: "Not now: ask again after the seconds of Retry-After.",
}


class DataShape(Answer):
    """The verdict."""

    verified = serializers.BooleanField()
    verificationFailureReason = serializers.ChoiceField(  # noqa: N815  the standard's name
        [one.value for one in FailureReason], required=False
    )
    additionalInfo = serializers.ChoiceField(  # noqa: N815  the standard's name
        [one.value for one in AdditionalInfo], required=False
    )


class ReplyShape(Answer):
    """The reply to a question about a pack."""

    verificationTimestamp = serializers.DateTimeField()  # noqa: N815  the standard's name
    responderGLN = serializers.CharField()  # noqa: N815  the standard's name
    data = DataShape()  # type: ignore[assignment]  # a name of the base
    corrUUID = serializers.UUIDField()  # noqa: N815  the standard's name


class ConnectivityShape(Answer):
    """Who answers."""

    responderGLN = serializers.CharField()  # noqa: N815  the standard's name


def _asked(name: str, description: str, *, required: bool = True) -> OpenApiParameter:
    return OpenApiParameter(name, required=required, description=description)


def _responses(shape: type[Answer], *problems: int) -> dict[Any, Any]:
    found: dict[Any, Any] = {(200, JSON): shape}
    for status in problems:
        found[status, _TEXT] = OpenApiResponse(OpenApiTypes.STR, _PROBLEMS[status])
    return found


class MessageDoor(Door):
    """A door of the standard; every no is a status and a sentence."""

    http_method_names = ("get",)
    content_negotiation_class = TakesAnything

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """What is no question is told so before anybody is asked who he is."""
        if request.method != "GET":
            self.http_method_not_allowed(request)
        super().initial(request, *args, **kwargs)

    def get_exception_handler(self) -> Any:
        """Say every no in plain words."""
        return _say_plainly

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Nobody between us keeps what was answered."""
        response["Cache-Control"] = "private, no-cache"
        return super().finalize_response(request, response, *args, **kwargs)


class Verification(MessageDoor):
    """Whether a pack is its maker's."""

    @extend_schema(
        operation_id="verify_a_product_identifier",
        tags=["Verification"],
        summary="Verify a product identifier",
        parameters=[
            _asked("exp", "The expiry as printed, YYMMDD; day 00 is the month's last."),
            _asked("reqGLN", "The organisation that asks: the token's own."),
            _asked("corrUUID", "A UUID of version 4, which comes back with the answer."),
            _asked("linkType", "verificationService", required=False),
            _asked("context", "Why: dscsaSaleableReturn unless said otherwise.", required=False),
        ],
        responses=_responses(ReplyShape, 400, 401, 403, 404, 405, 429, 503),
    )
    def get(self, request: Request, **_as_decoded: str) -> HttpResponse:
        """For partners of whoever owns the product. Other parameters are ignored."""
        at = timezone.now()
        question = VerificationRequest.parse(*_address_as_sent(request), on=at.date())
        given = answer_verification(
            question=question,
            asking=acting_of(request).gln,
            address=(AnonRateThrottle().get_ident(request) or "")[:ADDRESS_MAX],
            at=at,
        )
        return HttpResponse(_body(given), content_type=JSON)


class Misaddressed(Verification):
    """Whatever else stands below the address of questions; the question's own form says no."""

    schema = None


class CheckConnectivity(MessageDoor):
    """Whether anybody here answers for a product."""

    @extend_schema(
        operation_id="check_connectivity",
        tags=["Verification"],
        summary="Check who answers for a product",
        parameters=[
            _asked("gtin", "8, 12, 13 or 14 digits."),
            _asked("reqGLN", "The organisation that asks: the token's own."),
        ],
        responses=_responses(ConnectivityShape, 400, 401, 403, 404, 405, 503),
    )
    def get(self, request: Request) -> HttpResponse:
        """Who would answer, without a question about a pack."""
        check = ConnectivityCheck.parse(request.META.get("QUERY_STRING", ""))
        if str(check.requester) != acting_of(request).gln:
            raise _refusal(HTTPStatus.FORBIDDEN)
        responder = responder_here(check.gtin)
        if responder is None:
            raise _refusal(HTTPStatus.NOT_FOUND)
        return HttpResponse(connectivity(responder), content_type=JSON)


def _address_as_sent(request: Request) -> tuple[str, str]:
    """Path and query before any decoding; a server that hides them cannot be asked for a slash."""
    raw = request.META.get("RAW_URI", "")
    address = raw if raw.startswith("/") else request.get_full_path()
    path, _, query = address.partition("?")
    return path, query


def _body(given: Answered) -> bytes:
    if given.wait_s:
        raise Throttled(given.wait_s, _PROBLEMS[429])
    if given.reply is None:
        raise _refusal(HTTPStatus(given.status))
    return given.reply.as_bytes()


def _refusal(status: HTTPStatus) -> Refusal:
    return Refusal(status, status.name, _PROBLEMS[status])


def _say_plainly(error: Exception, context: Any) -> HttpResponse:
    """The answer of every other door, less its JSON."""
    known = answer_error(error, context)
    said = HttpResponse(
        f"{known.data['detail']}\n",
        status=known.status_code,
        content_type=f"{_TEXT}; charset=utf-8",
    )
    for name in ("WWW-Authenticate", "Retry-After"):
        if name in known:
            said[name] = known[name]
    return said
