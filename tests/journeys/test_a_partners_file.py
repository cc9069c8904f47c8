from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from pytest_django import Settings

from ledger import proofs
from ledger.core.entry import Entry
from supplychain.domain.identifiers import Gln, Gtin, LotNumber
from supplychain.domain.lots import LotKey
from supplychain.domain.parties import Party, Role
from supplychain.domain.verdicts import VerdictCode
from supplychain.models import ImportedEvent, ImportedFile
from supplychain.queries.stock import outbound_of, stock_of
from supplychain.recording.importing import EventReport
from supplychain.services.import_epcis import import_epcis
from supplychain.services.verify_scan import verify_scan
from tests.stages import HEALS, Stage, open_stage

MAKER = Party(Gln("0300011111116"), "GS1 Pharma", frozenset({Role.MANUFACTURER}), ("030001",), "US")
BUYER = Party(Gln("0399999999991"), "GS1 Drug Distributor", frozenset({Role.WHOLESALER}), (), "US")
LOT = LotKey(Gtin("00300010123455"), LotNumber("A123"))
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


def read(stage: Stage, data: bytes) -> list[EventReport]:
    return list(import_epcis(data=data, party=str(MAKER.gln), at=stage.later(), seed=SEED))


def test_a_file_makes_a_lot_ships_it_and_answers_for_each_event(spring: Stage, file: bytes) -> None:
    spring.admit(BUYER)
    reports = read(spring, file)
    assert [report.outcome for report in reports] == [
        "used",
        "kept",
        "used",
        "used",
        "used",
        "kept",
        "used",
        "used",
    ]
    assert [len(report.entries) for report in reports] == [1, 0, 0, 0, 0, 0, 0, 1]
    (sent,) = outbound_of(str(MAKER.gln))
    assert (sent.quantity, sent.receiver, sent.shipment) == (12, str(BUYER.gln), "DEL100")
    assert bytes(ImportedFile.objects.get().content) == file
    assert ImportedEvent.objects.count() == 8

    buyer = str(BUYER.gln)
    spring.receive(buyer, LOT, 12)
    spring.deliver(buyer, LOT, 4, HEALS)
    spring.log()
    code = "(01)00300010123455(21)10000000001(17)250327(10)A123"
    good = verify_scan(scanned=code, at=spring.later(), asking=HEALS)
    assert good.verdict.code is VerdictCode.OK
    assert good.verdict.codes == ("SERIAL_NOT_JUDGED",)
    late = datetime(2026, 3, 1, tzinfo=UTC)
    assert "EXPIRED" in verify_scan(scanned=code, at=late, asking=HEALS).verdict.codes


def test_each_entry_of_a_file_names_it_by_its_hash(spring: Stage, file: bytes) -> None:
    spring.admit(BUYER)
    read(spring, file)
    spring.log()
    shown = proofs.evidence_of(LOT.stream).evidence
    assert shown is not None
    entries = [Entry.parse(item.entry) for item in shown.items]
    named = [e.statement.attachments for e in entries if e.statement.stream == LOT.stream]
    assert [[one.sha256 for one in each] for each in named] == [[sha256(file).hexdigest()]] * 2


def test_the_same_file_twice_changes_nothing(spring: Stage, file: bytes) -> None:
    spring.admit(BUYER)
    assert read(spring, file) == read(spring, file)
    assert [line.held for line in stock_of(str(MAKER.gln))] == []
    assert len(outbound_of(str(MAKER.gln))) == 1
    assert ImportedFile.objects.count() == 1
    assert ImportedEvent.objects.count() == 8


def test_an_unknown_buyer_is_refused_with_what_to_do_and_taken_later(
    spring: Stage, file: bytes
) -> None:
    last = read(spring, file)[-1]
    assert (last.outcome, last.code) == ("refused", "RECEIVER_UNKNOWN")
    assert last.reason.endswith("then import the file again.")
    assert [line.held for line in stock_of(str(MAKER.gln))] == [12]
    spring.admit(BUYER)
    assert read(spring, file)[-1].outcome == "used"


def test_who_is_not_the_maker_can_sign_nothing_of_it(spring: Stage, file: bytes) -> None:
    reports = import_epcis(data=file, party=HEALS, at=spring.later(), seed=SEED)
    assert (reports[0].outcome, reports[0].code) == ("refused", "ROLE_MISSING")
    assert (reports[7].outcome, reports[7].code) == ("kept", "NOT_THE_GIVER")
