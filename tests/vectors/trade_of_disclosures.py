"""A maker lets an inspector open what it has sealed; he reads, and his right ends."""

from ledger.core.entry import Entry
from ledger.core.envelope import seal
from ledger.core.evidence import Evidence
from ledger.core.index import OPERATOR
from ledger.core.signatures import PrivateKey
from supplychain.domain.disclosure_statements import (
    Disclosing,
    Grant,
    Read,
    Revoke,
    Sealed,
    SealedMember,
    stream_of,
)
from tests.people import MAKER, REGULATOR, WHOLESALER
from tests.supplychain.domain.lot_story import KEY, LotStory, birth
from tests.vectors.trade import Trade
from tests.vectors.world import a_key, output

STREAM = stream_of(MAKER.gln)


def every_statement_about_disclosures() -> Evidence:
    """One grant, two readings (the second by an authority, without one), and its end."""
    trade = Trade()
    born = trade.say(MAKER, birth())
    shipped = trade.say(MAKER, LotStory.ship_of(MAKER, WHOLESALER, 10, 90), output(born))
    of_it = Sealed(KEY, (SealedMember.ORDER,), (shipped.entry_id,))
    grant = _say(trade, a_key(str(MAKER.gln)), Grant(of_it, WHOLESALER.gln))
    operator = a_key(OPERATOR)
    _say(trade, operator, Read(of_it, grant.entry_id, WHOLESALER.gln))
    _say(trade, operator, Read(of_it, None, REGULATOR.gln))
    _say(trade, a_key(str(MAKER.gln)), Revoke(grant.entry_id, "The audit is over"))
    trade.world.index()
    return trade.world.evidence(STREAM)


def _say(trade: Trade, signer: PrivateKey, said: Disclosing) -> Entry:
    salts = [b"salt of a reader"][: len(said.sealed())]
    digests, disclosures = seal(said.sealed(), salts)
    return trade.world.say(
        signer, said.type, disclosures, stream=STREAM, body=said.as_body(), sealed=digests
    )
