"""A lot through what holders may do with their stock, besides handing it on."""

from ledger.core.evidence import Evidence
from supplychain.domain.outputs import State
from supplychain.domain.statements import Decommission, Export, Quarantine, Release, Sample
from tests.people import MAKER
from tests.supplychain.domain.lot_story import KEY, birth
from tests.vectors.trade import Trade
from tests.vectors.world import output


def every_statement_about_stock() -> Evidence:
    """100 units: some set aside and released, others sampled, exported and decommissioned."""
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
    trade.say(MAKER, sample, output(free, 1))
    export = Export.of(holder=maker, quantity=10, rest=5, reason="To Norway")
    left = trade.say(MAKER, export, output(free))
    decommission = Decommission.of(holder=maker, quantity=1, rest=4, reason="Free sample")
    trade.say(MAKER, decommission, output(left, 1))
    trade.world.index()
    return trade.world.evidence(KEY.stream)
