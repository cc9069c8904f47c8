"""A lot's history in EPCIS."""

from http import HTTPStatus

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from supplychain.api.documented import READING, binary, documented
from supplychain.api.doors import Door, acting_of
from supplychain.api.errors import Refusal
from supplychain.api.lists import choice
from supplychain.api.log import TakesAnything
from supplychain.api.lots import key_of
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.services.export_epcis import CODES, MEDIA, VERSIONS, Version, export_epcis


class LotEpcis(Door):
    """What a party tells another one of a lot."""

    content_negotiation_class = TakesAnything

    @documented(
        "Lots",
        "History of a lot in EPCIS",
        answers={200: binary("EPCIS 2.0 as JSON-LD, or 1.2 as XML.")},
        problems=(400, *READING),
        parameters=[
            OpenApiParameter("to", required=True, description="The GLN of whoever reads it."),
            OpenApiParameter("version", enum=VERSIONS, description="2.0 where none is named."),
            OpenApiParameter("codes", enum=CODES, description="URNs where nothing is named."),
        ],
    )
    def get(self, request: Request, gtin: str, lot: str) -> HttpResponse:
        """What evidence proves: what the organisation signed and was sent; its maker tells all."""
        key = key_of(gtin, lot)
        version: Version = choice(request, "version", VERSIONS) or "2.0"
        to = str(Gln.parse(request.query_params.get("to", "")))
        try:
            told = export_epcis(
                party=acting_of(request).gln,
                lot=key,
                to=to,
                at=timezone.now(),
                version=version,
                codes=choice(request, "codes", CODES) or "urn",
            )
        except RuleBroken as unknown:
            raise Refusal(HTTPStatus.NOT_FOUND, unknown.code, unknown.message) from unknown
        return HttpResponse(told, content_type=MEDIA[version])
