"""The ways of packs through a proven chain, from the kept nodes of the lot's sets."""

from collections.abc import Collection, Mapping

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from ledger.core.sets import Subset
from supplychain.domain.identifiers import Serial
from supplychain.domain.pack_traces import PackTrace, trace
from supplychain.domain.packs import Pack
from supplychain.queries.chains import Chain
from supplychain.queries.packs import memberships


def trace_of(chain: Chain, serial: Serial | None) -> PackTrace | None:
    """The pack's way; None where no serial was read, or the lot is unknown or has none."""
    return None if serial is None else traces_of(chain, [serial])[serial]


def traces_of(chain: Chain, serials: Collection[Serial]) -> Mapping[Serial, PackTrace | None]:
    """The ways of many packs of one lot, for little more than that of one."""
    if not serials or chain.lot is None:
        return dict.fromkeys(serials)
    packs = {one: Pack(chain.key.gtin, one) for one in serials}
    shown = memberships(stream_id(chain.key.stream), packs.values(), _roots(chain))
    return {one: trace(chain.history, shown(pack)) for one, pack in packs.items()}


def _roots(chain: Chain) -> dict[OutputRef, Subset]:
    return {
        ref: Subset(output.quantity, bytes.fromhex(output.packs))
        for ref, output in chain.history.made.items()
        if output.packs is not None
    }
