from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from supplychain.queries.attention import needs_you_now
from supplychain.queries.lots import excursions_of, lot_detail, lots_of, where_are_units
from supplychain.queries.organisations import organisation, products_of, receivers_for
from supplychain.queries.stock import expiring, inbound_to, outbound_of, stock_of
from supplychain.services.place_hold import place_hold
from tests.stages import (
    HEALS,
    HEALS_TOO,
    INSULIN,
    LIES,
    MAKES,
    NO_LOGGER,
    RULES,
    SELLS,
    Stage,
    a_lot,
    readings,
)

LOT, OTHER, COLD = a_lot("A1"), a_lot("B2"), a_lot("F1", INSULIN)


@pytest.fixture
def trade(stage: Stage) -> Stage:
    """Two lots at the wholesaler's; of the first, 20 with one pharmacy and 5 on the way."""
    for lot in (LOT, OTHER):
        stage.register(lot, 100)
        stage.deliver(MAKES, lot, 50, SELLS)
    stage.deliver(SELLS, LOT, 20, HEALS)
    stage.ship(SELLS, LOT, 5, HEALS_TOO)
    return stage


@pytest.mark.usefixtures("trade")
def test_each_organisation_sees_its_own_lots() -> None:
    assert [line.key for line in lots_of(MAKES)] == [LOT, OTHER]
    assert [line.key for line in lots_of(SELLS)] == [LOT, OTHER]
    assert [line.key for line in lots_of(HEALS)] == [LOT]
    assert [line.key for line in lots_of(HEALS_TOO)] == [LOT]
    assert lots_of(LIES) == []


@pytest.mark.usefixtures("trade")
def test_a_lots_page_shows_ones_own_trade_and_nobody_elses() -> None:
    own = lot_detail(HEALS, LOT)
    assert own is not None
    assert (own.held, own.inbound, own.outbound) == (20, 0, 0)
    assert {movement.by for movement in own.movements} == {SELLS, HEALS}
    names = {part.receiver for movement in own.movements for part in movement.outputs}
    assert HEALS_TOO not in names
    waiting = lot_detail(HEALS_TOO, LOT)
    assert waiting is not None
    assert waiting.inbound == 5
    assert lot_detail(LIES, LOT) is None
    assert lot_detail(HEALS, OTHER) is None


@pytest.mark.usefixtures("trade")
def test_the_maker_sees_where_all_units_are_and_nobody_else_does() -> None:
    found = where_are_units(MAKES, LOT)
    assert found is not None
    assert found.balanced
    assert {(place.holder, place.receiver, place.quantity) for place in found.places} == {
        (MAKES, "", 50),
        (SELLS, "", 25),
        (SELLS, HEALS_TOO, 5),
        (HEALS, "", 20),
    }
    assert len(found.tree) == 6
    assert where_are_units(SELLS, LOT) is None


@pytest.mark.usefixtures("trade")
def test_what_is_on_the_way_is_seen_from_both_ends() -> None:
    (sent,), (awaited,) = outbound_of(SELLS), inbound_to(HEALS_TOO)
    assert sent == awaited
    assert (sent.quantity, sent.giver, sent.receiver, sent.rest) == (5, SELLS, HEALS_TOO, False)


def test_stock_is_listed_by_expiry(stage: Stage) -> None:
    stage.register(LOT, 5, expiry=date(2027, 6, 30))
    stage.register(OTHER, 5, expiry=date(2026, 6, 30))
    assert [line.lot.key for line in stock_of(MAKES)] == [OTHER, LOT]
    assert [line.lot.key for line in expiring(MAKES, stage.now, timedelta(days=200))] == [OTHER]
    assert stock_of(MAKES)[0].lot.blocked(stage.now + timedelta(days=365)) == "Expired"


def test_what_needs_somebody_is_listed_first(stage: Stage) -> None:
    stage.register(LOT, 100)
    stage.ship(MAKES, LOT, 10, SELLS)
    assert [line.quantity for line in needs_you_now(SELLS, stage.now).to_receive] == [10]
    stage.receive(SELLS, LOT, 7, damaged=1)
    desk = needs_you_now(SELLS, stage.now)
    assert desk.to_receive == ()
    assert [line.quantity for line in desk.short] == [2]
    assert [line.quarantined for line in desk.quarantined] == [1]
    assert [line.quantity for line in needs_you_now(MAKES, stage.now).short] == [2]
    place_hold(party=RULES, lot=LOT, reason="Sample", at=stage.later(), nonce=stage.nonce())
    assert [line.lot.blocked(stage.now) for line in needs_you_now(SELLS, stage.now).blocked] == [
        "On hold"
    ]
    assert not needs_you_now(LIES, stage.now)


def test_excursions_are_shown_to_giver_and_receiver(stage: Stage) -> None:
    stage.register(COLD, 10)
    warm = readings(stage.now - timedelta(hours=2), stage.now, 500, 900)
    stage.ship(MAKES, COLD, 5, HEALS, NO_LOGGER)
    stage.ship(MAKES, COLD, 5, SELLS, warm)
    assert [leg.receiver for leg in excursions_of(MAKES)] == [SELLS]
    assert [leg.giver for leg in excursions_of(SELLS)] == [MAKES]
    assert excursions_of(HEALS) == []
    detail = lot_detail(SELLS, COLD)
    assert detail is not None
    assert [m.leg.state for m in detail.movements if m.leg] == ["EXCURSION"]


@pytest.mark.usefixtures("stage")
def test_goods_are_offered_to_those_who_may_hold_them() -> None:
    offered = {one.gln for one in receivers_for(MAKES)}
    assert {SELLS, HEALS, HEALS_TOO} <= offered
    assert not {MAKES, RULES} & offered
    assert [product.name for product in products_of(MAKES)] == ["Insulin", "Paracetamol"]
    assert products_of(SELLS) == []
    assert organisation("9506000010014") is None


def test_lists_take_a_fixed_number_of_queries(
    trade: Stage, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(24):
        needs_you_now(SELLS, trade.now)
    with django_assert_max_num_queries(8):
        lot_detail(SELLS, LOT)
