"""R11: recall, hold and quarantine win; only who issued them or an authority lifts them."""

import pytest

from supplychain.domain.custody import State
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.parties import Party
from supplychain.domain.statements import HoldLift, HoldPlace, RecallClass, RecallIssue, RecallLift
from supplychain.domain.stock_statements import (
    Export,
    Reasoned,
    Release,
)
from tests.people import (
    AUDITOR,
    LIAR,
    MAKER,
    PHARMACY,
    REGULATOR,
    REPACKAGER,
    WHOLESALER,
)
from tests.supplychain.domain.lot_story import LotStory, entry_id
from tests.supplychain.domain.rules.breaking import code_of

RECALL = RecallIssue(RecallClass.I, "Wrong label")


HOLD = HoldPlace("Complaint under study")


FLAGS = [(RECALL, "RECALLED"), (HOLD, "ON_HOLD")]


def with_goods(holder: Party) -> LotStory:
    """50 units in stock and 50 in quarantine."""
    story = LotStory.born()
    if holder is MAKER:
        story.hand_over(MAKER, WHOLESALER, 100)
        story.ship(WHOLESALER, MAKER, 100)
    else:
        story.ship(MAKER, holder, 100)
    story.receive(holder, 50, 50)
    return story


def refusal(
    story: LotStory, kind: type[Reasoned], holder: Party, state: State = State.HELD
) -> tuple[str, str]:
    before = story.state
    with pytest.raises(RuleBroken) as refused:
        story.change(kind, holder, 10, state)
    assert story.state is before
    return refused.value.rule, refused.value.code


FIT = [Release, Export]


@pytest.mark.parametrize("issuer", [MAKER, REGULATOR])
def test_the_maker_or_an_authority_recalls_a_lot(issuer: Party) -> None:
    story = LotStory.born()
    entry = story.recall(issuer)
    (recall,) = story.state.flags.recalls
    assert (recall.entry_id, recall.issuer, recall.reason) == (entry, issuer.gln, "Wrong label")
    assert recall.recall_class is RecallClass.I
    assert story.state.flags.any
    assert not LotStory.born().state.flags.any
    assert story.balance() == {"held": 100}


def test_a_lot_on_hold_is_flagged_as_a_recalled_one_is() -> None:
    story = LotStory.born()
    story.hold()
    assert story.state.flags.any


@pytest.mark.parametrize("signer", [WHOLESALER, PHARMACY, REPACKAGER, AUDITOR, LIAR])
@pytest.mark.parametrize("statement", [RECALL, HOLD], ids=["recall", "hold"])
def test_nobody_else_flags_a_lot(signer: Party, statement: RecallIssue | HoldPlace) -> None:
    story = LotStory.born()
    story.hand_over(MAKER, WHOLESALER, 50)
    with pytest.raises(RuleBroken) as refused:
        story.tell(signer, statement)
    assert code_of(refused) == ("R11", "MAY_NOT_FLAG")
    assert not story.state.flags.any


@pytest.mark.parametrize(("flag", "code"), FLAGS)
def test_flagged_goods_are_not_shipped(flag: RecallIssue | HoldPlace, code: str) -> None:
    story = LotStory.born()
    story.tell(MAKER, flag)
    with pytest.raises(RuleBroken) as refused:
        story.ship(MAKER, WHOLESALER, 1)
    assert code_of(refused) == ("R11", code)


@pytest.mark.parametrize(("flag", "code"), FLAGS)
def test_flagged_goods_are_not_dispensed(flag: RecallIssue | HoldPlace, code: str) -> None:
    story = LotStory.born()
    story.hand_over(MAKER, PHARMACY, 100)
    story.tell(REGULATOR, flag)
    with pytest.raises(RuleBroken) as refused:
        story.dispense(PHARMACY, 1)
    assert code_of(refused) == ("R11", code)


@pytest.mark.parametrize(("flag", "code"), FLAGS)
def test_goods_flagged_on_their_way_are_received_into_quarantine_only(
    flag: RecallIssue | HoldPlace, code: str
) -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    story.tell(MAKER, flag)
    with pytest.raises(RuleBroken) as refused:
        story.receive(WHOLESALER, 1, 99)
    assert code_of(refused) == ("R11", code)
    story.receive(WHOLESALER, 0, 90)
    assert story.balance() == {"quarantined": 90, "in_transit": 10}


@pytest.mark.parametrize(("flag", "code"), FLAGS)
def test_flagged_goods_may_be_taken_back_lost_and_destroyed(
    flag: RecallIssue | HoldPlace, code: str
) -> None:
    assert code in {"RECALLED", "ON_HOLD"}
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    story.tell(MAKER, flag)
    story.void(MAKER, WHOLESALER)
    story.lose(MAKER, 10)
    story.destroy(MAKER, 90)
    assert story.balance() == {"lost": 10, "destroyed": 90}


@pytest.mark.parametrize("placer", [MAKER, REGULATOR])
def test_who_placed_a_hold_lifts_it(placer: Party) -> None:
    story = LotStory.born()
    hold = story.hold(placer)
    assert story.state.flags.holds[0].placer == placer.gln
    story.tell(placer, HoldLift(hold, "Complaint settled"))
    assert story.state.flags.holds == ()
    story.ship(MAKER, WHOLESALER, 1)


def test_an_authority_lifts_a_makers_hold() -> None:
    story = LotStory.born()
    story.tell(REGULATOR, HoldLift(story.hold(MAKER), "Complaint settled"))
    assert not story.state.flags.any


def test_a_maker_does_not_lift_an_authoritys_hold() -> None:
    story = LotStory.born()
    hold = story.hold(REGULATOR)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, HoldLift(hold, "Of no concern"))
    assert code_of(refused) == ("R11", "MAY_NOT_LIFT")


def test_lifting_one_hold_leaves_the_others_and_the_recalls() -> None:
    story = LotStory.born()
    first = story.hold(MAKER)
    second = story.hold(REGULATOR)
    story.recall()
    story.tell(MAKER, HoldLift(first, "Complaint settled"))
    assert [hold.entry_id for hold in story.state.flags.holds] == [second]
    assert len(story.state.flags.recalls) == 1


def test_a_hold_is_lifted_once() -> None:
    story = LotStory.born()
    lift = HoldLift(story.hold(), "Complaint settled")
    story.tell(MAKER, lift)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, lift)
    assert code_of(refused) == ("R11", "HOLD_UNKNOWN")


def test_a_recall_is_not_lifted_as_if_it_were_a_hold() -> None:
    story = LotStory.born()
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, HoldLift(story.recall(), "Regret"))
    assert code_of(refused) == ("R11", "HOLD_UNKNOWN")


def test_a_word_about_the_lot_uses_nothing_up() -> None:
    story = LotStory.born()
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, RECALL, story.stock(MAKER))
    assert code_of(refused) == ("R11", "FLAG_CONSUMES")


def test_a_flag_gives_its_reason() -> None:
    for make in (
        lambda: RecallIssue(RecallClass.II, ""),
        lambda: HoldPlace(" "),
        lambda: HoldLift(entry_id(1), ""),
    ):
        with pytest.raises(Invalid) as invalid:
            make()
        assert invalid.value.code == "TEXT_EMPTY"


@pytest.mark.parametrize("lifter", [MAKER, REGULATOR])
def test_who_issued_a_recall_or_an_authority_lifts_it(lifter: Party) -> None:
    story = LotStory.born()
    recall, other = story.recall(), story.recall()
    story.tell(lifter, RecallLift(recall, "Settled"))
    assert [one.entry_id for one in story.state.flags.recalls] == [other]
    story.tell(lifter, RecallLift(other, "Settled"))
    story.ship(MAKER, WHOLESALER, 10)


def test_a_maker_does_not_lift_the_recall_of_an_authority() -> None:
    story = LotStory.born()
    recall = story.recall(REGULATOR)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, RecallLift(recall, "Nothing wrong"))
    assert (refused.value.rule, refused.value.code) == ("R11", "MAY_NOT_LIFT")


def test_a_recall_is_lifted_once_and_a_hold_is_none() -> None:
    story = LotStory.born()
    recall, hold = story.recall(), story.hold()
    story.recall()
    story.tell(MAKER, RecallLift(recall, "Settled"))
    for cited in (recall, hold):
        with pytest.raises(RuleBroken) as refused:
            story.tell(MAKER, RecallLift(cited, "Settled"))
        assert (refused.value.rule, refused.value.code) == ("R11", "RECALL_UNKNOWN")
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, HoldLift(recall, "Settled"))
    assert (refused.value.rule, refused.value.code) == ("R11", "HOLD_UNKNOWN")


@pytest.mark.parametrize("kind", FIT)
def test_flagged_goods_are_neither_released_nor_exported(kind: type[Reasoned]) -> None:
    state = State.QUARANTINED if kind is Release else State.HELD
    for flag, code in ((LotStory.recall, "RECALLED"), (LotStory.hold, "ON_HOLD")):
        story = with_goods(WHOLESALER)
        flag(story, REGULATOR)
        assert refusal(story, kind, WHOLESALER, state) == ("R11", code)
