"""C8: the mean kinetic temperature, where a market asks for it, and what it never clears."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.agreement import disagreement
from supplychain.domain.conditions import Reading, Series
from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.conditions_judged import Kinetic, Stated
from supplychain.domain.excursions import Judgement, State, as_conditions, judge
from supplychain.domain.mkt import Curve, clears, mean_kinetic_e4, worst_of
from supplychain.domain.profiles import profile
from supplychain.domain.storage_profile import Activity, KineticRule, StorageProfile
from tests.supplychain.domain.cold_chain.loggers import PAGE, at, between, logged

COLD = profile("usp-controlled-cold/2")
ROOM = profile("usp-controlled-room/2")
US = Stated(market="US")
HOUR, DAY = 60, 24 * 60


@pytest.mark.parametrize(
    ("hours", "mean"),
    [
        ({20: 2, 2: 4, 25: 1}, 15.6775),
        ({5: 7}, 5.0),
        ({2: 23, 25: 1}, 5.8254),
        ({5: 18, 14: 6}, 8.2852),
        ({22: 696, 40: 24}, 23.5996),
        ({24: 696, 40: 24}, 25.2602),
        ({12.3: 1, 15.9: 1, 16.2: 1, 14.7: 1, 14.9: 1}, 14.9025),
        ({-196: 3}, -196.0),
        ({-80: 1, -70: 1}, -72.5183),
    ],
)
def test_the_pages_table_comes_out_to_four_decimals(hours: dict[float, int], mean: float) -> None:
    found = mean_kinetic_e4({round(100 * c): 60 * h for c, h in hours.items()})
    assert found == round(10_000 * mean)


def test_uneven_sampling_is_summed_by_trapezoids_and_neither_held_nor_plain() -> None:
    readings = logged(*PAGE).readings
    curve = Curve.of(readings, [True] * 7)
    assert curve.mean_e4(0, 7) == 71_977
    held: dict[int, int] = {}
    for before, after in pairwise(readings):
        held[before.centi_c] = held.get(before.centi_c, 0) + after.at - before.at
    assert mean_kinetic_e4(held) == 68_971
    assert mean_kinetic_e4({reading.centi_c: 1 for reading in readings}) == 70_425


def test_nothing_is_summed_over_a_gap() -> None:
    readings = logged([0, 10, 500, 510], [5, 5, 25, 25]).readings
    curve = Curve.of(readings, [True, False, True])
    assert curve.covered(0, 3) == 20 * 60
    assert curve.mean_e4(0, 3) == mean_kinetic_e4({500: 1, 2500: 1})
    assert curve.mean_e4(0, 1) == 50_000


def day(*hot: tuple[int, int, float], base: float = 5, days: float = 2) -> Series:
    """A reading every ten minutes; `hot` are minutes from and to with another temperature."""
    minutes = range(0, int(days * DAY) + 1, 10)
    values = [
        next((c for start, end, c in hot if start <= m < end), base + 0.2 * (m // 10 % 2))
        for m in minutes
    ]
    return logged(minutes, values)


def judged(*series: Series, limits: StorageProfile = COLD, stated: Stated = US) -> Judgement:
    return judge(series, limits, stated=stated)


ONE_HOUR_OF_12 = day((1000, 1060, 12))


def test_an_hour_at_12_degrees_is_for_a_person_to_decide_where_a_market_asks_for_it() -> None:
    judgement = judged(ONE_HOUR_OF_12)
    assert judgement.state is State.REVIEW
    assert judgement.excursions
    assert judgement.mkt is not None
    assert judgement.mkt.value_e4_c is not None
    assert 51_000 < judgement.mkt.value_e4_c < 80_000
    assert (judgement.mkt.dh_j_mol, judgement.mkt.r_e7) == (83_144, 83_144_626)
    # The window that began before the readings did is the worst: it has the fewest good minutes.
    assert judgement.mkt.at == between(0, 1300)
    assert (judgement.mkt.window_s, judgement.mkt.coverage_e4) == (60 * DAY, 10_000 * 1300 // 1440)
    assert judgement.mkt.count == 131


@pytest.mark.parametrize("stated", [Stated(), Stated(market="DE")])
def test_it_is_off_unless_the_market_of_the_goods_asks_for_it(stated: Stated) -> None:
    judgement = judged(ONE_HOUR_OF_12, stated=stated)
    assert (judgement.state, judgement.mkt) == (State.EXCURSION, None)


def test_on_a_journey_it_is_off_unless_the_profile_says_so() -> None:
    way = replace(US, activity=Activity.TRANSPORT)
    assert judged(ONE_HOUR_OF_12, stated=way).state is State.EXCURSION
    assert COLD.mkt is not None
    anywhere = replace(COLD, mkt=replace(COLD.mkt, transport=True))
    assert judged(ONE_HOUR_OF_12, limits=anywhere, stated=way).state is State.REVIEW


def test_a_mean_over_the_limit_clears_nothing_although_the_plain_mean_is_7_25() -> None:
    judgement = judged(day((0, 6 * HOUR, 14), days=1))
    assert judgement.state is State.EXCURSION
    assert judgement.mkt is not None
    assert judgement.mkt.value_e4_c is not None
    assert judgement.mkt.value_e4_c > 80_000


def test_of_several_excursions_the_worst_window_that_holds_one_counts() -> None:
    judgement = judged(day((300, 310, 9), (1500, 1600, 11), (2500, 2510, 9)))
    assert judgement.mkt is not None
    alone = judged(day((1500, 1600, 11))).mkt
    assert alone is not None
    assert (judgement.mkt.value_e4_c or 0) >= (alone.value_e4_c or 0)
    assert judgement.mkt.at.start <= at(1500) <= at(1590) <= judgement.mkt.at.end


def test_one_excursion_that_no_window_covers_refuses_all() -> None:
    minutes = [*range(0, DAY + 1, 10), *range(3 * DAY, 3 * DAY + 600, 10)]
    values = [9 if m in {600, 3 * DAY + 300} else 5 + m % 20 / 50 for m in minutes]
    found = judged(logged(minutes, values)).mkt
    assert found is not None
    assert (found.value_e4_c, found.coverage_e4) == (None, 10_000 * 590 // DAY)
    assert found.at.start >= at(2 * DAY)


def test_a_window_that_ends_within_the_excursion_does_not_hold_it() -> None:
    """It would be the warmer one: what is cold at its end would be left out."""
    judgement = judged(day((1600, 1700, 1), (1700, 2880, 5), base=7.6))
    assert judgement.mkt is not None
    assert judgement.mkt.at == between(1690 - DAY, 1690)


def test_the_window_is_the_worst_one_that_holds_the_excursion() -> None:
    late_heat = day((1000, 1010, 9), (2000, 2060, 7.9))
    judgement = judged(late_heat)
    assert judgement.mkt is not None
    assert judgement.mkt.at.start <= at(1000) <= judgement.mkt.at.end
    assert judgement.mkt.at.start <= at(2000) <= judgement.mkt.at.end
    early = judged(day((1000, 1010, 9))).mkt
    assert early is not None
    assert (early.value_e4_c or 0) < (judgement.mkt.value_e4_c or 0)


def test_a_hotter_window_without_an_excursion_does_not_count() -> None:
    found = judged(day((1000, 1010, 9), (5 * DAY, 6 * DAY - 60, 7.9), base=2.5, days=7)).mkt
    assert found is not None
    assert found.at.start <= at(1000) <= found.at.end
    assert (found.value_e4_c or 0) < 40_000


def test_windows_begin_or_end_at_a_reading_and_reach_as_far_as_they_may() -> None:
    curve = Curve.of(logged([0, 10, 30, 60], [5, 5, 5, 5]).readings, [True] * 3)
    starting = {(0, 2), (1, 2), (2, 3), (3, 3)}
    ending = {(0, 0), (0, 1), (0, 2), (2, 3)}
    assert set(curve.windows(30 * 60)) == starting | ending


def test_the_mean_may_be_the_limit_and_no_ten_thousandth_more() -> None:
    mean, rule = judged(ONE_HOUR_OF_12).mkt, COLD.mkt
    assert mean is not None
    assert rule is not None
    readings = ONE_HOUR_OF_12.readings
    assert clears(rule, readings, replace(mean, value_e4_c=80_000))
    assert not clears(rule, readings, replace(mean, value_e4_c=80_001))


def test_it_never_clears_a_freeze() -> None:
    assert judged(day((1000, 1100, -1))).state is State.FREEZE


def test_it_never_clears_a_gap() -> None:
    minutes = [one for one in range(0, 2 * DAY + 1, 10) if not 2000 < one < 2040]
    gappy = logged(minutes, [12 if 1000 <= m < 1060 else 5 + 0.2 * (m // 10 % 2) for m in minutes])
    judgement = judged(gappy)
    assert judgement.mkt is not None
    assert judgement.mkt.value_e4_c is not None
    assert judgement.mkt.value_e4_c < 80_000
    assert judgement.state is State.EXCURSION


@pytest.mark.parametrize(
    ("peak", "state"),
    [(15, State.REVIEW), (25, State.REVIEW), (25.1, State.EXCURSION), (1.9, State.EXCURSION)],
)
def test_it_never_clears_a_spike_above_its_cap_nor_cold(peak: float, state: State) -> None:
    assert judged(day((1000, 1010, peak))).state is state


def test_a_spike_may_last_24_hours_and_not_longer() -> None:
    weeks = {"base": 20.5, "days": 31}
    for minutes, state in ((DAY - 10, State.REVIEW), (DAY, State.EXCURSION)):
        series = day((5000, 5000 + minutes, 31), **weeks)
        assert judged(series, limits=ROOM).state is state


def test_it_is_refused_below_nine_tenths_of_the_window() -> None:
    for hours, state in ((21.7, State.REVIEW), (21.5, State.EXCURSION)):
        judgement = judged(day((600, 610, 9), days=hours / 24))
        assert judgement.mkt is not None
        assert judgement.state is state
        assert (judgement.mkt.value_e4_c is None) is (state is State.EXCURSION)
    short = judged(day((600, 610, 9), days=21.5 / 24)).mkt
    assert short is not None
    assert (short.coverage_e4, short.at) == (10_000 * 1290 // 1440, between(0, 1290))


def test_a_month_cannot_be_judged_from_a_day() -> None:
    judgement = judged(day((600, 660, 26), base=22, days=1), limits=ROOM)
    assert judgement.state is State.EXCURSION
    assert judgement.mkt is not None
    assert (judgement.mkt.value_e4_c, judgement.mkt.coverage_e4) == (None, 333)


def test_an_excursion_longer_than_the_window_has_none() -> None:
    judgement = judged(day((0, 2 * DAY, 8.1), days=2))
    assert judgement.mkt is not None
    assert (judgement.mkt.value_e4_c, judgement.mkt.at) == (None, between(0, 2 * DAY - 10))


def test_readings_that_nobody_believes_are_gaps_in_it() -> None:
    minutes = list(range(0, 2 * DAY + 1, 10))
    values = [5 + 0.2 * (m // 10 % 2) for m in minutes]
    values[100] = 81.0
    judgement = judged(logged(minutes, values))
    assert judgement.mkt is not None
    assert judgement.mkt.value_e4_c is not None
    assert judgement.mkt.value_e4_c < 55_000  # without the 81 °C
    # All windows are alike; the earliest is cut off at the start, and lacks the doubted steps.
    assert judgement.mkt.at == between(0, 1320)
    assert judgement.mkt.coverage_e4 == 10_000 * (1320 - 20) // DAY
    assert judgement.state is State.EXCURSION


def test_a_series_that_is_doubted_as_a_whole_has_no_mean() -> None:
    judgement = judged(logged([0, 10, 20], [9, 99, 9]))
    assert judgement.mkt is not None
    assert (judgement.mkt.value_e4_c, judgement.mkt.coverage_e4) == (None, 0)


def test_who_is_within_the_limits_needs_no_mean() -> None:
    assert judged(day()).mkt is None


def test_the_logger_that_clears_least_is_signed() -> None:
    other = Series.of("TT-2", day((1000, 1200, 12)).readings)
    short = Series.of("TT-3", day((600, 610, 9), days=0.5).readings)
    both, warm = judged(ONE_HOUR_OF_12, other), judged(other)
    assert both.mkt == warm.mkt
    refused = judged(ONE_HOUR_OF_12, other, short).mkt
    assert refused is not None
    assert refused.value_e4_c is None
    assert worst_of(()) is None


def test_the_mean_is_signed_with_all_that_it_was_worked_out_from() -> None:
    series = [ONE_HOUR_OF_12]
    judgement = judged(*series)
    claim = ConditionsClaim.decode(as_conditions(series, COLD, judgement)).readings
    assert claim is not None
    assert claim.judged is not None
    assert claim.judged.mkt == judgement.mkt
    assert disagreement(claim, series, COLD, None) is None
    assert isinstance(claim.judged.mkt, Kinetic)
    cooler = replace(claim.judged, mkt=replace(claim.judged.mkt, value_e4_c=50_000))
    assert disagreement(replace(claim, judged=cooler), series, COLD, None) == "mkt"


# --- laws -------------------------------------------------------------------------------------

temperatures = st.integers(-10_000, 8_000)
steps = st.lists(st.tuples(st.integers(1, 90), temperatures), min_size=2, max_size=20)


@given(st.dictionaries(temperatures, st.integers(1, 10_000), min_size=1, max_size=8))
def test_it_lies_between_the_plain_mean_and_the_warmest(minutes: dict[int, int]) -> None:
    found = mean_kinetic_e4(minutes)
    plain = sum(c * m for c, m in minutes.items()) / sum(minutes.values())
    assert found <= 100 * max(minutes)
    # Below absolute 500 K the curve is convex, so that the mean of harm is above that of degrees.
    assert found >= 100 * plain - 1


@given(
    st.dictionaries(temperatures, st.integers(1, 1000), min_size=1, max_size=8), st.integers(2, 9)
)
def test_only_the_shares_of_time_count(minutes: dict[int, int], times: int) -> None:
    assert mean_kinetic_e4(minutes) == mean_kinetic_e4({c: m * times for c, m in minutes.items()})


@given(steps, st.data())
def test_the_whole_is_between_its_parts(
    stays: Sequence[tuple[int, int]], data: st.DataObject
) -> None:
    at_s, readings = 0, list[Reading]()
    for step, centi_c in stays:
        at_s += 60 * step
        readings.append(Reading(at_s, centi_c))
    curve = Curve.of(readings, [True] * (len(readings) - 1))
    cut = data.draw(st.integers(0, len(readings) - 1))
    parts = [
        curve.mean_e4(a, b) for a, b in ((0, cut), (cut, len(readings) - 1)) if curve.covered(a, b)
    ]
    assert min(parts) - 1 <= curve.mean_e4(0, len(readings) - 1) <= max(parts) + 1


def test_the_rule_is_data() -> None:
    assert KineticRule(("US",), 800, 86_400, 200, 1500, 2500, 86_400) == COLD.mkt
