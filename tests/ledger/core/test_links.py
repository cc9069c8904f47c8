import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.errors import Malformed
from ledger.core.links import OutputRef

ID = "0123456789abcdef" * 4


@given(st.binary(min_size=32, max_size=32), st.integers(0, 999))
def test_a_reference_comes_back_from_its_text(entry_id: bytes, n: int) -> None:
    ref = OutputRef(entry_id.hex(), n)
    assert OutputRef.parse(str(ref)) == ref


@given(st.text(max_size=80) | st.from_regex(r"[0-9a-fA-F]{63,65}#[0-9+ ]{0,4}\n?", fullmatch=True))
def test_any_text_is_refused_or_is_the_reference_it_writes(text: str) -> None:
    try:
        ref = OutputRef.parse(text)
    except Malformed as error:
        assert error.code == "OUTPUT_REF_MALFORMED"  # noqa: PT017  only one code may come out
    else:
        assert str(ref) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", ID, f"{ID}#", f"{ID}#00", f"{ID}#01", f"{ID}#-0", f"{ID}#+1", f"{ID}# 1", f"{ID}#1 "),
        *(f"{ID}#1000", f"{ID}#1\n", f"{ID}#٣", f"{ID}#1_0", f"{ID.upper()}#1", f"{ID[1:]}#1"),
        *(f"{ID}0#1", f"{ID}#1#1", f" {ID}#1"),
    ],
)
def test_a_reference_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        OutputRef.parse(text)


@pytest.mark.parametrize(("entry_id", "n"), [(ID.upper(), 0), (ID, -1), (ID, 1000), ("", 0)])
def test_no_reference_can_be_made_that_could_not_be_read(entry_id: str, n: int) -> None:
    with pytest.raises(Malformed):
        OutputRef(entry_id, n)


def test_references_sort_by_entry_and_number() -> None:
    refs = [OutputRef("b" * 64, 0), OutputRef("a" * 64, 10), OutputRef("a" * 64, 2)]
    assert sorted(refs) == [refs[2], refs[1], refs[0]]
