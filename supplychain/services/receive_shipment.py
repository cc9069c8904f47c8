"""Take what arrived of a dispatch."""

from collections.abc import Sequence
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.sales import NO_SALE, Sale
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.receiving import Receipt, receive
from supplychain.recording.submissions import Recorded


def receive_shipment(
    *,
    party: str,
    output: OutputRef,
    lot: LotKey,
    received: int,
    damaged: int,
    conditions: ConditionsInput,
    note: str,
    at: datetime,
    nonce: bytes,
    arrived: datetime | None = None,
    packs: Sequence[Serial] | None = None,
    damaged_packs: Sequence[Serial] | None = None,
    over: int = 0,
    over_packs: Sequence[Serial] = (),
    sale: Sale = NO_SALE,
    salt: bytes = b"",
) -> Recorded:
    """Receive `received` good and `damaged` bad units; what is missing stays on the way.

    What was sent back is then `returned`, and no stock before it is checked (`release_units`).
    `over` counts what came beyond all that was sent: set it aside, its giver has to admit it.
    `arrived` is when they came in, `at` (now) unless it is given; the entry claims that time, and
    readings must cover the journey from its dispatch until then. Of a lot with serial numbers,
    `packs` and `damaged_packs` say which ones arrived, unless all did in one state. `sale` says
    who owned them before and owns them now, where others do; it is sealed with `salt` (16 random
    bytes). Raises Invalid, RuleBroken (NOT_IN_TRANSIT, NOT_RECEIVER, MASS_IMBALANCE, …) or
    LedgerError.
    """
    given = Receipt(
        party=party,
        output=output,
        lot=lot,
        received=received,
        damaged=damaged,
        conditions=conditions,
        note=note,
        packs=packs,
        damaged_packs=damaged_packs,
        over=over,
        over_packs=over_packs,
        sale=sale,
    )
    return receive(given, arrived=arrived or at, at=at, nonce=nonce, salt=salt)
