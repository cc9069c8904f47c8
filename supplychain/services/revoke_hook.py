"""Close an address to which readings are posted."""

from datetime import datetime

from supplychain.models import TrackerHook


def revoke_hook(*, party: str, name: str, at: datetime) -> int:
    """Close the party's hooks of this name; return how many were open until now."""
    still_open = TrackerHook.objects.filter(gln=party, name=name, revoked_at__isnull=True)
    return still_open.update(revoked_at=at)
