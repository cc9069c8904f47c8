"""Who asks: the organisation of the signed-in user, if there is one."""

from dataclasses import dataclass

from django.http import HttpRequest

from supplychain.queries.organisations import organisation
from supplychain.queries.people import membership_of


@dataclass(frozen=True, slots=True)
class Asking:
    """The party for whom a page answers."""

    gln: str
    name: str
    roles: frozenset[str]


def asking_party(request: HttpRequest) -> Asking | None:
    """The organisation for which the user acts; None for a passer-by and for staff without one."""
    acting = membership_of(request.user.pk) if request.user.is_authenticated else None
    found = organisation(acting.gln) if acting else None
    return Asking(found.gln, found.name, frozenset(found.roles)) if found else None
