"""Give a vendor's cloud an address to which it posts readings of an organisation's devices."""

from datetime import datetime
from typing import Final

from ledger.signers import seal_secret
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.models import Organisation, TrackerHook
from supplychain.queries.hooks import bound_to

SECRET_BYTES_MIN: Final = 32


def issue_hook(
    *, number: str, party: str, name: str, secret: bytes, nonce: bytes, at: datetime
) -> TrackerHook:
    """Take in whatever is signed with `secret` at the address `number`, 32 random hex digits.

    The secret is kept encrypted; `nonce` is 12 random bytes for that. Raises Invalid SECRET_SHORT,
    RuleBroken PARTY_UNKNOWN, or KeysMissing.
    """
    if len(secret) < SECRET_BYTES_MIN:
        raise Invalid("SECRET_SHORT", f"A secret has at least {SECRET_BYTES_MIN} bytes.")
    if not Organisation.objects.filter(gln=party).exists():
        raise RuleBroken("R2", "PARTY_UNKNOWN", f"{party} is not an admitted party.")
    sealed = seal_secret(secret, bound=bound_to(number, party), nonce=nonce)
    return TrackerHook.objects.create(
        id=number,
        gln=party,
        name=name,
        kek=sealed.kek,
        nonce=sealed.nonce,
        ciphertext=sealed.ciphertext,
        made_at=at,
    )
