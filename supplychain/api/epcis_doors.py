"""Doors of EPCIS' own interface (EPCIS 2.0, 12): files as bodies, GS1's versions and exceptions."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import IO, Any, Final

from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.doors import Door
from supplychain.api.errors import Refusal, answer_error
from supplychain.api.parsing import bounded_body
from supplychain.formats.epcis_event import EVENTS_MAX
from supplychain.formats.xml_tree import BYTES_MAX

NAMESPACE: Final = "epcisException:"
_VERSIONS: Final = {"GS1-EPCIS-Version": "2.0.0", "GS1-CBV-Version": "2.0.0"}
_LIMITS: Final = {
    "GS1-EPCIS-Min": "1.2.0",
    "GS1-EPCIS-Max": "2.0.0",
    "GS1-EPCIS-Capture-Limit": str(EVENTS_MAX),
    "GS1-EPCIS-Capture-File-Size-Limit": str(BYTES_MAX),
}
_READ: Final = ("1.2", "1.2.0", "2.0", "2.0.0")
_EXCEPTIONS: Final = {
    HTTPStatus.UNAUTHORIZED: "SecurityException",
    HTTPStatus.FORBIDDEN: "SecurityException",
    HTTPStatus.NOT_FOUND: "NoSuchResourceException",
    HTTPStatus.NOT_ACCEPTABLE: "NotAcceptedException",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "CaptureLimitExceededException",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "UnsupportedMediaTypeException",
    HTTPStatus.INTERNAL_SERVER_ERROR: "ImplementationException",
    HTTPStatus.SERVICE_UNAVAILABLE: "ImplementationException",
}


class EpcisFile(BaseParser):
    """The body as it came: what it says is read by the worker."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002  the base's signature
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, bytes]:
        """Its `file`, up to 20 MB. Raises Refusal TOO_LARGE, and another for a packed one."""
        message = f"A file has at most {BYTES_MAX} bytes: split it."
        return {"file": bounded_body(stream, parser_context, BYTES_MAX, message)}


class Json(EpcisFile):
    """EPCIS 2.0 as JSON-LD, by its plain name."""

    media_type = "application/json"


class JsonLd(EpcisFile):
    """EPCIS 2.0 as JSON-LD."""

    media_type = "application/ld+json"


class Xml(EpcisFile):
    """EPCIS as XML."""

    media_type = "application/xml"


class TextXml(EpcisFile):
    """EPCIS as XML, by its older name."""

    media_type = "text/xml"


class EpcisDoor(Door):
    """A door of GS1's own: its versions in each answer, and its exceptions for each no."""

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Say which versions are spoken."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        for name, value in _VERSIONS.items():
            answer[name] = value
        return answer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a version that is not read here."""
        super().initial(request, *args, **kwargs)
        asked = request.headers.get("GS1-EPCIS-Version", _READ[0])
        if asked not in _READ:
            message = f"GS1-EPCIS-Version: expected one of {', '.join(_READ)}."
            raise Refusal(HTTPStatus.NOT_ACCEPTABLE, "NOT_ACCEPTABLE", message)

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]  # as DRF has it
        """What may be done here, and within which limits."""
        del request, args, kwargs
        allowed = {"Allow": ", ".join(self.allowed_methods)}
        return Response(status=HTTPStatus.NO_CONTENT, headers=_LIMITS | allowed)

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        """Say every no as GS1 does; the stable code stands beside it."""
        return _answer_error


def _answer_error(error: Exception, context: Mapping[str, Any]) -> Response:
    response = answer_error(error, context)
    kind = _EXCEPTIONS.get(HTTPStatus(response.status_code), "ValidationException")
    response.data["type"] = NAMESPACE + kind
    return response


FILES = (Json, JsonLd, Xml, TextXml)


def file_of(request: Request) -> bytes:
    """The file that a request brings. Raises Refusal for none."""
    given: Any = request.data
    if not given.get("file"):
        raise Refusal(HTTPStatus.BAD_REQUEST, "NOTHING_SENT", "The request has no body.")
    return bytes(given["file"])
