from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.identifiers import Gln, Gtin, LotNumber
from supplychain.domain.lots import LotKey
from supplychain.formats import epcis
from supplychain.formats.lot_story import Answer, LotStory, plan_lot_story
from tests.supplychain.formats import epcis_files as files
from tests.supplychain.formats.epcis_files import (
    BUYER,
    LOT_MEMBERS,
    MAKER,
    PALLET,
    born,
    case,
    document,
    pack,
    packed,
    seen,
    shipped,
)

LOT = LotKey(Gtin("00614141123452"), LotNumber("L1"))
OTHER_LOT = LOT_MEMBERS.replace("L1", "L2")


def told(*events: str) -> LotStory:
    return plan_lot_story(epcis.read(document(*events)))


def codes(story: LotStory) -> list[str]:
    return [answer.code for answer in story.answers]


def refused(*events: str) -> str:
    """Return why the last event is refused, having changed nothing."""
    before, after = told(*events[:-1]), told(*events)
    assert (before.births, before.shipments) == (after.births, after.shipments)
    assert after.answers[-1].answer is Answer.REFUSED
    return after.answers[-1].code


def test_the_example_of_gs1_us_is_twelve_packs_of_one_lot_in_one_shipment(shared: Path) -> None:
    file = shared / "samples" / "epcis" / "GS1_US_Pharma_Example_2_2_1_1.xml"
    story = plan_lot_story(epcis.read(file.read_bytes()))
    (birth,), (shipment,) = story.births, story.shipments
    assert birth.lot == LotKey(Gtin("00300010123455"), LotNumber("A123"))
    assert (birth.expiry, birth.units, birth.prefix) == (date(2025, 3, 27), 12, "030001")
    assert birth.product is not None
    assert (birth.product.name, birth.product.strength) == ("Epcistra", "100mg")
    assert (shipment.giver, shipment.receiver) == (Gln("0300011111116"), Gln("0399999999991"))
    assert shipment.lots == ((birth.lot, 12),)
    assert (shipment.order, shipment.despatch_advice) == ("XYZPO189", "DEL100")
    assert shipment.at == datetime(2023, 4, 1, 7, 48, 16, tzinfo=UTC)
    assert codes(story) == [
        "BIRTH",
        "PACKAGING",
        *["PACKED"] * 3,
        "PACKAGING",
        "PACKED",
        "SHIPMENT",
    ]
    assert Counter(a.answer for a in story.answers) == {Answer.USED: 6, Answer.KEPT: 2}


def test_packs_are_counted_by_lot_over_events() -> None:
    story = told(born(pack(1), pack(2)), born(pack(3)), born(pack(4), ilmd=OTHER_LOT))
    assert [(str(b.lot.lot), b.units, b.events) for b in story.births] == [
        ("L1", 3, (1, 2)),
        ("L2", 1, (3,)),
    ]
    assert story.births[0].at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert story.births[0].product is None


def test_what_holds_packs_is_packaging_and_no_more_packs() -> None:
    story = told(born(pack(1), pack(2)), born(case(1)), packed(case(1), pack(1), pack(2)))
    assert [(b.lot, b.units) for b in story.births] == [(LOT, 2)]
    assert codes(story) == ["BIRTH", "PACKAGING", "PACKED"]


def test_events_are_taken_in_the_order_of_time() -> None:
    story = told(
        shipped(PALLET, minute=3), packed(PALLET, pack(1), minute=2), born(pack(1), minute=1)
    )
    assert codes(story) == ["SHIPMENT", "PACKED", "BIRTH"]
    assert [a.position for a in story.answers] == [1, 2, 3]


def test_a_pallet_is_shipped_with_what_is_in_it_then() -> None:
    story = told(
        born(pack(1), pack(2), pack(3)),
        born(pack(4), ilmd=OTHER_LOT),
        packed(PALLET, pack(1), pack(2), pack(4), minute=1),
        packed(PALLET, pack(2), minute=2, action="DELETE"),
        shipped(PALLET, minute=3),
        shipped(pack(2), minute=4),
    )
    assert [dict(s.lots) for s in story.shipments] == [
        {LOT: 1, LotKey(LOT.gtin, LotNumber("L2")): 1},
        {LOT: 1},
    ]


def test_unpacking_without_children_empties_the_parent() -> None:
    story = told(
        born(pack(1), pack(2)),
        packed(PALLET, pack(1), pack(2), minute=1),
        packed(PALLET, minute=2, action="DELETE"),
        shipped(pack(1), pack(2)),
    )
    assert codes(story)[-2:] == ["UNPACKED", "SHIPMENT"]


def test_documents_are_named_by_number_where_the_urn_has_one() -> None:
    def order(value: str) -> str | None:
        member = f'<bizTransaction type="{files.CBV}:btt:po">{value}</bizTransaction>'
        more = f"<bizTransactionList>{member}</bizTransactionList>"
        return told(born(pack(1)), shipped(pack(1), more=more)).shipments[0].order

    assert order(f"{files.CBV}:bt:0614141000012:PO%2F7") == "PO/7"
    assert order("https://example.com/po/7") == "https://example.com/po/7"
    assert order(f"{files.CBV}:bt:0614141000012") == f"{files.CBV}:bt:0614141000012"
    assert told(born(pack(1)), shipped(pack(1))).shipments[0].order is None


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ((born(pack(1)), born(pack(1), pack(2), minute=1)), "BORN_TWICE"),
        ((born(pack(1), pack(1)),), "BORN_TWICE"),
        ((born(pack(1), ilmd=""),), "LOT_MISSING"),
        ((born(pack(1), ilmd=LOT_MEMBERS.split("<m:item")[0]),), "EXPIRY_MISSING"),
        ((born(pack(1), ilmd=LOT_MEMBERS.replace("L1", "L" * 21)),), "INVALID_LOT"),
        ((born(pack(1), ilmd=LOT_MEMBERS.replace("2028", "1996")),), "INVALID_EXPIRY"),
        (
            (born(pack(1)), born(pack(2), ilmd=LOT_MEMBERS.replace("2028", "2032"))),
            "EXPIRY_DIFFERS",
        ),
        ((born(pack(1)).replace("commissioning", "packing"),), "STEP_UNKNOWN"),
        ((seen(pack(1), biz_step="destroying"),), "LEAVES_STOCK"),
        ((seen(pack(1)).replace("OBSERVE", "DELETE"),), "LEAVES_STOCK"),
        ((packed("", pack(1)),), "MEMBER_MISSING"),
        ((packed(PALLET, pack(1)), packed(case(1), pack(1))), "ALREADY_PACKED"),
        ((packed(PALLET, case(1)), packed(case(1), PALLET)), "CYCLE"),
        ((packed(PALLET, PALLET),), "CYCLE"),
        ((packed(PALLET, pack(1), action="DELETE"),), "NOT_INSIDE"),
        ((born(pack(1)), shipped(pack(1), pack(2))), "CONTENTS_UNKNOWN"),
        ((born(pack(1)), shipped(PALLET)), "CONTENTS_UNKNOWN"),
        ((born(pack(1)), shipped(pack(1), pack(1))), "SHIPPED_TWICE"),
        ((born(pack(1)), shipped(pack(1)), shipped(pack(1), minute=6)), "SHIPPED_TWICE"),
        ((born(pack(1)), packed(PALLET, pack(1)), shipped(pack(1))), "PACKED"),
        ((shipped(),), "NOTHING_SHIPPED"),
        ((born(pack(1)), seen(pack(1), biz_step="shipping")), "PARTY_MISSING"),
        ((born(pack(1)), shipped(pack(1), giver="DUNS 12")), "EPC_MALFORMED"),
        (
            (
                born(pack(1)),
                packed(PALLET, pack(1)),
                shipped(PALLET),
                packed(PALLET, pack(2), minute=6),
            ),
            "SHIPPED",
        ),
        (
            (born(pack(1)), shipped(pack(1)), packed(PALLET, pack(1), minute=6)),
            "SHIPPED",
        ),
        ((born(pack(1)), seen(pack(1), biz_step="void_shipping", minute=6)), "SHIPMENT_UNKNOWN"),
        (
            (
                born(pack(1), pack(2)),
                shipped(pack(1), pack(2)),
                seen(pack(1), biz_step="void_shipping", minute=6),
            ),
            "SHIPMENT_UNKNOWN",
        ),
        ((seen(biz_step="void_shipping"),), "SHIPMENT_UNKNOWN"),
        ((files.transformed(),), "KIND_NOT_TAKEN"),
        (('<x:Event xmlns:x="urn:x"/>',), "KIND_NOT_TAKEN"),
        ((born(pack(1)).replace("ADD", "PLUS"),), "ACTION_UNKNOWN"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_changes_nothing(
    events: tuple[str, ...], code: str
) -> None:
    assert refused(*events) == code


QUANTITIES = (
    "<{0}><quantityElement><epcClass>urn:epc:class:lgtin:0614141.012345.L1</epcClass>"
    "<quantity>10</quantity></quantityElement></{0}>"
)


@pytest.mark.parametrize(
    "event",
    [
        born(pack(1), more=QUANTITIES.format("quantityList")),
        packed(
            PALLET,
            pack(1),
            more=f"<extension>{QUANTITIES.format('childQuantityList')}</extension>",
        ),
        seen(biz_step="shipping", more=QUANTITIES.format("quantityList")),
    ],
)
def test_goods_without_serial_numbers_are_refused(event: str) -> None:
    assert refused(event) == "CLASS_LEVEL"


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ((seen(pack(1), biz_step="receiving"),), "RECEIPT"),
        ((seen(pack(1)),), "OBSERVED"),
        ((packed(PALLET, pack(1)).replace("ADD", "OBSERVE"),), "OBSERVED"),
        ((born(PALLET, ilmd=""),), "PACKAGING"),
        ((born(pack(1)), shipped(pack(1), giver=MAKER, receiver=MAKER)), "SAME_OWNER"),
        ((files.linked(pack(1)),), "DOCUMENT_LINK"),
        ((files.associated(pack(1)),), "ASSET"),
    ],
)
def test_what_says_nothing_of_lots_is_kept(events: tuple[str, ...], code: str) -> None:
    story = told(*events)
    assert (story.answers[-1].answer, story.answers[-1].code) == (Answer.KEPT, code)
    assert not story.shipments


def test_an_event_said_twice_counts_once() -> None:
    again = told(*[born(pack(1)), shipped(pack(1))] * 2)
    assert codes(again) == ["BIRTH", "SHIPMENT", "DUPLICATE", "DUPLICATE"]
    assert (again.births[0].units, len(again.shipments)) == (1, 1)
    assert again.answers[3].reason == "It says again what event 2 says."


def test_an_event_that_its_sender_declares_wrong_is_withdrawn() -> None:
    def declared(xml: str) -> str:
        members = f"<baseExtension>{files.DECLARED_WRONG}</baseExtension></ObjectEvent>"
        return xml.replace("</ObjectEvent>", members)

    wrong = born(pack(1), pack(2))
    story = told(wrong, declared(wrong), born(pack(1)))
    assert codes(story) == ["WITHDRAWN", "ERROR_DECLARATION", "BIRTH"]
    assert story.births[0].units == 1
    assert "event 2" in story.answers[0].reason


def test_a_voided_shipment_did_not_take_place_and_may_be_sent_anew() -> None:
    story = told(
        born(pack(1)),
        packed(PALLET, pack(1)),
        shipped(PALLET, minute=5),
        seen(PALLET, biz_step="void_shipping", minute=6),
        shipped(PALLET, minute=7, receiver="urn:epc:id:pgln:0614141.00003"),
    )
    assert codes(story)[2:] == ["SHIPMENT", "VOID", "SHIPMENT"]
    (shipment,) = story.shipments
    assert (shipment.event, shipment.receiver) == (5, Gln("0614141000036"))


def test_an_answer_says_what_the_event_is() -> None:
    (answer,) = told(seen(pack(1), biz_step="receiving")).answers
    assert (answer.position, answer.place) == (1, "Line 2")
    assert answer.event == "ObjectEvent OBSERVE receiving"


def test_many_packs_in_single_events_are_followed() -> None:
    count = 4000
    births = [born(pack(n)) for n in range(count)]
    packings = [packed(PALLET, pack(n)) for n in range(count)]
    voids = [
        event
        for n in range(20)
        for event in (
            shipped(PALLET, minute=2 * n + 5),
            seen(PALLET, biz_step="void_shipping", minute=2 * n + 6),
        )
    ]
    story = told(*births, *packings, *voids)
    assert story.births[0].units == count
    assert not story.shipments


moves = st.sampled_from(
    [
        *(born(pack(n)) for n in (1, 2, 3)),
        *(packed(parent, pack(n)) for parent in (PALLET, case(1)) for n in (1, 2)),
        packed(PALLET, case(1)),
        packed(PALLET, action="DELETE"),
        *(shipped(code) for code in (PALLET, case(1), pack(1), pack(3))),
        seen(PALLET, biz_step="void_shipping"),
        shipped(pack(2), giver=BUYER, receiver=MAKER),
    ]
)


@given(st.lists(st.tuples(moves, st.integers(10, 23)), max_size=15))
def test_no_story_ships_more_than_was_born(story: list[tuple[str, int]]) -> None:
    found = told(*(xml.replace("T08:0", f"T{hour}:0", 1) for xml, hour in story))
    born_units = Counter({b.lot: b.units for b in found.births})
    shipped_units: Counter[LotKey] = Counter()
    for shipment in found.shipments:
        shipped_units.update(dict(shipment.lots))
    assert shipped_units <= born_units
    assert [a.position for a in found.answers] == list(range(1, len(found.answers) + 1))


def test_a_story_is_the_same_whatever_the_order_of_the_file() -> None:
    events = [born(pack(1)), packed(PALLET, pack(1)), shipped(PALLET)]
    forwards, backwards = told(*events), told(*reversed(events))
    assert [(b.lot, b.units) for b in forwards.births] == [
        (b.lot, b.units) for b in backwards.births
    ]
    assert [s.lots for s in forwards.shipments] == [s.lots for s in backwards.shipments]
