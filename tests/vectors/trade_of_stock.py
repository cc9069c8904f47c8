"""A lot through what holders may do with their stock, besides handing it on."""

from dataclasses import replace
from datetime import timedelta

from ledger.core.evidence import Evidence
from supplychain.domain.identifiers import LotNumber
from supplychain.domain.lots import Expiry, LotKey, Printed
from supplychain.domain.outputs import Over, State
from supplychain.domain.parties import Party
from supplychain.domain.statements import (
    Correction,
    Decommission,
    ExpiryExtend,
    Export,
    Quarantine,
    RecallClass,
    RecallIssue,
    RecallLift,
    Receive,
    Release,
    Return,
    Sample,
    Surplus,
    Transform,
    TransformKind,
    Undo,
)
from supplychain.domain.transform_statements import Into
from tests.people import MAKER, WHOLESALER
from tests.supplychain.domain.lot_story import EXPIRY, GTIN, KEY, NONE_NEEDED, LotStory, birth
from tests.vectors.trade import Trade
from tests.vectors.world import output


def every_statement_about_stock() -> Evidence:
    """100 units: some set aside, released, sampled, exported, decommissioned; two come back.

    A sample is undone, a recall lifted, the expiry extended, and an entry corrected.
    """
    trade = Trade()
    maker = MAKER.gln
    born = trade.say(MAKER, birth())
    quarantine = Quarantine.of(holder=maker, quantity=20, rest=80, reason="Seal to be looked at")
    aside = trade.say(MAKER, quarantine, output(born))
    release = Release.of(
        holder=maker, quantity=15, rest=5, reason="Seal is good", state=State.QUARANTINED
    )
    free = trade.say(MAKER, release, output(aside))
    sample = Sample.of(
        holder=maker, quantity=2, rest=3, reason="Asked for", state=State.QUARANTINED
    )
    sampled = trade.say(MAKER, sample, output(free, 1))
    export = Export.of(holder=maker, quantity=10, rest=5, reason="To Norway")
    left = trade.say(MAKER, export, output(free))
    decommission = Decommission.of(holder=maker, quantity=1, rest=4, reason="Free sample")
    trade.say(MAKER, decommission, output(left, 1))
    shipped = trade.say(MAKER, LotStory.ship_of(MAKER, WHOLESALER, 30, 50), output(aside, 1))
    received = trade.say(WHOLESALER, _receive(MAKER, WHOLESALER, 30), output(shipped))
    returned = trade.say(WHOLESALER, _send_back(2, 28), output(received))
    back = trade.say(MAKER, _receive(WHOLESALER, MAKER, 2, State.RETURNED), output(returned))
    checked = Release.of(holder=maker, quantity=1, rest=1, reason="Good", state=State.RETURNED)
    trade.say(MAKER, replace(checked, printed=Printed(KEY, EXPIRY.on)), output(back))
    undo = Undo.of(holder=maker, quantity=1, rest=1, reason="Box found", state=State.SAMPLED)
    trade.say(MAKER, undo, output(sampled))
    recall = trade.say(MAKER, RecallIssue(RecallClass.III, "Wrong leaflet"))
    trade.say(MAKER, RecallLift(recall.entry_id, "Leaflet is right"))
    later = Expiry(EXPIRY.on + timedelta(days=90))
    trade.say(MAKER, ExpiryExtend(later, "Stability study"))
    trade.say(MAKER, Correction(shipped.entry_id, "It was box 7"))
    more = trade.say(MAKER, LotStory.ship_of(MAKER, WHOLESALER, 10, 40), output(shipped, 1))
    over = replace(_receive(MAKER, WHOLESALER, 10), over=Over(3))
    received = trade.say(WHOLESALER, over, output(more))
    admitted = trade.say(MAKER, _admit(3, 37, received.entry_id), output(more, 1))
    trade.say(MAKER, _transform(30, 1, 6), output(admitted, 1))
    trade.world.index()
    return trade.world.evidence(KEY.stream)


def _receive(giver: Party, receiver: Party, quantity: int, good: State = State.HELD) -> Receive:
    return Receive.of(
        giver=giver.gln,
        receiver=receiver.gln,
        accepted=quantity,
        damaged=0,
        missing=0,
        shipment="S-1",
        conditions=NONE_NEEDED,
        good=good,
    )


def _send_back(quantity: int, rest: int) -> Return:
    return Return.back(
        holder=WHOLESALER.gln,
        supplier=MAKER.gln,
        quantity=quantity,
        rest=rest,
        shipment="R-1",
        reason="Ordered too many",
        conditions=NONE_NEEDED,
    )


def _admit(quantity: int, rest: int, receipt: str) -> Surplus:
    return Surplus.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        quantity=quantity,
        rest=rest,
        receipt=receipt,
        reason="Miscounted",
    )


def _transform(uses: int, lost: int, rest: int) -> Transform:
    return Transform.of(
        holder=MAKER.gln,
        operation="OP-1",
        kind=TransformKind.REPACK,
        reason="Smaller packs",
        into=(Into(LotKey(GTIN, LotNumber("A123-S")), uses, 3 * uses),),
        lost=lost,
        rest=rest,
    )
