"""Packs with serial numbers: each one has its own way, and its own answer."""

from datetime import date, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from ledger.core.entry import stream_id
from ledger.models import Entry
from supplychain.domain.barcodes import Scanned
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import Printed
from supplychain.domain.verdicts import Verdict
from supplychain.models import Flag, Lot, Output, Pack, PackNode, Sighting
from supplychain.queries.judgements import all_judged, grounds, judgement
from supplychain.queries.pack_chains import chain_for
from supplychain.queries.packs import pack_line
from supplychain.queries.scans import asking_party, proven
from supplychain.services.admit_surplus import admit_surplus
from supplychain.services.correct_entry import correct_entry
from supplychain.services.dispense_units import dispense_units
from supplychain.services.extend_expiry import extend_expiry
from supplychain.services.issue_recall import issue_recall
from supplychain.services.receive_shipment import receive_shipment
from supplychain.services.release_units import release_units
from supplychain.services.report_loss import report_loss
from supplychain.services.return_units import return_units
from supplychain.services.undo_units import undo_units
from supplychain.services.verify_scan import verify_scan
from supplychain.services.void_shipment import void_shipment
from tests.database import take_out
from tests.stages import (
    GOOD_UNTIL,
    HEALS,
    HEALS_TOO,
    LIES,
    MAKES,
    NOT_REQUIRED,
    SELLS,
    Stage,
    a_lot,
    played,
    serials,
)

LOT = a_lot("P1")
ALL = serials(*range(40))


def scan(stage: Stage, serial: Serial, asking: str | None) -> Verdict:
    stage.log()
    text = f"(01){LOT.gtin}(17)271231(10){LOT.lot}(21){serial}"
    return verify_scan(scanned=text, at=stage.later(), asking=asking).verdict


@pytest.fixture
def trade(stage: Stage) -> Stage:
    """40 packs: 30 go to the wholesaler, of these 10 to each pharmacy; one is dispensed."""

    def story() -> None:
        stage.register(LOT, 40, packs=ALL)
        stage.deliver(MAKES, LOT, 30, SELLS, packs=ALL[:30])
        stage.deliver(SELLS, LOT, 10, HEALS, packs=ALL[:10])
        stage.deliver(SELLS, LOT, 10, HEALS_TOO, packs=ALL[10:20])
        dispense(stage, HEALS, ALL[0])

    return played(story, stage)


def dispense(stage: Stage, party: str, serial: Serial) -> None:
    dispense_units(
        party=party, lot=LOT, quantity=1, packs=[serial], at=stage.later(), nonce=stage.nonce()
    )


@pytest.mark.parametrize(
    ("pack", "asking", "codes"),
    [
        (1, HEALS, set()),
        (11, HEALS_TOO, set()),
        (11, HEALS, {"NOT_IN_YOUR_CUSTODY"}),
        (1, SELLS, {"PACK_PASSED_ON"}),
        (25, SELLS, set()),
        (35, MAKES, set()),
        (35, None, set()),
        (0, HEALS, {"PACK_DISPENSED_HERE"}),
        (0, HEALS_TOO, {"PACK_DISPENSED"}),
        (0, None, {"PACK_DISPENSED"}),
        (99, HEALS, {"UNKNOWN_SERIAL"}),
    ],
)
def test_each_pack_has_its_own_answer(
    trade: Stage, pack: int, asking: str | None, codes: set[str]
) -> None:
    (serial,) = serials(pack)
    verdict = scan(trade, serial, asking)
    beside = {"NOTHING_LEFT_HERE", "IN_TWO_PLACES", "SCANNED_ELSEWHERE"}
    assert set(verdict.codes) - beside == codes
    assert verdict.code == ("STOP" if codes else "OK")


def test_behind_a_pooler_the_answer_is_the_same(trade: Stage, settings: Settings) -> None:
    settings.DATABASE_PREPARED = False
    assert scan(trade, ALL[1], HEALS).code == "OK"
    assert "PACK_DISPENSED" in scan(trade, ALL[0], HEALS_TOO).codes


@pytest.mark.parametrize(
    ("pack", "asking", "code"),
    [
        (1, HEALS, "OK"),
        (1, SELLS, "STOP"),
        (25, SELLS, "OK"),
        (0, HEALS_TOO, "STOP"),
        (99, HEALS, "STOP"),
    ],
)
def test_with_an_index_only_the_packs_own_way_is_read(
    trade: Stage, pack: int, asking: str, code: str
) -> None:
    trade.log()
    trade.index()
    read = Scanned(LOT.gtin, LOT.lot, None, serials(pack)[0])
    chain, _ = chain_for(LOT, [read.serial], trade.later(), asking=asking)
    assert chain.complete_to is not None
    assert len(chain.history.acts) < Entry.objects.filter(stream_id=stream_id(LOT.stream)).count()
    assert scan(trade, serials(pack)[0], asking).code == code


@pytest.mark.parametrize("where", [0, 25, 35])
def test_tables_that_say_the_wrong_place_change_nobodys_custody(trade: Stage, where: int) -> None:
    trade.log()
    trade.index()
    there = Pack.objects.get(serial=str(serials(where)[0])).holding
    Pack.objects.filter(serial=str(ALL[1])).update(holding=there)
    assert "NOT_IN_YOUR_CUSTODY" not in scan(trade, ALL[1], HEALS).codes
    assert "NOT_IN_YOUR_CUSTODY" in scan(trade, ALL[1], HEALS_TOO).codes


def test_a_hidden_recall_is_missed_in_the_packs_own_chain(trade: Stage) -> None:
    issue_recall(
        party=MAKES,
        lot=LOT,
        recall_class="I",
        reason="Wrong label",
        at=trade.later(),
        nonce=trade.nonce(),
    )
    trade.log()
    trade.index()
    assert "RECALLED" in scan(trade, ALL[1], HEALS).codes
    entry_id = Flag.objects.get().entry_id
    Flag.objects.all().delete()
    take_out(entry_id)
    assert scan(trade, ALL[1], HEALS).code == "STOP"


def test_what_is_on_the_way_waits_for_its_receipt(trade: Stage) -> None:
    trade.ship(SELLS, LOT, 2, HEALS, packs=ALL[20:22])
    assert scan(trade, ALL[20], HEALS).codes == ("NOT_RECEIVED_YET",)
    trade.receive(HEALS, LOT, 1, packs=ALL[20:21])
    assert scan(trade, ALL[20], HEALS).code == "OK"
    assert scan(trade, ALL[21], HEALS).codes == ("NOT_RECEIVED_YET",)


def test_only_the_damaged_pack_is_in_quarantine(trade: Stage) -> None:
    trade.ship(SELLS, LOT, 3, HEALS, packs=ALL[20:23])
    trade.receive(HEALS, LOT, 2, 1, packs=ALL[20:22], damaged_packs=ALL[22:23])
    assert scan(trade, ALL[21], HEALS).code == "OK"
    assert scan(trade, ALL[22], HEALS).codes == ("QUARANTINED",)


def test_a_stolen_pack_is_told_apart_from_its_lot(trade: Stage) -> None:
    report_loss(
        party=HEALS_TOO,
        lot=LOT,
        quantity=1,
        kind="stolen",
        reason="Broken window",
        at=trade.later(),
        nonce=trade.nonce(),
        packs=ALL[15:16],
    )
    assert scan(trade, ALL[15], HEALS_TOO).codes == ("PACK_MISSED",)
    assert scan(trade, ALL[16], HEALS_TOO).code == "OK"


@pytest.mark.parametrize(
    ("packs", "code"),
    [
        (ALL[20:21], "PACK_NOT_HERE"),  # the wholesaler has it
        (ALL[:1], "PACK_NOT_HERE"),  # dispensed
        (serials(77), "PACK_NOT_HERE"),  # never born
        ((ALL[1], ALL[2]), "PACKS_MISCOUNTED"),
        (None, "PACKS_NOT_NAMED"),
    ],
)
def test_only_packs_that_are_there_can_be_dispensed(
    trade: Stage, packs: tuple[Serial, ...] | None, code: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        dispense_units(
            party=HEALS, lot=LOT, quantity=1, packs=packs, at=trade.later(), nonce=trade.nonce()
        )
    assert refused.value.code == code


def test_the_packs_of_a_dispatch_that_were_taken_back_are_good_where_they_are(
    trade: Stage,
) -> None:
    trade.ship(MAKES, LOT, 4, SELLS, packs=ALL[30:34])
    said: dict[str, Any] = {"party": MAKES, "lot": LOT, "reason": "Two cases too many"}
    said["output"] = trade.inbound(SELLS, LOT).output
    for quantity, packs in ((2, ALL[:2]), (3, ALL[30:32]), (0, ()), (5, ALL[30:35])):
        with pytest.raises(RuleBroken):
            void_shipment(
                **said, quantity=quantity, packs=packs, at=trade.later(), nonce=trade.nonce()
            )
    void_shipment(**said, quantity=2, packs=ALL[30:32], at=trade.later(), nonce=trade.nonce())
    trade.receive(SELLS, LOT, 2)
    trade.log()
    assert scan(trade, ALL[30], MAKES).code == scan(trade, ALL[33], SELLS).code == "OK"
    assert "DISPATCH_VOIDED" in scan(trade, ALL[30], SELLS).codes


def test_a_lot_has_no_more_packs_than_can_be_shown(
    trade: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supplychain.recording.pack_book.PACKS_MAX", 3)
    with pytest.raises(RuleBroken) as broken:
        trade.register(a_lot("P2"), 4, packs=serials(501, 502, 503, 504))
    assert (broken.value.rule, broken.value.code) == ("R4", "PACKS_TOO_MANY")
    assert trade.register(a_lot("P2"), 3, packs=serials(501, 502, 503)).entry_id


def test_a_pack_is_born_once_whatever_its_lot(trade: Stage) -> None:
    with pytest.raises(RuleBroken) as refused:
        trade.register(a_lot("P2"), 2, packs=(ALL[3], serials(500)[0]))
    assert (refused.value.rule, refused.value.code) == ("R1", "PACK_BORN_TWICE")
    assert str(ALL[3]) in refused.value.message


def test_lots_with_and_without_serials_live_side_by_side(trade: Stage) -> None:
    trade.register(a_lot("OLD"), 10)
    with pytest.raises(RuleBroken) as refused:
        trade.ship(MAKES, a_lot("OLD"), 2, SELLS, packs=ALL[:2])
    assert refused.value.code == "PACK_NOT_HERE"
    trade.deliver(MAKES, a_lot("OLD"), 2, SELLS)
    trade.log()
    text = f"(01){LOT.gtin}(17)271231(10)OLD(21)X1"
    found = verify_scan(scanned=text, at=trade.later(), asking=SELLS).verdict
    assert found.codes == ("SERIAL_NOT_JUDGED",)


def test_a_whole_delivery_needs_no_list(trade: Stage) -> None:
    trade.ship(SELLS, LOT, 10, LIES, packs=None)
    assert scan(trade, ALL[29], LIES).codes == ("NOT_RECEIVED_YET",)


def test_goods_of_several_deliveries_go_on_in_one(trade: Stage) -> None:
    trade.deliver(SELLS, LOT, 5, HEALS, packs=ALL[20:25])
    trade.deliver(HEALS, LOT, 3, HEALS_TOO, packs=(ALL[1], ALL[20], ALL[21]))
    for kept in (ALL[2], ALL[24]):
        assert scan(trade, kept, HEALS).code == "OK"
        dispense(trade, HEALS, kept)
        assert scan(trade, kept, HEALS).codes == ("PACK_DISPENSED_HERE",)
    assert scan(trade, ALL[21], HEALS_TOO).code == "OK"


@pytest.mark.usefixtures("trade")
def test_the_tables_know_where_a_pack_is() -> None:
    def where(serial: Serial) -> tuple[str, str] | None:
        found = pack_line(LOT.gtin, serial)
        return None if found is None else (found.holder, found.state)

    assert where(ALL[0]) == (HEALS, "dispensed")
    assert where(ALL[12]) == (HEALS_TOO, "held")
    assert where(ALL[22]) == (SELLS, "held")
    assert where(ALL[39]) == (MAKES, "held")
    assert where(Serial("NEVER")) is None


def test_lost_nodes_make_no_answer_green(trade: Stage) -> None:
    roots = set(Output.objects.values_list("packs", flat=True))
    held = [bytes.fromhex(root) for root in roots if root]
    PackNode.objects.filter(stream_id=stream_id(LOT.stream)).exclude(hash__in=held[:1]).delete()
    verdict = scan(trade, ALL[1], HEALS)
    assert verdict.code == "CANNOT_CHECK"
    assert "SERIAL_NOT_CHECKED" in verdict.codes


def test_a_pack_that_came_back_is_no_stock_before_it_is_checked(trade: Stage) -> None:
    return_units(
        party=HEALS,
        lot=LOT,
        quantity=2,
        packs=ALL[4:6],
        supplier=SELLS,
        shipment="R-1",
        reason="Too many",
        conditions=NOT_REQUIRED,
        at=trade.later(),
        nonce=trade.nonce(),
    )
    assert scan(trade, ALL[4], SELLS).codes == ("NOT_RECEIVED_YET",)
    trade.receive(SELLS, LOT, 2)
    assert scan(trade, ALL[4], SELLS).codes == ("RETURNED_NOT_CHECKED",)
    assert scan(trade, ALL[4], None).codes == ("RETURNED_NOT_CHECKED",)
    assert scan(trade, ALL[6], HEALS).code == "OK"
    release_units(
        party=SELLS,
        lot=LOT,
        quantity=1,
        packs=ALL[4:5],
        printed=Printed(LOT, GOOD_UNTIL),
        reason="Unopened, kept cool",
        at=trade.later(),
        nonce=trade.nonce(),
    )
    assert scan(trade, ALL[4], SELLS).code == "OK"
    assert scan(trade, ALL[5], SELLS).codes == ("RETURNED_NOT_CHECKED",)


@pytest.mark.parametrize(
    ("read", "code"), [("s000001", "CAPS_LOCK"), ("S00000Y", "UNKNOWN_SERIAL")]
)
def test_r13_a_serial_number_of_a_wrong_keyboard_is_to_be_scanned_again(
    trade: Stage, read: str, code: str
) -> None:
    verdict = scan(trade, Serial(read), HEALS)
    assert code in verdict.codes
    assert verdict.code == ("STOP" if code == "UNKNOWN_SERIAL" else "SCAN_AGAIN")
    assert Sighting.objects.count() == (code == "UNKNOWN_SERIAL")


def test_a_run_of_packs_with_an_index_reads_their_own_ways_only(trade: Stage) -> None:
    trade.log()
    trade.index()
    of_lot, _ = chain_for(LOT, [None, *ALL], trade.later(), asking=HEALS)
    own, packs = chain_for(LOT, ALL[1:10], trade.later(), asking=HEALS)
    assert own.complete_to is not None
    assert len(own.history.acts) < len(of_lot.history.acts)
    assert {pack.fault for pack in packs.values() if pack} == {None}


@pytest.mark.parametrize("indexed", [False, True])
def test_many_packs_are_judged_as_each_of_them_alone(trade: Stage, *, indexed: bool) -> None:
    trade.log()
    if indexed:
        trade.index()
    reads = [Scanned(LOT.gtin, LOT.lot, None, one) for one in (*ALL, *serials(99))]
    traced = chain_for(LOT, [one.serial for one in reads], trade.now, asking=HEALS)
    party = proven(asking_party(HEALS), traced.chain)
    together = all_judged(grounds(traced, reads, party, trade.now))
    traces = [chain_for(LOT, [one.serial], trade.now, asking=HEALS) for one in reads]
    alone = [
        judgement(one, read, party, trade.now) for one, read in zip(traces, reads, strict=True)
    ]
    assert together[:-1] == alone[:-1]
    for unborn in (together[-1].verdict, alone[-1].verdict):  # beside it, of what else is shown
        assert (unborn.code, "UNKNOWN_SERIAL" in unborn.codes) == ("STOP", True)
    assert {one.verdict.code for one in together} == {"OK", "STOP"}


def test_a_dispensed_pack_that_nobody_fetched_is_stock_again(trade: Stage) -> None:
    dispense(trade, HEALS, ALL[7])
    undo_units(
        party=HEALS,
        lot=LOT,
        quantity=1,
        packs=ALL[7:8],
        reason="Not fetched",
        supplied=False,
        at=trade.later(timedelta(days=2)),
        nonce=trade.nonce(),
    )
    assert scan(trade, ALL[7], HEALS).code == "OK"
    assert scan(trade, ALL[0], HEALS).codes == ("PACK_DISPENSED_HERE",)
    with pytest.raises(RuleBroken) as refused:
        undo_units(
            party=HEALS,
            lot=LOT,
            quantity=1,
            packs=ALL[:1],
            reason="Not fetched",
            supplied=False,
            at=trade.later(timedelta(days=9)),
            nonce=trade.nonce(),
        )
    assert refused.value.code == "UNDO_TOO_LATE"


def test_what_was_added_to_a_lot_is_told_with_the_verdict(trade: Stage) -> None:
    given = {"party": MAKES, "lot": LOT, "reason": "Stability study"}
    birth = Lot.objects.get().entry_id
    added = {"expiry": date(2028, 6, 30), "expiry_zone": "+00:00"}
    extend_expiry(**given, **added, at=trade.later(), nonce=trade.nonce())  # type: ignore[arg-type]  # words of several kinds
    correct_entry(**given, entry=birth, at=trade.later(), nonce=trade.nonce())  # type: ignore[arg-type]  # words of several kinds
    verdict = scan(trade, ALL[1], HEALS)
    assert (verdict.code, set(verdict.codes)) == ("OK", {"EXPIRY_EXTENDED", "CORRECTED"})
    trade.later(timedelta(days=3 * 365))
    assert "EXPIRED" in scan(trade, ALL[1], HEALS).codes


def test_r6_packs_that_came_too_many_are_stock_once_the_giver_admits_just_those(
    trade: Stage,
) -> None:
    trade.ship(SELLS, LOT, 2, HEALS, packs=ALL[20:22])
    receipt = receive_shipment(
        party=HEALS,
        output=trade.inbound(HEALS, LOT).output,
        lot=LOT,
        received=2,
        damaged=0,
        over=2,
        over_packs=ALL[22:24],
        conditions=NOT_REQUIRED,
        note="Two too many",
        at=trade.later(),
        nonce=trade.nonce(),
    )
    assert scan(trade, ALL[21], HEALS).code == "OK"
    assert "NOT_IN_YOUR_CUSTODY" in scan(trade, ALL[22], HEALS).codes
    given = {"lot": LOT, "receipt": receipt.entry_id, "reason": "Miscounted"}
    with pytest.raises(RuleBroken) as refused:
        admit_surplus(party=MAKES, **given, at=trade.later(), nonce=trade.nonce())  # type: ignore[arg-type]  # words of several kinds
    assert refused.value.code == "PACK_NOT_HERE"
    admit_surplus(party=SELLS, **given, at=trade.later(), nonce=trade.nonce())  # type: ignore[arg-type]  # words of several kinds
    assert "NOT_IN_YOUR_CUSTODY" not in scan(trade, ALL[23], HEALS).codes
    line = pack_line(LOT.gtin, ALL[23])
    assert line is not None
    assert (line.state, line.holder) == ("held", HEALS)
    with pytest.raises(RuleBroken) as refused:
        admit_surplus(party=SELLS, **given, at=trade.later(), nonce=trade.nonce())  # type: ignore[arg-type]  # words of several kinds
    assert refused.value.code == "OVER_UNKNOWN"
