"""Sealed batches of live trackers that wait for an owner whose key is kept elsewhere."""

import json
from typing import Any, Final

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.answers import Answer
from supplychain.api.documented import PREFER, READING, WRITING, documented, receipt
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.lists import PAGING, answer_page, page_shape
from supplychain.api.receipts import answer_recorded
from supplychain.api.shapes import Shape, Text, Whole, checked
from supplychain.recording.owners_signing import ToSign, batches_to_sign
from supplychain.recording.settling import LATE_MAX
from supplychain.services.take_signed_batch import take_signed_batch

_ENTRY_MAX: Final = 100_000
_LOAD_MAX: Final = 2**53 - 1


class ToSignShape(Answer):
    """A batch that waits; `statement` is null where `trouble` says why nothing can be said."""

    load = serializers.IntegerField(source="load.pk")
    device = serializers.CharField(source="load.device")
    lot = serializers.CharField(source="load.lot_stream", help_text="As `lot:<GTIN>/<lot>`.")
    n = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="How many wait in this load, with this one.")
    statement = serializers.SerializerMethodField()
    trouble = serializers.CharField()

    def get_statement(self, row: ToSign) -> dict[str, Any] | None:
        """Every member, to be signed as it is; `at` and `seen` may be the signer's own."""
        return None if row.statement is None else dict(json.loads(row.statement.as_payload()))


class SignedBatch(Shape):
    """What the owner signed."""

    load = Whole(min_value=1, max_value=_LOAD_MAX, help_text="As the list numbers it.")
    entry = Text(_ENTRY_MAX, help_text="The signed entry, SD-JWT.")


class TrackerSignatures(Door):
    """What waits, and what was signed of it."""

    rights = {"POST": Right.SIGN}

    @documented(
        "Temperature",
        "List batches to sign",
        answers={200: page_shape(ToSignShape)},
        problems=(400, *READING),
        parameters=PAGING,
    )
    def get(self, request: Request) -> Response:
        """The next one of each load with the statement to sign: each one follows on another."""
        at = timezone.now()
        rows = list(batches_to_sign(acting_of(request).gln, at, at - LATE_MAX))
        return answer_page(request, rows, ToSignShape, lambda row: (row.load.device,))

    @documented(
        "Temperature",
        "Hand in a signed batch",
        request=SignedBatch,
        example={"load": 7, "entry": "eyJhbGciOiJFUzI1NiIs…"},
        answers={200: receipt("It stood already."), 201: receipt("The entry is made.")},
        problems=WRITING,
        parameters=(PREFER,),
    )
    def post(self, request: Request) -> Response:
        """The entry about the batch that is next in its load; its readings are here already."""
        given = checked(SignedBatch, request)
        recorded = take_signed_batch(
            party=acting_of(request).gln,
            load=given["load"],
            entry=given["entry"],
            at=timezone.now(),
        )
        return answer_recorded(request, recorded)
