"""Lists: search, filters and pages, the same for all of them."""

import re
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.answers import Answer
from supplychain.api.errors import Refusal

PER_PAGE, PER_PAGE_MAX = 50, 200
_NUMBER = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)
Row = TypeVar("Row")
Choice = TypeVar("Choice", bound=str)

PAGING = [
    OpenApiParameter("q", description="Words to find, in any case."),
    OpenApiParameter("page", int, description="From 1."),
    OpenApiParameter("per_page", int, description=f"{PER_PAGE}, at most {PER_PAGE_MAX}."),
]


def page_shape(shape: type[Answer]) -> type[Answer]:
    """The shape of a page of such rows."""
    name = f"{shape.__name__.removesuffix('Shape')}Page"
    members = {
        "count": serializers.IntegerField(help_text="Rows on all pages."),
        "page": serializers.IntegerField(),
        "next": serializers.CharField(allow_null=True, help_text="The address of the next page."),
        "results": shape(many=True),
    }
    return type(name, (serializers.Serializer,), {**members, "__doc__": "A page of a list."})


def answer_page(
    request: Request,
    rows: Sequence[Row],
    shape: type[Answer],
    words: Callable[[Row], Sequence[str]],
) -> Response:
    """The page asked for, of the rows in whose words everything that is searched for occurs."""
    wanted = request.query_params.get("q", "").casefold().split()
    found = [row for row in rows if _has(words(row), wanted)] if wanted else list(rows)
    page, size = number(request, "page", 1), number(request, "per_page", PER_PAGE)
    size = min(size, PER_PAGE_MAX)
    end = page * size
    further = _address(request, page + 1) if end < len(found) else None
    body: dict[str, Any] = {"count": len(found), "page": page, "next": further}
    response = Response({**body, "results": shape(found[end - size : end], many=True).data})
    if further:
        response["Link"] = f'<{further}>; rel="next"'
    return response


def number(request: Request, name: str, default: int) -> int:
    """A number from 1 in the query."""
    text = request.query_params.get(name, str(default))
    if not _NUMBER.fullmatch(text):
        message = f"{name}: expected a number from 1."
        raise Refusal(HTTPStatus.BAD_REQUEST, "PARAMETER_MALFORMED", message)
    return int(text)


def choice(request: Request, name: str, choices: Sequence[Choice]) -> Choice | None:
    """One of the choices in the query; None when it is not given."""
    text = request.query_params.get(name, "")
    found = next((one for one in choices if one == text), None)
    if text and found is None:
        message = f"{name}: expected one of {', '.join(choices)}."
        raise Refusal(HTTPStatus.BAD_REQUEST, "PARAMETER_MALFORMED", message)
    return found


def _has(words: Sequence[str], wanted: Sequence[str]) -> bool:
    text = "\n".join(words).casefold()
    return all(one in text for one in wanted)


def _address(request: Request, page: int) -> str:
    query = {**request.query_params.dict(), "page": page}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
