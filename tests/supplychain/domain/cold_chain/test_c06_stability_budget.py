"""C6: what is used up of the stability budget adds up over legs, owners and files.

The profile is that of a vaccine as it was approved in 2021: kept at -90…-60; one period of up to
two weeks at -25…-15; one month at 2…8 once thawed, with up to 12 hours of transport in it; 24 hours
at -3…2; 4 hours at 8…30, and in them the 2 hours before use; never refrozen.
"""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from supplychain.domain.budget import Use
from supplychain.domain.conditions import Series
from supplychain.domain.conditions_judged import Stated
from supplychain.domain.excursions import METHOD_2, State, judge
from supplychain.domain.findings import Finding
from supplychain.domain.overspending import beyond
from supplychain.domain.profiles import profile
from supplychain.domain.stability import LegStory, Told
from supplychain.domain.storage_profile import Activity
from tests.supplychain.domain.cold_chain.loggers import (
    BUDGET,
    FRIDGE,
    at,
    between,
    logged,
    stay_at,
    steady,
)
from tests.supplychain.domain.cold_chain.stories import Story, story

VACCINE = profile("ultra-cold-thawed-once/2")
TRANSPORT = Stated(activity=Activity.TRANSPORT)
BEFORE_USE = Stated(activity=Activity.BEFORE_USE)
HOUR, DAY = 60, 24 * 60


def stay(value: float, minutes: float, start: float = 0, device: str = "TT-1") -> Series:
    """A logger that says one temperature every ten minutes or, over weeks, every hour."""
    step = 10 if minutes < 3 * DAY else HOUR
    times = [start + step * n for n in range(int(minutes / step))]
    return logged([*times, start + minutes], [value] * (len(times) + 1), device)


def told(*series: Series, stated: Stated = Stated()) -> Told:  # noqa: B008 - a frozen value
    return Told(judge(series, VACCINE, stated=stated).state, series, stated)


def of(*legs: Told) -> Story:
    return story(VACCINE, legs)


def states(*legs: Told) -> list[State]:
    return [one.state for one in of(*legs).legs]


def in_a_row(*stays: tuple[float, float]) -> list[Told]:
    """Stays of so many degrees for so many minutes, each a leg, five minutes apart."""
    start, legs = 0.0, []
    for n, (value, minutes) in enumerate(stays):
        legs.append(told(stay(value, minutes, start, f"L{n}")))
        start += minutes + 5
    return legs


def thawed(*stays: tuple[float, float]) -> list[Told]:
    return in_a_row((-70, HOUR), *stays)


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (-70, State.IN_RANGE),
        (-20, State.IN_RANGE),
        (5, State.IN_RANGE),
        (1.9, State.REVIEW),
        (-3, State.REVIEW),
        (8.1, State.REVIEW),
        (30, State.REVIEW),
        (-3.1, State.EXCURSION),
        (30.1, State.EXCURSION),
        (-90.1, State.EXCURSION),
        (-40, State.EXCURSION),
        (-10, State.EXCURSION),
    ],
)
def test_each_band_says_what_it_is(value: float, state: State) -> None:
    assert judge([stay(value, HOUR)], VACCINE).state is state


@pytest.mark.parametrize(
    ("value", "total"), [(-1, 24 * HOUR), (20, 4 * HOUR), (-20, 14 * DAY), (5, 30 * DAY)]
)
def test_a_total_may_be_used_up_and_not_a_minute_more(value: float, total: int) -> None:
    assert judge([stay(value, total)], VACCINE).state is not State.EXCURSION
    judgement = judge([stay(value, total + 1)], VACCINE)
    assert judgement.state is State.EXCURSION
    assert Finding.BUDGET_SPENT in judgement.findings


def test_a_total_adds_up_over_legs_and_the_leg_that_goes_beyond_is_the_excursion() -> None:
    legs = thawed((5, DAY), (20, 3 * HOUR), (5, DAY), (20, HOUR), (5, DAY), (20, 10), (5, DAY))
    found = of(*legs)
    assert [one.state for one in found.legs] == [
        State.IN_RANGE,
        State.IN_RANGE,
        State.REVIEW,
        State.IN_RANGE,
        State.REVIEW,
        State.IN_RANGE,
        State.EXCURSION,
        State.IN_RANGE,
    ]
    assert found.legs[6] == LegStory(State.EXCURSION, frozenset({Finding.BUDGET_SPENT}))
    assert found.totals["warm"] == 60 * (4 * HOUR + 10)


def test_heat_and_cold_have_totals_of_their_own() -> None:
    legs = thawed((20, 4 * HOUR), (-1, 24 * HOUR))
    assert states(*legs) == [State.IN_RANGE, State.REVIEW, State.REVIEW]


def test_two_hours_before_use_count_in_the_four_hours_of_heat() -> None:
    once = told(stay(20, 2 * HOUR), stated=BEFORE_USE)
    assert judge(once.series, VACCINE, stated=BEFORE_USE).state is State.REVIEW
    longer = judge([stay(20, 2 * HOUR + 1)], VACCINE, stated=BEFORE_USE)
    assert longer.findings == (Finding.BUDGET_SPENT,)
    on_the_way = told(stay(20, 2 * HOUR + 10, 300), stated=TRANSPORT)
    assert states(once, on_the_way) == [State.REVIEW, State.EXCURSION]
    assert of(once, on_the_way).totals["before-use"] == 2 * 60 * HOUR


def test_twelve_hours_of_transport_lie_within_the_month() -> None:
    way, shelf = told(stay(5, 12 * HOUR), stated=TRANSPORT), told(stay(5, 20 * DAY, 13 * HOUR))
    assert states(way, shelf) == [State.IN_RANGE] * 2
    again = told(stay(5, 10, 21 * DAY, "L3"), stated=TRANSPORT)
    assert states(way, shelf, again) == [State.IN_RANGE, State.IN_RANGE, State.EXCURSION]
    found = of(way, shelf)
    assert found.totals["thawed"] == 60 * (20 * DAY + 13 * HOUR)
    assert found.totals["transport"] == 60 * 12 * HOUR


def test_the_month_runs_from_the_thaw_whether_or_not_anybody_logs() -> None:
    first, late = told(stay(5, HOUR)), told(stay(5, HOUR, 30 * DAY - HOUR))
    later = told(stay(5, HOUR, 30 * DAY - HOUR + 1))
    assert states(first, late) == [State.IN_RANGE, State.IN_RANGE]
    assert states(first, later) == [State.IN_RANGE, State.EXCURSION]


def test_the_freezer_is_for_one_period_only() -> None:
    back = in_a_row((-70, DAY), (-20, DAY), (-70, DAY), (-20, DAY))
    found = of(*back)
    assert [one.state for one in found.legs] == [*[State.IN_RANGE] * 3, State.EXCURSION]
    assert found.legs[3].beyond == {Finding.PERIOD_AGAIN}
    alone = judge([steady(-70, -20, -70, -20)], VACCINE)
    assert (alone.state, alone.findings) == (State.EXCURSION, (Finding.PERIOD_AGAIN,))


def test_one_period_goes_on_over_a_hand_off_and_its_two_weeks_too() -> None:
    week = 7 * DAY
    found = in_a_row((-70, DAY), (-20, week), (-20, week - 5))
    assert states(*found) == [State.IN_RANGE] * 3
    assert of(*found).tally.used["freezer"].periods == 1
    assert states(*in_a_row((-70, DAY), (-20, week), (-20, week)))[2] is State.EXCURSION


def test_a_leg_ends_with_the_last_of_its_loggers() -> None:
    """The next leg begins where that one ended, and so the stay goes on."""
    first = told(stay(-20, DAY, device="A"), stay(-20, 2 * DAY, device="B"))
    found = of(first, told(stay(-20, DAY, 2 * DAY + 5, "C")))
    assert found.tally.used["freezer"].periods == 1


def test_who_begins_a_leg_elsewhere_begins_a_second_period() -> None:
    first = told(steady(-70, -20, -20))
    back = told(steady(-70, -20, start=40, device="TT-2"))
    found = of(first, back)
    assert found.tally.used["freezer"].periods == 2
    assert found.legs[1].beyond == {Finding.PERIOD_AGAIN}


@pytest.mark.parametrize("warm", [5, 1, 20])
@pytest.mark.parametrize("cold", [-20, -70])
def test_what_was_thawed_is_never_frozen_again(warm: float, cold: float) -> None:
    found = of(*in_a_row((-70, DAY), (warm, HOUR), (cold, HOUR)))
    assert found.legs[2] == LegStory(State.EXCURSION, frozenset({Finding.REFROZEN}))
    alone = judge([steady(-70, warm, cold)], VACCINE)
    assert alone.state is State.EXCURSION
    assert Finding.REFROZEN in alone.findings


def test_what_thaws_in_the_second_that_it_leaves_the_freezer_was_not_frozen_again() -> None:
    first, second = stay(-20, HOUR, device="A"), stay(5, HOUR, HOUR, "B")
    assert of(told(first, second)).legs[0].beyond == frozenset()
    earlier = stay(5, HOUR, HOUR - 1, "B")
    assert of(told(first, earlier)).legs[0].beyond == {Finding.REFROZEN}


def test_each_part_of_a_split_inherits_all_that_was_used_before() -> None:
    before = thawed((20, 3 * HOUR))
    warm = told(stay(20, 2 * HOUR, 10_000, "A"))
    cool = told(stay(5, 2 * HOUR, 10_000, "B"))
    assert states(*before, warm)[-1] is State.EXCURSION
    assert states(*before, cool)[-1] is State.IN_RANGE
    assert of(*before, cool).totals["warm"] == 60 * 3 * HOUR


def test_a_file_that_is_read_out_at_two_hand_offs_counts_once() -> None:
    whole = stay(20, 3 * HOUR)
    first = Series.of("TT-1", whole.readings[:10])
    assert of(told(first), told(whole), told(whole)).totals["warm"] == 60 * 3 * HOUR
    assert of(told(whole), told(first)).totals["warm"] == 60 * 3 * HOUR


def test_a_leg_without_readings_takes_nothing_and_keeps_its_state() -> None:
    nothing = Told(State.NO_DATA)
    legs = [*thawed((20, 4 * HOUR)), nothing, told(stay(20, HOUR, 10_000, "L9"))]
    assert states(*legs)[2:] == [State.NO_DATA, State.EXCURSION]


def test_a_freeze_stays_a_freeze() -> None:
    frozen = replace(VACCINE, freeze=FRIDGE.freeze)
    leg = Told(State.FREEZE, (stay(20, 5 * HOUR),))
    assert story(frozen, [leg]).legs == (LegStory(State.FREEZE, frozenset({Finding.BUDGET_SPENT})),)


def test_without_a_budget_each_leg_is_what_it_said() -> None:
    legs = [Told(State.EXCURSION, (steady(9),)), Told(State.IN_RANGE, (steady(5),))]
    found = story(FRIDGE, legs)
    assert [one.state for one in found.legs] == [State.EXCURSION, State.IN_RANGE]
    assert found.totals == {}


def test_cumulative_limits_add_up_over_legs() -> None:
    patient = replace(
        FRIDGE, excursion_delay_min=60, cumulative_above_min=30, cumulative_below_min=20
    )
    legs = [
        Told(State.IN_RANGE, (steady(5, value, 5, start=100 * n),))
        for n, value in enumerate((9, 1, 9, 5, 1))
    ]
    found = story(patient, legs)
    beyond = frozenset({Finding.CUMULATIVE})
    expected: Sequence[frozenset[Finding]] = [frozenset(), frozenset(), beyond, frozenset(), beyond]
    assert [one.beyond for one in found.legs] == expected


def test_ignored_readings_use_up_nothing() -> None:
    stated = Stated(ignored=(between(0, 15),))
    leg = Told(State.IN_RANGE, (steady(9, 9, 5, 5),), stated)
    assert story(BUDGET, [leg]).totals["warm"] == 0


def test_each_band_says_what_is_wrong_with_its_time() -> None:
    tally = of(*in_a_row((-70, DAY), (-20, DAY), (-70, DAY), (-20, 14 * DAY))).tally
    wrong = {band.id: set(beyond(band, tally, VACCINE)) for band in VACCINE.bands}
    assert wrong.pop("freezer") == {Finding.BUDGET_SPENT, Finding.PERIOD_AGAIN}
    assert set().union(*wrong.values()) == set()


def test_uses_are_told_with_their_first_and_last_reading() -> None:
    judgement = judge([steady(-70, -70, 5, 9, 5)], VACCINE)
    thawed = stay_at(10, 20, 20, 30), stay_at(30, 40, 40, 40)
    assert judgement.used == (
        Use("thawed", 30 * 60, at(20), at(40), 2, thawed),
        Use("ultra-cold", 20 * 60, at(0), at(10), 1, (stay_at(0, 0, 10, 20),)),
        Use("warm", 20 * 60, at(30), at(30), 1, (stay_at(20, 30, 30, 40),)),
    )
    sums = judge([steady(-70, -70, 5, 9, 5)], VACCINE, method=METHOD_2)
    assert sums.used == tuple(replace(one, stays=()) for one in judgement.used)
