"""Take units out of the trade for good."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Decommission
from supplychain.recording.stock import Change, record_change
from supplychain.recording.submissions import Recorded


def decommission_units(
    *,
    party: str,
    lot: LotKey,
    quantity: int,
    reason: str,
    at: datetime,
    nonce: bytes,
    state: State = State.HELD,
    packs: Sequence[Serial] | None = None,
) -> Recorded:
    """Decommission units in this `state` (held or quarantined), for a reason.

    Raises Invalid, RuleBroken (NOT_HOLDER, ROLE_MISSING) or LedgerError.
    """
    return record_change(
        Decommission,
        Change(
            party=party,
            lot=lot,
            quantity=quantity,
            reason=reason,
            at=at,
            nonce=nonce,
            state=state,
            packs=packs,
        ),
    )
