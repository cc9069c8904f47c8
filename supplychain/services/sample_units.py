"""Take samples."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Sample
from supplychain.recording.stock import Change, record_change
from supplychain.recording.submissions import Recorded


def sample_units(
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
    """Take units in this `state` (held or quarantined) as samples; they do not come back.

    Raises Invalid, RuleBroken (NOT_HOLDER, ROLE_MISSING) or LedgerError.
    """
    return record_change(
        Sample,
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
