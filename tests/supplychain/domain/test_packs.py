"""Packs: their names, salts and sets; what custody demands of them; and the way of a single one."""

from collections.abc import Iterable, Mapping

import pytest

from ledger.core.links import OutputRef
from ledger.core.set_trees import SetTree
from ledger.core.sets import Membership, Subset
from supplychain.domain.custody import prove_sets
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.histories import History, replay_all
from supplychain.domain.identifiers import Gtin, Serial
from supplychain.domain.outputs import OutputClaim, State
from supplychain.domain.pack_standing import pack_scope
from supplychain.domain.pack_traces import PackFault, PackTrace, trace
from supplychain.domain.packs import Pack, PackSet
from supplychain.domain.parties import Party
from supplychain.domain.standing import Standing
from supplychain.domain.statements import (
    Destroy,
    Dispense,
    HoldPlace,
    Lose,
    LossKind,
    LotStatement,
    Receive,
    Ship,
    committed,
    decode,
)
from tests.people import MAKER, PHARMACY, REGULATOR, SECOND_PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import GTIN, NONE_NEEDED, LotStory, birth

SECRET = bytes(range(32))


def pack(number: int) -> Pack:
    return Pack(GTIN, Serial(f"S{number}"))


class PackStory(LotStory):
    """A lot whose outputs commit to the packs that the story says, true or not."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = SetTree(lambda _hashes: {})
        self.sets: dict[str, Subset] = {}

    def set_of(self, numbers: Iterable[int]) -> PackSet:
        subset = self.tree.of(pack(number).key(SECRET) for number in numbers)
        self.sets[subset.hash.hex()] = subset
        return PackSet(subset.hash.hex(), subset.size)

    def say(
        self, signer: Party, said: LotStatement, *consumes: OutputRef, packs: list[Iterable[int]]
    ) -> str:
        return self.tell(signer, committed(said, [self.set_of(one) for one in packs]), *consumes)

    def give(self, giver: Party, receiver: Party, packs: list[Iterable[int]]) -> None:
        """Ship packs, keep the others; what was shipped is received."""
        ref = self.stock(giver)
        sent, *kept = ([*one] for one in packs)
        rest = sum(map(len, kept))
        said = Ship.of(
            giver=giver.gln,
            receiver=receiver.gln,
            quantity=len(sent),
            rest=rest,
            shipment="S-1",
            conditions=NONE_NEEDED,
        )
        self.say(giver, said, ref, packs=[sent, *kept])
        taken = Receive.of(
            giver=giver.gln,
            receiver=receiver.gln,
            accepted=len(sent),
            damaged=0,
            missing=0,
            shipment="S-1",
            conditions=NONE_NEEDED,
        )
        self.say(receiver, taken, self.stock(receiver, State.IN_TRANSIT), packs=[sent])

    def history(self) -> History:
        return replay_all(self.acts)

    def trace(self, number: int, *, hidden: bool = False) -> PackTrace | None:
        history, key = self.history(), pack(number).key(SECRET)

        def shown(ref: OutputRef) -> Membership | None:
            subset = self.sets[history.made[ref].packs or ""]
            return None if hidden else self.tree.proof(subset, key).about(key)

        return trace(history, shown)

    def standing(self, number: int, asking: Party | None) -> Standing:
        found = self.trace(number)
        assert found is not None
        return pack_scope(self.history(), asking, found).standing


@pytest.fixture
def story() -> PackStory:
    """Ten packs are born; six go to the wholesaler, three of these to the pharmacy."""
    told = PackStory()
    told.say(MAKER, birth(10), packs=[range(10)])
    told.give(MAKER, WHOLESALER, [range(6), range(6, 10)])
    told.give(WHOLESALER, PHARMACY, [range(3), range(3, 6)])
    return told


def refused(story: PackStory, signer: Party, said: LotStatement, *consumes: OutputRef) -> str:
    with pytest.raises(RuleBroken) as caught:
        story.tell(signer, said, *consumes)
    return caught.value.code


def test_a_pack_is_named_by_product_and_serial_and_salted_by_its_lot() -> None:
    one = Pack(Gtin("00614141123452"), Serial("A/1"))
    assert str(one) == "00614141123452/A/1"
    assert one.key(SECRET) != one.key(bytes(32))
    assert len(one.salt(SECRET)) == 16
    with pytest.raises(Invalid) as caught:
        one.salt(bytes(31))
    assert caught.value.code == "PACK_SECRET_WRONG"


@pytest.mark.parametrize(("root", "count"), [("ab", 1), ("ab" * 32, -1)])
def test_a_set_of_packs_has_a_root_and_a_count(root: str, count: int) -> None:
    with pytest.raises(Invalid) as caught:
        PackSet(root, count)
    assert caught.value.code == "PACK_SET_WRONG"


def test_a_statement_says_its_sets_and_is_read_again() -> None:
    said = committed(birth(10), [PackSet("ab" * 32, 10)])
    assert said.outputs[0].as_json()["packs"] == "ab" * 32
    assert decode(said.type, said.as_body()) == said
    with pytest.raises(Invalid):
        OutputClaim.decode(
            {"state": "held", "holder": str(MAKER.gln), "quantity": 1, "packs": "AB" * 32}
        )


def test_a_word_about_the_whole_lot_has_no_sets() -> None:
    assert committed(HoldPlace("Complaint"), []) == HoldPlace("Complaint")


def test_r4_the_sets_are_those_of_the_packs_named() -> None:
    said = committed(birth(10), [PackSet("ab" * 32, 10)])
    prove_sets(said, [PackSet("ab" * 32, 10)])
    for other in (PackSet("cd" * 32, 10), PackSet("ab" * 32, 9), None):
        with pytest.raises(RuleBroken) as caught:
            prove_sets(said, [other])
        assert (caught.value.rule, caught.value.code) == ("R4", "PACKS_DISAGREE")
    prove_sets(birth(10), [None])


def test_r4_packs_do_not_become_mere_units(story: PackStory) -> None:
    said = Dispense.of(holder=PHARMACY.gln, quantity=1, rest=2)
    assert refused(story, PHARMACY, said, story.stock(PHARMACY)) == "PACKS_UNLIKE"


def test_r4_mere_units_do_not_become_packs() -> None:
    story = LotStory.born(10)
    said = Dispense.of(holder=MAKER.gln, quantity=1, rest=9)
    packs = committed(said, [PackSet("ab" * 32, 1), None])
    with pytest.raises(RuleBroken) as caught:
        LotStory.tell(story, MAKER, _shipped(packs), story.stock(MAKER))
    assert caught.value.code == "PACKS_UNLIKE"


def _shipped(said: LotStatement) -> LotStatement:
    """A dispatch with the sets of another statement (a maker dispenses nothing)."""
    sent = Ship.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        quantity=1,
        rest=9,
        shipment="S-1",
        conditions=NONE_NEEDED,
    )
    roots: Mapping[int, str | None] = {n: one.packs for n, one in enumerate(said.outputs)}
    return committed(sent, [None if root is None else PackSet(root, 1) for root in roots.values()])


def test_r4_packs_and_units_do_not_move_together() -> None:
    story = PackStory()
    story.say(MAKER, birth(10), packs=[range(10)])
    (ref,) = story.state.outputs
    bare = OutputRef("ab" * 32, 0)
    plain = LotStory.born(10).state.outputs
    story.state = story.state.moved((), {bare: next(iter(plain.values()))})
    said = Ship.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        quantity=20,
        rest=0,
        shipment="S-1",
        conditions=NONE_NEEDED,
    )
    assert refused(story, MAKER, said, ref, bare) == "PACKS_MIXED"


def test_r4_all_of_the_goods_go_on_as_the_same_packs(story: PackStory) -> None:
    said = Dispense.of(holder=PHARMACY.gln, quantity=3, rest=0)
    others = committed(said, [story.set_of(range(7, 10))])
    assert refused(story, PHARMACY, others, story.stock(PHARMACY)) == "PACKS_DISAGREE"


def test_the_way_of_a_pack_leads_through_the_outputs_that_had_it(story: PackStory) -> None:
    found = story.trace(1)
    assert found is not None
    assert found.fault is None
    acts = [story.acts[n].entry_id for n in (0, 1, 2, 3, 4)]
    assert [ref.entry_id for ref in found.way] == acts


@pytest.mark.parametrize(
    ("number", "asking", "standing"),
    [
        (1, PHARMACY, Standing.HOLDS),
        (1, WHOLESALER, Standing.PASSED_ON),
        (1, SECOND_PHARMACY, Standing.NEVER_HERE),
        (4, PHARMACY, Standing.NEVER_HERE),
        (4, WHOLESALER, Standing.HOLDS),
        (8, MAKER, Standing.WHOLE_LOT),
        (8, REGULATOR, Standing.WHOLE_LOT),
        (8, None, Standing.WHOLE_LOT),
    ],
)
def test_each_pack_stands_for_itself(
    story: PackStory, number: int, asking: Party | None, standing: Standing
) -> None:
    assert story.standing(number, asking) is standing


def test_what_left_the_trade_is_out_of_it_for_everybody(story: PackStory) -> None:
    said = Dispense.of(holder=PHARMACY.gln, quantity=1, rest=2)
    story.say(PHARMACY, said, story.stock(PHARMACY), packs=[[1], [0, 2]])
    assert story.standing(1, PHARMACY) is Standing.DISPENSED_HERE
    assert story.standing(1, WHOLESALER) is Standing.DISPENSED
    assert story.standing(1, None) is Standing.DISPENSED
    assert story.standing(2, PHARMACY) is Standing.HOLDS
    gone = Destroy.of(holder=WHOLESALER.gln, quantity=1, rest=2, reason="Crushed")
    story.say(WHOLESALER, gone, story.stock(WHOLESALER), packs=[[3], [4, 5]])
    assert story.standing(3, WHOLESALER) is Standing.ENDED


def test_what_was_stolen_is_missed_wherever_it_is_met(story: PackStory) -> None:
    gone = Lose.of(
        signer=WHOLESALER.gln,
        holder=WHOLESALER.gln,
        quantity=1,
        rest=2,
        kind=LossKind.STOLEN,
        reason="Broken window",
    )
    story.say(WHOLESALER, gone, story.stock(WHOLESALER), packs=[[3], [4, 5]])
    for asking in (WHOLESALER, SECOND_PHARMACY, None):
        assert story.standing(3, asking) is Standing.MISSED
        assert story.standing(3, asking).alarming
    assert not story.standing(4, WHOLESALER).alarming


def test_a_pack_in_quarantine_is_so_for_everybody(story: PackStory) -> None:
    ref = story.stock(PHARMACY)
    sent = Ship.of(
        giver=PHARMACY.gln,
        receiver=WHOLESALER.gln,
        quantity=3,
        rest=0,
        shipment="S-2",
        conditions=NONE_NEEDED,
    )
    story.say(PHARMACY, sent, ref, packs=[range(3)])
    assert story.standing(0, WHOLESALER) is Standing.NOT_RECEIVED
    taken = Receive.of(
        giver=PHARMACY.gln,
        receiver=WHOLESALER.gln,
        accepted=2,
        damaged=1,
        missing=0,
        shipment="S-2",
        conditions=NONE_NEEDED,
    )
    story.say(WHOLESALER, taken, story.stock(WHOLESALER, State.IN_TRANSIT), packs=[[0, 1], [2]])
    assert story.standing(2, WHOLESALER) is story.standing(2, None) is Standing.QUARANTINED


def test_a_pack_that_nobody_commissioned_is_not_born(story: PackStory) -> None:
    assert story.trace(77) == PackTrace((), PackFault.NOT_BORN)


def test_a_pack_that_a_party_left_out_has_vanished(story: PackStory) -> None:
    story.give(WHOLESALER, SECOND_PHARMACY, [[3], [4, 99]])
    found = story.trace(5)
    assert found is not None
    assert found.fault is PackFault.VANISHED


def test_a_pack_in_two_outputs_at_once_is_doubled(story: PackStory) -> None:
    story.give(WHOLESALER, SECOND_PHARMACY, [[3], [3, 4]])
    found = story.trace(3)
    assert found is not None
    assert found.fault is PackFault.DOUBLED


def test_a_set_has_as_many_packs_as_its_output_has_units(story: PackStory) -> None:
    said = Dispense.of(holder=PHARMACY.gln, quantity=1, rest=2)
    story.say(PHARMACY, said, story.stock(PHARMACY), packs=[[1], [0]])
    found = story.trace(0)
    assert found is not None
    assert found.fault is PackFault.MISCOUNTED


def test_what_is_not_shown_or_shown_of_another_set_is_not_proven(story: PackStory) -> None:
    assert story.trace(1, hidden=True) == PackTrace((), PackFault.NOT_PROVEN)
    other = Membership(bytes(32), 10, present=True)
    assert trace(story.history(), lambda _ref: other) == PackTrace((), PackFault.NOT_PROVEN)


def test_a_lot_without_serials_has_no_ways_of_packs() -> None:
    assert trace(replay_all(LotStory.born(3).acts), lambda _ref: None) is None
    assert trace(replay_all(()), lambda _ref: None) is None
