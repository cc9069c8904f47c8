"""The address to which a vendor's cloud posts readings, signed with a secret of its own."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from supplychain.api.conditions import typed_series
from supplychain.api.documented import WRITING, documented
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.errors import Refusal
from supplychain.api.shapes import READINGS_MAX, Shape, Text, TypedReading, checked
from supplychain.api.trackers import TakenShape
from supplychain.domain.conditions import DEVICE_LENGTH_MAX, Reading
from supplychain.domain.errors import RuleBroken
from supplychain.queries.hooks import acting_by_hook
from supplychain.queries.people import Acting
from supplychain.services.take_readings import take_readings

BYTES_MAX: Final = 1024 * 1024
TIMESTAMP: Final = "Unbroken-Timestamp"
SIGNATURE: Final = "Unbroken-Signature"
_EXAMPLE = {
    "readings": [
        {"device": "TRK-7", "time": "2026-03-02T08:00:00Z", "value": "5.1", "unit": "C"},
        {"device": "TRK-8", "time": "2026-03-02T08:00:00Z", "value": "4.9", "unit": "C"},
    ]
}


class RefusedThrottle(AnonRateThrottle):
    """So many posts from one address that no hook signed; signed ones are not counted.

    It is asked before the body is read, when nobody knows yet which kind this one is.
    """

    scope = "hook-refused"
    rate = "60/min"

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002  its form
        """One bucket an address; who posts is not asked."""
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}

    def throttle_success(self) -> bool:
        """Let it pass, and count nothing yet."""
        return True

    def note_refused(self) -> None:
        """Count this one."""
        super().throttle_success()


class SignedByHook(BaseAuthentication):
    """`Unbroken-Signature` over the time and the very bytes of the body; nothing is read before."""

    def authenticate(self, request: Request) -> tuple[Any, Acting]:
        """The organisation of the hook in the address."""
        length = request.META.get("CONTENT_LENGTH", "")
        if length.isdecimal() and int(length[:20]) > BYTES_MAX:
            message = f"A hook takes at most {BYTES_MAX} bytes."
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "TOO_LARGE", message)
        throttle = RefusedThrottle()
        if not throttle.allow_request(request, request.parser_context["view"]):
            raise Throttled(throttle.wait())
        try:
            acting = acting_by_hook(
                request.parser_context["kwargs"]["hook"],
                timestamp=request.headers.get(TIMESTAMP, ""),
                signature=request.headers.get(SIGNATURE, ""),
                body=request.body,
                at=timezone.now(),
            )
        except RuleBroken as refusal:
            throttle.note_refused()
            raise AuthenticationFailed(refusal.message, refusal.code) from refusal
        return AnonymousUser(), acting

    def authenticate_header(self, _request: Request) -> str:
        """The challenge that goes with 401."""
        return SIGNATURE


class HookScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its hook
    """How a vendor's cloud shows who it is."""

    target_class = "supplychain.api.hooks.SignedByHook"
    name = "hook"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        """A header; the other one has the time that is signed too."""
        words = "`v1=` and HMAC-SHA256 (hex), with the hook's secret, over timestamp, `.` and body."
        return {"type": "apiKey", "in": "header", "name": SIGNATURE, "description": words}


class PostedReading(TypedReading):
    """A reading of a device."""

    device = Text(DEVICE_LENGTH_MAX)


class PostedReadings(Shape):
    """Readings of several devices, of each the oldest first."""

    readings = serializers.ListField(child=PostedReading(), min_length=1, max_length=READINGS_MAX)


class TrackerHooks(Door):
    """What a vendor's cloud posts."""

    authentication_classes = (SignedByHook,)
    rights = {"POST": Right.REPORT}

    @documented(
        "Temperature",
        "Post readings to a hook",
        request=PostedReadings,
        example=_EXAMPLE,
        answers={200: TakenShape},
        problems=(*WRITING, 429),
        parameters=[
            OpenApiParameter(
                TIMESTAMP,
                location=OpenApiParameter.HEADER,
                required=True,
                description="Seconds since 1970, within five minutes of now.",
            )
        ],
    )
    def post(self, request: Request, hook: str) -> Response:
        """All of them are stored, or none. Sent again, they count once: so is what is replayed."""
        del hook
        given, at = checked(PostedReadings, request), timezone.now()
        taken = take_readings(
            party=acting_of(request).gln,
            readings=dict(_by_device(given["readings"], at)),
            at=at,
            most=settings.TRACKER_BATCH_READINGS,
        )
        return Response(TakenShape(taken).data)


def _by_device(
    posted: Iterable[dict[str, str]], at: Any
) -> Iterable[tuple[str, tuple[Reading, ...]]]:
    devices: dict[str, list[dict[str, str]]] = {}
    for one in posted:
        devices.setdefault(one["device"], []).append(one)
    for device, readings in devices.items():
        yield device, typed_series({"readings": readings}, at).readings
