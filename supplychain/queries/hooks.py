"""Who posts to a hook: proven by a secret that only the sender and we know."""

import hmac
import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from ledger.signers import SealedSecret
from supplychain.domain.errors import RuleBroken
from supplychain.models import TrackerHook
from supplychain.models.people import Rank
from supplychain.queries.people import Acting

WINDOW: Final = timedelta(minutes=5)
_SIGNATURE: Final = re.compile(r"v1=([0-9a-f]{64})", re.ASCII)
_SECONDS: Final = re.compile(r"[0-9]{1,12}", re.ASCII)


def bound_to(number: str, party: str) -> bytes:
    """What the secret of a hook belongs to: put into another row, it does not open."""
    return f"unbroken-tracker-hook/v1\n{number}\n{party}".encode()


def signature_of(secret: bytes, timestamp: str, body: bytes) -> str:
    """What a sender puts into `Unbroken-Signature`: HMAC-SHA256 over time, full stop and body."""
    code = hmac.new(secret, timestamp.encode() + b"." + body, sha256)
    return f"v1={code.hexdigest()}"


def acting_by_hook(
    number: str, *, timestamp: str, signature: str, body: bytes, at: datetime
) -> Acting:
    """The organisation for whose hook this was signed, within five minutes of now.

    Raises RuleBroken HOOK_SIGNATURE_INVALID, which does not say whether there is such a hook, and
    HOOK_TIMESTAMP_OLD, only to who knows the secret.
    """
    hook = TrackerHook.objects.filter(pk=number, revoked_at__isnull=True).first()
    formed = bool(_SIGNATURE.fullmatch(signature) and _SECONDS.fullmatch(timestamp))
    if hook is None or not formed:
        raise _unsigned()
    sealed = SealedSecret(hook.kek, bytes(hook.nonce), bytes(hook.ciphertext))
    expected = signature_of(sealed.open(bound_to(hook.pk, hook.gln)), timestamp, body)
    if not hmac.compare_digest(expected, signature):
        raise _unsigned()
    if abs(at.timestamp() - int(timestamp)) > WINDOW.total_seconds():
        message = "This was signed more than five minutes ago, or ahead: check the clock."
        raise RuleBroken("R14", "HOOK_TIMESTAMP_OLD", message)
    return Acting(hook.gln, Rank.TRACKER, hook.name)


def hooks_of(gln: str) -> list[TrackerHook]:
    """The organisation's hooks, revoked ones too."""
    return list(TrackerHook.objects.filter(gln=gln))


def _unsigned() -> RuleBroken:
    message = "There is no such hook, or this is not signed with its secret."
    return RuleBroken("R14", "HOOK_SIGNATURE_INVALID", message)
