"""Stock: what its holder may make of it, from which state, in which role, and of what fitness."""

import pytest

from supplychain.domain.custody import State
from supplychain.domain.errors import RuleBroken
from supplychain.domain.parties import Party
from supplychain.domain.stock import TERMS
from supplychain.domain.stock_statements import (
    Decommission,
    Destroy,
    Export,
    Quarantine,
    Reasoned,
    Release,
    Sample,
)
from tests.people import CARRIER, MAKER, PHARMACY, REGULATOR, WHOLESALER
from tests.supplychain.domain.lot_story import EXPIRY, LotStory

HOLDERS = {"maker": MAKER, "wholesaler": WHOLESALER, "carrier": CARRIER, "dispenser": PHARMACY}
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


def refusal(
    story: LotStory, kind: type[Reasoned], holder: Party, state: State = State.HELD
) -> tuple[str, str]:
    before = story.state
    with pytest.raises(RuleBroken) as refused:
        story.change(kind, holder, 10, state)
    assert story.state is before
    return refused.value.rule, refused.value.code


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


@pytest.mark.parametrize(
    ("kind", "state", "code"),
    [
        (Quarantine, State.QUARANTINED, "NOT_HELD"),
        (Release, State.HELD, "NOT_QUARANTINED"),
        (Export, State.QUARANTINED, "NOT_HELD"),
    ],
)
def test_r3_goods_change_from_the_states_that_the_statement_knows(
    kind: type[Reasoned], state: State, code: str
) -> None:
    story = with_goods(WHOLESALER)
    ref = story.stock(WHOLESALER, state)
    statement = kind.of(holder=WHOLESALER.gln, quantity=50, rest=0, reason="R")
    with pytest.raises(RuleBroken) as refused:
        story.tell(WHOLESALER, statement, ref)
    assert (refused.value.rule, refused.value.code) == ("R3", code)


@pytest.mark.parametrize(
    ("kind", "who"),
    [
        (Quarantine, {"maker", "wholesaler", "carrier", "dispenser"}),
        (Destroy, {"maker", "wholesaler", "carrier", "dispenser"}),
        (Release, {"maker", "wholesaler", "dispenser"}),
        (Sample, {"maker", "wholesaler", "dispenser"}),
        (Decommission, {"maker", "wholesaler", "dispenser"}),
        (Export, {"maker", "wholesaler"}),
    ],
)
def test_r3_each_statement_is_for_holders_of_certain_roles(
    kind: type[Reasoned], who: set[str]
) -> None:
    state = State.QUARANTINED if kind is Release else State.HELD
    for name, holder in HOLDERS.items():
        story = with_goods(holder)
        if name in who:
            story.change(kind, holder, 10, state)
        else:
            assert refusal(story, kind, holder, state) == ("R3", "ROLE_MISSING")


@pytest.mark.parametrize("kind", [one for one in TERMS if issubclass(one, Reasoned)])
def test_r3_nobody_changes_what_another_holds(kind: type[Reasoned]) -> None:
    story = with_goods(WHOLESALER)
    state = State.QUARANTINED if kind is Release else State.HELD
    statement = kind.of(holder=MAKER.gln, quantity=50, rest=0, reason="R", state=state)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, statement, story.stock(WHOLESALER, state))
    assert (refused.value.rule, refused.value.code) == ("R3", "NOT_HOLDER")


FIT = [Release, Export]
UNFIT = [Quarantine, Destroy, Sample, Decommission]


@pytest.mark.parametrize("kind", FIT)
def test_r11_flagged_goods_are_neither_released_nor_exported(kind: type[Reasoned]) -> None:
    state = State.QUARANTINED if kind is Release else State.HELD
    for flag, code in ((LotStory.recall, "RECALLED"), (LotStory.hold, "ON_HOLD")):
        story = with_goods(WHOLESALER)
        flag(story, REGULATOR)
        assert refusal(story, kind, WHOLESALER, state) == ("R11", code)


@pytest.mark.parametrize("kind", FIT)
def test_r12_expired_goods_are_neither_released_nor_exported(kind: type[Reasoned]) -> None:
    state = State.QUARANTINED if kind is Release else State.HELD
    story = with_goods(WHOLESALER)
    story.clock = EXPIRY.ends
    assert refusal(story, kind, WHOLESALER, state) == ("R12", "EXPIRED")


@pytest.mark.parametrize("kind", UNFIT)
def test_flagged_and_expired_goods_may_be_set_aside_and_taken_out(kind: type[Reasoned]) -> None:
    story = with_goods(WHOLESALER)
    story.recall()
    story.hold()
    story.clock = EXPIRY.ends
    story.change(kind, WHOLESALER, 10)
