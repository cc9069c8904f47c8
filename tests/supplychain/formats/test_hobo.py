import hashlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.conditions import Reading, ReadingsFault
from supplychain.domain.device_summaries import LoggerFlag
from supplychain.domain.errors import Invalid
from supplychain.formats import hobo
from supplychain.formats.errors import FormatError
from supplychain.formats.local_times import DateOrder
from supplychain.formats.mapping_suggestions import suggest

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SERIALS = "LGR S/N: 20304050, SEN S/N: 20304051, LBL: Fridge 3"
COLUMNS = (
    f'"#","Date Time, GMT+01:00","Temp, °C ({SERIALS})","Coupler Detached (LGR S/N: 20304050)",'
    '"Bad Battery (LGR S/N: 20304050)","End Of File (LGR S/N: 20304050)"'
)
ROWS = (
    "1,03/13/26 11:50:00 PM,5.123,,,",
    "2,03/14/26 12:00:00 AM,5.248,,,",
    "3,03/14/26 12:03:21 AM,,Logged,,",
    "4,03/14/26 12:10:00 AM,5.3,,,",
    "5,03/14/26 12:11:00 AM,,,,Logged",
)
FIRST = int(datetime(2026, 3, 13, 22, 50, tzinfo=UTC).timestamp())


def file(*rows: str, columns: str = COLUMNS, title: str = '"Plot Title: Fridge 3"\r\n') -> bytes:
    return (title + "\r\n".join((columns, *rows, ""))).encode()


def code_of(data: bytes, order: DateOrder | None = None) -> str:
    with pytest.raises(Invalid) as caught:
        hobo.read(data, at=NOW, order=order)
    return caught.value.code


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("title", ['"Plot Title: Fridge 3"\r\n', ""])
def test_offset_and_serials_come_from_the_header_and_events_are_counted(
    mark: bytes, title: str
) -> None:
    data = mark + file(*ROWS, title=title)
    assert hobo.is_one(data)
    found = hobo.read(data, at=NOW)
    (series,) = found.series
    assert (found.model, found.device, series.device) == ("HOBO", "20304050", "20304050")
    assert found.zone == timezone(timedelta(hours=1))
    assert series.readings == (
        Reading(FIRST, 512),
        Reading(FIRST + 600, 525),
        Reading(FIRST + 1200, 530),
    )
    assert series.dropped == {"event": 2}
    assert series.file == hashlib.sha256(data).hexdigest()
    assert ("Title", "Fridge 3") in found.members if title else found.members[0][0] == "Column 1"


def test_fahrenheit_an_offset_to_the_west_and_windows_1252_are_read() -> None:
    columns = '"#","Date Time, GMT-05:30","Temp, °F (LGR S/N: 7)"'
    found = hobo.read(
        file("1,12/31/25 06:00:00 PM,46.4", columns=columns).decode().encode("cp1252"), at=NOW
    )
    (series,) = found.series
    assert series.readings == (
        Reading(int(datetime(2025, 12, 31, 23, 30, tzinfo=UTC).timestamp()), 800),
    )


def test_each_temperature_is_a_series_of_its_own() -> None:
    temperatures = [f'"Temp, °C (LGR S/N: 7, SEN S/N: {sensor})"' for sensor in (8, 9)]
    columns = '"Date Time, GMT+00:00",' + ',"RH, %",'.join(temperatures)
    found = hobo.read(
        file("03/13/26 01:00:00 PM,5,40,-20", "03/13/26 01:10:00 PM,,40,-20", columns=columns),
        at=NOW,
    )
    assert [(one.device, len(one.readings), one.dropped) for one in found.series] == [
        ("7 8", 1, {"no_reading": 1}),
        ("7 9", 2, {}),
    ]


def test_a_file_with_semicolons_may_have_decimal_commas() -> None:
    columns = COLUMNS.replace('","', '";"')
    data = file("1;13/03/2026 23:50:00;5,1;;;", columns=columns)
    found = hobo.read(data, at=NOW)
    assert found.series[0].readings == (Reading(FIRST, 510),)


def test_a_weak_battery_is_a_finding() -> None:
    found = hobo.read(file(*ROWS[:2], "3,03/14/26 12:03:21 AM,,,Logged,"), at=NOW)
    assert found.flags == (LoggerFlag.BATTERY_LOW,)
    assert hobo.read(file(*ROWS), at=NOW).flags == ()


def test_a_header_without_serials_leaves_the_name_to_the_person() -> None:
    data = file("1,03/13/26 01:00:00 PM,5", columns='"#","Date Time, GMT+00:00","Temp, °C"')
    assert hobo.read(data, at=NOW).device == "logger"
    assert hobo.read(data, at=NOW, device="Fridge 3").device == "Fridge 3"


# --- what the file does not say ---------------------------------------------------------------


def test_the_order_of_day_and_month_is_proven_or_asked_for() -> None:
    one_day = file("1,03/02/26 01:00:00 PM,5", "2,03/02/26 01:10:00 PM,5")
    assert code_of(one_day) == "DATE_ORDER_NEEDED"
    said = {order: hobo.read(one_day, at=NOW, order=order).series[0].first for order in DateOrder}
    assert said == {
        DateOrder.MONTH_FIRST: datetime(2026, 3, 2, 12, tzinfo=UTC),
        DateOrder.DAY_FIRST: datetime(2026, 2, 3, 12, tzinfo=UTC),
        DateOrder.YEAR_FIRST: datetime(2003, 2, 26, 12, tzinfo=UTC),
    }


def test_an_order_that_the_file_contradicts_is_refused() -> None:
    assert code_of(file(*ROWS), DateOrder.DAY_FIRST) == "TIME_NONE_SUCH"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (file(*ROWS, columns=COLUMNS.replace(", GMT+01:00", "")), "HEADER"),
        (file(*ROWS, columns=COLUMNS.replace("+01:00", "+15:00")), "HEADER"),
        (file(*ROWS, columns=COLUMNS.replace("Temp, °C", "Volt")), "HEADER"),
        (file(*ROWS, columns=COLUMNS + ',"Temp, °C"' * 10), "HEADER"),
        (file(*ROWS[:1], "2,03/14/26 12:00:00 AM,warm,,,"), "NOT_A_NUMBER"),
        (file(*ROWS[:1], "2,14.3.26,5,,,"), "TIME_MALFORMED"),
        (file(*ROWS[:1], "2"), "TIME_MALFORMED"),
        (file(*ROWS[:1], ROWS[0].replace("5.123", "5.2")), "DUPLICATE_DIFFERS"),
        (file(*ROWS[2:3]), "NO_READINGS"),
        (file(), "NO_READINGS"),
        (b'"Plot Title: a', "CSV"),
        (b"Plot Title: a\n\x81", "ENCODING"),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes, code: str) -> None:
    assert hobo.is_one(data) or b"GMT" not in data
    assert code_of(data) == code


@pytest.mark.parametrize(
    "columns",
    [
        '"#","Date Time","Temp, °C"',
        '"#","Date","Time, GMT+01:00","Temp, °C"',
    ],
)
def test_a_file_whose_header_names_no_offset_is_read_as_any_other_table(columns: str) -> None:
    when = "14.02.2026 12:00:00" if "Date Time" in columns else "14.02.2026,12:00:00"
    data = f'"Plot Title: a"\n{columns}\n1,{when},5.1\n'.encode()
    assert not hobo.is_one(data)
    found = suggest(data)
    assert (found.header_row, found.temperature, found.unit) == (2, "Temp, °C", "C")
    assert found.unknown == ("zone",)


@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 400))
def test_only_the_documented_errors_come_out(junk: bytes, start: int, end: int) -> None:
    data = file(*ROWS)
    with suppress(FormatError, ReadingsFault):
        hobo.read(data[:start] + junk + data[end:], at=NOW)
    hobo.is_one(junk)
