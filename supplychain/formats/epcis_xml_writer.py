"""Write a document as EPCIS 1.2 XML, as US partners expect it; `epcis.read` gives it back.

The members that 2.0 added stand where the schema of 1.2 lets later versions add: inside its
innermost `extension` elements.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from supplychain.formats import cbv, epc
from supplychain.formats.epcis_document import (
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
from supplychain.formats.errors import FormatError
from supplychain.formats.master_data import DSCSA, said_of_party, said_of_product

_EPCIS: Final = "urn:epcglobal:epcis:xsd:1"
_SBDH: Final = "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
_MDA: Final = "urn:epcglobal:cbv:mda"
_DETAILS: Final = "certificationInfo"
_LOCAL_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*", re.ASCII)
_WORDS: Final = {
    "type": cbv.MEASUREMENTS,
    "exception": cbv.MEASUREMENTS,
    "component": cbv.COMPONENTS,
}

Attributes = Mapping[str, str]


def write_xml(document: Document, name: epc.Naming) -> bytes:
    """Return the document in UTF-8; `name` writes the codes of its partners and master data.

    Events with a fault and those of unknown kinds are left out. Raises FormatError for a foreign
    member that XML cannot name.
    """
    names = _Names()
    header = _header(document, name)
    events = "\n".join(_event(one, names) for one in document.events if one.time)
    attributes = {
        "xmlns:epcis": _EPCIS,
        "xmlns:sbdh": _SBDH,
        **names.declared,
        "schemaVersion": "1.2",
        "creationDate": _time(document.created or UNDATED),
    }
    body = _tag("EPCISBody", _tag("EventList", f"\n{events}\n"))
    root = _tag("epcis:EPCISDocument", header + body, attributes)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'.encode()


def _tag(name: str, inside: str, attributes: Attributes | None = None) -> str:
    said = "".join(f" {key}={quoteattr(value)}" for key, value in (attributes or {}).items())
    return f"<{name}{said}>{inside}</{name}>"


def _some(name: str, inside: str) -> str:
    """Return an element that has something in it, or nothing."""
    return f"<{name}>{inside}</{name}>" if inside else ""


def _text(name: str, text: str | None) -> str:
    return _some(name, escape(text or ""))


def _time(moment: datetime | None) -> str:
    return moment.isoformat().replace("+00:00", "Z") if moment else ""


class _Names:
    """Prefixes for the namespaces of foreign members, declared at the root."""

    def __init__(self) -> None:
        self.declared = {"xmlns:cbvmda": _MDA, "xmlns:gs1ushc": DSCSA}
        self._prefixes = {_MDA: "cbvmda", DSCSA: "gs1ushc"}

    def short(self, full: str) -> str:
        """Return a full name as prefix and local name."""
        namespace, local = parted(full)
        if not _LOCAL_NAME.fullmatch(local):
            message = f"'{full[:60]}' is no name that XML could write."
            raise FormatError("NAME_MALFORMED", message)
        if not namespace:
            return local
        if namespace not in self._prefixes:
            prefix = f"ns{len(self._prefixes)}"
            self._prefixes[namespace] = prefix
            self.declared[f"xmlns:{prefix}"] = namespace
        return f"{self._prefixes[namespace]}:{local}"


# --- header -----------------------------------------------------------------------------------


def _header(document: Document, name: epc.Naming) -> str:
    vocabularies = _vocabulary(
        "EPCClass", ((name(one.gtin), said_of_product(one)) for one in document.products)
    ) + _vocabulary("Location", ((name(one.gln), said_of_party(one)) for one in document.parties))
    master_data = _some("EPCISMasterData", _some("VocabularyList", vocabularies))
    said = _some("extension", master_data) + _statement(document)
    if not (said or document.sender or document.receiver or document.instance):
        return ""
    return _tag("EPCISHeader", _business_header(document, name) + said)


def _business_header(document: Document, name: epc.Naming) -> str:
    """Return the SBDH, which the schema of 1.2 asks of every header."""
    partners = "".join(
        _sbdh(role, _sbdh("Identifier", escape(name(gln)) if gln else "", {"Authority": "GS1"}))
        for role, gln in (("Sender", document.sender), ("Receiver", document.receiver))
    )
    identification = "".join(
        _sbdh(member, escape(said))
        for member, said in (
            ("Standard", "EPCglobal"),
            ("TypeVersion", "1.0"),
            ("InstanceIdentifier", document.instance),
            ("Type", "Events"),
            ("CreationDateAndTime", _time(document.created or UNDATED)),
        )
    )
    inside = _sbdh("HeaderVersion", "1.0") + partners
    return _sbdh(
        "StandardBusinessDocumentHeader",
        inside + _sbdh("DocumentIdentification", identification),
    )


def _sbdh(name: str, inside: str, attributes: Attributes | None = None) -> str:
    return _tag(f"sbdh:{name}", inside, attributes)


def _vocabulary(kind: str, described: Iterable[tuple[str, Mapping[str, str]]]) -> str:
    elements = "".join(
        _tag("VocabularyElement", _attributes(said), {"id": code}) for code, said in described
    )
    inside = _some("VocabularyElementList", elements)
    vocabulary = {"type": f"urn:epcglobal:epcis:vtype:{kind}"}
    return _tag("Vocabulary", inside, vocabulary) if inside else ""


def _attributes(said: Mapping[str, str]) -> str:
    return "".join(
        _tag("attribute", escape(text), {"id": f"{_MDA}#{name}"})
        for name, text in said.items()
        if text
    )


def _statement(document: Document) -> str:
    said = document.statement
    if said is None:
        return ""
    affirmed = _tag("gs1ushc:affirmTransactionStatement", str(said.affirmed).lower())
    notice = _tag("gs1ushc:legalNotice", escape(said.notice))
    return _tag("gs1ushc:dscsaTransactionStatement", affirmed + notice)


# --- events -----------------------------------------------------------------------------------

_WHERE: Final = "bizStep disposition readPoint bizLocation "
_LATER: Final = "sensorElementList persistentDisposition"

# By kind: the members of an event in their order, those in its extension, those in the innermost.
_LAYOUT: Final = {
    Kind.OBJECT: (
        f"epcList action {_WHERE}bizTransactionList",
        "quantityList sourceList destinationList ilmd",
        _LATER,
    ),
    Kind.AGGREGATION: (
        f"parentID childEPCs action {_WHERE}bizTransactionList",
        "childQuantityList sourceList destinationList",
        _LATER,
    ),
    Kind.TRANSACTION: (
        f"bizTransactionList parentID epcList action {_WHERE}",
        "quantityList sourceList destinationList",
        _LATER,
    ),
    Kind.TRANSFORMATION: (
        (
            "inputEPCList inputQuantityList outputEPCList outputQuantityList transformationID "
            f"{_WHERE}bizTransactionList sourceList destinationList ilmd"
        ),
        _LATER,
        "",
    ),
    Kind.ASSOCIATION: (
        (
            f"parentID childEPCs childQuantityList action {_WHERE}bizTransactionList "
            f"sourceList destinationList {_LATER}"
        ),
        "",
        "",
    ),
    Kind.QUANTITY: (f"epcClass quantity {_WHERE}bizTransactionList", "", ""),
}
_ASKED_FOR: Final = frozenset({"epcList", "childEPCs"})  # the schema of 1.2 wants them, if empty
_WRAPPED: Final = {Kind.TRANSFORMATION: 1, Kind.ASSOCIATION: 2}


def _event(one: Event, names: _Names) -> str:
    pieces = _pieces(one, names)
    main, outer, inner = (_in_order(pieces, layout) for layout in _LAYOUT[one.kind])
    extension = _some("extension", outer + _some("extension", inner))
    foreign = _foreign((e for e in one.extensions if e.name != _DETAILS), names)
    written = _tag(one.kind.value, _base(one, names) + main + extension + foreign)
    for _ in range(_WRAPPED.get(one.kind, 0)):
        written = _tag("extension", written)
    return written


def _in_order(pieces: Mapping[str, str], layout: str) -> str:
    return "".join(
        _tag(name, pieces[name]) if name in _ASKED_FOR else _some(name, pieces[name])
        for name in layout.split()
    )


def _base(one: Event, names: _Names) -> str:
    details = _foreign((e for e in one.extensions if e.name == _DETAILS), names)
    certified = "".join(_text(_DETAILS, uri) for uri in one.certifications) + details
    error = _some("errorDeclaration", _error(one.error, names))
    base = _text("eventID", one.event_id) + error + _some("extension", certified)
    return (
        _text("eventTime", _time(one.time))
        + _text("recordTime", _time(one.record_time))
        + _text("eventTimeZoneOffset", one.offset)
        + _some("baseExtension", base)
    )


def _error(error: ErrorDeclaration | None, names: _Names) -> str:
    if error is None:
        return ""
    corrective = "".join(_text("correctiveEventID", one) for one in error.corrective_ids)
    return (
        _text("declarationTime", _time(error.time))
        + _text("reason", cbv.uri(cbv.ERRORS, error.reason))
        + _some("correctiveEventIDs", corrective)
        + _foreign(error.extensions, names)
    )


def _pieces(one: Event, names: _Names) -> Mapping[str, str]:
    """Return what is inside each member of an event."""
    epcs, children, quantities, child_quantities = LISTS[one.kind]
    counted = one.quantities[0] if one.kind is Kind.QUANTITY else Quantity("")
    return {
        "epcClass": escape(counted.epc_class),
        "quantity": _amount(counted.quantity),
        child_quantities: "".join(map(_quantity, one.child_quantities)),
        quantities: "".join(map(_quantity, one.quantities)),
        children: _codes(one.children),
        epcs: _codes(one.epcs),
        "parentID": escape(one.parent or ""),
        "transformationID": escape(one.transformation_id or ""),
        "action": one.action,
        "bizStep": escape(cbv.uri(cbv.BIZ_STEPS, one.biz_step)),
        "disposition": escape(cbv.uri(cbv.DISPOSITIONS, one.disposition)),
        "readPoint": _text("id", one.read_point),
        "bizLocation": _text("id", one.biz_location),
        "bizTransactionList": _typed("bizTransaction", one.biz_transactions, cbv.TRANSACTIONS),
        "sourceList": _typed("source", one.sources, cbv.PARTIES),
        "destinationList": _typed("destination", one.destinations, cbv.PARTIES),
        "sensorElementList": "".join(_sensor(element, names) for element in one.sensors),
        "persistentDisposition": _persistent("unset", one.persistent_unset)
        + _persistent("set", one.persistent_set),
        "ilmd": _foreign(one.ilmd, names),
    }


def _codes(codes: Iterable[str]) -> str:
    return "".join(f"<epc>{escape(code)}</epc>" for code in codes)


def _quantity(one: Quantity) -> str:
    inside = _text("epcClass", one.epc_class) + _some("quantity", _amount(one.quantity))
    return _tag("quantityElement", inside + _text("uom", one.uom))


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:f}"


def _typed(name: str, typed: Iterable[Typed], words: cbv.Vocabulary) -> str:
    return "".join(
        _tag(name, escape(one.value), {"type": cbv.uri(words, one.type)} if one.type else {})
        for one in typed
    )


def _persistent(name: str, dispositions: Iterable[str]) -> str:
    return "".join(_text(name, cbv.uri(cbv.DISPOSITIONS, one)) for one in dispositions)


# --- sensors and foreign members --------------------------------------------------------------


def _sensor(one: SensorElement, names: _Names) -> str:
    metadata = _facts("sensorMetadata", one.metadata, names) if one.metadata else ""
    reports = "".join(_facts("sensorReport", report, names) for report in one.reports)
    return _tag("sensorElement", metadata + reports + _foreign(one.extensions, names))


def _facts(element: str, facts: SensorFacts, names: _Names) -> str:
    said = {name: _scalar(name, value) for name, value in facts.members}
    foreign = {names.short(one.name): one.text for one in facts.extensions}
    return _tag(element, "", {**said, **foreign})


def _scalar(name: str, value: Scalar) -> str:
    if isinstance(value, datetime):
        return _time(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return cbv.uri(_WORDS[name], value) if name in _WORDS else value


def _foreign(extensions: Iterable[Extension], names: _Names) -> str:
    return "".join(_extension(one, names) for one in extensions)


def _extension(one: Extension, names: _Names) -> str:
    attributes = {names.short(e.name[1:]): e.text for e in one.inside if e.name[0] == "@"}
    inside = escape(one.text) + _foreign((e for e in one.inside if e.name[0] != "@"), names)
    return _tag(names.short(one.name), inside, attributes)
