"""What an EPCIS file says, as values: master data, statement and events in their order."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from supplychain.domain.identifiers import Gln, Gtin


class Kind(StrEnum):
    """The kinds of event in EPCIS 1.2, and what is none of them."""

    OBJECT = "ObjectEvent"
    AGGREGATION = "AggregationEvent"
    TRANSACTION = "TransactionEvent"
    TRANSFORMATION = "TransformationEvent"
    ASSOCIATION = "AssociationEvent"
    QUANTITY = "QuantityEvent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fault:
    """Why one event cannot be taken: stable code, sentence, line of the file."""

    code: str
    message: str
    line: int


@dataclass(frozen=True)
class Typed:
    """A business transaction, source or destination: the last part of its type, and its value."""

    type: str
    value: str


@dataclass(frozen=True)
class Quantity:
    """An amount of a class of goods: the class's URN, a decimal number as written, its unit."""

    epc_class: str
    quantity: str
    uom: str


@dataclass(frozen=True)
class Event:
    """One event as it stands in the file; `position` counts from 1.

    `biz_step` and `disposition` are the last part of the vocabulary's URN; codes stay URNs.
    `time` is aware, None only where there is a `fault` or the kind is unknown. `raw_kind` is the
    element's name. A transformation has its inputs in `epcs` and its outputs in `children`.
    """

    position: int
    line: int
    kind: Kind
    raw_kind: str
    time: datetime | None = None
    offset: str = ""
    event_id: str | None = None
    error_declared: bool = False
    action: str = ""
    biz_step: str = ""
    disposition: str = ""
    epcs: tuple[str, ...] = ()
    parent: str | None = None
    children: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    lot: str | None = None
    expiry: date | None = None
    read_point: str | None = None
    biz_location: str | None = None
    biz_transactions: tuple[Typed, ...] = ()
    sources: tuple[Typed, ...] = ()
    destinations: tuple[Typed, ...] = ()
    fault: Fault | None = None


@dataclass(frozen=True)
class ProductRecord:
    """Master data of one GTIN; texts are as sent, "" where nothing was."""

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
    """A whole file. `sha256` (hex) is over its exact bytes; GLNs are None where none is given."""

    sha256: str
    created: datetime
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
