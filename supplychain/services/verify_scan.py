"""Answer a scan: whether the chain of custody is unbroken, and the goods may be used."""

from datetime import datetime

from supplychain.domain.barcodes import ScanFault, Scanned, parse
from supplychain.domain.facts import Facts, Leg
from supplychain.domain.lot_state import Act
from supplychain.domain.pack_standing import pack_scope
from supplychain.domain.pack_traces import PackTrace
from supplychain.domain.parties import Party
from supplychain.domain.standing import Scope, scope
from supplychain.domain.statements import HoldLift, HoldPlace, LotRegister, RecallIssue
from supplychain.domain.verdicts import Verdict, already_scanned_here, judge, scan_again
from supplychain.models import Sighting
from supplychain.queries.access import may_see_lot
from supplychain.queries.chains import Chain, chain_of
from supplychain.queries.pack_traces import trace_of
from supplychain.queries.readings import LegReadings, legs_of
from supplychain.queries.scans import (
    ScanResult,
    asking_party,
    code_of,
    lookalike,
    maker_connected,
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
    pack = trace_of(chain, read.serial)
    within = _within(chain, party, pack)
    legs = legs_of(chain, within.handoffs) if within else ()
    verdict = judge(_facts(chain, read, within, legs, at, pack))
    if party is not None:
        verdict = _sighted(read, str(party.gln), verdict, at)
    named = party is not None and (sees_all(party) or chain.involves(str(party.gln)))
    return ScanResult(
        text=scanned,
        at=at,
        verdict=verdict,
        scanned=read,
        lot=chain.lot,
        acts=_shown(chain, within),
        index_of=chain.index_of,
        custody_of=chain.custody_of,
        legs=legs,
        findings=chain.findings,
        tampering=chain.tampering,
        checkpoint=chain.checkpoint,
        complete_to=chain.complete_to,
        witnessed_at=chain.witnessed_at,
        named=named,
        evidence_available=_takes_away(asker, chain, named=named),
    )


def _within(chain: Chain, party: Party | None, pack: PackTrace | None) -> Scope | None:
    """What the answer depends on: the way of the very pack where it is proven, else of the lot."""
    if chain.lot is None:
        return None
    if pack is not None and pack.fault is None:
        return pack_scope(chain.history, party, pack)
    return scope(chain.history, party)


def _facts(
    chain: Chain,
    read: Scanned,
    within: Scope | None,
    legs: tuple[LegReadings, ...],
    at: datetime,
    pack: PackTrace | None,
) -> Facts:
    known = chain.lot is not None
    return Facts(
        at=at,
        scanned=read,
        lot=chain.lot,
        maker_connected=known or maker_connected(read.gtin),
        lookalike=lookalike(read.gtin, read.lot) if read.lot and not _recorded(chain) else None,
        evidence_errors=chain.errors,
        suspects=_suspects(chain, within),
        log=chain.health,
        as_of=at if chain.checkpoint else None,  # the tables were read now, and in full
        witnessed=not chain.found("WITNESS_QUORUM_NOT_MET"),
        old=chain.found("CHECKPOINT_OLD"),
        pending=len(chain.pending),
        broken=chain.broken if chain.checkpoint else None,
        flags=chain.history.state.flags if known else None,
        scope=within,
        pack=pack,
        legs=tuple(Leg(leg.act.entry_id, leg.state) for leg in legs) if known else None,
    )


def _takes_away(asker: Party | None, chain: Chain, *, named: bool) -> bool:
    """Whether the asker may have the evidence; bad evidence most of all, for it is the proof.

    Where the chain no longer says who has to do with the lot, the tables do.
    """
    if asker is None or chain.checkpoint is None or not _recorded(chain):
        return False
    return named or may_see_lot(str(asker.gln), chain.key)


def _recorded(chain: Chain) -> bool:
    """Whether there is anything about the lot, good or bad: then its code was read aright."""
    return bool(chain.lot or chain.pending or chain.errors or chain.broken)


def _shown(chain: Chain, within: Scope | None) -> tuple[Act, ...]:
    """What the answer depends on: the way of the asker's goods, and what is said of the lot."""
    if within is None:
        return ()
    always = (LotRegister, RecallIssue, HoldPlace, HoldLift)
    return tuple(
        act
        for entry_id, act in chain.history.acts.items()
        if entry_id in within.entries or isinstance(act.statement, always)
    )


def _suspects(chain: Chain, within: Scope | None) -> tuple[str, ...] | None:
    """The suspect entries among those that the answer depends on."""
    if chain.suspects is None:
        return None
    return tuple(act.entry_id for act in _shown(chain, within) if act.entry_id in chain.suspects)


def _sighted(read: Scanned, gln: str, verdict: Verdict, at: datetime) -> Verdict:
    """Keep the sighting of a pack; the same pack at the same site in minutes is the same one."""
    if read.serial is None:
        return verdict
    code = code_of(read)
    if seen_here(gln, code, at):
        return already_scanned_here(verdict)
    Sighting.objects.create(gln=gln, code=code, at=at, verdict=verdict.code.value)
    return verdict
