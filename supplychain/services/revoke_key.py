"""End a key."""

from datetime import datetime

from ledger.core.keys import Signer
from ledger.core.registry_acts import RevokeKey
from supplychain.recording.signing import sign_registry
from supplychain.recording.submissions import Recorded


def revoke_key(
    *,
    signer: Signer,
    kid: str,
    reason: str,
    at: datetime,
    nonce: bytes,
    from_index: int | None = None,
) -> Recorded:
    """Revoke a key because it was lost, rotated, compromised, or its party left.

    It signs nothing from now on. With `from_index` it was stolen: what it signed at that index or
    above is suspect, and the keys that it was rotated to fall with it. `signer` is an authority, or
    the party itself, which then gives no `from_index`. Raises LedgerError (KEY_UNKNOWN,
    NOT_PERMITTED, KEY_ALREADY_REVOKED, …).
    """
    act = RevokeKey(kid, reason, from_index)
    return sign_registry(type_=act.TYPE, body=act.as_body(), signer=signer, at=at, nonce=nonce)
