"""C11: a file without a zone needs one, as a fixed offset; a clock change drops no row."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

import pytest

from supplychain.domain.conditions import ReadingsFault, Series
from supplychain.domain.errors import Invalid
from supplychain.domain.lots import zone
from supplychain.domain.readings_csv import read_csv

WINTER = timezone(timedelta(hours=1))
LATER = datetime(2026, 12, 1, tzinfo=UTC)


def read(times: Sequence[str], offset: timezone | None = None) -> Series:
    rows = [f"{time},{5 + n / 10}" for n, time in enumerate(times)]
    content = "\n".join(["time,temperature_c", *rows]).encode()
    return read_csv(content, at=LATER, device="TT-1", zone=offset)


def test_a_file_without_a_zone_is_refused_until_somebody_gives_one() -> None:
    with pytest.raises(ReadingsFault) as caught:
        read(["2026-10-25 01:00"])
    assert caught.value.code == "ZONE_NEEDED"
    assert read(["2026-10-25 01:00"], WINTER).first == datetime(2026, 10, 25, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("name", ["Europe/Berlin", "CET", "local"])
def test_a_zone_is_a_fixed_offset_and_no_place(name: str) -> None:
    with pytest.raises(Invalid) as caught:
        zone(name)
    assert caught.value.code == "INVALID_ZONE"


def test_the_hour_that_a_place_has_twice_is_read_twice_where_the_file_says_so() -> None:
    times = [
        "2026-10-25T02:00+02:00",
        "2026-10-25T02:30+02:00",
        "2026-10-25T02:00+01:00",
        "2026-10-25T02:30+01:00",
    ]
    steps = [600 * 3 * n for n in range(4)]
    assert [r.at - read(times).readings[0].at for r in read(times).readings] == steps


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_no_row_of_the_night_of_a_clock_change_is_dropped(day: str) -> None:
    times = [f"{day} {hour:02d}:{minute:02d}" for hour in range(6) for minute in (0, 30)]
    series = read(times, WINTER)
    assert len(series.readings) == len(times)
    assert series.interval_s == 1800
    assert not series.dropped
