"""Loads: how many units without serial numbers are in which containers, and in what these are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.errors import Malformed
from supplychain.domain import loads
from supplychain.domain.containers import Container
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.loads import NOTHING_PACKED, Load

PALLET = Container("00/106141412345678908")
C0, C1, C2 = (Container(f"01/00614141000012/21/C{n}") for n in range(3))
C5 = Container("00/006141411234567890")
LOAD = NOTHING_PACKED.put([(C0, 24, ()), (C1, 12, ()), (PALLET, 6, (C0,))])


def broken(act: Any, *given: Any) -> tuple[str, str]:
    with pytest.raises(RuleBroken) as caught:
        act(*given)
    return caught.value.rule, caught.value.code


def test_what_goes_in_is_there_with_all_around_it() -> None:
    assert (LOAD.units, LOAD.parents) == ({C0: 24, C1: 12, PALLET: 6}, {C0: PALLET})
    assert (LOAD.total, set(LOAD.containers)) == (42, {C0, C1, PALLET})
    assert LOAD.way(C0) == (C0, PALLET)
    assert LOAD.put([(C0, 1, ())]).units[C0] == 25


def test_r9_what_goes_in_was_filled_before_and_is_in_nothing_else() -> None:
    assert broken(LOAD.put, [(PALLET, 0, (C2,))]) == ("R9", "CONTAINER_EMPTY")
    assert broken(LOAD.put, [(C1, 0, (C0,))]) == ("R9", "CONTAINER_PACKED")
    assert broken(LOAD.put, [(C0, 0, (PALLET,))]) == ("R9", "CONTAINER_CYCLE")


def test_r9_a_container_may_be_filled_and_packed_by_one_statement() -> None:
    assert LOAD.put([(C2, 3, ()), (PALLET, 0, (C2,))]).way(C2) == (C2, PALLET)


def test_r9_containers_are_packed_so_deep_and_no_deeper_also_from_below() -> None:
    tower = [Container(f"01/00614141000012/21/T{n}") for n in range(11)]
    floors = [(tower[n], 0, (tower[n - 1],)) for n in range(1, 10)]
    low = NOTHING_PACKED.put([(tower[0], 1, ()), *floors])
    assert len(low.way(tower[0])) == 10
    assert broken(low.put, [(tower[10], 0, (tower[9],))]) == ("R9", "TOO_DEEP")


def test_r9_a_load_has_its_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loads, "CONTAINERS_MAX", 4)
    assert LOAD.put([(C2, 1, ())]).total == 43
    assert broken(LOAD.put, [(C2, 1, ()), (C5, 1, ())]) == ("R9", "TOO_MANY_CONTAINERS")


def test_r9_goods_put_together_have_the_same_bounds_for_a_load_is_to_be_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loads, "CONTAINERS_MAX", 4)
    third, fifth = (NOTHING_PACKED.put([(one, 1, ())]) for one in (C2, C5))
    assert Load.joined([LOAD, LOAD, third]).total == 85
    assert broken(Load.joined, [LOAD, third, fifth]) == ("R9", "TOO_MANY_CONTAINERS")


def test_r9_no_more_comes_out_than_is_in() -> None:
    assert broken(LOAD.take, [(C0, 25, ())]) == ("R9", "NOT_INSIDE")
    assert broken(LOAD.take, [(C2, 1, ())]) == ("R9", "NOT_INSIDE")
    assert broken(LOAD.take, [(PALLET, 0, (C1,))]) == ("R9", "NOT_INSIDE")
    opened = LOAD.take([(PALLET, 6, (C0,))])
    assert (opened.units, opened.parents) == ({C0: 24, C1: 12}, {})


def test_an_empty_container_is_on_no_pallet_any_more() -> None:
    assert LOAD.take([(C0, 24, ())]) == Load({C1: 12, PALLET: 6}, {})
    assert LOAD.take([(PALLET, 6, ())]).parents == {C0: PALLET}  # it still holds the case


def test_a_label_stands_for_all_inside_and_the_others_stay() -> None:
    going = LOAD.under([PALLET])
    assert going == Load({C0: 24, PALLET: 6}, {C0: PALLET})
    assert LOAD.without(going) == Load({C1: 12}, {})
    case = LOAD.under([C0, C2])
    assert case == Load({C0: 24}, {})
    assert LOAD.without(case) == Load({C1: 12, PALLET: 6}, {})


def test_goods_that_are_put_together_keep_their_containers() -> None:
    other = Load({C0: 6, C2: 1}, {})
    joined = Load.joined([LOAD, other])
    assert joined == Load({C0: 30, C1: 12, C2: 1, PALLET: 6}, {C0: PALLET})
    assert broken(Load.joined, [LOAD, Load({C0: 1}, {C0: C1})]) == ("R9", "CONTAINER_PACKED")


def test_a_load_is_written_and_read() -> None:
    assert LOAD.as_text() == (
        '{"00/106141412345678908":{"units":6},'
        '"01/00614141000012/21/C0":{"in":"00/106141412345678908","units":24},'
        '"01/00614141000012/21/C1":{"units":12}}'
    )
    assert Load.parse(LOAD.as_text()) == LOAD
    assert (NOTHING_PACKED.as_text(), Load.parse("")) == ("", NOTHING_PACKED)


@pytest.mark.parametrize(
    "written",
    [
        "[]",
        '{"00/1":{"units":1}}',
        '{"00/106141412345678908":{"units":0}}',
        '{"00/106141412345678908":{"units":true}}',
        '{"00/106141412345678908":{"in":7}}',
        '{"00/106141412345678908":{"on":"x"}}',
        '{"00/106141412345678908":[]}',
    ],
)
def test_what_is_no_load_is_refused(written: str) -> None:
    with pytest.raises((Invalid, Malformed)):
        Load.parse(written)


_MOVES = st.lists(
    st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 3), st.integers(0, 4)), max_size=20
)


@given(_MOVES, st.sets(st.integers(0, 4)))
def test_law_a_load_is_divided_without_loss(moves: Any, labels: set[int]) -> None:
    names = [Container(f"01/00614141000012/21/L{n}") for n in range(5)]
    load = NOTHING_PACKED
    for out, into, units, child in moves:
        children = (names[child],) if child != into and names[child] in load.containers else ()
        try:
            load = (load.take if out else load.put)([(names[into], units, children)])
        except RuleBroken:
            continue
    going = load.under(names[n] for n in labels)
    staying = load.without(going)
    assert going.total + staying.total == load.total
    assert Load.joined([going, staying]).units == dict(load.units)
    assert Load.parse(load.as_text()) == load
