"""Take back that units were dispensed, sampled, exported or decommissioned."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Undo
from supplychain.recording.stock import Change, record_change
from supplychain.recording.submissions import Recorded


def undo_units(
    *,
    party: str,
    lot: LotKey,
    quantity: int,
    reason: str,
    supplied: bool,
    at: datetime,
    nonce: bytes,
    state: State = State.DISPENSED,
    packs: Sequence[Serial] | None = None,
) -> Recorded:
    """Make units in this final `state` stock again, those that came into it last.

    `supplied`: whether a patient has them; then nothing is undone, nor after ten days. Raises
    Invalid, RuleBroken (WAS_SUPPLIED, UNDO_TOO_LATE, RECALLED, EXPIRED, …) or LedgerError.
    """
    change = Change(
        party=party,
        lot=lot,
        quantity=quantity,
        reason=reason,
        at=at,
        nonce=nonce,
        state=state,
        packs=packs,
        newest=True,
    )
    return record_change(Undo, change, lambda said: replace(said, supplied=supplied))
