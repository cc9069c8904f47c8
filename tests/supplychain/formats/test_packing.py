from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.formats.packing import LEVELS_MAX, VISITS_MAX, Packing, RefusalError


def packed(*pairs: tuple[str, Sequence[str]]) -> Packing:
    packing = Packing()
    for parent, children in pairs:
        packing.put(parent, children)
    return packing


def code_of(packing: Packing, parent: str, *children: str) -> str:
    before = dict(packing.parents)
    with pytest.raises(RefusalError) as caught:
        packing.put(parent, children)
    assert packing.parents == before
    return caught.value.code


def test_what_is_innermost_is_found_through_every_level() -> None:
    packing = packed(("case", "ab"), ("other", "c"), ("pallet", ["case", "other", "d"]))
    assert sorted(packing.innermost("pallet")) == ["a", "b", "c", "d"]
    assert list(packing.innermost("d")) == ["d"]
    assert packing.outermost("a") == packing.outermost("pallet") == "pallet"


def test_a_code_has_one_parent_at_a_time() -> None:
    packing = packed(("case", "a"))
    assert code_of(packing, "other", "b", "a") == "ALREADY_PACKED"
    packing.put("case", "a")
    assert packing.parents == {"a": "case"}
    assert code_of(packing, "other", "b", "b") == "ALREADY_PACKED"


def test_nothing_is_inside_itself() -> None:
    packing = packed(("b", "a"), ("c", "b"))
    assert code_of(packing, "a", "c") == "CYCLE"
    assert code_of(packing, "d", "d") == "CYCLE"


def test_levels_are_bounded() -> None:
    packing = packed(*((str(n + 1), [str(n)]) for n in range(LEVELS_MAX)))
    assert code_of(packing, "0", "leaf") == "TOO_DEEP"


def test_some_or_all_are_taken_out_and_may_be_packed_again() -> None:
    packing = packed(("case", "abc"))
    packing.take_out("case", "a")
    assert sorted(packing.innermost("case")) == ["b", "c"]
    packing.take_out("case", "")
    assert list(packing.innermost("case")) == ["case"]
    packing.put("other", "abc")
    assert packing.outermost("a") == "other"


def test_only_what_is_inside_is_taken_out() -> None:
    packing = packed(("case", "ab"))
    with pytest.raises(RefusalError) as caught:
        packing.take_out("case", "ac")
    assert caught.value.code == "NOT_INSIDE"
    assert sorted(packing.innermost("case")) == ["a", "b"]


def test_the_work_of_following_is_bounded() -> None:
    packing = packed(("case", "a"))
    packing.visits = VISITS_MAX
    with pytest.raises(RefusalError) as caught:
        list(packing.innermost("case"))
    assert caught.value.code == "TOO_LARGE"


codes = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(st.booleans(), codes, st.lists(codes, max_size=3)), max_size=40))
def test_it_stays_a_forest(deeds: list[tuple[bool, str, list[str]]]) -> None:
    packing = Packing()
    for put, parent, children in deeds:
        try:
            (packing.put if put else packing.take_out)(parent, children)
        except RefusalError:
            continue
    inside = {(child, parent) for parent, kids in packing.children.items() for child in kids}
    assert inside == set(packing.parents.items())
    roots = {packing.outermost(code) for code in "abcdefgh"}
    found = [leaf for root in roots for leaf in packing.innermost(root)]
    assert len(found) == len(set(found))
