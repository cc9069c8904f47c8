"""What parties answer: to a recall, and to a temperature that was outside. None of it is signed."""

from http import HTTPStatus

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.change_shapes import ExcursionAnswerShape, RecallAnswerShape
from supplychain.api.documented import ENTRY_ID, WRITING, documented
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.shapes import checked, lot_of
from supplychain.services.acknowledge_excursion import acknowledge_excursion
from supplychain.services.acknowledge_recall import acknowledge_recall

_LOT = {"gtin": "00614141000012", "lot": "A1"}


class RecallAnswers(Door):
    """What was found of recalled lots."""

    rights = {"POST": Right.PREPARE}

    @documented(
        "Lots",
        "Answer a recall",
        request=RecallAnswerShape,
        example={**_LOT, "recall": ENTRY_ID, "found": 12, "note": "Set aside."},
        answers={200: RecallAnswerShape},
        problems=WRITING,
    )
    def post(self, request: Request) -> Response:
        """Told to who issued it; a later answer stands in place of an earlier one."""
        given = checked(RecallAnswerShape, request)
        acknowledge_recall(
            party=acting_of(request).gln,
            lot=lot_of(given),
            recall=given["recall"],
            found=given["found"],
            note=given["note"],
            at=timezone.now(),
        )
        return Response(given, HTTPStatus.OK)


class ExcursionAnswers(Door):
    """Temperatures that somebody read."""

    rights = {"POST": Right.PREPARE}

    @documented(
        "Temperature",
        "Acknowledge a temperature",
        request=ExcursionAnswerShape,
        example={**_LOT, "entry": ENTRY_ID, "by": "Quinn Ash", "comment": "Asked the maker."},
        answers={200: ExcursionAnswerShape},
        problems=WRITING,
    )
    def post(self, request: Request) -> Response:
        """Kept once for giver and receiver each; it decides nothing."""
        given = checked(ExcursionAnswerShape, request)
        acknowledge_excursion(
            party=acting_of(request).gln,
            lot=lot_of(given),
            entry=given["entry"],
            by=given["by"],
            comment=given["comment"],
            at=timezone.now(),
        )
        return Response(given, HTTPStatus.OK)
