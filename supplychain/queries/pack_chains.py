"""The chain that an answer about a code depends on: the pack's own, where its lot has serials.

A lot that went to a thousand pharmacies has thousands of entries; a pack came through a few of
them. Tables are asked where the pack is; what is proven decides.
"""

from datetime import datetime

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.barcodes import Scanned
from supplychain.domain.lots import LotKey
from supplychain.domain.pack_traces import PackFault, PackTrace
from supplychain.models import Lot
from supplychain.queries.chains import Chain, chain_of
from supplychain.queries.pack_traces import trace_of
from supplychain.queries.packs import is_serialised, places_of

_ROUNDS_MAX = 3


def chain_for(key: LotKey, read: Scanned, at: datetime, *, asking: str | None) -> Chain:
    """Prove the chain of the pack that was read, or of its lot.

    Of the lot wherever the pack's own chain leaves anything open: entries that no checkpoint covers
    yet, anything odd, or completeness that is not proven.
    """
    output = _output(key, read)
    for _ in range(_ROUNDS_MAX):
        if output is None:
            break
        chain = chain_of(key, at, asking=asking, outputs={output})
        pack = trace_of(chain, read.serial)
        if pack is None or not _settled(chain, pack):
            break
        if not pack.way or pack.way[-1] == output:
            return chain
        output = pack.way[-1]  # it went on: the tables were behind, or somebody bent them
    return chain_of(key, at, asking=asking)


def _output(key: LotKey, read: Scanned) -> OutputRef | None:
    """Where the tables say that the pack is; of an unknown one, where the lot's packs began."""
    stream = stream_id(key.stream)
    if read.serial is None or not is_serialised(stream):
        return None
    places = places_of(stream, [read.serial])
    if places:
        return places[read.serial].ref
    birth = Lot.objects.filter(stream_id=stream).values_list("entry_id", flat=True).first()
    return None if birth is None else OutputRef(birth, 0)


def _settled(chain: Chain, pack: PackTrace) -> bool:
    odd = chain.pending or chain.errors or chain.broken or chain.complete_to is None
    return not odd and pack.fault in (None, PackFault.NOT_BORN)
