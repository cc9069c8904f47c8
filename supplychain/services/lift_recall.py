"""End a recall."""

from datetime import datetime

from supplychain.domain.lots import LotKey
from supplychain.domain.statements import RecallLift
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import Recorded


def lift_recall(
    *, party: str, lot: LotKey, recall: str, reason: str, at: datetime, nonce: bytes
) -> Recorded:
    """Lift the recall that the entry `recall` issued; by who issued it or an authority.

    Raises Invalid, RuleBroken (RECALL_UNKNOWN, MAY_NOT_LIFT) or LedgerError.
    """

    def act() -> Recorded:
        said = RecallLift(recall, reason)
        return sign_and_record(Draft(party=party, stream=lot.stream, said=said, at=at, nonce=nonce))

    return once(party, lot.stream, nonce, act)
