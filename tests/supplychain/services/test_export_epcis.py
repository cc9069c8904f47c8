from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from supplychain.domain.conditions import Series
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Gtin, Serial, Sscc
from supplychain.domain.outputs import State
from supplychain.domain.statements import TransformKind
from supplychain.domain.transform_statements import Into
from supplychain.formats import epc, epcis
from supplychain.formats.epcis_document import Document
from supplychain.formats.errors import FormatError
from supplychain.formats.lot_deeds import HandOff
from supplychain.formats.lot_story import plan_lot_story
from supplychain.models import CompanyPrefix
from supplychain.models import Series as Row
from supplychain.services.admit_surplus import admit_surplus
from supplychain.services.aggregate_packs import aggregate_packs
from supplychain.services.correct_entry import correct_entry
from supplychain.services.decommission_units import decommission_units
from supplychain.services.disaggregate_container import disaggregate_container
from supplychain.services.dispense_units import dispense_units
from supplychain.services.export_epcis import export_epcis
from supplychain.services.export_units import export_units
from supplychain.services.issue_recall import issue_recall
from supplychain.services.lift_hold import lift_hold
from supplychain.services.lift_recall import lift_recall
from supplychain.services.place_hold import place_hold
from supplychain.services.put_company_prefix import put_company_prefix
from supplychain.services.quarantine_units import quarantine_units
from supplychain.services.receive_containers import receive_containers
from supplychain.services.receive_shipment import receive_shipment
from supplychain.services.record_conditions import record_conditions
from supplychain.services.release_quality import release_quality
from supplychain.services.release_units import release_units
from supplychain.services.report_loss import report_loss
from supplychain.services.return_units import return_units
from supplychain.services.sample_units import sample_units
from supplychain.services.ship_containers import ship_containers
from supplychain.services.transform_lot import transform_lot
from supplychain.services.undo_units import undo_units
from supplychain.services.void_shipment import void_shipment
from tests.stages import (
    HEALS,
    HEALS_TOO,
    INSULIN,
    LIES,
    MAKES,
    NO_LOGGER,
    SELLS,
    Stage,
    a_lot,
    readings,
    serials,
)

LOT, NEW = a_lot(gtin=INSULIN), a_lot("NEW", gtin=INSULIN)
PACKS = serials(*range(10))
CASE_SERIALS = [Serial("C0"), Serial("C1")]


@pytest.fixture
def traded(stage: Stage) -> Stage:
    """Ten packs: eight to the wholesaler, one damaged, one missing; four on; one dispensed."""
    stage.register(LOT, 10, packs=PACKS)
    warm = readings(stage.now, stage.now + timedelta(hours=1), 500, 512)
    stage.ship(MAKES, LOT, 8, SELLS, conditions=warm, packs=PACKS[:8])
    stage.now += timedelta(hours=1)
    stage.receive(SELLS, LOT, 6, 1, warm, packs=PACKS[:6], damaged_packs=PACKS[6:7])
    stage.ship(SELLS, LOT, 2, HEALS_TOO, NO_LOGGER, PACKS[4:6])
    void_shipment(
        party=SELLS,
        lot=LOT,
        output=stage.inbound(HEALS_TOO, LOT).output,
        reason="wrong pharmacy",
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.deliver(SELLS, LOT, 4, HEALS, NO_LOGGER, PACKS[:4])
    dispense_units(
        party=HEALS, lot=LOT, quantity=1, packs=PACKS[:1], at=stage.later(), nonce=stage.nonce()
    )
    report_loss(
        party=HEALS,
        lot=LOT,
        quantity=1,
        kind="stolen",
        reason="a broken door",
        packs=PACKS[1:2],
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.log()
    return stage


@pytest.fixture(autouse=True)
def know_prefixes(stage: Stage) -> None:
    """Say the company prefixes of those who were admitted without one."""
    for party in (SELLS, HEALS, HEALS_TOO):
        put_company_prefix(prefix=party[:9], party=party, at=stage.now)


def told(stage: Stage, party: str, version: str = "2.0", codes: str = "urn") -> Document:
    data = export_epcis(
        party=party,
        lot=LOT,
        to=SELLS,
        at=stage.later(),
        version="1.2" if version == "1.2" else "2.0",
        codes="link" if codes == "link" else "urn",
    )
    return epcis.read(data)


def told_in_short(document: Document) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (one.biz_step, one.disposition, tuple(str(epc.item(code).serial) for code in one.epcs))
        for one in document.events
    ]


@pytest.mark.parametrize(("version", "codes"), [("2.0", "urn"), ("2.0", "link"), ("1.2", "urn")])
def test_the_maker_tells_the_whole_history_of_its_lot(
    traded: Stage, version: str, codes: str
) -> None:
    document = told(traded, MAKES, version, codes)
    names = tuple(map(str, PACKS))
    assert [event.fault for event in document.events] == [None] * 10
    assert told_in_short(document) == [
        ("commissioning", "active", names),
        ("shipping", "in_transit", names[:8]),
        ("receiving", "in_progress", names[:6]),
        ("receiving", "in_progress", names[6:7]),
        ("shipping", "in_transit", names[4:6]),
        ("void_shipping", "in_progress", names[4:6]),
        ("shipping", "in_transit", names[:4]),
        ("receiving", "in_progress", names[:4]),
        ("dispensing", "dispensed", names[:1]),
        ("other", "stolen", names[1:2]),
    ]
    assert document.events[0].lot == str(LOT.lot)
    assert len({event.event_id for event in document.events}) == 10
    assert {str(epc.item(code).gtin) for e in document.events for code in e.epcs} == {INSULIN}
    assert [one.name for one in document.products] == ["Insulin"]
    assert {str(one.gln) for one in document.parties} == {MAKES, SELLS, HEALS, HEALS_TOO}


def test_readings_go_with_the_hand_off_that_they_were_signed_for(traded: Stage) -> None:
    shipped, received, damaged = told(traded, MAKES).events[1:4]
    for event in (shipped, received, damaged):
        (element,) = event.sensors
        values = [str(report.get("value")) for report in element.reports]
        assert values[:3] == ["5", "5.12", "5"]
        assert {report.get("uom") for report in element.reports} == {"CEL"}
        assert element.metadata is not None
        assert element.metadata.get("deviceID") == "urn:x-logger:LOGGER-1"
        (root,) = element.extensions
        assert root.name == "urn:x-unbroken:conditions:root"
        assert Row.objects.filter(root=root.text).exists()
    assert shipped.biz_transactions[-1].value.startswith(f"urn:epcglobal:cbv:bt:{MAKES}:S-")


def test_a_gap_is_an_error_and_an_excursion_an_alarm(stage: Stage) -> None:
    stage.register(LOT, 10)
    hourly = readings(stage.now - timedelta(hours=9), stage.now, 500, every=timedelta(hours=1))
    (full,) = hourly.series
    gappy = Series.of(
        full.device, [one for n, one in enumerate(full.readings) if n not in (4, 5, 6)]
    )
    stage.ship(MAKES, LOT, 5, HEALS, replace(hourly, series=(gappy,)))
    hot = readings(stage.now - timedelta(hours=1), stage.now, 500, 900, 500)
    stage.ship(MAKES, LOT, 5, SELLS, hot)
    stage.log()
    exceptions = [
        [one.get("exception") for one in element.reports if one.get("value") is None]
        for event in told(stage, MAKES).events[1:]
        for element in event.sensors
    ]
    assert exceptions == [["ERROR_CONDITION"], ["ALARM_CONDITION"]]


def test_others_tell_what_they_signed_and_were_sent(traded: Stage) -> None:
    assert [step for step, _, _ in told_in_short(told(traded, HEALS))] == [
        "shipping",
        "receiving",
        "dispensing",
        "other",
    ]
    with pytest.raises(RuleBroken) as caught:
        told(traded, LIES)
    assert caught.value.code == "LOT_UNKNOWN"


@pytest.mark.parametrize("version", ["2.0", "1.2"])
def test_cases_and_pallets_go_by_their_labels(stage: Stage, version: str) -> None:
    stage.register(LOT, 10, packs=PACKS)
    boxes = [Container(f"01/10614141123459/21/C{n}") for n in range(2)]
    pallet = Container("00/106141412345678908")
    pack_into(stage, boxes[0], PACKS[:3])
    pack_into(stage, boxes[1], PACKS[3:6])
    pack_into(stage, pallet, (), *boxes)
    ship_containers(
        party=MAKES,
        containers=[pallet],
        receiver=SELLS,
        shipment="S-9",
        order=None,
        conditions=NO_LOGGER,
        at=stage.later(),
        nonce=stage.nonce(),
        salt=stage.nonce(),
    )
    receive_containers(
        party=SELLS,
        containers=[pallet],
        conditions=NO_LOGGER,
        note="",
        at=stage.later(),
        nonce=stage.nonce(),
    )
    disaggregate_container(party=SELLS, container=pallet, at=stage.later(), nonce=stage.nonce())
    stage.log()
    document = told(stage, MAKES, version)
    assert [event.fault for event in document.events] == [None] * 7
    assert [event.biz_step for event in document.events] == [
        "commissioning",
        *["packing"] * 3,
        "shipping",
        "receiving",
        "unpacking",
    ]
    cases = [epc.write(epc.SerialItem(Gtin("10614141123459"), s, ""), 7) for s in CASE_SERIALS]
    sscc = epc.write(Sscc("106141412345678908"), 7)
    assert [event.parent for event in document.events[1:4]] == [*cases, sscc]
    assert [len(event.children) for event in document.events[1:4]] == [3, 3, 2]
    assert [event.epcs for event in document.events[4:6]] == [(sscc,), (sscc,)]
    assert set(document.events[6].children) == set(cases)
    assert len({event.event_id for event in document.events}) == 7
    story = plan_lot_story(document)
    assert {one.code for one in story.answers} == {
        "BIRTH",
        "PACKED",
        "SHIPPING",
        "RECEIVING",
        "UNPACKED",
    }
    sent = next(deed for deed in story.deeds if isinstance(deed, HandOff))
    assert sent.goods[0].serials == PACKS[:6]


def test_a_receiver_who_was_not_told_what_is_inside_names_the_packs(stage: Stage) -> None:
    stage.register(LOT, 10, packs=PACKS)
    box = Container("01/10614141123459/21/C0")
    pack_into(stage, box, PACKS[:2])
    ship_containers(
        party=MAKES,
        containers=[box],
        receiver=SELLS,
        shipment="S-9",
        order=None,
        conditions=NO_LOGGER,
        at=stage.later(),
        nonce=stage.nonce(),
        salt=stage.nonce(),
    )
    stage.log()
    names = tuple(map(str, PACKS[:2]))
    assert told_in_short(told(stage, SELLS)) == [("shipping", "in_transit", names)]


def test_what_goes_back_is_told_as_a_return(stage: Stage) -> None:
    stage.register(LOT, 10, packs=PACKS)
    stage.deliver(MAKES, LOT, 3, SELLS, NO_LOGGER, PACKS[:3])
    return_units(
        party=SELLS,
        lot=LOT,
        quantity=1,
        supplier=MAKES,
        shipment="R-1",
        reason="too many",
        conditions=NO_LOGGER,
        at=stage.later(),
        nonce=stage.nonce(),
        packs=PACKS[:1],
    )
    stage.log()
    back = told(stage, SELLS).events[-1]
    assert (back.biz_step, back.disposition) == ("shipping", "returned")
    assert [one.value for one in back.destinations] == [epc.write(Gln(MAKES), 7)]


def pack_into(
    stage: Stage, container: Container, packs: tuple[Serial, ...], *children: Container
) -> None:
    aggregate_packs(
        party=MAKES,
        container=container,
        packs={LOT: packs} if packs else {},
        children=children,
        at=stage.later(),
        nonce=stage.nonce(),
    )


def test_a_lot_without_serials_is_told_by_amounts(stage: Stage) -> None:
    bulk = a_lot("B1")
    stage.register(bulk, 10)
    stage.log()
    data = export_epcis(party=MAKES, lot=bulk, to=SELLS, at=stage.later())
    (event,) = epcis.read(data).events
    (amount,) = event.quantities
    assert (epc.lot(amount.epc_class), amount.quantity) == (bulk, Decimal(10))


def test_a_code_under_no_known_prefix_is_told_and_no_length_is_guessed(traded: Stage) -> None:
    CompanyPrefix.objects.all().delete()
    with pytest.raises(FormatError, match="say the prefix of that company") as caught:
        told(traded, MAKES)
    assert caught.value.code == "PREFIX_UNKNOWN"
    assert told(traded, MAKES, codes="link").events
    put_company_prefix(prefix="9506000", party=SELLS, at=traded.now)
    assert f"urn:epc:id:sgln:9506000.{SELLS[7:12]}.0" in {
        event.read_point for event in told(traded, MAKES).events
    }


def test_a_history_is_written_by_command(traded: Stage, tmp_path: Path) -> None:
    out = tmp_path / "told.xml"
    lot = f"{LOT.gtin}/{LOT.lot}"
    call_command("export_epcis", lot, out=out, party=HEALS, to=SELLS, version="1.2")
    assert [event.biz_step for event in epcis.read(out.read_bytes()).events][-1] == "other"
    late = traded.now + timedelta(days=1)
    call_command("export_epcis", lot, "--out", str(out), "--as", HEALS, "--to", SELLS, since=late)
    assert epcis.read(out.read_bytes()).events == ()
    with pytest.raises(CommandError, match="INVALID_GTIN"):
        call_command("export_epcis", "1/2", "--out", str(out), "--as", HEALS, "--to", SELLS)
    with pytest.raises(CommandError, match="LOT_UNKNOWN"):
        call_command("export_epcis", lot, "--out", str(out), "--as", LIES, "--to", SELLS)


@pytest.mark.parametrize("version", ["2.0", "1.2"])
def test_repacking_recalls_releases_and_what_was_undone_are_told(
    stage: Stage, version: str
) -> None:
    stage.register(LOT, 10, packs=PACKS)
    turn = Turn(stage)
    transform_lot(
        **turn(),
        operation="OP-1",
        kind=TransformKind.REPACK,
        into=(Into(NEW, 3, 6),),
        lost=1,
        reason="Smaller packs",
        packs=PACKS[:3],
        lost_packs=PACKS[3:4],
    )
    sample_units(**turn(), quantity=1, reason="x", packs=PACKS[4:5])
    decommission_units(**turn(), quantity=1, reason="x", packs=PACKS[5:6])
    undo_units(
        **turn(),
        state=State.DECOMMISSIONED,
        quantity=1,
        reason="x",
        supplied=False,
        packs=PACKS[5:6],
    )
    quarantine_units(**turn(), quantity=1, reason="x", packs=PACKS[6:7])
    release_units(**turn(), quantity=1, reason="x", packs=PACKS[6:7])
    issue_recall(**turn(), recall_class="I", reason="Glass")
    stage.log()
    document = told(stage, MAKES, version)
    assert [event.fault for event in document.events] == [None] * 9
    assert [(one.biz_step, one.disposition) for one in document.events[1:]] == [
        ("repackaging", "in_progress"),
        ("destroying", "destroyed"),
        ("sampling", "non_sellable_other"),
        ("decommissioning", "inactive"),
        ("stocking", "sellable_accessible"),
        ("holding", "non_sellable_other"),
        ("inspecting", "conformant"),
        ("holding", "recalled"),
    ]
    made, recalled = document.events[1], document.events[-1]
    assert [str(epc.item(code).serial) for code in made.epcs] == list(map(str, PACKS[:3]))
    assert [(epc.lot(one.epc_class), one.quantity) for one in made.child_quantities] == [
        (NEW, Decimal(6))
    ]
    assert [(epc.lot(one.epc_class), one.quantity) for one in recalled.quantities] == [
        (LOT, Decimal(10))
    ]
    assert len({one.event_id for one in document.events}) == 9


def test_what_is_said_of_goods_that_are_set_aside_sets_none_aside(stage: Stage) -> None:
    stage.register(LOT, 10, packs=PACKS)
    turn = Turn(stage)
    quarantine_units(**turn(), quantity=2, reason="x", packs=PACKS[:2])
    since, state = stage.now, State.QUARANTINED
    until = stage.later(timedelta(hours=6))
    too_warm = readings(since, until + timedelta(minutes=1), 950)
    record_conditions(**turn(), conditions=too_warm, covers=(since, until), state=state)
    release_quality(
        **turn(), reason="Study 4711", decided_by="Quinn Ash", salt=stage.nonce(), state=state
    )
    stage.log()
    steps = [one.biz_step for one in told(stage, MAKES).events]
    assert steps == ["commissioning", "holding"]


@dataclass
class Turn:
    """The next act of the maker's about the lot."""

    stage: Stage

    def __call__(self) -> dict[str, Any]:
        at, nonce = self.stage.later(), self.stage.nonce()
        return {"party": MAKES, "lot": LOT, "at": at, "nonce": nonce}


@pytest.mark.parametrize("version", ["2.0", "1.2"])
def test_holds_and_the_ends_of_flags_and_exports_are_told(stage: Stage, version: str) -> None:
    stage.register(LOT, 10, packs=PACKS)
    turn = Turn(stage)
    recall = issue_recall(**turn(), recall_class="I", reason="Glass").entry_id
    lift_recall(**turn(), recall=recall, reason="Another lot")
    hold = place_hold(**turn(), reason="A complaint").entry_id
    lift_hold(**turn(), hold=hold, reason="Nothing found")
    export_units(**turn(), quantity=2, reason="To Norway", packs=PACKS[:2])
    stage.log()
    document = told(stage, MAKES, version)
    assert [event.fault for event in document.events] == [None] * 6
    assert [(one.biz_step, one.disposition) for one in document.events[1:]] == [
        ("holding", "recalled"),
        ("inspecting", "conformant"),
        ("holding", "non_sellable_other"),
        ("inspecting", "conformant"),
        ("departing", "in_transit"),
    ]
    for event in document.events[1:5]:
        assert [one.quantity for one in event.quantities] == [Decimal(10)], "it is of all of it"
    gone = document.events[-1]
    assert [str(epc.item(code).serial) for code in gone.epcs] == list(map(str, PACKS[:2]))


def test_a_correction_is_the_event_again_declared_wrong(traded: Stage) -> None:
    wrong = next(one for one in told(traded, MAKES).events if one.biz_step == "shipping")
    entry = str(wrong.event_id).rsplit(";")[-1]
    given = Turn(traded)()
    correct_entry(**given, entry=entry, reason="The order number was PO-78")
    traded.log()
    *before, again = told(traded, MAKES).events
    assert again.error is not None
    assert (again.error.time, again.error.reason) == (given["at"], "incorrect_data")
    assert (again.event_id, again.epcs) == (wrong.event_id, wrong.epcs)
    assert [one.error for one in before] == [None] * len(before)
    theirs = [one for one in told(traded, SELLS).events if one.error]
    assert theirs == [], "who was sent the goods signed no correction"


def test_a_surplus_that_is_admitted_was_sent_and_received(stage: Stage) -> None:
    stage.register(LOT, 10, packs=PACKS)
    stage.ship(MAKES, LOT, 2, SELLS, NO_LOGGER, PACKS[:2])
    receipt = receive_shipment(
        party=SELLS,
        output=stage.inbound(SELLS, LOT).output,
        lot=LOT,
        received=2,
        damaged=0,
        over=1,
        over_packs=PACKS[2:3],
        conditions=NO_LOGGER,
        note="",
        at=stage.later(),
        nonce=stage.nonce(),
    ).entry_id
    admit_surplus(**Turn(stage)(), receipt=receipt, reason="Miscounted")
    stage.log()
    *_, sent, received = told(stage, MAKES).events
    assert [one.biz_step for one in (sent, received)] == ["shipping", "receiving"]
    for event in (sent, received):
        assert [str(epc.item(code).serial) for code in event.epcs] == [str(PACKS[2])]
    assert sent.event_id != received.event_id
