"""Let units out of quarantine, or make what came back stock again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey, Printed
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
    printed: Printed | None = None,
    state: State | None = None,
    packs: Sequence[Serial] | None = None,
) -> Recorded:
    """Make units stock again, for a reason: never recalled, held back or expired ones.

    With `printed`, what was read off the packs, units that came back; else units in quarantine,
    unless `state` says in which of the two they are: what came back is checked wherever it is.
    Raises Invalid, RuleBroken (NOT_HOLDER, PRINTED_OTHERWISE, RECALLED, EXPIRED, …) or LedgerError.
    """
    change = Change(
        party=party,
        lot=lot,
        quantity=quantity,
        reason=reason,
        at=at,
        nonce=nonce,
        state=state or (State.RETURNED if printed else State.QUARANTINED),
        packs=packs,
    )
    return record_change(Release, change, lambda said: replace(said, printed=printed))
