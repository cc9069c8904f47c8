"""Put packs, units and containers into a container."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.packing_statements import Aggregate
from supplychain.queries.containers import outputs_around, those_with
from supplychain.queries.packs import places_of
from supplychain.recording.packing import Packing, Within, all_within, nonce_for, pack
from supplychain.recording.submissions import Recorded

_NO_UNITS: Mapping[LotKey, int] = MappingProxyType({})


def aggregate_packs(
    *,
    party: str,
    container: Container,
    packs: Mapping[LotKey, Sequence[Serial]],
    children: Sequence[Container],
    at: datetime,
    nonce: bytes,
    units: Mapping[LotKey, int] = _NO_UNITS,
) -> tuple[Recorded, ...]:
    """Pack, with one entry for each lot that is packed, also inside the `children`.

    `units` are of lots without serial numbers, out of the loose ones. Sent again with the same
    nonce, only what is missing is done. Raises Invalid, RuleBroken (PACKED, CONTAINER_PACKED,
    CONTAINER_CYCLE, CONTAINER_ELSEWHERE, PACK_NOT_HERE, CONTAINER_EMPTY) or LedgerError.
    """
    within = all_within(children)
    _prove_filled(children, within)
    entries = []
    for lot in sorted({*packs, *units, *within}):
        serials, amount = tuple(packs.get(lot, ())), units.get(lot, 0)
        here = within.get(lot, Within())
        given = Packing(
            party=party,
            container=container,
            lot=lot,
            consumes=sorted(
                _outputs(lot, serials) | here.outputs | outputs_around([container], lot)
            ),
            packs=serials,
            units=amount,
            children=those_with(children, here.goods),
        )
        entries.append(pack(Aggregate, given, at=at, nonce=nonce_for(nonce, lot)))
    return tuple(entries)


def _prove_filled(children: Sequence[Container], within: Mapping[LotKey, Within]) -> None:
    packed = [one for here in within.values() for one in here.goods]
    empty = set(children) - set(those_with(children, packed))
    if empty:
        message = f"Nothing is known to be in {min(empty)}: pack it first."
        raise RuleBroken("R9", "CONTAINER_EMPTY", message)


def _outputs(lot: LotKey, serials: Sequence[Serial]) -> set[OutputRef]:
    places = places_of(stream_id(lot.stream), serials)
    absent = [serial for serial in serials if serial not in places]
    if absent:
        raise RuleBroken("R3", "PACK_NOT_HERE", f"{lot} has no pack {absent[0]}.")
    return {place.ref for place in places.values()}
