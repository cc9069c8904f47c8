"""Take cases and pallets by their labels; what is in them is inferred, not seen."""

from collections.abc import Sequence
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.queries.containers import lots_ever_in, those_with
from supplychain.queries.stock import arrived_of
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.packing import Within, all_within, nonce_for
from supplychain.recording.receiving import Receipt, receive
from supplychain.recording.retries import recorded_before
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

    What else the dispatches hold stays on the way. Sent again with the same nonce, it is answered
    like the first time. Raises Invalid, RuleBroken (CONTAINER_EMPTY,
    NOT_RECEIVER, …) or LedgerError.
    """
    coming = _coming(party, containers)
    before = [] if coming else _received_before(party, containers, nonce)
    if before:
        return tuple(before)
    if not coming:
        message = "Nothing in these containers is on the way to you."
        raise RuleBroken("R9", "CONTAINER_EMPTY", message)
    entries = []
    for (lot, output), here in sorted(coming.items()):
        given = _receipt(party, lot, output, here, containers, conditions, note)
        entries.append(
            receive(given, arrived=arrived or at, at=at, nonce=_nonce(nonce, lot, output))
        )
    return tuple(entries)


def _coming(party: str, containers: Sequence[Container]) -> dict[tuple[LotKey, OutputRef], Within]:
    """What is on the way to the party in these containers, by dispatch."""
    found: dict[tuple[LotKey, OutputRef], Within] = {}
    for lot, here in all_within(containers).items():
        for pack in here.packs:
            if pack.receiver == party:
                found.setdefault((lot, pack.output), Within()).packs.append(pack)
        for some in here.units:
            if some.receiver == party:
                found.setdefault((lot, some.output), Within()).units.append(some)
    return found


def _received_before(party: str, containers: Sequence[Container], nonce: bytes) -> list[Recorded]:
    lots = dict.fromkeys(lot for one in containers for lot in lots_ever_in(one))
    journeys = ((lot, output) for lot in lots for output in arrived_of(party, lot))
    found = (
        recorded_before(party, lot.stream, _nonce(nonce, lot, output)) for lot, output in journeys
    )
    return [one for one in found if one]


def _nonce(nonce: bytes, lot: LotKey, output: OutputRef) -> bytes:
    return nonce_for(nonce + str(output).encode(), lot)


def _receipt(
    party: str,
    lot: LotKey,
    output: OutputRef,
    here: Within,
    containers: Sequence[Container],
    conditions: ConditionsInput,
    note: str,
) -> Receipt:
    return Receipt(
        party=party,
        output=output,
        lot=lot,
        received=here.quantity,
        damaged=0,
        conditions=conditions,
        note=note,
        packs=here.serials,
        containers=those_with(containers, here.goods),
    )
