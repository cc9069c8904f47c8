"""R9: containers, what is in what, and the statements about packing."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.links import OutputRef
from supplychain.domain.containers import Container, Nesting, broken_up, prove_whole
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.handoff_statements import Receive, Ship
from supplychain.domain.identifiers import Gtin, Serial, Sscc
from supplychain.domain.outputs import State
from supplychain.domain.packing_statements import Aggregate, Contents, Disaggregate
from supplychain.domain.packs import PackSet
from supplychain.domain.statements import LotStatement, committed, decode
from tests.people import MAKER, PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import NONE_NEEDED, LotStory, birth

PALLET = Container("00/106141412345678908")
CASES = tuple(Container(f"01/00614141000012/21/C{n}") for n in range(4))
ROOT = "ab" * 32


def broken(act: Any, *given: Any) -> tuple[str, str]:
    with pytest.raises(RuleBroken) as caught:
        act(*given)
    return caught.value.rule, caught.value.code


def invalid(act: Any, *given: Any) -> str:
    with pytest.raises(Invalid) as caught:
        act(*given)
    return caught.value.code


def test_a_container_goes_by_sscc_or_as_a_case() -> None:
    assert Container.of_sscc(Sscc("106141412345678908")) == PALLET
    assert Container.of_case(Gtin("00614141000012"), Serial("C0")) == CASES[0]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("00/106141412345678907", "INVALID_SSCC"),
        ("00/10614141234567890", "INVALID_CONTAINER"),
        ("01/00614141000013/21/C1", "INVALID_GTIN"),
        ("01/00614141000012/21/Ä", "INVALID_SERIAL"),
        ("01/00614141000012/10/C1", "INVALID_CONTAINER"),
        ("", "INVALID_CONTAINER"),
    ],
)
def test_what_names_no_container_is_refused(name: str, code: str) -> None:
    assert invalid(Container, name) == code


def test_r9_a_container_is_in_one_other() -> None:
    nesting = Nesting()
    nesting.put(PALLET, CASES[:2])
    nesting.put(PALLET, CASES[1:3])  # again, and one more
    assert broken(nesting.put, CASES[3], CASES[:1]) == ("R9", "CONTAINER_PACKED")
    assert list(nesting.upwards(CASES[2])) == [CASES[2], PALLET]
    nesting.take_out(PALLET, CASES[:1])
    assert broken(nesting.take_out, PALLET, CASES[:1]) == ("R9", "NOT_INSIDE")
    nesting.put(CASES[3], CASES[:1])


def test_r9_no_container_is_inside_itself() -> None:
    nesting = Nesting({CASES[0]: CASES[1], CASES[1]: CASES[2]})
    for children in (CASES[:1], CASES[2:3], CASES[1:2]):
        if children != CASES[:1]:
            assert broken(nesting.put, CASES[0], children) == ("R9", "CONTAINER_CYCLE")
    assert broken(nesting.put, CASES[3], CASES[3:]) == ("R9", "CONTAINER_CYCLE")


def test_r9_containers_are_packed_so_deep_and_no_deeper() -> None:
    tower = [Container(f"01/00614141000012/21/T{n}") for n in range(11)]
    nesting = Nesting(dict(itertools.pairwise(tower)))
    assert len(list(nesting.upwards(tower[1]))) == 10
    assert broken(list, nesting.upwards(tower[0])) == ("R9", "TOO_DEEP")
    assert broken(nesting.prove_depth) == ("R9", "TOO_DEEP")
    nesting.take_out(tower[1], tower[:1])
    nesting.prove_depth()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_r9_whatever_is_packed_there_is_a_forest(moves: list[tuple[int, int]]) -> None:
    names = [Container(f"01/00614141000012/21/F{n}") for n in range(10)]
    nesting = Nesting()
    for parent, child in moves:
        before = dict(nesting.parents)
        try:
            nesting.put(names[parent], [names[child]])
        except RuleBroken:
            assert nesting.parents == before
    for name in names:
        way = list(nesting.upwards(name))
        assert len(set(way)) == len(way)


def test_r9_packed_goods_move_with_all_that_is_packed_with_them() -> None:
    packs = [Serial("A"), Serial("B"), Serial("C")]
    prove_whole(packs, {PALLET: packs[:2]})
    assert broken(prove_whole, packs[:1], {PALLET: packs[:2]}) == ("R9", "PACKED")


def test_r9_what_arrives_apart_leaves_the_containers_that_did_not_arrive_whole() -> None:
    packs = {Serial(f"{case}{n}"): CASES[case] for case in range(3) for n in range(2)}
    nesting = Nesting(dict.fromkeys(CASES[:3], PALLET))
    good, bad = 0, 1
    arrived = {Serial("00"): good, Serial("01"): good, Serial("10"): good, Serial("11"): bad}
    loose, cut = broken_up(packs, nesting, arrived)
    assert loose == {Serial("10"), Serial("11")}  # a good and a damaged one from one case
    assert cut == {CASES[0]}  # whole, but not on the pallet any more
    assert broken_up(packs, nesting, dict.fromkeys(packs, good)) == (set(), set())
    one_missing = dict.fromkeys(packs, good)
    del one_missing[Serial("01")]
    loose, cut = broken_up(packs, nesting, one_missing)
    assert loose == {Serial("00")}  # and the missing one stays in its case
    assert cut == {CASES[1], CASES[2]}


AGGREGATE = Aggregate.of(
    holder=MAKER.gln,
    quantity=10,
    containers=(Contents(CASES[0], ROOT, 4), Contents(PALLET, children=CASES[:2])),
)


def test_statements_about_packing_are_written_and_read() -> None:
    out = Disaggregate.of(holder=MAKER.gln, quantity=10, containers=AGGREGATE.containers)
    for said in (AGGREGATE, out):
        assert decode(said.type, said.as_body()) == said


@pytest.mark.parametrize(
    "contents",
    [
        (CASES[0],),
        (CASES[0], ROOT),
        (PALLET, None, 0, (CASES[0], CASES[0])),
    ],
)
def test_contents_say_something_and_nothing_twice(contents: tuple[Any, ...]) -> None:
    assert invalid(Contents, *contents) == "CONTENTS_WRONG"


def test_a_container_is_named_once_and_goods_stay_held() -> None:
    twice = (AGGREGATE.containers[0], AGGREGATE.containers[0])
    assert invalid(Aggregate, twice, AGGREGATE.outputs) == "CONTENTS_WRONG"
    assert invalid(Aggregate, AGGREGATE.containers, AGGREGATE.outputs * 4) == "OUTPUTS_WRONG"
    assert invalid(Aggregate, AGGREGATE.containers, ()) == "OUTPUTS_WRONG"
    assert len(Aggregate((Contents(CASES[0], ROOT, 4),), AGGREGATE.outputs * 2).outputs) == 2
    pallet = (Contents(PALLET, children=(CASES[0],)),)
    assert invalid(Aggregate, pallet, AGGREGATE.outputs * 2) == "OUTPUTS_WRONG"
    assert invalid(Disaggregate, AGGREGATE.containers, AGGREGATE.outputs * 2) == "OUTPUTS_WRONG"
    gone = (replace(AGGREGATE.outputs[0], state=State.DESTROYED), *AGGREGATE.outputs)
    assert invalid(Aggregate, AGGREGATE.containers, gone) == "OUTPUTS_WRONG"


def test_one_statement_packs_fifty_containers_of_a_hundred_and_no_more() -> None:
    def packing(count: int, children: int) -> Aggregate:
        names = [Container(f"01/00614141000012/21/D{n}") for n in range(children)]
        into = [Container(f"01/00614141000012/21/E{n}") for n in range(count)]
        contents = tuple(Contents(one, children=tuple(names)) for one in into)
        return Aggregate.of(holder=MAKER.gln, quantity=10, containers=contents)

    said = packing(50, 100)
    assert Aggregate.decode(said.as_body()) == said
    assert invalid(Aggregate.decode, packing(51, 1).as_body()) == "OUT_OF_BOUNDS"
    assert invalid(Aggregate.decode, packing(1, 101).as_body()) == "OUT_OF_BOUNDS"


def test_hand_offs_name_the_containers_that_go() -> None:
    sent = Ship.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        quantity=4,
        rest=0,
        shipment="S-1",
        conditions=NONE_NEEDED,
        containers=(PALLET,),
    )
    taken = Receive.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        accepted=4,
        damaged=0,
        missing=0,
        shipment="S-1",
        conditions=NONE_NEEDED,
        containers=(PALLET, CASES[0]),
    )
    for said in (sent, taken):
        assert decode(said.type, said.as_body()) == said
    doubled = sent.as_body() | {"containers": [str(PALLET), str(PALLET)]}
    assert invalid(Ship.decode, doubled) == "CONTENTS_WRONG"


def packed_lot() -> tuple[LotStory, OutputRef]:
    story = LotStory()
    story.tell(MAKER, committed(birth(10), [PackSet(ROOT, 10)]))
    return story, story.stock(MAKER)


def with_root(said: LotStatement) -> LotStatement:
    return committed(said, [PackSet(ROOT, 10)])


def test_packing_changes_nobodys_goods() -> None:
    story, ref = packed_lot()
    story.tell(MAKER, with_root(AGGREGATE), ref)
    assert story.balance() == {"held": 10}
    assert story.state.outputs[story.stock(MAKER)].packs == ROOT


def test_r9_only_the_holder_packs() -> None:
    story, ref = packed_lot()
    assert broken(story.tell, PHARMACY, with_root(AGGREGATE), ref) == ("R3", "NOT_HOLDER")


def test_r4_no_more_is_packed_than_there_is() -> None:
    story, ref = packed_lot()
    more = Aggregate.of(holder=MAKER.gln, quantity=10, containers=(Contents(CASES[0], ROOT, 11),))
    assert broken(story.tell, MAKER, with_root(more), ref) == ("R4", "MASS_IMBALANCE")


def test_r9_goods_on_the_way_are_not_packed() -> None:
    story = LotStory()
    story.tell(MAKER, committed(birth(10), [PackSet(ROOT, 10)]))
    sent = Ship.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        quantity=10,
        rest=0,
        shipment="S-1",
        conditions=NONE_NEEDED,
    )
    story.tell(MAKER, with_root(sent), story.stock(MAKER))
    on_the_way = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story.tell, MAKER, with_root(AGGREGATE), on_the_way) == ("R3", "NOT_HELD")
