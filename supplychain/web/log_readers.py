"""Who may read the log's entries, which say who trades with whom: authorities and auditors."""

from http import HTTPStatus

from django.http import HttpRequest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from supplychain.api.authentication import BearerToken
from supplychain.queries.people import Acting, membership_of
from supplychain.queries.scans import asking_party, sees_all


def may_read_entries(request: HttpRequest) -> HTTPStatus:
    """OK for them, by session or token; FORBIDDEN for others; UNAUTHORIZED for nobody we know."""
    try:
        acting = _acting(request)
    except AuthenticationFailed:
        return HTTPStatus.UNAUTHORIZED
    if acting is None:
        return HTTPStatus.FORBIDDEN if request.user.is_authenticated else HTTPStatus.UNAUTHORIZED
    party = asking_party(acting.gln)
    allowed = party is not None and sees_all(party)
    return HTTPStatus.OK if allowed else HTTPStatus.FORBIDDEN


def _acting(request: HttpRequest) -> Acting | None:
    """The organisation of whoever asks; raises AuthenticationFailed for a token that is none."""
    by_token = BearerToken().authenticate(Request(request))
    if by_token:
        return by_token[1]
    return membership_of(request.user.pk) if request.user.is_authenticated else None
