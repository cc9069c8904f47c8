"""What we write is EPCIS: our own strict readers give it back, and golden files stay as they are.

The golden files under tests/vectors/epcis were made by this module (`python -m
tests.supplychain.formats.test_epcis_out`) out of the history below, which is invented.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.company_prefixes import CompanyPrefixes
from supplychain.domain.conditions_judged import Kinetic
from supplychain.domain.identifiers import Gln, Gtin, LotNumber, Serial, Sscc
from supplychain.domain.intervals import Interval
from supplychain.domain.lots import LotKey
from supplychain.domain.members import instant_text
from supplychain.formats import epc, epcis
from supplychain.formats.epcis_document import (
    OWN,
    Document,
    Event,
    Extension,
    Kind,
    PartyRecord,
    ProductRecord,
    TransactionStatement,
)
from supplychain.formats.epcis_json_writer import write_json
from supplychain.formats.epcis_xml_writer import write_xml
from supplychain.formats.errors import FormatError
from supplychain.formats.trade_history import (
    Declared,
    Deed,
    Goods,
    History,
    Journey,
    Step,
    document_of,
    urns,
)

GOLDEN = Path(__file__).resolve().parents[2] / "vectors" / "epcis"
MAKER, BUYER = Gln("0614141000012"), Gln("9506000134369")
GTIN, CASE_GTIN = Gtin("00614141123452"), Gtin("50614141123457")
LOT = LotKey(GTIN, LotNumber("L<1>"))
BULK = LotKey(Gtin("09506000134352"), LotNumber("B7"))
PACKS = tuple(epc.SerialItem(GTIN, Serial(f"A&{n}"), "0614141") for n in range(1, 4))
CASE = epc.SerialItem(CASE_GTIN, Serial("C1"), "0614141")
PALLET = Sscc("106141412345678908")
START = datetime(2026, 11, 20, 8, tzinfo=timezone(timedelta(hours=1)))
NAME = urns(CompanyPrefixes(dict.fromkeys(("0614141", "9506000", "950600013"), "0614141000005")), 7)
PACKED = Goods(packs=PACKS)


def deed(step: Step, hour: int, goods: Goods, **said: object) -> Deed:
    made = Deed(
        step=step,
        at=START + timedelta(hours=hour),
        id=f"urn:uuid:00000000-0000-4000-8000-{hour:012d}",
        goods=goods,
        where=MAKER,
    )
    return replace(made, **said)  # type: ignore[arg-type]  # each test names real members


HANDS = {"giver": MAKER, "receiver": BUYER, "order": "PO/7", "despatch_advice": "D 1"}
READINGS = tuple((START + timedelta(minutes=n), Decimal(f"{n % 3}.{n % 10}")) for n in range(4))
DEEDS = (
    deed(Step.COMMISSIONED, 0, PACKED, lot=LOT, expiry=date(2028, 2, 29)),
    deed(Step.COMMISSIONED, 1, Goods(amounts=((BULK, 40),)), lot=BULK, expiry=date(2028, 3, 31)),
    deed(Step.PACKED, 2, PACKED, parent=CASE),
    deed(Step.PACKED, 3, Goods(containers=(CASE,), amounts=((BULK, 40),)), parent=PALLET),
    deed(Step.SHIPPED, 4, Goods(containers=(PALLET,)), **HANDS),
    deed(Step.VOIDED, 5, Goods(containers=(PALLET,)), **HANDS),
    deed(
        Step.SHIPPED,
        6,
        Goods(containers=(PALLET,)),
        **HANDS,
        journeys=(Journey("urn:x:1", READINGS),),
    ),
    deed(Step.RECEIVED, 7, Goods(containers=(PALLET,)), **HANDS, where=BUYER),
    deed(Step.UNPACKED, 8, Goods(containers=(CASE,)), parent=PALLET, where=BUYER),
    deed(Step.RETURNED, 9, Goods(packs=PACKS[:1]), giver=BUYER, receiver=MAKER),
    deed(Step.HELD, 10, Goods(packs=PACKS[:1])),
    deed(Step.RELEASED, 11, Goods(packs=PACKS[:1])),
    deed(Step.SAMPLED, 12, Goods(packs=PACKS[:1])),
    deed(Step.DISPENSED, 13, Goods(packs=PACKS[1:2])),
    deed(
        Step.DISPENSED,
        13,
        Goods(packs=PACKS[1:2]),
        declared=Declared(START + timedelta(days=1), occurred=False),
    ),
    deed(Step.LOST, 14, Goods(packs=PACKS[1:2])),
    deed(Step.STOLEN, 14, Goods(packs=PACKS[1:2])),
    deed(Step.DESTROYED, 15, Goods(packs=PACKS[2:], amounts=((BULK, 1),))),
    deed(Step.DECOMMISSIONED, 16, Goods(packs=PACKS[1:2])),
    deed(Step.TRANSFORMED, 17, Goods(amounts=((BULK, 30),)), made=Goods(packs=(CASE,)), lot=LOT),
    deed(Step.MEASURED, 18, Goods(packs=PACKS), journeys=(Journey("urn:x:1", READINGS),)),
    deed(
        Step.SHIPPED,
        6,
        Goods(containers=(PALLET,)),
        **HANDS,
        declared=Declared(START + timedelta(days=1), occurred=True, corrective_ids=("urn:uuid:9",)),
    ),
)
HISTORY = History(
    deeds=DEEDS,
    created=datetime(2026, 11, 22, 8, tzinfo=UTC),
    instance="7",
    sender=MAKER,
    receiver=BUYER,
    products=(ProductRecord(GTIN, "0614141", 'Examplin "5"', "5 mg", "tablet", "Maker & Sons"),),
    parties=(PartyRecord(MAKER, "Maker & Sons", "Yard 2, <back>", "Mainz", "", "55116", "DE"),),
    statement=TransactionStatement(affirmed=True, notice="Seller has complied."),
)


# Steps that came after the golden files, which stay as they are.
LATER = (
    deed(Step.UNDONE, 19, Goods(packs=PACKS[1:2])),
    deed(Step.RECALLED, 20, Goods(amounts=((BULK, 40),))),
    deed(Step.EXPORTED, 21, Goods(packs=PACKS[:1])),
)


def as_said(document: Document) -> Document:
    """Return what a document says, but where each event stands and in which bytes."""
    events = tuple(replace(event, place="") for event in document.events)
    return replace(document, sha256="", version="", events=events)


def files() -> dict[str, bytes]:
    document = document_of(HISTORY, NAME)
    links = document_of(replace(HISTORY, products=()), epc.link)
    return {
        "history.json": write_json(document, NAME),
        "history_links.json": write_json(links, epc.link),
        "history.xml": write_xml(document, NAME),
    }


def test_every_step_is_written_and_read_again_in_both_formats() -> None:
    deeds = (*DEEDS, *LATER)
    assert {deed.step for deed in deeds} == set(Step)
    document = document_of(replace(HISTORY, deeds=deeds), NAME)
    for data in (write_json(document, NAME), write_xml(document, NAME)):
        found = epcis.read(data)
        assert [event.fault for event in found.events] == [None] * len(deeds)
        assert as_said(found) == as_said(document)


def test_the_golden_files_stay_as_they_are() -> None:
    for name, data in files().items():
        assert (GOLDEN / name).read_bytes() == data, name


def test_the_samples_of_others_say_the_same_when_we_write_them(shared: Path) -> None:
    found = sorted((shared / "samples" / "epcis").glob("*.[jx]*"))
    for path in found:
        document = epcis.read(path.read_bytes())
        for write in (write_json, write_xml):
            again = epcis.read(write(document, urns(CompanyPrefixes({}), 6)))
            good = tuple(event for event in document.events if event.time)
            assert as_said(again) == as_said(replace(document, events=good)), path.name


def test_a_shipment_has_the_steps_words_and_documents_that_partners_look_for() -> None:
    event = epcis.read(write_xml(document_of(HISTORY, NAME), NAME)).events[4]
    assert (event.biz_step, event.disposition, event.action) == (
        "shipping",
        "in_transit",
        "OBSERVE",
    )
    assert event.epcs == ("urn:epc:id:sscc:0614141.1234567890",)
    assert [(one.type, one.value) for one in event.biz_transactions] == [
        ("po", "urn:epcglobal:cbv:bt:9506000134369:PO%2F7"),
        ("desadv", "urn:epcglobal:cbv:bt:0614141000012:D%201"),
    ]
    assert event.sources[0].value == "urn:epc:id:sgln:0614141.00001.0"
    assert event.destinations[0].value == "urn:epc:id:sgln:950600013.436.0"  # the longest prefix


def test_what_is_wrong_with_a_journey_is_an_exception_beside_its_lowest_and_highest() -> None:
    journey = Journey("urn:x:1", READINGS, alarm=True, error=True, file="00" * 31 + "ff")
    made = deed(Step.MEASURED, 18, Goods(packs=PACKS), journeys=(journey,))
    document = document_of(replace(HISTORY, deeds=(made,)), NAME)
    for data in (write_json(document, NAME), write_xml(document, NAME)):
        (element,) = epcis.read(data).events[0].sensors
        summed = [one for one in element.reports if one.get("value") is None]
        assert [one.get("exception") for one in summed] == ["ALARM_CONDITION", "ERROR_CONDITION"]
        low, high, middle = (Decimal(n) for n in ("0", "2.2", "0.9"))
        assert [summed[0].get(f"{n}Value") for n in ("min", "max", "mean")] == [low, high, middle]
        assert element.metadata is not None
        raw = str(element.metadata.get("rawData"))
        assert raw == "ni:///sha-256;" + "A" * 41 + "P8"
    fine = replace(made, journeys=(Journey("urn:x:1", READINGS),))
    (element,) = document_of(replace(HISTORY, deeds=(fine,)), NAME).events[0].sensors
    assert len(element.reports) == len(READINGS)


MEAN = Kinetic(
    market="US",
    window_s=86_400,
    dh_j_mol=83_144,
    r_e7=83_144_626,
    at=Interval(START, START + timedelta(hours=24)),
    count=145,
    coverage_e4=9_931,
    value_e4_c=58_254,
)


@pytest.mark.parametrize("value", [58_254, None])
def test_the_root_and_the_kinetic_mean_are_words_of_our_own(value: int | None) -> None:
    mean = replace(MEAN, value_e4_c=value)
    journey = Journey("urn:x:1", READINGS, root="ab" * 32, kinetic=mean)
    made = deed(Step.MEASURED, 18, Goods(packs=PACKS), journeys=(journey,))
    document = document_of(replace(HISTORY, deeds=(made,)), NAME)
    for data in (write_json(document, NAME), write_xml(document, NAME)):
        (element,) = epcis.read(data).events[0].sensors
        kinetic, root = sorted(element.extensions, key=lambda one: one.name)
        assert (root.name, root.text) == (f"{OWN}:root", "ab" * 32)
        said = {one.name.removeprefix(f"{OWN}:"): one.text for one in kinetic.inside}
        known = {} if value is None else {"value": "5.8254", "uom": "CEL"}
        assert said == known | {
            "market": "US",
            "from": instant_text(MEAN.at.start),
            "to": instant_text(MEAN.at.end),
            "coverage": "0.9931",
            "heatOfActivation": "83144",
            "gasConstant": "8.3144626",
        }
        assert kinetic.name == f"{OWN}:meanKineticTemperature"
    plain = replace(made, journeys=(Journey("urn:x:1", READINGS),))
    (element,) = document_of(replace(HISTORY, deeds=(plain,)), NAME).events[0].sensors
    assert element.extensions == ()


def test_the_length_of_an_unknown_prefix_is_said_and_never_guessed() -> None:
    nobody, somebody = CompanyPrefixes({}), CompanyPrefixes({"9506000": str(BUYER)})
    assert urns(nobody, 9)(BUYER) == "urn:epc:id:sgln:950600013.436.0"
    assert urns(somebody, 9)(BUYER) == "urn:epc:id:sgln:9506000.13436.0"
    with pytest.raises(FormatError, match="say the prefix of that company") as caught:
        urns(nobody)(BUYER)
    assert caught.value.code == "PREFIX_UNKNOWN"


def test_the_vocabulary_is_written_in_each_formats_way() -> None:
    document = document_of(HISTORY, NAME)
    assert b'"bizStep": "shipping"' in write_json(document, NAME)
    assert b"<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>" in write_xml(document, NAME)
    assert b'type="gs1:Temperature"' in write_xml(document, NAME)


def test_a_document_that_says_little_is_written_too() -> None:
    bare = replace(document_of(HISTORY, NAME), events=(), sender=None, receiver=None, instance="")
    bare = replace(bare, products=(), parties=(), statement=None)
    assert b"EPCISHeader" not in write_xml(bare, NAME)
    for data in (write_json(bare, NAME), write_xml(bare, NAME)):
        assert as_said(epcis.read(data)) == as_said(bare)
    undated = epcis.read(write_json(replace(bare, created=None), NAME))
    assert undated.created == datetime(1971, 1, 1, tzinfo=UTC)


def test_a_foreign_name_that_xml_cannot_write_is_refused() -> None:
    event = Event(1, "", Kind.OBJECT, "ObjectEvent", time=START, offset="+01:00", action="ADD")
    bad = replace(event, extensions=(Extension("urn:x:7 of 9"),))
    with pytest.raises(FormatError) as caught:
        write_xml(replace(document_of(HISTORY, NAME), events=(bad,)), NAME)
    assert caught.value.code == "NAME_MALFORMED"


texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=12)
foreign = st.recursive(
    st.builds(Extension, st.sampled_from(["http://a.example/b", "urn:x:y", "c"]), texts),
    lambda inner: st.builds(
        lambda inside: Extension(
            "http://a.example/d", "", tuple(sorted(inside, key=lambda e: e.name))
        ),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


@given(st.lists(foreign.filter(lambda one: ":" in one.name), max_size=4), texts)
def test_foreign_members_are_written_and_read_again(members: list[Extension], place: str) -> None:
    extensions = tuple(sorted(members, key=lambda one: one.name))
    document = document_of(HISTORY, NAME)
    event = replace(document.events[0], extensions=extensions)
    whole = replace(document, events=(event,), parties=(PartyRecord(MAKER, place),))
    for data in (write_json(whole, NAME), write_xml(whole, NAME)):
        assert as_said(epcis.read(data)) == as_said(whole)


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for file, content in files().items():
        (GOLDEN / file).write_bytes(content)
