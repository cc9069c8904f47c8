from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction

from ledger.alarms import raise_alarm
from ledger.appending import open_stream
from ledger.core.entry import Entry, sign
from ledger.core.links import OutputRef
from ledger.core.statement import Statement
from ledger.proofs import latest_seen
from ledger.signers import custodial_signer
from supplychain.domain.conditions import Reading
from supplychain.domain.conditions_claim import ConditionsClaim, NoReadings
from supplychain.domain.identifiers import Gln
from supplychain.domain.packed_readings import pack
from supplychain.domain.statements import LotStatement, Ship
from supplychain.domain.verdicts import VerdictCode
from supplychain.queries.chains import chain_of
from supplychain.queries.scans import ScanResult
from supplychain.queries.stock import parcels
from supplychain.services.destroy_units import destroy_units
from supplychain.services.issue_recall import issue_recall
from supplychain.services.lift_hold import lift_hold
from supplychain.services.place_hold import place_hold
from supplychain.services.verify_scan import verify_scan
from supplychain.services.void_shipment import void_shipment
from tests.database import tamper
from tests.people import AUDITOR
from tests.stages import (
    HEALS,
    INSULIN,
    LIES,
    MAKES,
    NO_LOGGER,
    RULES,
    SELLS,
    TABLETS,
    Stage,
    a_lot,
    readings,
)

LOT = a_lot()
CODE = f"(01){TABLETS}(10)A1"
FRIDGE = a_lot("F1", INSULIN)
COLD_CODE = f"(01){INSULIN}(10)F1"


def scan(stage: Stage, asking: str | None = HEALS, code: str = CODE) -> ScanResult:
    return verify_scan(scanned=code, at=stage.later(), asking=asking)


@pytest.fixture
def delivered(stage: Stage) -> Stage:
    """100 tablets made, 60 at the wholesaler's, 20 of these at the pharmacy's, all logged."""
    stage.register(LOT, 100)
    stage.deliver(MAKES, LOT, 60, SELLS)
    stage.deliver(SELLS, LOT, 20, HEALS)
    stage.log()
    return stage


def test_a_pharmacy_scans_what_it_received_and_may_go_ahead(delivered: Stage) -> None:
    result = scan(delivered)
    assert result.verdict.code is VerdictCode.OK
    assert result.lot is not None
    assert result.lot.product.name == "Paracetamol"
    assert [act.statement.type for act in result.acts] == [
        "lot.register",
        "custody.ship",
        "custody.receive",
        "custody.ship",
        "custody.receive",
    ]
    assert result.named
    assert result.evidence_available


def test_a_stranger_is_told_the_verdict_and_no_names(delivered: Stage) -> None:
    assert not scan(delivered, None).named
    assert not scan(delivered, LIES).named
    assert scan(delivered, RULES).named


def test_who_was_handed_nothing_is_told_to_stop(delivered: Stage) -> None:
    result = scan(delivered, LIES)
    assert result.verdict.code is VerdictCode.STOP
    assert "NOT_IN_YOUR_CUSTODY" in result.verdict.codes


def test_what_is_not_under_a_checkpoint_yet_is_not_green(stage: Stage) -> None:
    stage.register(LOT, 100)
    assert scan(stage).verdict.code is VerdictCode.CANNOT_CHECK
    stage.log()
    stage.deliver(MAKES, LOT, 60, HEALS)
    assert "NOT_YET_LOGGED" in scan(stage).verdict.codes
    stage.log()
    assert scan(stage).verdict.code is VerdictCode.OK


def test_a_lot_that_a_connected_maker_never_registered_is_stopped(delivered: Stage) -> None:
    result = scan(delivered, code=f"(01){TABLETS}(10)FAKE")
    assert (result.verdict.code, result.verdict.codes) == (VerdictCode.STOP, ("UNKNOWN_LOT",))


def test_a_lot_of_a_maker_who_does_not_take_part_cannot_be_checked(delivered: Stage) -> None:
    result = scan(delivered, code="(01)04012345678901(10)X")
    assert result.verdict.code is VerdictCode.CANNOT_CHECK
    assert "MAKER_NOT_CONNECTED" in result.verdict.codes


def test_a_lot_typed_with_caps_lock_is_scanned_again(delivered: Stage) -> None:
    result = scan(delivered, code=f"(01){TABLETS}(10)a1")
    assert result.verdict.code is VerdictCode.SCAN_AGAIN


def test_a_recall_stops_every_pack_everywhere(delivered: Stage) -> None:
    issue_recall(
        party=MAKES,
        lot=LOT,
        recall_class="I",
        reason="Glass in the bottle",
        at=delivered.later(),
        nonce=delivered.nonce(),
    )
    assert scan(delivered).verdict.code is VerdictCode.CANNOT_CHECK
    delivered.log()
    for asking in (HEALS, SELLS, MAKES, RULES, None):
        result = scan(delivered, asking)
        assert result.verdict.code is VerdictCode.STOP
        assert "RECALLED" in result.verdict.codes


def test_a_hold_stops_until_it_is_lifted(delivered: Stage) -> None:
    held = place_hold(
        party=RULES, lot=LOT, reason="Sample", at=delivered.later(), nonce=delivered.nonce()
    )
    delivered.log()
    assert "ON_HOLD" in scan(delivered).verdict.codes
    lift_hold(
        party=RULES,
        lot=LOT,
        hold=held.entry_id,
        reason="Clean",
        at=delivered.later(),
        nonce=delivered.nonce(),
    )
    delivered.log()
    assert scan(delivered).verdict.code is VerdictCode.OK


def test_an_expired_lot_is_stopped(stage: Stage) -> None:
    stage.register(LOT, 10, expiry=date(2026, 3, 31))
    stage.deliver(MAKES, LOT, 10, HEALS)
    stage.log()
    stage.later(timedelta(days=35))
    assert scan(stage).verdict.codes[0] == "EXPIRED"


def test_a_short_receipt_stays_open_until_it_is_voided(stage: Stage) -> None:
    stage.register(LOT, 100)
    stage.ship(MAKES, LOT, 100, HEALS)
    stage.receive(HEALS, LOT, 95)
    stage.log()
    result = scan(stage)
    assert (result.verdict.code, result.verdict.codes) == (VerdictCode.CAUTION, ("SHORT_RECEIPT",))
    void_shipment(
        party=MAKES,
        lot=LOT,
        output=stage.inbound(HEALS, LOT).output,
        reason="Never packed",
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.log()
    assert scan(stage).verdict.code is VerdictCode.OK


def test_who_was_sent_what_was_voided_is_stopped(stage: Stage) -> None:
    stage.register(LOT, 100)
    stage.ship(MAKES, LOT, 100, HEALS)
    void_shipment(
        party=MAKES,
        lot=LOT,
        output=stage.inbound(HEALS, LOT).output,
        reason="Wrong address",
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.log()
    assert "DISPATCH_VOIDED" in scan(stage).verdict.codes


def test_damaged_goods_are_in_quarantine(stage: Stage) -> None:
    stage.register(LOT, 100)
    stage.ship(MAKES, LOT, 10, HEALS)
    stage.receive(HEALS, LOT, 0, damaged=10)
    stage.log()
    assert "QUARANTINED" in scan(stage).verdict.codes


def cold_chain(stage: Stage, *centi_c: int) -> ScanResult:
    stage.register(FRIDGE, 10)
    start = stage.now + timedelta(minutes=1)
    before = readings(start - timedelta(hours=2), start, 500)
    stage.ship(MAKES, FRIDGE, 10, HEALS, before)
    stage.later(timedelta(hours=6))
    journey = readings(start, stage.now + timedelta(minutes=1), *centi_c)
    stage.receive(HEALS, FRIDGE, 10, conditions=journey)
    stage.log()
    return scan(stage, code=COLD_CODE)


def test_a_journey_in_range_is_fit(stage: Stage) -> None:
    result = cold_chain(stage, 500, 600, 800)
    assert result.verdict.code is VerdictCode.OK
    assert [leg.state.value for leg in result.legs] == ["IN_RANGE", "IN_RANGE"]
    assert len(result.legs[1].series[0].readings) > 30


def test_an_excursion_stops_who_received_it_and_not_who_did_not(stage: Stage) -> None:
    result = cold_chain(stage, 500, 500, 500, 810)
    assert result.verdict.codes == ("TEMPERATURE_EXCURSION",)
    assert result.verdict.code is VerdictCode.STOP


def test_a_logger_that_was_missing_is_a_caution(stage: Stage) -> None:
    stage.register(FRIDGE, 10)
    stage.deliver(MAKES, FRIDGE, 10, HEALS, NO_LOGGER)
    stage.log()
    assert scan(stage, code=COLD_CODE).verdict.codes == ("NO_TEMPERATURE_DATA",)


def test_readings_that_were_changed_or_lost_are_noticed(stage: Stage) -> None:
    cold_chain(stage, 500, 600)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE supplychain_serieschunk SET packed = packed || '\\x00'::bytea")
        assert "READINGS_DISAGREE" in scan(stage, code=COLD_CODE).verdict.codes
        cooler = pack([Reading(int(stage.now.timestamp()), 400)])
        cursor.execute("UPDATE supplychain_serieschunk SET packed = %s", [cooler])
        assert "READINGS_DISAGREE" in scan(stage, code=COLD_CODE).verdict.codes
        cursor.execute("DELETE FROM supplychain_serieschunk")
    result = scan(stage, code=COLD_CODE)
    assert result.verdict.codes == ("TEMPERATURE_NOT_CHECKED",)
    assert result.verdict.code is VerdictCode.CANNOT_CHECK


def test_the_same_pack_twice_at_one_site_is_said_so(delivered: Stage) -> None:
    pack = f"{CODE}(21)S-1"
    assert scan(delivered, code=pack).verdict.code is VerdictCode.OK
    assert scan(delivered, code=pack).verdict.code is VerdictCode.ALREADY_SCANNED_HERE
    assert scan(delivered, SELLS, pack).verdict.code is VerdictCode.OK
    assert scan(delivered, code=f"{CODE}(21)S-2").verdict.code is VerdictCode.OK
    delivered.later(timedelta(minutes=11))
    assert scan(delivered, code=pack).verdict.code is VerdictCode.OK


def test_one_serial_with_two_lots_is_not_the_same_pack_again(delivered: Stage) -> None:
    """To say that it was good a moment ago would calm away a forgery."""
    second = a_lot("A2")
    delivered.register(second, 50)
    delivered.deliver(MAKES, second, 50, HEALS)
    delivered.log()
    assert scan(delivered, code=f"{CODE}(21)S-1").verdict.code is VerdictCode.OK
    other = f"(01){second.gtin}(10){second.lot}(21)S-1"
    assert scan(delivered, code=other).verdict.code is VerdictCode.OK


def test_bad_evidence_can_be_taken_away_by_those_whom_it_concerns(delivered: Stage) -> None:
    tamper("UPDATE ledger_entry SET jws = overlay(jws PLACING 'A'::bytea FROM 200)")
    assert scan(delivered).verdict.code is VerdictCode.STOP
    assert scan(delivered).evidence_available
    assert not scan(delivered, LIES).evidence_available
    assert not scan(delivered, None).evidence_available


TAMPERING = (
    "UPDATE ledger_entry SET jws = overlay(jws PLACING 'A'::bytea FROM 200) WHERE number = 2",
    "DELETE FROM ledger_entry WHERE type = 'custody.receive'",
    "DELETE FROM ledger_entry WHERE type = 'registry.key.add'",
    "UPDATE ledger_leaf SET hash = sha256(hash) WHERE index > 13",
    "DELETE FROM ledger_leaf",
    "DELETE FROM ledger_tile",
    "DELETE FROM ledger_checkpoint",
    "UPDATE ledger_checkpoint SET note = replace(note, 'a', 'b')",
    "UPDATE ledger_stream SET entries = entries - 1",
    "DELETE FROM ledger_key",
)


@pytest.mark.parametrize("sql", TAMPERING)
def test_whoever_edits_the_database_is_found_out(delivered: Stage, sql: str) -> None:
    tamper(sql)
    result = scan(delivered)
    assert result.verdict.code in (VerdictCode.STOP, VerdictCode.CANNOT_CHECK)


def test_an_alarm_about_the_log_leaves_nothing_green(delivered: Stage) -> None:
    raise_alarm(code="CHECKPOINT_FORKED", about="", message="Two roots.", at=delivered.now)
    result = scan(delivered)
    assert result.verdict.code is VerdictCode.CANNOT_CHECK
    assert "LOG_IN_ALARM" in result.verdict.codes


def let_in(stage: Stage, said: LotStatement, consumes: tuple[OutputRef, ...]) -> None:
    """What an operator can do who is in league with a party: no rule of custody is asked."""
    statement = Statement(
        log=settings.LOG_ORIGIN,
        stream=LOT.stream,
        type=said.type,
        at=stage.later(),
        nonce=stage.nonce(),
        seen=latest_seen(),
        consumes=consumes,
        creates=len(said.outputs),
        body=said.as_body(),
    )
    entry = Entry.parse(sign(statement, custodial_signer(SELLS)))
    with transaction.atomic():
        ledger = open_stream(LOT.stream, [entry], at=stage.now)
        ledger.add(entry, ledger.admit(entry))
        ledger.save()


def smuggled(quantity: int, rest: int, to: str) -> Ship:
    return Ship.of(
        giver=Gln(SELLS),
        receiver=Gln(to),
        quantity=quantity,
        rest=rest,
        shipment="S",
        conditions=ConditionsClaim(none=NoReadings.NOT_REQUIRED),
    )


def test_units_that_an_operator_lets_somebody_make_up_are_found_out(delivered: Stage) -> None:
    let_in(delivered, smuggled(1000, 40, HEALS), (parcels(SELLS, LOT)[0].ref,))
    delivered.log()
    result = scan(delivered)
    assert result.verdict.code is VerdictCode.STOP
    assert "CUSTODY_BROKEN" in result.verdict.codes


def test_a_dispatch_to_who_was_admitted_only_later_is_found_out(delivered: Stage) -> None:
    let_in(delivered, smuggled(10, 30, str(AUDITOR.gln)), (parcels(SELLS, LOT)[0].ref,))
    delivered.admit(AUDITOR)
    delivered.log()
    broken = {one.code for one in chain_of(LOT, delivered.now).broken}
    assert broken == {"RECEIVER_UNKNOWN"}


def test_a_forged_table_row_does_not_deceive(delivered: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE supplychain_lot SET name = 'Gold', expiry = '2099-01-01'")
        cursor.execute("UPDATE supplychain_output SET holder = %s", [LIES])
    result = scan(delivered)
    assert result.verdict.code is VerdictCode.OK
    assert result.lot is not None
    assert result.lot.product.name == "Paracetamol"
    assert scan(delivered, LIES).verdict.code is VerdictCode.STOP


def test_a_role_that_only_a_table_gives_is_none(delivered: Stage) -> None:
    tamper("UPDATE supplychain_organisation SET roles = '{authority}' WHERE gln = %s", [LIES])
    result = scan(delivered, LIES)
    assert result.verdict.codes == ("NOT_IN_YOUR_CUSTODY",)
    assert not result.named
    assert scan(delivered, RULES).named


def test_a_party_that_the_registry_does_not_know_is_a_party_without_roles(delivered: Stage) -> None:
    tamper("DELETE FROM ledger_entry WHERE type = 'registry.party.admit'")
    tamper("DELETE FROM ledger_party")
    result = scan(delivered, RULES)
    assert result.verdict.code is not VerdictCode.OK
    assert not result.named


def test_a_pharmacy_with_a_damaged_pack_in_quarantine_is_told_to_look(stage: Stage) -> None:
    stage.register(LOT, 100)
    stage.ship(MAKES, LOT, 10, HEALS)
    stage.receive(HEALS, LOT, 9, damaged=1)
    stage.log()
    result = scan(stage)
    assert (result.verdict.code, result.verdict.codes) == (VerdictCode.CAUTION, ("QUARANTINED",))


def test_a_lot_that_was_destroyed_is_stopped_whoever_asks(stage: Stage) -> None:
    stage.register(LOT, 10)
    destroy_units(
        party=MAKES,
        lot=LOT,
        quantity=10,
        reason="Crushed",
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.log()
    for asking in (None, MAKES, RULES):
        assert scan(stage, asking).verdict.code is VerdictCode.STOP


def test_a_recall_that_was_taken_out_whole_still_shows_in_the_tables(delivered: Stage) -> None:
    recall = issue_recall(
        party=MAKES,
        lot=LOT,
        recall_class="I",
        reason="Glass in the bottle",
        at=delivered.later(),
        nonce=delivered.nonce(),
    )
    delivered.register(a_lot("B2"), 1)
    delivered.log()
    tamper("DELETE FROM ledger_leaf WHERE entry_id = %s", [recall.entry_id])
    tamper("DELETE FROM ledger_entry WHERE entry_id = %s", [recall.entry_id])
    tamper("UPDATE ledger_stream SET entries = entries - 1 WHERE name = %s", [LOT.stream])
    result = scan(delivered)
    assert result.verdict.code is VerdictCode.STOP
    assert [sign.entry_id for sign in result.tampering] == [recall.entry_id]
