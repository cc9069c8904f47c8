"""Somebody with all rights over the database hides what was signed: the index of the log tells."""

import pytest
from django.test import Client

from ledger.proofs import evidence_of
from supplychain.domain.verdicts import VerdictCode
from supplychain.queries.scans import ScanResult
from supplychain.services.issue_recall import issue_recall
from supplychain.services.verify_scan import verify_scan
from tests.database import take_out, tamper
from tests.stages import HEALS, HEALS_TOO, MAKES, SELLS, TABLETS, Stage, a_lot

LOT = a_lot()
CODE = f"(01){TABLETS}(10)A1"


@pytest.fixture
def delivered(stage: Stage) -> Stage:
    """100 tablets made, 60 at the wholesaler's, 20 of these at the pharmacy's, all logged."""
    stage.register(LOT, 100)
    stage.deliver(MAKES, LOT, 60, SELLS)
    stage.deliver(SELLS, LOT, 20, HEALS)
    stage.log()
    return stage


def scan(stage: Stage, code: str = CODE) -> ScanResult:
    return verify_scan(scanned=code, at=stage.later(), asking=HEALS)


def test_a_scan_says_up_to_where_nothing_was_left_out(delivered: Stage) -> None:
    before = scan(delivered)
    assert (before.verdict.code, before.complete_to) == (VerdictCode.OK, None)
    root = delivered.index()
    after = scan(delivered)
    assert (after.verdict.code, after.complete_to) == (VerdictCode.OK, root.size)
    delivered.deliver(SELLS, LOT, 10, HEALS)
    delivered.log()
    assert (scan(delivered).verdict.code, scan(delivered).complete_to) == ("OK", root.size)


def test_a_hidden_recall_stops_the_lot(delivered: Stage) -> None:
    recall = issue_recall(
        party=MAKES,
        lot=LOT,
        recall_class="I",
        reason="Glass in a vial",
        at=delivered.later(),
        nonce=delivered.nonce(),
    )
    delivered.log()
    delivered.index()
    assert "RECALLED" in scan(delivered).verdict.codes
    take_out(recall.entry_id)
    tamper("DELETE FROM supplychain_flag")
    result = scan(delivered)
    assert result.verdict.code is VerdictCode.STOP
    assert result.verdict.codes == ("EVIDENCE_BROKEN",)
    assert "ENTRIES_LEFT_OUT" in result.verdict.reasons[0].details
    assert result.complete_to is None


def test_a_hidden_second_shipment_stops_the_lot(delivered: Stage) -> None:
    shipped = delivered.ship(SELLS, LOT, 40, HEALS_TOO)
    delivered.log()
    delivered.index()
    assert scan(delivered).verdict.code is VerdictCode.OK
    take_out(shipped.entry_id)
    tamper("DELETE FROM supplychain_output WHERE entry_id = %s", [shipped.entry_id])
    tamper("UPDATE supplychain_output SET spent_by = NULL WHERE spent_by = %s", [shipped.entry_id])
    result = scan(delivered)
    assert result.verdict.code is VerdictCode.STOP
    assert "ENTRIES_LEFT_OUT" in result.verdict.reasons[0].details


def test_that_a_lot_was_never_registered_is_proven(delivered: Stage) -> None:
    root = delivered.index()
    result = scan(delivered, f"(01){TABLETS}(10)FAKE")
    assert (result.verdict.codes, result.complete_to) == (("UNKNOWN_LOT",), root.size)


def test_a_lot_that_was_taken_out_whole_is_not_just_unknown(delivered: Stage) -> None:
    delivered.index()
    evidence = evidence_of(LOT.stream).evidence
    assert evidence is not None
    for entry_id in evidence_of(LOT.stream).entries:
        take_out(entry_id)
    for table in ("output", "leg", "flag", "lot"):
        tamper(f"DELETE FROM supplychain_{table}")
    result = scan(delivered)
    assert result.verdict.code is VerdictCode.STOP
    assert "EVIDENCE_BROKEN" in result.verdict.codes
    assert "ENTRIES_LEFT_OUT" in result.verdict.reasons[0].details


def test_pages_of_the_index_that_were_changed_are_an_alarm_of_the_log(delivered: Stage) -> None:
    delivered.index()
    tamper("UPDATE ledger_indexpage SET leaves = set_byte(leaves, 39, 9)")
    result = scan(delivered)
    assert result.verdict.code is VerdictCode.CANNOT_CHECK
    assert result.complete_to is None


def test_the_page_says_whether_it_is_complete(delivered: Stage, client: Client) -> None:
    assert "Completeness is not proven" in client.get("/scan", {"code": CODE}).text
    assert "None yet: that nothing was left out" in client.get("/log").text
    root = delivered.index()
    page = client.get("/scan", {"code": CODE}).text
    assert f"all entries about this lot up to index {root.size} of {root.size + 1}" in page
    unknown = client.get("/scan", {"code": f"(01){TABLETS}(10)FAKE"}).text
    assert f"Up to index {root.size} of {root.size + 1} the log’s index counts no other" in unknown
    assert f"Over the first {root.size} entries" in client.get("/log").text
    answer = client.get("/api/v1/verify", {"code": CODE}).json()
    assert answer["complete_to"] == root.size
