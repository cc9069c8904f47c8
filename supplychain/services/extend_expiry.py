"""Say that a lot is good for longer."""

from datetime import date, datetime

from supplychain.domain.lots import Expiry, LotKey
from supplychain.domain.statements import ExpiryExtend
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import Recorded


def extend_expiry(
    *,
    party: str,
    lot: LotKey,
    expiry: date,
    expiry_zone: str,
    reason: str,
    at: datetime,
    nonce: bytes,
) -> Recorded:
    """Extend the expiry; by the lot's maker or an authority. Scans show it as extended.

    Raises Invalid, RuleBroken (EXPIRY_NOT_LATER, MAY_NOT_FLAG) or LedgerError.
    """

    def act() -> Recorded:
        said = ExpiryExtend(Expiry(expiry, expiry_zone), reason)
        return sign_and_record(Draft(party=party, stream=lot.stream, said=said, at=at, nonce=nonce))

    return once(party, lot.stream, nonce, act)
