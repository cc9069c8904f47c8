"""Give a suspended organisation its right to sign again."""

from datetime import datetime

from ledger.core.keys import Signer
from ledger.core.registry_acts import ReinstateParty
from supplychain.recording.signing import sign_registry
from supplychain.recording.submissions import Recorded


def reinstate_party(*, authority: Signer, party: str, at: datetime, nonce: bytes) -> Recorded:
    """End a party's suspension, signed by an authority.

    Raises LedgerError (PARTY_UNKNOWN, PARTY_NOT_SUSPENDED, …).
    """
    act = ReinstateParty(party)
    return sign_registry(type_=act.TYPE, body=act.as_body(), signer=authority, at=at, nonce=nonce)
