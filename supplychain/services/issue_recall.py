"""Call a lot back."""

from datetime import datetime

from supplychain.domain.lots import LotKey
from supplychain.domain.members import choice
from supplychain.domain.statements import RecallClass, RecallIssue
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import Recorded


def issue_recall(
    *, party: str, lot: LotKey, recall_class: str, reason: str, at: datetime, nonce: bytes
) -> Recorded:
    """Recall the whole lot, class I, II or III; by its maker or an authority.

    Raises Invalid, RuleBroken (NOT_BORN, MAY_NOT_FLAG) or LedgerError.
    """

    def act() -> Recorded:
        said = RecallIssue(choice(recall_class, "class", RecallClass), reason)
        return sign_and_record(Draft(party=party, stream=lot.stream, said=said, at=at, nonce=nonce))

    return once(party, lot.stream, nonce, act)
