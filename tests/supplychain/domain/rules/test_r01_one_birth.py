"""R1: (GTIN, lot) and (GTIN, serial) are born once, by the party whose prefix it is."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ledger.core.links import OutputRef
from supplychain.domain.custody import LotState
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.lots import Expiry, LotKey
from supplychain.domain.outputs import OutputClaim, State
from supplychain.domain.parties import Party
from supplychain.domain.products import Product
from supplychain.domain.statements import LotRegister
from tests.people import LIAR, MAKER, PHARMACY, REGULATOR, REPACKAGER, WHOLESALER
from tests.supplychain.domain.lot_story import (
    DAY_ONE,
    EXPIRY,
    GTIN,
    KEY,
    PRODUCT,
    LotStory,
    birth,
    entry_id,
)


def refused(story: LotStory, signer: Party, statement: LotRegister) -> RuleBroken:
    with pytest.raises(RuleBroken) as broken:
        story.tell(signer, statement)
    return broken.value


def test_a_maker_gives_birth_to_a_lot_and_holds_all_of_it() -> None:
    story = LotStory(monitored=True)
    born = story.tell(MAKER, birth(100))
    lot = story.state.born()
    assert (lot.key, lot.maker, lot.quantity) == (KEY, MAKER.gln, 100)
    assert (lot.expiry, lot.product, lot.born_at) == (EXPIRY, PRODUCT, DAY_ONE)
    assert lot.monitored
    output = story.state.outputs[OutputRef(born, 0)]
    assert (output.state, output.holder, output.quantity) == (State.HELD, MAKER.gln, 100)


def test_a_repackager_gives_birth_to_lots_of_its_own_prefix() -> None:
    gtin = Gtin("09506000009995")
    product = replace(PRODUCT, gtin=gtin)
    statement = LotRegister.of(
        maker=REPACKAGER.gln, lot=KEY.lot, product=product, expiry=EXPIRY, quantity=1
    )
    story = LotStory()
    story.play(replace(story.act(REPACKAGER, statement), key=LotKey(gtin, KEY.lot)))
    assert story.balance() == {"held": 1}


def test_a_lot_is_born_once() -> None:
    broken = refused(LotStory.born(), MAKER, birth())
    assert (broken.rule, broken.code, broken.conflict) == ("R1", "BORN_TWICE", True)


def test_a_lot_is_not_born_again_after_all_of_it_is_gone() -> None:
    story = LotStory.born()
    story.destroy(MAKER, 100)
    assert refused(story, MAKER, birth()).code == "BORN_TWICE"


@pytest.mark.parametrize("signer", [WHOLESALER, PHARMACY, REGULATOR, LIAR])
def test_only_makers_and_repackagers_register_lots(signer: Party) -> None:
    broken = refused(LotStory(), signer, birth(maker=signer))
    assert (broken.rule, broken.code) == ("R1", "ROLE_MISSING")


def test_a_maker_registers_only_its_own_gtins() -> None:
    broken = refused(LotStory(), REPACKAGER, birth(maker=REPACKAGER))
    assert (broken.rule, broken.code) == ("R1", "GTIN_NOT_YOURS")


@pytest.mark.parametrize(
    "key", [LotKey(GTIN, LotNumber("B123")), LotKey(Gtin("10614141123459"), KEY.lot)]
)
def test_the_statement_is_about_the_lot_of_its_stream(key: LotKey) -> None:
    story = LotStory()
    with pytest.raises(RuleBroken) as broken:
        story.play(replace(story.act(MAKER, birth()), key=key))
    assert (broken.value.rule, broken.value.code) == ("R1", "STREAM_MISMATCH")


def test_a_birth_uses_nothing_up() -> None:
    story = LotStory()
    with pytest.raises(RuleBroken) as broken:
        story.tell(MAKER, birth(), OutputRef(entry_id(3), 0))
    assert broken.value.code == "BIRTH_CONSUMES"


@pytest.mark.parametrize(
    "outputs",
    [
        (),
        (OutputClaim(State.QUARANTINED, MAKER.gln, 1),),
        (OutputClaim(State.HELD, MAKER.gln, 1), OutputClaim(State.HELD, MAKER.gln, 1)),
    ],
)
def test_a_birth_makes_one_output_that_is_held(outputs: tuple[OutputClaim, ...]) -> None:
    with pytest.raises(Invalid, match=r"expected one output, held") as invalid:
        LotRegister(KEY.lot, PRODUCT, EXPIRY, outputs)
    assert invalid.value.code == "OUTPUTS_WRONG"


@pytest.mark.parametrize("quantity", [0, -1, 10**9 + 1])
def test_a_birth_has_from_one_to_a_thousand_million_units(quantity: int) -> None:
    with pytest.raises(Invalid):
        birth(quantity)


def test_the_greatest_lot_is_born() -> None:
    assert LotStory.born(10**9).balance() == {"held": 10**9}


def test_an_unborn_lot_has_no_facts() -> None:
    with pytest.raises(RuleBroken) as broken:
        LotState().born()
    assert (broken.value.rule, broken.value.code) == ("R2", "NOT_BORN")


@pytest.mark.parametrize("member", ["name", "strength", "form", "profile"])
def test_a_product_has_every_text(member: str) -> None:
    texts = {"name": "Marlowin", "strength": "10 mg", "form": "tablet", "profile": "x/1"}
    with pytest.raises(Invalid) as invalid:
        Product(GTIN, **(texts | {member: " "}))
    assert invalid.value.code == "TEXT_EMPTY"


def test_the_day_of_expiry_is_over_at_its_midnight() -> None:
    story = LotStory()
    last = Expiry(date(2026, 11, 1), "+02:00")
    story.clock = datetime(2026, 11, 1, 21, 59, 59, tzinfo=UTC)
    story.tell(MAKER, birth(expiry=last))
    late = LotStory()
    late.clock = datetime(2026, 11, 1, 22, tzinfo=UTC)
    assert refused(late, MAKER, birth(expiry=last)).code == "EXPIRED_AT_BIRTH"
