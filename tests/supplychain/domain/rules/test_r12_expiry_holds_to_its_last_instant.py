"""R12: an expiry holds to its last instant; that it is extended is a new fact."""

from datetime import timedelta

import pytest

from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import Expiry
from supplychain.domain.parties import Party
from supplychain.domain.statements import ExpiryExtend
from tests.people import LIAR, MAKER, PHARMACY, REGULATOR, WHOLESALER
from tests.supplychain.domain.lot_story import EXPIRY, LotStory

LATER = Expiry(EXPIRY.on + timedelta(days=90))


def extend(story: LotStory, signer: Party = MAKER, expiry: Expiry = LATER) -> str:
    return story.tell(signer, ExpiryExtend(expiry, "Stability study"))


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
