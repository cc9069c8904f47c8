"""Read EPCIS 1.2 and 2.0 in XML: documents, answers to queries, and bare events.

1.2 is what US partners send (GS1 US guideline for DSCSA, R1.3) and is read as it comes, and so are
1.0 and 1.1, which have its namespace and no member that it has not. The members of a 2.0 event
stand in the order that the standard's schema gives them. Elements that somebody put into EPCIS' own
namespace, where the schemas have them without one, are taken for what they are.
"""

import hashlib
import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from supplychain.domain.identifiers import Gln
from supplychain.formats import master_data
from supplychain.formats.epcis_document import Document, Event, Kind
from supplychain.formats.epcis_event import check_count, faulty, kind_of, read_event
from supplychain.formats.epcis_members import MEMBERS
from supplychain.formats.epcis_values import TEXT_MAX, moment
from supplychain.formats.epcis_xml_members import XmlMembers, extension_of
from supplychain.formats.errors import FormatError
from supplychain.formats.xml_tree import Node, read

EPCIS: Final = {"urn:epcglobal:epcis:xsd:1": "1.2", "urn:epcglobal:epcis:xsd:2": "2.0"}
QUERY: Final = {"urn:epcglobal:epcis-query:xsd:1": "1.2", "urn:epcglobal:epcis-query:xsd:2": "2.0"}
_ROOTS: Final = {"EPCISDocument": EPCIS, "EPCISQueryDocument": QUERY}
_SPELLINGS: Final = {"1.2": ("1.2", "1.1", "1.0", "1"), "2.0": ("2.0", "2")}
_WITHOUT_ZONE: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?", re.ASCII)
_SBDH: Final = "StandardBusinessDocumentHeader"


def read_xml(data: bytes) -> Document:
    """Return the document in these bytes; raises FormatError and nothing else."""
    root = read(data, folded=(*EPCIS, *QUERY))
    version = _version(root)
    bare = root.name not in _ROOTS
    header = root.first("EPCISHeader")
    foreign = [extension_of(one) for one in header.children if one.namespace] if header else []
    products, parties = master_data.read_elements(_described(header))
    nodes = [root] if bare else list(_event_nodes(_event_list(root)))
    check_count(len(nodes), root.place)
    return Document(
        sha256=hashlib.sha256(data).hexdigest(),
        version=version,
        created=None if bare else _created(root, version),
        instance=_text(header, _SBDH, "DocumentIdentification", "InstanceIdentifier"),
        sender=_partner(header, "Sender"),
        receiver=_partner(header, "Receiver"),
        products=products,
        parties=parties,
        statement=master_data.statement(foreign),
        events=tuple(_event(n, node, version) for n, node in enumerate(nodes, 1)),
    )


# --- document ---------------------------------------------------------------------------------


def _version(root: Node) -> str:
    namespaces = _ROOTS.get(root.name, {"": "2.0", **EPCIS} if _is_event(root) else {})
    if root.namespace not in namespaces:
        found = f"{root.name[:40]} of '{root.namespace[:60]}'"
        message = f"Expected an EPCISDocument of '{' or '.join(EPCIS)}', got {found}."
        raise FormatError("WRONG_ROOT", message, place=root.place)
    version, said = namespaces[root.namespace], root.attributes.get("schemaVersion", "")
    if root.name in _ROOTS and said not in _SPELLINGS[version]:
        expected = " or ".join(_SPELLINGS[version])
        message = f"Expected schemaVersion {expected} in this namespace, got '{said[:20]}'."
        raise FormatError("WRONG_VERSION", message, place=root.place)
    return version


def _is_event(node: Node) -> bool:
    return kind_of(node.name) is not Kind.UNKNOWN


def _created(root: Node, version: str) -> datetime | None:
    """When the file was written; None where nobody can tell, which changes no event."""
    said = root.attributes.get("creationDate", "")
    if not said and root.name == "EPCISQueryDocument":
        return None
    if version == "1.2" and _WITHOUT_ZONE.fullmatch(said):
        return None
    try:
        return moment(said)
    except FormatError as error:
        raise error.at(root.place) from None


def _text(node: Node | None, *path: str) -> str:
    found = node.first(*path) if node else None
    return found.text[:TEXT_MAX] if found else ""


def _partner(header: Node | None, role: str) -> Gln | None:
    node = header.first(_SBDH, role, "Identifier") if header else None
    return master_data.partner(node.text, node.place) if node else None


def _described(header: Node | None) -> Iterator[master_data.Element]:
    start = header.first("extension", "EPCISMasterData", "VocabularyList") if header else None
    for vocabulary in start.named("Vocabulary") if start else ():
        for elements in vocabulary.named("VocabularyElementList"):
            for one in elements.named("VocabularyElement"):
                said = {a.attributes.get("id", ""): a.text for a in one.named("attribute")}
                yield master_data.Element(one.attributes.get("id", ""), said, one.place)


def _event_list(root: Node) -> Node:
    results = ("QueryResults", "resultsBody") if root.name == "EPCISQueryDocument" else ()
    path = ("EPCISBody", *results, "EventList")
    found = root.first(*path)
    if found is None:
        message = f"There is no {' with a '.join(path)}."
        raise FormatError("NO_EVENTS", message, place=root.place)
    _prove_only(root, path)
    return found


def _prove_only(root: Node, path: Sequence[str]) -> None:
    """That nothing stands a second time on the way to the events: it would be left out unsaid."""
    node: Node | None = root
    for name in path:
        again = list(node.named(name))[1:] if node else []
        if again:
            message = f"A second {name}; put all events into the first."
            raise FormatError("MEMBER_TWICE", message, place=again[0].place)
        node = node.first(name) if node else None


# --- events -----------------------------------------------------------------------------------


def _event_nodes(event_list: Node) -> Iterator[Node]:
    """Yield events in the order of the file; 1.2 has its newer kinds inside extensions."""
    for node in event_list.children:
        if node.name == "extension" and not node.namespace:
            yield from _event_nodes(node)
        else:
            yield node


def _event(position: int, node: Node, version: str) -> Event:
    foreign = bool(node.namespace) and node.namespace not in EPCIS
    kind = Kind.UNKNOWN if foreign else kind_of(node.name)
    bare = Event(position, node.place, kind, node.name[:60])
    strict = version == "2.0"
    if kind is Kind.UNKNOWN and not strict:
        return bare
    try:
        _check_kind(kind, foreign=foreign, strict=strict)
        has = XmlMembers(node, strict=strict)
        if strict and not foreign:
            _check_order(kind, has)
    except FormatError as error:
        return faulty(bare, error)
    return bare if foreign else read_event(bare, has)


def _check_kind(kind: Kind, *, foreign: bool, strict: bool) -> None:
    if strict and not foreign and kind in (Kind.UNKNOWN, Kind.QUANTITY):
        message = "EPCIS 2.0 has no such event; one of your own needs a namespace."
        raise FormatError("EVENT_UNKNOWN", message)


def _check_order(kind: Kind, has: XmlMembers) -> None:
    order = MEMBERS[kind]
    known = [name for name in has.names() if name in order]
    for before, name in itertools.pairwise(known):
        if order.index(name) < order.index(before):
            message = f"'{name}' stands behind '{before}'; write {', '.join(order)}, in this order."
            raise FormatError("MEMBER_ORDER", message, place=has.place(name))
