"""Send what was scanned: packs, cases and pallets, of any lots, with serial numbers or without."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.sales import NO_SALE, Sale
from supplychain.queries.containers import those_with
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.dispatching import Dispatch, dispatch
from supplychain.recording.packing import Within, all_within, nonce_for
from supplychain.recording.submissions import Recorded


def ship_scanned(
    *,
    party: str,
    packs: Mapping[LotKey, Sequence[Serial]],
    containers: Sequence[Container],
    receiver: str,
    shipment: str,
    order: str | None,
    conditions: ConditionsInput,
    at: datetime,
    nonce: bytes,
    salt: bytes,
    sale: Sale = NO_SALE,
) -> tuple[Recorded, ...]:
    """Dispatch these packs and all that is in the containers: one entry for each lot.

    `order` and `sale` (who owns them before and after, where others do) are sealed with `salt`. A
    pack that was scanned beside its container goes once. Sent again with the same nonce, only
    what is missing is done. Raises Invalid, RuleBroken (NOTHING_SCANNED, PACKED, PACK_NOT_HERE,
    RECALLED, …) or LedgerError.
    """
    within = all_within(containers)
    if not (within or packs):
        raise RuleBroken("R9", "NOTHING_SCANNED", "Nothing is known to be in what was scanned.")
    entries = []
    for lot in sorted({*packs, *within}):
        here = within.get(lot, Within())
        serials = {*packs.get(lot, ()), *(here.serials or ())}
        given = Dispatch(
            party=party,
            lot=lot,
            quantity=len(serials) or here.quantity,
            receiver=receiver,
            shipment=shipment,
            order=order,
            conditions=conditions,
            packs=tuple(sorted(serials)) or None,
            containers=those_with(containers, here.goods),
            sale=sale,
        )
        entries.append(dispatch(given, at=at, nonce=nonce_for(nonce, lot), salt=salt))
    return tuple(entries)
