"""Send units of a lot to another party."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.sales import NO_SALE, Sale
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.dispatching import Dispatch, dispatch
from supplychain.recording.submissions import Recorded


def ship_lot(
    *,
    party: str,
    lot: LotKey,
    quantity: int,
    receiver: str,
    shipment: str,
    order: str | None,
    conditions: ConditionsInput,
    at: datetime,
    nonce: bytes,
    salt: bytes,
    packs: Sequence[Serial] | None = None,
    sale: Sale = NO_SALE,
) -> Recorded:
    """Dispatch units that the party holds, or just these packs; what is left over stays held.

    Of a lot with serial numbers, `packs` says which ones, unless all goods go.
    `sale` says who owns them before and after, where that is not giver and receiver.
    `order` and `sale` are sealed with `salt` (16 random bytes): later holders do not read it.
    Raises Invalid, RuleBroken (NOT_HOLDER, MASS_IMBALANCE, RECEIVER_UNKNOWN, RECALLED, …) or
    LedgerError.
    """
    given = Dispatch(
        party=party,
        lot=lot,
        quantity=quantity,
        receiver=receiver,
        shipment=shipment,
        order=order,
        conditions=conditions,
        packs=packs,
        sale=sale,
    )
    return dispatch(given, at=at, nonce=nonce, salt=salt)
