from supplychain.queries.lots import lot_detail, where_are_units
from supplychain.queries.stock import inbound_to, outbound_of, stock_of
from tests.stages import HEALS, LIES, MAKES, SELLS, Stage, a_lot


def test_units_go_from_the_maker_through_a_wholesaler_to_a_pharmacy(stage: Stage) -> None:
    lot = a_lot()
    stage.register(lot, 100)
    stage.ship(MAKES, lot, 60, SELLS)
    assert [line.quantity for line in inbound_to(SELLS)] == [60]
    assert [line.quantity for line in outbound_of(MAKES)] == [60]
    stage.receive(SELLS, lot, 60)
    stage.deliver(SELLS, lot, 25, HEALS)

    assert [line.held for line in stock_of(MAKES)] == [40]
    assert [line.held for line in stock_of(SELLS)] == [35]
    assert [line.held for line in stock_of(HEALS)] == [25]
    whole = where_are_units(MAKES, lot)
    assert whole is not None
    assert whole.balanced
    assert {(place.holder, place.quantity) for place in whole.places} == {
        (MAKES, 40),
        (SELLS, 35),
        (HEALS, 25),
    }
    assert lot_detail(LIES, lot) is None
