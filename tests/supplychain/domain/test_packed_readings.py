from hashlib import sha256

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from supplychain.domain.packed_readings import AT_LIMIT, chunks, digest, pack, unpack

MANY = 10_000


def test_a_steady_series_costs_three_bytes_a_reading() -> None:
    day = [(1_795_000_000 + 300 * n, 500 + n % 7) for n in range(288)]
    assert len(pack(day)) <= 3 * len(day) + 10


def test_a_series_is_stored_in_chunks_of_4096_and_digested_as_it_is_stored() -> None:
    series = [(600 * n, 500) for n in range(4097)]
    stored = chunks(series)
    assert [len(unpack(one, count_max=MANY)) for one in stored] == [4096, 1]
    assert digest(stored) == sha256(pack(series[:4096]) + pack(series[4096:])).hexdigest()


def test_the_format_stays_what_it_is() -> None:
    packed = pack([(1000, 510), (1600, -200), (2200, 505), (2799, 1)])
    assert packed.hex() == "0104e80701feb009ff380001f9010001"


@given(
    st.dictionaries(st.integers(0, AT_LIMIT - 1), st.integers(-(2**15), 2**15 - 1)).map(
        lambda found: sorted(found.items())
    )
)
def test_unpack_undoes_pack(readings: list[tuple[int, int]]) -> None:
    assert unpack(pack(readings), count_max=MANY) == readings


@given(st.binary(max_size=60).map(lambda tail: b"\x01" + tail))
@example(bytes.fromhex("01028000000000000000"))
def test_what_is_read_is_written_the_same_or_refused(data: bytes) -> None:
    try:
        readings = unpack(data, count_max=MANY)
    except ValueError:
        return
    assert pack(readings) == data


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("", "Unknown format"),
        ("0200", "Unknown format"),
        ("01", "too early"),
        ("0101", "too early"),
        ("01010001", "too early"),
        ("010100000a00", "left over"),
        ("018000", "longer than need be"),
        ("01" + "ff" * 9, "more than 63 bits"),
        ("0102000001000001", "does not go forward"),
        ("0102050001010001", "does not go forward"),
        ("0101" + "ff" * 7 + "7f" + "0001", "out of range"),
        ("01914e", "at most 10000"),
    ],
)
def test_bytes_that_pack_does_not_write_are_refused(data: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        unpack(bytes.fromhex(data), count_max=MANY)
