"""Who asks: the organisation of the signed-in user, if there is one."""

from dataclasses import dataclass

from django.http import HttpRequest

from supplychain.domain.parties import Role
from supplychain.queries.organisations import organisation
from supplychain.queries.people import membership_of


@dataclass(frozen=True, slots=True)
class Asking:
    """The party for whom a page answers."""

    gln: str
    name: str
    roles: frozenset[str]
    signs: bool = False
    """Whether the user makes entries in its name."""

    @property
    def may_dispense(self) -> bool:
        """Whether the user may sign that packs go to patients."""
        return self.signs and Role.DISPENSER in self.roles


def asking_party(request: HttpRequest) -> Asking | None:
    """The organisation for which the user acts; None for a passer-by and for staff without one."""
    acting = membership_of(request.user.pk) if request.user.is_authenticated else None
    found = organisation(acting.gln) if acting else None
    if acting is None or found is None:
        return None
    return Asking(found.gln, found.name, frozenset(found.roles), acting.may_sign)
