"""R3: only the custodian moves goods, and only the named receiver takes them."""

from dataclasses import replace

import pytest

from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.domain.outputs import OutputClaim, State
from supplychain.domain.parties import Party, Role
from supplychain.domain.statements import (
    Dispense,
    Lose,
    LossKind,
    LotRegister,
)
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
from tests.people import (
    CARRIER,
    LIAR,
    MAKER,
    PHARMACY,
    REGULATOR,
    SECOND_PHARMACY,
    WHOLESALER,
)
from tests.supplychain.domain.lot_story import (
    LotStory,
    birth,
)
from tests.supplychain.domain.rules.breaking import broken, code_of, receipt_of, refuse, ship_of


def story_at_the_pharmacy(quantity: int = 100) -> LotStory:
    story = LotStory.born(quantity)
    story.hand_over(MAKER, PHARMACY, quantity)
    return story


def lost(rest: int, signer: Party = MAKER, to: Gln | None = None) -> Lose:
    return Lose.of(
        signer=signer.gln,
        holder=MAKER.gln,
        quantity=50,
        rest=rest,
        kind=LossKind.LOST,
        reason="Nowhere",
        to=to,
    )


def refused(story: LotStory, signer: Party, statement: LotRegister) -> RuleBroken:
    with pytest.raises(RuleBroken) as broken:
        story.tell(signer, statement)
    return broken.value


HOLDERS = {"maker": MAKER, "wholesaler": WHOLESALER, "carrier": CARRIER, "dispenser": PHARMACY}


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


def test_who_does_not_hold_goods_cannot_ship_them() -> None:
    story = LotStory.born()
    statement = ship_of(LIAR, PHARMACY, 100, 0)
    assert broken(story, LIAR, statement, story.stock(MAKER)) == ("R3", "NOT_HOLDER")


def test_every_output_must_be_held_not_only_the_first() -> None:
    story = LotStory.born()
    story.hand_over(MAKER, WHOLESALER, 50)
    statement = ship_of(MAKER, PHARMACY, 100, 0)
    refs = (story.stock(MAKER), story.stock(WHOLESALER))
    assert broken(story, MAKER, statement, *refs) == ("R3", "NOT_HOLDER")


def test_the_receiver_cannot_ship_on_before_receiving() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    statement = ship_of(WHOLESALER, PHARMACY, 100, 0)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, WHOLESALER, statement, transit) == ("R3", "NOT_HELD")


def test_what_is_held_cannot_be_received() -> None:
    story = LotStory.born()
    statement = receipt_of(MAKER, MAKER, 100, 0, 0)
    assert broken(story, MAKER, statement, story.stock(MAKER)) == ("R3", "NOT_IN_TRANSIT")


def test_only_the_named_receiver_takes_goods() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    statement = receipt_of(MAKER, LIAR, 100, 0, 0)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, LIAR, statement, transit) == ("R3", "NOT_RECEIVER")


def test_nobody_ships_to_himself() -> None:
    story = LotStory.born()
    statement = ship_of(MAKER, MAKER, 100, 0)
    assert broken(story, MAKER, statement, story.stock(MAKER)) == ("R3", "TO_YOURSELF")


def test_the_receiver_must_be_admitted() -> None:
    story = LotStory.born()
    act = story.act(MAKER, ship_of(MAKER, WHOLESALER, 100, 0), story.stock(MAKER))
    assert refuse(story, replace(act, receiver=None))[:2] == ("R3", "RECEIVER_UNKNOWN")


def test_the_receiver_must_be_the_one_that_the_statement_names() -> None:
    story = LotStory.born()
    act = story.act(MAKER, ship_of(MAKER, WHOLESALER, 100, 0), story.stock(MAKER))
    assert refuse(story, replace(act, receiver=PHARMACY))[:2] == ("R3", "RECEIVER_UNKNOWN")


def test_the_receiver_must_have_a_role_that_may_hold_goods() -> None:
    story = LotStory.born()
    statement = ship_of(MAKER, REGULATOR, 100, 0)
    expected = ("R3", "RECEIVER_MAY_NOT_HOLD")
    assert broken(story, MAKER, statement, story.stock(MAKER)) == expected
    assert REGULATOR.roles == {Role.AUTHORITY}
    story.ship(MAKER, CARRIER, 100)


def test_what_is_kept_stays_with_the_giver() -> None:
    story = LotStory.born()
    honest = ship_of(MAKER, WHOLESALER, 40, 60)
    kept = OutputClaim(State.HELD, LIAR.gln, 60)
    statement = replace(honest, outputs=(honest.outputs[0], kept))
    assert broken(story, MAKER, statement, story.stock(MAKER)) == ("R3", "HOLDER_WRONG")


def test_what_is_sent_is_sent_by_the_signer() -> None:
    story = LotStory.born()
    statement = ship_of(LIAR, WHOLESALER, 100, 0)
    assert broken(story, MAKER, statement, story.stock(MAKER)) == ("R3", "HOLDER_WRONG")


@pytest.mark.parametrize(("accepted", "damaged"), [(100, 0), (0, 100)])
def test_a_receiver_receives_for_itself(accepted: int, damaged: int) -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    statement = receipt_of(MAKER, LIAR, accepted, damaged, 0)
    transit = story.stock(WHOLESALER, State.IN_TRANSIT)
    assert broken(story, WHOLESALER, statement, transit) == ("R3", "HOLDER_WRONG")


def test_only_dispensers_dispense() -> None:
    story = LotStory.born()
    with pytest.raises(RuleBroken) as refused:
        story.dispense(MAKER, 1)
    assert code_of(refused) == ("R3", "ROLE_MISSING")


def test_a_pharmacy_dispenses_only_what_it_holds() -> None:
    story = story_at_the_pharmacy()
    statement = Dispense.of(holder=SECOND_PHARMACY.gln, quantity=100, rest=0)
    with pytest.raises(RuleBroken) as refused:
        story.tell(SECOND_PHARMACY, statement, story.stock(PHARMACY))
    assert code_of(refused) == ("R3", "NOT_HOLDER")


def test_what_is_quarantined_is_not_dispensed() -> None:
    story = LotStory.born()
    story.ship(MAKER, PHARMACY, 100)
    story.receive(PHARMACY, 0, 100)
    statement = Dispense.of(holder=PHARMACY.gln, quantity=100, rest=0)
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, statement, story.stock(PHARMACY, State.QUARANTINED))
    assert code_of(refused) == ("R3", "NOT_HELD")


def test_dispensed_goods_are_booked_on_the_signer() -> None:
    story = story_at_the_pharmacy()
    statement = Dispense.of(holder=LIAR.gln, quantity=100, rest=0)
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, statement, story.stock(PHARMACY))
    assert code_of(refused) == ("R3", "HOLDER_WRONG")


def test_only_the_holder_destroys() -> None:
    story = LotStory.born()
    statement = Destroy.of(holder=LIAR.gln, quantity=100, rest=0, reason="Spite")
    with pytest.raises(RuleBroken) as refused:
        story.tell(LIAR, statement, story.stock(MAKER))
    assert code_of(refused) == ("R3", "NOT_HOLDER")


def test_what_is_on_its_way_is_not_destroyed() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    statement = Destroy.of(holder=MAKER.gln, quantity=100, rest=0, reason="Fire")
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, statement, story.stock(WHOLESALER, State.IN_TRANSIT))
    assert code_of(refused) == ("R3", "NOT_HELD")


def test_goods_of_different_states_are_destroyed_separately() -> None:
    story = LotStory.born()
    story.ship(MAKER, PHARMACY, 100)
    story.receive(PHARMACY, 50, 50)
    both = (story.stock(PHARMACY), story.stock(PHARMACY, State.QUARANTINED))
    statement = Destroy.of(holder=PHARMACY.gln, quantity=100, rest=0, reason="Fire")
    with pytest.raises(RuleBroken) as refused:
        story.tell(PHARMACY, statement, *both)
    assert code_of(refused) == ("R3", "STATES_MIXED")


def test_only_the_holder_loses_stock() -> None:
    story = LotStory.born()
    statement = Lose.of(
        signer=LIAR.gln,
        holder=LIAR.gln,
        quantity=100,
        rest=0,
        kind=LossKind.LOST,
        reason="Nowhere",
    )
    with pytest.raises(RuleBroken) as refused:
        story.tell(LIAR, statement, story.stock(MAKER))
    assert code_of(refused) == ("R3", "NOT_HOLDER")


def test_nobody_else_reports_goods_stolen_on_the_way() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    with pytest.raises(RuleBroken) as refused:
        story.lose_on_the_way(LIAR, WHOLESALER, 100)
    assert code_of(refused) == ("R3", "NOT_HOLDER")


def test_a_loss_on_the_way_is_booked_on_the_signer() -> None:
    story = LotStory.born()
    story.ship(MAKER, WHOLESALER, 100)
    statement = lost(50, LIAR, WHOLESALER.gln)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, statement, story.stock(WHOLESALER, State.IN_TRANSIT))
    assert code_of(refused) == ("R3", "HOLDER_WRONG")


def test_goods_are_born_with_their_maker() -> None:
    broken = refused(LotStory(), MAKER, birth(maker=LIAR))
    assert (broken.rule, broken.code) == ("R3", "HOLDER_WRONG")


@pytest.mark.parametrize(
    ("kind", "state", "code"),
    [
        (Quarantine, State.QUARANTINED, "NOT_HELD"),
        (Release, State.HELD, "NOT_QUARANTINED"),
        (Export, State.QUARANTINED, "NOT_HELD"),
    ],
)
def test_goods_change_from_the_states_that_the_statement_knows(
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
def test_each_statement_is_for_holders_of_certain_roles(
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
def test_nobody_changes_what_another_holds(kind: type[Reasoned]) -> None:
    story = with_goods(WHOLESALER)
    state = State.QUARANTINED if kind is Release else State.HELD
    statement = kind.of(holder=MAKER.gln, quantity=50, rest=0, reason="R", state=state)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, statement, story.stock(WHOLESALER, state))
    assert (refused.value.rule, refused.value.code) == ("R3", "NOT_HOLDER")
