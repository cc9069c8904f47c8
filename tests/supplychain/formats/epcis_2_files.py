"""EPCIS 2.0 files as partners might send them, good and bad, made on the spot in both spellings."""

import json
from collections.abc import Mapping

CONTEXT = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
NAMESPACE = "urn:epcglobal:epcis:xsd:2"
PACK = "https://id.gs1.org/01/00614141123452/21/7"
PLACE = "urn:epc:id:sgln:0614141.00001.0"

Said = Mapping[str, object]

SEEN: Said = {
    "type": "ObjectEvent",
    "eventTime": "2026-11-20T08:00:00+01:00",
    "eventTimeZoneOffset": "+01:00",
    "epcList": [PACK],
    "action": "OBSERVE",
    "bizStep": "storing",
}
PACKED: Said = {
    **{name: SEEN[name] for name in ("eventTime", "eventTimeZoneOffset")},
    "type": "AggregationEvent",
    "parentID": "urn:epc:id:sscc:0614141.1234567890",
    "childEPCs": [PACK],
    "action": "ADD",
    "bizStep": "packing",
}
LINKED: Said = {
    **SEEN,
    "type": "TransactionEvent",
    "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:1:7"}],
}
MADE: Said = {
    **{name: SEEN[name] for name in ("eventTime", "eventTimeZoneOffset")},
    "type": "TransformationEvent",
    "inputEPCList": [PACK],
    "outputEPCList": [PACK + "0"],
    "transformationID": "urn:uuid:1",
}
FITTED: Said = {**PACKED, "type": "AssociationEvent"}
MEASURED: Said = {
    **{name: SEEN[name] for name in SEEN if name != "epcList"},
    "readPoint": {"id": PLACE},
    "sensorElementList": [{"sensorReport": [{"type": "Temperature", "value": 5.5, "uom": "CEL"}]}],
}


def without(event: Said, *names: str) -> Said:
    return {name: value for name, value in event.items() if name not in names}


def document(*events: object, **members: object) -> bytes:
    return json.dumps(
        {
            "@context": [CONTEXT, {"ex": "http://ns.example.com/epcis/"}],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-11-21T08:00:00Z",
            "epcisBody": {"eventList": events},
            **members,
        }
    ).encode()


def xml(*events: str, header: str = "") -> bytes:
    body = f"<EPCISBody><EventList>\n{chr(10).join(events)}\n</EventList></EPCISBody>"
    return (
        f'<e:EPCISDocument xmlns:e="{NAMESPACE}" schemaVersion="2.0" xmlns:x="http://x.example/"'
        f' creationDate="2026-11-21T08:00:00Z">{header}{body}</e:EPCISDocument>'
    ).encode()


def xml_event(kind: str, *members: str) -> str:
    time = "<eventTime>2026-11-20T08:00:00+01:00</eventTime>"
    zone = "<eventTimeZoneOffset>+01:00</eventTimeZoneOffset>"
    return f"<{kind}>{time}{zone}{''.join(members)}</{kind}>"
