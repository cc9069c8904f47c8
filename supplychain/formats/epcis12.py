"""Read EPCIS 1.2 XML as US partners send it (GS1 US guideline for DSCSA, R1.3).

What is wrong with the document raises FormatError. What is wrong with one event stays with that
event as its `fault`, so that every event of a file can be answered for.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Final, TypeVar

from supplychain.domain.identifiers import Gln, Gtin
from supplychain.formats import epc, xml_tree
from supplychain.formats.epcis_document import (
    Document,
    Event,
    Fault,
    Kind,
    PartyRecord,
    ProductRecord,
    Quantity,
    TransactionStatement,
    Typed,
)
from supplychain.formats.errors import FormatError
from supplychain.formats.xml_tree import Node

Value = TypeVar("Value")

NAMESPACE: Final = "urn:epcglobal:epcis:xsd:1"
MASTER_DATA: Final = "urn:epcglobal:cbv:mda"
EVENTS_MAX: Final = 50_000
TEXT_MAX: Final = 500

_SBDH: Final = "StandardBusinessDocumentHeader"

_TIME: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII
)
_OFFSET: Final = re.compile(r"[+-]\d{2}:\d{2}|Z", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_QUANTITY: Final = re.compile(r"\d{1,12}(\.\d{1,6})?", re.ASCII)
_YEARS: Final = range(1971, 2200)  # any offset from UTC stays a moment of computers
_ACTIONS: Final = ("ADD", "OBSERVE", "DELETE")


def read(data: bytes) -> Document:
    """Return the document in these bytes; raises FormatError and nothing else."""
    if data[:1] in (b"{", b"["):
        raise FormatError("NOT_XML", "This is JSON; send EPCIS 1.2 as XML.")
    root = xml_tree.read(data)
    _check_root(root)
    header = root.first("EPCISHeader")
    list_node = root.first("EPCISBody", "EventList")
    if list_node is None:
        raise FormatError("NO_EVENTS", "There is no EPCISBody with an EventList.", line=root.line)
    products, parties = _master_data(header)
    return Document(
        sha256=hashlib.sha256(data).hexdigest(),
        created=_moment(root.attributes.get("creationDate", ""), root.line),
        instance=_text(header, _SBDH, "DocumentIdentification", "InstanceIdentifier"),
        sender=_partner(header, "Sender"),
        receiver=_partner(header, "Receiver"),
        products=products,
        parties=parties,
        statement=_statement(header),
        events=_events(list_node),
    )


# --- document ---------------------------------------------------------------------------------


def _check_root(root: Node) -> None:
    if (root.namespace, root.name) != (NAMESPACE, "EPCISDocument"):
        found = f"{root.name[:40]} of '{root.namespace[:60]}'"
        message = f"Expected an EPCISDocument of '{NAMESPACE}', got {found}."
        raise FormatError("WRONG_ROOT", message, line=root.line)
    version = root.attributes.get("schemaVersion", "")
    if version != "1.2":
        message = f"Expected schemaVersion 1.2, got '{version[:20]}'; ask for EPCIS 1.2."
        raise FormatError("WRONG_VERSION", message, line=root.line)


def _text(node: Node | None, *path: str) -> str:
    found = node.first(*path) if node else None
    return found.text[:TEXT_MAX] if found else ""


def _partner(header: Node | None, role: str) -> Gln | None:
    """Return who sends or receives, None when it is named in another scheme than GLN."""
    node = header.first(_SBDH, role, "Identifier") if header else None
    if node is None or not node.text.startswith((epc.SGLN, epc.PGLN)):
        return None
    return _at(node, epc.gln)


def _statement(header: Node | None) -> TransactionStatement | None:
    node = header.first("dscsaTransactionStatement") if header else None
    if node is None:
        return None
    affirmed = _text(node, "affirmTransactionStatement") in ("true", "1")
    return TransactionStatement(affirmed, _text(node, "legalNotice"))


def _master_data(
    header: Node | None,
) -> tuple[tuple[ProductRecord, ...], tuple[PartyRecord, ...]]:
    products: dict[Gtin, ProductRecord] = {}
    parties: dict[Gln, PartyRecord] = {}
    for node in _vocabulary(header):
        urn, known = node.attributes.get("id", ""), _attributes(node)
        if urn.startswith(epc.IDPAT_SGTIN):
            gtin = _at(node, epc.idpat_gtin, urn)
            products.setdefault(gtin, _product(gtin, urn, known))
        elif urn.startswith((epc.SGLN, epc.PGLN)):
            gln = _at(node, epc.gln, urn)
            parties.setdefault(gln, _party(gln, known))
    return tuple(products.values()), tuple(parties.values())


def _vocabulary(header: Node | None) -> Iterator[Node]:
    start = header.first("extension", "EPCISMasterData", "VocabularyList") if header else None
    for vocabulary in start.named("Vocabulary") if start else ():
        for elements in vocabulary.named("VocabularyElementList"):
            yield from elements.named("VocabularyElement")


def _attributes(node: Node) -> dict[str, str]:
    """Return what is said of one element, by the last part of each attribute's name."""
    return {
        one.attributes.get("id", "").rpartition("#")[2]: one.text[:TEXT_MAX]
        for one in node.named("attribute")
    }


def _product(gtin: Gtin, urn: str, known: dict[str, str]) -> ProductRecord:
    return ProductRecord(
        gtin=gtin,
        prefix=urn.removeprefix(epc.IDPAT_SGTIN).partition(".")[0],
        name=known.get("regulatedProductName", ""),
        strength=known.get("strengthDescription", ""),
        form=known.get("dosageFormType", ""),
        maker=known.get("manufacturerOfTradeItemPartyName", ""),
        content=known.get("netContentDescription", ""),
        national_code=known.get("additionalTradeItemIdentification", ""),
    )


def _party(gln: Gln, known: dict[str, str]) -> PartyRecord:
    streets = (known.get("streetAddressOne", ""), known.get("streetAddressTwo", ""))
    return PartyRecord(
        gln=gln,
        name=known.get("name", ""),
        street=", ".join(filter(None, streets)),
        city=known.get("city", ""),
        state=known.get("state", ""),
        postal_code=known.get("postalCode", ""),
        country=known.get("countryCode", ""),
    )


# --- events -----------------------------------------------------------------------------------


def _events(event_list: Node) -> tuple[Event, ...]:
    nodes = list(_event_nodes(event_list))
    if len(nodes) > EVENTS_MAX:
        message = f"{len(nodes)} events, at most {EVENTS_MAX}; split the file."
        raise FormatError("TOO_LARGE", message, line=event_list.line)
    return tuple(_event(position, node) for position, node in enumerate(nodes, 1))


def _event_nodes(event_list: Node) -> Iterator[Node]:
    """Yield events in the order of the file; newer kinds stand inside extensions."""
    for node in event_list.children:
        if node.name == "extension" and not node.namespace:
            yield from _event_nodes(node)
        else:
            yield node


def _event(position: int, node: Node) -> Event:
    kind = next((k for k in Kind if k == node.name and not node.namespace), Kind.UNKNOWN)
    bare = Event(position, node.line, kind, node.name[:60])
    if kind is Kind.UNKNOWN:
        return bare
    try:
        return _filled(bare, _Members(node))
    except FormatError as error:
        return replace(bare, fault=Fault(error.code, error.message, error.line or node.line))


class _Members:
    """The members of an event, those inside its extensions included; each is there at most once."""

    def __init__(self, node: Node) -> None:
        self._line = node.line
        self._nodes: dict[str, Node] = {}
        for member in _flat(node):
            if member.name in self._nodes:
                message = f"'{member.name[:40]}' stands twice in one event."
                raise FormatError("MEMBER_TWICE", message, line=member.line)
            self._nodes[member.name] = member

    def node(self, name: str) -> Node | None:
        return self._nodes.get(name)

    def text(self, name: str) -> str:
        return _text(self._nodes.get(name))

    def line(self, name: str) -> int:
        node = self._nodes.get(name)
        return node.line if node else self._line

    def codes(self, name: str) -> tuple[str, ...]:
        node = self._nodes.get(name)
        return _codes(node.named("epc") if node else ())


def _flat(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.namespace:
            continue  # a partner's own members
        if child.name in ("extension", "baseExtension"):
            yield from _flat(child)
        else:
            yield child


def _filled(bare: Event, has: _Members) -> Event:
    lot, expiry = _lot_and_expiry(has.node("ilmd"))
    return replace(
        bare,
        time=_moment(has.text("eventTime"), has.line("eventTime")),
        offset=_offset(has),
        event_id=has.text("eventID") or None,
        error_declared=has.node("errorDeclaration") is not None,
        action=_action(bare.kind, has),
        biz_step=_last_part(has.text("bizStep")),
        disposition=_last_part(has.text("disposition")),
        epcs=has.codes("epcList") + has.codes("inputEPCList"),
        parent=_code(has.node("parentID")),
        children=has.codes("childEPCs") + has.codes("outputEPCList"),
        quantities=_quantities(has),
        lot=lot,
        expiry=expiry,
        read_point=_place(has.node("readPoint")),
        biz_location=_place(has.node("bizLocation")),
        biz_transactions=_typed(has.node("bizTransactionList")),
        sources=_typed(has.node("sourceList"), _party_code),
        destinations=_typed(has.node("destinationList"), _party_code),
    )


def _lot_and_expiry(ilmd: Node | None) -> tuple[str | None, date | None]:
    lot = expiry = None
    for node in ilmd.children if ilmd else ():
        if node.namespace != MASTER_DATA:
            continue
        if node.name == "lotNumber":
            lot = node.text[:TEXT_MAX]
        elif node.name == "itemExpirationDate":
            expiry = _at(node, _day)
    return lot, expiry


def _offset(has: _Members) -> str:
    offset = has.text("eventTimeZoneOffset")
    if not _OFFSET.fullmatch(offset):
        message = f"Expected eventTimeZoneOffset as +HH:MM, got '{offset[:20]}'."
        raise FormatError("TIME_MALFORMED", message, line=has.line("eventTimeZoneOffset"))
    return offset


def _action(kind: Kind, has: _Members) -> str:
    action = has.text("action")
    expected = ("",) if kind in (Kind.TRANSFORMATION, Kind.QUANTITY) else _ACTIONS
    if action not in expected:
        message = f"Expected an action of {', '.join(_ACTIONS)}, got '{action[:20]}'."
        raise FormatError("ACTION_UNKNOWN", message, line=has.line("action"))
    return action


def _quantities(has: _Members) -> tuple[Quantity, ...]:
    found = []
    for name in ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"):
        for node in _children(has.node(name), "quantityElement"):
            quantity = _text(node, "quantity")
            if quantity and not _QUANTITY.fullmatch(quantity):
                message = f"Expected a quantity as a number, got '{quantity[:20]}'."
                raise FormatError("QUANTITY_MALFORMED", message, line=node.line)
            epc_class = _text(node, "epcClass")
            found.append(Quantity(_at(node, _checked, epc_class), quantity, _text(node, "uom")))
    return tuple(found)


def _codes(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(_at(node, _checked) for node in nodes)


def _code(node: Node | None) -> str | None:
    return _at(node, _checked) if node else None


def _place(node: Node | None) -> str | None:
    return _code(node.first("id")) if node else None


def _party_code(urn: str) -> str:
    epc.check(urn)
    return urn


def _typed(node: Node | None, reader: Callable[[str], str] = str) -> tuple[Typed, ...]:
    return tuple(
        Typed(_last_part(one.attributes.get("type", "")), _at(one, reader, one.text[:TEXT_MAX]))
        for one in (node.children if node else ())
        if not one.namespace
    )


# --- values -----------------------------------------------------------------------------------


def _children(node: Node | None, name: str) -> Iterable[Node]:
    return node.named(name) if node else ()


def _at(node: Node, reader: Callable[[str], Value], text: str | None = None) -> Value:
    """Read a node's text, or the given one, and say the node's line when that fails."""
    try:
        return reader(node.text if text is None else text)
    except FormatError as error:
        raise FormatError(error.code, error.message, line=node.line) from None


def _checked(urn: str) -> str:
    if not 1 <= len(urn) <= TEXT_MAX:
        raise FormatError("EPC_MALFORMED", f"Expected a code of 1 to {TEXT_MAX} characters.")
    epc.check(urn)
    return urn


def _day(text: str) -> date:
    fault = FormatError("DATE_MALFORMED", f"Expected a date as YYYY-MM-DD, got '{text[:20]}'.")
    if not _DAY.fullmatch(text):
        raise fault
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise fault from None


def _moment(text: str, line: int) -> datetime:
    message = f"Expected a time as YYYY-MM-DDTHH:MM:SSZ or with an offset, got '{text[:40]}'."
    fault = FormatError("TIME_MALFORMED", message, line=line)
    if not _TIME.fullmatch(text):
        raise fault
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise fault from None
    if moment.year not in _YEARS:
        raise fault
    return moment


def _last_part(urn: str) -> str:
    """Return `shipping` of `urn:epcglobal:cbv:bizstep:shipping` or of a CBV web address."""
    return re.split(r"[:/]", urn.replace("/BizStep-", "/").replace("/Disp-", "/"))[-1]
