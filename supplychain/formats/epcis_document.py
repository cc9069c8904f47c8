"""What an EPCIS file says, as values: master data, statement and events in their order.

The same values stand for EPCIS 1.2 XML, 2.0 XML and 2.0 JSON-LD.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from supplychain.domain.identifiers import Gln, Gtin

LOT_NUMBER: Final = "urn:epcglobal:cbv:mda:lotNumber"
EXPIRY: Final = "urn:epcglobal:cbv:mda:itemExpirationDate"
# As the CBV has them, then as the GS1 US guideline had them before the CBV did.
OWN: Final = "urn:x-unbroken:conditions"
"""The namespace of our own words about temperature; docs/epcis.md says what they mean."""
LOT_NUMBERS: Final = (LOT_NUMBER, "http://epcis.gs1us.org/hc/ns/lotNumber")
EXPIRIES: Final = (EXPIRY, "http://epcis.gs1us.org/hc/ns/itemExpirationDate")

UNDATED: Final = datetime(1971, 1, 1, tzinfo=UTC)  # stands for a creation time nobody knows

Scalar = str | bool | Decimal | datetime


class Kind(StrEnum):
    """The kinds of event in EPCIS 1.2 and 2.0, and what is none of them."""

    OBJECT = "ObjectEvent"
    AGGREGATION = "AggregationEvent"
    TRANSACTION = "TransactionEvent"
    TRANSFORMATION = "TransformationEvent"
    ASSOCIATION = "AssociationEvent"
    QUANTITY = "QuantityEvent"  # of 1.2 only
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fault:
    """Why one event cannot be taken: stable code, sentence, and its place in the file."""

    code: str
    message: str
    place: str


@dataclass(frozen=True)
class Extension:
    """A member of somebody's own vocabulary: its full name, its text, what stands inside it.

    Lists are members of one name; XML attributes and JSON-LD keywords have names with "@".
    """

    name: str
    text: str = ""
    inside: tuple["Extension", ...] = ()


@dataclass(frozen=True)
class Typed:
    """A business transaction, source or destination: its type ("" if none is said), its value."""

    type: str
    value: str


@dataclass(frozen=True)
class Quantity:
    """An amount of a class of goods; None stands for "some", `uom` is "" where things are counted.

    `uom` is a code of UN/CEFACT recommendation 20.
    """

    epc_class: str
    quantity: Decimal | None = None
    uom: str = ""


@dataclass(frozen=True)
class ErrorDeclaration:
    """That an event of the same members as this one is wrong (EPCIS 2.0, section 7.4.1.2)."""

    time: datetime
    reason: str = ""
    corrective_ids: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()


@dataclass(frozen=True)
class SensorFacts:
    """What a sensor says, or what is said about it: members by the standard's names, in order."""

    members: tuple[tuple[str, Scalar], ...] = ()
    extensions: tuple[Extension, ...] = ()

    def get(self, name: str) -> Scalar | None:
        """Return a member by the standard's name, None where it is not said."""
        return next((value for key, value in self.members if key == name), None)


@dataclass(frozen=True)
class SensorElement:
    """Readings of one device (EPCIS 2.0, section 7.3.7): facts about them, and the reports."""

    metadata: SensorFacts | None
    reports: tuple[SensorFacts, ...]
    extensions: tuple[Extension, ...] = ()


@dataclass(frozen=True)
class Event:
    """One event as it stands in the file; `position` counts from 1, `place` is as in FormatError.

    Words of the Core Business Vocabulary (CBV) stand bare ("shipping"), others as they were
    written; so do codes, as URNs or GS1 Digital Links. `time` is aware, None only where there is a
    `fault` or the kind is unknown. `raw_kind` is the type's own name. A transformation has its
    inputs in `epcs` and `quantities` and its outputs in `children` and `child_quantities`.
    """

    position: int
    place: str
    kind: Kind
    raw_kind: str
    time: datetime | None = None
    record_time: datetime | None = None
    offset: str = ""
    event_id: str | None = None
    error: ErrorDeclaration | None = None
    certifications: tuple[str, ...] = ()
    action: str = ""
    biz_step: str = ""
    disposition: str = ""
    persistent_set: tuple[str, ...] = ()
    persistent_unset: tuple[str, ...] = ()
    epcs: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    parent: str | None = None
    children: tuple[str, ...] = ()
    child_quantities: tuple[Quantity, ...] = ()
    transformation_id: str | None = None
    ilmd: tuple[Extension, ...] = ()
    read_point: str | None = None
    biz_location: str | None = None
    biz_transactions: tuple[Typed, ...] = ()
    sources: tuple[Typed, ...] = ()
    destinations: tuple[Typed, ...] = ()
    sensors: tuple[SensorElement, ...] = ()
    extensions: tuple[Extension, ...] = ()
    fault: Fault | None = None

    @property
    def codes(self) -> Iterator[str]:
        """Every code that the event names, of goods, places and parties."""
        yield from (*self.epcs, *self.children)
        yield from (one.epc_class for one in (*self.quantities, *self.child_quantities))
        yield from (one.value for one in (*self.sources, *self.destinations))
        yield from filter(None, (self.parent, self.read_point, self.biz_location))

    @property
    def lot(self) -> str | None:
        """The lot number among the instance/lot master data."""
        return self._said(LOT_NUMBERS)

    @property
    def expiry(self) -> date | None:
        """The expiry date among the instance/lot master data."""
        text = self._said(EXPIRIES)
        return None if text is None else date.fromisoformat(text)

    @property
    def unclear(self) -> tuple[str, ...]:
        """Two lot numbers or two expiry dates that the master data give; nothing where one is."""
        for names in (LOT_NUMBERS, EXPIRIES):
            said = sorted({one.text for one in self.ilmd if one.name in names})
            if len(said) > 1:
                return tuple(said[:2])
        return ()

    def _said(self, names: Sequence[str]) -> str | None:
        """What the instance/lot master data say under the first of these names that they have."""
        said = {one.name: one.text for one in reversed(self.ilmd)}
        return next((said[name] for name in names if name in said), None)


@dataclass(frozen=True)
class ProductRecord:
    """Master data of one GTIN; texts are as sent, "" where nothing was.

    `prefix` is the company prefix, "" where the code does not show it.
    """

    gtin: Gtin
    prefix: str
    name: str = ""
    strength: str = ""
    form: str = ""
    maker: str = ""
    content: str = ""
    national_code: str = ""


@dataclass(frozen=True)
class PartyRecord:
    """Master data of one party or place; texts are as sent, "" where nothing was."""

    gln: Gln
    name: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""


@dataclass(frozen=True)
class TransactionStatement:
    """The DSCSA transaction statement: whether it is affirmed, and its legal notice."""

    affirmed: bool
    notice: str


@dataclass(frozen=True)
class Document:
    """A whole file. `sha256` (hex) is over its exact bytes; GLNs are None where none is given.

    `version` is "1.2" or "2.0"; `created` is None where the file is one bare event,
    or does not say it.
    """

    sha256: str
    version: str
    created: datetime | None
    instance: str
    sender: Gln | None
    receiver: Gln | None
    products: tuple[ProductRecord, ...]
    parties: tuple[PartyRecord, ...]
    statement: TransactionStatement | None
    events: tuple[Event, ...]

    def product(self, gtin: Gtin) -> ProductRecord | None:
        """Return the master data of a GTIN."""
        return next((one for one in self.products if one.gtin == gtin), None)

    def party(self, gln: Gln) -> PartyRecord | None:
        """Return the master data of a party or place."""
        return next((one for one in self.parties if one.gln == gln), None)
