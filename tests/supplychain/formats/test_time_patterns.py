"""The way of writing times that a header names, and times that are written in it."""

from datetime import datetime

import pytest

from supplychain.formats.time_patterns import TimePattern


@pytest.mark.parametrize(
    ("pattern", "cell", "expected"),
    [
        ("yyyy-MM-dd hh:mm", "2026-11-21 20:05", "2026-11-21T20:05:00"),
        ("dd.MM.yyyy HH:mm:ss", "21.11.2026 20:05:09", "2026-11-21T20:05:09"),
        ("MM/dd/yyyy hh:mm a", "11/21/2026 12:05 am", "2026-11-21T00:05:00"),
        ("MM/dd/yyyy hh:mm a", "11/21/2026 12:05 PM", "2026-11-21T12:05:00"),
        ("dd MMM yyyy, HH:mm", "21 nov 2026, 20:05", "2026-11-21T20:05:00"),
        ("dd-MMM-yyyy HH:mm", "21-Mär-2026 20:05", "2026-03-21T20:05:00"),
    ],
)
def test_times_are_read_as_the_pattern_says(pattern: str, cell: str, expected: str) -> None:
    found = TimePattern.parse(pattern)
    assert found is not None
    assert found.read(cell) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("pattern", "cell"),
    [
        ("dd.MM.yyyy HH:mm", "21x11x2026 20:05"),
        ("dd.MM.yyyy HH:mm", "11/21/2026 20:05"),
        ("dd.MM.yyyy HH:mm", "31.11.2026 20:05"),
        ("dd.MM.yyyy HH:mm", "21.11.2026 24:05"),
        ("dd.MM.yyyy HH:mm", "٢١.11.2026 20:05"),
        ("dd.MM.yyyy HH:mm", "21.11.0026 20:05"),
        ("dd.MM.yyyy HH:mm", "21.11.2٠26 20:05"),
        ("dd.MM.yyyy hh:mm a", "21.11.2026 13:05 PM"),
        ("dd-MMM-yyyy HH:mm", "21-Xyz-2026 20:05"),
    ],
)
def test_no_other_text_is_a_time(pattern: str, cell: str) -> None:
    found = TimePattern.parse(pattern)
    assert found is not None
    with pytest.raises(ValueError, match=r".+"):
        found.read(cell)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "T",
        "Time",
        "yyyy-MM-dd",
        "HH:mm",
        "dd.MM.yyyy HH",
        "yyyy-MM-MMM-dd HH:mm",
        "yyyy-MM-dd HH:mm hh",
        "dd.MM.yyyy HH:mm (UTC)",
        "yyyy-MM-dd dd HH:mm",
    ],
)
def test_what_does_not_name_a_minute_of_a_day_once_is_no_pattern(text: str) -> None:
    assert TimePattern.parse(text) is None
