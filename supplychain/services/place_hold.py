"""Stop a lot until further word."""

from datetime import datetime

from supplychain.domain.lots import LotKey
from supplychain.domain.statements import HoldPlace
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import Recorded


def place_hold(*, party: str, lot: LotKey, reason: str, at: datetime, nonce: bytes) -> Recorded:
    """Put the whole lot on hold; by its maker or an authority.

    Raises Invalid, RuleBroken (NOT_BORN, MAY_NOT_FLAG) or LedgerError.
    """

    def act() -> Recorded:
        said = HoldPlace(reason)
        return sign_and_record(Draft(party=party, stream=lot.stream, said=said, at=at, nonce=nonce))

    return once(party, lot.stream, nonce, act)
