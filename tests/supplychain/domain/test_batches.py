"""Batches of a live tracker: each reading once, each batch linked, each seam judged."""

from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.batches import Batch, beside, news, next_batch
from supplychain.domain.conditions import Reading, ReadingsFault
from supplychain.domain.errors import Invalid
from tests.supplychain.domain.wrong_members import each_wrong, is_named

LOG, OWNER = "unbroken.example/demo", "0614141000012"
FIRST = Batch("TRK-7", 1, "ab" * 32)
SECOND = Batch("TRK-7", 2, "cd" * 32, FIRST.digest(LOG, OWNER))


def rows(*pairs: tuple[int, int]) -> list[Reading]:
    return [Reading(*pair) for pair in pairs]


def every(step: int, *values: int, start: int = 0) -> list[Reading]:
    return [Reading(start + n * step, value) for n, value in enumerate(values)]


def is_warm(centi_c: int) -> bool:
    return centi_c > 800


def test_a_digest_is_of_the_text_that_the_specification_gives() -> None:
    text = f"unbroken-batch/v1\n{LOG}\n{OWNER}\nTRK-7\n2\n{SECOND.previous}\n{'cd' * 32}"
    assert SECOND.digest(LOG, OWNER) == sha256(text.encode()).hexdigest()


def test_a_digest_is_of_everything_that_makes_a_batch() -> None:
    others = [
        (replace(SECOND, device="TRK-8"), LOG, OWNER),
        (replace(SECOND, n=3), LOG, OWNER),
        (replace(SECOND, root="ef" * 32), LOG, OWNER),
        (replace(SECOND, previous="ef" * 32), LOG, OWNER),
        (SECOND, "another.example/log", OWNER),
        (SECOND, LOG, "9506000020013"),
    ]
    digests = {one.digest(log, owner) for one, log, owner in others}
    assert len(digests | {SECOND.digest(LOG, OWNER)}) == len(others) + 1


@pytest.mark.parametrize("batch", [FIRST, SECOND])
def test_a_batch_is_written_as_it_is_read(batch: Batch) -> None:
    assert Batch.decode(batch.as_json()) == batch


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("device", ""),
        ("device", "x" * 65),
        ("n", 0),
        ("n", 10**9 + 1),
        ("n", True),
        ("root", "AB" * 32),
        ("previous", "ab"),
        ("previous", ""),
        ("more", 1),
    ],
)
def test_what_is_no_batch_is_refused(member: str, value: Any) -> None:
    with pytest.raises(Invalid, match="batch"):
        Batch.decode(SECOND.as_json() | {member: value})


def test_a_refusal_names_the_member_that_is_wrong() -> None:
    for name, document in each_wrong(SECOND.as_json()):
        with pytest.raises(Invalid) as invalid:
            Batch.decode(document)
        assert is_named(name, invalid.value.message)


@pytest.mark.parametrize("changed", [{"device": "x" * 64}, {"n": 10**9}])
def test_a_batch_has_a_number_and_a_device_up_to_a_length(changed: dict[str, Any]) -> None:
    longest = SECOND.as_json() | changed
    assert Batch.decode(longest).as_json() == longest


def test_the_first_batch_and_no_other_names_none_before_it() -> None:
    for batch, previous in ((FIRST, "ab" * 32), (SECOND, "")):
        with pytest.raises(Invalid) as invalid:
            replace(batch, previous=previous)
        assert invalid.value.code == "BATCH_UNLINKED"


def test_a_reading_that_is_known_counts_once() -> None:
    assert news(rows((10, 500), (20, 510)), {10: 500}) == rows((20, 510))


def test_another_value_of_a_moment_is_refused_and_each_is_told() -> None:
    with pytest.raises(ReadingsFault) as fault:
        news(rows((10, 501), (20, 510), (30, 530)), {10: 500, 30: 531})
    assert fault.value.code == "DUPLICATE_DIFFERS"
    assert [one.value for one in fault.value.errors] == [
        "5.01 °C at 1970-01-01T00:00:10Z",
        "5.3 °C at 1970-01-01T00:00:30Z",
    ]
    assert "5.0 °C is known" in fault.value.errors[0].fix
    assert {(one.row, one.column) for one in fault.value.errors} == {(0, "temperature")}


def test_no_more_faults_are_told_than_anybody_reads() -> None:
    with pytest.raises(ReadingsFault) as fault:
        news(every(1, *[500] * 60), dict.fromkeys(range(60), 0))
    assert len(fault.value.errors) == 50


def test_a_batch_is_the_oldest_that_wait_and_no_more_than_so_many() -> None:
    waiting = every(60, *[500] * 10)
    assert next_batch(waiting, None, 4) == tuple(waiting[:4])
    assert next_batch(waiting, -1, 4) == tuple(waiting[:4])


def test_what_came_late_is_a_batch_of_its_own() -> None:
    waiting = rows((10, 500), (20, 500), (100, 500))
    assert next_batch(waiting, 50, 10) == tuple(waiting[:2])
    assert next_batch(waiting[2:], 50, 10) == tuple(waiting[2:])


def test_a_batch_is_of_one_day() -> None:
    waiting = rows((0, 500), (86_400, 500), (86_401, 500))
    assert next_batch(waiting, None, 10) == tuple(waiting[:2])


def test_beside_a_batch_stands_the_reading_before_it_and_the_one_behind() -> None:
    told = rows((10, 500), (20, 510), (60, 520), (70, 530))
    assert beside(told, rows((30, 500), (50, 500)), is_warm) == tuple(told[1:3])
    assert beside([], rows((30, 500)), is_warm) == ()


def test_beside_a_batch_stands_all_that_lies_within_it() -> None:
    told = rows((40, 900), (45, 500))
    assert beside(told, rows((30, 500), (50, 500)), is_warm) == tuple(told)


def test_beside_a_batch_stands_all_of_a_deviation_that_goes_on_over_its_ends() -> None:
    told = [*every(10, 500, 500, 900, 900), *every(10, 900, 500, 500, start=70)]
    batch = rows((40, 900), (60, 900))
    assert beside(told, batch, is_warm) == (*told[1:4], *told[4:6])


def test_a_deviation_without_a_beginning_comes_along_as_far_as_it_is_told() -> None:
    told = every(10, 900, 900)
    assert beside(told, rows((20, 900)), is_warm) == tuple(told)


@given(
    values=st.lists(st.sampled_from([500, 900]), min_size=2, max_size=40),
    cuts=st.sets(st.integers(1, 39)),
)
def test_however_readings_are_cut_each_deviation_is_whole_in_the_batch_that_ends_it(
    values: list[int], cuts: set[int]
) -> None:
    """Law: the batch in which a deviation ends, with what stands beside it, has all of it."""
    readings = every(60, *values)
    ends = sorted({cut for cut in cuts if cut < len(readings)} | {0, len(readings)})
    for start, end in pairwise(ends):
        seen = {*beside(readings[:start], readings[start:end], is_warm), *readings[start:end]}
        first = start
        while first and is_warm(readings[first - 1].centi_c):
            first -= 1
        assert seen >= set(readings[max(first - 1, 0) : end])
