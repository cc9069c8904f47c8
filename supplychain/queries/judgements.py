"""The verdict on one code over a proven chain, and what of the chain it depends on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from ledger.places import accepted_since
from ledger.witnessing import unwitnessed_since
from supplychain.domain.barcodes import ScanFault, Scanned
from supplychain.domain.facts import Facts, Leg
from supplychain.domain.identifiers import Serial
from supplychain.domain.keyboards import lookalikes
from supplychain.domain.lot_state import Act
from supplychain.domain.pack_standing import pack_scope
from supplychain.domain.pack_traces import PackFault, PackTrace
from supplychain.domain.parties import Party
from supplychain.domain.standing import Scope, scope
from supplychain.domain.statements import Correction, LotRegister, LotWord
from supplychain.domain.two_places import Stay, way_of
from supplychain.domain.verdicts import Verdict, judge
from supplychain.queries.chains import Chain
from supplychain.queries.forebears import Elder, forebears_of
from supplychain.queries.pack_chains import Traced
from supplychain.queries.pack_traces import trace_of
from supplychain.queries.readings import LegReadings, legs_of
from supplychain.queries.scans import lookalike, maker_connected
from supplychain.queries.sightings import doubts_of, in_doubt


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, the acts that it depends on in the log's order, and their readings."""

    verdict: Verdict
    acts: tuple[Act, ...]
    legs: tuple[LegReadings, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a verdict rests on, before it is given; `way` is the pack's by the records."""

    facts: Facts
    acts: tuple[Act, ...]
    legs: tuple[LegReadings, ...]
    way: tuple[Stay, ...]
    elders: tuple[Elder, ...] = ()


@dataclass(frozen=True, slots=True)
class _Base:
    """What all packs of one way have in common."""

    within: Scope | None
    legs: tuple[LegReadings, ...]
    acts: tuple[Act, ...]
    way: tuple[Stay, ...]
    elders: tuple[Elder, ...]


def ground(traced: Traced, read: Scanned, party: Party | None, at: datetime) -> Ground:
    """What is known of what was read, for a party as the registry admitted it or a passer-by."""
    (found,) = grounds(traced, [read], party, at)
    return found


def grounds(
    traced: Traced, reads: Sequence[Scanned], party: Party | None, at: datetime
) -> list[Ground]:
    """The same for many codes of one lot: what packs of one way share is worked out once."""
    packs = [None if one.serial is None else traced.packs[one.serial] for one in reads]
    return grounds_along(traced.chain, reads, packs, party, at)


def grounds_along(
    chain: Chain,
    reads: Sequence[Scanned],
    ways: Sequence[PackTrace | None],
    party: Party | None,
    at: datetime,
) -> list[Ground]:
    """The same for codes whose goods came along these ways; None is the whole lot's."""
    elders = forebears_of(chain, at)

    @cache
    def base(pack: PackTrace | None) -> _Base:
        return _base(chain, party, pack, elders)

    return [
        _ground(chain, one, base(pack), pack, at) for one, pack in zip(reads, ways, strict=True)
    ]


def judged(on: Ground) -> Judgement:
    """The verdict, with what is in doubt about the pack by now."""
    doubts = doubts_of(on.facts.scanned, on.way)
    return Judgement(judge(replace(on.facts, doubts=doubts)), on.acts, on.legs)


def all_judged(found: Sequence[Ground]) -> list[Judgement]:
    """The same for many packs."""
    doubted = in_doubt(on.facts.scanned for on in found)
    return [
        judged(on) if on.facts.scanned in doubted else Judgement(judge(on.facts), on.acts, on.legs)
        for on in found
    ]


def judgement(traced: Traced, read: Scanned, party: Party | None, at: datetime) -> Judgement:
    """Judge what was read, when nobody's hand is known to have it."""
    return judged(ground(traced, read, party, at))


def _base(
    chain: Chain, party: Party | None, pack: PackTrace | None, elders: tuple[Elder, ...]
) -> _Base:
    within = _within(chain, party, pack)
    legs = legs_of(chain, within.legs) if within else ()
    return _Base(within, legs, _shown(chain, within), way_of(chain.history, pack), elders)


def _ground(
    chain: Chain, read: Scanned, base: _Base, pack: PackTrace | None, at: datetime
) -> Ground:
    facts = _facts(chain, read, base, at, pack)
    return Ground(facts, base.acts, base.legs, base.way, base.elders)


def _within(chain: Chain, party: Party | None, pack: PackTrace | None) -> Scope | None:
    """What the answer depends on: the way of the very pack where it is proven, else of the lot."""
    if chain.lot is None:
        return None
    if pack is not None and pack.fault is None:
        return pack_scope(chain.history, party, pack)
    return scope(chain.history, party)


def _facts(chain: Chain, read: Scanned, base: _Base, at: datetime, pack: PackTrace | None) -> Facts:
    known = chain.lot is not None
    return Facts(
        at=at,
        scanned=read,
        lot=chain.lot,
        maker_connected=known or maker_connected(read.gtin),
        lookalike=_lookalike(chain, read, pack),
        evidence_errors=chain.errors,
        suspects=_suspects(chain, base.acts),
        log=chain.health,
        as_of=at if chain.checkpoint else None,  # the tables were read now, and in full
        witnessed=not chain.found("WITNESS_QUORUM_NOT_MET"),
        old=chain.found("CHECKPOINT_OLD"),
        pending=len(chain.pending),
        waiting_since=_waiting_since(chain),
        broken=chain.broken if chain.checkpoint else None,
        flags=chain.history.state.flags if known else None,
        scope=base.within,
        pack=pack,
        forebears=tuple(one.forebear for one in base.elders),
        corrections=_corrections(chain, base.within),
        legs=tuple(Leg(leg.act.entry_id, leg.state, leg.findings) for leg in base.legs)
        if known
        else None,
    )


def _waiting_since(chain: Chain) -> datetime | None:
    """Since when something waits for the log or its witnesses; None where nothing does."""
    if chain.pending:
        return accepted_since(chain.pending)
    return unwitnessed_since() if chain.found("WITNESS_QUORUM_NOT_MET") else None


def _lookalike(chain: Chain, read: Scanned, pack: PackTrace | None) -> ScanFault | None:
    """The keyboard's fault by which a known lot or pack may have been read as an unknown one."""
    if read.lot is not None and not recorded(chain):
        return lookalike(read.gtin, read.lot)
    if read.serial is None or pack is None or pack.fault is not PackFault.NOT_BORN:
        return None
    return next((fault for one, fault in lookalikes(read.serial) if _born(chain, one)), None)


def _born(chain: Chain, serial: Serial) -> bool:
    pack = trace_of(chain, serial)
    return pack is not None and bool(pack.way)


def recorded(chain: Chain) -> bool:
    """Whether there is anything about the lot, good or bad: then its code was read aright."""
    return bool(chain.lot or chain.pending or chain.errors or chain.broken)


def _shown(chain: Chain, within: Scope | None) -> tuple[Act, ...]:
    """What the answer depends on: the way of the asker's goods, and what is said of the lot."""
    if within is None:
        return ()
    return tuple(
        act
        for entry_id, act in chain.history.acts.items()
        if entry_id in within.entries or isinstance(act.statement, LotRegister | LotWord)
    )


def _corrections(chain: Chain, within: Scope | None) -> tuple[str, ...]:
    """The corrections of entries that the answer depends on."""
    return tuple(
        act.entry_id
        for act in chain.history.acts.values()
        if within and isinstance(act.statement, Correction)
        if act.statement.entry in within.entries
    )


def _suspects(chain: Chain, acts: Iterable[Act]) -> tuple[str, ...] | None:
    """The suspect entries among those that the answer depends on."""
    if chain.suspects is None:
        return None
    return tuple(act.entry_id for act in acts if act.entry_id in chain.suspects)
