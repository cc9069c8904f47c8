"""What every door has: who may come in, in which form, and how a no is said.

Roles are checked here and nowhere else: a view says which right each of its methods needs.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from http import HTTPStatus
from typing import Any, ClassVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.views import APIView

from supplychain.api.authentication import BearerToken, SessionOfMember
from supplychain.api.errors import Refusal, answer_error
from supplychain.api.parsing import StrictJson
from supplychain.queries.people import Acting


class Right(Enum):
    """What a method of a door asks of whoever comes, with the sentence for those who have less."""

    PASS = ""
    LOOK = "Show a token, or sign in."
    REPORT = "A viewer's token may only look; a tracker's hands in readings."
    PREPARE = "A viewer's token may only look."
    JUDGE = "Only QA or an administrator decides about the quality of goods."
    SIGN = "Only a signer, QA or an administrator makes entries in the organisation's name."


_HELD: Mapping[Right, Callable[[Acting], bool]] = {
    Right.LOOK: lambda _acting: True,
    Right.REPORT: lambda acting: acting.may_prepare,
    Right.PREPARE: lambda acting: acting.may_prepare,
    Right.JUDGE: lambda acting: acting.may_judge,
    Right.SIGN: lambda acting: acting.may_sign,
}


class HoldsRight(BasePermission):
    """Lets in whoever holds the right that the method needs."""

    code = "ROLE_FORBIDDEN"
    message = ""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether this one may. For methods that the door does not have there is no question."""
        rights: Mapping[str, Right] = getattr(view, "rights", {})
        right = rights.get(request.method or "", Right.LOOK)
        self.message = right.value
        acting = request.auth
        if isinstance(acting, Acting) and acting.is_tracker:
            self.message = "A tracker's token hands in readings, and does nothing else."
            return right is Right.REPORT
        if right is Right.PASS:
            return True
        return isinstance(acting, Acting) and _HELD[right](acting)


class PasserByThrottle(AnonRateThrottle):
    """So many questions from one address that shows no token; a token is asked nothing."""

    scope = "passer-by"
    rate = "120/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """One bucket an address."""
        if isinstance(request.auth, Acting):
            return None
        return super().get_cache_key(request, view)


class Door(APIView):
    """A view of the API."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (BearerToken, SessionOfMember)
    permission_classes = (HoldsRight,)
    parser_classes: tuple[type[BaseParser], ...] = (StrictJson,)
    rights: ClassVar[Mapping[str, Right]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what no door can read, before anything else."""
        if "Transfer-Encoding" in request.headers:
            message = "Say how long the body is: Content-Length."
            raise Refusal(HTTPStatus.LENGTH_REQUIRED, "LENGTH_REQUIRED", message)
        if any("\x00" in text for text in (*request.GET.values(), *map(str, kwargs.values()))):
            raise Refusal(HTTPStatus.BAD_REQUEST, "BAD_CHARACTER", "The address has a NUL.")
        super().initial(request, *args, **kwargs)

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        """Say every no in the same form."""
        return answer_error


class Nowhere(Door):
    """Any address that leads to no door."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """There is nothing here, whatever the method and whoever asks."""
        del request, args, kwargs
        raise Refusal(HTTPStatus.NOT_FOUND, "NOT_FOUND", "There is no such address.")


def acting_of(request: Request) -> Acting:
    """Who asks, behind a door that lets nobody else in."""
    acting = request.auth
    if not isinstance(acting, Acting):
        raise Refusal(HTTPStatus.UNAUTHORIZED, "NOT_AUTHENTICATED", Right.LOOK.value)
    return acting
