"""Take a program's way in."""

from datetime import datetime

from supplychain.models import ApiToken


def revoke_token(*, party: str, name: str, at: datetime, role: str = "") -> int:
    """Revoke the party's tokens of this name, of one role only where it is given.

    Return how many were valid until now.
    """
    valid = ApiToken.objects.filter(gln=party, name=name, revoked_at__isnull=True)
    of_role = valid.filter(role=role) if role else valid
    return of_role.update(revoked_at=at)
