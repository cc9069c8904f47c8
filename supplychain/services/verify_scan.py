"""Answer a scan: whether the chain of custody is unbroken, and the goods may be used."""

from datetime import datetime

from supplychain.domain.barcodes import ScanFault, parse
from supplychain.domain.facts import Facts
from supplychain.domain.parties import Party
from supplychain.domain.verdicts import judge, scan_again
from supplychain.queries.access import may_see_lot
from supplychain.queries.chains import Chain
from supplychain.queries.judgements import Ground, ground, judged, recorded
from supplychain.queries.pack_chains import chain_for
from supplychain.queries.pack_stories import story_of
from supplychain.queries.scans import ScanResult, asking_party, proven, sees_all
from supplychain.recording.sightings import keep_sighting


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
    traced = chain_for(read.key, [read.serial], at, asking=asking)
    chain = traced.chain
    party = proven(asker, chain)
    known = ground(traced, read, party, at)
    found = judged(known) if party is None else keep_sighting(chain, party, known)
    named = party is not None and (sees_all(party) or _had_some(party, chain, known))
    return ScanResult(
        text=scanned,
        at=at,
        verdict=found.verdict,
        scanned=read,
        lot=chain.lot,
        acts=found.acts,
        index_of=chain.index_of,
        custody_of=chain.custody_of,
        legs=found.legs,
        elders=known.elders,
        findings=chain.findings,
        tampering=chain.tampering,
        checkpoint=chain.checkpoint,
        complete_to=chain.complete_to,
        witnessed_at=chain.witnessed_at,
        pack=story_of(chain, known, party),
        named=named,
        evidence_available=_takes_away(asker, chain, named=named),
    )


def _had_some(party: Party, chain: Chain, known: Ground) -> bool:
    """Whether the asker has to do with what was scanned: with the very pack, where it is proven.

    Who had others of its lot reads nothing of the trade in this one.
    """
    pack = known.facts.pack
    if pack is None or pack.fault is not None:
        return chain.involves(str(party.gln))
    return any(party.gln in stay.sites for stay in known.way)


def _takes_away(asker: Party | None, chain: Chain, *, named: bool) -> bool:
    """Whether the asker may have the evidence; bad evidence most of all, for it is the proof.

    Where the chain no longer says who has to do with the lot, the tables do.
    """
    if asker is None or chain.checkpoint is None or not recorded(chain):
        return False
    had_some = named or chain.involves(str(asker.gln))
    return had_some or may_see_lot(str(asker.gln), chain.key)
