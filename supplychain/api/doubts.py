"""Packs whose number was in two places (R13)."""

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.answers import Answer
from supplychain.api.documented import READING, WRITING, documented
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.lists import PAGING, answer_page, page_shape
from supplychain.api.shapes import Shape, Text, checked, gtin
from supplychain.domain.identifiers import Gtin, Serial
from supplychain.domain.packs import Pack
from supplychain.domain.two_places import Doubt
from supplychain.queries.sightings import DoubtLine, Part, open_doubts
from supplychain.services.settle_doubts import settle_doubts


class DoubtShape(Answer):
    """A pack in doubt. Which other sites it concerns is not said."""

    gtin = serializers.CharField(source="pack.gtin")
    serial = serializers.CharField(source="pack.serial")
    lot = serializers.CharField(help_text="As it was scanned.")
    doubt = serializers.ChoiceField([one.value for one in Doubt])
    part = serializers.ChoiceField(
        [one.value for one in Part], help_text="What you have to do with it."
    )
    at = serializers.DateTimeField()


class NewSettlement(Shape):
    """A pack that is the only one of its number after all."""

    gtin = gtin()
    serial = Text(20)
    reason = Text()


class SettledShape(Answer):
    """What came of it."""

    settled = serializers.IntegerField(help_text="How many doubts ended.")


class Doubts(Door):
    """Packs in doubt."""

    @documented(
        "Units",
        "List packs in doubt",
        answers={200: page_shape(DoubtShape)},
        problems=(400, *READING),
        parameters=PAGING,
    )
    def get(self, request: Request) -> Response:
        """Those that the organisation was told of, a maker's own, for authorities all."""
        return answer_page(request, open_doubts(acting_of(request).gln), DoubtShape, _words)


class Settlements(Door):
    """Doubts that end."""

    rights = {"POST": Right.SIGN}

    @documented(
        "Units",
        "Settle what is in doubt about a pack",
        request=NewSettlement,
        example={
            "gtin": "00614141000012",
            "serial": "10000000369",
            "reason": "One of the two was a photograph in a training.",
        },
        answers={200: SettledShape},
        problems=WRITING,
    )
    def post(self, request: Request) -> Response:
        """By the pack's maker or an authority. Nothing is signed: doubts are not in the log."""
        given = checked(NewSettlement, request)
        pack = Pack(Gtin.parse(given["gtin"]), Serial.parse(given["serial"]))
        settled = settle_doubts(
            party=acting_of(request).gln, pack=pack, reason=given["reason"], at=timezone.now()
        )
        return Response(SettledShape({"settled": settled}).data)


def _words(row: DoubtLine) -> tuple[str, ...]:
    return (str(row.pack.gtin), str(row.pack.serial), row.lot, row.doubt)
