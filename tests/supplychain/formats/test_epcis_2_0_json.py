import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from supplychain.domain.identifiers import Gln, Gtin
from supplychain.formats import epcis, epcis_event
from supplychain.formats.epcis_document import (
    ErrorDeclaration,
    Event,
    Extension,
    Kind,
    Quantity,
    SensorElement,
    SensorFacts,
    Typed,
)
from supplychain.formats.errors import FormatError
from tests.supplychain.formats import epcis_2_files as files
from tests.supplychain.formats.epcis_2_files import (
    CONTEXT,
    FITTED,
    LINKED,
    MADE,
    MEASURED,
    PACK,
    PACKED,
    PLACE,
    SEEN,
    Said,
    document,
    without,
)


def one(event: Said) -> Event:
    (found,) = epcis.read(document(event)).events
    return found


def fault(event: object) -> tuple[str, str]:
    """Return code and place of an event's fault; the place is told from the event on."""
    (found,) = epcis.read(document(event)).events
    assert found.fault is not None
    assert found.fault.message.startswith(found.fault.place)
    assert found.time is None
    return found.fault.code, found.fault.place.removeprefix("/epcisBody/eventList/0")


def refused(data: bytes) -> FormatError:
    with pytest.raises(FormatError) as caught:
        epcis.read(data)
    return caught.value


def test_an_object_event_is_read_whole() -> None:
    event = one(
        {
            **SEEN,
            "recordTime": "2026-11-20T07:00:01.123456789Z",
            "eventID": "ni:///sha-256;00?ver=CBV2.0",
            "certificationInfo": "https://example.com/certificate",
            "disposition": "cbv:Disp-in_progress",
            "persistentDisposition": {"unset": ["completeness_inferred"], "set": ["available"]},
            "readPoint": {"id": PLACE, "ex:dock": "4"},
            "bizLocation": {"id": PLACE},
            "bizTransactionList": [
                {"type": "po", "bizTransaction": "https://example.com/po/7"},
                {"bizTransaction": "urn:epc:id:gdti:0614141.00001.1618034"},
            ],
            "quantityList": [
                {
                    "epcClass": "urn:epc:class:lgtin:0614141.012345.L1",
                    "quantity": 200.5,
                    "uom": "KGM",
                },
                {"epcClass": "https://id.gs1.org/01/00614141123452"},
            ],
            "sourceList": [{"type": "owning_party", "source": "urn:epc:id:pgln:0614141.00001"}],
            "destinationList": [{"type": "ex:heir", "destination": PLACE}],
            "ex:own": [{"ex:inner": 1.50}, True, None, "text"],
        }
    )
    assert event == Event(
        position=1,
        place="/epcisBody/eventList/0",
        kind=Kind.OBJECT,
        raw_kind="ObjectEvent",
        time=datetime.fromisoformat("2026-11-20T08:00:00+01:00"),
        record_time=datetime(2026, 11, 20, 7, 0, 1, 123456, tzinfo=UTC),
        offset="+01:00",
        event_id="ni:///sha-256;00?ver=CBV2.0",
        certifications=("https://example.com/certificate",),
        action="OBSERVE",
        biz_step="storing",
        disposition="in_progress",
        persistent_set=("available",),
        persistent_unset=("completeness_inferred",),
        epcs=(PACK,),
        quantities=(
            Quantity("urn:epc:class:lgtin:0614141.012345.L1", Decimal("200.5"), "KGM"),
            Quantity("https://id.gs1.org/01/00614141123452"),
        ),
        read_point=PLACE,
        biz_location=PLACE,
        biz_transactions=(
            Typed("po", "https://example.com/po/7"),
            Typed("", "urn:epc:id:gdti:0614141.00001.1618034"),
        ),
        sources=(Typed("owning_party", "urn:epc:id:pgln:0614141.00001"),),
        destinations=(Typed("ex:heir", PLACE),),
        extensions=(
            Extension(
                "http://ns.example.com/epcis/own",
                inside=(Extension("http://ns.example.com/epcis/inner", "1.5"),),
            ),
            Extension("http://ns.example.com/epcis/own", "true"),
            Extension("http://ns.example.com/epcis/own", "text"),
        ),
    )


def test_lot_and_expiry_stand_among_the_master_data_of_the_lot() -> None:
    ilmd = {"cbvmda:lotNumber": "L1", "cbvmda:itemExpirationDate": "2028-02-29", "ex:grade": "A"}
    event = one({**SEEN, "action": "ADD", "ilmd": ilmd})
    assert (event.lot, event.expiry) == ("L1", date(2028, 2, 29))
    assert Extension("http://ns.example.com/epcis/grade", "A") in event.ilmd
    assert (one(SEEN).lot, one(SEEN).expiry) == (None, None)


def test_an_aggregation_an_association_and_a_transaction_have_parents() -> None:
    parent = "urn:epc:id:sscc:0614141.1234567890"
    for event in (PACKED, FITTED):
        found = one({**event, "childQuantityList": [{"epcClass": "urn:x:y", "quantity": 4}]})
        assert (found.parent, found.children) == (parent, (PACK,))
        assert found.child_quantities == (Quantity("urn:x:y", Decimal(4)),)
        assert (found.epcs, found.quantities) == ((), ())
    assert one({**LINKED, "parentID": parent}).parent == parent


def test_a_transformation_has_inputs_outputs_and_no_action() -> None:
    event = one({**MADE, "inputQuantityList": [{"epcClass": "urn:x:y", "quantity": 1e1}]})
    assert (event.epcs, event.children) == ((PACK,), (PACK + "0",))
    assert event.quantities == (Quantity("urn:x:y", Decimal(10)),)
    assert (event.action, event.transformation_id) == ("", "urn:uuid:1")


def test_a_sensor_element_has_metadata_and_reports() -> None:
    event = one(
        {
            **MEASURED,
            "sensorElementList": [
                {
                    "sensorMetadata": {
                        "deviceID": "urn:epc:id:giai:0614141.1",
                        "time": "2026-11-20T08:00:00Z",
                        "ex:battery": "low",
                    },
                    "sensorReport": [
                        {"value": 5.50, "type": "gs1:Temperature", "uom": "CEL", "ex:cv": "1"},
                        {"exception": "https://gs1.org/voc/ALARM_CONDITION", "booleanValue": True},
                        {
                            "type": "ex:Own",
                            "component": "cbv:Comp-latitude",
                            "hexBinaryValue": "f0",
                        },
                    ],
                    "ex:room": "4",
                }
            ],
        }
    )
    (element,) = event.sensors
    ex = "http://ns.example.com/epcis/"
    assert element == SensorElement(
        metadata=SensorFacts(
            (
                ("time", datetime(2026, 11, 20, 8, tzinfo=UTC)),
                ("deviceID", "urn:epc:id:giai:0614141.1"),
            ),
            (Extension(ex + "battery", "low"),),
        ),
        reports=(
            SensorFacts(
                (("type", "Temperature"), ("value", Decimal("5.5")), ("uom", "CEL")),
                (Extension(ex + "cv", "1"),),
            ),
            SensorFacts((("exception", "ALARM_CONDITION"), ("booleanValue", True))),
            SensorFacts((("type", "ex:Own"), ("component", "latitude"), ("hexBinaryValue", "f0"))),
        ),
        extensions=(Extension(ex + "room", "4"),),
    )
    assert element.reports[0].get("value") == Decimal("5.5")
    assert element.reports[0].get("minValue") is None


def test_an_error_declaration_names_the_events_that_correct_it() -> None:
    declared = {
        "declarationTime": "2026-11-21T08:00:00Z",
        "reason": "https://ref.gs1.org/cbv/ER-incorrect_data",
        "correctiveEventIDs": ["urn:uuid:1", "urn:uuid:2"],
        "ex:who": {"@value": "7", "@type": "xsd:int"},
    }
    assert one({**SEEN, "errorDeclaration": declared}).error == ErrorDeclaration(
        time=datetime(2026, 11, 21, 8, tzinfo=UTC),
        reason="incorrect_data",
        corrective_ids=("urn:uuid:1", "urn:uuid:2"),
        extensions=(
            Extension("http://ns.example.com/epcis/who", "7", (Extension("@type", "xsd:int"),)),
        ),
    )


@pytest.mark.parametrize(
    "written",
    [
        "storing",
        "cbv:BizStep-storing",
        "urn:epcglobal:cbv:bizstep:storing",
        "https://ref.gs1.org/cbv/BizStep-storing",
        "https://ns.gs1.org/cbv/BizStep-storing",
    ],
)
def test_the_words_of_the_cbv_are_one_word_however_written(written: str) -> None:
    assert one({**SEEN, "bizStep": written}).biz_step == "storing"


@pytest.mark.parametrize(
    "foreign",
    [
        "ex:storing",
        "https://example.com/bizStep/storing",
        "urn:epcglobal:cbv:bizstep:hoarding",
        "cbv:Disp-active",
    ],
)
def test_words_of_others_stand_as_they_were_written(foreign: str) -> None:
    assert one({**SEEN, "bizStep": foreign}).biz_step == foreign


def test_details_of_a_certificate_are_kept() -> None:
    details = {"gs1:CertificationDetails": {"gs1:certificationURI": "https://example.com/c"}}
    kept = Extension(
        "certificationInfo",
        inside=(
            Extension(
                "https://gs1.org/voc/CertificationDetails",
                inside=(
                    Extension("https://gs1.org/voc/certificationURI", "https://example.com/c"),
                ),
            ),
        ),
    )
    for said in (details, [details]):
        assert one({**SEEN, "certificationInfo": said}).extensions == (kept,)
    assert one({**SEEN, "certificationInfo": ["urn:a:1", "urn:a:2"]}).certifications == (
        "urn:a:1",
        "urn:a:2",
    )


LISTS = {"sourceList": "source", "destinationList": "destination"}


@pytest.mark.parametrize(
    ("event", "code", "place"),
    [
        # What `format` asks for in the official schema.
        ({**SEEN, "eventTime": "22-07-2026"}, "TIME_MALFORMED", "/eventTime"),
        ({**SEEN, "eventTime": "2026-11-20T08:00:00"}, "TIME_MALFORMED", "/eventTime"),
        ({**SEEN, "eventTime": "2026-13-20T08:00:00Z"}, "TIME_MALFORMED", "/eventTime"),
        ({**SEEN, "recordTime": "yesterday"}, "TIME_MALFORMED", "/recordTime"),
        ({**SEEN, "eventTimeZoneOffset": "+15:00"}, "TIME_MALFORMED", "/eventTimeZoneOffset"),
        ({**SEEN, "eventTimeZoneOffset": "Z"}, "TIME_MALFORMED", "/eventTimeZoneOffset"),
        ({**SEEN, "eventID": "no uri"}, "URI_MALFORMED", "/eventID"),
        ({**SEEN, "epcList": ["not a uri"]}, "URI_MALFORMED", "/epcList/0"),
        ({**SEEN, "epcList": [PACK, "urn:x:%zz"]}, "URI_MALFORMED", "/epcList/1"),
        ({**SEEN, "readPoint": {"id": "dock 4"}}, "URI_MALFORMED", "/readPoint/id"),
        ({**SEEN, "certificationInfo": "seal"}, "URI_MALFORMED", "/certificationInfo/0"),
        # Codes whose form is GS1's.
        (
            {**SEEN, "epcList": [PACK.replace("452", "453")]},
            "EPC_MALFORMED",
            "/epcList/0",
        ),
        ({**PACKED, "parentID": "urn:epc:id:sscc:1.2"}, "EPC_MALFORMED", "/parentID"),
        ({**SEEN, "epcList": [PACK, PACK]}, "EPC_TWICE", "/epcList"),
        # Vocabulary.
        ({**SEEN, "action": "CREATE"}, "ACTION_UNKNOWN", "/action"),
        ({**SEEN, "action": "observe"}, "ACTION_UNKNOWN", "/action"),
        ({**SEEN, "bizStep": "transforming"}, "WORD_UNKNOWN", "/bizStep"),
        ({**SEEN, "disposition": "in_transport"}, "WORD_UNKNOWN", "/disposition"),
        (
            {**SEEN, "persistentDisposition": {"set": ["lost"]}},
            "WORD_UNKNOWN",
            "/persistentDisposition/set/0",
        ),
        *(
            ({**SEEN, name: [{"type": "place", value: PLACE}]}, "WORD_UNKNOWN", f"/{name}/0/type")
            for name, value in LISTS.items()
        ),
        (
            {**LINKED, "bizTransactionList": [{"type": "bill", "bizTransaction": "urn:a:b"}]},
            "WORD_UNKNOWN",
            "/bizTransactionList/0/type",
        ),
        # Types.
        (
            {**SEEN, "quantityList": [{"epcClass": "urn:a:b", "quantity": "twenty"}]},
            "WRONG_TYPE",
            "/quantityList/0/quantity",
        ),
        (
            {**SEEN, "quantityList": [{"epcClass": "urn:a:b", "quantity": True}]},
            "WRONG_TYPE",
            "/quantityList/0/quantity",
        ),
        (
            {**SEEN, "quantityList": [{"epcClass": "urn:a:b", "quantity": -1}]},
            "NUMBER_MALFORMED",
            "/quantityList/0/quantity",
        ),
        (
            {**SEEN, "quantityList": [{"epcClass": "urn:a:b", "quantity": 1, "uom": "kg"}]},
            "UNIT_MALFORMED",
            "/quantityList/0/uom",
        ),
        ({**SEEN, "eventTime": 7}, "WRONG_TYPE", "/eventTime"),
        ({**SEEN, "epcList": PACK}, "WRONG_TYPE", "/epcList"),
        ({**SEEN, "epcList": [None]}, "WRONG_TYPE", "/epcList/0"),
        ({**SEEN, "readPoint": PLACE}, "WRONG_TYPE", "/readPoint"),
        ({**SEEN, "quantityList": [7]}, "WRONG_TYPE", "/quantityList/0"),
        ({**SEEN, "certificationInfo": 42}, "WRONG_TYPE", "/certificationInfo/0"),
        ({**SEEN, "sensorElementList": {}}, "WRONG_TYPE", "/sensorElementList"),
        ("event", "WRONG_TYPE", ""),
        # Members that are not there, or not the standard's.
        *(
            (without(event, name), "MEMBER_MISSING", "")
            for event in (SEEN, PACKED, LINKED, MADE, FITTED)
            for name in ("eventTime", "eventTimeZoneOffset")
        ),
        *((without(event, "action"), "MEMBER_MISSING", "") for event in (SEEN, PACKED, LINKED)),
        (without(SEEN, "epcList"), "MEMBER_MISSING", ""),
        (without(MEASURED, "readPoint"), "MEMBER_MISSING", ""),
        (without(PACKED, "parentID"), "MEMBER_MISSING", ""),
        (without({**PACKED, "action": "DELETE"}, "parentID"), "MEMBER_MISSING", ""),
        (without(PACKED, "childEPCs"), "MEMBER_MISSING", ""),
        (without(LINKED, "bizTransactionList"), "MEMBER_MISSING", ""),
        (without(LINKED, "epcList"), "MEMBER_MISSING", ""),
        (without({**FITTED, "action": "OBSERVE"}, "parentID"), "MEMBER_MISSING", ""),
        (without(FITTED, "childEPCs"), "MEMBER_MISSING", ""),
        (without(MADE, "inputEPCList", "outputEPCList"), "MEMBER_MISSING", ""),
        (without(MADE, "inputEPCList", "transformationID"), "MEMBER_MISSING", ""),
        ({**SEEN, "readPoint": {}}, "MEMBER_MISSING", "/readPoint"),
        ({**SEEN, "sourceList": [{"source": PLACE}]}, "MEMBER_MISSING", "/sourceList/0"),
        ({**SEEN, "errorDeclaration": {}}, "MEMBER_MISSING", "/errorDeclaration"),
        ({**SEEN, "persistentDisposition": {}}, "MEMBER_MISSING", "/persistentDisposition"),
        ({**SEEN, "sensorElementList": [{}]}, "MEMBER_MISSING", "/sensorElementList/0"),
        ({**SEEN, "color": "red"}, "MEMBER_UNKNOWN", "/color"),
        ({**SEEN, "parentID": PACK}, "MEMBER_UNKNOWN", "/parentID"),
        ({**SEEN, "ilmd": {"materialType": "soil"}}, "MEMBER_UNKNOWN", "/ilmd/materialType"),
        (
            {**SEEN, "quantityList": [{"epcClass": "urn:a:b", "amount": 1}]},
            "MEMBER_UNKNOWN",
            "/quantityList/0/amount",
        ),
        (
            {**SEEN, "quantityList": [{"epcClass": "urn:a:b", "ex:amount": 1}]},
            "MEMBER_UNKNOWN",
            "/quantityList/0",
        ),
        (
            {**SEEN, "sensorElementList": [{"sensorReport": [{"temperature": 5}]}]},
            "MEMBER_UNKNOWN",
            "/sensorElementList/0/sensorReport/0/temperature",
        ),
        (
            {**SEEN, "ilmd": {"cbvmda:itemExpirationDate": "29.02.2028"}},
            "DATE_MALFORMED",
            "/ilmd",
        ),
        # Kinds.
        ({**SEEN, "type": "QuantityEvent"}, "EVENT_UNKNOWN", ""),
        ({**SEEN, "type": "Event"}, "EVENT_UNKNOWN", ""),
        (without(SEEN, "type"), "EVENT_UNKNOWN", ""),
        ({**SEEN, "type": 7}, "EVENT_UNKNOWN", ""),
        ({**SEEN, "@context": 7}, "CONTEXT_MALFORMED", "/@context"),
    ],
)
def test_what_breaks_the_standard_is_told_with_its_place(
    event: object, code: str, place: str
) -> None:
    assert fault(event) == (code, place)


@pytest.mark.parametrize(
    "event",
    [
        {**SEEN, "epcList": []},
        {**without(SEEN, "epcList"), "quantityList": [{"epcClass": "urn:a:b"}]},
        MEASURED,
        without({**PACKED, "action": "DELETE"}, "childEPCs"),
        without({**PACKED, "action": "OBSERVE"}, "parentID"),
        {**without(PACKED, "childEPCs"), "childQuantityList": [{"epcClass": "urn:a:b"}]},
        without({**LINKED, "action": "DELETE"}, "epcList"),
        without({**FITTED, "action": "DELETE"}, "childEPCs"),
        without(MADE, "inputEPCList"),
        without(MADE, "transformationID"),
        {**SEEN, "ilmd": {"ex:part": [{"part1": "1"}]}},
        {**SEEN, "@context": [{"more": "http://more.example/"}], "more:x": {"more:y": []}},
    ],
)
def test_what_the_standard_allows_is_read(event: Said) -> None:
    assert one(event).fault is None


def test_what_is_wrong_with_one_event_stays_with_it() -> None:
    events = epcis.read(document({**SEEN, "action": "CREATE"}, SEEN)).events
    assert [event.fault is None for event in events] == [False, True]
    assert [event.position for event in events] == [1, 2]


def test_an_event_of_somebodys_own_type_is_left_alone() -> None:
    event = one({"type": "ex:PicnicEvent", "hour": 7})
    assert (event.kind, event.raw_kind, event.fault) == (Kind.UNKNOWN, "ex:PicnicEvent", None)


def test_a_bare_event_is_a_document_of_one() -> None:
    found = epcis.read(json.dumps({"@context": CONTEXT, **SEEN}).encode())
    assert (found.created, found.instance, found.sender) == (None, "", None)
    (event,) = found.events
    assert (event.biz_step, event.place, event.fault) == ("storing", "", None)
    bad = epcis.read(json.dumps({"@context": CONTEXT, **SEEN, "action": "x"}).encode())
    assert bad.events[0].fault is not None
    assert bad.events[0].fault.place == "/action"


def test_an_answer_to_a_query_is_read_like_a_document() -> None:
    results = {"queryName": "q", "resultsBody": {"eventList": [SEEN]}}
    data = document(type="EPCISQueryDocument", epcisBody={"queryResults": results})
    (event,) = epcis.read(data).events
    assert event.place == "/epcisBody/queryResults/resultsBody/eventList/0"


def test_partners_and_master_data_are_read() -> None:
    described = {
        "vocabularyList": [
            {
                "type": "urn:epcglobal:epcis:vtype:EPCClass",
                "vocabularyElementList": [
                    {
                        "id": "urn:epc:idpat:sgtin:0614141.012345.*",
                        "attributes": [
                            {"id": "cbvmda:regulatedProductName", "attribute": "Examplin"},
                            {
                                "id": "urn:epcglobal:cbv:mda#strengthDescription",
                                "attribute": "5 mg",
                            },
                            {"id": "cbvmda:dosageFormType"},
                            {"id": "cbvmda:netContentDescription", "attribute": 100},
                            {"id": "example:address", "attribute": {"example:zip": "99999"}},
                        ],
                    }
                ],
            },
            {
                "type": "urn:epcglobal:epcis:vtype:Location",
                "vocabularyElementList": [
                    {
                        "id": "https://id.gs1.org/414/0614141000012",
                        "attributes": [{"id": "cbvmda:city", "attribute": "Mainz"}],
                        "children": [PLACE],
                    },
                    {"id": "urn:other:thing"},
                ],
            },
            {"type": "urn:x:empty"},
        ]
    }
    header = {
        "epcisMasterData": described,
        "gs1ushc:dscsaTransactionStatement": {
            "gs1ushc:affirmTransactionStatement": True,
            "gs1ushc:legalNotice": "Seller has complied.",
        },
    }
    found = epcis.read(
        document(epcisHeader=header, sender=PLACE, receiver="DUNS 12", instanceIdentifier="77")
    )
    assert (found.sender, found.receiver, found.instance) == (Gln("0614141000012"), None, "77")
    (product,), (party,) = found.products, found.parties
    assert (product.gtin, product.prefix) == (Gtin("00614141123452"), "0614141")
    assert (product.name, product.strength, product.form) == ("Examplin", "5 mg", "")
    assert (party.gln, party.city) == (Gln("0614141000012"), "Mainz")
    assert found.statement is not None
    assert (found.statement.affirmed, found.statement.notice) == (True, "Seller has complied.")


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b"{", "NOT_JSON", "Line 1"),
        (b"[]", "WRONG_ROOT", ""),
        (b'{"a": NaN}', "NOT_JSON", "/a"),
        (b'{"a": "\xff"}', "NOT_JSON", ""),
        (b'{"a": 1, "a": 2}', "MEMBER_TWICE", ""),
        (b'{"a": 1e400}', "NUMBER_MALFORMED", "/a"),
        (b'{"a": [0, 123456789012345678901]}', "NUMBER_MALFORMED", "/a/1"),
        (b'{"a": {"b/c": "\\ud800"}}', "BAD_CHARACTER", "/a/b~1c"),
        (b'{"\\u0000": 1}', "BAD_CHARACTER", ""),
        (b'{"a": [{"b": 1, "b": 2}]}', "MEMBER_TWICE", "/a/0"),
        (document().decode().encode("utf-16"), "NOT_JSON", ""),
        (document().decode().encode("utf-32"), "NOT_JSON", ""),
        (document() + b"{}", "NOT_JSON", "Line 1"),
        (b'{"a": ' + b"[" * 60 + b"]" * 60 + b"}", "TOO_DEEP", ""),
        (b"[" * 100_000, "TOO_DEEP", ""),
        (document().replace(b'"@context"', b'"context"'), "CONTEXT_MISSING", ""),
        (document(**{"@context": 7}), "CONTEXT_MALFORMED", "/@context"),
        (document(**{"@context": ["not a uri"]}), "CONTEXT_MALFORMED", "/@context"),
        (document(type="Document"), "WRONG_ROOT", "/type"),
        (document(type=7), "WRONG_TYPE", "/type"),
        (document(schemaVersion="1.2"), "WRONG_VERSION", "/schemaVersion"),
        (document(schemaVersion=2.0), "WRONG_TYPE", "/schemaVersion"),
        (document(creationDate="today"), "TIME_MALFORMED", "/creationDate"),
        (document(color="red"), "MEMBER_UNKNOWN", "/color"),
        (document(epcisBody={}), "NO_EVENTS", ""),
        (document(epcisBody={"eventList": {}}), "WRONG_TYPE", "/epcisBody/eventList"),
        (document(sender="urn:epc:id:sgln:1.2.3"), "EPC_MALFORMED", "/sender"),
        (document(epcisHeader={"x": 1}), "MEMBER_UNKNOWN", "/epcisHeader/x"),
        (
            document(epcisHeader={"epcisMasterData": {"vocabularyList": [{}]}}),
            "MEMBER_MISSING",
            "/epcisHeader/epcisMasterData/vocabularyList/0",
        ),
        (b'{"query": {}, "@context": {}, "type": "SimpleEventQuery"}', "WRONG_ROOT", "/type"),
    ],
)
def test_documents_that_are_none_are_refused_by_name(data: bytes, code: str, place: str) -> None:
    error = refused(data)
    assert (error.code, error.place) == (code, place)


def test_events_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(epcis_event, "EVENTS_MAX", 2)
    assert len(epcis.read(document(SEEN, SEEN)).events) == 2
    assert refused(document(SEEN, SEEN, SEEN)).code == "TOO_LARGE"


def test_the_media_type_decides_where_it_is_given() -> None:
    data = b"\xef\xbb\xbf\n " + document(SEEN)
    assert epcis.read(data) == epcis.read(data, "application/ld+json; charset=utf-8")
    with pytest.raises(FormatError) as caught:
        epcis.read(data, "text/csv")
    assert caught.value.code == "MEDIA_UNKNOWN"
    with pytest.raises(FormatError) as caught:
        epcis.read(data, "Application/XML")
    assert caught.value.code == "NOT_XML"
    assert files.CONTEXT in data.decode()
