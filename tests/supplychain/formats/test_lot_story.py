from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.identifiers import Gln, Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.formats import epcis
from supplychain.formats.lot_deeds import (
    Answer,
    Birth,
    Deed,
    Ending,
    HandOff,
    Known,
    LotGoods,
    LotStory,
    Packing,
    Share,
    Transformation,
    shares,
)
from supplychain.formats.lot_story import ENDINGS, plan_lot_story
from tests.supplychain.formats import epcis_files as files
from tests.supplychain.formats.epcis_files import (
    BUYER,
    CBV,
    LOT_MEMBERS,
    MAKER,
    PALLET,
    born,
    case,
    counted,
    document,
    inputs,
    outputs,
    pack,
    packed,
    parties,
    seen,
    shipped,
    transformed,
)

LOT = LotKey(Gtin("00614141123452"), LotNumber("L1"))
OTHER_LOT = LOT_MEMBERS.replace("L1", "L2")
TWO_LOTS = tuple(born(more=counted("quantityList", {lot: 10})) for lot in ("L1", "L2"))


def told(*events: str) -> LotStory:
    return plan_lot_story(epcis.read(document(*events)))


def births(story: LotStory) -> list[Birth]:
    return [deed for deed in story.deeds if isinstance(deed, Birth)]


def sent(story: LotStory) -> list[HandOff]:
    return [deed for deed in story.deeds if isinstance(deed, HandOff)]


def units(deed: Deed) -> dict[LotKey, int]:
    return {one.lot: one.units for one in deed.goods}


def codes(story: LotStory) -> list[str]:
    return [answer.code for answer in story.answers]


def refused(*events: str) -> str:
    """Return why the last event is refused, having changed nothing."""
    before, after = told(*events[:-1]), told(*events)
    assert before.deeds == after.deeds
    last = after.answers[-1]
    assert last.answer in (Answer.REFUSED, Answer.EXCEPTION)
    assert (last.category is not None) == (last.answer is Answer.EXCEPTION)
    return last.code


def test_the_example_of_gs1_us_is_twelve_packs_of_one_lot_in_one_shipment(shared: Path) -> None:
    file = shared / "samples" / "epcis" / "GS1_US_Pharma_Example_2_2_1_1.xml"
    story = plan_lot_story(epcis.read(file.read_bytes()))
    (birth,), (shipment,) = births(story), sent(story)
    assert birth.lot == LotKey(Gtin("00300010123455"), LotNumber("A123"))
    assert (birth.expiry, birth.units) == (date(2025, 3, 27), 12)
    assert [str(one) for one in birth.goods[0].serials] == [str(n) for n in range(11, 23)]
    assert birth.product is not None
    assert (birth.product.name, birth.product.strength) == ("Epcistra", "100mg")
    assert (shipment.giver, shipment.receiver) == (Gln("0300011111116"), Gln("0399999999991"))
    assert shipment.goods == birth.goods
    assert (shipment.order, shipment.despatch_advice) == ("XYZPO189", "DEL100")
    assert shipment.at == datetime(2023, 4, 1, 7, 48, 16, tzinfo=UTC)
    assert codes(story) == [
        "BIRTH",
        "PACKAGING",
        *["PACKED"] * 3,
        "PACKAGING",
        "PACKED",
        "SHIPPING",
    ]
    assert {a.answer for a in story.answers} == {Answer.ACCEPTED}
    packings = [deed for deed in story.deeds if isinstance(deed, Packing)]
    assert [len(one.goods[0].serials) for one in packings[:3]] == [4, 4, 4]
    assert [one.container for one in packings[:1]] == ["01/10300010123452/21/110"]
    assert (packings[3].container[:3], len(packings[3].inner)) == ("00/", 3)
    assert [len(one.goods[0].serials) for one in packings[3].inner] == [4, 4, 4]


def test_packs_are_counted_by_lot_over_events() -> None:
    story = told(born(pack(1), pack(2)), born(pack(3)), born(pack(4), ilmd=OTHER_LOT))
    assert [(str(b.lot.lot), b.units, b.events) for b in births(story)] == [
        ("L1", 3, (1, 2)),
        ("L2", 1, (3,)),
    ]
    assert births(story)[0].at == datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    assert births(story)[0].product is None


def test_what_holds_packs_is_packaging_and_no_more_packs() -> None:
    story = told(born(pack(1), pack(2)), born(case(1)), packed(case(1), pack(1), pack(2)))
    assert [(b.lot, b.units) for b in births(story)] == [(LOT, 2)]
    assert codes(story) == ["BIRTH", "PACKAGING", "PACKED"]


def test_events_are_taken_in_the_order_of_time() -> None:
    story = told(
        shipped(PALLET, minute=3), packed(PALLET, pack(1), minute=2), born(pack(1), minute=1)
    )
    assert codes(story) == ["SHIPPING", "PACKED", "BIRTH"]
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
    assert [units(one) for one in sent(story)] == [
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
    assert codes(story)[-2:] == ["UNPACKED", "SHIPPING"]


def test_documents_are_named_by_number_where_the_urn_has_one() -> None:
    def order(value: str) -> str | None:
        member = f'<bizTransaction type="{files.CBV}:btt:po">{value}</bizTransaction>'
        more = f"<bizTransactionList>{member}</bizTransactionList>"
        return sent(told(born(pack(1)), shipped(pack(1), more=more)))[0].order

    assert order(f"{files.CBV}:bt:0614141000012:PO%2F7") == "PO/7"
    assert order("https://example.com/po/7") == "https://example.com/po/7"
    assert order(f"{files.CBV}:bt:0614141000012") == f"{files.CBV}:bt:0614141000012"
    assert sent(told(born(pack(1)), shipped(pack(1))))[0].order is None


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
        ((packed("", pack(1)),), "MEMBER_MISSING"),
        ((packed(PALLET, pack(1)), packed(case(1), pack(1))), "ALREADY_PACKED"),
        ((packed(PALLET, case(1)), packed(case(1), PALLET)), "CYCLE"),
        ((packed(PALLET, PALLET),), "CYCLE"),
        ((packed(PALLET, pack(1), action="DELETE"),), "NOT_INSIDE"),
        ((born(pack(1)), shipped(pack(1), pack(2))), "CONTENTS_UNKNOWN"),
        ((born(pack(1)), shipped(PALLET)), "CONTENTS_UNKNOWN"),
        ((born(pack(1)), shipped(pack(1), pack(1))), "NAMED_TWICE"),
        ((born(pack(1)), packed(PALLET, pack(1)), shipped(pack(1))), "PACKED"),
        ((shipped(),), "NOTHING_NAMED"),
        ((born(pack(1)), seen(pack(1), biz_step="shipping")), "PARTY_MISSING"),
        ((born(pack(1)), shipped(pack(1), giver="DUNS 12")), "EPC_MALFORMED"),
        ((seen(biz_step="void_shipping"),), "NOTHING_NAMED"),
        ((born(pack(1)), seen(pack(2), biz_step="dispensing")), "CONTENTS_UNKNOWN"),
        ((seen(pack(1)).replace("OBSERVE", "DELETE"),), "STEP_UNKNOWN"),
        ((born(pack(1)), shipped(pack(1)).replace("owning_party", "location")), "PARTY_MISSING"),
        ((transformed(inputs(pack(1)), outputs(pack(2))),), "CONTENTS_UNKNOWN"),
        ((transformed(inputs(), outputs(pack(2))),), "MEMBER_MISSING"),
        ((born(pack(1)), transformed(inputs(pack(1)), outputs(pack(2)))), "BORN_TWICE"),
        (
            (born(pack(1)), transformed(inputs(pack(1)), outputs(pack(1)), ilmd=OTHER_LOT)),
            "BORN_TWICE",
        ),
        ((born(pack(1)), transformed(inputs(pack(1)), outputs(pack(2)), ilmd="")), "LOT_MISSING"),
        ((born(pack(1)), transformed(inputs(pack(1)), outputs(PALLET))), "OUTPUT_UNCLEAR"),
        (
            (born(pack(1)), transformed(inputs(pack(1)), outputs(pack(2), L3=4), ilmd=OTHER_LOT)),
            "OUTPUT_UNCLEAR",
        ),
        ((*TWO_LOTS, transformed(inputs(L1=10, L2=5), outputs(L3=16))), "OUTPUT_UNCLEAR"),
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


def units_of(*codes: str) -> str:
    return born(*codes, more=QUANTITIES.format("quantityList"))


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ((units_of(pack(1)),), "SERIALS_DIFFER"),
        ((born(pack(1)), units_of()), "SERIALS_DIFFER"),
        ((units_of(), born(pack(1), minute=1)), "SERIALS_DIFFER"),
    ],
)
def test_a_lot_has_serial_numbers_or_none(events: tuple[str, ...], code: str) -> None:
    assert refused(*events) == code


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ((seen(pack(1)),), "OBSERVED"),
        ((packed(PALLET, pack(1)).replace("ADD", "OBSERVE"),), "OBSERVED"),
        ((born(PALLET, ilmd=""),), "PACKAGING"),
        ((born(pack(1)), shipped(pack(1), giver=MAKER, receiver=MAKER)), "SAME_OWNER"),
        ((files.linked(pack(1)),), "DOCUMENT_LINK"),
        ((files.associated(pack(1)),), "ASSET"),
    ],
)
def test_what_says_nothing_of_lots_needs_no_deed(events: tuple[str, ...], code: str) -> None:
    story = told(*events)
    assert (story.answers[-1].answer, story.answers[-1].code) == (Answer.ACCEPTED, code)
    assert not sent(story)


OWNERS = parties(MAKER, BUYER)
HELD_ON = {
    one: f'<{one} type="{CBV}:sdt:possessing_party">{MAKER}</{one}></{one}List>'
    for one in ("source", "destination")
}


@pytest.mark.parametrize(
    "event",
    [
        seen(pack(1), more=OWNERS),
        seen(pack(1), biz_step="accepting", more=OWNERS),
        files.linked(pack(1)).replace("</TransactionEvent>", f"{OWNERS}</TransactionEvent>"),
        shipped(pack(1))
        .replace("</sourceList>", HELD_ON["source"])
        .replace("</destinationList>", HELD_ON["destination"]),
    ],
)
def test_owners_change_with_a_hand_off_and_nowhere_else(event: str) -> None:
    story = told(born(pack(1)), event)
    answer = story.answers[-1]
    assert (answer.answer, answer.code) == (Answer.EXCEPTION, "OWNER_ONLY")
    assert "hand-off" in answer.reason
    assert not sent(story)


def test_events_of_one_moment_are_taken_in_the_order_in_which_they_can_be() -> None:
    at_once = (
        shipped(PALLET, minute=0),
        packed(PALLET, pack(1), minute=0),
        born(pack(1), minute=0),
    )
    story = told(*at_once)
    assert codes(story) == ["SHIPPING", "PACKED", "BIRTH"]
    assert [type(deed) for deed in story.deeds] == [Birth, Packing, HandOff]


def test_an_event_said_twice_counts_once() -> None:
    again = told(*[born(pack(1)), shipped(pack(1))] * 2)
    assert codes(again) == ["BIRTH", "SHIPPING", "DUPLICATE", "DUPLICATE"]
    assert (births(again)[0].units, len(sent(again))) == (1, 1)
    assert again.answers[3].answer is Answer.KNOWN
    assert again.answers[3].reason == "It says again what event 2 says."


def test_an_event_that_its_sender_declares_wrong_is_withdrawn() -> None:
    def declared(xml: str) -> str:
        members = f"<baseExtension>{files.DECLARED_WRONG}</baseExtension></ObjectEvent>"
        return xml.replace("</ObjectEvent>", members)

    wrong = born(pack(1), pack(2))
    story = told(wrong, declared(wrong), born(pack(1)))
    assert codes(story) == ["WITHDRAWN", "ERROR_DECLARATION", "BIRTH"]
    assert births(story)[0].units == 1
    assert "event 2" in story.answers[0].reason


def test_a_voided_shipment_may_be_sent_anew() -> None:
    story = told(
        born(pack(1)),
        packed(PALLET, pack(1)),
        shipped(PALLET, minute=5),
        seen(PALLET, biz_step="void_shipping", minute=6),
        shipped(PALLET, minute=7, receiver="urn:epc:id:pgln:0614141.00003"),
    )
    assert codes(story)[2:] == ["SHIPPING", "VOID_SHIPPING", "SHIPPING"]
    first, void, second = sent(story)
    assert first.goods == void.goods == second.goods
    assert (void.giver, second.receiver) == (None, Gln("0614141000036"))


def test_receipts_and_endings_name_packs_of_lots() -> None:
    story = told(
        born(pack(1), pack(2)),
        packed(PALLET, pack(1)),
        seen(PALLET, biz_step="receiving", minute=3),
        *(seen(pack(2), biz_step=step, minute=4 + n) for n, step in enumerate(ENDINGS)),
    )
    receipt, *_ = sent(story)
    assert (receipt.step, receipt.containers) == ("receiving", ("00/106141412345678908",))
    endings = [deed for deed in story.deeds if isinstance(deed, Ending)]
    assert [deed.step for deed in endings] == list(ENDINGS)
    assert {deed.goods for deed in endings} == {(LotGoods(LOT, (Serial("2"),)),)}


def test_units_without_serials_are_counted_by_lot() -> None:
    amounts = QUANTITIES.format("quantityList")
    story = told(units_of(), shipped(more=f"<extension>{amounts}</extension>"))
    assert births(story)[0].goods == (LotGoods(LOT, amount=10),)
    assert sent(story)[0].goods == (LotGoods(LOT, amount=10),)


@pytest.mark.parametrize(
    "quantity",
    [
        "<quantity>1.5</quantity>",
        "<quantity>0</quantity>",
        "",
        "<quantity>1</quantity><uom>KGM</uom>",
    ],
)
def test_units_are_whole_pieces(quantity: str) -> None:
    said = QUANTITIES.format("quantityList").replace("<quantity>10</quantity>", quantity)
    event = seen(biz_step="dispensing", more=f"<extension>{said}</extension>")
    assert refused(event) == "QUANTITY_WRONG"


def test_lots_become_another_in_proportion() -> None:
    made = transformed(inputs(L1=10, L2=5), outputs(L3=45))
    story = told(
        *TWO_LOTS,
        made,
        shipped(more=f"<extension>{counted('quantityList', {'L3': 4})}</extension>"),
    )
    assert codes(story)[2:] == ["TRANSFORMED", "SHIPPING"]
    (deed,) = (one for one in story.deeds if isinstance(one, Transformation))
    (birth,) = deed.births
    of_it = [shares(deed.goods, birth.goods, one) for one in deed.goods]
    assert of_it == [(Share(birth.lot, 10, 30),), (Share(birth.lot, 5, 15),)]
    assert (deed.step, deed.operation) == ("repackaging", f"event {deed.fingerprint[:16]}")
    assert (birth.units, birth.expiry) == (45, date(2028, 2, 29))
    assert shares(deed.goods, [LotGoods(LOT, amount=16)], deed.goods[0]) is None


def test_a_lot_becomes_several_in_proportion() -> None:
    story = told(*TWO_LOTS, transformed(inputs(L1=10), outputs(L3=6, L4=4)))
    assert codes(story)[2:] == ["TRANSFORMED"]
    (deed,) = (one for one in story.deeds if isinstance(one, Transformation))
    made = [birth.goods[0] for birth in deed.births]
    assert [(str(one.lot.lot), one.units) for one in made] == [("L3", 6), ("L4", 4)]
    assert shares(deed.goods, made, deed.goods[0]) == (
        Share(made[0].lot, 6, 6),
        Share(made[1].lot, 4, 4),
    )


def test_what_does_not_divide_evenly_is_asked_for_apart_and_changes_nothing() -> None:
    odd = transformed(inputs(L1=10), outputs(L3=6, L4=5))
    assert refused(*TWO_LOTS, odd) == "OUTPUT_UNCLEAR"
    twice = transformed(inputs(L1=4), outputs(L3=2, L2=2))
    assert refused(*TWO_LOTS, twice) == "BORN_TWICE"


def test_what_packs_became_is_followed_and_nothing_is_added_to_it() -> None:
    of, into = born(pack(1)), transformed(inputs(pack(1)), outputs(pack(2)), ilmd=OTHER_LOT)
    story = told(of, into, shipped(pack(2)), born(pack(3), ilmd=OTHER_LOT, minute=6))
    assert codes(story)[1:3] == ["TRANSFORMED", "SHIPPING"]
    assert [str(one.lot.lot) for one in sent(story)[0].goods] == ["L2"]
    assert [deed.units for deed in births(story)] == [1, 1]


def test_what_was_known_before_the_file_counts() -> None:
    loose, inside = "01/00614141123452/21/1", "01/00614141123452/21/2"
    known = Known({loose: LOT, inside: LOT}, {inside: "00/106141412345678908"})
    story = plan_lot_story(epcis.read(document(shipped(pack(1), PALLET))), known)
    (shipment,) = sent(story)
    assert shipment.goods == (LotGoods(LOT, (Serial("1"), Serial("2"))),)


def test_a_pack_is_the_same_pack_however_it_is_written() -> None:
    link = "https://id.gs1.org/01/00614141123452/21/1"
    story = told(born(pack(1)), shipped(link))
    assert sent(story)[0].goods == births(story)[0].goods
    assert refused(born(pack(1)), born(link, minute=1)) == "BORN_TWICE"


def test_an_answer_says_what_the_event_is() -> None:
    (answer,) = told(seen(pack(1))).answers
    assert (answer.position, answer.place) == (1, "Line 2")
    assert answer.event == "ObjectEvent OBSERVE storing"


def test_many_packs_in_single_events_are_followed() -> None:
    count = 4000
    commissioned = [born(pack(n)) for n in range(count)]
    packings = [packed(PALLET, pack(n)) for n in range(count)]
    voids = [
        event
        for n in range(20)
        for event in (
            shipped(PALLET, minute=2 * n + 5),
            seen(PALLET, biz_step="void_shipping", minute=2 * n + 6),
        )
    ]
    story = told(*commissioned, *packings, *voids)
    assert births(story)[0].units == count
    assert {one.goods[0].units for one in sent(story)} == {count}


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
def test_a_story_moves_only_packs_that_were_born(story: list[tuple[str, int]]) -> None:
    found = told(*(xml.replace("T08:0", f"T{hour}:0", 1) for xml, hour in story))
    named = [goods for birth in births(found) for goods in birth.goods]
    assert len({goods.lot for goods in named}) == len(named)
    born_packs = {(goods.lot, serial) for goods in named for serial in goods.serials}
    for deed in sent(found):
        moved = [(goods.lot, serial) for goods in deed.goods for serial in goods.serials]
        assert len(set(moved)) == len(moved)
        assert set(moved) <= born_packs
    assert [a.position for a in found.answers] == list(range(1, len(found.answers) + 1))


def test_a_story_is_the_same_whatever_the_order_of_the_file() -> None:
    events = [born(pack(1)), packed(PALLET, pack(1)), shipped(PALLET)]
    forwards, backwards = told(*events), told(*reversed(events))
    assert [(type(d), d.goods, d.fingerprint) for d in forwards.deeds] == [
        (type(d), d.goods, d.fingerprint) for d in backwards.deeds
    ]
