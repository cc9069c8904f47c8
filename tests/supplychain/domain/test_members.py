"""Strict readers of JSON members."""

from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain import members
from supplychain.domain.errors import Invalid


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def code(refused: pytest.ExceptionInfo[Invalid]) -> str:
    return refused.value.code


def test_an_object_has_its_members_and_no_others() -> None:
    value = {"a": 1, "b": 2}
    assert members.members(value, "thing", ("a",), ("b", "c")) == value
    with pytest.raises(Invalid, match="member 'c' is missing") as missing:
        members.members(value, "thing", ("a", "c"))
    with pytest.raises(Invalid, match="member 'b' is not known") as unknown:
        members.members(value, "thing", ("a",))
    assert (code(missing), code(unknown)) == ("MEMBER_MISSING", "MEMBER_UNKNOWN")


@pytest.mark.parametrize("value", [None, [], "x", 1])
def test_what_is_no_object_has_no_members(value: object) -> None:
    with pytest.raises(Invalid) as refused:
        members.members(value, "thing", ())
    assert code(refused) == "WRONG_SHAPE"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, "WRONG_SHAPE"),
        (None, "WRONG_SHAPE"),
        ("x" * 501, "TEXT_TOO_LONG"),
        ("", "TEXT_EMPTY"),
        (" ", "TEXT_EMPTY"),
        ("a\nb", "TEXT_CONTROL"),
        ("a\x7fb", "TEXT_CONTROL"),
        ("a\x9fb", "TEXT_CONTROL"),
    ],
)
def test_text_is_bounded_and_has_no_control_characters(value: object, expected: str) -> None:
    with pytest.raises(Invalid) as refused:
        members.text(value, "reason")
    assert code(refused) == expected


@pytest.mark.parametrize("value", ["x" * 500, "a b", "h\u00f4pital\u00a0: caf\u00e9"])
def test_text_is_taken_as_it_stands(value: str) -> None:
    assert members.text(value, "reason") == value


def test_text_may_be_empty_where_that_is_said() -> None:
    assert members.text("", "note", empty=True) == ""


@pytest.mark.parametrize("value", [True, 1.0, "1", None])
def test_a_quantity_is_a_whole_number(value: object) -> None:
    with pytest.raises(Invalid) as refused:
        members.quantity(value, "quantity")
    assert code(refused) == "WRONG_SHAPE"


@pytest.mark.parametrize(("value", "good"), [(0, 0), (1, 1), (10**9, 1), (10**9 + 1, 0), (-1, 0)])
def test_a_quantity_is_within_its_bounds(value: int, good: int) -> None:
    if good:
        assert members.quantity(value, "quantity") == value
        return
    with pytest.raises(Invalid) as refused:
        members.quantity(value, "quantity")
    assert code(refused) == "OUT_OF_BOUNDS"


def test_a_hash_is_64_lower_case_hexadecimal_digits() -> None:
    assert members.hex_32("0a" * 32, "root") == "0a" * 32
    for value in ("0A" * 32, "0a" * 31, "0a" * 32 + "\n", 7):
        with pytest.raises(Invalid) as refused:
            members.hex_32(value, "root")
        assert code(refused) == "WRONG_SHAPE"


def test_a_day_is_written_in_one_way() -> None:
    assert members.day("2028-02-29", "expiry") == date(2028, 2, 29)
    for value in ("20280229", "2028-2-29", "2028-W09-2", " 2028-02-29", 7, "٢٠٢٨-02-29"):
        with pytest.raises(Invalid) as refused:
            members.day(value, "expiry")
        assert code(refused) == "WRONG_SHAPE"
    for value in ("2027-02-29", "2027-13-01", "0000-01-01"):
        with pytest.raises(Invalid) as refused:
            members.day(value, "expiry")
        assert code(refused) == "NO_SUCH_DAY"


def test_an_instant_is_written_in_one_way() -> None:
    assert members.instant("2026-11-21T08:00:01Z", "at") == datetime(
        2026, 11, 21, 8, 0, 1, tzinfo=UTC
    )
    for value in ("2026-11-21T08:00:01", "2026-11-21T08:00:01+00:00", "2026-11-21 08:00:01Z", 7):
        with pytest.raises(Invalid) as refused:
            members.instant(value, "at")
        assert code(refused) == "WRONG_SHAPE"
    for value in ("2026-11-31T08:00:01Z", "2026-11-21T24:00:00Z", "0000-11-21T08:00:01Z"):
        with pytest.raises(Invalid) as refused:
            members.instant(value, "at")
        assert code(refused) == "NO_SUCH_TIME"


@given(st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0)))
def test_an_instant_is_written_and_read_back(at: datetime) -> None:
    assert members.instant(members.instant_text(at), "at") == at


def test_an_instant_is_written_in_utc() -> None:
    berlin = datetime(2026, 11, 21, 9, tzinfo=timezone(timedelta(hours=1)))
    assert members.instant_text(berlin) == "2026-11-21T08:00:00Z"


def test_an_instant_is_not_rounded() -> None:
    with pytest.raises(Invalid) as refused:
        members.instant_text(datetime(2026, 11, 21, 8, 0, 0, 1, tzinfo=UTC))
    assert code(refused) == "NOT_WHOLE_SECONDS"


def test_a_leap_second_is_no_time() -> None:
    with pytest.raises(Invalid) as refused:
        members.instant("2026-12-31T23:59:60Z", "at")
    assert code(refused) == "NO_SUCH_TIME"


def test_a_list_has_at_least_one_member_and_not_too_many() -> None:
    assert members.sequence([1], "list", 1) == [1]
    for value in ([], [1, 2]):
        with pytest.raises(Invalid) as refused:
            members.sequence(value, "list", 1)
        assert code(refused) == "OUT_OF_BOUNDS"
    with pytest.raises(Invalid) as refused:
        members.sequence("x", "list", 1)
    assert code(refused) == "WRONG_SHAPE"


def test_a_choice_is_one_of_its_list() -> None:
    assert members.choice("red", "colour", Colour) is Colour.RED
    with pytest.raises(Invalid, match="'RED' is none of red, blue") as refused:
        members.choice("RED", "colour", Colour)
    assert code(refused) == "NOT_A_CHOICE"
