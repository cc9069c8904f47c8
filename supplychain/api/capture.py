"""EPCIS capture as GS1 names it: a file is left here, and a job says what became of it."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID, uuid4

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.answers import Answer
from supplychain.api.documented import READING, WRITING, documented
from supplychain.api.doors import Right, acting_of
from supplychain.api.epcis_doors import FILES, NAMESPACE, EpcisDoor, file_of
from supplychain.api.errors import Refusal
from supplychain.api.lists import number
from supplychain.queries.captures import Capture, capture_of, captures_of
from supplychain.recording.import_source import OnError
from supplychain.services.submit_capture import submit_capture

PER_PAGE: Final = 30
PER_PAGE_MAX: Final = 100
_BEHAVIOUR: Final = "GS1-Capture-Error-Behaviour"
_EXAMPLE: Final = {
    "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
    "type": "EPCISDocument",
    "schemaVersion": "2.0",
    "creationDate": "2026-01-21T08:00:00Z",
    "epcisBody": {"eventList": []},
}


class FaultShape(Answer):
    """What is wrong with an event, or with the file: a problem as RFC 9457 has them."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    event = serializers.IntegerField(required=False)
    what = serializers.CharField(required=False)
    place = serializers.CharField(required=False)
    rule = serializers.CharField(required=False)
    category = serializers.CharField(required=False)

    def to_representation(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        """What was kept of it, as GS1 says it."""
        status = HTTPStatus.BAD_REQUEST
        kind = NAMESPACE + "ValidationException"
        known = {"type": kind, "title": status.phrase, "status": int(status)}
        return known | {name: value for name, value in instance.items() if value}


class CaptureShape(Answer):
    """A job. `done` of `steps` says how far it is; `file` names the file by its SHA-256."""

    running = serializers.BooleanField()
    success = serializers.BooleanField(source="stands")
    done = serializers.IntegerField()
    steps = serializers.IntegerField()
    file = serializers.CharField(source="sha256")

    def get_fields(self) -> dict[str, Any]:
        """GS1 writes its names otherwise than Python does."""
        gs1 = {
            "captureID": serializers.CharField(source="number"),
            "createdAt": serializers.DateTimeField(source="created_at"),
            "finishedAt": serializers.DateTimeField(source="finished_at", required=False),
            "captureErrorBehaviour": serializers.CharField(source="on_error"),
            "errors": FaultShape(many=True, source="faults"),
        }
        return gs1 | super().get_fields()

    def to_representation(self, instance: Capture) -> dict[str, Any]:
        """With the file's own fault among those of its events; no end where there is none yet."""
        told = dict(super().to_representation(instance))
        if instance.code:
            whole = {"code": instance.code, "detail": instance.message}
            told["errors"] = [FaultShape(whole).data]
        if instance.running:
            del told["finishedAt"]
        return told


class Captures(EpcisDoor):
    """Files of events."""

    rights = {"POST": Right.SIGN}
    parser_classes = FILES

    @documented(
        "EPCIS",
        "List capture jobs",
        answers={200: CaptureShape(many=True)},
        problems=(400, *READING),
        parameters=[
            OpenApiParameter("perPage", int, description="30 unless said, at most 100."),
            OpenApiParameter("nextPageToken", description="From the Link of the page before."),
        ],
    )
    def get(self, request: Request) -> Response:
        """The organisation's, the newest first."""
        found = captures_of(acting_of(request).gln)
        size = min(number(request, "perPage", PER_PAGE), PER_PAGE_MAX)
        page = number(request, "nextPageToken", 1)
        response = Response(CaptureShape(found[(page - 1) * size : page * size], many=True).data)
        if page * size < len(found):
            further = f"{request.path}?perPage={size}&nextPageToken={page + 1}"
            response["Link"] = f'<{request.build_absolute_uri(further)}>; rel="next"'
        return response

    @documented(
        "EPCIS",
        "Capture events",
        request=OpenApiTypes.OBJECT,
        example=_EXAMPLE,
        answers={202: None},
        problems=WRITING,
        parameters=[
            OpenApiParameter(
                _BEHAVIOUR,
                location=OpenApiParameter.HEADER,
                enum=("rollback", "proceed"),
                description="All events or none (rollback, unless said), or those that stand.",
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """EPCIS 2.0 as JSON-LD or XML, or 1.2 as XML. `Location` is the job's address.

        The organisation signs what it may sign. The same file again changes nothing.
        """
        acting, job = acting_of(request), uuid4()
        behaviour = _behaviour(request)
        submit_capture(
            number=job,
            party=acting.gln,
            data=file_of(request),
            name="",
            on_error=behaviour,
            by=acting.name,
            at=timezone.now(),
        )
        headers = {"Location": request.build_absolute_uri(f"/api/v1/capture/{job}")}
        return Response(status=HTTPStatus.ACCEPTED, headers=headers | {_BEHAVIOUR: behaviour})


class CaptureOne(EpcisDoor):
    """One job."""

    @documented("EPCIS", "One capture job", answers={200: CaptureShape})
    def get(self, request: Request, capture: UUID) -> Response:
        """How far it is, and what was refused. The desk has what each event led to (Files)."""
        found = capture_of(acting_of(request).gln, capture)
        if found is None or found.looks:
            raise Refusal(HTTPStatus.NOT_FOUND, "NOT_FOUND", "There is no such job of yours.")
        return Response(CaptureShape(found).data)


def _behaviour(request: Request) -> OnError:
    said = request.headers.get(_BEHAVIOUR, "rollback")
    match said:
        case "rollback" | "proceed":
            return said
        case _:
            message = f"{_BEHAVIOUR}: expected rollback or proceed."
            raise Refusal(HTTPStatus.BAD_REQUEST, "PARAMETER_MALFORMED", message)
