"""Storage profiles that are a product's own."""

from http import HTTPStatus

from django.http import HttpResponse
from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.core import canonical
from supplychain.api.answers import ProfileShape
from supplychain.api.documented import READING, WRITING, documented, text
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.errors import Refusal
from supplychain.api.lists import PAGING, answer_page, page_shape
from supplychain.api.log import TakesAnything
from supplychain.api.shapes import NewProfile, checked
from supplychain.queries.profiles import document_of, profiles_for
from supplychain.services.add_profile import add_profile

_EXAMPLE = {
    "document": {
        "name": "Eye drops, 2 to 8 °C, a week at up to 25 °C in all",
        "low_centi_c": 200,
        "high_centi_c": 800,
        "bands": [
            {
                "id": "warm",
                "low_centi_c": 800,
                "high_centi_c": 2500,
                "total_min": 10080,
                "side": "above",
            }
        ],
    }
}


class Profiles(Door):
    """What a maker may choose from, and a way to bring more."""

    rights = {"POST": Right.PREPARE}

    @documented(
        "Temperature",
        "List storage profiles",
        answers={200: page_shape(ProfileShape)},
        problems=(400, *READING),
        parameters=PAGING,
    )
    def get(self, request: Request) -> Response:
        """The newest of those shipped, and the organisation's own."""
        rows = profiles_for(acting_of(request).gln)
        return answer_page(request, rows, ProfileShape, lambda row: (row.id, row.name))

    @documented(
        "Temperature",
        "Bring a storage profile",
        request=NewProfile,
        example=_EXAMPLE,
        answers={201: ProfileShape},
        problems=WRITING,
    )
    def post(self, request: Request) -> Response:
        """Its id is the hash of what it says: the same twice is one, and none ever changes."""
        document = canonical.dumps(checked(NewProfile, request)["document"])
        gln, at = acting_of(request).gln, timezone.now()
        profile = add_profile(party=gln, document=document, at=at)
        return Response(ProfileShape(profile).data, status.HTTP_201_CREATED)


class ProfileDocument(Door):
    """One profile, for anybody: statements cite it by its hash."""

    rights = {"GET": Right.PASS, "HEAD": Right.PASS}
    content_negotiation_class = TakesAnything

    @documented(
        "Temperature",
        "The document of a storage profile",
        answers={200: text("RFC 8785 JSON, of which the id is the SHA-256.")},
        problems=(401, 404, 503),
        public=True,
    )
    def get(self, _request: Request, profile_id: str) -> HttpResponse:
        """As it was brought; what is shipped has no document."""
        document = document_of(profile_id)
        if document is None:
            raise Refusal(HTTPStatus.NOT_FOUND, "PROFILE_UNKNOWN", "Nobody brought this profile.")
        response = HttpResponse(document, content_type="application/json")
        response["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
