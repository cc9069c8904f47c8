"""Errors that a partner declares late (EPCIS errorDeclaration): each event type and what it did."""

from datetime import timedelta

import pytest

from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Gln
from supplychain.formats import epc
from supplychain.queries.containers import inside, units_inside
from supplychain.queries.stock import stock_of
from tests.stages import HEALS, MAKES, SELLS, Stage
from tests.supplychain.formats.epcis_files import (
    CBV,
    LOT_MEMBERS,
    PALLET,
    born,
    case,
    inputs,
    linked,
    outputs,
    pack,
    packed,
    seen,
    shipped,
    transformed,
)
from tests.supplychain.services.test_import_epcis import (
    BUYER,
    declared_wrong,
    outcomes,
    read,
    signed,
    where,
    winter,
)
from tests.supplychain.services.test_import_packed_units import birth, filled

__all__ = ["winter"]
BOX = Container("00/106141412345678908")
PHARMACY = epc.write(Gln(HEALS), 7)
TAKEN_BACK = [("accepted", "TAKEN_BACK")]


def reasoned(event: str, word: str) -> str:
    reason = f"</declarationTime><reason>{CBV}:er:{word}</reason>"
    return declared_wrong(event).replace("</declarationTime>", reason)


def corrected(event: str, *ids: str) -> str:
    listed = "".join(f"<correctiveEventID>{one}</correctiveEventID>" for one in ids)
    more = f"</declarationTime><correctiveEventIDs>{listed}</correctiveEventIDs>"
    return declared_wrong(event).replace("</declarationTime>", more)


@pytest.fixture
def stock(winter: Stage) -> Stage:
    """Three packs at the maker's, and none elsewhere."""
    read(winter, born(pack(1), pack(2), pack(3)))
    return winter


def test_what_was_packed_by_mistake_comes_out_and_the_right_thing_goes_in(stock: Stage) -> None:
    wrong = packed(case(1), pack(1), pack(2))
    read(stock, wrong, packed(PALLET, case(1), minute=2))
    read(stock, packed(PALLET, case(1), minute=3, action="DELETE"))
    back = read(stock, declared_wrong(wrong), packed(case(1), pack(1), minute=4))
    assert outcomes(back) == [*TAKEN_BACK, ("accepted", "PACKED")]
    (one,) = inside([Container.of_case(epc.item(case(1)).gtin, epc.item(case(1)).serial)])
    assert str(one.serial) == "1"
    (again,) = read(stock, declared_wrong(wrong))
    assert (again.outcome, again.entries) == ("known", back[0].entries)


def test_what_was_packed_first_of_several_is_taken_back_at_the_time_of_their_entry(
    stock: Stage,
) -> None:
    wrong = packed(case(1), pack(1))
    read(stock, wrong, packed(case(2), pack(2), minute=2))  # one entry for both
    assert outcomes(read(stock, declared_wrong(wrong))) == TAKEN_BACK
    assert not inside([Container.of_case(epc.item(case(1)).gtin, epc.item(case(1)).serial)])


def test_what_went_on_since_is_not_unpacked_in_the_past(stock: Stage) -> None:
    wrong = packed(PALLET, pack(1))
    read(stock, wrong, shipped(PALLET, receiver=BUYER))
    (late,) = read(stock, declared_wrong(wrong))
    assert (late.outcome, late.rule, late.code) == ("exception", "R9", "ERROR_TOO_LATE")
    assert len(inside([BOX])) == 1


def test_what_was_unpacked_by_mistake_goes_in_again(stock: Stage) -> None:
    wrong = packed(PALLET, pack(1), minute=2, action="DELETE")
    read(stock, packed(PALLET, pack(1), pack(2)), wrong)
    assert outcomes(read(stock, declared_wrong(wrong))) == TAKEN_BACK
    assert {str(one.serial) for one in inside([BOX])} == {"1", "2"}


def test_an_unpacking_that_does_not_say_of_what_is_asked_about(stock: Stage) -> None:
    wrong = packed(PALLET, minute=2, action="DELETE")
    read(stock, packed(PALLET, pack(1)), wrong)
    (unclear,) = read(stock, declared_wrong(wrong))
    assert (unclear.outcome, unclear.code, unclear.category) == (
        "exception",
        "ERROR_UNCLEAR",
        "data issue",
    )


def test_packed_units_come_out_too(winter: Stage) -> None:
    wrong = filled(PALLET, L1=24)
    read(winter, birth(), wrong)
    assert outcomes(read(winter, declared_wrong(wrong))) == TAKEN_BACK
    assert units_inside([BOX]) == []


def ended(stock: Stage, word: str) -> str:
    """A pack is brought to an end, by the maker or by a pharmacy."""
    party = MAKES
    if word == "dispensing":
        party = HEALS
        read(stock, shipped(pack(1), receiver=PHARMACY))
        read(stock, seen(pack(1), biz_step="receiving", minute=6), party=HEALS)
    event = seen(pack(1), biz_step=word, minute=8)
    assert read(stock, event, party=party)[0].stands
    return event


@pytest.mark.parametrize("word", ["dispensing", "decommissioning", "sampling"])
def test_r10_what_did_not_occur_is_stock_again_and_only_once(stock: Stage, word: str) -> None:
    party = HEALS if word == "dispensing" else MAKES
    event = ended(stock, word)
    (back,) = read(stock, reasoned(event, "did_not_occur"), party=party)
    assert outcomes([back]) == TAKEN_BACK
    (undo,) = (signed(one) for one in back.entries)
    assert (undo.type, undo.body["supplied"]) == ("custody.undo", False)
    assert where(1) == ("held", party)
    assert read(stock, reasoned(event, "did_not_occur"), party=party)[0].outcome == "known"


def test_r10_what_was_dispensed_with_wrong_words_stays_dispensed(stock: Stage) -> None:
    event = ended(stock, "dispensing")
    for wrong in (declared_wrong(event), reasoned(event, "incorrect_data")):
        (stays,) = read(stock, wrong, party=HEALS)
        assert (stays.outcome, stays.rule, stays.code) == ("exception", "R10", "NOT_TAKEN_BACK")
        assert "did_not_occur" in stays.reason
    assert where(1) == ("dispensed", HEALS)


def test_r10_after_ten_days_nothing_is_undone_whatever_its_sender_says(stock: Stage) -> None:
    event = ended(stock, "decommissioning")
    stock.later(timedelta(days=11))
    (late,) = read(stock, reasoned(event, "did_not_occur"))
    assert (late.outcome, late.rule, late.code) == ("refused", "R10", "UNDO_TOO_LATE")


def test_what_was_undone_by_hand_is_not_undone_again(stock: Stage) -> None:
    event = ended(stock, "sampling")
    read(stock, reasoned(event, "did_not_occur"))
    other = event.replace("+00:00", "+01:00")  # the same moment, and so the same event
    assert read(stock, reasoned(other, "did_not_occur"))[0].outcome == "known"


@pytest.mark.parametrize(
    ("make", "party", "words"),
    [
        (lambda: seen(pack(1), biz_step="destroying", minute=8), MAKES, "does not come back"),
        (lambda: born(pack(1), pack(2), pack(3)), MAKES, "born once"),
        (lambda: seen(pack(1), biz_step="void_shipping", minute=8), MAKES, "send the goods anew"),
        (lambda: seen(pack(1), biz_step="receiving", minute=8), SELLS, "as returned"),
        (
            lambda: transformed(
                inputs(pack(1)), outputs(pack(9)), ilmd=LOT_MEMBERS.replace("L1", "L9"), minute=8
            ),
            MAKES,
            "recall",
        ),
    ],
)
def test_what_stands_for_ever_is_said_with_what_to_do(
    stock: Stage, make: object, party: str, words: str
) -> None:
    event = make()  # type: ignore[operator]
    if "void_shipping" in event or "receiving" in event:
        read(stock, shipped(pack(1), receiver=BUYER))
    (done,) = read(stock, event, party=party)
    assert done.stands, done
    (stays,) = read(stock, reasoned(event, "did_not_occur"), party=party)
    assert (stays.outcome, stays.code) == ("exception", "NOT_TAKEN_BACK")
    assert words in stays.reason
    assert "correction" in stays.reason


def test_what_led_to_no_entry_leaves_nothing_to_take_back(stock: Stage) -> None:
    for event in (seen(pack(1)), linked(pack(1))):
        read(stock, event)
        (noted,) = read(stock, declared_wrong(event))
        assert outcomes([noted]) == [("accepted", "ERROR_DECLARATION")]
        assert "led to no entry" in noted.reason


def test_what_was_never_taken_is_said_to_be_that(stock: Stage) -> None:
    (noted,) = read(stock, declared_wrong(shipped(pack(1), receiver=BUYER)))
    assert outcomes([noted]) == [("accepted", "ERROR_DECLARATION")]
    assert "says the same" in noted.reason
    assert where(1) == ("held", MAKES)


def test_in_one_file_the_wrong_event_is_named_and_not_taken(stock: Stage) -> None:
    wrong = shipped(pack(1), receiver=BUYER)
    both = read(stock, wrong, declared_wrong(wrong))
    assert outcomes(both) == [("accepted", "WITHDRAWN"), ("accepted", "ERROR_DECLARATION")]
    assert "event 1 wrong" in both[1].reason
    assert where(1) == ("held", MAKES)


def test_a_correction_that_the_file_does_not_bring_is_told(stock: Stage) -> None:
    wrong = shipped(pack(1), receiver=BUYER)
    read(stock, wrong)
    (back,) = read(stock, corrected(wrong, "urn:uuid:9"))
    assert outcomes([back]) == TAKEN_BACK
    assert "'urn:uuid:9' is not in this file" in back.reason


def test_no_event_is_its_own_correction(stock: Stage) -> None:
    wrong = shipped(pack(1), receiver=BUYER)
    read(stock, wrong)
    named = corrected(wrong, "urn:uuid:9").replace(
        "<errorDeclaration>", "<eventID>urn:uuid:9</eventID><errorDeclaration>"
    )
    (itself,) = read(stock, named)
    assert (itself.outcome, itself.code) == ("refused", "CORRECTED_BY_ITSELF")
    assert where(1) == ("in_transit", MAKES)


def test_only_who_took_an_event_takes_it_back(stock: Stage) -> None:
    wrong = shipped(pack(1), receiver=BUYER)
    read(stock, wrong)
    (noted,) = read(stock, declared_wrong(wrong), party=SELLS)
    assert outcomes([noted]) == [("accepted", "ERROR_DECLARATION")]
    assert where(1) == ("in_transit", MAKES)
    assert [one.held for one in stock_of(SELLS)] == []
