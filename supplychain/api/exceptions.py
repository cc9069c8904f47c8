"""The exceptions inbox."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.answers import Answer
from supplychain.api.documented import IDEMPOTENCY, READING, WRITING, documented
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.errors import Refusal
from supplychain.api.lists import PAGING, answer_page, page_shape
from supplychain.api.shapes import Shape, Text, Whole, checked
from supplychain.domain.exception_cases import NAME_MAX, WORDS_MAX, ExceptionCase, Kind, Wanted
from supplychain.domain.members import QUANTITY_MAX
from supplychain.queries.exceptions import CaseLine, case_of, cases_of, report_of
from supplychain.services.close_exception_case import close_exception_case
from supplychain.services.raise_exception_case import raise_exception_case

_EXAMPLE = {
    "kind": "short",
    "gtin": "00614141000012",
    "lot": "A1",
    "expected": 100,
    "found": 95,
    "shipment": "S-1001",
    "wanted": "Send product",
}
_KEY_MAX = 64


class CaseShape(Answer):
    """A case. `entry_id` and `output` name what of the ledger it is bound to."""

    number = serializers.IntegerField(source="row.pk")
    kind = serializers.CharField(source="case.kind.value")
    partner = serializers.CharField(source="case.partner")
    gtin = serializers.CharField(source="case.gtin")
    lot = serializers.CharField(source="case.lot")
    serial = serializers.CharField(source="case.serial")
    expected = serializers.IntegerField(source="case.expected", allow_null=True)
    found = serializers.IntegerField(source="case.found", allow_null=True)
    shipment = serializers.CharField(source="case.shipment")
    words = serializers.CharField(source="case.words")
    wanted = serializers.CharField(source="case.wanted.value")
    entry_id = serializers.CharField(source="case.entry_id")
    output = serializers.IntegerField(source="case.output", allow_null=True)
    opened_at = serializers.DateTimeField(source="row.opened_at")
    owner = serializers.CharField(source="row.owner")
    open = serializers.BooleanField()
    next_action = serializers.CharField()
    settled_by = serializers.CharField(help_text="The entry that used up what it is about.")
    closed_at = serializers.DateTimeField(source="row.closed_at", allow_null=True)
    closed_by = serializers.CharField(source="row.closed_by")
    closed_as = serializers.CharField(source="row.closed_as")


class NewCase(Shape):
    """What somebody found."""

    kind = serializers.ChoiceField([one.value for one in Kind])
    partner = Text(13, required=False, help_text="The trading partner's GLN.")
    gtin = Text(14, required=False)
    lot = Text(20, required=False)
    found_lot = Text(20, required=False, help_text="The lot that came instead.")
    serial = Text(20, required=False)
    expected = Whole(min_value=0, max_value=QUANTITY_MAX, required=False)
    found = Whole(min_value=0, max_value=QUANTITY_MAX, required=False)
    shipment = Text(NAME_MAX, required=False)
    order = Text(NAME_MAX, required=False)
    words = Text(WORDS_MAX, required=False)
    wanted = serializers.ChoiceField([one.value for one in Wanted])


class CaseClosing(Shape):
    """By what it was closed."""

    words = Text(WORDS_MAX)


class Exceptions(Door):
    """What does not agree."""

    rights = {"POST": Right.PREPARE}

    @documented(
        "Exceptions",
        "The exceptions inbox",
        answers={200: page_shape(CaseShape)},
        parameters=PAGING,
    )
    def get(self, request: Request) -> Response:
        """Open cases first, the oldest of them at the top."""
        return answer_page(request, cases_of(acting_of(request).gln), CaseShape, _words)

    @documented(
        "Exceptions",
        "Open an exception",
        request=NewCase,
        example=_EXAMPLE,
        answers={201: CaseShape},
        problems=WRITING,
        parameters=(IDEMPOTENCY,),
    )
    def post(self, request: Request) -> Response:
        """Private to the organisation; nothing is signed. The same key, the same case."""
        given, gln = checked(NewCase, request), acting_of(request).gln
        key = request.headers.get("Idempotency-Key", "")[:_KEY_MAX] or uuid4().hex
        facts = {**given, "kind": Kind(given["kind"]), "wanted": Wanted(given["wanted"])}
        number = raise_exception_case(
            party=gln, case=ExceptionCase(**facts), source=f"hand:{key}", at=timezone.now()
        )
        return Response(CaseShape(_case(gln, number)).data, HTTPStatus.CREATED)


class ExceptionOne(Door):
    """One case."""

    @documented("Exceptions", "One exception", answers={200: CaseShape})
    def get(self, request: Request, number: int) -> Response:
        """Of the organisation's own."""
        return Response(CaseShape(_case(acting_of(request).gln, number)).data)


class ExceptionClosings(Door):
    """Cases that are closed."""

    rights = {"POST": Right.PREPARE}

    @documented(
        "Exceptions",
        "Close an exception",
        request=CaseClosing,
        example={"words": "The sender sent new data."},
        answers={200: CaseShape},
        problems=(404, *WRITING),
    )
    def post(self, request: Request, number: int) -> Response:
        """And say by what."""
        given, acting = checked(CaseClosing, request), acting_of(request)
        _case(acting.gln, number)
        close_exception_case(
            party=acting.gln,
            number=number,
            by=acting.name,
            words=given["words"],
            at=timezone.now(),
        )
        return Response(CaseShape(_case(acting.gln, number)).data)


class ExceptionMessage(Door):
    """A case as the message that trading partners understand."""

    @documented(
        "Exceptions",
        "The message of an exception",
        answers={200: OpenApiTypes.OBJECT},
        problems=(400, *READING),
    )
    def get(self, request: Request, number: int) -> Response:
        """In the form of the Partnership for DSCSA Governance; bound to the case's entry."""
        return Response(report_of(_case(acting_of(request).gln, number), timezone.now()))


def _case(gln: str, number: int) -> CaseLine:
    found = case_of(gln, number)
    if found is None:
        raise Refusal(HTTPStatus.NOT_FOUND, "NOT_FOUND", "There is no such case of yours.")
    return found


def _words(line: CaseLine) -> tuple[Any, ...]:
    case = line.case
    return (case.kind.value, case.gtin, case.lot, case.serial, case.shipment, case.words)
