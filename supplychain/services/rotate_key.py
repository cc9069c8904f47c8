"""Let a key that a party keeps itself give way to another one."""

from datetime import datetime

from ledger.core.keys import PublicKey, Signer
from ledger.core.registry_acts import RotateKey
from supplychain.recording.signing import sign_registry
from supplychain.recording.submissions import Recorded


def rotate_key(
    *, old: Signer, key: PublicKey, custody: str, proof: bytes, at: datetime, nonce: bytes
) -> Recorded:
    """Put a new key in the place of an old one, which signs this itself: no authority is asked.

    `custody` and `proof` are those of the new key, as for `add_key`. Raises LedgerError
    (KEY_REVOKED, KEY_KNOWN, POSSESSION_NOT_PROVEN, …).
    """
    act = RotateKey(old.kid, key, custody, proof)
    return sign_registry(type_=act.TYPE, body=act.as_body(), signer=old, at=at, nonce=nonce)
