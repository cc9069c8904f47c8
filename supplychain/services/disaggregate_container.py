"""Take everything out of a container."""

from datetime import datetime

from ledger.core.entry import stream_id
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.domain.packing_statements import Disaggregate
from supplychain.queries.containers import Packed, below, inside
from supplychain.recording.packing import Packing, by_lot, nonce_for, pack
from supplychain.recording.submissions import Recorded


def disaggregate_container(
    *, party: str, container: Container, at: datetime, nonce: bytes
) -> tuple[Recorded, ...]:
    """Unpack, with one entry for each lot inside; containers that were in it stay packed.

    Raises Invalid, RuleBroken (CONTAINER_EMPTY, CONTAINER_ELSEWHERE, …) or LedgerError.
    """
    within = by_lot(inside([container]))
    if not within:
        raise RuleBroken("R9", "CONTAINER_EMPTY", f"Nothing is known to be in {container}.")
    entries = []
    for lot, packed in within.items():
        given = Packing(
            party=party,
            container=container,
            lot=lot,
            consumes=sorted({one.output for one in packed}),
            packs=tuple(one.serial for one in packed if one.container == container),
            children=_children(container, lot, packed),
        )
        entries.append(pack(Disaggregate, given, at=at, nonce=nonce_for(nonce, lot)))
    return tuple(entries)


def _children(container: Container, lot: LotKey, packed: list[Packed]) -> tuple[Container, ...]:
    """The containers directly inside that have packs of the lot."""
    nesting = below([container], stream_id(lot.stream))
    found = set()
    for one in packed:
        way = list(nesting.upwards(one.container))
        if len(way) > 1:
            found.add(way[way.index(container) - 1])
    return tuple(sorted(found))
