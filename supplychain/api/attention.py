"""What needs somebody, and to whom goods may be sent."""

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.answers import AttentionShape, ReceiverShape
from supplychain.api.documented import documented
from supplychain.api.doors import Door, acting_of
from supplychain.api.lists import PAGING, answer_page, page_shape
from supplychain.queries.attention import needs_you_now
from supplychain.queries.organisations import receivers_for


class Needs(Door):
    """The organisation's own matters that wait for a person."""

    @documented("Organisation", "What needs somebody now", answers={200: AttentionShape})
    def get(self, request: Request) -> Response:
        """To receive, short, quarantined, come back, too many, blocked, out of range, expiring."""
        return Response(AttentionShape(needs_you_now(acting_of(request).gln, timezone.now())).data)


class Receivers(Door):
    """Everybody else to whom goods may be handed."""

    @documented(
        "Organisation",
        "To whom goods may be sent",
        answers={200: page_shape(ReceiverShape)},
        parameters=PAGING,
    )
    def get(self, request: Request) -> Response:
        """Admitted organisations that may hold goods, by name."""
        rows = receivers_for(acting_of(request).gln)
        return answer_page(request, rows, ReceiverShape, lambda row: (row.gln, row.name))
