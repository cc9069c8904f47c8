"""Read EPCIS 2.0 in JSON-LD: documents, answers to queries, and bare events."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

from supplychain.domain.identifiers import Gln
from supplychain.formats import master_data
from supplychain.formats.epcis_document import Document, Event, Kind
from supplychain.formats.epcis_event import check_count, faulty, kind_of, read_event
from supplychain.formats.epcis_json_members import PREFIXES, JsonMembers, prefixes_of
from supplychain.formats.epcis_members import Members, given, only, required
from supplychain.formats.epcis_values import is_uri, moment, plain
from supplychain.formats.errors import FormatError
from supplychain.formats.json_tree import Json, pointer, read

_MEMBERS: Final = (
    "id",
    "type",
    "schemaVersion",
    "creationDate",
    "instanceIdentifier",
    "sender",
    "receiver",
    "epcisHeader",
    "epcisBody",
)
_DOCUMENT: Final = "EPCISDocument"
_QUERY: Final = "EPCISQueryDocument"
_VERSION: Final = re.compile(r"2(?:\.[0-9]+){1,3}", re.ASCII)


def read_json(data: bytes) -> Document:
    """Return the document in these bytes; raises FormatError and nothing else."""
    value = read(data)
    if not isinstance(value, dict):
        raise FormatError("WRONG_ROOT", "Expected an EPCISDocument, a JSON object.")
    if "@context" not in value:
        message = "'@context' is missing; add the address of GS1's context for EPCIS."
        raise FormatError("CONTEXT_MISSING", message)
    prefixes = prefixes_of(value["@context"], "/@context", PREFIXES)
    root = JsonMembers(value, "", prefixes)
    kind = required(root, "type", plain)
    if kind in (_DOCUMENT, _QUERY):
        return _document(data, root, kind, prefixes)
    if kind_of(kind) is Kind.UNKNOWN and not is_uri(kind):
        message = f"Expected an {_DOCUMENT} or one event, got '{kind[:40]}'."
        raise FormatError("WRONG_ROOT", message, place="/type")
    return _whole(data, None, (_event(1, value, "", prefixes),))


def _document(data: bytes, root: JsonMembers, kind: str, prefixes: Mapping[str, str]) -> Document:
    only(root, _MEMBERS)
    given(root, "id", plain)
    required(root, "schemaVersion", _version)
    events, place = _event_list(root, kind)
    numbered = enumerate(events, 1)
    read_all = (_event(n, one, pointer(place, n - 1), prefixes) for n, one in numbered)
    return _whole(data, root, tuple(read_all))


def _whole(data: bytes, root: JsonMembers | None, events: tuple[Event, ...]) -> Document:
    header = root.record("epcisHeader") if root else None
    products, parties = master_data.read_elements(_described(header))
    return Document(
        sha256=hashlib.sha256(data).hexdigest(),
        version="2.0",
        created=required(root, "creationDate", moment) if root else None,
        instance=(given(root, "instanceIdentifier", plain) if root else None) or "",
        sender=_partner(root, "sender"),
        receiver=_partner(root, "receiver"),
        products=products,
        parties=parties,
        statement=master_data.statement(header.extensions() if header else ()),
        events=events,
    )


def _version(text: str) -> str:
    if not _VERSION.fullmatch(text):
        message = f"Expected schemaVersion 2.0, got '{text[:20]}'; send EPCIS 2.0, or 1.2 as XML."
        raise FormatError("WRONG_VERSION", message)
    return text


def _partner(root: JsonMembers | None, role: str) -> Gln | None:
    code = given(root, role, plain) if root else None
    return master_data.partner(code, f"/{role}") if code else None


def _described(header: Members | None) -> Iterator[master_data.Element]:
    if header is None:
        return
    only(header, ("epcisMasterData",))
    described = header.record("epcisMasterData")
    for vocabulary in described.records("vocabularyList") if described else ():
        required(vocabulary, "type", plain)
        for one in vocabulary.records("vocabularyElementList"):
            yield master_data.Element(required(one, "id", plain), _attributes(one), one.place())


def _attributes(element: Members) -> Mapping[str, str]:
    """Return what is said in texts; structures and numbers are not used here."""
    found = {}
    for one in element.records("attributes"):
        name = required(one, "id", plain)
        with suppress(FormatError):  # a structure, or a number
            found[name] = one.text("attribute") or ""
    return found


def _event_list(root: JsonMembers, kind: str) -> tuple[Sequence[Json], str]:
    steps = ("epcisBody", *(("queryResults", "resultsBody") if kind == _QUERY else ()))
    body: JsonMembers | None = root
    for step in steps:
        body = body.record(step) if body else None
    if body is None or "eventList" not in body.names():
        raise FormatError("NO_EVENTS", f"There is no {'.'.join(steps)} with an eventList.")
    events, place = body.values("eventList"), pointer("", *steps, "eventList")
    check_count(len(events), place)
    return events, place


def _event(position: int, value: Json, place: str, prefixes: Mapping[str, str]) -> Event:
    said = value.get("type", "") if isinstance(value, dict) else ""
    name = said if isinstance(said, str) else ""
    bare = Event(position, place, kind_of(name), name[:60])
    try:
        members = _object(value)
        if bare.kind in (Kind.UNKNOWN, Kind.QUANTITY):
            return _unknown(bare, name)
        if place and "@context" in members:
            prefixes = prefixes_of(members["@context"], pointer(place, "@context"), prefixes)
    except FormatError as error:
        return faulty(bare, error)
    return read_event(bare, JsonMembers(members, place, prefixes))


def _object(value: Json) -> dict[str, Json]:
    """Return an event's members but its type, which is read already."""
    if not isinstance(value, dict):
        raise FormatError("WRONG_TYPE", "Expected an event, an object.")
    return {name: one for name, one in value.items() if name != "type"}


def _unknown(bare: Event, name: str) -> Event:
    """Return an event of somebody's own type as it is; raise for one that has no namespace."""
    if not is_uri(name):
        message = f"Expected one of EPCIS 2.0's event types, got '{name[:40]}'."
        raise FormatError("EVENT_UNKNOWN", message)
    return bare
