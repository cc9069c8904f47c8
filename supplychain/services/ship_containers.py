"""Send cases and pallets to another party, by their labels."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.queries.containers import those_with
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.dispatching import Dispatch, dispatch
from supplychain.recording.packing import all_within, nonce_for
from supplychain.recording.submissions import Recorded


def ship_containers(
    *,
    party: str,
    containers: Sequence[Container],
    receiver: str,
    shipment: str,
    order: str | None,
    conditions: ConditionsInput,
    at: datetime,
    nonce: bytes,
    salt: bytes,
) -> tuple[Recorded, ...]:
    """Dispatch all that is in the containers: one entry for each lot, one shipment number.

    Sent again with the same nonce, only what is missing is done. Raises Invalid, RuleBroken
    (CONTAINER_EMPTY, PACKED, PACK_NOT_HERE, RECALLED, …) or LedgerError.
    """
    within = all_within(containers)
    if not within:
        raise RuleBroken("R9", "CONTAINER_EMPTY", "Nothing is known to be in these containers.")
    entries = []
    for lot, here in within.items():
        given = Dispatch(
            party=party,
            lot=lot,
            quantity=here.quantity,
            receiver=receiver,
            shipment=shipment,
            order=order,
            conditions=conditions,
            packs=here.serials,
            containers=those_with(containers, here.goods),
        )
        entries.append(dispatch(given, at=at, nonce=nonce_for(nonce, lot), salt=salt))
    return tuple(entries)
