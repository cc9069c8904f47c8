"""Who asks: a program by its token, or a person by the session of the pages."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from supplychain.queries.people import Acting, acting_by_token, membership_of

SCHEME = "bearer"
TOKEN_CHARACTERS_MAX = 512


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer <token>` (RFC 6750); `request.auth` becomes an Acting."""

    def authenticate(self, request: Request) -> tuple[Any, Acting] | None:
        """The token's organisation and role; None where another scheme or none is used."""
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        acting = acting_by_token(token.strip()) if _plausible(token) else None
        if acting is None:
            raise AuthenticationFailed("This token is not valid here.", "TOKEN_INVALID")
        return AnonymousUser(), acting

    def authenticate_header(self, _request: Request) -> str:
        """The challenge that goes with 401."""
        return 'Bearer realm="unbroken"'


class SessionOfMember(SessionAuthentication):
    """A person signed in at the pages, for the browsable documents; CSRF is checked."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The person's organisation; None for passers-by and for staff without one."""
        found = super().authenticate(request)
        acting = membership_of(found[0].pk) if found else None
        return (found[0], acting) if found and acting else None


def _plausible(token: str) -> bool:
    return token.isascii() and token.isprintable() and len(token) <= TOKEN_CHARACTERS_MAX
