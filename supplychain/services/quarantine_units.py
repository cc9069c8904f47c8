"""Set units aside."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import Quarantine
from supplychain.recording.stock import Change, record_change
from supplychain.recording.submissions import Recorded


def quarantine_units(
    *,
    party: str,
    lot: LotKey,
    quantity: int,
    reason: str,
    at: datetime,
    nonce: bytes,
    packs: Sequence[Serial] | None = None,
) -> Recorded:
    """Put held units into quarantine, for a reason: just these packs where `packs` are named.

    Raises Invalid, RuleBroken (NOT_HOLDER, MASS_IMBALANCE) or LedgerError.
    """
    return record_change(
        Quarantine,
        Change(
            party=party,
            lot=lot,
            quantity=quantity,
            reason=reason,
            at=at,
            nonce=nonce,
            packs=packs,
        ),
    )
