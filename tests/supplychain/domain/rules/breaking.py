"""Acts that break a rule: they change nothing, and say which rule it was."""

import pytest

from ledger.core.links import OutputRef
from supplychain.domain.custody import Act
from supplychain.domain.errors import RuleBroken
from supplychain.domain.parties import Party
from supplychain.domain.statements import LotStatement, Receive, Ship
from tests.supplychain.domain.lot_story import NONE_NEEDED, LotStory


def code_of(refused: pytest.ExceptionInfo[RuleBroken]) -> tuple[str, str]:
    return refused.value.rule, refused.value.code


def refuse(story: LotStory, act: Act) -> tuple[str, str, str]:
    """Play an act that breaks a rule; see that nothing changes, and say which rule it was."""
    before, acts = story.state, list(story.acts)
    with pytest.raises(RuleBroken) as refused:
        story.play(act)
    assert (story.state, story.acts) == (before, acts)
    return refused.value.rule, refused.value.code, refused.value.message


def broken(
    story: LotStory, signer: Party, statement: LotStatement, *consumes: OutputRef
) -> tuple[str, str]:
    return refuse(story, story.act(signer, statement, *consumes))[:2]


def ship_of(giver: Party, receiver: Party, quantity: int, rest: int) -> Ship:
    return Ship.of(
        giver=giver.gln,
        receiver=receiver.gln,
        quantity=quantity,
        rest=rest,
        shipment="S-1",
        conditions=NONE_NEEDED,
    )


def receipt_of(giver: Party, receiver: Party, accepted: int, damaged: int, missing: int) -> Receive:
    return Receive.of(
        giver=giver.gln,
        receiver=receiver.gln,
        accepted=accepted,
        damaged=damaged,
        missing=missing,
        shipment="S-1",
        conditions=NONE_NEEDED,
    )
