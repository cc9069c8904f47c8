"""Bundles of entries: lengths in front, nothing else, and exactly as many as asked for."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.entry_bundles import decode_bundle, encode_bundle
from ledger.core.errors import Malformed


def test_a_length_is_two_bytes_the_larger_first() -> None:
    assert encode_bundle([b"ab", b"", b"c" * 258]) == b"\0\2ab\0\0\1\2" + b"c" * 258


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_what_was_bundled_comes_out_again(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries), len(entries)) == entries


def test_an_entry_may_be_as_long_as_its_length_can_say() -> None:
    assert decode_bundle(encode_bundle([b"x" * 65_535]), 1) == [b"x" * 65_535]
    with pytest.raises(Malformed, match="at most 65535 bytes, not 65536"):
        encode_bundle([b"x" * 65_536])


@pytest.mark.parametrize(
    ("bundle", "count"),
    [
        (b"\0\1a", 0),
        (b"\0\1a", 2),
        (b"\0\1a\0\1b", 1),
        (b"\0\1a\0", 2),
        (b"\0\2a", 1),
        (b"\0", 1),
        (b"", 1),
        (b"\xff\xff" + b"a" * 65_534, 1),
    ],
)
def test_a_bundle_of_another_number_or_length_is_none(bundle: bytes, count: int) -> None:
    with pytest.raises(Malformed, match=f"exactly {count} entries") as refused:
        decode_bundle(bundle, count)
    assert refused.value.code == "BUNDLE_MALFORMED"


@given(st.binary(max_size=60), st.integers(0, 256))
def test_no_bytes_are_read_as_other_bytes(bundle: bytes, count: int) -> None:
    with contextlib.suppress(Malformed):
        assert encode_bundle(decode_bundle(bundle, count)) == bundle
