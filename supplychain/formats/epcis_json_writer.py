"""Write a document as EPCIS 2.0 JSON-LD; `epcis.read` gives it back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from supplychain.formats import epc
from supplychain.formats.epcis_document import (
    OWN,
    UNDATED,
    Document,
    ErrorDeclaration,
    Event,
    Extension,
    Kind,
    Quantity,
    Scalar,
    SensorElement,
    SensorFacts,
    Typed,
)
from supplychain.formats.epcis_members import LISTS
from supplychain.formats.epcis_values import parted
from supplychain.formats.master_data import DSCSA, said_of_party, said_of_product

CONTEXT: Final = "https://ref.gs1.org/standards/epcis/epcis-context.jsonld"
_PREFIXES: Final = {"urn:epcglobal:cbv:mda": "cbvmda", DSCSA: "gs1ushc", OWN: "unbroken"}

Members = dict[str, object]


def write_json(document: Document, name: epc.Naming) -> bytes:
    """Return the document in UTF-8; `name` writes the codes of its partners and master data.

    Events with a fault and those of unknown kinds are left out.
    """
    said: Members = {
        "@context": [CONTEXT, _prefixes(document)],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _time(document.created or UNDATED),
        "instanceIdentifier": document.instance,
        "sender": name(document.sender) if document.sender else "",
        "receiver": name(document.receiver) if document.receiver else "",
        "epcisHeader": _header(document, name),
        "epcisBody": {"eventList": [_event(e) for e in document.events if e.time]},
    }
    return json.dumps(_there(said), ensure_ascii=False, indent=1).encode()


def _prefixes(document: Document) -> dict[str, str]:
    """The prefixes that the document needs besides those of the standard's own context."""
    sensors = (one for event in document.events for one in event.sensors)
    named = any(one.name.startswith(OWN) for sensor in sensors for one in sensor.extensions)
    return {"gs1ushc": DSCSA} | ({"unbroken": f"{OWN}:"} if named else {})


def _there(members: Mapping[str, object]) -> Members:
    """Return the members that say something."""
    return {key: value for key, value in members.items() if value not in ("", None, [], {}, ())}


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


# --- header -----------------------------------------------------------------------------------


def _header(document: Document, name: epc.Naming) -> Members:
    goods = [_element(name(one.gtin), said_of_product(one)) for one in document.products]
    parties = [_element(name(one.gln), said_of_party(one)) for one in document.parties]
    vocabularies = [
        {"type": f"urn:epcglobal:epcis:vtype:{kind}", "vocabularyElementList": elements}
        for kind, elements in (("EPCClass", goods), ("Location", parties))
        if elements
    ]
    statement = document.statement
    affirmed = statement and {
        "gs1ushc:affirmTransactionStatement": statement.affirmed,
        "gs1ushc:legalNotice": statement.notice,
    }
    return _there(
        {
            "epcisMasterData": _there({"vocabularyList": vocabularies}),
            "gs1ushc:dscsaTransactionStatement": affirmed,
        }
    )


def _element(code: str, said: Mapping[str, str]) -> Members:
    attributes = [
        {"id": f"cbvmda:{name}", "attribute": text} for name, text in said.items() if text
    ]
    return _there({"id": code, "attributes": attributes})


# --- events -----------------------------------------------------------------------------------


def _event(event: Event) -> Members:
    epcs, children, quantities, child_quantities = LISTS[event.kind]
    said: Members = {
        "type": event.raw_kind,
        "eventTime": _time(event.time) if event.time else "",
        "recordTime": _time(event.record_time) if event.record_time else "",
        "eventTimeZoneOffset": event.offset,
        "eventID": event.event_id,
        "errorDeclaration": _error(event.error),
        "certificationInfo": list(event.certifications),
        "parentID": event.parent,
        epcs: list(event.epcs),
        children: list(event.children),
        quantities: [_quantity(one) for one in event.quantities],
        child_quantities: [_quantity(one) for one in event.child_quantities],
        "transformationID": event.transformation_id,
        "action": event.action,
        "bizStep": event.biz_step,
        "disposition": event.disposition,
        "persistentDisposition": _there(
            {"set": list(event.persistent_set), "unset": list(event.persistent_unset)}
        ),
        "readPoint": _there({"id": event.read_point}),
        "bizLocation": _there({"id": event.biz_location}),
        "bizTransactionList": _typed(event.biz_transactions, "bizTransaction"),
        "sourceList": _typed(event.sources, "source"),
        "destinationList": _typed(event.destinations, "destination"),
        "sensorElementList": [_sensor(one) for one in event.sensors],
        "ilmd": _extended(event.ilmd),
    }
    said.pop("", None)
    if event.kind in (Kind.OBJECT, Kind.TRANSACTION) and not event.quantities:
        return {"epcList": [], **_there(said), **_extended(event.extensions)}
    return {**_there(said), **_extended(event.extensions)}


def _error(error: ErrorDeclaration | None) -> Members:
    if error is None:
        return {}
    said = {
        "declarationTime": _time(error.time),
        "reason": error.reason,
        "correctiveEventIDs": list(error.corrective_ids),
    }
    return {**_there(said), **_extended(error.extensions)}


def _quantity(one: Quantity) -> Members:
    amount = None if one.quantity is None else _number(one.quantity)
    said: Members = {"epcClass": one.epc_class}
    return {**said, **_there({"uom": one.uom}), **({} if amount is None else {"quantity": amount})}


def _typed(typed: Iterable[Typed], name: str) -> Sequence[Members]:
    return [_there({"type": one.type, name: one.value}) for one in typed]


def _sensor(one: SensorElement) -> Members:
    said = {
        "sensorMetadata": _facts(one.metadata) if one.metadata else None,
        "sensorReport": [_facts(report) for report in one.reports],
    }
    return {**_there(said), **_extended(one.extensions)}


def _facts(facts: SensorFacts) -> Members:
    members = {name: _scalar(value) for name, value in facts.members}
    return {**members, **_extended(facts.extensions)}


def _scalar(value: Scalar) -> object:
    if isinstance(value, datetime):
        return _time(value)
    return _number(value) if isinstance(value, Decimal) else value


def _extended(extensions: Iterable[Extension]) -> Members:
    """Return foreign members by short or full names; those of one name become a list."""
    found: dict[str, list[object]] = {}
    for one in extensions:
        namespace, local = parted(one.name)
        short = f"{_PREFIXES[namespace]}:{local}" if namespace in _PREFIXES else one.name
        found.setdefault(short, []).append(_extension(one))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _extension(one: Extension) -> object:
    if not one.inside:
        return one.text
    return {**_there({"@value": one.text}), **_extended(one.inside)}
