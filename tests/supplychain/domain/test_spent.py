"""What is carried of a budget: never less than readings say, and the same where none overlap."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from random import Random
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.errors import Malformed
from supplychain.domain.batches import beside
from supplychain.domain.budget import Use
from supplychain.domain.conditions import Reading, Series
from supplychain.domain.conditions_claim import METHOD_1, ConditionsClaim, ReadingsClaim
from supplychain.domain.errors import Invalid
from supplychain.domain.excursions import as_conditions, judge
from supplychain.domain.findings import Finding
from supplychain.domain.spent import (
    NOTHING_SPENT,
    Spent,
    read_tally,
    spend,
    taken,
    tally_as_json,
)
from supplychain.domain.stability import Told
from supplychain.domain.tallies import Leg, Tally
from tests.supplychain.domain.cold_chain.loggers import BUDGET, FRIDGE, at, between, steady
from tests.supplychain.domain.cold_chain.stories import story

STRETCH = (
    '{"stretches":[{"from":"2026-01-01T00:00:00Z","outside":{"above_s":0,"below_s":0},'
    '"to":"2026-01-02T00:00:00Z",%s}],"tally":{"outside":{"above_s":0,"below_s":0}}}'
)
KNOWN = '{"known":%s,"tally":{"outside":{"above_s":0,"below_s":0}}}'
values = st.lists(st.sampled_from([5.0, 9.0, 1.0]), min_size=1, max_size=12)


def signed(*series: Series, method: str = "worst-case/2") -> ReadingsClaim:
    judgement = judge(series, BUDGET, method=method)
    claim = ConditionsClaim.decode(as_conditions(series, BUDGET, judgement, method)).readings
    assert claim is not None
    return claim


def after(*legs: Series) -> Spent:
    past = NOTHING_SPENT
    for leg in legs:
        past, _ = spend(past, signed(leg), BUDGET)
    return past


@given(st.lists(st.tuples(values, st.integers(0, 6), st.sampled_from("AB")), max_size=5))
def test_it_is_never_less_than_what_readings_say(
    told: list[tuple[list[float], int, str]],
) -> None:
    start, legs = 0, []
    day = [5.0, 9.0, 9.0, 1.0, 5.0, 5.0, 9.0] * 20
    for some, back, device in told:  # one and the same history, read out from here or from there
        first = max(0, start - back)
        start = first + len(some)
        legs.append(steady(*day[first:start], start=10 * first, device=device))
    exact = story(BUDGET, [Told(judge((one,), BUDGET).state, (one,)) for one in legs]).tally
    carried = after(*legs).tally
    for band in BUDGET.bands:
        assert carried.seconds(band) >= exact.seconds(band)
    assert carried.above_s >= exact.above_s
    assert carried.below_s >= exact.below_s


@given(st.lists(values, max_size=5))
def test_where_no_file_overlaps_it_is_the_same(days: list[list[float]]) -> None:
    legs = [steady(*day, start=1000 * n, device=f"L{n % 2}") for n, day in enumerate(days)]
    exact = story(BUDGET, [Told(judge((one,), BUDGET).state, (one,)) for one in legs]).tally
    assert after(*legs).tally == exact


@given(st.lists(values, max_size=5))
def test_it_reads_back_what_it_wrote(days: list[list[float]]) -> None:
    found = after(*(steady(*day, start=1000 * n, device=f"L{n}") for n, day in enumerate(days)))
    assert Spent.parse(found.as_text()) == found
    assert read_tally(tally_as_json(found.tally)) == replace(found.tally, stretches=())


def test_nothing_is_written_where_nothing_was_used() -> None:
    assert NOTHING_SPENT.as_text() == ""
    assert Spent.parse("") is NOTHING_SPENT


def test_a_birth_may_say_what_was_used_without_any_logger() -> None:
    only = Spent(Tally(above_s=60))
    assert Spent.parse(only.as_text()) == only


@pytest.mark.parametrize(
    "written",
    [
        "{}",
        '{"tally":{}}',
        '{"tally":{"outside":{"above_s":0,"below_s":0}},"told":[]}',
        '{"tally":{"outside":{"above_s":0,"below_s":0}},"told":[{"device":"A","to":"1"}]}',
        '{"tally":{"outside":{"above_s":0,"below_s":0},"used":[]}}',
        '{"stretches":[],"tally":{"outside":{"above_s":0,"below_s":0}}}',
        STRETCH % '"used":[]',
        KNOWN % "[]",
        KNOWN % '{"warm":{"stays":[]}}',
        KNOWN % '{"warm":{"outs":[[2,1]]}}',
        KNOWN % '{"warm":{"outs":[[1]]}}',
        KNOWN % '{"warm":{"outs":7}}',
        KNOWN % '{"warm":{"stay":[[1,1,1,1]]}}',
        STRETCH % '"used":{"warm":0}',
        STRETCH % f'"used":{{"warm":{10**12 + 1}}}',
        STRETCH % '"u":{}',
    ],
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises((Invalid, Malformed)):
        Spent.parse(written)


def test_what_is_carried_is_read_up_to_a_quarter_of_a_mebibyte() -> None:
    name = "w" * (2**18 - len(STRETCH % '"used":{"":1}'))
    longest = STRETCH % f'"used":{{"{name}":1}}'
    assert len(longest) == 2**18
    assert Spent.parse(longest).as_text() == longest
    with pytest.raises(Malformed) as refusal:
        Spent.parse(STRETCH % f'"used":{{"w{name}":1}}')
    assert refusal.value.code == "TOO_LARGE"


@pytest.mark.parametrize(
    ("device", "to", "wrong"),
    [
        ("A", 2**40, None),
        ("A", -(2**40), None),
        ("A" * 100, 0, None),
        ("A", 2**40 + 1, "told.to"),
        ("A", -(2**40) - 1, "told.to"),
        ("A" * 101, 0, "told.device"),
    ],
)
def test_how_far_a_logger_told_is_bounded(device: str, to: int, wrong: str | None) -> None:
    tally = '{"outside":{"above_s":0,"below_s":0}}'
    written = f'{{"tally":{tally},"told":[{{"device":"{device}","to":{to}}}]}}'
    if wrong is None:
        assert Spent.parse(written).told_to == {device: to}
    else:
        with pytest.raises(Invalid, match=rf"^{re.escape(wrong)}:"):
            Spent.parse(written)


def test_what_a_logger_told_is_an_object() -> None:
    written = '{"tally":{"outside":{"above_s":0,"below_s":0}},"told":[7]}'
    with pytest.raises(Invalid, match=r"^told:"):
        Spent.parse(written)


def test_what_was_told_before_is_not_used_again() -> None:
    first, both = steady(9, 9, 5, 5), steady(9, 9, 5, 5, 5, 5)
    past = after(first)
    claim = signed(both)
    assert claim.judged is not None
    new = taken(claim, claim.judged, past.told_to)
    assert new is not None
    assert (new.first, new.last, new.used) == (at(30), at(50), ())
    assert taken(claim, claim.judged, after(both).told_to) is None
    assert after(first, both, first).tally.used == past.tally.used


def test_a_stay_that_goes_on_counts_from_where_it_was_told_to() -> None:
    whole = after(steady(5, 9, 9), steady(5, 9, 9, 9, 9))
    assert whole.tally.used["warm"] == Use("warm", 40 * 60, at(10), at(40), 1)


def test_time_outside_is_no_longer_than_what_is_new() -> None:
    warm = after(steady(9, 9, 9, 9), steady(9, 9, 9, 9, 9)).tally
    assert (warm.above_s, warm.below_s) == (40 * 60, 0)
    cool = after(steady(1, 1, 1, 1), steady(1, 1, 1, 1, 1)).tally
    assert (cool.above_s, cool.below_s) == (0, 40 * 60)


def test_one_reading_told_again_is_nothing_new() -> None:
    assert after(steady(9, 9), steady(9, start=10)).tally == after(steady(9, 9)).tally
    again = signed(steady(9, start=10))
    assert again.judged is not None
    assert taken(again, again.judged, after(steady(9, 9)).told_to) is None


@given(st.lists(values, min_size=1, max_size=8))
def test_batches_of_a_live_tracker_lose_nothing_at_their_seams(batches: list[list[float]]) -> None:
    """Each batch comes with what was told beside it, as a series of its own."""
    whole = steady(*(value for batch in batches for value in batch))
    past, start = NOTHING_SPENT, 0
    for batch in batches:
        told, new = whole.readings[:start], whole.readings[start : start + len(batch)]
        around = beside(told, new, lambda centi_c: BUDGET.deviation(centi_c) is not None)
        series = [Series.of(whole.device, some) for some in (around, new) if some]
        past, _ = spend(past, signed(*series), BUDGET)
        start += len(batch)
    exact = story(BUDGET, [Told(judge((whole,), BUDGET).state, (whole,))]).tally
    for band in BUDGET.bands:
        assert past.tally.seconds(band) >= exact.seconds(band)
    assert past.tally.above_s >= exact.above_s
    assert past.tally.below_s >= exact.below_s


def test_of_two_loggers_the_new_one_counts() -> None:
    past = after(steady(9, 9, 5, 5))
    old, other = steady(9, 9, 5, 5), steady(5, 9, 5, start=100, device="B")
    found, _ = spend(past, signed(old, other), BUDGET)
    assert found.tally.used["warm"].seconds == 40 * 60
    assert found.told_to == {"TT-1": int(at(30).timestamp()), "B": int(at(120).timestamp())}


def test_a_claim_of_the_first_method_or_without_a_budget_takes_nothing() -> None:
    warm = steady(9, 9)
    assert spend(NOTHING_SPENT, signed(warm, method=METHOD_1), BUDGET) == (
        NOTHING_SPENT,
        frozenset(),
    )
    assert spend(NOTHING_SPENT, signed(warm), FRIDGE) == (NOTHING_SPENT, frozenset())


def test_what_is_beyond_is_told() -> None:
    hour = steady(*[9.0] * 7)
    past, fine = spend(NOTHING_SPENT, signed(hour), BUDGET)
    assert fine == frozenset()
    more = steady(9, 9, start=60)
    _, beyond = spend(past, signed(more), BUDGET)
    assert beyond == {Finding.BUDGET_SPENT}
    cool = steady(5, 5, start=60)
    assert spend(past, signed(cool), BUDGET)[1] == frozenset()


def test_of_goods_put_together_each_number_is_the_most() -> None:
    one = Spent(
        Tally(MappingProxyType({"warm": Use("warm", 60, at(0), at(1), 1)}), 60, 0, at(1)),
        MappingProxyType({"A": 5, "B": 9}),
    )
    other = Spent(
        Tally(MappingProxyType({"warm": Use("warm", 30, at(5), at(6), 2)}), 30, 7, at(6)),
        MappingProxyType({"A": 7}),
    )
    both = Spent.most([one, other])
    assert both == Spent.most([other, one])
    assert both.tally.used["warm"] == Use("warm", 60, at(0), at(6), 2)
    assert (both.tally.above_s, both.tally.below_s, both.tally.last) == (60, 7, at(6))
    assert both.told_to == {"A": 7, "B": 9}
    assert Spent.most([]) == NOTHING_SPENT


def test_only_the_last_fifty_loggers_are_remembered() -> None:
    legs = [steady(5, start=100 * n, device=f"L{n:03}") for n in range(53)]
    told = after(*legs).told_to
    assert len(told) == 50
    assert min(told) == "L003"


@given(st.lists(values, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_batches_of_a_live_tracker_count_however_late_they_come(
    batches: list[list[float]], chance: Random
) -> None:
    whole = steady(*(value for batch in batches for value in batch))
    ends = list(accumulate(map(len, batches), initial=0))
    parts = [whole.readings[start:end] for start, end in pairwise(ends)]
    chance.shuffle(parts)
    past, told, legs = NOTHING_SPENT, list[Reading](), list[Told]()
    for new in parts:
        around = beside(sorted(told), new, lambda centi_c: BUDGET.deviation(centi_c) is not None)
        series = tuple(Series.of(whole.device, some) for some in (around, new) if some)
        fresh = {whole.device: new[0].at}
        past, _ = spend(past, signed(*series), BUDGET, fresh)
        legs.append(Told(judge(series, BUDGET).state, series, fresh=fresh))
        told += new
    exact = story(BUDGET, [Told(judge((whole,), BUDGET).state, (whole,))]).tally
    shown = story(BUDGET, legs).tally
    for band in BUDGET.bands:
        assert past.tally.seconds(band) >= shown.seconds(band) >= exact.seconds(band)
    assert past.tally.above_s >= shown.above_s >= exact.above_s
    assert past.tally.below_s >= shown.below_s >= exact.below_s


def test_claims_from_the_first_day_on_never_write_what_is_not_read_again() -> None:
    """Told of the year 1, over and over, with as many stays as a claim may have."""
    claim = signed(steady(5, 9))
    assert claim.judged is not None
    long_ago = datetime(1, 1, 1, tzinfo=UTC)
    past = NOTHING_SPENT
    for n in range(20):
        series = replace(claim.series[0], device=f"L{n}", first=long_ago)
        use = Use("warm", 10**12, long_ago, series.last, 10**9)
        judged = replace(claim.judged, used=(use,), ignored=(between(-9, -8),))
        past, _ = spend(past, replace(claim, series=(series,), judged=judged), BUDGET)
    assert Spent.parse(past.as_text()) == past
    assert past.tally.used["warm"].seconds == 10**12
    assert past.tally.used["warm"].periods == 10**9


def test_sides_end_where_they_are_read_to() -> None:
    leg = Leg(at(0), at(10), (), 10**12, 10**12)
    tally = Tally().plus(leg).plus(leg)
    assert read_tally(tally_as_json(tally)) == tally
