"""Temperature of hand-offs and stays: stored readings, held against what was signed about them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from uuid import UUID

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.agreement import disagreement, judged_again
from supplychain.domain.conditions import Reading, ReadingsFault, Series, unpack
from supplychain.domain.conditions_claim import (
    METHOD,
    ConditionsClaim,
    NoReadings,
    ReadingsClaim,
    SeriesClaim,
)
from supplychain.domain.conditions_judged import Judged
from supplychain.domain.excursions import Covers, Judgement, State
from supplychain.domain.facts import LegState
from supplychain.domain.findings import Finding
from supplychain.domain.lot_state import Act
from supplychain.domain.lots import LotKey
from supplychain.domain.profiles import StorageProfile
from supplychain.domain.reading_cuts import Cut
from supplychain.domain.signed_legs import (
    READ_AT_ONCE_MAX,
    borne_out,
    judgement_as_signed,
    sums_of,
    taken_as_signed,
)
from supplychain.domain.spent import NOTHING_FRESH, Spent
from supplychain.domain.stability import LegStory, Told, told_after, totals
from supplychain.domain.statements import SPEAKING, ConditionsRecord, Receive
from supplychain.domain.tracker_claim import TrackerClaim
from supplychain.models import Series as SeriesRow
from supplychain.models import SeriesChunk
from supplychain.queries.chains import Chain
from supplychain.queries.profiles import known_profile

Chunks = tuple[bytes, ...]
_CLEAN = (LegState.IN_RANGE, LegState.DATA_GAP)
_NOTHING_USED: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LegReadings:
    """A hand-off or a stay of a chain, and what its readings say now.

    `state` is DISAGREES where the stored readings are not those that were signed, UNKNOWN where
    they are gone. `series` and `judgement` are there only when the readings are the signed ones.
    Where there are many, `judgement` is what was signed of them and `series` is empty.
    """

    act: Act
    state: LegState
    profile: StorageProfile
    series: tuple[Series, ...] = ()
    judgement: Judgement | None = None
    beyond: frozenset[Finding] = frozenset()
    """What it took of a stability budget that was used up before it, or by it."""
    totals: Mapping[str, int] = field(default_factory=lambda: _NOTHING_USED, hash=False)
    """Of a profile with a budget: the seconds in each band that goods had behind them after it."""

    @property
    def claim(self) -> ReadingsClaim | None:
        """What was signed of its readings; None where a reason for none was signed."""
        return _readings(self.act)

    @property
    def tracker(self) -> TrackerClaim | None:
        """What a receipt says that rests on a tracker of the giver's."""
        claim = _conditions(self.act)
        return claim.tracker if claim else None

    @property
    def findings(self) -> frozenset[Finding]:
        """What was signed about the readings besides their state."""
        judged = self.claim.judged if self.claim else None
        return frozenset(judged.findings) if judged else frozenset()

    @property
    def count(self) -> int:
        """How many readings were signed."""
        return sum(one.count for one in self.claim.series) if self.claim else 0


def legs_of(
    chain: Chain, entries: Collection[str], in_full: str | None = None
) -> tuple[LegReadings, ...]:
    """Those of these entries that speak of temperature, in the chain's order; one query.

    All readings are judged again, but where there are more than READ_AT_ONCE_MAX: then their
    digest is held against the signed one, and what was signed of them stands. The readings of the
    entry `in_full` are there in any case.
    """
    speaking = [
        act
        for entry_id, act in chain.history.acts.items()
        if entry_id in entries and isinstance(act.statement, SPEAKING)
    ]
    profile = known_profile(chain.lot.product.profile) if chain.lot else None
    if profile is None:
        return ()
    kept = _chunks(chain.key, {one.root for act in speaking for one in _claimed(act)})
    sums = _sums(speaking, profile)
    sums.pop(in_full, None)
    legs = tuple(
        _summed(chain, act, profile, kept, sums[act.entry_id])
        if act.entry_id in sums
        else _leg(chain, act, profile, kept)
        for act in speaking
    )
    return _in_view_of_all(chain, profile, legs) if profile.adds_up else legs


def _sums(speaking: Iterable[Act], profile: StorageProfile) -> dict[str | None, Judged]:
    """The entries whose readings need not be read, and what was signed of them."""
    claims = {act.entry_id: claim for act in speaking if (claim := _readings(act))}
    if sum(one.count for claim in claims.values() for one in claim.series) <= READ_AT_ONCE_MAX:
        return {}
    found = zip(claims, sums_of(list(claims.values()), profile), strict=True)
    return {entry_id: said for entry_id, said in found if said is not None}


def _summed(
    chain: Chain, act: Act, profile: StorageProfile, kept: Mapping[str, Chunks], said: Judged
) -> LegReadings:
    """A leg by what was signed of it, its stored bytes held against their signed digest."""
    claim, covers = _readings(act), _covers(chain, act)
    if claim is None or any(one.root not in kept for one in claim.series):
        return LegReadings(act, LegState.UNKNOWN, profile)
    if not borne_out(claim, [kept[one.root] for one in claim.series], profile, covers):
        return LegReadings(act, LegState.DISAGREES, profile)
    judgement = judgement_as_signed(claim, said, covers)
    return LegReadings(act, LegState(judgement.state.value), profile, (), judgement)


def _leg(
    chain: Chain, act: Act, profile: StorageProfile, kept: Mapping[str, Chunks]
) -> LegReadings:
    claim = _conditions(act)
    if claim is not None and claim.tracker is not None:
        whole = claim.tracker.whole
        return LegReadings(act, LegState.TRACKED if whole else LegState.DATA_GAP, profile)
    if claim is None or claim.readings is None:
        unneeded = claim is not None and claim.none is NoReadings.NOT_REQUIRED
        return LegReadings(act, LegState.NOT_REQUIRED if unneeded else LegState.NO_DATA, profile)
    if any(one.root not in kept for one in claim.readings.series):
        return LegReadings(act, LegState.UNKNOWN, profile)
    try:
        series = tuple(_series(one, kept[one.root]) for one in claim.readings.series)
    except ReadingsFault:
        return LegReadings(act, LegState.DISAGREES, profile)
    covers = _covers(chain, act)
    if disagreement(claim.readings, series, profile, covers) is not None:
        return LegReadings(act, LegState.DISAGREES, profile)
    judgement = judged_again(claim.readings, series, profile, covers)
    return LegReadings(act, LegState(judgement.state.value), profile, series, judgement)


def _in_view_of_all(
    chain: Chain, profile: StorageProfile, legs: Sequence[LegReadings]
) -> tuple[LegReadings, ...]:
    """The legs, each beside what those before it took of the stability budget of the same goods."""
    speaking = {leg.act.entry_id: leg for leg in legs}
    past: dict[str, Spent] = {}
    found: list[LegReadings] = []
    for entry_id, act in chain.history.acts.items():
        before = {ref.entry_id: past[ref.entry_id] for ref in act.consumes}
        past[entry_id] = Spent.most(before.values())
        if leg := speaking.get(entry_id):
            past[entry_id], told = told_after(profile, past[entry_id], _told(leg))
            found.append(_in_view_of(chain, leg, told, totals(profile, past[entry_id].tally)))
    return tuple(found)


def _in_view_of(
    chain: Chain, leg: LegReadings, told: LegStory, so_far: Mapping[str, int]
) -> LegReadings:
    """The leg after all before it; where its goods wait for a decision, it is never a clean one."""
    state = LegState(told.state.value) if told.beyond else leg.state
    made = chain.history.made[OutputRef(leg.act.entry_id, 0)]
    if state in _CLEAN and leg.act.entry_id in made.questions:
        state = LegState.REVIEW
    return replace(leg, state=state, beyond=told.beyond, totals=so_far)


def _told(leg: LegReadings) -> Told:
    if leg.judgement is None:
        return Told(State.NO_DATA)
    if leg.claim and leg.claim.method == METHOD:
        return Told(leg.judgement.state, claim=leg.claim)
    signed = None
    if not leg.series and leg.claim and leg.claim.judged:
        signed = taken_as_signed(leg.claim, leg.claim.judged)
    said, judgement = leg.act.statement, leg.judgement
    fresh = said.fresh if isinstance(said, ConditionsRecord) else NOTHING_FRESH
    return Told(judgement.state, leg.series, judgement.stated, signed, fresh)


def _conditions(act: Act) -> ConditionsClaim | None:
    said = act.statement
    return said.conditions if isinstance(said, SPEAKING) else None


def _readings(act: Act) -> ReadingsClaim | None:
    claim = _conditions(act)
    return claim.readings if claim else None


def _claimed(act: Act) -> Iterable[SeriesClaim]:
    claim = _readings(act)
    return claim.series if claim else ()


def _covers(chain: Chain, act: Act) -> Covers | None:
    if isinstance(act.statement, ConditionsRecord):
        return act.statement.covers
    if not isinstance(act.statement, Receive):
        return None
    sent = chain.history.made[act.consumes[0]].dispatched_at
    return None if sent is None else (sent, act.at)


def _chunks(lot: LotKey, roots: Collection[str]) -> dict[str, Chunks]:
    """The packed readings kept under these roots; a root of which nothing is kept is left out."""
    if not roots:
        return {}
    rows = SeriesChunk.objects.filter(stream_id=stream_id(lot.stream), root__in=roots)
    found: dict[str, list[bytes]] = {}
    for root, packed in rows.order_by("root", "chunk").values_list("root", "packed"):
        found.setdefault(root, []).append(bytes(packed))
    return {root: tuple(packed) for root, packed in found.items()}


def series_kept(stream: UUID, entry_id: str, n: int) -> Series | None:
    """The readings as they are kept for series `n` of an entry; None where none are."""
    cited = SeriesRow.objects.filter(stream_id=stream, entry_id=entry_id, n=n).first()
    if cited is None:
        return None
    chunks = SeriesChunk.objects.filter(stream_id=stream, root=cited.root).order_by("chunk")
    packed = tuple(bytes(one) for one in chunks.values_list("packed", flat=True))
    return _unpacked(packed, cited.device, None, cited.file or None, None) if packed else None


def _series(claim: SeriesClaim, packed: Chunks) -> Series:
    return _unpacked(packed, claim.device, claim.calibrated, claim.file, claim.cut)


@lru_cache(maxsize=128)  # by the bytes themselves: hashing 8,640 readings again takes 13 ms
def _unpacked(
    packed: Chunks, device: str, calibrated: date | None, file: str | None, cut: Cut | None
) -> Series:
    """The series of these bytes. Raises ReadingsFault."""
    readings: list[Reading] = [reading for chunk in packed for reading in unpack(chunk)]
    return Series.of(device, readings, calibrated=calibrated, file=file, cut=cut)
