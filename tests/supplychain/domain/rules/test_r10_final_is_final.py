"""R10: nothing leaves a final state, but what is undone."""

import pytest

from supplychain.domain.custody import State
from supplychain.domain.errors import RuleBroken
from supplychain.domain.histories import replay_all
from supplychain.domain.outputs import FINAL, OutputClaim
from supplychain.domain.pack_standing import pack_scope
from supplychain.domain.pack_traces import PackTrace
from supplychain.domain.parties import Party
from supplychain.domain.standing import Standing
from supplychain.domain.statements import (
    Destroy,
    Dispense,
    LossKind,
    LotStatement,
    Receive,
    Ship,
    Void,
)
from tests.people import MAKER, PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import NONE_NEEDED, LotStory, entry_id
from tests.supplychain.domain.rules.breaking import code_of


def story_at_the_pharmacy(quantity: int = 100) -> LotStory:
    story = LotStory.born(quantity)
    story.hand_over(MAKER, PHARMACY, quantity)
    return story


def endings(final: State) -> LotStory:
    """A story in which all of the pharmacy's goods end in this state."""
    story = story_at_the_pharmacy()
    match final:
        case State.DISPENSED:
            story.dispense(PHARMACY, 100)
        case State.DESTROYED:
            story.destroy(PHARMACY, 100)
        case _:
            story.lose(PHARMACY, 100, LossKind(final))
    return story


HELD = OutputClaim(State.HELD, PHARMACY.gln, 1)


DISPENSED = OutputClaim(State.DISPENSED, PHARMACY.gln, 1)


STOLEN = OutputClaim(State.STOLEN, PHARMACY.gln, 1)


@pytest.mark.parametrize("final", [State.DISPENSED, State.DESTROYED, State.LOST, State.STOLEN])
@pytest.mark.parametrize(
    "statement",
    [
        Dispense.of(holder=PHARMACY.gln, quantity=100, rest=0),
        Destroy.of(holder=PHARMACY.gln, quantity=100, rest=0, reason="Again"),
        Ship.of(
            giver=PHARMACY.gln,
            receiver=WHOLESALER.gln,
            quantity=100,
            rest=0,
            shipment="S-2",
            conditions=NONE_NEEDED,
        ),
        Receive.of(
            giver=PHARMACY.gln,
            receiver=PHARMACY.gln,
            accepted=100,
            damaged=0,
            missing=0,
            shipment="S-2",
            conditions=NONE_NEEDED,
        ),
        Void.of(giver=PHARMACY.gln, dispatch=entry_id(1), quantity=100, reason="Undo"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_final_is_final(final: State, statement: LotStatement) -> None:
    story = endings(final)
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, statement, story.stock(PHARMACY, final))
    assert code_of(refused) == ("R10", "FINAL_IS_FINAL")
    assert refused.value.conflict


def test_just_these_states_are_final() -> None:
    open_states = {State.HELD, State.IN_TRANSIT, State.QUARANTINED, State.RETURNED}
    assert {state for state in State if state.final} == FINAL == set(State) - open_states


@pytest.mark.parametrize("end", [State.LOST, State.STOLEN, State.DESTROYED])
@pytest.mark.parametrize("asking", [PHARMACY, MAKER, None])
def test_a_pack_that_was_lost_or_stolen_and_is_met_is_an_alarm(
    end: State, asking: Party | None
) -> None:
    story = endings(end)
    trace = PackTrace((story.stock(PHARMACY, end),))
    standing = pack_scope(replay_all(story.acts), asking, trace).standing
    missed = end is not State.DESTROYED
    assert standing is (Standing.MISSED if missed else Standing.ENDED)
    assert standing.alarming == missed
