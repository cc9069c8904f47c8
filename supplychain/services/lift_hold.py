"""End a hold."""

from datetime import datetime

from supplychain.domain.lots import LotKey
from supplychain.domain.statements import HoldLift
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import Recorded


def lift_hold(
    *, party: str, lot: LotKey, hold: str, reason: str, at: datetime, nonce: bytes
) -> Recorded:
    """Lift the hold that the entry `hold` placed; by who placed it or an authority.

    Raises Invalid, RuleBroken (HOLD_UNKNOWN, MAY_NOT_LIFT) or LedgerError.
    """

    def act() -> Recorded:
        said = HoldLift(hold, reason)
        return sign_and_record(Draft(party=party, stream=lot.stream, said=said, at=at, nonce=nonce))

    return once(party, lot.stream, nonce, act)
