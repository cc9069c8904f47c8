"""Send units of several lots to one party, in one dispatch."""

from collections.abc import Mapping
from datetime import datetime

from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.domain.sales import NO_SALE, Sale
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.dispatching import Dispatch, dispatch
from supplychain.recording.packing import nonce_for
from supplychain.recording.submissions import Recorded


def ship_lines(
    *,
    party: str,
    quantities: Mapping[LotKey, int],
    receiver: str,
    shipment: str,
    order: str | None,
    conditions: ConditionsInput,
    at: datetime,
    nonce: bytes,
    salt: bytes,
    sale: Sale = NO_SALE,
) -> tuple[Recorded, ...]:
    """Dispatch so many units of each lot: one entry for each.

    `order` and `sale` (who owns them before and after, where others do) are sealed with `salt` (16
    random bytes). Raises Invalid, RuleBroken (NOTHING_CHOSEN, NOT_HOLDER, MASS_IMBALANCE, …) or
    LedgerError.
    """
    if not quantities:
        raise RuleBroken("R4", "NOTHING_CHOSEN", "No units are chosen of any lot: say how many go.")
    entries = []
    for lot, quantity in sorted(quantities.items()):
        given = Dispatch(
            party=party,
            lot=lot,
            quantity=quantity,
            receiver=receiver,
            shipment=shipment,
            order=order,
            conditions=conditions,
            sale=sale,
        )
        entries.append(dispatch(given, at=at, nonce=nonce_for(nonce, lot), salt=salt))
    return tuple(entries)
