"""Make a key for a party and keep it here."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from ledger import signers
from ledger.core.keys import Signer
from ledger.core.registry_acts import AddKey
from supplychain.recording.signing import sign_registry
from supplychain.recording.submissions import Recorded


def keep_key(
    *, authority: Signer, party: str, at: datetime, nonce: bytes, seal_nonce: bytes
) -> Recorded:
    """Make a custodial key, sealed at rest with `seal_nonce` (12 random bytes), and register it.

    Every proof says that the key is custodial. Raises LedgerError (PARTY_UNKNOWN, KEK_MISSING, …),
    and then no key is kept.
    """
    with transaction.atomic():
        made = signers.make_custodial_key(
            party=party, log=settings.LOG_ORIGIN, nonce=seal_nonce, at=at
        )
        act = AddKey(party, made.public, "custodial", made.proof)
        return sign_registry(
            type_=act.TYPE, body=act.as_body(), signer=authority, at=at, nonce=nonce
        )
