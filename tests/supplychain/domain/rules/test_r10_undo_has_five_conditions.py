"""R10: an end that was a mistake is undone under the five conditions of EU 2016/161, Article 13."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from supplychain.domain.custody import State
from supplychain.domain.errors import RuleBroken
from supplychain.domain.outputs import FINAL
from supplychain.domain.parties import Party
from supplychain.domain.statements import Decommission, Export, LossKind, Sample, Undo
from supplychain.domain.stock_statements import Reasoned
from tests.people import MAKER, PHARMACY, REGULATOR, SECOND_PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import EXPIRY, LotStory

ENDED = datetime(2026, 11, 2, 17, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 3, tzinfo=UTC)


def dispensed(quantity: int = 100, at: datetime = ENDED) -> LotStory:
    story = LotStory.born()
    story.hand_over(MAKER, PHARMACY, 100)
    story.dispense(PHARMACY, quantity, at=at)
    story.clock = at
    return story


def undo(
    story: LotStory,
    quantity: int = 10,
    *,
    party: Party = PHARMACY,
    state: State = State.DISPENSED,
    supplied: bool = False,
    at: datetime | None = None,
) -> str:
    ref = story.stock(party, state)
    rest = story.state.outputs[ref].quantity - quantity
    said = Undo.of(holder=party.gln, quantity=quantity, rest=rest, reason="Not so", state=state)
    return story.tell(party, replace(said, supplied=supplied), ref, at=at)


def refusal(story: LotStory, **how: object) -> tuple[str, str]:
    before = story.state
    with pytest.raises(RuleBroken) as refused:
        undo(story, **how)  # type: ignore[arg-type]  # what each test changes
    assert story.state is before
    return refused.value.rule, refused.value.code


def test_what_was_not_fetched_is_stock_again() -> None:
    story = dispensed()
    undo(story, 10)
    assert story.balance() == {"held": 10, "dispensed": 90}
    story.dispense(PHARMACY, 10)


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Sample, State.SAMPLED),
        (Export, State.EXPORTED),
        (Decommission, State.DECOMMISSIONED),
    ],
)
def test_other_ends_are_undone_too(kind: type[Reasoned], state: State) -> None:
    story = LotStory.born()
    story.hand_over(MAKER, WHOLESALER, 100)
    story.change(kind, WHOLESALER, 30)
    undo(story, 10, party=WHOLESALER, state=state)
    assert story.balance() == {"held": 80, state.value: 20}


def test_condition_1_the_same_party_at_the_same_site() -> None:
    story = dispensed()
    said = Undo.of(holder=SECOND_PHARMACY.gln, quantity=100, rest=0, reason="Not so")
    with pytest.raises(RuleBroken) as refused:
        story.tell(SECOND_PHARMACY, said, story.stock(PHARMACY, State.DISPENSED))
    assert (refused.value.rule, refused.value.code) == ("R3", "NOT_HOLDER")


@pytest.mark.parametrize(
    ("at", "good"),
    [
        (ENDED + timedelta(days=10), True),
        (MIDNIGHT + timedelta(days=10) - timedelta(seconds=1), True),
        (MIDNIGHT + timedelta(days=10), False),
        (ENDED + timedelta(days=11), False),
    ],
)
def test_condition_2_day_10_yes_day_11_no(at: datetime, *, good: bool) -> None:
    story = dispensed()
    if good:
        undo(story, at=at)
    else:
        assert refusal(story, at=at) == ("R10", "UNDO_TOO_LATE")


def test_condition_2_undoing_a_part_gives_no_more_time_for_the_rest() -> None:
    story = dispensed()
    undo(story, 10, at=ENDED + timedelta(days=9))
    assert refusal(story, at=ENDED + timedelta(days=11)) == ("R10", "UNDO_TOO_LATE")
    undo(story, 10, at=ENDED + timedelta(days=10))


def test_condition_2_of_several_the_oldest_counts() -> None:
    story = dispensed(50)
    first = story.stock(PHARMACY, State.DISPENSED)
    story.dispense(PHARMACY, 50, at=ENDED + timedelta(days=5))
    second = story.stock(PHARMACY, State.DISPENSED)
    said = Undo.of(holder=PHARMACY.gln, quantity=100, rest=0, reason="Not so")
    late = ENDED + timedelta(days=11)
    for refs in ((first, second), (second, first)):
        with pytest.raises(RuleBroken) as refused:
            story.tell(PHARMACY, said, *refs, at=late)
        assert refused.value.code == "UNDO_TOO_LATE"
    half = replace(said, outputs=(replace(said.outputs[0], quantity=50),))
    story.tell(PHARMACY, half, second, at=late)


def test_condition_2_what_is_left_of_several_ended_when_the_oldest_did() -> None:
    story = dispensed(50)
    first = story.stock(PHARMACY, State.DISPENSED)
    story.dispense(PHARMACY, 50, at=ENDED + timedelta(days=5))
    second = story.stock(PHARMACY, State.DISPENSED)
    part = Undo.of(holder=PHARMACY.gln, quantity=10, rest=90, reason="Not so")
    story.tell(PHARMACY, part, first, second, at=ENDED + timedelta(days=9))
    assert refusal(story, at=ENDED + timedelta(days=11)) == ("R10", "UNDO_TOO_LATE")


def test_condition_3_not_expired() -> None:
    story = dispensed(at=EXPIRY.ends - timedelta(seconds=1))
    assert refusal(story, at=EXPIRY.ends) == ("R12", "EXPIRED")


def test_condition_4_not_recalled_or_held_back() -> None:
    for flag, code in ((LotStory.recall, "RECALLED"), (LotStory.hold, "ON_HOLD")):
        story = dispensed()
        flag(story, REGULATOR)
        assert refusal(story) == ("R11", code)


@pytest.mark.parametrize("state", [State.DESTROYED, State.LOST, State.STOLEN])
def test_condition_4_not_destroyed_lost_or_stolen(state: State) -> None:
    story = LotStory.born()
    if state is State.DESTROYED:
        story.destroy(MAKER, 100)
    else:
        story.lose(MAKER, 100, LossKind(state))
    said = Undo.of(holder=MAKER.gln, quantity=100, rest=0, reason="Found")
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, said, story.stock(MAKER, state))
    assert (refused.value.rule, refused.value.code) == ("R10", "NOT_UNDOABLE")


def test_just_four_ends_are_undone() -> None:
    never = {State.DESTROYED, State.LOST, State.STOLEN, State.TRANSFORMED}
    assert set(Undo.rests) == FINAL - never


def test_condition_5_not_supplied() -> None:
    assert refusal(dispensed(), supplied=True) == ("R10", "WAS_SUPPLIED")


def test_what_did_not_end_is_not_undone() -> None:
    story = LotStory.born()
    said = Undo.of(holder=MAKER.gln, quantity=100, rest=0, reason="Not so")
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, said, story.stock(MAKER))
    assert (refused.value.rule, refused.value.code) == ("R10", "NOT_UNDOABLE")


def test_different_ends_are_undone_separately() -> None:
    story = dispensed(50)
    story.change(Sample, PHARMACY, 50)
    both = (story.stock(PHARMACY, State.DISPENSED), story.stock(PHARMACY, State.SAMPLED))
    said = Undo.of(holder=PHARMACY.gln, quantity=100, rest=0, reason="Not so")
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, said, *both)
    assert (refused.value.rule, refused.value.code) == ("R3", "STATES_MIXED")


def test_what_is_undone_balances_and_stays_with_who_undoes_it() -> None:
    story = dispensed()
    ref = story.stock(PHARMACY, State.DISPENSED)
    more = Undo.of(holder=PHARMACY.gln, quantity=101, rest=0, reason="Not so")
    with pytest.raises(RuleBroken, match="Undone and left 101 of 100") as refused:
        story.tell(PHARMACY, more, ref)
    assert (refused.value.rule, refused.value.code) == ("R4", "MASS_IMBALANCE")
    gift = Undo.of(holder=WHOLESALER.gln, quantity=100, rest=0, reason="Not so")
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, gift, ref)
    assert (refused.value.rule, refused.value.code) == ("R3", "HOLDER_WRONG")


def test_what_is_left_over_stays_ended_as_it_was() -> None:
    story = dispensed()
    said = Undo.of(holder=PHARMACY.gln, quantity=10, rest=90, reason="Not so", state=State.EXPORTED)
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, said, story.stock(PHARMACY, State.DISPENSED))
    assert (refused.value.rule, refused.value.code) == ("R4", "REST_CHANGED")


def test_goods_that_are_stock_again_may_go_back_to_whom_they_came_from() -> None:
    story = dispensed()
    undo(story, 100)
    story.send_back(PHARMACY, MAKER, 100)


def test_a_second_end_counts_from_then() -> None:
    story = dispensed()
    undo(story, 100, at=ENDED + timedelta(days=10))
    story.dispense(PHARMACY, 100, at=ENDED + timedelta(days=10))
    undo(story, 100, at=ENDED + timedelta(days=20))
    assert story.balance() == {"held": 100}
