import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.conditions import READINGS_MAX, Reading, ReadingsFault, RowError, Series
from supplychain.domain.reading_rows import ERRORS_MAX
from supplychain.domain.readings_csv import BYTES_MAX, TYPED_MAX, read_csv, read_typed
from supplychain.domain.temperatures import Unit

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EIGHT = int(datetime(2026, 11, 21, 8, 0, tzinfo=UTC).timestamp())
BERLIN_WINTER = timezone(timedelta(hours=1))


def read(
    *rows: str,
    header: str = "time,temperature",
    unit: Unit | None = "C",
    zone: timezone | None = None,
) -> Series:
    return read_csv("\n".join((header, *rows)).encode(), at=NOW, unit=unit, zone=zone)


def errors_of(*rows: str, header: str = "time,temperature") -> Sequence[RowError]:
    with pytest.raises(ReadingsFault) as caught:
        read(*rows, header=header)
    return caught.value.errors


def code_of(data: bytes, unit: Unit | None = "C") -> str:
    with pytest.raises(ReadingsFault) as caught:
        read_csv(data, at=NOW, unit=unit)
    return caught.value.code


def test_a_plain_file_is_read() -> None:
    data = b"time,temperature\r\n2026-11-21T08:00:00Z,5.1\r\n2026-11-21T08:05:00Z,5.25\r\n"
    series = read_csv(data, at=NOW, unit="C", device="TT-7", calibrated=date(2026, 1, 2))
    assert series == Series(
        "TT-7",
        300,
        (Reading(EIGHT, 510), Reading(EIGHT + 300, 525)),
        {},
        date(2026, 1, 2),
        hashlib.sha256(data).hexdigest(),
    )


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-21T08:00:00Z",
        "2026-11-21 08:00Z",
        "2026-11-21T08:00:00.999Z",
        "2026-11-21T10:00:00+02:00",
        "2026-11-21 03:00 -0500",
        "2026-11-21T09:00:00+01",
    ],
)
def test_times_with_a_zone_need_no_other(time: str) -> None:
    assert read(f"{time},5.0", zone=BERLIN_WINTER).readings == (Reading(EIGHT, 500),)


def test_times_without_a_zone_take_the_given_one() -> None:
    rows = "2026-11-21 09:00,5.0", "2026-11-21T09:05:30,5.0"
    assert [r.at for r in read(*rows, zone=BERLIN_WINTER).readings] == [EIGHT, EIGHT + 330]


def test_times_without_a_zone_are_refused_when_none_is_given() -> None:
    (error,) = errors_of("2026-11-21 09:00,5.0")
    assert (error.row, error.column, error.rule) == (2, "time", "ZONE_NEEDED")
    assert "fixed offset" in error.fix


@pytest.mark.parametrize(
    ("time", "rule"),
    [
        ("21/11/2026 08:00", "TIME_NOT_ISO"),
        ("11-12-2026 08:00", "TIME_NOT_ISO"),
        ("2026-11-21T08:00:00 UTC", "TIME_NOT_ISO"),
        ("2026-11-21", "TIME_NOT_ISO"),
        ("1795248000", "TIME_NOT_ISO"),
        ("٢٠٢٦-11-21T08:00:00Z", "TIME_NOT_ISO"),
        ("", "TIME_NOT_ISO"),
        ("2026-02-30T08:00:00Z", "TIME_NONE_SUCH"),
        ("2026-11-21T24:00:00Z", "TIME_NONE_SUCH"),
        ("2026-11-21T08:00:60Z", "TIME_NONE_SUCH"),
        ("2026-11-21T08:00:00+25:00", "TIME_NONE_SUCH"),
        ("1969-12-31T23:59:59Z", "TIME_RANGE"),
        ("0001-01-01T00:00:00+10:00", "TIME_RANGE"),
        ("2026-11-21T12:05:01Z", "TIME_AHEAD"),
        ("9999-12-31T23:59:59-10:00", "TIME_AHEAD"),
    ],
)
def test_day_and_month_are_never_guessed_and_times_are_real(time: str, rule: str) -> None:
    (error,) = errors_of(f"{time},5.0")
    assert (error.row, error.column, error.value, error.rule) == (2, "time", time, rule)


def test_five_minutes_ahead_are_the_drift_of_a_clock() -> None:
    assert read("2026-11-21T12:05:00Z,5.0").readings


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("time,temperature_c", 4640),
        ("time,temperature_f", 800),
        ("Time,Temperature (°F)", 800),
        ("TIME,Temperature [°C]", 4640),
        ("time,temperature fahrenheit", 800),
        ('"time","temperature celsius"', 4640),
    ],
)
def test_the_header_may_name_the_unit(header: str, expected: int) -> None:
    series = read("2026-11-21T08:00:00Z,46.4", header=header, unit=None)
    assert series.readings[0].centi_c == expected


def test_columns_may_stand_the_other_way_round() -> None:
    series = read('"5.1" , "2026-11-21T08:00:00Z"', header="temperature,time")
    assert series.readings == (Reading(EIGHT, 510),)


def test_a_unit_that_nobody_names_is_asked_for() -> None:
    assert code_of(b"time,temperature\n2026-11-21T08:00:00Z,41.0\n", None) == "UNIT_NEEDED"


def test_a_unit_that_contradicts_the_header_is_refused() -> None:
    assert code_of(b"time,temperature_f\n2026-11-21T08:00:00Z,41.0\n", "C") == "UNIT_DIFFERS"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "time",
        "temperature,humidity",
        "time,time",
        "temperature,temperature_c",
        "time,temperature_k",
        "time,c",
        "time,temperature,humidity",
        "2026-11-21T08:00:00Z,5.1",
    ],
)
def test_a_header_must_name_time_and_temperature(header: str) -> None:
    assert code_of(f"{header}\n2026-11-21T08:00:00Z,5.1\n".encode()) == "HEADER"


def test_decimal_commas_go_with_semicolons() -> None:
    series = read("2026-11-21T08:00:00Z;5,1", header="time;temperature")
    assert series.readings == (Reading(EIGHT, 510),)


def test_decimal_commas_between_commas_are_too_many_cells() -> None:
    (error,) = errors_of("2026-11-21T08:00:00Z,5,1")
    assert (error.row, error.column, error.rule) == (2, "row", "CELLS")


def test_a_byte_order_mark_and_blank_lines_are_passed_over() -> None:
    data = "\ufefftime,temperature\n\n2026-11-21T08:00:00Z,5.1\n\n\n".encode()
    assert len(read_csv(data, at=NOW, unit="C").readings) == 1


@pytest.mark.parametrize("data", ["time,temperature\n".encode("utf-16"), b"time,temperature\n\xe9"])
def test_other_encodings_are_named_as_such(data: bytes) -> None:
    assert code_of(data) == "ENCODING"


def test_gap_tokens_are_dropped_and_counted_by_reason() -> None:
    series = read(
        "2026-11-21T08:00:00Z,85.0",
        "2026-11-21T08:05:00Z,--.-",
        "2026-11-21T08:10:00Z,85.0",
        "2026-11-21T08:15:00Z,5.0",
        "2026-11-21T08:20:00Z,",
        "2026-11-21T08:25:00Z,-127",
        "2026-11-21T08:30:00Z,999",
        "2026-11-21T08:35:00Z,NaN",
        "2026-11-21T08:40:00Z,85.0",
    )
    assert [r.centi_c for r in series.readings] == [500, 8500]
    assert series.dropped == {"power_on": 2, "no_reading": 3, "sensor_fault": 2}


def test_a_gap_still_needs_a_time() -> None:
    assert [e.rule for e in errors_of("yesterday,--.-")] == ["TIME_NOT_ISO"]


def test_a_file_of_gaps_has_no_readings() -> None:
    assert [e.rule for e in errors_of("2026-11-21T08:00:00Z,--.-")] == ["NO_READINGS"]
    assert [e.rule for e in errors_of()] == ["NO_READINGS"]


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ("five", "NOT_A_NUMBER"),
        ("5.1°", "NOT_A_NUMBER"),
        ("400", "VALUE_RANGE"),
        ("-274", "VALUE_RANGE"),
    ],
)
def test_values_are_numbers_that_a_sensor_can_read(value: str, rule: str) -> None:
    (error,) = errors_of(f"2026-11-21T08:00:00Z,{value}")
    assert (error.row, error.column, error.value, error.rule) == (2, "temperature", value, rule)


def test_equal_duplicates_collapse_and_are_counted() -> None:
    series = read("2026-11-21T08:00:00Z,5.0", "2026-11-21T09:00:00+01:00,5.00")
    assert series.readings == (Reading(EIGHT, 500),)
    assert series.dropped == {"duplicate": 1}


def test_different_values_for_one_time_are_an_error() -> None:
    (error,) = errors_of("2026-11-21T08:00:00Z,5.0", "2026-11-21T08:00:00Z,5.1")
    assert (error.row, error.column) == (3, "temperature")
    assert (error.value, error.rule) == ("5.1", "DUPLICATE_DIFFERS")


def test_a_clock_that_goes_back_is_an_error() -> None:
    (error,) = errors_of(
        "2026-11-21T08:00:00Z,5.0", "2026-11-21T07:59:59Z,5.0", "2026-11-21T08:05:00Z,5.0"
    )
    assert (error.row, error.rule) == (3, "CLOCK_BACKWARDS")


def test_a_file_that_is_newest_first_is_turned_round() -> None:
    series = read("2026-11-21T08:05:00Z,5.1", "2026-11-21T08:00:00Z,5.0")
    assert series.readings == (Reading(EIGHT, 500), Reading(EIGHT + 300, 510))


def test_every_faulty_row_is_told_in_order_but_not_without_end() -> None:
    rows = ["2026-11-21T08:00:00Z,x", "yesterday,5.0"] * ERRORS_MAX
    errors = errors_of(*rows)
    assert [e.row for e in errors] == list(range(2, ERRORS_MAX + 2))
    assert len(errors_of(*["one"] * 200)) == ERRORS_MAX


def test_an_error_shows_no_more_than_forty_characters_of_a_cell() -> None:
    (error,) = errors_of(f"2026-11-21T08:00:00Z,{'x' * 1000}")
    assert error.value == "x" * 40
    assert str(error) == f"Row 2, temperature: '{'x' * 40}' breaks NOT_A_NUMBER. {error.fix}"


def test_files_are_bounded_in_bytes_and_rows() -> None:
    assert code_of(b"x" * (BYTES_MAX + 1)) == "FILE_SIZE"
    assert code_of(b"time,temperature\n" + b"\n" * (READINGS_MAX + 1)) == "ROWS_COUNT"


def test_typed_readings_are_read_like_a_file() -> None:
    series = read_typed(
        [("2026-11-21 09:00", "5,1"), (" 2026-11-21T08:30Z ", " 5.2 ")],
        at=NOW,
        unit="C",
        zone=BERLIN_WINTER,
    )
    assert series == Series("manual", 1800, (Reading(EIGHT, 510), Reading(EIGHT + 1800, 520)))


def test_typed_readings_say_which_row_is_wrong() -> None:
    with pytest.raises(ReadingsFault) as caught:
        read_typed([("2026-11-21T08:00Z", "5.1"), ("8 am", "5.1")], at=NOW, unit="C")
    assert [(e.row, e.rule) for e in caught.value.errors] == [(2, "TIME_NOT_ISO")]


def test_typed_readings_are_few() -> None:
    with pytest.raises(ReadingsFault) as caught:
        read_typed([("2026-11-21T08:00Z", "5.1")] * (TYPED_MAX + 1), at=NOW, unit="C")
    assert caught.value.code == "ROWS_COUNT"


@given(st.integers(-12 * 60, 14 * 60), st.lists(st.integers(0, 200), min_size=1, unique=True))
def test_writing_times_in_another_zone_changes_nothing(offset: int, minutes: list[int]) -> None:
    zone = timezone(timedelta(minutes=offset))
    moments = [datetime.fromtimestamp(EIGHT + 60 * m, UTC) for m in sorted(minutes)]
    utc = read(*(f"{m:%Y-%m-%dT%H:%M:%SZ},5.0" for m in moments))
    local = read(*(f"{m.astimezone(zone).isoformat()},5.0" for m in moments))
    bare = read(*(f"{m.astimezone(zone):%Y-%m-%d %H:%M},5.0" for m in moments), zone=zone)
    assert utc.readings == local.readings == bare.readings
    assert utc.root == local.root == bare.root


@given(st.lists(st.integers(-400, 800), min_size=1, max_size=20))
def test_converting_units_changes_nothing(tenths: list[int]) -> None:
    moments = [f"2026-11-21T08:{n:02d}:00Z" for n in range(len(tenths))]
    celsius = read(*(f"{m},{t / 10:.1f}" for m, t in zip(moments, tenths, strict=True)))
    rows = [f"{m},{t * 18 / 100 + 32:.2f}" for m, t in zip(moments, tenths, strict=True)]
    assert read(*rows, header="time,temperature_f", unit=None).readings == celsius.readings


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_file_does_more_than_raise_its_fault(data: bytes) -> None:
    for file in (data, b"time,temperature\n" + data, b"time;temperature\n" + data):
        with suppress(ReadingsFault):
            read_csv(file, at=NOW, unit="C", zone=UTC)
