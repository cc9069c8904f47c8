"""Take cases and pallets by their labels; the packs in them are inferred, not seen."""

from collections.abc import Sequence
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.queries.containers import Packed, inside, those_with
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.packing import by_lot, nonce_for
from supplychain.recording.receiving import Receipt, receive
from supplychain.recording.submissions import Recorded


def receive_containers(
    *,
    party: str,
    containers: Sequence[Container],
    conditions: ConditionsInput,
    note: str,
    at: datetime,
    nonce: bytes,
    arrived: datetime | None = None,
) -> tuple[Recorded, ...]:
    """Receive all that is on the way to the party in these containers: one entry for each dispatch.

    What else the dispatches hold stays on the way. Raises Invalid, RuleBroken (CONTAINER_EMPTY,
    NOT_RECEIVER, …) or LedgerError.
    """
    coming = [one for one in inside(containers) if one.receiver == party]
    if not coming:
        message = "Nothing in these containers is on the way to you."
        raise RuleBroken("R9", "CONTAINER_EMPTY", message)
    entries = []
    for lot, packed in by_lot(coming).items():
        for output in sorted({one.output for one in packed}):
            here = [one for one in packed if one.output == output]
            given = _receipt(party, lot, output, here, containers, conditions, note)
            entries.append(
                receive(given, arrived=arrived or at, at=at, nonce=_nonce(nonce, lot, output))
            )
    return tuple(entries)


def _nonce(nonce: bytes, lot: LotKey, output: OutputRef) -> bytes:
    return nonce_for(nonce + str(output).encode(), lot)


def _receipt(
    party: str,
    lot: LotKey,
    output: OutputRef,
    packed: Sequence[Packed],
    containers: Sequence[Container],
    conditions: ConditionsInput,
    note: str,
) -> Receipt:
    return Receipt(
        party=party,
        output=output,
        lot=lot,
        received=len(packed),
        damaged=0,
        conditions=conditions,
        note=note,
        packs=tuple(one.serial for one in packed),
        containers=those_with(containers, packed),
    )
