"""A drop shipment: the wholesaler bought and sold what went straight from maker to pharmacy."""

from dataclasses import replace

from ledger.core.evidence import Evidence
from supplychain.domain.sales import Sale
from tests.people import MAKER, PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import KEY, LotStory, birth
from tests.vectors.trade import Trade
from tests.vectors.world import output


def drop_shipment() -> Evidence:
    """Each side signs, sealed, with whom it dealt; here both are shown."""
    trade = Trade()
    born = trade.say(MAKER, birth())
    sent = replace(
        LotStory.ship_of(MAKER, PHARMACY, 10, 90), order="PO-9", sale=Sale(buyer=WHOLESALER.gln)
    )
    shipped = trade.say(MAKER, sent, output(born))
    taken = replace(LotStory.receipt_of(MAKER, PHARMACY, 10), sale=Sale(seller=WHOLESALER.gln))
    trade.say(PHARMACY, taken, output(shipped))
    trade.world.index()
    return trade.world.evidence(KEY.stream)
