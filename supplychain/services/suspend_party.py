"""Take an organisation's right to sign, for a time."""

from datetime import datetime

from ledger.core.keys import Signer
from ledger.core.registry_acts import SuspendParty
from supplychain.recording.signing import sign_registry
from supplychain.recording.submissions import Recorded


def suspend_party(
    *, authority: Signer, party: str, reason: str, at: datetime, nonce: bytes
) -> Recorded:
    """Suspend a party: none of its keys is valid until it is reinstated, signed by an authority.

    What it signed before stays. Raises LedgerError (PARTY_UNKNOWN, PARTY_ALREADY_SUSPENDED, …).
    """
    act = SuspendParty(party, reason)
    return sign_registry(type_=act.TYPE, body=act.as_body(), signer=authority, at=at, nonce=nonce)
