"""Of each second the worst counts that any logger says, and a stay that two tell of is one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations, groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.conditions import Series
from supplychain.domain.conditions_claim import ConditionsClaim, ReadingsClaim
from supplychain.domain.conditions_judged import NOTHING_STATED, Stated
from supplychain.domain.excursions import METHOD_2, State, as_conditions, judge
from supplychain.domain.findings import Finding
from supplychain.domain.known_stays import OUTS_MAX, Known
from supplychain.domain.spent import NOTHING_SPENT, Spent, handed_down, spend
from supplychain.domain.stability import Told
from supplychain.domain.stays import STAYS_MAX, out_of, periods, seconds, stays_in
from supplychain.domain.storage_profile import Band, Counting, StorageProfile
from supplychain.domain.tallies import Tally
from tests.supplychain.domain.cold_chain.loggers import BUDGET, FRIDGE, between, stay_at, steady
from tests.supplychain.domain.cold_chain.stories import story

STEP_S = 600
HOT, FINE = 9.0, 5.0
FREEZER = Band("freezer", -2500, -1500, 2000, counting=Counting.ONCE)
ONCE = replace(FRIDGE, bands=(FREEZER,))
COLD, ELSEWHERE = -20.0, 5.0
SUMMED = replace(BUDGET, cumulative_above_min=1000, cumulative_below_min=1000)

Leg = tuple[Series, ...]


def signed(
    leg: Leg, profile: StorageProfile = SUMMED, stated: Stated = NOTHING_STATED
) -> ReadingsClaim:
    judgement = judge(leg, profile, stated=stated)
    found = ConditionsClaim.decode(as_conditions(leg, profile, judgement)).readings
    assert found is not None
    return found


def carried(
    *legs: Leg, profile: StorageProfile = SUMMED, past: Spent = NOTHING_SPENT
) -> tuple[Tally, list[frozenset[Finding]]]:
    """What goods have behind them, read again from what is stored after each leg; and the blame."""
    blamed = []
    for leg in legs:
        past, beyond = spend(past, signed(leg, profile), profile)
        assert Spent.parse(past.as_text()) == past
        blamed.append(beyond)
    return past.tally, blamed


def warm(*legs: Series, past: Spent = NOTHING_SPENT) -> int:
    """Steps in the band, of ten minutes each."""
    tally, _ = carried(*((leg,) for leg in legs), past=past)
    return tally.used["warm"].seconds // STEP_S if "warm" in tally.used else 0


def stays(*legs: Series, past: Spent = NOTHING_SPENT) -> int:
    """Stays in the band that counts once."""
    tally, _ = carried(*((leg,) for leg in legs), profile=ONCE, past=past)
    return tally.used["freezer"].periods if "freezer" in tally.used else 0


# --- a stay that another logger tells of too --------------------------------------------------


def test_a_second_loggers_record_of_the_same_stay_is_no_second_stay() -> None:
    trip = (5, -20, -20, -20, 5)
    both = (steady(*trip, device="A"),), (steady(*trip, device="B"),)
    tally, blamed = carried(*both, profile=ONCE)
    assert tally.used["freezer"].periods == 1
    assert blamed == [frozenset(), frozenset()]


@pytest.mark.parametrize("order", [1, -1])
def test_a_stay_that_one_logger_saw_less_of_is_the_same(order: int) -> None:
    whole = steady(5, -20, -20, -20, -20, -20, 5, device="A")
    for part in (
        steady(-20, -20, device="B", start=20),
        steady(5, -20, -20, device="B"),
        steady(-20, -20, 5, device="B", start=40),
        steady(5, 5, -20, -20, 5, 5, device="B", start=0),
    ):
        assert stays(*(whole, part)[::order]) == 1


@pytest.mark.parametrize("order", [1, -1])
def test_a_logger_that_begins_to_tell_before_another_saw_the_end_tells_of_the_same_stay(
    order: int,
) -> None:
    one, other = steady(5, -20, -20, 5, device="A"), steady(-20, 5, device="B", start=25)
    assert stays(*(one, other)[::order]) == 1


def test_who_says_that_the_goods_were_never_in_the_band_parts_no_stay() -> None:
    one = steady(5, -20, -20, -20, 5, device="A")
    other = steady(5, -20, -20, -20, 5, device="B", start=5)
    never = steady(*[5] * 6, device="C")
    assert stays(one, never, other) == stays(one, other, never) == 1


@pytest.mark.parametrize("order", [1, -1])
def test_a_stay_after_one_that_was_left_is_the_second(order: int) -> None:
    first = steady(5, -20, -20, 5, device="A")
    for then in (
        steady(5, -20, 5, device="B", start=100),
        steady(-20, 5, device="B", start=100),
        steady(5, -20, device="B", start=25),
    ):
        assert stays(*(first, then)[::order]) == 2


def test_what_one_logger_says_by_itself_counts_in_full() -> None:
    """B was in all the time; A says that it was left, and the worst logger governs (C14)."""
    left, stayed = steady(-20, 5, -20, device="A"), steady(-20, -20, -20, device="B")
    assert stays(left, stayed) == stays(stayed, left) == 2


def test_a_stay_goes_on_over_a_hand_off_until_somebody_tells_otherwise() -> None:
    one, other = steady(5, -20, -20, device="A"), steady(-20, -20, device="B", start=100)
    assert stays(one, other) == stays(other, one) == 1
    between_them = steady(5, 5, device="C", start=50)
    assert stays(one, between_them, other) == stays(one, other, between_them) == 2


def test_who_tells_too_late_that_the_goods_were_out_is_to_blame() -> None:
    legs = (
        (steady(5, -20, -20, device="A"),),
        (steady(-20, -20, device="B", start=100),),
        (steady(5, 5, device="C", start=50),),
    )
    _, blamed = carried(*legs, profile=ONCE)
    assert blamed == [frozenset(), frozenset(), {Finding.PERIOD_AGAIN}]


def test_a_leg_elsewhere_after_two_stays_is_not_to_blame_for_them() -> None:
    legs = (
        (steady(-20, 5, -20, 5, device="A"),),
        (steady(5, 5, device="B", start=100),),
    )
    assert carried(*legs, profile=ONCE)[1] == [{Finding.PERIOD_AGAIN}, frozenset()]


def test_two_loggers_of_one_leg_that_saw_a_stay_each() -> None:
    leg = (
        steady(-20, 5, 5, 5, device="A"),
        steady(5, 5, 5, -20, device="B"),
    )
    judgement = judge(leg, ONCE)
    assert Finding.PERIOD_AGAIN in judgement.findings
    assert Finding.PERIOD_AGAIN not in judge(leg, ONCE, method=METHOD_2).findings


def test_two_loggers_of_one_leg_that_saw_the_same_stay() -> None:
    leg = steady(5, -20, -20, 5, device="A"), steady(5, -20, -20, 5, device="B", start=5)
    assert judge(leg, ONCE).findings == judge(leg[:1], ONCE).findings == ()


# --- a file that is read out twice ------------------------------------------------------------


def test_a_file_that_is_read_out_again_asks_nothing_more() -> None:
    """The first read-out went on in the band; claims before worst-case/3 asked once too often."""
    file = (5, 9, 9, 9, 5, 5, 9, 9, 9, 5)
    first, whole = steady(*file[:8]), steady(*file)
    assert warm(first, whole) == warm(whole, first) == warm(whole) == 8
    _, blamed = carried((steady(*file, 9, 9),), (steady(*file, 9, 9, 5),), (steady(*file),))
    assert blamed == [{Finding.BUDGET_SPENT}, {Finding.BUDGET_SPENT}, frozenset()]


def test_the_same_file_twice_is_to_blame_once() -> None:
    hot = (steady(*[9] * 8),)
    assert carried(hot, hot)[1] == [{Finding.BUDGET_SPENT}, frozenset()]
    above = replace(SUMMED, cumulative_above_min=60, bands=())
    assert carried(hot, hot, profile=above)[1] == [{Finding.CUMULATIVE}, frozenset()]


def test_what_an_earlier_read_out_left_out_is_new_however_late_it_comes() -> None:
    whole = steady(9, 9, 9, 5, 5, 5)
    later = Series.of(whole.device, whole.readings[3:])
    assert warm(later, whole) == 3


# --- bounds -----------------------------------------------------------------------------------


def spikes(count: int, device: str = "A", first: int = 0) -> Series:
    return steady(*[5, 9] * count, 5, device=device, start=20 * first)


def test_of_very_many_stays_all_count_and_the_last_are_known() -> None:
    many = spikes(STAYS_MAX + 5)
    claim = signed((many,))
    assert claim.judged is not None
    (use,) = claim.judged.used
    assert (len(use.stays), use.periods) == (STAYS_MAX, STAYS_MAX + 5)
    assert use.seconds == claim.judged.outside.above_s == 2 * STEP_S * (STAYS_MAX + 5)
    tally, _ = carried((many,))
    assert tally.above_s == tally.used["warm"].seconds == 2 * STEP_S * (STAYS_MAX + 5)
    assert stays(steady(*[5, -20] * (STAYS_MAX + 5), 5)) == STAYS_MAX + 5
    last = spikes(STAYS_MAX, "B", first=5)
    assert warm(many, last) == 2 * (STAYS_MAX + 5)
    assert warm(many, spikes(STAYS_MAX + 5, "B")) == 2 * (STAYS_MAX + 10)


def test_what_was_forgotten_counts_again() -> None:
    one_by_one = [steady(5, 9, 5, device="A", start=100 * n) for n in range(STAYS_MAX + 1)]
    again = [steady(5, 9, 5, device="B", start=100 * n) for n in range(STAYS_MAX + 1)]
    assert warm(*one_by_one, again[1], again[-1]) == 2 * (STAYS_MAX + 1)
    assert warm(*one_by_one, again[0]) == 2 * (STAYS_MAX + 2)


def test_batches_of_a_tracker_are_one_stay_however_many() -> None:
    count = 3 * STAYS_MAX
    batches = [steady(-20, -20, device="A", start=10 * n) for n in range(count)]
    assert stays(*batches) == 1
    tally, _ = carried(*((one,) for one in batches), profile=ONCE)
    assert len(tally.known["freezer"].stays) == STAYS_MAX
    whole = (steady(*[-20] * count, device="B"),)
    again, _ = carried(*((one,) for one in batches), whole, profile=ONCE)
    used = again.used["freezer"]
    assert (used.periods, used.seconds) == (1, STEP_S * count)


def test_a_logger_that_began_before_a_tracker_of_very_many_batches_tells_of_the_same_stay() -> None:
    batches = [steady(-20, -20, device="A", start=10 * n) for n in range(3 * STAYS_MAX)]
    assert stays(*batches, steady(-20, -20, -20, device="B", start=-5)) == 1


def test_of_too_many_times_elsewhere_neighbours_are_taken_for_one() -> None:
    """But a stay between them is not told to be none, though its neighbours are the nearest."""
    stay, same = steady(-20, -20, step=1, device="F", start=51), steady(-20, device="G", start=55)
    starts = [n for n in range(0, 20 * (OUTS_MAX + 5), 20) if n != 60]
    away = [steady(5, 5, device="A", start=start) for start in (*starts, 58)]
    tally, _ = carried((stay,), *((one,) for one in away), profile=ONCE)
    outs = tally.known["freezer"].outs
    assert outs is not None
    assert len(outs) == OUTS_MAX
    assert tally.used["freezer"].periods == 1
    assert stays(stay, *away, same) == 1
    assert stays(stay, *away, steady(-20, device="G", start=5 + 20 * (OUTS_MAX + 5))) == 2


# --- goods that are put together, and lots made of lots -----------------------------------------


def test_of_goods_put_together_the_stays_that_both_had_are_known() -> None:
    trip = (steady(5, 9, 9, 5, device="A"),)
    one = Spent(carried(trip)[0])
    other = Spent(carried(trip, (steady(5, 9, 5, device="A", start=100),))[0])
    both = Spent.most([one, other, NOTHING_SPENT])
    assert warm(steady(5, 9, 9, 5, device="B"), past=both) == 5
    assert warm(steady(5, 9, 5, device="B", start=100), past=both) == 7


def test_of_goods_put_together_a_band_that_counts_once_has_to_be_known_alike() -> None:
    """The one part was in the freezer for long, the other was there and left it."""
    long, short = steady(*[-20] * 10, device="A"), steady(-20, -20, 5, device="B")
    one = Spent(carried((long,), profile=ONCE)[0])
    other = Spent(carried((long,), (short,), profile=ONCE)[0])
    again = steady(5, -20, 5, device="C", start=40)
    assert stays(again, past=other) == 2
    assert stays(again, past=Spent.most([one, other])) == 2
    assert stays(long, past=Spent.most([one, one])) == 1


def test_which_stays_they_were_is_not_handed_down_to_another_lot() -> None:
    tally, _ = carried((steady(5, 9, 5),))
    down = handed_down(tally, SUMMED, SUMMED)
    assert down == replace(tally, known=Tally().known)


def test_a_stay_goes_on_into_the_lot_that_is_made_of_it() -> None:
    tally, _ = carried((steady(5, -20, -20, device="A"),), profile=ONCE)
    born = handed_down(tally, ONCE, ONCE)
    assert born is not None
    goes_on = steady(-20, -20, device="B", start=60)
    assert stays(goes_on, past=Spent(born)) == 1
    assert stays(steady(5, -20, device="B", start=60), past=Spent(born)) == 2


# --- claims of both methods ---------------------------------------------------------------------


def test_a_claim_of_the_second_method_counts_beside_later_ones_as_ever() -> None:
    leg = (steady(5, 9, 9, 5, device="A"),)
    judgement = judge(leg, SUMMED, method=METHOD_2)
    old = ConditionsClaim.decode(as_conditions(leg, SUMMED, judgement, METHOD_2)).readings
    assert old is not None
    past, _ = spend(NOTHING_SPENT, old, SUMMED)
    assert past.tally.known == {}
    assert len(past.tally.stretches) == 1
    assert warm(steady(5, 9, 9, 5, device="B"), past=past) == 6
    both, _ = spend(Spent(carried(leg)[0]), old, SUMMED)
    assert both.tally.used["warm"].seconds == 6 * STEP_S


def test_the_story_of_readings_is_what_their_claims_say() -> None:
    legs = [(steady(5, 9, 9, 5, device=name),) for name in "ABC"]
    told = [Told(State.REVIEW, leg, claim=signed(leg)) for leg in legs]
    assert story(SUMMED, told).tally == carried(*legs)[0]


def test_a_stay_goes_on_over_an_ignored_start() -> None:
    """The logger was still warm when it was put to the goods: its first readings are ignored."""
    before = signed((steady(5, -20, -20, device="A"),), ONCE)
    stated = Stated(ignored=(between(100, 115),))
    then = signed((steady(5, 5, -20, -20, device="B", start=100),), ONCE, stated)
    past, _ = spend(NOTHING_SPENT, before, ONCE)
    past, beyond = spend(past, then, ONCE)
    assert (past.tally.used["freezer"].periods, beyond) == (1, frozenset())


def test_ignored_ends_are_neither_a_stay_nor_time_elsewhere() -> None:
    leg = (steady(5, 5, -20, -20, 5),)
    stated = Stated(ignored=(between(0, 15), between(40, 50)))
    claim = signed(leg, ONCE, stated)
    past, _ = spend(NOTHING_SPENT, claim, ONCE)
    assert past.tally.known["freezer"] == Known((stay_at(20, 20, 30, 30),), ())
    away = signed((steady(5, 5, -20, 5),), ONCE, Stated(ignored=(between(0, 5),)))
    (out, *_) = spend(NOTHING_SPENT, away, ONCE)[0].tally.known["freezer"].outs or ()
    assert out == (stay_at(5, 5, 5, 5).since + 1, stay_at(10, 10, 10, 10).since)
    nothing, _ = spend(NOTHING_SPENT, signed(leg, ONCE, Stated(ignored=(between(0, 50),))), ONCE)
    assert nothing.tally == Tally()


# --- laws ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Logger:
    """Values every ten minutes from a start, and where its file was read out."""

    start: int
    values: Sequence[float]
    cuts: Sequence[int]

    @property
    def hot(self) -> frozenset[int]:
        """The steps that count in the band: one of its ends is in it."""
        steps = enumerate(pairwise(self.values), self.start)
        return frozenset(n for n, ends in steps if HOT in ends)

    @property
    def told(self) -> frozenset[int]:
        """The readings that it tells of."""
        return frozenset(range(self.start, self.start + len(self.values)))

    def legs(self, device: str) -> list[Series]:
        """Its file in parts, each from the last reading that was told; and at last the whole."""
        ends = sorted({0, len(self.values) - 1, *(n for n in self.cuts if n < len(self.values))})
        parts = [(a, b) for a, b in pairwise(ends)] + [(0, len(self.values) - 1)]
        return [
            steady(*self.values[a : b + 1], device=device, start=10 * (self.start + a))
            for a, b in parts
        ]


def loggers(*values: float) -> st.SearchStrategy[Logger]:
    return st.builds(
        Logger,
        st.integers(0, 12),
        st.lists(st.sampled_from(values), min_size=1, max_size=12),
        st.lists(st.integers(1, 11), max_size=2),
    )


def some_order(data: st.DataObject, several: Sequence[Logger]) -> list[Leg]:
    """Their parts in any order of arrival, sometimes two of different loggers in one leg.

    Two parts of one logger would be one file with a gap, which counts where it ends outside (C4).
    """
    parts = [part for n, one in enumerate(several) for part in one.legs(f"L{n}")]
    waiting = list(data.draw(st.permutations(parts)))
    legs = list[Leg]()
    while waiting:
        two = len({one.device for one in waiting[:2]}) == 2 and data.draw(st.booleans())
        legs.append(tuple(waiting[: 1 + two]))
        waiting = waiting[1 + two :]
    return legs


@given(st.data(), st.lists(loggers(FINE, HOT), min_size=1, max_size=5))
def test_of_each_second_the_worst_of_all_loggers_counts(
    data: st.DataObject, several: list[Logger]
) -> None:
    tally, _ = carried(*some_order(data, several))
    worst = reduce(frozenset.union, (one.hot for one in several))
    assert tally.above_s == STEP_S * len(worst)
    used = tally.used["warm"].seconds if "warm" in tally.used else 0
    assert used == STEP_S * len(worst)


def runs(values: Iterable[float]) -> int:
    return sum(1 for value, _ in groupby(values) if value == COLD)


@given(st.data(), st.lists(loggers(COLD, ELSEWHERE), min_size=1, max_size=5))
def test_of_stays_never_fewer_than_loggers_say_that_were_apart(
    data: st.DataObject, several: list[Logger]
) -> None:
    """Nor than any one of them says alone; nor more than all together."""
    tally, _ = carried(*some_order(data, several), profile=ONCE)
    apart = [
        sorted(some, key=lambda one: one.start)
        for size in range(1, len(several) + 1)
        for some in combinations(several, size)
        if all(not a.told & b.told for a, b in combinations(some, 2))
    ]
    least = max(runs(value for one in some for value in one.values) for some in apart)
    found = tally.used["freezer"].periods if "freezer" in tally.used else 0
    assert least <= found <= sum(runs(one.values) for one in several)


@given(
    st.data(),
    st.lists(st.sampled_from([COLD, ELSEWHERE]), min_size=2, max_size=14),
    st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13), st.integers(1, 11)), max_size=6),
)
def test_of_loggers_that_say_the_same_it_is_exactly_the_stays_that_they_saw(
    data: st.DataObject, day: list[float], seen: list[tuple[int, int, int]]
) -> None:
    several = [
        Logger(min(a, b), day[min(a, b) : max(a, b) + 1], (cut,))
        for a, b, cut in seen
        if min(a, b) < len(day)
    ]
    tally, _ = carried(*some_order(data, several), profile=ONCE)
    told = sorted(frozenset[int]().union(*(one.told for one in several)))
    found = tally.used["freezer"].periods if "freezer" in tally.used else 0
    assert found == runs(day[n] for n in told)


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_the_stays_of_one_logger_are_all_its_time_in_the_band(within: list[bool]) -> None:
    times = [STEP_S * n for n in range(len(within))]
    found = list(stays_in(times, within))
    steps = sum(any(ends) for ends in pairwise(within))
    assert seconds(found) == STEP_S * steps
    outs = list(out_of([(0, times[-1])], found))
    assert periods(found, outs) == len(found)
    assert periods(found, ()) == min(1, len(found))
    within_s = {n for one in found for n in range(one.start, one.end + 1)}
    out_s = {n for first, last in outs for n in range(first, last + 1)}
    edges_s = {n for one in found for n in range(one.since + 1, one.until)} - within_s
    assert within_s | edges_s | out_s == set(range(times[-1] + 1))
    assert not (within_s | edges_s) & out_s
