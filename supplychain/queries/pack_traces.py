"""The way of a scanned pack through a proven chain, from the kept nodes of the lot's sets."""

from ledger.core.entry import stream_id
from ledger.core.sets import Subset
from supplychain.domain.identifiers import Serial
from supplychain.domain.pack_traces import PackTrace, trace
from supplychain.domain.packs import Pack
from supplychain.queries.chains import Chain
from supplychain.queries.packs import memberships


def trace_of(chain: Chain, serial: Serial | None) -> PackTrace | None:
    """The pack's way; None where no serial was read, or the lot is unknown or has none."""
    if serial is None or chain.lot is None:
        return None
    roots = {
        ref: Subset(output.quantity, bytes.fromhex(output.packs))
        for ref, output in chain.history.made.items()
        if output.packs is not None
    }
    pack = Pack(chain.key.gtin, serial)
    return trace(chain.history, memberships(stream_id(chain.key.stream), pack, roots))
