from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from pytest_django import Settings

from ledger import proofs
from ledger.core.entry import Entry
from supplychain.domain.company_prefixes import CompanyPrefixes
from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Gln, Gtin, LotNumber
from supplychain.domain.lots import LotKey
from supplychain.domain.parties import Party, Role
from supplychain.formats import epcis
from supplychain.formats.epcis_json_writer import write_json
from supplychain.formats.trade_history import urns
from supplychain.models import ImportedEvent, ImportedFile
from supplychain.queries.stock import outbound_of, stock_of
from supplychain.recording.import_reports import EventReport
from supplychain.recording.import_source import OnError
from supplychain.services.import_epcis import import_epcis
from tests.stages import HEALS, Stage, open_stage

MAKER = Party(Gln("0300011111116"), "GS1 Pharma", frozenset({Role.MANUFACTURER}), ("030001",), "US")
BUYER = Party(Gln("0399999999991"), "GS1 Drug Distributor", frozenset({Role.WHOLESALER}), (), "US")
LOT = LotKey(Gtin("00300010123455"), LotNumber("A123"))
PALLET = Container("00/403000112345678901")
SEED = bytes(32)


@pytest.fixture
def file(shared: Path) -> bytes:
    return (shared / "samples/epcis/GS1_US_Pharma_Example_2_2_1_1.xml").read_bytes()


@pytest.fixture
def spring(db: None, settings: Settings, tmp_path: Path) -> Stage:  # noqa: ARG001  opens the database
    """The days in which the file was written, when the lot was not expired."""
    stage = open_stage(settings, tmp_path, datetime(2023, 4, 2, 12, 0, tzinfo=UTC))
    stage.admit(MAKER)
    return stage


def read(
    stage: Stage, data: bytes, party: str = str(MAKER.gln), on_error: OnError = "rollback"
) -> list[EventReport]:
    return list(
        import_epcis(data=data, party=party, at=stage.later(), seed=SEED, on_error=on_error)
    )


def test_a_file_makes_a_lot_ships_it_and_answers_for_each_event(spring: Stage, file: bytes) -> None:
    spring.admit(BUYER)
    reports = read(spring, file)
    assert {report.outcome for report in reports} == {"accepted"}
    assert [len(report.entries) for report in reports] == [1, 0, 1, 1, 1, 0, 1, 1]
    (sent,) = outbound_of(str(MAKER.gln))
    assert (sent.quantity, sent.receiver, sent.shipment) == (12, str(BUYER.gln), "DEL100")
    assert bytes(ImportedFile.objects.get().content) == file
    assert ImportedEvent.objects.filter(outcome="accepted").count() == 8


def test_each_entry_of_a_file_names_it_by_its_hash(spring: Stage, file: bytes) -> None:
    spring.admit(BUYER)
    read(spring, file)
    spring.log()
    shown = proofs.evidence_of(LOT.stream).evidence
    assert shown is not None
    entries = [Entry.parse(item.entry) for item in shown.items]
    named = [e.statement.attachments for e in entries if e.statement.stream == LOT.stream]
    assert [[one.sha256 for one in each] for each in named] == [[sha256(file).hexdigest()]] * 3


def test_the_same_file_twice_changes_nothing(spring: Stage, file: bytes) -> None:
    spring.admit(BUYER)
    first, again = read(spring, file), read(spring, file)
    assert [one.entries for one in first] == [one.entries for one in again]
    assert {one.outcome for one in again} == {"known"}
    assert [line.held for line in stock_of(str(MAKER.gln))] == []
    assert len(outbound_of(str(MAKER.gln))) == 1
    assert ImportedFile.objects.count() == 1
    assert ImportedEvent.objects.count() == 8


def test_the_same_events_in_another_file_and_spelling_change_nothing(
    spring: Stage, file: bytes
) -> None:
    spring.admit(BUYER)
    first = read(spring, file)
    document = epcis.read(file)
    other = write_json(document, urns(CompanyPrefixes({"030001": HEALS, "039999": HEALS}), 7))
    again = read(spring, other)
    assert [one.entries for one in first] == [one.entries for one in again]
    assert {one.outcome for one in again} == {"known"}
    assert ImportedFile.objects.count() == 2


def test_an_unknown_buyer_stops_the_file_and_it_is_taken_later(spring: Stage, file: bytes) -> None:
    reports = read(spring, file)
    last = reports[-1]
    assert (last.outcome, last.rule, last.code) == ("refused", "R3", "RECEIVER_UNKNOWN")
    assert last.reason.endswith("then import the file again.")
    assert {one.code for one in reports[:-1]} == {"ROLLED_BACK"}
    assert "event 8" in reports[0].reason
    assert stock_of(str(MAKER.gln)) == []
    spring.admit(BUYER)
    assert read(spring, file)[-1].outcome == "accepted"


def test_who_proceeds_takes_what_stands(spring: Stage, file: bytes) -> None:
    reports = read(spring, file, on_error="proceed")
    assert [one.outcome for one in reports] == ["accepted"] * 7 + ["refused"]
    assert [line.held for line in stock_of(str(MAKER.gln))] == [12]


def test_who_is_not_the_maker_can_sign_nothing_of_it(spring: Stage, file: bytes) -> None:
    reports = read(spring, file, HEALS, "proceed")
    assert (reports[0].outcome, reports[0].code) == ("refused", "ROLE_MISSING")
    assert (reports[7].outcome, reports[7].code) == ("accepted", "NOT_THE_GIVER")
    assert not any(one.entries for one in reports)


def test_the_buyer_reads_the_makers_file_and_finds_it_known(spring: Stage, file: bytes) -> None:
    spring.admit(BUYER)
    read(spring, file)
    reports = read(spring, file, str(BUYER.gln))
    assert (reports[0].outcome, len(reports[0].entries)) == ("known", 1)
    assert {reports[n].outcome for n in (2, 3, 4, 6)} == {"known"}
    assert (reports[7].code, reports[7].entries) == ("NOT_THE_GIVER", ())
