"""Histories: acts played again, findings instead of refusals, and where goods come from."""

from dataclasses import replace

import pytest

from ledger.core.links import OutputRef
from supplychain.domain.custody import State, balance
from supplychain.domain.errors import RuleBroken
from supplychain.domain.histories import Broken, replay, replay_all
from tests.people import LIAR, MAKER, PHARMACY, SECOND_PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import LotStory, birth, entry_id
from tests.supplychain.domain.rules.breaking import ship_of


def long_story() -> LotStory:
    story = LotStory.born(100)
    story.hand_over(MAKER, WHOLESALER, 80)
    story.hand_over(WHOLESALER, PHARMACY, 30)
    story.ship(WHOLESALER, SECOND_PHARMACY, 20)
    story.receive(SECOND_PHARMACY, 15)
    story.dispense(PHARMACY, 5)
    story.hold()
    return story


def test_acts_played_again_lead_to_the_same_state() -> None:
    story = long_story()
    assert replay(story.acts) == story.state
    history = replay_all(story.acts)
    assert history.state == story.state
    assert history.broken == ()
    assert list(history.acts) == [act.entry_id for act in story.acts]
    assert sum(balance(history.state).values()) == 100


def test_no_acts_leave_an_unborn_lot() -> None:
    assert replay(()).lot is None
    assert replay_all(()).made == {}


def test_every_output_ever_made_is_known_with_the_entry_that_used_it() -> None:
    story = long_story()
    history = replay_all(story.acts)
    first = OutputRef(entry_id(0), 0)
    assert history.made[first].quantity == 100
    assert history.used_by[first] == entry_id(1)
    assert set(history.made) == set(history.used_by) | set(history.state.outputs)


def test_a_broken_rule_is_a_finding_and_changes_nothing() -> None:
    story = long_story()
    honest = replay_all(story.acts)
    theft = story.act(LIAR, ship_of(LIAR, PHARMACY, 20, 0), story.stock(MAKER))
    told = replay_all([*story.acts, theft])
    assert told.broken == (
        Broken(theft.entry_id, "R3", "NOT_HOLDER", f"{LIAR.gln} does not hold these goods."),
    )
    assert replace(told, broken=()) == honest


def test_the_strict_replay_stops_at_the_first_broken_rule() -> None:
    story = long_story()
    theft = story.act(LIAR, ship_of(LIAR, PHARMACY, 20, 0), story.stock(MAKER))
    with pytest.raises(RuleBroken) as refused:
        replay([*story.acts, theft])
    assert refused.value.code == "NOT_HOLDER"


def test_r2_the_first_use_of_an_output_stands_and_the_second_is_named() -> None:
    story = LotStory.born(100)
    stock = story.stock(MAKER)
    first = story.act(MAKER, ship_of(MAKER, WHOLESALER, 100, 0), stock)
    second = replace(
        story.act(MAKER, ship_of(MAKER, PHARMACY, 100, 0), stock), entry_id=entry_id(77)
    )
    history = replay_all([*story.acts, first, second])
    (broken,) = history.broken
    assert (broken.entry_id, broken.rule, broken.code) == (entry_id(77), "R2", "OUTPUT_USED")
    assert first.entry_id in broken.message
    assert balance(history.state) == {State.IN_TRANSIT: 100}


def test_r14_one_entry_stands_once() -> None:
    story = LotStory.born(100)
    story.hold()
    history = replay_all([*story.acts, story.acts[-1]])
    assert [broken.code for broken in history.broken] == ["ENTRY_TWICE"]
    assert len(history.state.flags.holds) == 1


def test_what_follows_from_a_broken_act_is_broken_too() -> None:
    story = LotStory.born(100)
    theft = story.act(LIAR, ship_of(LIAR, PHARMACY, 100, 0), story.stock(MAKER))
    sale = replace(
        story.act(PHARMACY, ship_of(PHARMACY, WHOLESALER, 100, 0), OutputRef(theft.entry_id, 0)),
        entry_id=entry_id(78),
    )
    codes = [broken.code for broken in replay_all([*story.acts, theft, sale]).broken]
    assert codes == ["NOT_HOLDER", "OUTPUT_UNKNOWN"]


def test_a_second_birth_is_a_finding() -> None:
    story = LotStory.born(100)
    again = replace(story.act(MAKER, birth(50)), entry_id=entry_id(79))
    history = replay_all([*story.acts, again])
    assert [broken.code for broken in history.broken] == ["BORN_TWICE"]
    assert balance(history.state) == {State.HELD: 100}


def test_ancestry_leads_back_to_birth_and_leaves_out_side_branches() -> None:
    story = LotStory.born(100)
    story.hand_over(MAKER, WHOLESALER, 50)  # entries 1 and 2
    mine = story.hand_over(MAKER, PHARMACY, 20)  # entries 3 and 4
    story.hand_over(WHOLESALER, SECOND_PHARMACY, 10)  # entries 5 and 6
    history = replay_all(story.acts)
    assert history.ancestry([OutputRef(mine, 0)]) == {entry_id(n) for n in (0, 1, 3, 4)}


def test_ancestry_of_unknown_outputs_is_empty() -> None:
    history = replay_all(LotStory.born().acts)
    assert history.ancestry([OutputRef(entry_id(5), 0)]) == frozenset()


def test_ancestry_of_merged_stock_has_both_branches_once() -> None:
    story = LotStory.born(100)
    story.hand_over(MAKER, WHOLESALER, 50)
    first = story.stock(WHOLESALER)
    story.hand_over(MAKER, WHOLESALER, 50)
    story.tell(WHOLESALER, ship_of(WHOLESALER, PHARMACY, 100, 0), first, story.stock(WHOLESALER))
    history = replay_all(story.acts)
    assert history.ancestry(history.state.outputs) == set(history.acts)
