"""What is signed of a leg stands for its readings, where there are many: the same is told of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.conditions import Series
from supplychain.domain.conditions_claim import METHOD_1, ConditionsClaim, ReadingsClaim
from supplychain.domain.conditions_judged import Judged, Stated
from supplychain.domain.deviations import Covers
from supplychain.domain.excursions import METHOD, METHOD_2, as_conditions, judge
from supplychain.domain.intervals import Interval
from supplychain.domain.signed_legs import borne_out, judgement_as_signed, sums_of, taken_as_signed
from supplychain.domain.stability import Signed, Told
from supplychain.domain.storage_profile import StorageProfile
from tests.supplychain.domain.cold_chain.loggers import (
    BUDGET,
    FRIDGE,
    NEVER_FROZEN,
    at,
    logged,
    steady,
)
from tests.supplychain.domain.cold_chain.stories import story


def signed(
    *series: Series,
    profile: StorageProfile = BUDGET,
    covers: Covers | None = None,
    method: str = METHOD_2,
    stated: Stated = Stated(),  # noqa: B008 - a frozen value
) -> ReadingsClaim:
    judgement = judge(series, profile, covers, method=method, stated=stated)
    claim = ConditionsClaim.decode(as_conditions(series, profile, judgement, method)).readings
    assert claim is not None
    return claim


def suffice(*claims: ReadingsClaim, profile: StorageProfile = BUDGET) -> list[bool]:
    return [said is not None for said in sums_of(claims, profile)]


MORNING = logged([0, 10, 20, 30], [5, 9, 9, 5])
LATER = logged([40, 50, 60], [5, 1, 5])
WHOLE_DAY = logged([0, 10, 20, 30, 40, 50, 60], [5, 9, 9, 5, 5, 1, 5])
OTHER = logged([0, 10, 20, 30], [4, 4, 4, 4], "TT-2")


def test_a_claim_of_the_second_method_stands_for_its_readings() -> None:
    assert suffice(signed(MORNING), signed(LATER)) == [True, True]
    assert suffice(signed(MORNING), signed(OTHER)) == [True, True]


def test_a_claim_of_the_first_method_has_no_digest_of_its_readings() -> None:
    assert suffice(signed(MORNING, method=METHOD_1)) == [False]


def test_readings_are_read_where_some_are_to_be_ignored() -> None:
    ignored = Stated(ignored=(Interval(at(0), at(5)),))
    assert suffice(signed(MORNING, stated=ignored)) == [False]


def test_a_budget_reads_what_a_device_told_before() -> None:
    assert suffice(signed(MORNING), signed(WHOLE_DAY), signed(LATER)) == [True, False, False]
    assert suffice(
        signed(MORNING, profile=FRIDGE), signed(WHOLE_DAY, profile=FRIDGE), profile=FRIDGE
    ) == [True, True]


def test_the_last_reading_told_again_is_read() -> None:
    touching = logged([30, 40], [5, 5])
    assert suffice(signed(MORNING), signed(touching)) == [True, False]


def test_a_claim_with_the_times_of_stays_says_all_that_adds_up() -> None:
    again = signed(WHOLE_DAY, method=METHOD)
    assert suffice(signed(MORNING), again, signed(LATER)) == [True, True, False]


def test_one_device_of_several_that_was_read_before_is_enough() -> None:
    touching = logged([30, 40], [5, 5])
    assert suffice(signed(MORNING), signed(touching, OTHER)) == [True, False]


def test_stored_bytes_are_held_against_their_digest() -> None:
    claim = signed(MORNING, OTHER)
    by_root = {one.root.hex(): list(one.chunks) for one in (MORNING, OTHER)}
    stored = [by_root[one.root] for one in claim.series]
    assert borne_out(claim, stored, BUDGET, None)
    (chunk,) = stored[0]
    changed = [*chunk[:-1], chunk[-1] ^ 1]
    for wrong in (bytes(changed), chunk[:-1], chunk + b"\0", b""):
        assert not borne_out(claim, [[wrong], stored[1]], BUDGET, None)
    assert not borne_out(claim, [stored[1], stored[0]], BUDGET, None)
    assert not borne_out(claim, [], BUDGET, None)
    assert not borne_out(claim, stored, NEVER_FROZEN, None)


def test_the_time_to_be_covered_is_that_of_other_entries() -> None:
    covers = at(5), at(25)
    claim, stored = signed(MORNING, covers=covers), [MORNING.chunks]
    assert borne_out(claim, stored, BUDGET, covers)
    assert borne_out(claim, stored, BUDGET, (covers[0], covers[1].replace(microsecond=7)))
    assert not borne_out(claim, stored, BUDGET, (at(5), at(26)))


def test_what_was_signed_is_told() -> None:
    claim = signed(MORNING, OTHER, covers=(at(0), at(30)))
    (said,) = sums_of([claim], BUDGET)
    assert said is not None
    full = judge((MORNING, OTHER), BUDGET, (at(0), at(30)), method=METHOD_2)
    found = judgement_as_signed(claim, said, (at(0), at(30)))
    unknown = {"excursions": (), "deviations": (), "gaps": (), "minutes_out_linear": 0.0}
    assert found == replace(full, **unknown, mean_centi_c=None)  # type: ignore[arg-type]
    alone = signed(MORNING)
    assert judgement_as_signed(alone, said, None).mean_centi_c == alone.series[0].mean_centi_c


@pytest.mark.parametrize("profile", [BUDGET, FRIDGE])
@given(st.lists(st.lists(st.integers(-2, 32), min_size=1, max_size=8), min_size=1, max_size=5))
def test_the_story_is_the_same(profile: StorageProfile, days: list[list[int]]) -> None:
    legs, start = [], 0.0
    for n, values in enumerate(days):
        times = [start + 30 * i for i in range(len(values))]
        legs.append(logged(times, [float(v) for v in values], f"L{n % 2}"))
        start = times[-1] + 30
    claims = [signed(one, profile=profile) for one in legs]
    sums = cast("list[Judged]", list(sums_of(claims, profile)))
    judged = [judge((one,), profile).state for one in legs]
    by_readings = [Told(state, (one,)) for state, one in zip(judged, legs, strict=True)]
    by_sums = [
        Told(state, signed=taken_as_signed(claim, said))
        for state, claim, said in zip(judged, claims, sums, strict=True)
    ]
    assert story(profile, by_sums) == story(profile, by_readings)
    mixed: Sequence[Told] = [*by_sums[:1], *by_readings[1:]]
    assert story(profile, mixed) == story(profile, by_readings)


def test_a_file_read_out_again_adds_only_what_is_new() -> None:
    """The first leg by its sums, the second by its readings: they overlap."""
    first, both = steady(9, 120), steady(9, 240)
    by_sums = Told(judge((first,), BUDGET).state, signed=_taken(signed(first)))
    again = Told(judge((both,), BUDGET).state, (both,))
    by_readings = Told(judge((first,), BUDGET).state, (first,))
    assert story(BUDGET, [by_sums, again]) == story(BUDGET, [by_readings, again])


def _taken(claim: ReadingsClaim) -> Signed:
    (said,) = sums_of([claim], BUDGET)
    assert said is not None
    return taken_as_signed(claim, said)


def test_two_files_of_a_device_are_told_to_the_later_end() -> None:
    taken = _taken(signed(LATER, MORNING))
    assert taken.told_to == {"TT-1": int(at(60).timestamp())}
    assert taken.taken is not None
    assert taken.taken.last - taken.taken.first == timedelta(hours=1)
