"""A partner's file puts units without serial numbers into containers (EPCIS childQuantityList)."""

import pytest

from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Gln, Sscc
from supplychain.formats import epc, epcis
from supplychain.queries.containers import inside, units_inside
from supplychain.queries.stock import inbound_to, outbound_of, stock_of
from supplychain.services.export_epcis import Version, export_epcis
from tests.stages import HEALS, MAKES, SELLS, Stage
from tests.supplychain.formats.epcis_files import (
    LOT_MEMBERS,
    PALLET,
    born,
    case,
    counted,
    pack,
    packed,
    seen,
    shipped,
)
from tests.supplychain.services.test_import_epcis import (
    LOT,
    outcomes,
    read,
    winter,
)

__all__ = ["winter"]
BUYER, PHARMACY = epc.write(Gln(SELLS), 7), epc.write(Gln(HEALS), 7)
BOX = Container.of_sscc(Sscc("106141412345678908"))
TAKEN = ("accepted", "PACKED")


def units(name: str, lots: dict[str, int]) -> str:
    return f"<extension>{counted(name, lots)}</extension>"


def birth(lot: str = "L1", count: int = 100) -> str:
    return born(ilmd=LOT_MEMBERS.replace("L1", lot), more=counted("quantityList", {lot: count}))


def filled(parent: str, *codes: str, minute: int = 1, action: str = "ADD", **lots: int) -> str:
    more = units("childQuantityList", lots) if lots else ""
    return packed(parent, *codes, minute=minute, action=action, more=more)


def found(container: Container = BOX) -> dict[str, int]:
    return {str(one.container): one.units for one in units_inside([container])}


@pytest.fixture
def boxed(winter: Stage) -> Stage:
    """A case of 24 of L1 on a pallet with 6 more of it, and two packs of L2."""
    serials = born(pack(1), pack(2), ilmd=LOT_MEMBERS.replace("L1", "L2"))
    events = (filled(case(1), L1=24), filled(PALLET, pack(1), pack(2), case(1), L1=6, minute=2))
    reports = read(winter, birth(), serials, *events)
    assert outcomes(reports)[2:] == [TAKEN, TAKEN]
    assert "3 and 6 units into" in reports[3].reason
    return winter


def test_a_pallet_of_packs_and_units_goes_by_its_label(boxed: Stage) -> None:
    assert found() == {str(BOX): 6, f"01/{epc.item(case(1)).gtin}/21/1": 24}
    assert len(inside([BOX])) == 2
    assert outcomes(read(boxed, shipped(PALLET, receiver=BUYER))) == [("accepted", "SHIPPING")]
    assert sorted(one.quantity for one in outbound_of(MAKES)) == [2, 30]
    got = read(boxed, seen(PALLET, biz_step="receiving", minute=7), party=SELLS)
    assert outcomes(got) == [("accepted", "RECEIVING")]
    assert [len(one.entries) for one in got] == [2]
    assert sorted(one.held for one in stock_of(SELLS)) == [2, 30]
    opened = read(boxed, filled(PALLET, action="DELETE", minute=8), party=SELLS)
    assert outcomes(opened) == [("accepted", "UNPACKED")]
    assert found() == {}
    on = shipped(case(1), giver=BUYER, receiver=PHARMACY, minute=9)
    assert outcomes(read(boxed, on, party=SELLS)) == [("accepted", "SHIPPING")]
    assert [one.quantity for one in inbound_to(HEALS)] == [24]


def test_of_two_pallets_the_one_that_arrived_is_received_and_the_other_taken_back(
    winter: Stage,
) -> None:
    other = "urn:epc:id:sscc:0614141.0000000001"
    sent = shipped(PALLET, other, receiver=BUYER)
    read(winter, birth(), filled(PALLET, L1=30), filled(other, L1=20), sent)
    assert [one.quantity for one in outbound_of(MAKES)] == [50]
    read(winter, seen(other, biz_step="receiving", minute=7), party=SELLS)
    assert [one.held for one in stock_of(SELLS)] == [20]
    back = read(winter, seen(PALLET, biz_step="void_shipping", minute=8))
    assert outcomes(back) == [("accepted", "VOID_SHIPPING")]
    assert [one.held for one in stock_of(MAKES)] == [80]
    assert found() == {str(BOX): 30}


def test_a_pallet_is_taken_off_the_dispatch_that_it_is_on(winter: Stage) -> None:
    other = "urn:epc:id:sscc:0614141.0000000001"
    read(winter, birth(), filled(PALLET, L1=20), filled(other, L1=20))
    read(winter, shipped(other, receiver=BUYER), shipped(PALLET, receiver=BUYER, minute=6))
    read(winter, seen(PALLET, biz_step="receiving", minute=7), party=SELLS)
    assert {(str(one.container), one.state) for one in units_inside([BOX])} == {(str(BOX), "held")}


def test_one_of_two_pallets_on_the_way_is_taken_back_whole(winter: Stage) -> None:
    other = "urn:epc:id:sscc:0614141.0000000001"
    sent = shipped(PALLET, other, receiver=BUYER)
    read(winter, birth(), filled(PALLET, L1=30), filled(other, L1=20), sent)
    back = read(winter, seen(PALLET, biz_step="void_shipping", minute=8))
    assert outcomes(back) == [("accepted", "VOID_SHIPPING")]
    assert {one.state for one in units_inside([BOX])} == {"held"}
    assert [one.quantity for one in outbound_of(MAKES)] == [20]


def test_loose_units_go_beside_a_pallet_of_the_same_lot(boxed: Stage) -> None:
    more = f"<extension>{counted('quantityList', {'L1': 5})}</extension>"
    assert outcomes(read(boxed, shipped(PALLET, receiver=BUYER, more=more))) == [
        ("accepted", "SHIPPING")
    ]
    assert sorted(one.quantity for one in outbound_of(MAKES)) == [2, 35]


def test_some_come_out_and_the_others_stay_in(boxed: Stage) -> None:
    out = filled(PALLET, action="DELETE", minute=3, L1=2)
    assert outcomes(read(boxed, out)) == [("accepted", "UNPACKED")]
    assert found()[str(BOX)] == 4
    (known,) = read(boxed, out)
    assert known.outcome == "known"
    (more,) = read(boxed, filled(PALLET, action="DELETE", minute=4, L1=5))
    assert (more.code, more.category) == ("NOT_INSIDE", "packaging")
    assert "4 units" in more.reason


@pytest.mark.parametrize(
    ("event", "outcome"),
    [
        (filled(PALLET, L1=71, minute=3), ("refused", "MASS_IMBALANCE")),
        (filled(PALLET, L2=1, minute=3), ("refused", "PACKS_UNLIKE")),
        (filled(PALLET, L9=1, minute=3), ("refused", "NOT_THE_HOLDER")),
        (filled(case(9), case(1), minute=3), ("exception", "ALREADY_PACKED")),
        (filled(case(1), L1=0, minute=3), ("exception", "QUANTITY_WRONG")),
        (shipped(case(1), receiver=BUYER), ("exception", "PACKED")),
    ],
)
def test_what_cannot_be_packed_is_said_and_changes_nothing(
    boxed: Stage, event: str, outcome: tuple[str, str]
) -> None:
    before = found()
    (report,) = read(boxed, event)
    if outcome[1] == "NOT_THE_HOLDER":
        assert report.code == outcome[1]
        assert not report.entries
    else:
        assert outcomes([report]) == [outcome]
    assert found() == before


def test_the_class_of_a_lot_is_needed(boxed: Stage) -> None:
    trade_item = filled(PALLET, L1=1, minute=3).replace("class:lgtin", "idpat:sgtin")
    (report,) = read(boxed, trade_item.replace(".L1<", ".*<"))
    assert (report.code, report.category) == ("LOT_MISSING", "data issue")


def test_a_lot_is_named_by_serials_or_counted_and_not_both(winter: Stage) -> None:
    read(winter, born(pack(1), pack(2)))
    more = f"<extension>{counted('quantityList', {'L1': 1})}</extension>"
    (report,) = read(winter, shipped(pack(1), receiver=BUYER, more=more))
    assert outcomes([report]) == [("exception", "SERIALS_DIFFER")]


def test_a_lot_that_is_counted_twice_is_summed_and_nothing_is_lost(winter: Stage) -> None:
    more = f"<extension>{counted('quantityList', {'L1': 4})}</extension>"
    once_more = (
        more.replace("</quantityList>", "").replace("</extension>", "")
        + more.split("<quantityList>")[1]
    )
    read(winter, birth(), shipped(receiver=BUYER, more=once_more))
    assert [one.quantity for one in outbound_of(MAKES)] == [8]


@pytest.mark.parametrize("version", ["1.2", "2.0"])
def test_what_is_told_of_packed_units_names_their_containers(
    boxed: Stage, version: Version
) -> None:
    read(boxed, shipped(PALLET, receiver=BUYER))
    boxed.log()
    told = epcis.read(
        export_epcis(
            lot=LOT, party=MAKES, to=SELLS, at=boxed.later(), version=version, prefix_length=7
        )
    )
    packings = [one for one in told.events if one.kind == "AggregationEvent"]
    assert [[int(q.quantity or 0) for q in one.child_quantities] for one in packings] == [[24], [6]]
    (sent,) = (one for one in told.events if one.biz_step == "shipping")
    assert (sent.epcs, sent.quantities) == ((PALLET,), ())
    assert not any(one.fault for one in told.events)
