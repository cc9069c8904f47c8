"""Whether goods may be handed out, by what their scan says at the site that has them."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.barcodes import Scanned
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.verdicts import Verdict, VerdictCode
from supplychain.queries.judgements import all_judged, grounds
from supplychain.queries.pack_chains import chain_for
from supplychain.queries.scans import asking_party, proven

USABLE = frozenset({VerdictCode.OK, VerdictCode.CAUTION})


def prove_usable(lot: LotKey, packs: Sequence[Serial], *, gln: str, at: datetime) -> None:
    """That a scan of these packs, or of the lot where none is named, says OK or CAUTION there.

    Raises RuleBroken with the verdict's own sentence and the code of its first reason. It stands
    with the rule that flagged goods do not move (R11): a scan finds more flags than orders are.
    """
    reads = [Scanned(lot.gtin, lot.lot, None, one) for one in packs or (None,)]
    traced = chain_for(lot, [one.serial for one in reads], at, asking=gln)
    party = proven(asking_party(gln), traced.chain)
    for found in all_judged(grounds(traced, reads, party, at)):
        _prove(found.verdict)


def _prove(verdict: Verdict) -> None:
    if verdict.code not in USABLE:
        raise RuleBroken("R11", verdict.codes[0], verdict.sentence)
