"""A program names its request by a key: the same key, the same request, the same answer."""

from datetime import datetime

from supplychain.domain.errors import RuleBroken
from supplychain.models import RequestKey


def claim(*, gln: str, key: str, request: str, at: datetime) -> None:
    """Bind a party's key to a request (its SHA-256 in hex), or find it bound to that very one.

    Raises RuleBroken IDEMPOTENCY_KEY_REUSED where it is bound to another.
    """
    words = {"request": request, "at": at}
    bound, _ = RequestKey.objects.get_or_create(gln=gln, key=key, defaults=words)
    if bound.request != request:
        message = "This Idempotency-Key came with another request before: choose a new key."
        raise RuleBroken("R14", "IDEMPOTENCY_KEY_REUSED", message, conflict=True)


def release(*, gln: str, key: str, request: str) -> None:
    """Let go of a key: the request was refused, nothing was done, and a better one may follow."""
    RequestKey.objects.filter(gln=gln, key=key, request=request).delete()
