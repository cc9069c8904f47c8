"""R9: units without serial numbers that are packed go where their container goes."""

from dataclasses import replace

import pytest

from ledger.core.links import OutputRef
from supplychain.domain.containers import Container
from supplychain.domain.dividing import divided
from supplychain.domain.errors import RuleBroken
from supplychain.domain.handoff_statements import Receive, Ship
from supplychain.domain.histories import replay_all
from supplychain.domain.identifiers import LotNumber
from supplychain.domain.loads import Load
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import Over, State
from supplychain.domain.pack_traces import way_of_units
from supplychain.domain.packing_statements import Aggregate, Contents, Disaggregate
from supplychain.domain.statements import (
    Destroy,
    Lose,
    LossKind,
    LotStatement,
    Sample,
    Surplus,
    Transform,
    TransformKind,
    Undo,
)
from supplychain.domain.transform_statements import Into
from supplychain.domain.void_statements import Void
from tests.people import MAKER, WHOLESALER
from tests.supplychain.domain.lot_story import GTIN, NONE_NEEDED, LotStory

PALLET = Container("00/106141412345678908")
C0, C1 = (Container(f"01/00614141000012/21/C{n}") for n in range(2))


def packing(quantity: int, *contents: Contents) -> Aggregate:
    return Aggregate.of(holder=MAKER.gln, quantity=quantity, containers=contents)


def packed() -> LotStory:
    """100 units: 24 in a case on a pallet with 6 more, 12 in another case, 58 loose."""
    story = LotStory.born(100)
    cases = (Contents(C0, None, 24), Contents(C1, None, 12))
    said = packing(100, *cases, Contents(PALLET, None, 6, (C0,)))
    story.tell(MAKER, said, story.stock(MAKER))
    return story


def ship(quantity: int, rest: int, *containers: Container) -> Ship:
    return Ship.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        quantity=quantity,
        rest=rest,
        shipment="S-1",
        conditions=NONE_NEEDED,
        containers=containers,
    )


def receive(accepted: int, missing: int, *containers: Container, damaged: int = 0) -> Receive:
    return Receive.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        accepted=accepted,
        damaged=damaged,
        missing=missing,
        shipment="S-1",
        conditions=NONE_NEEDED,
        containers=containers,
    )


def loads(story: LotStory) -> dict[State, Load]:
    """What is packed, by the state that the goods are in."""
    return {one.state: one.load for one in story.state.outputs.values() if one.load.units}


def refused(story: LotStory, said: LotStatement, ref: OutputRef | None = None) -> tuple[str, str]:
    with pytest.raises(RuleBroken) as caught:
        story.tell(MAKER, said, ref or story.stock(MAKER))
    return caught.value.rule, caught.value.code


def sent(story: LotStory) -> OutputRef:
    """All of it goes."""
    story.tell(MAKER, ship(100, 0), story.stock(MAKER))
    return story.stock(WHOLESALER, State.IN_TRANSIT)


def test_r9_a_named_container_goes_with_all_in_it_and_loose_units_beside() -> None:
    story = packed()
    story.tell(MAKER, ship(32, 68, PALLET), story.stock(MAKER))
    assert loads(story) == {
        State.IN_TRANSIT: Load({C0: 24, PALLET: 6}, {C0: PALLET}),
        State.HELD: Load({C1: 12}, {}),
    }


def test_r9_of_a_rest_in_two_outputs_the_second_has_what_stays_packed() -> None:
    story = packed()
    story.tell(MAKER, divided(ship(10, 90), 40), story.stock(MAKER))
    held = [one for one in story.state.outputs.values() if one.state is State.HELD]
    assert sorted((one.quantity, one.load.total) for one in held) == [(40, 0), (50, 42)]
    assert refused(packed(), divided(ship(10, 90), 50)) == ("R9", "PACKED")


def test_r9_packed_units_do_not_go_unnamed() -> None:
    story = packed()
    assert refused(story, ship(59, 41)) == ("R9", "PACKED")
    story.tell(MAKER, ship(58, 42), story.stock(MAKER))  # just what is loose
    assert loads(story)[State.HELD].total == 42


def test_r9_a_case_does_not_leave_its_pallet_unsaid() -> None:
    assert refused(packed(), ship(24, 76, C0)) == ("R9", "PACKED")
    story = packed()
    story.tell(MAKER, ship(30, 70, PALLET, C0), story.stock(MAKER))  # both labels were read


def test_r9_a_container_goes_whole() -> None:
    assert refused(packed(), ship(29, 71, PALLET)) == ("R9", "CONTAINER_NOT_WHOLE")


def test_r9_what_arrives_by_its_label_is_on_no_pallet_that_stayed_behind() -> None:
    story = packed()
    story.tell(WHOLESALER, receive(24, 76, C0), sent(story))
    assert loads(story) == {
        State.HELD: Load({C0: 24}, {}),
        State.IN_TRANSIT: Load({C1: 12, PALLET: 6}, {}),
    }


def test_r9_what_arrives_in_part_breaks_the_containers_that_nobody_names() -> None:
    story = packed()
    story.tell(WHOLESALER, receive(59, 41), sent(story))
    assert loads(story) == {}
    story = packed()
    story.tell(WHOLESALER, receive(58, 42), sent(story))  # as well the loose ones
    assert loads(story)[State.IN_TRANSIT].total == 42


def test_r9_between_good_and_damaged_units_no_container_stands_unnamed() -> None:
    story = packed()
    story.tell(WHOLESALER, receive(90, 0, C1, damaged=10), sent(story))
    assert loads(story) == {State.HELD: Load({C1: 12}, {})}
    story = packed()
    story.tell(WHOLESALER, receive(58, 0, damaged=42), sent(story))
    assert loads(story) == {}  # as many are damaged as were packed, and need not be those


def test_r9_all_of_it_stays_packed_whatever_is_done_with_all() -> None:
    story = packed()
    gone = Destroy.of(holder=MAKER.gln, quantity=100, rest=0, reason="Broken")
    story.tell(MAKER, gone, story.stock(MAKER))
    assert loads(story)[State.DESTROYED].total == 42


def test_r9_of_packed_units_none_is_destroyed_alone() -> None:
    some = Destroy.of(holder=MAKER.gln, quantity=59, rest=41, reason="Broken")
    assert refused(packed(), some) == ("R9", "PACKED")


def test_r9_a_loss_breaks_what_it_is_of() -> None:
    story = packed()
    lost = Lose.of(
        signer=MAKER.gln,
        holder=MAKER.gln,
        quantity=59,
        rest=41,
        kind=LossKind.LOST,
        reason="not found",
    )
    story.tell(MAKER, lost, story.stock(MAKER))
    assert loads(story) == {}


def test_r9_a_void_of_a_part_names_what_comes_back() -> None:
    def void(*containers: Container) -> Void:
        return Void.of(
            giver=MAKER.gln,
            dispatch=story.acts[-1].entry_id,
            quantity=12,
            reason="never left",
            rest=88,
            to=WHOLESALER.gln,
            containers=containers,
        )

    story = packed()
    ref = sent(story)
    said = void(C1)
    assert Void.decode(said.as_body()) == said
    story.tell(MAKER, said, ref)
    assert loads(story)[State.HELD] == Load({C1: 12}, {})


def test_r9_what_was_ended_and_is_undone_in_part_is_packed_no_more() -> None:
    story = packed()
    taken = Sample.of(holder=MAKER.gln, quantity=100, rest=0, reason="QC")
    story.tell(MAKER, taken, story.stock(MAKER))
    undo = Undo.of(holder=MAKER.gln, quantity=90, rest=10, reason="not needed", state=State.SAMPLED)
    story.tell(MAKER, undo, story.stock(MAKER, State.SAMPLED))
    assert loads(story) == {}


def test_r4_no_more_is_packed_than_there_is() -> None:
    story = packed()
    assert refused(story, packing(100, Contents(C1, None, 59))) == ("R4", "MASS_IMBALANCE")
    assert refused(story, packing(100, Contents(C1, None, 101))) == ("R4", "MASS_IMBALANCE")
    story.tell(MAKER, packing(100, Contents(C1, None, 58)), story.stock(MAKER))
    assert loads(story)[State.HELD].total == 100


def test_r4_units_are_not_packed_as_packs_nor_packs_as_units() -> None:
    by_root = packing(100, Contents(C1, "ab" * 32, 5))
    assert refused(LotStory.born(100), by_root) == ("R4", "PACKS_UNLIKE")
    story = LotStory.born(100, packs="ab" * 32)
    said = packing(100, Contents(C1, None, 5))
    said = replace(said, outputs=(replace(said.outputs[0], packs="ab" * 32),))
    assert refused(story, said) == ("R4", "PACKS_UNLIKE")


def test_r9_units_stay_in_one_output_while_they_are_packed() -> None:
    said = packing(100, Contents(C1, None, 5))
    claim = said.outputs[0]
    parts = (replace(claim, quantity=5), replace(claim, quantity=95))
    assert refused(LotStory.born(100), replace(said, outputs=parts)) == ("R9", "UNITS_APART")


def test_r9_what_is_packed_and_stands_apart_stays_whose_it_is() -> None:
    story = LotStory.born(100, packs="ab" * 32)
    said = packing(100, Contents(C1, "cd" * 32, 5))
    mine = replace(said.outputs[0], quantity=5, packs="cd" * 32)
    rest = replace(mine, quantity=95, packs="ef" * 32)
    given = replace(rest, holder=WHOLESALER.gln)
    assert refused(story, replace(said, outputs=(mine, given))) == ("R3", "HOLDER_WRONG")
    less = replace(rest, quantity=94)
    assert refused(story, replace(said, outputs=(mine, less))) == ("R4", "MASS_IMBALANCE")
    story.tell(MAKER, replace(said, outputs=(mine, rest)), story.stock(MAKER))
    assert sorted(one.quantity for one in story.state.outputs.values()) == [5, 95]


def test_r9_what_is_taken_out_was_in() -> None:
    out = Disaggregate.of(
        holder=MAKER.gln, quantity=100, containers=(Contents(PALLET, None, 6, (C0,)),)
    )
    story = packed()
    story.tell(MAKER, out, story.stock(MAKER))
    assert loads(story)[State.HELD] == Load({C0: 24, C1: 12}, {})
    assert refused(story, out) == ("R9", "NOT_INSIDE")


def test_r9_what_is_made_into_another_lot_leaves_its_containers() -> None:
    into = (Into(LotKey(GTIN, LotNumber("N1")), 90, 90),)
    all_of_it = Transform.of(
        holder=MAKER.gln,
        operation="OP-1",
        kind=TransformKind.REPACK,
        reason="repacked",
        into=into,
        lost=10,
        rest=0,
    )
    story = packed()
    story.tell(MAKER, all_of_it, story.stock(MAKER))
    assert loads(story) == {}


def test_r9_what_was_sent_too_much_comes_out_of_loose_units() -> None:
    story = packed()
    story.tell(MAKER, ship(30, 70, PALLET), story.stock(MAKER))
    receipt = story.receive(WHOLESALER, 30, over=Over(58))

    def surplus(quantity: int) -> Surplus:
        return Surplus.of(
            giver=MAKER.gln,
            receiver=WHOLESALER.gln,
            quantity=quantity,
            rest=70 - quantity,
            receipt=receipt,
            reason="Miscounted",
        )

    story.tell(MAKER, surplus(58), story.stock(MAKER))
    assert story.state.outputs[story.stock(MAKER)].load == Load({C1: 12}, {})
    story = packed()
    story.tell(MAKER, ship(30, 70, PALLET), story.stock(MAKER))
    receipt = story.receive(WHOLESALER, 30, over=Over(70))
    assert refused(story, surplus(70)) == ("R9", "PACKED")


def test_units_came_by_all_the_ways_that_they_may_have_come() -> None:
    story = packed()
    story.tell(MAKER, ship(30, 70, PALLET), story.stock(MAKER))
    story.tell(WHOLESALER, receive(30, 0, PALLET), story.stock(WHOLESALER, State.IN_TRANSIT))
    here = story.stock(WHOLESALER)
    born, packing_, sent, taken = (act.entry_id for act in story.acts)
    assert here.entry_id == taken
    found = way_of_units(replay_all(story.acts), here)
    assert [ref.entry_id for ref in found.way] == [born, packing_, sent, taken]
    assert found.fault is None
