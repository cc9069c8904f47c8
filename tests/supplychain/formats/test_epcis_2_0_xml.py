from dataclasses import replace

import pytest

from supplychain.formats import epcis
from supplychain.formats.epcis_document import Document, Event, Extension, Kind
from supplychain.formats.errors import FormatError
from tests.supplychain.formats import epcis_2_files as files
from tests.supplychain.formats.epcis_2_files import NAMESPACE, PACK, PLACE, document, xml, xml_event

EPCS = f"<epcList><epc>{PACK}</epc></epcList>"
OBSERVED = "<action>OBSERVE</action>"
SEEN = xml_event("ObjectEvent", EPCS, OBSERVED, "<bizStep>cbv:BizStep-storing</bizStep>")
ID = "<eventID>urn:uuid:1</eventID>"


def one(event: str) -> Event:
    (found,) = epcis.read(xml(event)).events
    return found


def fault(event: str) -> tuple[str, str]:
    found = one(event)
    assert found.fault is not None
    return found.fault.code, found.fault.place


def refused(data: bytes) -> FormatError:
    with pytest.raises(FormatError) as caught:
        epcis.read(data)
    return caught.value


def unplaced(read: Document) -> Document:
    """Return what was read, but where it stands and in which bytes."""
    return replace(read, sha256="", events=tuple(replace(e, place="") for e in read.events))


def test_both_spellings_of_an_event_are_the_same_event() -> None:
    said = {
        **files.MEASURED,
        "eventID": "urn:uuid:1",
        "errorDeclaration": {
            "declarationTime": "2026-11-21T08:00:00Z",
            "reason": "did_not_occur",
            "correctiveEventIDs": ["urn:uuid:2", "urn:uuid:3"],
        },
        "certificationInfo": ["https://example.com/c"],
        "epcList": [PACK],
        "action": "ADD",
        "disposition": "active",
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:1:7"}],
        "quantityList": [{"epcClass": "urn:a:b", "quantity": 2.50, "uom": "KGM"}],
        "sourceList": [{"type": "owning_party", "source": PLACE}],
        "sensorElementList": [
            {
                "sensorMetadata": {"deviceID": "urn:a:b", "x:battery": "low"},
                "sensorReport": [
                    {"type": "Temperature", "value": 5.5, "uom": "CEL", "x:cv": "1"},
                    {"exception": "ALARM_CONDITION", "booleanValue": True},
                ],
                "x:room": ["4", "5"],
            }
        ],
        "persistentDisposition": {"unset": ["unavailable"], "set": ["available"]},
        "ilmd": {"cbvmda:lotNumber": "L1", "x:grade": {"@u": "KGM", "@value": "A"}},
        "x:own": {"x:inner": "text"},
    }
    written = xml_event(
        "ObjectEvent",
        ID,
        "<errorDeclaration><declarationTime>2026-11-21T08:00:00Z</declarationTime>"
        "<reason>urn:epcglobal:cbv:er:did_not_occur</reason><correctiveEventIDs>"
        "<correctiveEventID>urn:uuid:2</correctiveEventID>"
        "<correctiveEventID>urn:uuid:3</correctiveEventID></correctiveEventIDs></errorDeclaration>",
        "<certificationInfo>https://example.com/c</certificationInfo>",
        EPCS,
        "<action>ADD</action><bizStep>urn:epcglobal:cbv:bizstep:storing</bizStep>",
        "<disposition>active</disposition>",
        f"<readPoint><id>{PLACE}</id></readPoint>",
        '<bizTransactionList><bizTransaction type="cbv:BTT-po">urn:epcglobal:cbv:bt:1:7'
        "</bizTransaction></bizTransactionList>",
        "<quantityList><quantityElement><epcClass>urn:a:b</epcClass><quantity>2.5</quantity>"
        "<uom>KGM</uom></quantityElement></quantityList>",
        f'<sourceList><source type="cbv:SDT-owning_party">{PLACE}</source></sourceList>',
        '<sensorElementList><sensorElement><sensorMetadata deviceID="urn:a:b" x:battery="low"/>'
        '<sensorReport uom="CEL" value="5.50" type="gs1:Temperature" x:cv="1"/>'
        '<sensorReport exception="gs1:ALARM_CONDITION" booleanValue="1"/>'
        "<x:room>4</x:room><x:room>5</x:room></sensorElement></sensorElementList>",
        "<persistentDisposition><unset>unavailable</unset><set>available</set>"
        "</persistentDisposition>",
        '<ilmd><m:lotNumber xmlns:m="urn:epcglobal:cbv:mda">L1</m:lotNumber>'
        '<x:grade u="KGM">A</x:grade></ilmd>',
        "<x:own><x:inner>text</x:inner></x:own>",
    )
    context = [files.CONTEXT, {"x": "http://x.example/"}]
    as_json = epcis.read(document(said, **{"@context": context}))
    as_xml = epcis.read(xml(written))
    assert as_json.events[0].fault is None
    assert unplaced(as_json) == unplaced(as_xml)


def test_elements_in_the_namespace_of_epcis_are_taken_for_what_they_are() -> None:
    inside = SEEN.replace("<", "<e:").replace("<e:/", "</e:")
    assert one(inside) == one(SEEN)


def test_a_detail_of_a_certificate_is_kept() -> None:
    details = "<certificationInfo><x:Details><x:uri>urn:a:b</x:uri></x:Details></certificationInfo>"
    event = one(xml_event("ObjectEvent", details, EPCS, OBSERVED))
    inner = Extension("http://x.example/uri", "urn:a:b")
    kept = Extension(
        "certificationInfo", inside=(Extension("http://x.example/Details", inside=(inner,)),)
    )
    assert (event.extensions, event.certifications) == ((kept,), ())


def test_a_bare_event_is_a_document_of_one() -> None:
    for root in (SEEN, SEEN.replace("<Obj", "<e:Obj").replace("</Obj", "</e:Obj")):
        data = root.replace("ObjectEvent>", f'ObjectEvent xmlns:e="{NAMESPACE}">', 1).encode()
        document = epcis.read(data)
        assert (document.version, document.created) == ("2.0", None)
        assert document.events[0].biz_step == "storing"
    assert epcis.read(SEEN.replace(OBSERVED, "").encode()).events[0].fault is not None


def test_an_answer_to_a_query_is_read_like_a_document() -> None:
    data = xml(SEEN).decode()
    data = data.replace("EPCISDocument", "EPCISQueryDocument").replace(
        "epcis:xsd", "epcis-query:xsd"
    )
    data = data.replace("<EventList>", "<QueryResults><resultsBody><EventList>")
    data = data.replace("</EventList>", "</EventList></resultsBody></QueryResults>")
    assert epcis.read(data.encode()).events == (one(SEEN),)
    undated = epcis.read(data.replace("creationDate", "createdAt").encode())
    assert (undated.created, undated.events) == (None, (one(SEEN),))


def test_the_version_is_a_number_however_many_zeros_it_has() -> None:
    short = xml(SEEN).replace(b'schemaVersion="2.0"', b'schemaVersion="2"')
    assert epcis.read(short).events == (one(SEEN),)
    with pytest.raises(FormatError, match=r"2\.0 or 2 in this"):
        epcis.read(short.replace(b'"2"', b'"2.1"'))


@pytest.mark.parametrize(
    ("event", "code", "place"),
    [
        (SEEN.replace(OBSERVED, ""), "MEMBER_MISSING", "Line 2"),
        (SEEN.replace("OBSERVE", "Observe"), "ACTION_UNKNOWN", "Line 2"),
        (SEEN.replace("2026-11-20T08:00:00+01:00", "20.11.2026"), "TIME_MALFORMED", "Line 2"),
        (SEEN.replace("eventTime>", "recordTime>"), "MEMBER_MISSING", "Line 2"),
        (SEEN.replace("bizStep>", "biz>").replace("<biz>", "\n<biz>"), "MEMBER_UNKNOWN", "Line 3"),
        (xml_event("ObjectEvent", OBSERVED, f"\n{EPCS}"), "MEMBER_ORDER", "Line 3"),
        (xml_event("ObjectEvent", EPCS, EPCS, OBSERVED), "MEMBER_TWICE", "Line 2"),
        (SEEN.replace("<epc>", "\n<EPC>").replace("</epc>", "</EPC>"), "MEMBER_UNKNOWN", "Line 3"),
        (SEEN.replace("<epc>", "<epc/>\n<epc>"), "URI_MALFORMED", "Line 2"),
        (
            xml_event("ObjectEvent", EPCS, OBSERVED, "<sensorElementList><sensorElement>",
                      '<sensorReport booleanValue="yes"/></sensorElement></sensorElementList>'),
            "WRONG_TYPE",
            "Line 2",
        ),
        (
            xml_event("ObjectEvent", EPCS, OBSERVED, "<sensorElementList><sensorElement>",
                      '<sensorReport value="INF"/></sensorElement></sensorElementList>'),
            "NUMBER_MALFORMED",
            "Line 2",
        ),
        ("<QuantityEvent/>", "EVENT_UNKNOWN", "Line 2"),
        ("<MyEvent/>", "EVENT_UNKNOWN", "Line 2"),
    ],
)  # fmt: skip
def test_what_breaks_the_standard_is_told_with_its_line(event: str, code: str, place: str) -> None:
    assert fault(event) == (code, place)


def test_an_amount_may_be_nil() -> None:
    nil = '<quantity xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
    element = f"<quantityElement><epcClass>urn:a:b</epcClass>{nil}</quantityElement>"
    event = one(xml_event("ObjectEvent", EPCS, OBSERVED, f"<quantityList>{element}</quantityList>"))
    assert event.quantities[0].quantity is None


def test_an_event_of_somebodys_own_is_left_alone() -> None:
    assert (one("<x:MyEvent/>").kind, one("<x:MyEvent/>").fault) == (Kind.UNKNOWN, None)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (xml(SEEN).replace(b'"2.0"', b'"1.2"'), "WRONG_VERSION"),
        (xml(SEEN).replace(b"EPCISDocument", b"EPCISQueryDocument"), "WRONG_ROOT"),
        (xml(SEEN).replace(b"EventList>", b"Events>"), "NO_EVENTS"),
        (b"<Poll/>", "WRONG_ROOT"),
        (b'<ObjectEvent xmlns="urn:x"/>', "WRONG_ROOT"),
        (b"<a>" + b"x" * 70_000 + b"</a>", "TOO_LARGE"),
    ],
)  # fmt: skip
def test_documents_that_are_none_are_refused_by_name(data: bytes, code: str) -> None:
    assert refused(data).code == code
