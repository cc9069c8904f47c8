"""Let units out of quarantine."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Release
from supplychain.recording.stock import Change, record_change
from supplychain.recording.submissions import Recorded


def release_units(
    *,
    party: str,
    lot: LotKey,
    quantity: int,
    reason: str,
    at: datetime,
    nonce: bytes,
    packs: Sequence[Serial] | None = None,
) -> Recorded:
    """Make quarantined units stock again, for a reason: never recalled, held back or expired ones.

    Raises Invalid, RuleBroken (NOT_HOLDER, ROLE_MISSING, RECALLED, EXPIRED, …) or LedgerError.
    """
    return record_change(
        Release,
        Change(
            party=party,
            lot=lot,
            quantity=quantity,
            reason=reason,
            at=at,
            nonce=nonce,
            state=State.QUARANTINED,
            packs=packs,
        ),
    )
