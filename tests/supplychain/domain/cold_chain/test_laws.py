"""What must not change, does not: zones, splits, merges, units, one more reading in range."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from supplychain.domain.agreement import disagreement
from supplychain.domain.conditions import Reading, Series
from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.conditions_judged import Stated
from supplychain.domain.excursions import State, as_conditions, judge
from supplychain.domain.findings import Finding
from supplychain.domain.profiles import PROFILES, profile
from supplychain.domain.readings_csv import read_csv
from supplychain.domain.stability import Told
from supplychain.domain.storage_profile import StorageProfile
from supplychain.domain.temperatures import centi_celsius
from tests.supplychain.domain.cold_chain.loggers import BUDGET, FRIDGE, at, logged
from tests.supplychain.domain.cold_chain.stories import story

VACCINE = profile("ultra-cold-thawed-once/2")
SUMMED = replace(BUDGET, excursion_delay_min=30, cumulative_above_min=200, cumulative_below_min=100)
RANK = [State.IN_RANGE, State.DATA_GAP, State.REVIEW, State.EXCURSION, State.FREEZE]

values = st.sampled_from([-95.0, -70, -40, -20, -10, -3, -1, 0, 1.9, 2, 5, 8, 8.1, 20, 25.1, 40])
logs = st.lists(st.tuples(st.integers(1, 90), values), min_size=1, max_size=30).map(
    lambda steps: logged(
        [sum(s for s, _ in steps[: n + 1]) for n in range(len(steps))], [v for _, v in steps]
    )
)
limits = st.sampled_from([*PROFILES.values(), BUDGET, SUMMED])


CLEAN = {State.IN_RANGE, State.DATA_GAP}


@given(logs, limits, st.data())
def test_splitting_a_file_and_merging_two_change_nothing(
    series: Series, limit: StorageProfile, data: st.DataObject
) -> None:
    one, other = (data.draw(st.integers(0, len(series.readings) - 1)) for _ in range(2))
    parts = series.readings[: max(one, other) + 1], series.readings[min(one, other) :]
    files = [Series.of("TT-1", readings) for readings in parts]
    assert judge(files, limit) == judge([series], limit)
    assert judge(files[::-1], limit) == judge([series], limit)


@given(logs, limits, st.integers(-5000, 5000))
def test_another_day_changes_nothing_but_the_dates(
    series: Series, limit: StorageProfile, days: int
) -> None:
    moved = Series.of("TT-1", [Reading(r.at + 86_400 * days, r.centi_c) for r in series.readings])
    before, after = judge([series], limit), judge([moved], limit)
    assert (after.state, after.findings) == (before.state, before.findings)
    assert after.outside.above_s == before.outside.above_s
    assert after.outside.below_s == before.outside.below_s
    assert [(one.band, one.seconds, one.periods) for one in after.used] == [
        (one.band, one.seconds, one.periods) for one in before.used
    ]


@given(logs, limits, st.integers(-12 * 60, 14 * 60))
def test_the_zone_in_which_times_are_written_changes_nothing(
    series: Series, limit: StorageProfile, offset: int
) -> None:
    def written(zone: timezone) -> Series:
        rows = (
            f"{datetime.fromtimestamp(r.at, zone).isoformat()},{r.centi_c / 100}"
            for r in series.readings
        )
        content = "\n".join(["time,temperature (C)", *rows]).encode()
        return read_csv(content, at=at(10_000), device="TT-1")

    utc, local = written(timezone(timedelta(0))), written(timezone(timedelta(minutes=offset)))
    assert utc.readings == local.readings == series.readings
    assert judge([local], limit) == judge([series], limit)


@given(logs, limits)
def test_the_unit_in_which_values_are_written_changes_nothing(
    series: Series, limit: StorageProfile
) -> None:
    fahrenheit = [(r.at, Fraction(r.centi_c, 100) * 9 / 5 + 32) for r in series.readings]
    converted = Series.of("TT-1", [Reading(t, centi_celsius(v, "F")) for t, v in fahrenheit])
    assert judge([converted], limit) == judge([series], limit)


@given(logs, st.sampled_from([FRIDGE, BUDGET]), st.data())
def test_one_more_reading_in_range_makes_nothing_clean_nor_unclean(
    series: Series, limit: StorageProfile, data: st.DataObject
) -> None:
    more = data.draw(st.integers(series.readings[0].at, series.readings[-1].at))
    assume(more not in dict(series.readings))
    fuller = series.joined(Series.of("TT-1", [Reading(more, 500)]))
    before, after = judge([series], limit), judge([fuller], limit)
    assert (before.state in CLEAN) == (after.state in CLEAN)
    assert len(after.excursions) >= len(before.excursions)
    assert {one.peak_centi_c for one in before.excursions} <= {
        one.peak_centi_c for one in after.excursions
    } | {r.centi_c for r in series.readings}
    assert after.outside.above_s <= before.outside.above_s
    assert after.outside.below_s <= before.outside.below_s


@given(logs, logs, limits)
def test_a_second_logger_never_makes_things_better(
    series: Series, other: Series, limit: StorageProfile
) -> None:
    alone = judge([series], limit)
    both = judge([series, replace(other, device="TT-2")], limit)
    assert RANK.index(both.state) >= RANK.index(alone.state)
    assert set(both.findings) >= set(alone.findings)
    assert both.outside.above_s >= alone.outside.above_s
    assert both.outside.below_s >= alone.outside.below_s


@given(logs, limits)
def test_what_is_signed_is_read_back_and_borne_out(series: Series, limit: StorageProfile) -> None:
    judgement = judge([series], limit, stated=Stated(market="US"))
    claim = ConditionsClaim.decode(as_conditions([series], limit, judgement))
    assert ConditionsClaim.decode(claim.as_json()) == claim
    assert claim.readings is not None
    assert disagreement(claim.readings, [series], limit, None) is None
    assert claim.readings.state.value == judgement.state.value


@given(logs, st.sampled_from([VACCINE, BUDGET]), st.data())
def test_a_lot_uses_up_as_much_in_two_legs_as_in_one(
    series: Series, limit: StorageProfile, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(series.readings) - 1))
    first = Series.of("TT-1", series.readings[: cut + 1])
    rest = Series.of("TT-1", series.readings[cut:])
    whole = story(limit, [Told(State.IN_RANGE, (series,))])
    for second in (rest, series):
        legs = [Told(State.IN_RANGE, (first,)), Told(State.IN_RANGE, (second,))]
        found = story(limit, legs)
        assert found.totals == whole.totals
        assert {band: use.periods for band, use in found.tally.used.items()} == {
            band: use.periods for band, use in whole.tally.used.items()
        }
        beyond = frozenset[Finding]().union(*(leg.beyond for leg in found.legs))
        assert bool(beyond) == bool(whole.legs[0].beyond)
