import pytest

from supplychain.domain.errors import Invalid
from supplychain.domain.profiles import LIMIT_STEP_CENTI_C, PROFILES, StorageProfile, profile


@pytest.mark.parametrize(
    ("profile_id", "inside", "above", "below"),
    [
        ("refrigerated-2-8/1", [200, 500, 800], [801, 810], [199, -50]),
        ("refrigerated-2-8-no-freeze/1", [200, 800], [801], [199]),
        ("below-25/1", [-5000, 2500], [2501], []),
        ("room-15-25/1", [1500, 2500], [2501], [1499]),
        ("below-30/1", [-5000, 3000], [3001], []),
        ("usp-controlled-room/1", [2000, 2500], [2501], [1999]),
        ("frozen-25-15/1", [-2500, -1500], [-1499], [-2501]),
        ("ultra-cold-90-60/1", [-9000, -7850, -6000], [-5999], [-9001]),
        ("cryogenic/1", [-15_000, -19_600], [-14_999], []),
        ("unmonitored/1", [-27_315, 0, 32_767], [], []),
    ],
)
def test_limits_are_inclusive(
    profile_id: str, inside: list[int], above: list[int], below: list[int]
) -> None:
    one = profile(profile_id)
    assert {one.side(value) for value in inside} == {None}
    assert {one.side(value) for value in above} <= {"above"}
    assert {one.side(value) for value in below} <= {"below"}


def test_ids_are_those_of_the_profiles_and_carry_a_version() -> None:
    assert all(name == one.id and name.endswith("/1") for name, one in PROFILES.items())


def test_only_unmonitored_goods_need_no_readings() -> None:
    assert [name for name, one in PROFILES.items() if not one.monitored] == ["unmonitored/1"]


def test_only_goods_that_must_not_freeze_say_so() -> None:
    frozen = [name for name, one in PROFILES.items() if one.do_not_freeze]
    assert frozen == ["refrigerated-2-8-no-freeze/1"]


def test_limits_are_whole_tenths_so_that_rounding_cannot_meet_them() -> None:
    limits = [v for one in PROFILES.values() for v in (one.low_centi_c, one.high_centi_c)]
    assert all(v is None or v % LIMIT_STEP_CENTI_C == 0 for v in limits)


def test_an_unknown_profile_is_named_and_bounded_in_the_message() -> None:
    with pytest.raises(Invalid) as caught:
        profile("x" * 1000)
    assert caught.value.code == "PROFILE_UNKNOWN"
    assert "x" * 40 in caught.value.message
    assert "x" * 41 not in caught.value.message


def test_a_profile_delays_nothing_unless_it_says_so() -> None:
    assert StorageProfile("a/1", "A", None, None).excursion_delay_min == 0
