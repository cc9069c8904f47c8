"""Give a person a log-in with one organisation."""

from django.contrib.auth.models import User
from django.db import transaction

from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.models import Membership, Organisation
from supplychain.queries.people import ROLES


def create_user(*, name: str, password: str, email: str, party: str, role: str) -> User:
    """Make a person who may enter the desk of an organisation in a role.

    Raises Invalid (ROLE_UNKNOWN), RuleBroken (PARTY_UNKNOWN, USER_KNOWN).
    """
    if role not in ROLES:
        known = ", ".join(ROLES)
        raise Invalid("ROLE_UNKNOWN", f"Role {role!r}: expected one of {known}.")
    if not Organisation.objects.filter(gln=party).exists():
        raise RuleBroken("R2", "PARTY_UNKNOWN", f"{party} is not an admitted party.")
    if User.objects.filter(username=name).exists():
        raise RuleBroken("R1", "USER_KNOWN", f"There is a user {name!r} already.", conflict=True)
    with transaction.atomic():
        user = User.objects.create_user(name, email, password, is_staff=True)
        Membership.objects.create(user=user, gln=party, role=role)
    return user
