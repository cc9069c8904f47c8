"""Serial numbers in a row."""

import pytest

from supplychain.domain.errors import Invalid
from supplychain.domain.serial_ranges import serial_range


def test_numbers_keep_their_width() -> None:
    found = serial_range("P", "0998", 3)
    assert [str(one) for one in found] == ["P0998", "P0999", "P1000"]


def test_the_last_number_may_fill_the_width() -> None:
    assert str(serial_range("", "98", 2)[-1]) == "99"


@pytest.mark.parametrize(
    ("prefix", "first", "count", "code"),
    [
        ("P", "98", 3, "RANGE_FULL"),
        ("P", "", 1, "RANGE_FIRST"),
        ("P", "1a", 1, "RANGE_FIRST"),
        ("P", "٣", 1, "RANGE_FIRST"),
        ("P", "1" * 21, 1, "RANGE_FIRST"),
        ("P" * 17, "0001", 1, "INVALID_SERIAL"),
        ("ä", "1", 1, "INVALID_SERIAL"),
    ],
)
def test_what_is_no_range_is_refused(prefix: str, first: str, count: int, code: str) -> None:
    with pytest.raises(Invalid) as bad:
        serial_range(prefix, first, count)
    assert bad.value.code == code
