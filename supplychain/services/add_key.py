"""Let a key sign for a party."""

from datetime import datetime

from ledger.core.keys import PublicKey, Signer
from ledger.core.registry_acts import AddKey
from supplychain.recording.signing import sign_registry
from supplychain.recording.submissions import Recorded


def add_key(
    *,
    authority: Signer,
    party: str,
    key: PublicKey,
    custody: str,
    proof: bytes,
    at: datetime,
    nonce: bytes,
) -> Recorded:
    """Put a key that a party keeps itself into the registry, signed by an authority.

    `custody` says where the key lives: browser, file, hsm. `proof` is the key's own signature that
    it acts for the party (docs/spec/registry.md). Raises LedgerError (KEY_KNOWN, PARTY_UNKNOWN,
    POSSESSION_NOT_PROVEN, …).
    """
    act = AddKey(party, key, custody, proof)
    return sign_registry(type_=act.TYPE, body=act.as_body(), signer=authority, at=at, nonce=nonce)
