"""Any single reading is shown to be in the signed series, and no other reading is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.conditions import Reading, ReadingsFault, Series
from supplychain.domain.errors import Invalid
from supplychain.domain.reading_proofs import ReadingProof

NOON = 1_772_452_800


def a_series(count: int) -> Series:
    return Series.of("LOG-1", [Reading(NOON + 600 * n, 400 + n % 5) for n in range(count)])


@given(count=st.integers(1, 70), data=st.data())
def test_each_reading_is_proven_and_none_that_is_not_there(count: int, data: st.DataObject) -> None:
    series = a_series(count)
    n = data.draw(st.integers(0, count - 1))
    proof = ReadingProof.decode(ReadingProof.of(series, NOON + 600 * n).as_json())
    assert proof.reading == series.readings[n]
    assert proof.holds(series.root.hex(), count)
    warmer = proof.reading._replace(centi_c=proof.reading.centi_c + 1)
    later = proof.reading._replace(at=proof.reading.at + 1)
    for lie in (warmer, later):
        assert not replace(proof, reading=lie).holds(series.root.hex(), count)
    assert not proof.holds(series.root.hex(), count + 1)
    assert not proof.holds(a_series(count + 1).root.hex(), count)


@given(count=st.integers(2, 40), data=st.data())
def test_a_proof_is_of_one_place(count: int, data: st.DataObject) -> None:
    series = a_series(count)
    n, other = data.draw(st.permutations(range(count)))[:2]
    proof = ReadingProof.of(series, NOON + 600 * n)
    moved = replace(proof, index=other)
    assert not moved.holds(series.root.hex(), count)


def test_a_path_that_is_too_short_proves_nothing() -> None:
    proof = ReadingProof.of(a_series(9), NOON)
    cut = ReadingProof.decode(proof.as_json() | {"path": []})
    assert not cut.holds(a_series(9).root.hex(), 9)


def test_a_moment_without_a_reading_has_no_proof() -> None:
    with pytest.raises(ReadingsFault) as unknown:
        ReadingProof.of(a_series(3), NOON + 1)
    assert unknown.value.code == "READING_UNKNOWN"


@pytest.mark.parametrize(
    "change",
    [
        {"index": 3},
        {"index": -1},
        {"count": 0},
        {"count": 300_000},
        {"at": -1},
        {"centi_c": 5.1},
        {"path": ["00"]},
        {"path": ["ab" * 32] * 30},
        {"more": 1},
    ],
)
def test_a_proof_is_read_strictly(change: dict[str, object]) -> None:
    plain = ReadingProof.of(a_series(3), NOON).as_json()
    with pytest.raises(Invalid):
        ReadingProof.decode(plain | change)
