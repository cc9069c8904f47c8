"""Take a program's way in."""

from datetime import datetime

from supplychain.models import ApiToken


def revoke_token(*, party: str, name: str, at: datetime) -> int:
    """Revoke the party's tokens of this name; return how many were valid until now."""
    valid = ApiToken.objects.filter(gln=party, name=name, revoked_at__isnull=True)
    return valid.update(revoked_at=at)
