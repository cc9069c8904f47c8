"""R13: one pack's number in two places. Both sites are told, and neither of the other's trade."""

import threading
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.identifiers import Serial
from supplychain.domain.packs import Pack
from supplychain.domain.verdicts import Verdict
from supplychain.models import Notice, PackDoubt, Sighting
from supplychain.queries.verifications import pack_on_record
from supplychain.services.dispense_units import dispense_units
from supplychain.services.report_loss import report_loss
from supplychain.services.settle_doubts import settle_doubts
from supplychain.services.verify_scan import verify_scan
from tests.database import tamper
from tests.people import CARRIER
from tests.stages import (
    HEALS,
    HEALS_TOO,
    LIES,
    MAKES,
    RULES,
    SELLS,
    Stage,
    a_lot,
    open_stage,
    serials,
)

LOT = a_lot("P1")
ALL = serials(*range(10))
OURS, THEIRS, SOLD, AT_SELLER = ALL[0], ALL[4], ALL[3], ALL[8]


def stocked(stage: Stage) -> Stage:
    """Four packs at each pharmacy, two at the wholesaler's; the second pharmacy dispensed one."""
    stage.register(LOT, 10, packs=ALL)
    stage.deliver(MAKES, LOT, 10, SELLS, packs=ALL)
    stage.deliver(SELLS, LOT, 4, HEALS, packs=ALL[:4])
    stage.deliver(SELLS, LOT, 4, HEALS_TOO, packs=ALL[4:8])
    dispense(stage, HEALS, SOLD)
    stage.log()
    return stage


@pytest.fixture
def trade(stage: Stage) -> Stage:
    return stocked(stage)


def dispense(stage: Stage, party: str, serial: Serial) -> None:
    dispense_units(
        party=party, lot=LOT, quantity=1, packs=[serial], at=stage.later(), nonce=stage.nonce()
    )


def scan(stage: Stage, serial: Serial, asking: str | None, lot: str = str(LOT.lot)) -> Verdict:
    stage.log()
    text = f"(01){LOT.gtin}(17)271231(10){lot}(21){serial}"
    return verify_scan(scanned=text, at=stage.later(), asking=asking).verdict


def told() -> set[tuple[str, str]]:
    return set(Notice.objects.values_list("gln", "kind"))


def test_a_pack_dispensed_here_and_scanned_elsewhere_says_stop_and_both_are_told(
    trade: Stage,
) -> None:
    elsewhere = scan(trade, SOLD, HEALS_TOO)
    assert elsewhere.code == "STOP"
    assert {"PACK_DISPENSED", "IN_TWO_PLACES"} <= set(elsewhere.codes)
    assert told() == {(gln, "two_places") for gln in (HEALS, HEALS_TOO, MAKES)}
    assert scan(trade, SOLD, HEALS).code == "STOP"
    assert scan(trade, SOLD, None).code == "STOP"


def test_neither_is_told_about_the_others_trade(trade: Stage) -> None:
    scan(trade, SOLD, HEALS_TOO)
    for notice in Notice.objects.all():
        others = {HEALS, HEALS_TOO, SELLS} - {notice.gln}
        assert not any(gln in notice.subject + notice.body for gln in others)
        assert "Pharmacy" not in notice.body
        assert str(SOLD) in notice.body
        assert notice.email == f"{notice.gln}@example.org"


def test_the_same_site_repeating_a_scan_changes_nothing(trade: Stage) -> None:
    first = scan(trade, SOLD, HEALS_TOO)
    before = list(PackDoubt.objects.values()), list(Notice.objects.values())
    for _ in range(3):
        assert scan(trade, SOLD, HEALS_TOO) == first
    assert (list(PackDoubt.objects.values()), list(Notice.objects.values())) == before
    for _ in range(3):
        scan(trade, OURS, HEALS)
    assert PackDoubt.objects.count() == 1


def test_a_pack_that_another_holds_is_suspect_at_both_and_both_are_told(trade: Stage) -> None:
    elsewhere = scan(trade, THEIRS, HEALS)
    assert elsewhere.code == "STOP"
    assert {"NOT_IN_YOUR_CUSTODY", "SCANNED_ELSEWHERE"} <= set(elsewhere.codes)
    assert told() == {(HEALS, "seen_elsewhere"), (HEALS_TOO, "seen_elsewhere")}


def test_when_the_holder_has_it_too_there_are_two_packs(trade: Stage) -> None:
    scan(trade, THEIRS, HEALS)
    holder = scan(trade, THEIRS, HEALS_TOO)
    assert (holder.code, holder.codes[0]) == ("STOP", "IN_TWO_PLACES")
    assert (HEALS, "two_places") in told()
    assert (HEALS_TOO, "two_places") in told()


def test_a_hand_off_that_was_recorded_late_settles_the_doubt(trade: Stage) -> None:
    assert scan(trade, AT_SELLER, HEALS).code == "STOP"
    trade.deliver(SELLS, LOT, 1, HEALS, packs=[AT_SELLER])
    assert scan(trade, AT_SELLER, HEALS).code == "OK"
    trade.deliver(HEALS, LOT, 1, HEALS_TOO, packs=[AT_SELLER])
    assert scan(trade, AT_SELLER, HEALS_TOO).code == "OK"


def test_a_hand_off_within_minutes_is_no_doubt(trade: Stage) -> None:
    assert scan(trade, AT_SELLER, SELLS).code == "OK"
    trade.ship(SELLS, LOT, 1, HEALS, packs=[AT_SELLER])
    for site in (SELLS, HEALS):
        scan(trade, AT_SELLER, site)
    trade.receive(HEALS, LOT, 1, packs=[AT_SELLER])
    assert scan(trade, AT_SELLER, HEALS).code == "OK"
    assert not PackDoubt.objects.exists()


def test_lost_and_then_sighted_is_told_to_who_lost_it(trade: Stage) -> None:
    report_loss(
        party=HEALS,
        lot=LOT,
        quantity=1,
        kind="stolen",
        reason="Broken window",
        at=trade.later(),
        nonce=trade.nonce(),
        packs=[OURS],
    )
    assert scan(trade, OURS, HEALS_TOO).code == "STOP"
    assert told() == {(gln, "two_places") for gln in (HEALS, HEALS_TOO, MAKES)}


def test_one_serial_under_two_lots_is_told_too(trade: Stage) -> None:
    other = a_lot("P2")
    trade.register(other, 1, packs=serials(50))
    assert "UNKNOWN_SERIAL" in scan(trade, OURS, HEALS_TOO, "P2").codes
    assert told() == {(HEALS, "seen_elsewhere"), (HEALS_TOO, "seen_elsewhere")}


def test_a_carrier_may_scan_what_is_on_the_way_and_nothing_else(trade: Stage) -> None:
    trade.admit(CARRIER)
    carrier = str(CARRIER.gln)
    trade.ship(SELLS, LOT, 1, HEALS, packs=[AT_SELLER])
    scan(trade, AT_SELLER, carrier)
    scan(trade, AT_SELLER, HEALS)
    assert not PackDoubt.objects.exists()
    scan(trade, OURS, carrier)
    assert told() == {(carrier, "seen_elsewhere"), (HEALS, "seen_elsewhere")}


@pytest.mark.parametrize("asking", [MAKES, RULES, None])
def test_who_asks_about_goods_of_others_is_no_site(trade: Stage, asking: str | None) -> None:
    scan(trade, SOLD, asking)
    scan(trade, OURS, asking)
    assert not PackDoubt.objects.exists()
    assert scan(trade, OURS, HEALS).code == "OK"


def test_of_a_lot_without_serials_nothing_says_where_a_pack_may_be(trade: Stage) -> None:
    old = a_lot("OLD")
    trade.register(old, 10)
    trade.deliver(MAKES, old, 10, SELLS)
    trade.deliver(SELLS, old, 5, HEALS)
    for site in (SELLS, HEALS):
        assert scan(trade, Serial("X1"), site, "OLD").code == "OK"
    assert scan(trade, Serial("X1"), HEALS_TOO, "OLD").codes[0] == "NOT_IN_YOUR_CUSTODY"
    assert not PackDoubt.objects.exists()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM supplychain_output",
        "DELETE FROM supplychain_pack",
        "DELETE FROM supplychain_lot",
        "UPDATE supplychain_output SET holder = 'nobody'",
        "UPDATE supplychain_output SET state = 'gone' WHERE state <> 'in_transit'",
        "UPDATE supplychain_lot SET lot = 'é'",
        "UPDATE supplychain_sighting SET gln = 'nobody'",
        "UPDATE supplychain_packdoubt SET site = 'nobody', doubt = 'none'",
    ],
)
def test_a_scan_is_answered_whatever_was_done_to_the_tables(trade: Stage, sql: str) -> None:
    scan(trade, OURS, SELLS)
    assert tamper(sql)
    for site in (HEALS, HEALS_TOO, LIES, None):
        assert scan(trade, OURS, site).code


def test_a_sighting_keeps_no_number_that_can_be_read(trade: Stage) -> None:
    scan(trade, OURS, HEALS)
    row = Sighting.objects.get()
    assert (row.gln, row.verdict, row.expected) == (HEALS, "OK", True)
    assert str(OURS) not in row.code + row.pack


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("transactional_db")
def test_of_two_sites_that_scan_at_once_one_finds_the_other(
    settings: Settings, tmp_path: Path
) -> None:
    stage = stocked(open_stage(settings, tmp_path))
    gate = threading.Barrier(2)
    text = f"(01){LOT.gtin}(17)271231(10){LOT.lot}(21)UNKNOWN"

    def look(site: str) -> None:
        gate.wait()
        verify_scan(scanned=text, at=stage.now, asking=site)
        connection.close()

    threads = [threading.Thread(target=look, args=[site]) for site in (HEALS, HEALS_TOO)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert told() == {(gln, "two_places") for gln in (HEALS, HEALS_TOO, MAKES)}


# --- what becomes of a doubt ----------------------------------------------------------------------


def settle(stage: Stage, party: str) -> int:
    return settle_doubts(party=party, pack=Pack(LOT.gtin, THEIRS), reason="x", at=stage.later())


@pytest.mark.parametrize("party", [MAKES, RULES])
def test_the_maker_or_an_authority_settles_it_and_scans_go_by_the_records(
    trade: Stage, party: str
) -> None:
    scan(trade, THEIRS, HEALS)
    assert scan(trade, THEIRS, HEALS_TOO).code == "STOP"
    assert settle(trade, party) == 2
    assert settle(trade, party) == 0
    assert {one.settled_by for one in PackDoubt.objects.all()} == {party}
    assert scan(trade, THEIRS, HEALS_TOO).code == "OK"


def test_what_was_settled_may_come_up_again_and_is_told_again(trade: Stage) -> None:
    scan(trade, THEIRS, HEALS)
    before = Notice.objects.count()
    settle(trade, MAKES)
    assert "SCANNED_ELSEWHERE" in scan(trade, THEIRS, HEALS).codes
    assert Notice.objects.count() == 2 * before
    assert "IN_TWO_PLACES" in scan(trade, THEIRS, HEALS_TOO).codes


@pytest.mark.parametrize("party", [HEALS, HEALS_TOO, SELLS])
def test_nobody_else_settles_it(trade: Stage, party: str) -> None:
    scan(trade, THEIRS, HEALS)
    with pytest.raises(RuleBroken) as refused:
        settle(trade, party)
    assert (refused.value.rule, refused.value.code) == ("R13", "MAY_NOT_SETTLE")
    with pytest.raises(Invalid):
        settle_doubts(party=MAKES, pack=Pack(LOT.gtin, THEIRS), reason="", at=trade.now)
    assert not PackDoubt.objects.exclude(settled_at=None).exists()


def test_partners_who_ask_are_told_that_it_is_suspect(trade: Stage) -> None:
    def doubted() -> bool:
        record = pack_on_record(LOT.gtin, THEIRS)
        assert record is not None
        return record.doubted

    scan(trade, THEIRS, HEALS)
    assert not doubted(), "the records may be late"
    scan(trade, THEIRS, HEALS_TOO)
    assert doubted()
    settle(trade, MAKES)
    assert not doubted()
