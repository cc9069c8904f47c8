"""Destroy units, from stock or from quarantine."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Destroy
from supplychain.recording.stock import Change, record_change
from supplychain.recording.submissions import Recorded


def destroy_units(
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
    """Destroy units in this `state`, just these packs where `packs` are named.

    Recalled, held back and expired goods may be destroyed too.

    Raises Invalid, RuleBroken (NOT_HOLDER, MASS_IMBALANCE) or LedgerError.
    """
    return record_change(
        Destroy,
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
