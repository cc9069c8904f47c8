"""By worst-case/2: two loggers on one journey are not added up, nor less than any of them says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.conditions import Series
from supplychain.domain.conditions_claim import ConditionsClaim, ReadingsClaim
from supplychain.domain.conditions_judged import NOTHING_STATED, Stated
from supplychain.domain.excursions import METHOD_2, as_conditions, judge
from supplychain.domain.findings import Finding
from supplychain.domain.spent import NOTHING_SPENT, Spent, handed_down, spend
from supplychain.domain.stability import Told
from supplychain.domain.tallies import Tally
from supplychain.domain.told_time import STRETCHES_MAX
from tests.supplychain.domain.cold_chain.loggers import BUDGET, at, between, steady
from tests.supplychain.domain.cold_chain.stories import story

STEP_S = 600
HOT, FINE = 9.0, 5.0
JOURNEY = (5, 9, 9, 9, 9, 5)

Leg = tuple[Series, ...]


def signed(leg: Leg, stated: Stated = NOTHING_STATED) -> ReadingsClaim:
    judgement = judge(leg, BUDGET, method=METHOD_2, stated=stated)
    found = ConditionsClaim.decode(as_conditions(leg, BUDGET, judgement, METHOD_2)).readings
    assert found is not None
    return found


def carried(*legs: Leg, past: Spent = NOTHING_SPENT) -> Tally:
    for leg in legs:
        past, _ = spend(past, signed(leg), BUDGET)
    return past.tally


def shown(*legs: Leg) -> Tally:
    return story(BUDGET, [Told(judge(leg, BUDGET).state, leg) for leg in legs]).tally


def warm(tally: Tally) -> int:
    """Steps in the band, of ten minutes each."""
    return tally.used["warm"].seconds // STEP_S if "warm" in tally.used else 0


def counted(*legs: Series) -> int:
    """What both ways of counting say."""
    each = [(leg,) for leg in legs]
    assert carried(*each) == shown(*each)
    return warm(shown(*each))


def test_a_tracker_and_the_receivers_file_of_one_journey_are_not_added_up() -> None:
    both = (steady(*JOURNEY, device="A"),), (steady(*JOURNEY, device="B"),)
    for tally in (carried(*both), shown(*both)):
        assert tally.used["warm"].seconds == 50 * 60
        assert tally.above_s == 50 * 60
    assert spend(Spent(carried(both[0])), signed(both[1]), BUDGET)[1] == frozenset()


def test_the_logger_that_says_most_governs_whichever_comes_first() -> None:
    less, more = steady(5, 5, 9, 5, 5, 5, device="A"), steady(*JOURNEY, device="B")
    assert counted(less, more) == counted(more, less) == 5


def test_journeys_after_each_other_are_added_up() -> None:
    first, then = steady(*JOURNEY, device="A"), steady(*JOURNEY, device="B", start=50)
    assert counted(first, then) == counted(then, first) == 10


def test_time_that_only_one_of_them_told_of_is_added() -> None:
    early = steady(5, 5, 9, 9, device="A")
    late = steady(5, 5, 9, 9, device="B", start=20)
    assert counted(early, late) == counted(late, early) == 4


def test_one_reading_outside_has_its_steps_counted() -> None:
    """They reach further than the reading itself: to both its neighbours."""
    assert counted(steady(5, 9, 5, device="A"), steady(*JOURNEY, device="B", start=20)) == 7


def test_many_batches_and_then_the_file_of_another_logger() -> None:
    hot = [5] + [9] * 4 + [5] * 40
    batches = [steady(*hot[n : n + 2], device="A", start=10 * n) for n in range(44)]
    assert counted(*batches, steady(*hot, device="B")) == 5


def test_what_is_forgotten_is_added() -> None:
    """Of stretches with a break between them only the last are known."""
    stays = [steady(5, 9, 5, device="A", start=100 * n) for n in range(STRETCHES_MAX + 1)]
    again = [steady(5, 9, 5, device="B", start=100 * n) for n in range(STRETCHES_MAX + 1)]
    assert counted(*stays) == 2 * len(stays)
    assert counted(*stays, again[-1]) == 2 * len(stays)
    assert counted(*stays, again[0]) == 2 * len(stays) + 2


def test_a_leg_of_two_loggers_that_tell_of_one_time_counts_once() -> None:
    both = steady(*JOURNEY, device="B"), steady(5, *JOURNEY, 5, device="C", start=-10)
    assert warm(carried((steady(*JOURNEY, device="A"),), both)) == 5 + 2  # ten minutes at each end


def test_a_gap_between_forgotten_stretches_was_told_of_by_nobody() -> None:
    stays = [steady(5, 9, 5, device="A", start=100 * n) for n in range(STRETCHES_MAX + 1)]
    between_them = steady(5, 5, 5, *[9] * 7, 5, 5, 5, device="B")
    assert counted(*stays, between_them) == 2 * len(stays) + 8


def test_what_was_used_at_the_edge_of_a_leg_is_not_told_again_within() -> None:
    both = steady(5, 5, 5, 5, device="B", start=20), steady(9, 9, 5, 5, 5, 5, device="C")
    again = (steady(9, 9, 9, 9, device="A", start=20),)
    assert warm(carried(both, again)) == warm(shown(both, again)) == 5


def test_a_leg_of_two_loggers_one_after_the_other_is_added() -> None:
    both = steady(5, 9, 9, device="B"), steady(9, 9, 5, device="C", start=30)
    before = (steady(*JOURNEY, device="A"),)
    assert warm(carried(before, both)) == warm(shown(before, both)) == 7


def test_what_is_ignored_tells_of_no_time() -> None:
    before, leg = (steady(*JOURNEY, device="A"),), (steady(*JOURNEY, device="B"),)
    stated = Stated(ignored=(between(0, 20),))
    past, beyond = spend(Spent(carried(before)), signed(leg, stated), BUDGET)
    assert warm(past.tally) == 7
    assert beyond == {Finding.BUDGET_SPENT}
    told = [Told(judge(before, BUDGET).state, before), Told(judge(leg, BUDGET).state, leg, stated)]
    assert warm(story(BUDGET, told).tally) == 7


def test_of_goods_put_together_the_stretches_that_both_have_are_known() -> None:
    trip = (steady(*JOURNEY, device="A"),)
    one = Spent(carried(trip))
    other = Spent(carried(trip, (steady(5, 9, 5, device="A", start=100),)))
    both = Spent.most([one, other, NOTHING_SPENT])
    assert warm(carried((steady(*JOURNEY, device="B"),), past=both)) == 7
    assert warm(carried((steady(5, 9, 5, device="B", start=100),), past=both)) == 9


def test_of_goods_put_together_the_least_is_known_of_a_stretch() -> None:
    """What the others used there may be hidden behind what these used elsewhere."""
    one = Spent(carried((steady(*JOURNEY, device="A"),)))
    other = Spent(carried((steady(5, 9, 5, 5, 5, 5),), (steady(5, 9, 9, 5, start=100),)))
    leg = (steady(*JOURNEY, device="B"),)
    assert warm(carried(leg, past=Spent.most([one, other]))) == 8
    assert warm(carried(leg, past=other)) == 8


def test_when_it_was_used_is_not_handed_down_to_another_lot() -> None:
    tally = carried((steady(*JOURNEY, device="A"),))
    assert handed_down(tally, BUDGET, BUDGET) == replace(tally, stretches=())


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
        """The steps that it tells of."""
        return frozenset(range(self.start, self.start + len(self.values) - 1))

    def legs(self, device: str) -> list[Series]:
        """Its file in parts, each from the last reading that was told."""
        ends = sorted({0, len(self.values) - 1, *(n for n in self.cuts if n < len(self.values))})
        return [
            steady(*self.values[a : b + 1], device=device, start=10 * (self.start + a))
            for a, b in pairwise(ends)
        ]


loggers = st.builds(
    Logger,
    st.integers(0, 12),
    st.lists(st.sampled_from([FINE, HOT]), min_size=2, max_size=12),
    st.lists(st.integers(1, 11), max_size=2),
)


def most_of_two(one: Logger, other: Logger) -> int:
    """At each second one of the two governs: this one wherever it tells, or that one."""
    return max(
        len(one.hot) + len(other.hot - one.told),
        len(other.hot) + len(one.hot - other.told),
    )


def interleaved(data: st.DataObject, files: Sequence[list[Series]]) -> list[Series]:
    """In any order of arrival, but each logger's parts in theirs."""
    turns = data.draw(st.permutations([n for n, legs in enumerate(files) for _ in legs]))
    waiting = [iter(legs) for legs in files]
    return [next(waiting[n]) for n in turns]


@given(st.data(), loggers, loggers)
def test_of_two_loggers_never_less_than_the_most_at_each_second(
    data: st.DataObject, one: Logger, other: Logger
) -> None:
    order = interleaved(data, [one.legs("A"), other.legs("B")])
    legs = [(leg,) for leg in order]
    of_claims, of_readings = warm(carried(*legs)), warm(shown(*legs))
    assert of_claims >= of_readings >= most_of_two(one, other)
    assert of_readings <= len(one.hot) + len(other.hot)
    assert carried(*legs).above_s >= shown(*legs).above_s >= STEP_S * most_of_two(one, other)


@given(st.lists(st.tuples(*[st.sampled_from([FINE, HOT])] * 2), min_size=2, max_size=12))
def test_of_two_loggers_that_tell_of_one_time_it_is_exactly_the_most(
    pairs: list[tuple[float, float]],
) -> None:
    one, other = (Logger(0, values, ()) for values in zip(*pairs, strict=True))
    legs = one.legs("A") + other.legs("B")
    assert counted(*legs) == max(len(one.hot), len(other.hot)) == most_of_two(one, other)


@given(st.lists(st.tuples(st.lists(loggers, min_size=1, max_size=2), st.booleans()), max_size=4))
def test_of_legs_with_two_loggers_and_ignored_ends_claims_never_say_less_than_readings(
    several: list[tuple[list[Logger], bool]],
) -> None:
    past, told = NOTHING_SPENT, []
    for n, (some, ignores) in enumerate(several):
        leg = tuple(replace(one, cuts=()).legs(f"L{n}-{k}")[0] for k, one in enumerate(some))
        start = 10 * min(one.start for one in some)
        stated = Stated(ignored=(between(start, start),) if ignores else ())
        past, _ = spend(past, signed(leg, stated), BUDGET)
        told.append(Told(judge(leg, BUDGET, stated=stated).state, leg, stated))
    exact = story(BUDGET, told).tally
    assert warm(past.tally) >= warm(exact)
    assert past.tally.above_s >= exact.above_s


@given(st.data(), st.lists(loggers, min_size=1, max_size=5))
def test_of_many_loggers_never_less_than_any_that_were_apart(
    data: st.DataObject, several: list[Logger]
) -> None:
    """Whichever of them tell of times that do not touch, what these used is all there."""
    order = data.draw(st.permutations(range(len(several))))
    legs = [(replace(several[n], cuts=()).legs(f"L{n}")[0],) for n in order]
    apart = [
        some
        for size in range(1, len(several) + 1)
        for some in combinations(several, size)
        if all(not a.told & b.told for a, b in combinations(some, 2))
    ]
    exact = max(sum(len(one.hot) for one in some) for some in apart)
    assert warm(carried(*legs)) == warm(shown(*legs)) >= exact


@pytest.mark.parametrize("times", [1, 2])
def test_the_same_file_told_by_many_loggers_counts_once(times: int) -> None:
    assert counted(*(steady(*JOURNEY, device=f"L{n}") for n in range(3 * times))) == 5


def test_stretches_say_when_it_was_used() -> None:
    tally = carried((steady(*JOURNEY, device="A"),))
    assert [(one.told.start, one.told.end) for one in tally.stretches] == [(at(0), at(50))]
