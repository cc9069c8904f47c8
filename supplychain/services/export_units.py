"""Send units to where nobody reports here."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import Export
from supplychain.recording.stock import Change, record_change
from supplychain.recording.submissions import Recorded


def export_units(
    *,
    party: str,
    lot: LotKey,
    quantity: int,
    reason: str,
    at: datetime,
    nonce: bytes,
    packs: Sequence[Serial] | None = None,
) -> Recorded:
    """Let held units leave for a country outside of this record.

    Raises Invalid, RuleBroken (NOT_HOLDER, ROLE_MISSING, RECALLED, EXPIRED) or LedgerError.
    """
    return record_change(
        Export,
        Change(
            party=party,
            lot=lot,
            quantity=quantity,
            reason=reason,
            at=at,
            nonce=nonce,
            packs=packs,
            decided=True,
        ),
    )
