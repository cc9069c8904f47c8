"""Let a key that we keep for a party give way to a new one."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from ledger import signers
from ledger.core.registry_acts import RotateKey
from supplychain.recording.signing import sign_registry
from supplychain.recording.submissions import Recorded


def rotate_kept_key(*, party: str, at: datetime, nonce: bytes, seal_nonce: bytes) -> Recorded:
    """Make a new custodial key, sealed with `seal_nonce` (12 random bytes), for the one in use.

    Raises LedgerError (NO_CUSTODIAL_KEY, PARTY_SUSPENDED, KEK_MISSING, …), and then nothing is
    changed.
    """
    with transaction.atomic():
        old = signers.custodial_signer(party)
        made = signers.make_custodial_key(
            party=party, log=settings.LOG_ORIGIN, nonce=seal_nonce, at=at
        )
        act = RotateKey(old.kid, made.public, "custodial", made.proof)
        return sign_registry(type_=act.TYPE, body=act.as_body(), signer=old, at=at, nonce=nonce)
