"""Take what was scanned of the dispatches that it belongs to: packs, cases and pallets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.sales import NO_SALE, Sale
from supplychain.queries.containers import inside, those_with
from supplychain.queries.scanned_goods import PackAt
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.packing import by_lot
from supplychain.recording.receiving import Receipt, receipt_nonce, receive
from supplychain.recording.submissions import Recorded


@dataclass(slots=True)
class _Arrived:
    good: set[Serial] = field(default_factory=set)
    bad: set[Serial] = field(default_factory=set)


def receive_scanned(
    *,
    party: str,
    good: Sequence[PackAt],
    damaged: Sequence[PackAt],
    containers: Sequence[Container],
    conditions: ConditionsInput,
    note: str,
    at: datetime,
    nonce: bytes,
    arrived: datetime | None = None,
    sale: Sale = NO_SALE,
    salt: bytes = b"",
) -> tuple[Recorded, ...]:
    """Receive these packs, on the way to the party: one entry for each dispatch.

    `containers` are those whose labels were read; the packs in them are among `good`, inferred.
    What else a dispatch holds stays on the way. `sale` says who owned them before and owns them
    now, where others do; it is sealed with `salt` (16 random bytes). Raises Invalid, RuleBroken
    (NOTHING_SCANNED, NOT_RECEIVER, …) or LedgerError.
    """
    if not (good or damaged):
        raise RuleBroken("R5", "NOTHING_SCANNED", "Nothing that was scanned is on the way to you.")
    inferred = by_lot(inside(containers))
    entries = []
    for (lot, output), found in sorted(_by_dispatch(good, damaged).items()):
        mine = [one for one in inferred.get(lot, []) if one.output == output]
        given = Receipt(
            party=party,
            output=output,
            lot=lot,
            received=len(found.good),
            damaged=len(found.bad),
            conditions=conditions,
            note=note,
            packs=tuple(sorted(found.good)),
            damaged_packs=tuple(sorted(found.bad)),
            containers=those_with(containers, mine),
            sale=sale,
        )
        own = receipt_nonce(nonce, lot, output)
        entries.append(receive(given, arrived=arrived or at, at=at, nonce=own, salt=salt))
    return tuple(entries)


def _by_dispatch(
    good: Sequence[PackAt], damaged: Sequence[PackAt]
) -> dict[tuple[LotKey, OutputRef], _Arrived]:
    found: dict[tuple[LotKey, OutputRef], _Arrived] = {}
    for pack in damaged:
        found.setdefault((pack.lot, pack.output), _Arrived()).bad.add(pack.serial)
    for pack in good:
        arrived = found.setdefault((pack.lot, pack.output), _Arrived())
        if pack.serial not in arrived.bad:
            arrived.good.add(pack.serial)
    return found
