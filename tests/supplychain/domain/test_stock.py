"""Stock: what its holder may make of it, from which state, in which role, and of what fitness."""

import pytest

from supplychain.domain.custody import State
from supplychain.domain.parties import Party
from supplychain.domain.stock_statements import (
    Decommission,
    Destroy,
    Export,
    Quarantine,
    Reasoned,
    Release,
    Sample,
)
from tests.people import MAKER, WHOLESALER
from tests.supplychain.domain.lot_story import EXPIRY, LotStory

OPEN = (State.HELD, State.QUARANTINED)


LEAVES = (Sample, Decommission, Destroy)


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


UNFIT = [Quarantine, Destroy, Sample, Decommission]


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (Quarantine, State.HELD),
        (Release, State.QUARANTINED),
        (Export, State.HELD),
        *((kind, state) for kind in LEAVES for state in OPEN),
    ],
)
def test_a_part_changes_its_state_and_the_rest_does_not(kind: type[Reasoned], state: State) -> None:
    story = with_goods(WHOLESALER)
    story.change(kind, WHOLESALER, 10, state)
    units = {one.value: 50 for one in OPEN} | {state.value: 40}
    units[kind.end] = units.get(kind.end, 0) + 10
    assert story.balance() == units


@pytest.mark.parametrize("kind", UNFIT)
def test_flagged_and_expired_goods_may_be_set_aside_and_taken_out(kind: type[Reasoned]) -> None:
    story = with_goods(WHOLESALER)
    story.recall()
    story.hold()
    story.clock = EXPIRY.ends
    story.change(kind, WHOLESALER, 10)
