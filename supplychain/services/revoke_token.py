"""Take a program's way in."""

from datetime import datetime

from supplychain.models import ApiToken


def revoke_token(*, digest: str, at: datetime) -> bool:
    """Revoke a token by its SHA-256 (hex); False when there is none that is valid."""
    valid = ApiToken.objects.filter(digest=digest, revoked_at__isnull=True)
    return valid.update(revoked_at=at) > 0
