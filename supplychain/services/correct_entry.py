"""Add a correction to an entry."""

from datetime import datetime

from supplychain.domain.lots import LotKey
from supplychain.domain.statements import Correction
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import Recorded


def correct_entry(
    *, party: str, lot: LotKey, entry: str, reason: str, at: datetime, nonce: bytes
) -> Recorded:
    """Say in words what was wrong in an entry that the party signed; it replaces nothing.

    Raises Invalid, RuleBroken (ENTRY_UNKNOWN, NOT_YOUR_ENTRY) or LedgerError.
    """

    def act() -> Recorded:
        said = Correction(entry, reason)
        return sign_and_record(Draft(party=party, stream=lot.stream, said=said, at=at, nonce=nonce))

    return once(party, lot.stream, nonce, act)
