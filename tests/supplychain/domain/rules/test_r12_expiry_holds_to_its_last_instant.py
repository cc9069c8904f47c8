"""R12: an expiry holds to its last instant; that it is extended is a new fact."""

from datetime import date, datetime, timedelta

import pytest

from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import Expiry
from supplychain.domain.outputs import State
from supplychain.domain.parties import Party
from supplychain.domain.statements import (
    ExpiryExtend,
    LotRegister,
)
from supplychain.domain.stock_statements import (
    Export,
    Reasoned,
    Release,
)
from tests.people import (
    LIAR,
    MAKER,
    PHARMACY,
    REGULATOR,
    WHOLESALER,
)
from tests.supplychain.domain.lot_story import (
    EXPIRY,
    LotStory,
    birth,
)
from tests.supplychain.domain.rules.breaking import code_of

LATER = Expiry(EXPIRY.on + timedelta(days=90))


def extend(story: LotStory, signer: Party = MAKER, expiry: Expiry = LATER) -> str:
    return story.tell(signer, ExpiryExtend(expiry, "Stability study"))


def story_at_the_pharmacy(quantity: int = 100) -> LotStory:
    story = LotStory.born(quantity)
    story.hand_over(MAKER, PHARMACY, quantity)
    return story


ENDS = EXPIRY.ends


def refused(story: LotStory, signer: Party, statement: LotRegister) -> RuleBroken:
    with pytest.raises(RuleBroken) as broken:
        story.tell(signer, statement)
    return broken.value


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


@pytest.mark.parametrize("signer", [MAKER, REGULATOR])
def test_goods_of_an_extended_lot_are_good_for_longer(signer: Party) -> None:
    story = LotStory.born()
    story.hand_over(MAKER, PHARMACY, 100)
    extend(story, signer)
    story.dispense(PHARMACY, 1, at=LATER.ends - timedelta(seconds=1))
    with pytest.raises(RuleBroken) as refused:
        story.dispense(PHARMACY, 1, at=LATER.ends)
    assert (refused.value.rule, refused.value.code) == ("R12", "EXPIRED")


def test_what_was_printed_is_remembered_through_every_extension() -> None:
    story = LotStory.born()
    assert story.state.born().printed == {EXPIRY.on}
    extend(story)
    much_later = Expiry(LATER.on + timedelta(days=90))
    extend(story, REGULATOR, much_later)
    lot = story.state.born()
    assert (lot.expiry, lot.extended_from) == (much_later, EXPIRY.on)
    assert lot.printed == {EXPIRY.on, much_later.on}


def test_an_expired_lot_may_be_extended() -> None:
    story = LotStory.born()
    story.clock = EXPIRY.ends
    extend(story)
    story.ship(MAKER, WHOLESALER, 10)


@pytest.mark.parametrize(
    "expiry", [EXPIRY, Expiry(EXPIRY.on - timedelta(days=1)), Expiry(EXPIRY.on, "+02:00")]
)
def test_an_expiry_is_never_brought_forward(expiry: Expiry) -> None:
    story = LotStory.born()
    with pytest.raises(RuleBroken) as refused:
        extend(story, expiry=expiry)
    assert (refused.value.rule, refused.value.code) == ("R12", "EXPIRY_NOT_LATER")


@pytest.mark.parametrize("signer", [WHOLESALER, LIAR])
def test_who_neither_made_the_lot_nor_is_an_authority_does_not_extend_it(signer: Party) -> None:
    story = LotStory.born()
    with pytest.raises(RuleBroken) as refused:
        extend(story, signer)
    assert (refused.value.rule, refused.value.code) == ("R11", "MAY_NOT_FLAG")


@pytest.mark.parametrize(("at", "good"), [(ENDS - timedelta(seconds=1), True), (ENDS, False)])
def test_goods_are_dispensed_until_the_last_instant_of_their_day(
    at: datetime, *, good: bool
) -> None:
    story = story_at_the_pharmacy()
    if good:
        story.dispense(PHARMACY, 1, at=at)
        return
    with pytest.raises(RuleBroken) as refused:
        story.dispense(PHARMACY, 1, at=at)
    assert code_of(refused) == ("R12", "EXPIRED")


def test_expired_goods_are_not_shipped() -> None:
    story = LotStory.born()
    with pytest.raises(RuleBroken) as refused:
        story.ship(MAKER, WHOLESALER, 1, at=ENDS)
    assert code_of(refused) == ("R12", "EXPIRED")


def test_goods_that_expired_on_the_way_are_received_into_quarantine_only() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    with pytest.raises(RuleBroken) as refused:
        story.receive(WHOLESALER, 99, 1, at=ENDS)
    assert code_of(refused) == ("R12", "EXPIRED")
    story.receive(WHOLESALER, 0, 100, at=ENDS)
    assert story.balance() == {"quarantined": 100}


def test_expired_goods_are_destroyed() -> None:
    story = LotStory.born()
    story.clock = ENDS
    story.destroy(MAKER, 100)
    assert story.balance() == {"destroyed": 100}


def test_an_expired_lot_is_not_born() -> None:
    yesterday = Expiry(date(2026, 10, 31))
    broken = refused(LotStory(), MAKER, birth(expiry=yesterday))
    assert (broken.rule, broken.code) == ("R12", "EXPIRED_AT_BIRTH")
    LotStory().tell(MAKER, birth(expiry=Expiry(date(2026, 11, 1))))


@pytest.mark.parametrize("kind", FIT)
def test_expired_goods_are_neither_released_nor_exported(kind: type[Reasoned]) -> None:
    state = State.QUARANTINED if kind is Release else State.HELD
    story = with_goods(WHOLESALER)
    story.clock = EXPIRY.ends
    assert refusal(story, kind, WHOLESALER, state) == ("R12", "EXPIRED")
