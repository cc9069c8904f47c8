"""Take what arrived of several dispatches in one go, lot by lot, counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.receiving import Receipt, receipt_nonce, receive
from supplychain.recording.submissions import Recorded


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one output on the way, in smallest saleable units."""

    lot: LotKey
    output: OutputRef
    received: int
    damaged: int


def receive_lines(
    *,
    party: str,
    lines: Sequence[Line],
    conditions: ConditionsInput,
    note: str,
    at: datetime,
    nonce: bytes,
    arrived: datetime,
) -> tuple[Recorded, ...]:
    """Receive each line of which anything came: one entry for each. The rest stays on the way.

    All came in the same way: `conditions` hold for every line, over the time since its dispatch.
    Raises Invalid, RuleBroken (NOTHING_RECEIVED, NOT_IN_TRANSIT, NOT_RECEIVER, MASS_IMBALANCE, …)
    or LedgerError.
    """
    came = [one for one in lines if one.received or one.damaged]
    if not came:
        message = "Nothing arrived by these amounts: there is nothing to sign."
        raise RuleBroken("R5", "NOTHING_RECEIVED", message)
    entries = []
    for one in came:
        given = Receipt(
            party=party,
            output=one.output,
            lot=one.lot,
            received=one.received,
            damaged=one.damaged,
            conditions=conditions,
            note=note,
        )
        own = receipt_nonce(nonce, one.lot, one.output)
        entries.append(receive(given, arrived=arrived, at=at, nonce=own))
    return tuple(entries)
