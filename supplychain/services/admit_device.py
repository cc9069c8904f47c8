"""Let a device of an organisation have a key of its own."""

from datetime import datetime

from ledger.core.keys import Signer
from ledger.core.registry_acts import AdmitParty
from supplychain.domain.device_keys import OwnedDevice
from supplychain.recording.signing import sign_registry
from supplychain.recording.submissions import Recorded


def admit_device(*, authority: Signer, device: OwnedDevice, at: datetime, nonce: bytes) -> Recorded:
    """Put a device into the registry, signed by an authority; `add_key` then adds its key.

    Raises LedgerError (PARTY_KNOWN, KEY_UNKNOWN for a key that is no authority's, …).
    """
    act = AdmitParty(device.party, device.as_profile())
    return sign_registry(type_=act.TYPE, body=act.as_body(), signer=authority, at=at, nonce=nonce)
