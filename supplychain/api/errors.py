"""Every answer that is a no: `application/problem+json` (RFC 9457) with a stable code."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from ledger.appending import Overloaded
from ledger.core.errors import Conflict, LedgerError, Malformed, Refused
from ledger.signers import KeysMissing
from supplychain.domain.conditions import ReadingsFault
from supplychain.domain.errors import RuleBroken

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:unbroken:problem:"
RETRY_AFTER_S = 2
ERRORS_MAX = 50

REFUSALS = (LedgerError, RuleBroken)
"""What a service raises to say no."""

Problem = dict[str, Any]
log = logging.getLogger("supplychain.api")

# Codes whose kind of error alone does not give the status.
_STATUS_OF_CODE = {
    "TOO_LARGE": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "NOT_YOUR_ENTRY": HTTPStatus.FORBIDDEN,
}
_CODE_OF_STATUS = {
    HTTPStatus.BAD_REQUEST: "INVALID_REQUEST",
    HTTPStatus.UNAUTHORIZED: "NOT_AUTHENTICATED",
    HTTPStatus.FORBIDDEN: "FORBIDDEN",
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.METHOD_NOT_ALLOWED: "METHOD_NOT_ALLOWED",
    HTTPStatus.NOT_ACCEPTABLE: "NOT_ACCEPTABLE",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "UNSUPPORTED_MEDIA_TYPE",
    HTTPStatus.TOO_MANY_REQUESTS: "TOO_MANY_REQUESTS",
}


class Refusal(exceptions.APIException):
    """A no that belongs to the door itself: status, code and one sentence."""

    def __init__(self, status: HTTPStatus, code: str, message: str) -> None:
        super().__init__(message, code)
        self.status_code = status
        self.code = code


def problem(status: int, code: str, detail: str, **members: Any) -> Problem:
    """The body of a no."""
    return {
        "type": TYPE_PREFIX + code,
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
        **members,
    }


def status_of(error: Exception) -> HTTPStatus:
    """The status of what the ledger or the domain refused."""
    known = _STATUS_OF_CODE.get(str(getattr(error, "code", "")))
    match error:
        case Overloaded() | KeysMissing():
            return HTTPStatus.SERVICE_UNAVAILABLE
        case _ if known:
            return known
        case Malformed():
            return HTTPStatus.BAD_REQUEST
        case Conflict() | RuleBroken(conflict=True):
            return HTTPStatus.CONFLICT
        case Refused() | RuleBroken():
            return HTTPStatus.UNPROCESSABLE_ENTITY
        case _:
            return HTTPStatus.INTERNAL_SERVER_ERROR


def refusal(error: Exception) -> Problem:
    """The body for what the ledger or the domain refused."""
    code, message = str(getattr(error, "code", "INTERNAL")), str(getattr(error, "message", error))
    members: dict[str, Any] = {}
    if isinstance(error, RuleBroken):
        members["rule"] = error.rule
    if isinstance(error, ReadingsFault):
        members["errors"] = [
            {"field": f"row {one.row}, {one.column}", "code": one.rule, "detail": str(one)}
            for one in error.errors[:ERRORS_MAX]
        ]
    return problem(status_of(error), code, message, **members)


def answer_error(error: Exception, _context: Mapping[str, Any]) -> Response:
    """The answer to any exception under the doors (Django REST framework's exception handler)."""
    match error:
        case LedgerError() | RuleBroken():
            return _response(refusal(error))
        case Http404():
            return answer_error(exceptions.NotFound(), _context)
        case PermissionDenied():
            return answer_error(exceptions.PermissionDenied(), _context)
        case exceptions.APIException():
            return _of_the_door(error)
        case DatabaseError() | InterfaceError():
            return _without_database(error)
        case _:
            log.error("a fault of ours", exc_info=error)
            message = "This is a fault of ours. Nothing was changed."
            return _response(problem(500, "INTERNAL", message))


def _without_database(error: Exception) -> Response:
    """When it is away or has no room that is no fault of ours: one line will do."""
    ours = not isinstance(error, OperationalError | InterfaceError)
    log.error("the database: %s", " ".join(str(error).split()), exc_info=error if ours else None)
    message = "The database does not answer. Nothing was lost: send it again."
    return _response(problem(503, "UNAVAILABLE", message))


def _of_the_door(error: exceptions.APIException) -> Response:
    status = HTTPStatus(error.status_code)
    if isinstance(error, exceptions.ValidationError):
        faults = list(_field_errors(error.detail))[:ERRORS_MAX]
        message = "; ".join(f"{one['field']}: {one['detail']}" for one in faults[:3])
        return _response(problem(status, "INVALID_REQUEST", message, errors=faults))
    code = error.code if isinstance(error, Refusal) else _code_of(error, status)
    response = _response(problem(status, code, str(error.detail)))
    challenge = getattr(error, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    wait = getattr(error, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(max(1, round(wait)))
    return response


def _code_of(error: exceptions.APIException, status: HTTPStatus) -> str:
    """The code that the raiser gave in our way of writing (UPPER_SNAKE), or the status's own."""
    given = error.get_codes()
    ours = isinstance(given, str) and given.isupper()
    return str(given) if ours else _CODE_OF_STATUS.get(status, "INVALID_REQUEST")


def _field_errors(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Every fault of a request's members, with the way to the member, as `a.b.0`."""
    match detail:
        case Mapping():
            for name, inner in detail.items():
                own = name == "non_field_errors"
                yield from _field_errors(inner, field if own else f"{field}.{name}".lstrip("."))
        case str():
            code = str(getattr(detail, "code", "invalid")).upper()
            yield {"field": field, "code": code, "detail": str(detail)}
        case Sequence():
            for place, inner in enumerate(detail):
                deeper = isinstance(inner, Mapping)
                yield from _field_errors(inner, f"{field}.{place}".lstrip(".") if deeper else field)
        case _:
            yield {"field": field, "code": "INVALID", "detail": str(detail)}


def _response(body: Problem) -> Response:
    response = Response(body, status=body["status"], content_type=CONTENT_TYPE)
    if body["status"] == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(RETRY_AFTER_S)
    return response
