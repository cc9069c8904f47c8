"""The chain that an answer about packs depends on: their own, where their lot has serials.

A lot that went to a thousand pharmacies has thousands of entries; a pack came through a few of
them. Tables are asked where the packs are; what is proven decides.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from ledger.core.entry import stream_id
from ledger.core.evidence import OUTPUTS_MAX
from ledger.core.links import OutputRef
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.pack_traces import PackFault, PackTrace
from supplychain.models import Lot
from supplychain.queries.chains import Chain, chain_of
from supplychain.queries.pack_traces import traces_of
from supplychain.queries.packs import is_serialised, places_of

_ROUNDS_MAX = 3


class Traced(NamedTuple):
    """A proven chain, and the ways of the packs through it that were asked for."""

    chain: Chain
    packs: Mapping[Serial, PackTrace | None]


def chain_for(
    key: LotKey, serials: Collection[Serial | None], at: datetime, *, asking: str | None
) -> Traced:
    """Prove the chain of the packs that were read, or of their lot where one was without serial.

    Of the lot wherever the packs' own chain leaves anything open: entries that no checkpoint covers
    yet, anything odd, or completeness that is not proven.
    """
    packs = {one for one in serials if one is not None}
    outputs = _outputs(key, packs) if None not in serials else set()
    for _ in range(_ROUNDS_MAX):
        if not 0 < len(outputs) <= OUTPUTS_MAX:
            break
        chain = chain_of(key, at, asking=asking, outputs=outputs)
        traces = traces_of(chain, packs)
        if not all(_settled(chain, pack) for pack in traces.values()):
            break
        further = {pack.way[-1] for pack in traces.values() if pack and pack.way} - outputs
        if not further:
            return Traced(chain, traces)
        outputs |= further  # they went on: the tables were behind, or somebody bent them
    chain = chain_of(key, at, asking=asking)
    return Traced(chain, traces_of(chain, packs))


def chain_around(
    key: LotKey, outputs: Collection[OutputRef], at: datetime, *, asking: str | None
) -> Chain:
    """Prove the chain that these outputs came through; of their lot where that leaves a doubt."""
    if len(outputs) <= OUTPUTS_MAX:
        chain = chain_of(key, at, asking=asking, outputs=outputs)
        if not _odd(chain):
            return chain
    return chain_of(key, at, asking=asking)


def _outputs(key: LotKey, packs: Collection[Serial]) -> set[OutputRef]:
    """Where the tables say that the packs are; of an unknown one, where the lot's packs began."""
    stream = stream_id(key.stream)
    places = places_of(stream, packs)
    outputs = {place.ref for place in places.values()}
    if len(places) < len(packs) and is_serialised(stream):
        births = Lot.objects.filter(stream_id=stream).values_list("entry_id", flat=True)
        outputs |= {OutputRef(birth, 0) for birth in births}
    return outputs


def _settled(chain: Chain, pack: PackTrace | None) -> bool:
    return not _odd(chain) and pack is not None and pack.fault in (None, PackFault.NOT_BORN)


def _odd(chain: Chain) -> bool:
    return bool(chain.pending or chain.errors or chain.broken or chain.complete_to is None)
