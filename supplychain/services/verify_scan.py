"""Answer a scan: whether the chain of custody is unbroken, and the goods may be used."""

from datetime import datetime

from supplychain.domain.barcodes import ScanFault, Scanned, parse
from supplychain.domain.facts import Facts
from supplychain.domain.parties import Party
from supplychain.domain.verdicts import Verdict, already_scanned_here, judge, scan_again
from supplychain.models import Sighting
from supplychain.queries.access import may_see_lot
from supplychain.queries.chains import Chain, chain_of
from supplychain.queries.judgements import judgement, recorded
from supplychain.queries.scans import (
    ScanResult,
    asking_party,
    code_of,
    proven,
    seen_here,
    sees_all,
)


def verify_scan(*, scanned: str, at: datetime, asking: str | None) -> ScanResult:
    """Judge what was scanned or typed, for the party `asking` (a GLN) or for a passer-by.

    Everything shown comes from signed entries that were verified just now. Never raises for what
    was scanned, nor for what was done to the database. A signed-in site's scan of a pack (with a
    serial) is kept as a sighting of that site.
    """
    try:
        read = parse(scanned, on=at.date())
    except ScanFault as fault:
        return ScanResult(text=scanned, at=at, verdict=scan_again(fault), index_of={})
    if read.key is None:
        verdict = judge(Facts(at=at, scanned=read))
        return ScanResult(text=scanned, at=at, verdict=verdict, scanned=read, index_of={})
    asker = asking_party(asking)
    chain = chain_of(read.key, at, asking=asking)
    party = proven(asker, chain)
    judged = judgement(chain, read, party, at)
    verdict = judged.verdict
    if party is not None:
        verdict = _sighted(read, str(party.gln), verdict, at)
    named = party is not None and (sees_all(party) or chain.involves(str(party.gln)))
    return ScanResult(
        text=scanned,
        at=at,
        verdict=verdict,
        scanned=read,
        lot=chain.lot,
        acts=judged.acts,
        index_of=chain.index_of,
        custody_of=chain.custody_of,
        legs=judged.legs,
        findings=chain.findings,
        tampering=chain.tampering,
        checkpoint=chain.checkpoint,
        complete_to=chain.complete_to,
        witnessed_at=chain.witnessed_at,
        named=named,
        evidence_available=_takes_away(asker, chain, named=named),
    )


def _takes_away(asker: Party | None, chain: Chain, *, named: bool) -> bool:
    """Whether the asker may have the evidence; bad evidence most of all, for it is the proof.

    Where the chain no longer says who has to do with the lot, the tables do.
    """
    if asker is None or chain.checkpoint is None or not recorded(chain):
        return False
    return named or may_see_lot(str(asker.gln), chain.key)


def _sighted(read: Scanned, gln: str, verdict: Verdict, at: datetime) -> Verdict:
    """Keep the sighting of a pack; the same pack at the same site in minutes is the same one."""
    if read.serial is None:
        return verdict
    code = code_of(read)
    if seen_here(gln, code, at):
        return already_scanned_here(verdict)
    Sighting.objects.create(gln=gln, code=code, at=at, verdict=verdict.code.value)
    return verdict
