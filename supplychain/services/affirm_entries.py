"""Stand by what a stolen key signed."""

from collections.abc import Iterable
from datetime import datetime

from ledger.core.keys import Signer
from ledger.core.registry_acts import AffirmEntries
from supplychain.recording.signing import sign_registry
from supplychain.recording.submissions import Recorded


def affirm_entries(
    *, signer: Signer, kid: str, entries: Iterable[str], at: datetime, nonce: bytes
) -> Recorded:
    """Affirm suspect entries (by their ids, up to 100) that the key `kid` signed.

    `signer` is another key of the same party. Raises LedgerError (KEY_NOT_SUSPECT, NOT_PERMITTED,
    AFFIRMED_UNKNOWN, AFFIRMED_NOT_SUSPECT, …).
    """
    act = AffirmEntries(kid, tuple(sorted(set(entries))))
    return sign_registry(type_=act.TYPE, body=act.as_body(), signer=signer, at=at, nonce=nonce)
