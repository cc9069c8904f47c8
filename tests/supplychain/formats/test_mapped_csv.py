import hashlib
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.conditions import READINGS_MAX, Reading, ReadingsFault
from supplychain.domain.errors import Invalid
from supplychain.formats.column_mapping import ColumnMapping, DecimalMark
from supplychain.formats.local_times import DateOrder
from supplychain.formats.logger_file import LoggerFile
from supplychain.formats.mapped_csv import read_mapped
from supplychain.formats.mapping_suggestions import Suggestion, suggest
from supplychain.formats.tables import BYTES_MAX, HEADER_ROW_MAX, Delimiter, Encoding

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WINTER = timezone(timedelta(hours=1))
EIGHT = int(datetime(2026, 11, 3, 8, 0, tzinfo=UTC).timestamp())

# Tables as some makes write them; each made up here, none copied.
ELPRO = (
    "Device;LIBERO 7\r\nTimes in;UTC+01:00\r\n\r\nDate;Time;Probe 1 [°C];Probe 2 [°C]\r\n"
    "03.11.2026;09:00:00;5,1;-20,0\r\n13.11.2026;09:05:00;--.-;-20,1\r\n14.11.2026;09:10:00;5,3;-20,2\r\n"
)
ELPRO_MAPPING = ColumnMapping(
    Encoding.WINDOWS_1252,
    Delimiter.SEMICOLON,
    DecimalMark.COMMA,
    4,
    "Time",
    "Probe 1 [°C]",
    DateOrder.DAY_FIRST,
    "C",
    date="Date",
    zone=WINTER,
)
TEMPTALE = (
    'No.,Date / Time,Temperature °F\n1,"11/3/26 8:00:00 AM",46.4\n2,"11/13/26 8:10:00 PM",46.5\n'
)
TEMPTALE_MAPPING = ColumnMapping(
    Encoding.UTF_8,
    Delimiter.COMMA,
    DecimalMark.POINT,
    1,
    "Date / Time",
    "Temperature °F",
    DateOrder.MONTH_FIRST,
    "F",
    zone=UTC,
)


def read(text: str, mapping: ColumnMapping = TEMPTALE_MAPPING) -> LoggerFile:
    return read_mapped(text.encode("utf-8"), mapping, NOW)


def code_of(text: str, mapping: ColumnMapping = TEMPTALE_MAPPING) -> str:
    with pytest.raises(ReadingsFault) as caught:
        read(text, mapping)
    return caught.value.code


# --- reading ----------------------------------------------------------------------------------


def test_semicolons_decimal_commas_and_a_day_of_its_own() -> None:
    data = ELPRO.encode("cp1252")
    found = read_mapped(data, ELPRO_MAPPING, NOW, device="LIBERO 7", calibrated=date(2026, 1, 2))
    (series,) = found.series
    assert series.readings == (
        Reading(EIGHT, 510),
        Reading(EIGHT + 11 * 86_400 + 600, 530),
    )
    assert (series.device, series.dropped) == ("LIBERO 7", {"no_reading": 1})
    assert (series.calibrated, series.file) == (date(2026, 1, 2), hashlib.sha256(data).hexdigest())
    assert (found.zone, found.members) == (
        WINTER,
        (("Line 1", "Device;LIBERO 7"), ("Line 2", "Times in;UTC+01:00")),
    )


def test_month_first_twelve_hours_and_fahrenheit() -> None:
    (series,) = read(TEMPTALE).series
    assert series.readings == (Reading(EIGHT, 800), Reading(EIGHT + 10 * 86_400 + 43_800, 806))


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-16-le"),
        ("utf-16", "utf-16-be"),
        ("windows-1252", "cp1252"),
    ],
)
def test_the_same_table_in_each_encoding(encoding: str, codec: str) -> None:
    mapping = replace(TEMPTALE_MAPPING, encoding=Encoding(encoding))
    data = TEMPTALE.encode(codec)
    assert read_mapped(data, mapping, NOW).series[0].readings == read(TEMPTALE).series[0].readings
    assert suggest(data).encoding == Encoding(encoding)


def test_a_table_without_a_header_has_numbers_for_names() -> None:
    mapping = replace(TEMPTALE_MAPPING, header_row=0, time="2", temperature="3")
    assert len(read(TEMPTALE.partition("\n")[2], mapping).series[0].readings) == 2


def test_a_header_may_stand_as_low_as_line_200() -> None:
    mapping = replace(TEMPTALE_MAPPING, header_row=HEADER_ROW_MAX)
    text = "a preamble\n" * (HEADER_ROW_MAX - 1) + TEMPTALE
    assert len(read(text, mapping).series[0].readings) == 2
    assert suggest(text.encode()).header_row == HEADER_ROW_MAX
    with pytest.raises(ReadingsFault, match="TABLE_NOT_FOUND"):
        suggest(("a preamble\n" + text).encode())


def test_times_with_their_own_offset_need_no_zone() -> None:
    text = "t,v\n2026-11-03T08:00:00Z,5\n2026-11-03T09:05:00+01:00,5\n"
    mapping = ColumnMapping(
        Encoding.UTF_8, Delimiter.COMMA, DecimalMark.POINT, 1, "t", "v", DateOrder.YEAR_FIRST, "C"
    )
    assert [one.at for one in read(text, mapping).series[0].readings] == [EIGHT, EIGHT + 300]
    assert code_of(text.replace("Z", ""), mapping) == "ZONE_NEEDED"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("Temperature °F", "Temperature °C", "COLUMN_MISSING"),
        ("Date / Time", "Temperature °F", "COLUMN_MISSING"),
        ('"11/3/26 8:00:00 AM"', "3.11.26", "TIME_MALFORMED"),
        ('"11/3/26 8:00:00 AM"', "13/3/26 8:00", "TIME_NONE_SUCH"),
        (",46.4", "", "CELLS"),
        (",46.4", ",warm", "NOT_A_NUMBER"),
        (",46.4", ',"46,4"', "NOT_A_NUMBER"),
        ("11/13/26", "11/23/26", "TIME_AHEAD"),
        ('"11/13/26', '"11/13/26 8:00" \'x', "CSV"),
        (",46.4", "," * 101, "CSV"),
        (",46.4", "," + "4" * 501, "CSV"),
        (TEMPTALE, "", "NO_READINGS"),
        ("46.4", "\x00", "ENCODING"),
        (TEMPTALE, "\n" * (READINGS_MAX + HEADER_ROW_MAX + 2), "ROWS_COUNT"),
    ],
)
def test_a_fault_is_told_and_nothing_is_skipped(old: str, new: str, code: str) -> None:
    assert old in TEMPTALE
    assert code_of(TEMPTALE.replace(old, new)) == code


def test_points_among_decimal_commas_are_a_fault_with_its_row() -> None:
    mapping = replace(ELPRO_MAPPING, encoding=Encoding.UTF_8)
    for wrong in ("5.3", "1.005,3", ".5"):
        with pytest.raises(ReadingsFault) as caught:
            read(ELPRO.replace("5,3", wrong), mapping)
        (error,) = caught.value.errors
        assert (error.row, error.column, error.value) == (7, "temperature", wrong)


@pytest.mark.parametrize(
    "name", ["Temperature °F", "Temp (F)", "T [F]", "Fahrenheit", "temp ° f", "Degrees fahrenheit"]
)
def test_a_mapping_for_another_unit_than_the_column_names_is_refused(name: str) -> None:
    """5 °F read as 5 °C would be goods in range that are frozen."""
    file = TEMPTALE.replace("Temperature °F", name)
    mapping = replace(TEMPTALE_MAPPING, temperature=name)
    assert code_of(file, replace(mapping, unit="C")) == "UNIT_DIFFERS"
    assert read(file, mapping).series[0].readings[0].centi_c == 800


def test_too_many_bytes_and_the_wrong_encoding_are_refused() -> None:
    for data, code in ((bytes(BYTES_MAX + 1), "FILE_SIZE"), (b"\xff\xfe\xff", "ENCODING")):
        with pytest.raises(ReadingsFault) as caught:
            read_mapped(data, TEMPTALE_MAPPING, NOW)
        assert caught.value.code == code


# --- the mapping ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mapping", [ELPRO_MAPPING, TEMPTALE_MAPPING, replace(TEMPTALE_MAPPING, zone=None)]
)
def test_a_mapping_comes_back_as_it_was_kept(mapping: ColumnMapping) -> None:
    assert ColumnMapping.decode(mapping.as_json()) == mapping


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"order": "DYM"}, "NOT_A_CHOICE"),
        ({"delimiter": ","}, "NOT_A_CHOICE"),
        ({"encoding": "utf-7"}, "NOT_A_CHOICE"),
        ({"unit": "K"}, "NOT_A_CHOICE"),
        ({"zone": "CET"}, "INVALID_ZONE"),
        ({"header_row": 201}, "OUT_OF_BOUNDS"),
        ({"header_row": True}, "WRONG_SHAPE"),
        ({"time": ""}, "TEXT_EMPTY"),
        ({"time": "Temperature °F"}, "COLUMNS"),
        ({"date": "Date / Time"}, "COLUMNS"),
        ({"decimal": "comma"}, "DECIMAL_MARK"),
        ({"colour": "red"}, "MEMBER_UNKNOWN"),
    ],
)
def test_what_is_no_mapping_is_refused(members: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        ColumnMapping.decode({**TEMPTALE_MAPPING.as_json(), **members})
    assert caught.value.code == code


# --- what is proposed -------------------------------------------------------------------------


def test_what_can_be_seen_is_proposed_and_the_rest_is_left_open() -> None:
    found = suggest(ELPRO.encode("cp1252"))
    assert found == Suggestion(
        encoding=Encoding.WINDOWS_1252,
        delimiter=Delimiter.SEMICOLON,
        decimal=DecimalMark.COMMA,
        header_row=4,
        columns=("Date", "Time", "Probe 1 [°C]", "Probe 2 [°C]"),
        rows=(
            ("03.11.2026", "09:00:00", "5,1", "-20,0"),
            ("13.11.2026", "09:05:00", "--.-", "-20,1"),
            ("14.11.2026", "09:10:00", "5,3", "-20,2"),
        ),
        date="Date",
        time="Time",
        temperature="",
        order=DateOrder.DAY_FIRST,
        unit=None,
        zone_in_times=False,
        zone_hints=("Times in;UTC+01:00",),
    )
    assert found.unknown == ("temperature", "zone", "unit")


def test_the_one_temperature_is_proposed_with_its_unit_and_decimal_mark() -> None:
    found = suggest(ELPRO.replace(";Probe 2 [°C]", ";Note").replace(";-20", ";ok").encode())
    assert (found.temperature, found.unit, found.decimal) == (
        "Probe 1 [°C]",
        "C",
        DecimalMark.COMMA,
    )
    found = suggest(TEMPTALE.encode())
    assert (found.temperature, found.unit, found.order) == (
        "Temperature °F",
        "F",
        DateOrder.MONTH_FIRST,
    )
    assert found.unknown == ("zone",)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("t,v\n02/01/2026 08:00,5\n03/01/2026 08:00,5\n", ("order", "zone", "unit")),
        ("t,v\n2026-11-03T08:00:00Z,5\n", ("unit",)),
        ("2026-11-03T08:00:00Z\t5\n", ("unit",)),
        ("t,v,w\n2026-11-03T08:00:00Z,5,6\n", ("temperature", "unit")),
        ("t,Temp (C)\n2026-11-03 08:00,5\n", ("zone",)),
        ("t,Celsius\n2026-11-03 08:00,5\n", ("zone",)),
        ("t,Celsius\n03-Nov-2026 08:00,5\n", ("zone",)),
        ("d,t,Celsius\n03-Nov-26,08:00,5\n", ("order", "zone")),
        ("t,Fahrenheit\n2026-11-03 08:00,5\n2026-11-03 08:00\n", ("zone",)),
    ],
)
def test_nothing_is_guessed(text: str, unknown: tuple[str, ...]) -> None:
    assert suggest(text.encode()).unknown == unknown


@pytest.mark.parametrize(
    "text", ["", "hello", "a,b\n1,2\n", "2026-11-03 08:00\n", '"2026-11-03 08:00,5']
)
def test_what_is_no_table_is_told(text: str) -> None:
    with pytest.raises(ReadingsFault, match="TABLE_NOT_FOUND"):
        suggest(text.encode())


def test_months_may_have_names_and_the_day_a_column_of_its_own() -> None:
    text = "Day,Time,Temp °C\n02-Nov-2026,8:00 AM,5.1\n02-Nov-2026,8:10 PM,5.3\n"
    found = suggest(text.encode())
    assert (found.date, found.order) == ("Day", DateOrder.DAY_FIRST)
    by = replace(TEMPTALE_MAPPING, date="Day", time="Time", temperature="Temp °C", unit="C")
    (series,) = read(text, replace(by, order=DateOrder.DAY_FIRST)).series
    assert [one.centi_c for one in series.readings] == [510, 530]
    assert series.readings[1].at - series.readings[0].at == (12 * 60 + 10) * 60


def test_a_proposal_that_was_completed_reads_the_file() -> None:
    found = suggest(TEMPTALE.encode())
    assert found.order is not None
    assert found.unit is not None
    mapping = ColumnMapping(
        found.encoding,
        found.delimiter,
        found.decimal,
        found.header_row,
        found.time,
        found.temperature,
        found.order,
        found.unit,
        zone=UTC,
    )
    assert read(TEMPTALE, mapping) == read(TEMPTALE)


# --- laws -------------------------------------------------------------------------------------

MAPPINGS = st.builds(
    ColumnMapping,
    st.sampled_from(Encoding),
    st.sampled_from([Delimiter.SEMICOLON, Delimiter.TAB, Delimiter.BAR]),
    st.sampled_from(DecimalMark),
    st.integers(0, 3),
    st.sampled_from(["Time", "2"]),
    st.sampled_from(["Probe 1 [°C]", "3"]),
    st.sampled_from(DateOrder),
    st.sampled_from(["C", "F"]),
    date=st.sampled_from(["", "Date", "1"]),
    zone=st.sampled_from([None, WINTER]),
)
PIECES = st.sampled_from(
    [
        "03.11.2026",
        "09:00",
        "11/21/26 8:05 PM",
        ";",
        ",",
        "\t",
        '"',
        "\n",
        "5,1",
        "--.-",
        "Time",
        "\x00",
        "°C",
    ]
)
BYTES = st.binary(max_size=80) | st.lists(PIECES, max_size=40).map(
    lambda all_of: "".join(all_of).encode()
)


@given(BYTES, MAPPINGS)
def test_only_the_documented_errors_come_out(data: bytes, mapping: ColumnMapping) -> None:
    with suppress(ReadingsFault):
        read_mapped(data, mapping, NOW)
    with suppress(ReadingsFault):
        suggest(data)


@given(st.lists(st.integers(-999, 849), min_size=1, max_size=30), st.sampled_from(DateOrder))
def test_whatever_was_written_is_read_back(tenths: list[int], order: DateOrder) -> None:
    day = {"YMD": "%Y-%m-%d", "DMY": "%d.%m.%Y", "MDY": "%m/%d/%Y"}[order]
    start = datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
    times = [f"{start + n * timedelta(hours=1):{day} %H:%M}" for n in range(len(tenths))]
    values = [f"{value / 10:.1f}".replace(".", ",") for value in tenths]
    rows = [";".join(cells) for cells in zip(times, values, strict=True)]
    mapping = ColumnMapping(
        Encoding.UTF_8, Delimiter.SEMICOLON, DecimalMark.COMMA, 1, "t", "v", order, "C", zone=UTC
    )
    found = read("\n".join(["t;v", *rows]), mapping).series[0]
    assert [one.centi_c for one in found.readings] == [10 * value for value in tenths]
