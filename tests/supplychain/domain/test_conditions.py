from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.merkle import leaf_hash, root
from supplychain.domain.conditions import (
    AT_MAX,
    CENTI_C_MAX,
    CENTI_C_MIN,
    READINGS_MAX,
    Reading,
    ReadingsFault,
    Series,
    mean,
    median_step,
    moment,
    timestamp,
    unpack,
)
from supplychain.domain.reading_cuts import Cut

HASH = "ab" * 32


def series(*readings: tuple[int, int], device: str = "TT-1") -> Series:
    return Series.of(device, [Reading(at, centi_c) for at, centi_c in readings])


readings = st.dictionaries(
    st.integers(0, AT_MAX), st.integers(CENTI_C_MIN, CENTI_C_MAX), min_size=1, max_size=60
).map(lambda found: tuple(Reading(at, found[at]) for at in sorted(found)))


def test_root_is_the_merkle_root_over_eight_bytes_of_time_and_four_of_temperature() -> None:
    leaves = [
        bytes.fromhex("00000000000003e8000001fe"),
        bytes.fromhex("00000000000005dcffffff38"),
    ]
    expected = root([leaf_hash(leaf) for leaf in leaves])
    assert series((1000, 510), (1500, -200)).root == expected


def test_root_changes_with_any_reading() -> None:
    assert series((1, 500), (2, 500)).root != series((1, 500), (2, 501)).root


def test_summary_says_what_is_signed() -> None:
    one = Series.of(
        "TT-1",
        [Reading(0, 400), Reading(600, 420), Reading(1200, 421)],
        calibrated=date(2026, 1, 31),
        file=HASH,
    )
    assert one.summary() == {
        "root": one.root.hex(),
        "count": 3,
        "first": "1970-01-01T00:00:00Z",
        "last": "1970-01-01T00:20:00Z",
        "interval_s": 600,
        "min_centi_c": 400,
        "max_centi_c": 421,
        "mean_centi_c": 414,
        "device": "TT-1",
        "file": HASH,
        "calibrated": "2026-01-31",
    }


def test_summary_leaves_out_file_and_calibration_when_there_is_none() -> None:
    assert not {"file", "calibrated"} & series((0, 400)).summary().keys()


@pytest.mark.parametrize(
    ("values", "expected"), [([1, 2], 2), ([-1, -2], -1), ([4, 4, 5], 4), ([-7], -7)]
)
def test_mean_is_a_whole_hundredth_with_halves_up(values: list[int], expected: int) -> None:
    assert mean(values) == expected


@pytest.mark.parametrize(
    ("moments", "expected"), [([5], 0), ([0, 10], 10), ([0, 10, 70], 10), ([0, 10, 70, 90], 20)]
)
def test_interval_is_the_lower_median_step(moments: list[int], expected: int) -> None:
    assert median_step([Reading(at, 0) for at in moments]) == expected


def test_interval_that_is_not_the_median_step_is_refused() -> None:
    with pytest.raises(ReadingsFault) as caught:
        Series("TT-1", 61, (Reading(0, 1), Reading(60, 1)))
    assert caught.value.code == "INTERVAL_WRONG"


@pytest.mark.parametrize(
    ("moments", "code"),
    [
        ([], "READINGS_COUNT"),
        ([10, 10], "TIME_ORDER"),
        ([10, 9], "TIME_ORDER"),
        ([-1, 9], "TIME_RANGE"),
        ([1, AT_MAX + 1], "TIME_RANGE"),
    ],
)
def test_time_goes_strictly_forward_within_bounds(moments: list[int], code: str) -> None:
    with pytest.raises(ReadingsFault) as caught:
        series(*((at, 500) for at in moments))
    assert caught.value.code == code


def test_one_reading_too_many_is_refused() -> None:
    with pytest.raises(ReadingsFault) as caught:
        Series.of("TT-1", [Reading(at, 500) for at in range(READINGS_MAX + 1)])
    assert caught.value.code == "READINGS_COUNT"


@pytest.mark.parametrize("centi_c", [CENTI_C_MIN - 1, CENTI_C_MAX + 1])
def test_values_that_no_sensor_reads_are_refused(centi_c: int) -> None:
    with pytest.raises(ReadingsFault) as caught:
        series((0, centi_c))
    assert caught.value.code == "VALUE_RANGE"


@pytest.mark.parametrize("device", ["", "x" * 65, "Gerät", "a\nb"])
def test_device_is_short_printable_ascii(device: str) -> None:
    with pytest.raises(ReadingsFault) as caught:
        series((0, 500), device=device)
    assert caught.value.code == "DEVICE_NAME"


@pytest.mark.parametrize("file", ["", "AB" * 32, "ab" * 31, "ab" * 32 + "\n"])
def test_file_is_named_by_lower_case_sha256(file: str) -> None:
    with pytest.raises(ReadingsFault) as caught:
        replace(series((0, 500)), file=file)
    assert caught.value.code == "FILE_HASH"


@given(readings)
def test_packed_readings_come_back_exactly(readings: tuple[Reading, ...]) -> None:
    one = Series.of("TT-1", readings)
    assert unpack(one.pack()) == one.readings
    assert Series.of("TT-1", unpack(one.pack())).root == one.root


def test_bytes_that_are_no_packed_series_are_a_fault() -> None:
    with pytest.raises(ReadingsFault) as caught:
        unpack(b"\x02")
    assert caught.value.code == "PACKED_MALFORMED"
    assert caught.value.errors[0].row == 0
    assert not caught.value.message.startswith("Row")


@given(readings, st.data())
def test_joining_the_parts_of_a_series_gives_it_back(
    readings: tuple[Reading, ...], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(readings)))
    overlap = data.draw(st.integers(0, cut - 1))
    whole = Series.of("TT-1", readings)
    head, tail = Series.of("TT-1", readings[:cut]), Series.of("TT-1", readings[overlap:])
    assert head.joined(tail) == tail.joined(head) == whole


def test_a_file_read_again_adds_nothing() -> None:
    one = series((0, 500), (60, 510))
    assert one.joined(one) == one


def test_files_that_disagree_about_a_moment_do_not_join() -> None:
    with pytest.raises(ReadingsFault) as caught:
        series((0, 500), (60, 510)).joined(series((60, 511)))
    assert caught.value.code == "DUPLICATE_DIFFERS"


def test_files_of_two_devices_do_not_join() -> None:
    with pytest.raises(ReadingsFault) as caught:
        series((0, 500)).joined(series((60, 500), device="TT-2"))
    assert caught.value.code == "DEVICE_DIFFERS"


def test_series_are_values_that_can_be_keys() -> None:
    assert len({series((0, 500)), series((0, 500)), series((0, 501))}) == 2


def test_moments_are_utc_and_timestamps_drop_parts_of_a_second() -> None:
    assert moment(0) == datetime(1970, 1, 1, tzinfo=UTC)
    assert timestamp(datetime(2026, 11, 21, 8, 0, 0, 999_999, tzinfo=UTC)) == "2026-11-21T08:00:00Z"


def test_a_part_of_a_series_has_one_interval_around_it_and_says_what_it_leaves_out() -> None:
    whole = Series.of("A", [Reading(600 * n, n) for n in range(10)], dropped={"duplicate": 1})
    part = whole.within(moment(2_000), moment(3_000))
    assert [reading.at for reading in part.readings] == [1_800, 2_400, 3_000, 3_600]
    assert (part.device, part.interval_s) == ("A", 600)
    assert part.dropped == {"duplicate": 1}
    assert part.cut == Cut(3, 3, moment(2_000), moment(3_000))
    assert part.summary()["cut"] == part.cut.as_json()
    assert "cut" not in whole.summary()
    half = moment(5_400) + timedelta(milliseconds=1)
    assert whole.within(half, None).cut == Cut(9, 0, moment(5_400), None)
    assert whole.within(None, moment(0)).cut == Cut(0, 8, None, moment(0))
    assert whole.within(None, None) == whole
    assert whole.within(None, None).dropped == {"duplicate": 1}
    assert whole.within(None, moment(0)).last == moment(600)
    assert whole.within(moment(5_400), None).first == moment(4_800)


def test_a_part_without_readings_is_none() -> None:
    whole = Series.of("A", [Reading(600 * n, n) for n in range(10)])
    with pytest.raises(ReadingsFault) as caught:
        whole.within(moment(7_000), None)
    assert caught.value.code == "NO_READINGS"


def test_the_last_moment_is_the_last_that_a_date_can_write() -> None:
    assert datetime.fromtimestamp(AT_MAX, UTC) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
