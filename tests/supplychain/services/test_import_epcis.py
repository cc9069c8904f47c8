import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.core.entry import Entry
from ledger.core.statement import Statement
from ledger.models import Entry as StoredEntries
from supplychain.domain.containers import Container
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln, Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.formats import epc, epcis
from supplychain.formats.errors import FormatError
from supplychain.formats.event_readings import readings_of
from supplychain.models import ImportedEvent, ImportedFile
from supplychain.queries.containers import inside
from supplychain.queries.exceptions import open_cases_of
from supplychain.queries.packs import pack_line
from supplychain.queries.stock import inbound_to, outbound_of, stock_of
from supplychain.recording.import_reports import EventReport, as_csv, as_json
from supplychain.recording.import_source import OnError
from supplychain.services.export_epcis import export_epcis
from supplychain.services.import_epcis import import_epcis
from supplychain.services.issue_recall import issue_recall
from tests.stages import HEALS, MAKES, SELLS, Stage
from tests.supplychain.formats import epcis_2_files, epcis_files
from tests.supplychain.formats.epcis_files import (
    CBV,
    DECLARED_WRONG,
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
    seen,
    shipped,
    transformed,
)

LOT = LotKey(Gtin("00614141123452"), LotNumber("L1"))
BUYER = epc.write(Gln(SELLS), 7)
PHARMACY = epc.write(Gln(HEALS), 7)
SEED = bytes(32)
RETURNED = f"<disposition>{CBV}:disp:returned</disposition>"
COUNTED = (
    "<quantityList><quantityElement><epcClass>urn:epc:class:lgtin:0614141.012345.L1</epcClass>"
    "<quantity>{}</quantity></quantityElement></quantityList>"
)


@pytest.fixture
def winter(stage: Stage) -> Stage:
    """The days after the events of the files; the product is in the catalogue."""
    stage.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    stage.catalogue(str(LOT.gtin), "Examplin", "unmonitored/1")
    return stage


def read(
    stage: Stage, *events: str, party: str = MAKES, on_error: OnError = "rollback"
) -> list[EventReport]:
    data = document(*events)
    return list(
        import_epcis(data=data, party=party, at=stage.later(), seed=SEED, on_error=on_error)
    )


def outcomes(reports: Sequence[EventReport]) -> list[tuple[str, str]]:
    return [(one.outcome, one.code) for one in reports]


def where(serial: int) -> tuple[str, str]:
    line = pack_line(LOT.gtin, epc.item(pack(serial)).serial)
    assert line is not None
    return line.state, line.holder


def test_packs_are_received_by_serial_and_the_rest_stays_on_the_way(winter: Stage) -> None:
    read(winter, born(pack(1), pack(2), pack(3)), shipped(pack(1), pack(2), receiver=BUYER))
    assert [where(n) for n in (1, 3)] == [("in_transit", MAKES), ("held", MAKES)]
    receipt = seen(pack(1), biz_step="receiving", minute=7)
    (report,) = read(winter, receipt, party=SELLS)
    assert (report.outcome, report.code, len(report.entries)) == ("accepted", "RECEIVING", 1)
    assert [where(n) for n in (1, 2)] == [("held", SELLS), ("in_transit", MAKES)]
    (again,) = read(winter, receipt, party=SELLS)
    assert (again.outcome, again.entries) == ("known", report.entries)
    (rest,) = read(winter, seen(pack(2), biz_step="receiving", minute=8), party=SELLS)
    assert rest.outcome == "accepted"
    assert where(2) == ("held", SELLS)


def test_what_was_never_sent_is_product_without_data(winter: Stage) -> None:
    read(winter, born(pack(1)))
    (never,) = read(winter, seen(pack(9), biz_step="receiving"), party=SELLS)
    (not_sent,) = read(winter, seen(pack(1), biz_step="receiving"), party=SELLS)
    assert [(one.outcome, one.code, one.category) for one in (never, not_sent)] == [
        ("exception", "CONTENTS_UNKNOWN", "product without data"),
        ("exception", "NOT_IN_TRANSIT", "product without data"),
    ]
    assert not_sent.rule == "R3"
    assert [one.case.kind.value for one in open_cases_of(SELLS)] == ["product_without_data"] * 2


def test_some_packs_of_a_dispatch_are_taken_back_and_the_others_go_on(winter: Stage) -> None:
    read(winter, born(pack(1), pack(2)), shipped(pack(1), pack(2), receiver=BUYER))
    (part,) = read(winter, seen(pack(1), biz_step="void_shipping", minute=6))
    assert (part.outcome, len(part.entries)) == ("accepted", 1)
    assert [where(n) for n in (1, 2)] == [("held", MAKES), ("in_transit", MAKES)]
    (receipt,) = read(winter, seen(pack(2), biz_step="receiving", minute=7), party=SELLS)
    assert receipt.outcome == "accepted"
    assert where(2) == ("held", SELLS)


def test_a_dispatch_is_voided_as_a_whole_and_only_by_its_giver(winter: Stage) -> None:
    read(winter, born(pack(1), pack(2)), shipped(pack(1), pack(2), receiver=BUYER))
    void = seen(pack(1), pack(2), biz_step="void_shipping", minute=7)
    (other,) = read(winter, void, party=SELLS)
    assert other.outcome == "refused"
    (report,) = read(winter, void)
    assert (report.outcome, len(report.entries)) == ("accepted", 1)
    assert where(1) == ("held", MAKES)
    assert outcomes(read(winter, void)) == [("known", "TAKEN_BEFORE")]


@pytest.mark.parametrize(
    ("step", "state"),
    [
        ("destroying", "destroyed"),
        ("decommissioning", "decommissioned"),
        ("sampling", "sampled"),
    ],
)
def test_packs_leave_the_trade_in_the_way_that_is_said(
    winter: Stage, step: str, state: str
) -> None:
    event = seen(pack(1), biz_step=step, minute=7)
    reports = read(winter, born(pack(1), pack(2)), event)
    assert outcomes(reports) == [("accepted", "BIRTH"), ("accepted", step.upper())]
    assert [where(n) for n in (1, 2)] == [(state, MAKES), ("held", MAKES)]
    assert outcomes(read(winter, event)) == [("known", "TAKEN_BEFORE")]


def test_a_pharmacy_dispenses_and_nobody_dispenses_what_it_does_not_hold(winter: Stage) -> None:
    read(winter, born(pack(1)), shipped(pack(1), receiver=PHARMACY))
    dispensed = seen(pack(1), biz_step="dispensing", minute=9)
    (early,) = read(winter, dispensed, party=HEALS)
    assert (early.outcome, early.rule, early.code) == ("refused", "R3", "PACK_NOT_HERE")
    assert early.reason.endswith("or take them out of the event.")
    received = seen(pack(1), biz_step="receiving", minute=8)
    assert outcomes(read(winter, received, dispensed, party=HEALS)) == [
        ("accepted", "RECEIVING"),
        ("accepted", "DISPENSING"),
    ]
    assert where(1) == ("dispensed", HEALS)


def test_units_without_serials_go_by_number(winter: Stage) -> None:
    birth = born(ilmd=LOT_MEMBERS, more=COUNTED.format(10))
    dispatch = shipped(receiver=BUYER, more=f"<extension>{COUNTED.format(4)}</extension>")
    assert outcomes(read(winter, birth, dispatch)) == [
        ("accepted", "BIRTH"),
        ("accepted", "SHIPPING"),
    ]
    assert [one.quantity for one in outbound_of(MAKES)] == [4]

    def step(name: str, count: int) -> str:
        return seen(biz_step=name, minute=9, more=f"<extension>{COUNTED.format(count)}</extension>")

    assert read(winter, step("receiving", 3), party=SELLS)[0].outcome == "accepted"
    assert [one.held for one in stock_of(SELLS)] == [3]
    assert [one.quantity for one in inbound_to(SELLS)] == [1]
    (more,) = read(winter, step("receiving", 2), party=SELLS)
    assert (more.outcome, more.code) == ("exception", "NOT_IN_TRANSIT")
    assert read(winter, step("void_shipping", 1))[0].outcome == "accepted"
    assert [one.held for one in stock_of(MAKES)] == [7]


OTHER_DAY = LOT_MEMBERS.replace("2028", "2032")


@pytest.mark.parametrize(
    "second",
    [
        born(pack(1), ilmd=OTHER_DAY, minute=9),
        born(pack(3), minute=9),
        born(more=COUNTED.format(2), minute=9),
    ],
)
def test_a_lot_is_born_once_and_the_same_birth_is_known(winter: Stage, second: str) -> None:
    first = read(winter, born(pack(1)), born(pack(2), minute=1))
    assert first[0].entries == first[1].entries
    assert outcomes(read(winter, born(pack(1), minute=5))) == [("known", "BIRTH")]
    (report,) = read(winter, second)
    assert (report.outcome, report.rule, report.code) == ("refused", "R1", "BORN_TWICE")


def test_a_counted_lot_is_born_once(winter: Stage) -> None:
    read(winter, born(more=COUNTED.format(2)))
    assert outcomes(read(winter, born(more=COUNTED.format(2), minute=3))) == [("known", "BIRTH")]
    assert outcomes(read(winter, born(more=COUNTED.format(3)))) == [("refused", "BORN_TWICE")]


def test_recalled_goods_are_unavailable(winter: Stage) -> None:
    read(winter, born(pack(1)))
    issue_recall(
        party=MAKES,
        lot=LOT,
        recall_class="I",
        reason="glass",
        at=winter.later(),
        nonce=winter.nonce(),
    )
    (report,) = read(winter, shipped(pack(1), receiver=BUYER))
    assert (report.outcome, report.code, report.category) == (
        "exception",
        "RECALLED",
        "unavailable",
    )


def test_an_event_of_several_lots_stands_as_a_whole_or_not_at_all(winter: Stage) -> None:
    second = LOT_MEMBERS.replace("L1", "L2")
    read(winter, born(pack(1)), born(pack(2), ilmd=second))
    read(winter, shipped(pack(2), receiver=BUYER))
    both = shipped(pack(1), pack(2), receiver=BUYER, minute=9)
    (report,) = read(winter, both, on_error="proceed")
    assert (report.outcome, report.code, report.entries) == ("refused", "PACK_NOT_HERE", ())
    assert where(1) == ("held", MAKES)


def test_goods_go_back_to_the_supplier_and_are_no_stock_before_they_are_checked(
    winter: Stage,
) -> None:
    there, back = (
        shipped(pack(1), receiver=BUYER),
        shipped(pack(1), giver=BUYER, receiver=MAKER, minute=9, more=RETURNED),
    )
    read(winter, born(pack(1), pack(2)), there)
    arrived = seen(pack(1), biz_step="receiving", minute=7)
    assert outcomes(read(winter, arrived, back, party=SELLS)) == [
        ("accepted", "RECEIVING"),
        ("accepted", "RETURNING"),
    ]
    assert [way.sent_back for way in inbound_to(MAKES)] == ["held"]
    read(winter, seen(pack(1), biz_step="receiving", minute=11))
    assert [where(n) for n in (1, 2)] == [("returned", MAKES), ("held", MAKES)]


def test_a_return_is_taken_back_as_well(winter: Stage) -> None:
    there, back = (
        shipped(pack(1), receiver=BUYER),
        shipped(pack(1), giver=BUYER, receiver=MAKER, minute=9, more=RETURNED),
    )
    read(winter, born(pack(1)), there)
    read(winter, seen(pack(1), biz_step="receiving", minute=7), back, party=SELLS)
    read(winter, seen(pack(1), biz_step="void_shipping", minute=10), party=SELLS)
    assert where(1) == ("held", SELLS)


def test_goods_go_back_only_to_whom_they_came_from(winter: Stage) -> None:
    read(winter, born(pack(1)), shipped(pack(1), receiver=BUYER))
    elsewhere = shipped(pack(1), giver=BUYER, receiver=PHARMACY, minute=9, more=RETURNED)
    arrived = seen(pack(1), biz_step="receiving", minute=7)
    reports = read(winter, arrived, elsewhere, party=SELLS, on_error="proceed")
    assert [(one.outcome, one.code, one.rule) for one in reports] == [
        ("accepted", "RECEIVING", ""),
        ("refused", "NOT_THE_SUPPLIER", "R8"),
    ]


def test_cases_of_several_lots_and_more_than_one_entry_lists(winter: Stage) -> None:
    ilmd = LOT_MEMBERS.replace("L1", "L2")
    births = born(*map(pack, range(60))), born(*map(pack, range(100, 160)), ilmd=ilmd)
    cases = [packed(case(n), pack(n), pack(100 + n)) for n in range(60)]
    reports = read(winter, *births, *cases)
    assert outcomes(reports)[2:] == [("accepted", "PACKED")] * 60
    assert [len(one.entries) for one in reports[2:]] == [2] * 60
    assert len({entry for one in reports[2:] for entry in one.entries}) == 4
    assert outcomes(read(winter, *births, *cases)) == [("known", "TAKEN_BEFORE")] * 62


def test_a_case_is_opened_and_packed_again(winter: Stage) -> None:
    into = packed(case(1), pack(1), pack(2))
    out = packed(case(1), pack(1), pack(2), minute=3, action="DELETE")
    again = packed(case(2), pack(2), minute=4)
    reports = read(winter, born(pack(1), pack(2)), into, out, again)
    assert outcomes(reports)[1:] == [
        ("accepted", "PACKED"),
        ("accepted", "UNPACKED"),
        ("accepted", "PACKED"),
    ]
    assert [str(one.serial) for one in inside([Container("01/10614141123459/21/2")])] == ["2"]
    assert inside([Container("01/10614141123459/21/1")]) == []


def test_packings_that_others_told_or_did_make_no_entry(winter: Stage) -> None:
    read(winter, born(pack(1), pack(2)), packed(case(1), pack(1)))
    later = packed(case(1), pack(1), minute=20)
    assert outcomes(read(winter, later)) == [("known", "PACKED")]
    theirs = packed(case(2), pack(2), minute=21)
    assert outcomes(read(winter, theirs, party=SELLS)) == [("accepted", "NOT_THE_HOLDER")]
    strange = packed(case(3), pack(9), minute=22)
    (report,) = read(winter, strange, on_error="proceed")
    assert (report.outcome, report.code, report.category) == (
        "exception",
        "CONTENTS_UNKNOWN",
        "product without data",
    )


def test_what_others_did_is_left_to_them(winter: Stage) -> None:
    sgln = f'<destination type="{CBV}:sdt:owning_party">{BUYER}</destination>'
    to_buyer = f"<extension><destinationList>{sgln}</destinationList></extension>"
    receipt = seen(pack(1), biz_step="receiving", minute=8, more=to_buyer)
    reports = read(winter, born(pack(1)), shipped(pack(1), receiver=BUYER), receipt)
    assert outcomes(reports)[2] == ("accepted", "NOT_THE_RECEIVER")
    assert reports[2].entries == ()
    theirs = shipped(pack(1), giver=BUYER, receiver=MAKER, minute=9)
    assert outcomes(read(winter, theirs)) == [("accepted", "NOT_THE_GIVER")]


def test_events_in_containers_are_followed(winter: Stage) -> None:
    reports = read(
        winter, born(pack(1), pack(2)), packed(PALLET, pack(1)), shipped(PALLET, receiver=BUYER)
    )
    assert outcomes(reports)[1:] == [("accepted", "PACKED"), ("accepted", "SHIPPING")]
    assert [where(n) for n in (1, 2)] == [("in_transit", MAKES), ("held", MAKES)]


def test_a_file_in_the_wrong_order_and_of_one_moment_is_taken_as_it_can_have_been(
    winter: Stage,
) -> None:
    sent = shipped(PALLET, receiver=BUYER, minute=0)
    reports = read(winter, sent, packed(PALLET, pack(1), minute=0), born(pack(1)))
    assert outcomes(reports) == [
        ("accepted", "SHIPPING"),
        ("accepted", "PACKED"),
        ("accepted", "BIRTH"),
    ]
    assert [len(one.entries) for one in reports] == [1, 1, 1]
    assert where(1) == ("in_transit", MAKES)


def test_what_is_in_a_container_is_known_from_earlier_files(winter: Stage) -> None:
    read(winter, born(pack(1), pack(2)), packed(case(1), pack(1)))
    read(winter, packed(PALLET, case(1), minute=2))
    (report,) = read(winter, shipped(PALLET, receiver=BUYER))
    assert (report.outcome, report.code) == ("accepted", "SHIPPING")
    assert [where(n) for n in (1, 2)] == [("in_transit", MAKES), ("held", MAKES)]


def test_each_lot_goes_by_the_labels_that_its_own_packs_are_under(winter: Stage) -> None:
    other = born(pack(2), ilmd=LOT_MEMBERS.replace("L1", "L2"))
    inner = packed(case(1), pack(1)), packed(PALLET, case(1), minute=2), packed(case(2), pack(2))
    reports = read(
        winter, born(pack(1)), other, *inner, shipped(PALLET, case(2), receiver=BUYER, minute=6)
    )
    assert [signed(one).body["containers"] for one in reports[-1].entries] == [
        ["00/106141412345678908"],
        ["01/10614141123459/21/2"],
    ]


def signed(entry_id: str) -> Statement:
    stored = StoredEntries.objects.get(entry_id=entry_id)
    text = "~".join((bytes(stored.jws).decode(), *stored.disclosures, ""))
    return Entry.parse(text).statement


def test_packs_of_one_lot_become_packs_of_another(winter: Stage) -> None:
    repacked = transformed(
        inputs(pack(1), pack(2)), outputs(pack(11), pack(12)), ilmd=LOT_MEMBERS.replace("L1", "R1")
    )
    birth = born(pack(1), pack(2), pack(3))
    reports = read(winter, birth, repacked, shipped(pack(11), receiver=BUYER))
    assert outcomes(reports)[1:] == [("accepted", "TRANSFORMED"), ("accepted", "SHIPPING")]
    assert [where(n)[0] for n in (1, 3, 11, 12)] == ["transformed", "held", "in_transit", "held"]
    used, made = map(signed, reports[1].entries)
    assert (used.type, made.type) == ("lot.transform", "lot.register")
    assert used.body["kind"] == "repack"
    origin = made.body["origin"]
    assert isinstance(origin, dict)
    assert origin["operation"] == used.body["operation"]
    assert outcomes(read(winter, birth, repacked)) == [("known", "TAKEN_BEFORE")] * 2


def test_two_lots_are_merged_into_one(winter: Stage) -> None:
    births = [born(more=counted("quantityList", {lot: 10})) for lot in ("L1", "L2")]
    merged = transformed(inputs(L1=4, L2=10), outputs(M1=14))
    reports = read(winter, *births, merged)
    assert outcomes(reports)[2:] == [("accepted", "TRANSFORMED")]
    assert [signed(one).body.get("kind") for one in reports[2].entries] == ["merge", "merge", None]
    held = {str(one.lot.key.lot): one.held for one in stock_of(MAKES)}
    assert held == {"L1": 6, "M1": 14}


def test_a_lot_is_split_into_two(winter: Stage) -> None:
    split = transformed(inputs(L1=10), outputs(S1=6, S2=4))
    birth = born(more=counted("quantityList", {"L1": 12}))
    reports = read(winter, birth, split)
    assert outcomes(reports)[1:] == [("accepted", "TRANSFORMED")]
    assert [signed(one).body.get("kind") for one in reports[1].entries] == ["split", None, None]
    held = {str(one.lot.key.lot): one.held for one in stock_of(MAKES)}
    assert held == {"L1": 2, "S1": 6, "S2": 4}
    assert outcomes(read(winter, birth, split)) == [("known", "TAKEN_BEFORE")] * 2


def test_two_lots_are_repacked_into_two_of_half_the_size(winter: Stage) -> None:
    births = [born(more=counted("quantityList", {lot: 10})) for lot in ("L1", "L2")]
    repacked = transformed(inputs(L1=4, L2=8), outputs(M1=6, M2=18))
    reports = read(winter, *births, repacked)
    assert outcomes(reports)[2:] == [("accepted", "TRANSFORMED")]
    into: list[Any] = [signed(one).body["into"] for one in reports[2].entries[:2]]
    used = [[(one["uses"], one["makes"]) for one in lots] for lots in into]
    assert used == [[(1, 2), (3, 6)], [(2, 4), (6, 12)]]
    held = {str(one.lot.key.lot): one.held for one in stock_of(MAKES)}
    assert held == {"L1": 6, "L2": 2, "M1": 6, "M2": 18}


def test_who_does_not_hold_the_goods_makes_nothing_of_them(winter: Stage) -> None:
    repacked = transformed(inputs(pack(1)), outputs(pack(11)), ilmd=LOT_MEMBERS.replace("L1", "R1"))
    read(winter, born(pack(1)))
    (theirs,) = read(winter, repacked, party=SELLS)
    assert (theirs.outcome, theirs.rule, theirs.code) == ("refused", "R3", "PACK_NOT_HERE")
    read(winter, shipped(pack(1), receiver=BUYER))
    (gone,) = read(winter, repacked)
    assert (gone.outcome, gone.code) == ("refused", "PACK_NOT_HERE")
    assert pack_line(LOT.gtin, Serial("11")) is None


def declared_wrong(event: str) -> str:
    member = f"<baseExtension>{DECLARED_WRONG}</baseExtension>"
    return event.replace("</eventTimeZoneOffset>", f"</eventTimeZoneOffset>{member}")


def test_a_dispatch_that_is_declared_wrong_later_is_taken_back_once(winter: Stage) -> None:
    dispatch = shipped(pack(1), pack(2), receiver=BUYER)
    first = read(winter, born(pack(1), pack(2)), dispatch)
    better = shipped(pack(1), receiver=PHARMACY, minute=6)
    back, again = read(winter, declared_wrong(dispatch), better)
    assert outcomes([back, again]) == [("accepted", "TAKEN_BACK"), ("accepted", "SHIPPING")]
    assert [(len(one.entries), one.stands) for one in (back, again)] == [(1, True)] * 2
    assert [where(n) for n in (1, 2)] == [("in_transit", MAKES), ("held", MAKES)]
    (void,) = (signed(one) for one in back.entries)
    assert void.body["dispatch"] == first[1].entries[0]
    assert void.body["reason"] == "error declared on 2026-11-21T08:00:00Z"
    (known,) = read(winter, declared_wrong(dispatch))
    assert (known.outcome, known.entries) == ("known", back.entries)
    assert [way.receiver for way in outbound_of(MAKES)] == [HEALS]


def test_the_senders_reason_is_signed_where_it_is_the_standards(winter: Stage) -> None:
    dispatch = shipped(pack(1), receiver=BUYER)
    read(winter, born(pack(1)), dispatch)
    reason = f"</declarationTime><reason>{CBV}:er:did_not_occur</reason>"
    (back,) = read(winter, declared_wrong(dispatch).replace("</declarationTime>", reason))
    assert signed(back.entries[0]).body["reason"] == (
        "error declared on 2026-11-21T08:00:00Z: did_not_occur"
    )


@pytest.mark.parametrize("taken", [(pack(1),), (pack(1), pack(2))])
def test_what_was_received_since_is_not_taken_back(winter: Stage, taken: tuple[str, ...]) -> None:
    dispatch = shipped(pack(1), pack(2), receiver=BUYER)
    read(winter, born(pack(1), pack(2)), dispatch)
    read(winter, seen(*taken, biz_step="receiving", minute=7), party=SELLS)
    (late,) = read(winter, declared_wrong(dispatch))
    assert (late.outcome, late.rule, late.code) == ("exception", "R7", "ERROR_TOO_LATE")
    assert late.category == "data issue"
    assert "correction" in late.reason
    assert where(1) == ("held", SELLS)


def test_what_is_no_dispatch_is_not_taken_back(winter: Stage) -> None:
    birth = born(pack(1))
    read(winter, birth)
    (late,) = read(winter, declared_wrong(birth))
    assert (late.outcome, late.code) == ("exception", "NOT_TAKEN_BACK")
    assert "born once" in late.reason
    assert where(1) == ("held", MAKES)


def test_only_the_very_dispatch_that_is_declared_wrong_is_taken_back(winter: Stage) -> None:
    first = shipped(pack(1), receiver=BUYER)
    read(winter, born(pack(1)), first, seen(pack(1), biz_step="void_shipping", minute=6))
    read(winter, shipped(pack(1), receiver=PHARMACY, minute=7))
    (late,) = read(winter, declared_wrong(first))
    assert (late.outcome, late.code) == ("exception", "ERROR_TOO_LATE")
    assert where(1) == ("in_transit", MAKES)


def test_a_fault_stops_the_file_or_is_left_out(winter: Stage) -> None:
    bad = seen(pack(1)).replace("OBSERVE", "CREATE")
    reports = read(winter, born(pack(1)), bad)
    assert outcomes(reports) == [("refused", "ROLLED_BACK"), ("refused", "ACTION_UNKNOWN")]
    assert reports[1].place == "Line 3"
    assert "event 2" in reports[0].reason
    assert stock_of(MAKES) == []
    kept = ImportedEvent.objects.order_by("number").values_list("outcome", "code", "place")
    assert list(kept)[1] == ("refused", "ACTION_UNKNOWN", "Line 3")
    reports = read(winter, born(pack(1)), bad, on_error="proceed")
    assert outcomes(reports) == [("accepted", "BIRTH"), ("refused", "ACTION_UNKNOWN")]


def test_json_is_imported_too_and_progress_is_told(winter: Stage) -> None:
    event = {
        **epcis_2_files.SEEN,
        "action": "ADD",
        "bizStep": "commissioning",
        "ilmd": {"cbvmda:lotNumber": "L1", "cbvmda:itemExpirationDate": "2028-02-29"},
    }
    told: list[tuple[int, int]] = []
    (report,) = import_epcis(
        data=epcis_2_files.document(event),
        party=MAKES,
        at=winter.later(),
        seed=SEED,
        progress=lambda done, steps: told.append((done, steps)),
    )
    assert (report.outcome, report.code) == ("accepted", "BIRTH")
    assert where(7) == ("held", MAKES)
    assert told == [(0, 1), (1, 1)]
    assert ImportedFile.objects.get().media == "application/json"


def test_progress_is_told_with_each_entry_and_once_for_what_is_begun_again(winter: Stage) -> None:
    told: list[tuple[int, int]] = []

    def take(*events: str) -> None:
        told.clear()
        import_epcis(
            data=document(*events),
            party=MAKES,
            at=winter.later(),
            seed=SEED,
            progress=lambda done, steps: told.append((done, steps)),
        )

    cases = [packed(case(n), pack(n)) for n in range(60)]
    take(born(*map(pack, range(60))), *cases)
    assert told == [(0, 61), (1, 61), (51, 61), (61, 61)]
    stolen = packed(case(70), pack(0), minute=2)
    take(packed(case(71), pack(1), minute=2), stolen)
    assert told == [(0, 2), (2, 2)]


def test_more_packs_do_not_ask_the_database_more_often(winter: Stage) -> None:
    def asked(first: int, count: int) -> int:
        numbers = range(first, first + count)
        ilmd = LOT_MEMBERS.replace("L1", f"L{first}")
        trade = (
            born(*map(pack, numbers), ilmd=ilmd),
            packed(case(first), *map(pack, numbers)),
            shipped(case(first), receiver=BUYER),
        )
        with CaptureQueriesContext(connection) as queries:
            assert all(one.stands for one in read(winter, *trade))
        return len(queries)

    asked(0, 1)
    assert asked(10_000, 400) <= asked(1_000, 40) + 4, "the tree of packs is a level or two deeper"


def sensed(hour: int, *celsius: float) -> epcis_2_files.Said:
    start = f"2026-11-20T{hour:02d}"
    reports = [
        {"type": "Temperature", "value": value, "uom": "CEL", "time": f"{start}:{n:02d}:00Z"}
        for n, value in enumerate(celsius)
    ]
    return {"sensorMetadata": {"deviceID": "urn:x-logger:L1"}, "sensorReport": reports}


def handed(biz_step: str, hour: int, *sensors: epcis_2_files.Said) -> epcis_2_files.Said:
    return {
        **epcis_2_files.SEEN,
        "eventTime": f"2026-11-20T{hour:02d}:00:00Z",
        "bizStep": biz_step,
        "sourceList": [{"type": "owning_party", "source": MAKER}],
        "destinationList": [{"type": "owning_party", "destination": BUYER}],
        "sensorElementList": sensors,
    }


def told_again(stage: Stage) -> list[tuple[str, list[int]]]:
    """The readings of each event, in hundredths of °C, as our own file would be read again."""
    stage.log()
    data = export_epcis(party=MAKES, lot=LOT, to=SELLS, at=stage.later(), prefix_length=7)
    return [
        (
            event.biz_step,
            [one.centi_c for series in readings_of(event) for one in series.readings],
        )
        for event in epcis.read(data).events
    ]


def test_temperatures_of_a_hand_off_are_signed_and_told_again(stage: Stage) -> None:
    stage.now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    stage.catalogue(str(LOT.gtin), "Examplin", "refrigerated-2-8/1")
    read(stage, born(pack(7)))
    data = epcis_2_files.document(
        handed("shipping", 9, sensed(8, 5, 5.12)), handed("receiving", 12, sensed(10, 9))
    )
    import_epcis(data=data, party=MAKES, at=stage.later(), seed=SEED)
    import_epcis(data=data, party=SELLS, at=stage.later(), seed=SEED)
    assert told_again(stage) == [
        ("commissioning", []),
        ("shipping", [500, 512]),
        ("receiving", [900]),
    ]


def test_two_temperatures_at_one_moment_are_a_data_issue(winter: Stage) -> None:
    read(winter, born(pack(7)))
    twice = handed("shipping", 9, sensed(8, 5), sensed(8, 6))
    (report,) = import_epcis(
        data=epcis_2_files.document(twice),
        party=MAKES,
        at=winter.later(),
        seed=SEED,
        on_error="proceed",
    )
    assert (report.code, report.category) == ("READINGS_WRONG", "data issue")


def test_what_is_no_epcis_or_for_nobody_leaves_nothing(winter: Stage) -> None:
    with pytest.raises(FormatError):
        import_epcis(data=b"PK", party=MAKES, at=winter.later(), seed=SEED)
    with pytest.raises(Invalid):
        import_epcis(data=document(born(pack(1))), party="nobody", at=winter.later(), seed=SEED)
    assert not ImportedFile.objects.exists()


def test_reports_are_a_table_and_a_list() -> None:
    one = EventReport(1, "Line 2", "=cmd", "refused", "X", "A, b.", "R1", entries=("e1", "e2"))
    (row,) = csv.DictReader(io.StringIO(as_csv([one])))
    assert (row["what"], row["reason"], row["entries"]) == ("'=cmd", "A, b.", "e1 e2")
    (same,) = json.loads(as_json([one]))
    assert (same["number"], same["what"], same["entries"]) == (1, "=cmd", ["e1", "e2"])
    assert epcis_files.PALLET
