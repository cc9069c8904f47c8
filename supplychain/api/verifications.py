"""Questions about packs to makers who answer elsewhere."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.answers import Answer
from supplychain.api.documented import WRITING, documented
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.errors import Refusal
from supplychain.api.shapes import OfLot, Text, checked, lot_of
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.verification_requests import (
    SALEABLE_RETURN,
    ProductIdentifier,
    VerificationRequest,
)
from supplychain.queries.verifications import Asked
from supplychain.services.ask_verification import ask_verification

_EXAMPLE = {
    "gtin": "00614141000012",
    "lot": "A1",
    "serial": "10000000369",
    "expiry": "2027-12-31",
}


class NewVerification(OfLot):
    """A pack to ask about."""

    serial = Text(20)
    expiry = serializers.DateField(help_text="As printed on the pack.")
    context = Text(  # type: ignore[assignment]  # a name of the base
        40, default=SALEABLE_RETURN, help_text="Why: the standard's word for it."
    )


class MakersAnswerShape(Answer):
    """What the maker says."""

    responder = serializers.CharField()
    verified = serializers.BooleanField()
    reason = serializers.CharField(allow_null=True, help_text="Why not, in the standard's words.")
    info = serializers.CharField(allow_null=True, help_text="What else the maker knows.")
    answered_at = serializers.DateTimeField()
    corr_uuid = serializers.UUIDField()


class Verifications(Door):
    """Packs whose makers are asked."""

    rights = {"POST": Right.PREPARE}

    @documented(
        "Verification",
        "Ask the maker about a pack",
        request=NewVerification,
        example=_EXAMPLE,
        answers={200: MakersAnswerShape},
        problems=(*WRITING, 502),
    )
    def post(self, request: Request) -> Response:
        """For packs whose maker is not here, as when one comes back: takes 5 s at most.

        Nothing is signed. Raises RESPONDER_UNKNOWN and, with 502, NO_ANSWER.
        """
        given, at = checked(NewVerification, request), timezone.now()
        lot = lot_of(given)
        product = ProductIdentifier(
            lot.gtin, lot.lot, Serial.parse(given["serial"]), given["expiry"]
        )
        asker = Gln(acting_of(request).gln)
        question = VerificationRequest(product, asker, str(uuid4()), given["context"])
        return Response(MakersAnswerShape(_told(ask_verification(question=question, at=at))).data)


def _told(asked: Asked) -> dict[str, Any]:
    if asked.reply is None:
        raise Refusal(HTTPStatus.BAD_GATEWAY, "NO_ANSWER", asked.trouble)
    found = asked.reply.answer
    return {
        "responder": str(asked.responder),
        "verified": found.verified,
        "reason": found.reason,
        "info": found.info,
        "answered_at": asked.reply.at,
        "corr_uuid": asked.reply.corr_uuid,
    }
