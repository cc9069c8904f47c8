import re
from dataclasses import replace
from hashlib import sha256

import pytest

from ledger.core import canonical
from supplychain.domain.errors import Invalid
from supplychain.domain.profile_documents import as_document
from supplychain.domain.profiles import (
    LIMIT_STEP_CENTI_C,
    NEWEST,
    PROFILES,
    StorageProfile,
    profile,
)
from supplychain.domain.storage_profile import FreezeRule, KineticRule

# SHA-256 of what each says but for its name to people. A line may be added, none may be changed:
# signed statements cite the id.
FOR_EVER = {
    "refrigerated-2-8/1": "3cdca962b75c1bf0",
    "refrigerated-2-8-no-freeze/1": "36b354e58679e9e7",
    "below-25/1": "0f8a4197330769f2",
    "room-15-25/1": "989e0327116e20df",
    "below-30/1": "9b415ec79433ea59",
    "usp-controlled-room/1": "153d5f17e7d8889b",
    "frozen-25-15/1": "c2f8ea7552858d7f",
    "ultra-cold-90-60/1": "d9123115b3a98dc9",
    "cryogenic/1": "d21ace198c25e230",
    "unmonitored/1": "57dd040dafe1eb28",
    "refrigerated-2-8/2": "ae6fa164cf715ab4",
    "refrigerated-2-8-no-freeze/2": "b2cea0f3cc3c7f6c",
    "usp-controlled-room/2": "0ce30faca3bc3fb2",
    "usp-controlled-cold/2": "68bad9889b0e9787",
    "cryogenic/2": "db550223397437f6",
    "ultra-cold-thawed-once/2": "6fa642ba44b040c6",
}


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
        ("refrigerated-2-8/2", [200, 800], [801], [199]),
        ("refrigerated-2-8-no-freeze/2", [200, 800], [801], [199]),
        ("usp-controlled-room/2", [2000, 2500], [2501], [1999]),
        ("usp-controlled-cold/2", [200, 800], [801], [199]),
        ("cryogenic/2", [-15_000, -19_600], [-14_999], []),
        ("ultra-cold-thawed-once/2", [-9000, -6000], [-5999], [-9001]),
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
    assert all(name == one.id and re.search(r"/[12]$", name) for name, one in PROFILES.items())


@pytest.mark.parametrize(("profile_id", "said"), FOR_EVER.items())
def test_what_a_shipped_profile_says_never_changes(profile_id: str, said: str) -> None:
    one = PROFILES[profile_id]
    plain = as_document(one) | {"name": profile_id, "monitored": one.monitored}
    assert sha256(canonical.dumps(plain)).hexdigest()[:16] == said


def test_of_every_shipped_profile_it_is_known_what_it_says_for_ever() -> None:
    assert FOR_EVER.keys() == PROFILES.keys()


def test_of_each_profile_the_last_version_is_there_to_choose() -> None:
    names = {one.partition("/")[0] for one in PROFILES}
    newest = {name: max(one for one in PROFILES if one.split("/")[0] == name) for name in names}
    assert sorted(one.id for one in NEWEST) == sorted(newest.values())


def test_the_first_versions_know_limits_only_for_ever() -> None:
    first = [one for name, one in PROFILES.items() if name.endswith("/1")]
    assert len(first) == 10
    assert all(one.bare() == replace(one, do_not_freeze=False) for one in first)


def test_no_two_profiles_look_alike_to_who_chooses_one() -> None:
    assert len({one.name for one in PROFILES.values()}) == len(PROFILES)


def test_only_unmonitored_goods_need_no_readings() -> None:
    assert [name for name, one in PROFILES.items() if not one.monitored] == ["unmonitored/1"]


def test_only_goods_that_must_not_freeze_say_so() -> None:
    frozen = [name for name, one in PROFILES.items() if one.do_not_freeze]
    assert frozen == ["refrigerated-2-8-no-freeze/1", "refrigerated-2-8-no-freeze/2"]


def test_limits_are_whole_tenths_so_that_rounding_cannot_meet_them() -> None:
    limits = [v for one in PROFILES.values() for v in (one.low_centi_c, one.high_centi_c)]
    assert all(v is None or v % LIMIT_STEP_CENTI_C == 0 for v in limits)


def test_refrigerated_goods_of_the_second_version_have_the_freeze_rule() -> None:
    ruled = {name for name, one in PROFILES.items() if one.freeze == FreezeRule(-50, 60)}
    assert ruled == {
        name for name in PROFILES if (name.endswith("/2") and "2-8" in name) or "cold/2" in name
    }


@pytest.mark.parametrize(
    ("profile_id", "numbers"),
    [
        ("usp-controlled-room/2", (2500, 30 * 24, 1500, 3000, 4000, 24)),
        ("usp-controlled-cold/2", (800, 24, 200, 1500, 2500, 24)),
    ],
)
def test_controlled_room_and_cold_are_those_of_the_pharmacopoeia(
    profile_id: str, numbers: tuple[int, ...]
) -> None:
    limit, window_h, low, high, spike, spike_h = numbers
    rule = profile(profile_id).mkt
    assert rule == KineticRule(("US",), limit, 3600 * window_h, low, high, spike, 3600 * spike_h)
    assert rule.transport is False


def test_only_where_it_matters_is_it_asked_what_the_goods_were_there_for() -> None:
    asking = [name for name, one in PROFILES.items() if one.asks_activity]
    assert asking == ["usp-controlled-room/2", "usp-controlled-cold/2", "ultra-cold-thawed-once/2"]


def test_an_unknown_profile_is_named_and_bounded_in_the_message() -> None:
    with pytest.raises(Invalid) as caught:
        profile("x" * 1000)
    assert caught.value.code == "PROFILE_UNKNOWN"
    assert "x" * 40 in caught.value.message
    assert "x" * 41 not in caught.value.message


def test_a_profile_delays_nothing_unless_it_says_so() -> None:
    assert StorageProfile("a/1", "A", None, None).excursion_delay_min == 0
