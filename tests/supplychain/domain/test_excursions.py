from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from supplychain.domain.conditions import Reading, ReadingsFault, Series
from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.excursions import (
    Gap,
    Judgement,
    State,
    as_conditions,
    gap_limit_s,
    judge,
    minutes_out,
)
from supplychain.domain.profiles import profile

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
FRIDGE = profile("refrigerated-2-8/1")
ROOM = profile("below-25/1")
NONE = profile("unmonitored/1")

# The example of the cold chain's page: minutes and degrees.
PAGE = ([0, 10, 20, 80, 90, 100, 160, 170], [4.0, 4.2, 4.1, 9.5, 12.0, 8.5, 5.0, 4.8])


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def logged(minutes: Sequence[float], values: Sequence[float], device: str = "TT-1") -> Series:
    return Series.of(
        device,
        [
            Reading(int(at(m).timestamp()), round(100 * v))
            for m, v in zip(minutes, values, strict=True)
        ],
    )


def steady(*values: float, step: int = 10, device: str = "TT-1") -> Series:
    return logged([step * n for n in range(len(values))], values, device)


def test_the_pages_example_counts_140_minutes_at_worst_80_held_and_45_24_on_a_line() -> None:
    minutes = minutes_out(logged(*PAGE).readings, FRIDGE)
    assert (minutes.worst_case, minutes.left_hold) == (140, 80)
    assert minutes.linear == pytest.approx(45.24, abs=0.005)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ([8.0, 2.0], State.IN_RANGE),
        ([8.01, 5.0], State.EXCURSION),
        ([5.0, 1.99], State.EXCURSION),
        ([8.1], State.EXCURSION),
    ],
)
def test_limits_are_in_and_the_next_hundredth_is_out(values: list[float], state: State) -> None:
    assert judge([steady(*values)], FRIDGE).state is state


def test_without_readings_there_is_no_data() -> None:
    covers = at(0), at(60)
    assert judge([], FRIDGE, covers) == Judgement(State.NO_DATA, covers=covers)


def test_one_long_deviation_is_one_excursion_with_its_peak() -> None:
    judgement = judge([steady(5, 8.5, 12, 9, 5)], FRIDGE)
    (one,) = judgement.excursions
    assert (one.start, one.end) == (at(10), at(30))
    assert (one.side, one.peak_centi_c, one.minutes_worst_case) == ("above", 1200, 40)
    assert judgement.minutes_out_worst_case == 40


def test_heat_and_cold_are_two_excursions_and_never_netted() -> None:
    judgement = judge([steady(5, 9, 1, 5)], FRIDGE)
    assert [(e.side, e.peak_centi_c) for e in judgement.excursions] == [
        ("above", 900),
        ("below", 100),
    ]
    assert judgement.minutes_out_worst_case == 30
    assert judgement.minutes_out_linear == pytest.approx(10 * (1 / 4 + 2 / 8 + 1 / 4))


def test_a_stay_outside_counts_whole_on_the_line_too() -> None:
    assert minutes_out(steady(9, 9, 9).readings, FRIDGE).linear == 20
    assert minutes_out(steady(9, 30).readings, FRIDGE).linear == 10


def test_a_profile_with_one_limit_has_no_other() -> None:
    minutes = minutes_out(steady(-40, 30).readings, ROOM)
    assert minutes.linear == pytest.approx(10 * 5 / 70, abs=1e-4)
    assert minutes_out(steady(-160, -140).readings, profile("cryogenic/1")).linear == 5


def test_a_deviation_shorter_than_the_delay_stays_visible_and_is_no_excursion() -> None:
    patient = replace(FRIDGE, excursion_delay_min=30)
    short, long = steady(5, 9, 5), steady(5, 9, 9, 5)
    assert judge([short], patient).state is State.IN_RANGE
    assert len(judge([short], patient).deviations) == 1
    assert judge([short], patient).minutes_out_worst_case == 20
    assert judge([long], patient).state is State.EXCURSION


@pytest.mark.parametrize(("interval_s", "limit_s"), [(0, 1800), (600, 1800), (601, 1803)])
def test_a_gap_is_longer_than_three_intervals_and_than_half_an_hour(
    interval_s: int, limit_s: int
) -> None:
    assert gap_limit_s(interval_s) == limit_s


@pytest.mark.parametrize(("step", "state"), [(30, State.IN_RANGE), (31, State.DATA_GAP)])
def test_a_step_of_half_an_hour_is_no_gap_and_a_longer_one_is(step: int, state: State) -> None:
    judgement = judge([logged([0, 5, 10, 10 + step], [5, 5, 5, 5])], FRIDGE)
    assert judgement.state is state
    expected = () if state is State.IN_RANGE else (Gap(at(10), at(10 + step)),)
    assert judgement.gaps == expected


@pytest.mark.parametrize(
    ("covers", "gaps"),
    [
        ((at(0), at(20)), ()),
        ((at(-10), at(30)), ()),
        ((at(-11), at(20)), (Gap(at(-11), at(0)),)),
        ((at(0), at(31)), (Gap(at(20), at(31)),)),
        ((at(5), at(15)), ()),
        ((at(60), at(90)), (Gap(at(60), at(90)),)),
        ((at(-90), at(-60)), (Gap(at(-90), at(-60)),)),
    ],
)
def test_readings_cover_loading_to_receipt_with_one_interval_of_tolerance(
    covers: tuple[datetime, datetime], gaps: tuple[Gap, ...]
) -> None:
    judgement = judge([steady(5, 5, 5)], FRIDGE, covers)
    assert judgement.gaps == gaps
    assert judgement.state is (State.DATA_GAP if gaps else State.IN_RANGE)


def test_an_interval_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ReadingsFault) as caught:
        judge([steady(5)], FRIDGE, (at(1), at(0)))
    assert caught.value.code == "COVERS_REVERSED"


def test_an_excursion_outranks_a_gap() -> None:
    judgement = judge([logged(*PAGE)], FRIDGE)
    assert judgement.state is State.EXCURSION
    assert len(judgement.gaps) == 2


def test_goods_without_a_requirement_are_in_range_whatever_is_read_or_missing() -> None:
    judgement = judge([logged([0, 500], [-80, 80])], NONE)
    assert judgement.state is State.IN_RANGE
    assert judgement.minutes_out_worst_case == 0


def test_readings_before_and_after_the_journey_count_too() -> None:
    judgement = judge([steady(20, 5, 5, 5)], FRIDGE, (at(10), at(30)))
    assert judgement.state is State.EXCURSION


def test_the_worst_device_governs_and_nothing_is_averaged() -> None:
    good = steady(5, 5, 5, device="A")
    warm = steady(5, 9, 5, device="B")
    gappy = logged([0, 5, 10, 60], [3, 3, 3, 3], "C")
    assert judge([good, gappy], FRIDGE).state is State.DATA_GAP
    judgement = judge([good, warm, gappy], FRIDGE)
    assert judgement.state is State.EXCURSION
    assert (judgement.min_centi_c, judgement.max_centi_c) == (300, 900)
    assert judgement.mean_centi_c == 633
    assert judgement.minutes_out_worst_case == 20


def test_of_two_devices_outside_the_longer_one_governs() -> None:
    short, long = steady(9, 5, 5, 5, device="A"), steady(7, 9, 9, 9, device="B")
    assert judge([short, long], FRIDGE).mean_centi_c == 850


def test_files_of_one_device_that_contradict_each_other_both_count() -> None:
    judgement = judge([steady(5, 5, 5), steady(5, 9, 5)], FRIDGE)
    assert judgement.state is State.EXCURSION


def test_conditions_are_written_as_statements_read_them() -> None:
    series = [steady(5, 9, 5, device="B"), steady(5, 5, 5, device="A")]
    judgement = judge(series, FRIDGE, (at(0), at(25)))
    written = as_conditions(series, FRIDGE, judgement)
    assert written["covers"] == {"from": "2026-11-21T08:00:00Z", "to": "2026-11-21T08:25:00Z"}
    assert written["state"] == "EXCURSION"
    assert ConditionsClaim.decode(written).as_json() == written
    assert as_conditions(series[::-1], FRIDGE, judgement) == written


def test_conditions_of_nothing_in_particular_cover_the_readings() -> None:
    series = [steady(5, 5), logged([5, 15], [5, 5], "B")]
    written = as_conditions(series, FRIDGE, judge(series, FRIDGE))
    assert written["covers"] == {"from": "2026-11-21T08:00:00Z", "to": "2026-11-21T08:15:00Z"}


# --- laws -------------------------------------------------------------------------------------

logs = st.lists(st.tuples(st.integers(1, 90), st.integers(-50, 150)), min_size=1, max_size=40).map(
    lambda steps: logged(
        [sum(s for s, _ in steps[: n + 1]) for n in range(len(steps))], [v / 10 for _, v in steps]
    )
)


@given(logs, st.data())
def test_splitting_a_file_changes_nothing(series: Series, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(series.readings) - 1))
    parts = [Series.of("TT-1", r) for r in (series.readings[:cut], series.readings[cut:]) if r]
    covers = series.first, series.last
    assert judge(parts, FRIDGE, covers) == judge([series], FRIDGE, covers)
    assert judge(parts[::-1], FRIDGE, covers) == judge([series], FRIDGE, covers)


@given(logs)
def test_a_second_logger_never_makes_things_better(series: Series) -> None:
    rank = [State.IN_RANGE, State.DATA_GAP, State.EXCURSION]
    alone = judge([series], FRIDGE)
    other = Series.of("TT-2", [Reading(r.at, 500) for r in series.readings])
    both = judge([series, other], FRIDGE)
    assert rank.index(both.state) >= rank.index(alone.state)
    assert both.minutes_out_worst_case == alone.minutes_out_worst_case
    assert both.excursions == alone.excursions


@given(logs, st.data())
def test_one_more_reading_in_range_hides_nothing(series: Series, data: st.DataObject) -> None:
    first, last = series.readings[0].at, series.readings[-1].at
    more = data.draw(st.integers(first, last))
    assume(more not in dict(series.readings))
    fuller = series.joined(Series.of("TT-1", [Reading(more, 500)]))
    before, after = judge([series], FRIDGE), judge([fuller], FRIDGE)
    assert (before.state is State.EXCURSION) == (after.state is State.EXCURSION)
    assert len(after.excursions) >= len(before.excursions)
    assert {e.peak_centi_c for e in before.excursions} <= {
        r.centi_c for r in fuller.readings if FRIDGE.side(r.centi_c)
    }
    assert after.minutes_out_worst_case <= before.minutes_out_worst_case


@given(logs)
def test_the_worst_case_is_the_worst(series: Series) -> None:
    minutes = minutes_out(series.readings, FRIDGE)
    span = (series.last - series.first).total_seconds() / 60
    assert minutes.linear <= minutes.worst_case + 1e-9
    assert minutes.left_hold <= minutes.worst_case <= span


@given(logs)
def test_running_time_backwards_swaps_nothing_but_the_order(series: Series) -> None:
    end = series.readings[-1].at
    mirrored = Series.of(
        "TT-1", [Reading(2 * end - at_, v) for at_, v in reversed(series.readings)]
    )
    before = minutes_out(series.readings, FRIDGE)
    after = minutes_out(mirrored.readings, FRIDGE)
    assert (before.worst_case, before.linear) == (after.worst_case, after.linear)


@given(logs)
def test_each_reading_outside_is_in_exactly_one_deviation(series: Series) -> None:
    deviations = judge([series], FRIDGE).deviations
    for reading in series.readings:
        moment = datetime.fromtimestamp(reading.at, UTC)
        within = [d for d in deviations if d.start <= moment <= d.end]
        assert [d.side for d in within] == [s for s in (FRIDGE.side(reading.centi_c),) if s]
    assert all(a.end < b.start for a, b in pairwise(deviations))
