from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.conditions import ReadingsFault
from supplychain.domain.reading_rows import CellError
from supplychain.formats.local_times import (
    DateOrder,
    carries_offset,
    looks_like_time,
    orders_possible,
    proven_order,
    read_time,
)

Y, D, M = DateOrder.YEAR_FIRST, DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2026-11-21 08:05", Y, (2026, 11, 21, 8, 5)),
        ("26/11/21, 8:05:09.5", Y, (2026, 11, 21, 8, 5, 9)),
        ("21.11.2026 08:05:59", D, (2026, 11, 21, 8, 5, 59)),
        ("1/2/26 0:00", D, (2026, 2, 1, 0, 0)),
        ("1/2/26 0:00", M, (2026, 1, 2, 0, 0)),
        ("11/21/26 12:05 AM", M, (2026, 11, 21, 0, 5)),
        ("11/21/26 12:05:00 pm", M, (2026, 11, 21, 12, 5)),
        ("11/21/26 1:05PM", M, (2026, 11, 21, 13, 5)),
        ("21-Nov-2026 08:05", D, (2026, 11, 21, 8, 5)),
        ("21. Oktober 2026, 08:05", D, (2026, 10, 21, 8, 5)),
        ("2026-Févr.-01 08:05", Y, (2026, 2, 1, 8, 5)),
        ("Nov 21, 2026 8:05:09 PM", M, (2026, 11, 21, 20, 5, 9)),
    ],
)
def test_a_time_is_read_in_its_order(
    text: str, order: DateOrder, expected: tuple[int, ...]
) -> None:
    assert read_time(text, order) == datetime(*expected)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Z", UTC),
        ("+05:45", timezone(timedelta(minutes=345))),
        (" -0330", timezone(-timedelta(minutes=210))),
    ],
)
def test_an_offset_in_the_cell_is_kept(text: str, zone: timezone) -> None:
    assert read_time(f"2026-11-21T08:05:00{text}", Y) == datetime(2026, 11, 21, 8, 5, tzinfo=zone)
    assert carries_offset(f"2026-11-21T08:05:00{text}")
    assert not carries_offset("2026-11-21T08:05:00")
    assert not carries_offset("Z")


@pytest.mark.parametrize(
    ("text", "order", "code"),
    [
        ("30/02/2026 08:05", D, "TIME_NONE_SUCH"),
        ("11/21/2026 08:05", D, "TIME_NONE_SUCH"),
        ("11/21/2026 13:05 PM", M, "TIME_NONE_SUCH"),
        ("11/21/2026 0:05 AM", M, "TIME_NONE_SUCH"),
        ("11/21/2026 24:00", M, "TIME_NONE_SUCH"),
        ("11/21/026 08:05", M, "TIME_NONE_SUCH"),
        ("2026/11/21 08:05", M, "TIME_NONE_SUCH"),
        ("2026-11-21T08:05:00+99:00", Y, "TIME_NONE_SUCH"),
        ("21 Nov 2026 08:05", M, "TIME_NONE_SUCH"),
        ("Nov 21 2026 08:05", D, "TIME_NONE_SUCH"),
        ("30-Feb-2026 08:05", D, "TIME_NONE_SUCH"),
        ("21-Loka-2026 08:05", D, "TIME_MALFORMED"),
        ("21-Nov-Nov 08:05", D, "TIME_MALFORMED"),
        ("2026-11/21 08:05", Y, "TIME_MALFORMED"),
        ("2026-11-21", Y, "TIME_MALFORMED"),
        ("٢٠٢٦-11-21 08:05", Y, "TIME_MALFORMED"),
        ("", Y, "TIME_MALFORMED"),
    ],
)
def test_what_is_no_time_is_told_apart(text: str, order: DateOrder, code: str) -> None:
    with pytest.raises(CellError) as caught:
        read_time(text, order)
    assert caught.value.parts[2] == code
    assert looks_like_time(text) == (code == "TIME_NONE_SUCH")


@pytest.mark.parametrize(
    ("times", "possible"),
    [
        (["2026-01-02 08:00"], (Y,)),
        (["02/01/2026 08:00"], (D, M)),
        (["02/01/2026 08:00", "13/01/2026 08:00"], (D,)),
        (["02/01/2026 08:00", "02/13/2026 08:00"], (M,)),
        (["01/02/03 08:00"], (Y, D, M)),
        # In the other order there is no such month, or time goes forward and back.
        (["31/01/2026 23:50", "01/02/2026 00:00"], (D,)),
        (["12/11/2026 08:00", "01/12/2026 08:00", "02/12/2026 08:00"], (D,)),
        (["01/12/2026 08:00", "12/11/2026 08:00"], (D, M)),
        (["02-Jan-2026 08:00"], (D,)),
        (["2026-Jan-02 08:00"], (Y,)),
        (["Jan 02, 2026 08:00"], (M,)),
        (["02-Jan-03 08:00"], (Y, D)),
        (["02-Jan-2026 08:00", "Jan 03, 2026 08:00"], ()),
        (["13/13/2026 08:00"], ()),
        (["noon"], ()),
        ([], (Y, D, M)),
    ],
)
def test_an_order_is_left_only_where_it_is_possible(
    times: list[str], possible: tuple[DateOrder, ...]
) -> None:
    assert orders_possible(times) == possible


def test_only_proof_is_taken_for_an_order() -> None:
    assert proven_order(["02/01/2026 08:00", "13/01/2026 08:00"]) is D
    for times, code in ((["02/01/2026 08:00"], "DATE_ORDER_NEEDED"), (["noon"], "TIME_MALFORMED")):
        with pytest.raises(ReadingsFault) as caught:
            proven_order(times)
        assert caught.value.code == code


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)), st.sampled_from(DateOrder))  # noqa: DTZ001
def test_whatever_is_written_in_an_order_is_read_back_in_it(at: datetime, order: DateOrder) -> None:
    minute = at.replace(second=0, microsecond=0)
    day = {Y: "%Y-%m-%d", D: "%d.%m.%y", M: "%m/%d/%y"}[order]
    assert read_time(minute.strftime(f"{day} %H:%M"), order) == minute
    assert read_time(minute.strftime(f"{day} %I:%M %p"), order) == minute
    assert order in orders_possible([minute.strftime(f"{day} %H:%M")])
