"""Take everything out of a container."""

from collections.abc import Iterator
from datetime import datetime

from ledger.core.entry import stream_id
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.domain.packing_statements import Disaggregate
from supplychain.queries.containers import below, lots_ever_in
from supplychain.recording.packing import Packing, Within, all_within, nonce_for, pack
from supplychain.recording.retries import recorded_before
from supplychain.recording.submissions import Recorded


def disaggregate_container(
    *, party: str, container: Container, at: datetime, nonce: bytes
) -> tuple[Recorded, ...]:
    """Unpack, with one entry for each lot inside; containers that were in it stay packed.

    Sent again with the same nonce, only what is missing is done. Raises Invalid, RuleBroken
    (CONTAINER_EMPTY, CONTAINER_ELSEWHERE, …) or LedgerError.
    """
    before = [
        known
        for lot in lots_ever_in(container)
        if (known := recorded_before(party, lot.stream, nonce_for(nonce, lot)))
    ]
    within = all_within([container])
    if not (within or before):
        raise RuleBroken("R9", "CONTAINER_EMPTY", f"Nothing is known to be in {container}.")
    unpackings = (_unpacking(party, container, lot, here) for lot, here in within.items())
    made = [
        pack(Disaggregate, given, at=at, nonce=nonce_for(nonce, given.lot))
        for given in unpackings
        if given.packs or given.units or given.children  # else it was put into an inner one alone
    ]
    return tuple(before + made)


def _unpacking(party: str, container: Container, lot: LotKey, here: Within) -> Packing:
    return Packing(
        party=party,
        container=container,
        lot=lot,
        consumes=sorted(here.outputs),
        packs=tuple(one.serial for one in here.packs if one.container == container),
        units=sum(one.units for one in here.units if one.container == container),
        children=tuple(sorted({*_children(container, lot, here)})),
    )


def _children(container: Container, lot: LotKey, here: Within) -> Iterator[Container]:
    """The containers directly inside that have goods of the lot, as far as its own entries say."""
    nesting = below([container], stream_id(lot.stream))
    ways = [tuple(nesting.upwards(one.container)) for one in here.packs]
    for way in (*ways, *(one.way for one in here.units)):
        if container in way[1:]:
            yield way[way.index(container) - 1]
