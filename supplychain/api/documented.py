"""What the OpenAPI document says of a method: in one place, so that none says less than another."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)

from supplychain.api.answers import (
    FaultyRequestShape,
    ProblemShape,
    ReceiptShape,
    ReceiptsShape,
)
from supplychain.api.errors import CONTENT_TYPE, problem

Method = TypeVar("Method", bound=Callable[..., Any])

_PROBLEMS = {
    400: ("The request is not of the form.", "MALFORMED_JSON", "Not JSON at character 1."),
    401: ("No token, or one that is not valid.", "TOKEN_INVALID", "This token is not valid here."),
    403: ("The role or the organisation may not.", "ROLE_FORBIDDEN", "A viewer may only look."),
    404: ("There is no such thing, or it is not yours to see.", "NOT_FOUND", "No such lot."),
    406: ("Only JSON is spoken.", "NOT_ACCEPTABLE", "Accept application/json."),
    409: ("It clashes with what stands.", "OUTPUT_USED", "The output is used up already."),
    413: ("Too large.", "TOO_LARGE", "A request has at most 4194304 bytes."),
    415: ("Only JSON is read.", "UNSUPPORTED_MEDIA_TYPE", "Send application/json."),
    422: ("A rule of custody or of the ledger says no.", "MASS_IMBALANCE", "Asked for 101 of 100."),
    429: ("Too many questions.", "TOO_MANY_REQUESTS", "Wait for the seconds of Retry-After."),
    502: (
        "Somebody else does not answer, or not so that it can be used.",
        "NO_ANSWER",
        "No answer.",
    ),
    503: ("Not now: send it again after Retry-After.", "OVERLOADED", "Entries wait to be logged."),
}
_ANYBODY: list[Any] = [{}, {"token": []}]
READING = (401, 404, 406, 503)
WRITING = (400, 401, 403, 406, 409, 413, 415, 422, 503)

IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    location=OpenApiParameter.HEADER,
    description="Up to 255 printable characters. The same key and request, the same entry.",
)
PREFER = OpenApiParameter(
    "Prefer",
    location=OpenApiParameter.HEADER,
    description="`wait=1` to `wait=5`: answer when a checkpoint covers it, or after so long.",
)
ENTRY_ID = "9f2c5a1e" * 8
RECEIPT = {
    "entry_id": ENTRY_ID,
    "stream": "lot:00614141000012/A1",
    "state": "logged",
    "known": False,
    "entry": f"https://unbroken.example/api/v1/entries/{ENTRY_ID}",
    "index": 4711,
    "evidence": "https://unbroken.example/api/v1/lots/00614141000012/A1/evidence",
}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its hook
    """How a program shows its token."""

    target_class = "supplychain.api.authentication.BearerToken"
    name = "token"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        """RFC 6750."""
        words = "A token of an organisation: `manage.py create_token`."
        return {"type": "http", "scheme": "bearer", "description": words}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its hook
    """How a person who is signed in at the pages is known."""

    target_class = "supplychain.api.authentication.SessionOfMember"
    name = "session"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, str]:
        """The cookie of the pages; writing also needs the header X-CSRFToken."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def documented(
    tag: str,
    summary: str,
    *,
    answers: Mapping[int, Any],
    problems: Sequence[int] = READING,
    request: Any = None,
    example: Any = None,
    parameters: Sequence[OpenApiParameter] = (),
    public: bool = False,
) -> Callable[[Method], Method]:
    """Describe a method of a door; its own docstring tells the rest."""
    shown = OpenApiExample("Example", value=example, request_only=True)
    decorate: Callable[[Method], Method] = extend_schema(
        operation_id=summary.lower().replace(" ", "_"),
        tags=[tag],
        summary=summary,
        request=request,
        responses={**answers, **{status: _problem(status) for status in problems}},
        parameters=list(parameters),
        examples=[shown] if example else [],
        auth=_ANYBODY if public else None,
    )
    return decorate


def documented_signing(
    tag: str, summary: str, *, request: Any, example: Any, several: bool = False
) -> Callable[[Method], Method]:
    """Describe a method that makes an entry in the organisation's name, or `several` of them."""
    answers = {201: "The entry is made.", 200: "It stood already."}
    return documented(
        tag,
        summary,
        request=request,
        example=example,
        answers={
            status: OpenApiResponse(ReceiptsShape, words) if several else receipt(words)
            for status, words in answers.items()
        },
        problems=WRITING,
        parameters=(IDEMPOTENCY, PREFER),
    )


def receipt(description: str) -> OpenApiResponse:
    """A receipt, with its example."""
    shown = OpenApiExample("Receipt", value=RECEIPT, response_only=True)
    return OpenApiResponse(ReceiptShape, description, examples=[shown])


def text(description: str) -> OpenApiResponse:
    """Something that is no JSON object of ours to describe."""
    return OpenApiResponse(OpenApiTypes.STR, description)


def binary(description: str) -> OpenApiResponse:
    """A file that is no text."""
    return OpenApiResponse(OpenApiTypes.BINARY, description)


def _problem(status: int) -> OpenApiResponse:
    words, code, detail = _PROBLEMS[status]
    shown = OpenApiExample(
        code, value=problem(status, code, detail), status_codes=[str(status)], response_only=True
    )
    shape = FaultyRequestShape if status == 400 else ProblemShape  # noqa: PLR2004  Bad Request
    return OpenApiResponse(shape, words, examples=[shown])


def say_problems_are_problems(result: dict[str, Any], **_options: Any) -> dict[str, Any]:
    """Give every no of the document its media type (a hook of drf-spectacular)."""
    for methods in result["paths"].values():
        for operation in methods.values():
            for status, answer in operation.get("responses", {}).items():
                if status >= "400" and "application/json" in answer.get("content", {}):
                    answer["content"] = {CONTENT_TYPE: answer["content"].pop("application/json")}
    return result
