"""Sealed members: who may open them, who did, and opening them oneself."""

import secrets
from http import HTTPStatus

from django.http import HttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.answers import Answer
from supplychain.api.documented import (
    ENTRY_ID,
    READING,
    WRITING,
    documented,
    documented_signing,
    text,
)
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.errors import Refusal
from supplychain.api.lists import PAGING, answer_page, page_shape
from supplychain.api.log import TakesAnything
from supplychain.api.shapes import OfLot, Shape, Text, checked, lot_of
from supplychain.api.signing import NONCE_BYTES, Turn, answer_signed
from supplychain.domain.disclosure_statements import ENTRIES_MAX, SealedMember
from supplychain.queries.disclosures import GrantLine, ReadLine, grants_by, grants_to, reads_of
from supplychain.recording.submissions import Recorded
from supplychain.services.grant_disclosure import grant_disclosure
from supplychain.services.open_sealed import open_sealed
from supplychain.services.revoke_disclosure import revoke_disclosure

_MEMBERS = [one.value for one in SealedMember]


class NewGrant(OfLot):
    """Sealed members that somebody may open from now on."""

    to = Text(13, help_text="The GLN of the party that may; it is sealed too.")
    members = serializers.ListField(child=serializers.ChoiceField(_MEMBERS), min_length=1)
    entries = serializers.ListField(
        child=Text(64),
        required=False,
        min_length=1,
        max_length=ENTRIES_MAX,
        help_text="Entries of your own; without them all that you signed about the lot, whenever.",
    )


class NewRevocation(Shape):
    """A grant that ends."""

    grant = Text(64, help_text="Its entry.")
    reason = Text()


class NewOpening(OfLot):
    """A lot of which everything is to be opened that may be."""


class SealedShape(Answer):
    """Which members of which entries about a lot."""

    gtin = serializers.CharField(source="what.lot.gtin")
    lot = serializers.CharField(source="what.lot.lot")
    members = serializers.ListField(child=serializers.ChoiceField(_MEMBERS), source="what.members")
    entries = serializers.ListField(child=serializers.CharField(), source="what.entries")


class GrantShape(SealedShape):
    """A grant; without entries it is about all that its owner signed about the lot."""

    entry_id = serializers.CharField()
    owner = serializers.CharField()
    to = serializers.CharField(source="grantee")
    at = serializers.DateTimeField()
    revoked_by = serializers.CharField(allow_null=True)


class ReadShape(SealedShape):
    """That somebody was shown what you have sealed."""

    entry_id = serializers.CharField()
    reader = serializers.CharField()
    grant = serializers.CharField(help_text="Empty for an authority, which needs none.")
    at = serializers.DateTimeField()


class Grants(Door):
    """Who may open what."""

    rights = {"POST": Right.SIGN}

    @documented(
        "Lots",
        "List what may be opened",
        answers={200: page_shape(GrantShape)},
        problems=(400, *READING),
        parameters=PAGING,
    )
    def get(self, request: Request) -> Response:
        """What the organisation has granted, revoked ones too, and what it may open itself."""
        gln = acting_of(request).gln
        return answer_page(request, [*grants_by(gln), *grants_to(gln)], GrantShape, _words)

    @documented_signing(
        "Lots",
        "Let somebody open sealed members",
        request=NewGrant,
        example={
            "gtin": "00614141000012",
            "lot": "A1",
            "to": "0614141000067",
            "members": ["order"],
        },
    )
    def post(self, request: Request) -> Response:
        """Of entries that the organisation signed. Each time that it is done is on record."""
        given = checked(NewGrant, request)
        lot = lot_of(given)

        def sign(turn: Turn) -> Recorded:
            return grant_disclosure(
                party=turn.party,
                lot=lot,
                to=given["to"],
                members=given["members"],
                entries=given.get("entries", ()),
                at=turn.at,
                nonce=turn.nonce,
                salt=turn.salt,
            )

        return answer_signed(request, sign)


class Revocations(Door):
    """Grants that end."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Lots",
        "Revoke a grant",
        request=NewRevocation,
        example={"grant": ENTRY_ID, "reason": "The inspection is over."},
    )
    def post(self, request: Request) -> Response:
        """From now on nothing is opened by it. What was read before was read."""
        given = checked(NewRevocation, request)

        def sign(turn: Turn) -> Recorded:
            return revoke_disclosure(
                party=turn.party,
                grant=given["grant"],
                reason=given["reason"],
                at=turn.at,
                nonce=turn.nonce,
            )

        return answer_signed(request, sign)


class Reads(Door):
    """Who opened what."""

    @documented(
        "Lots",
        "List who opened what you sealed",
        answers={200: page_shape(ReadShape)},
        problems=(400, *READING),
        parameters=PAGING,
    )
    def get(self, request: Request) -> Response:
        """Every time; the operator signed each. The evidence of `disclosure:<GLN>` proves it."""
        return answer_page(request, reads_of(acting_of(request).gln), ReadShape, _words)


class Openings(Door):
    """Sealed members, opened."""

    rights = {"POST": Right.SIGN}
    content_negotiation_class = TakesAnything

    @documented(
        "Lots",
        "Open what is sealed about a lot",
        request=NewOpening,
        example={"gtin": "00614141000012", "lot": "A1"},
        answers={200: text("An evidence file: docs/spec/evidence.md.")},
        problems=WRITING,
    )
    def post(self, request: Request) -> HttpResponse:
        """All that the organisation may open: by grants, or as an authority. It is put on record.

        The owner is shown who opened what, and when. Sent twice it is on record twice.
        """
        given = checked(NewOpening, request)
        found = open_sealed(
            party=acting_of(request).gln,
            lot=lot_of(given),
            at=timezone.now(),
            nonces=lambda: secrets.token_bytes(NONCE_BYTES),
        )
        if found is None:
            message = "No checkpoint covers these entries yet: send it again in a moment."
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, "NOT_LOGGED", message)
        return HttpResponse(found.as_bytes(), content_type="application/json")


def _words(row: GrantLine | ReadLine) -> tuple[str, ...]:
    other = row.reader if isinstance(row, ReadLine) else row.grantee
    return (str(row.what.lot.gtin), str(row.what.lot.lot), row.owner, other)
