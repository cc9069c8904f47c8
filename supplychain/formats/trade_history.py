"""From our own history of a lot or a period to the EPCIS events that partners know.

The steps are those of GS1 US' guideline for DSCSA (R1.3) and of the CBV: which kind of event, which
action, business step and disposition each of them is. The readings of a journey become a sensor
element, a dispatch taken back `void_shipping`, a correction an error declaration.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from supplychain.domain.company_prefixes import CompanyPrefixes
from supplychain.domain.conditions import mean
from supplychain.domain.conditions_judged import Kinetic
from supplychain.domain.identifiers import Gln, Sscc
from supplychain.domain.lots import LotKey
from supplychain.domain.members import instant_text
from supplychain.domain.sales import NO_SALE, Sale
from supplychain.formats import epc
from supplychain.formats.epcis_document import (
    EXPIRY,
    LOT_NUMBER,
    OWN,
    Document,
    ErrorDeclaration,
    Event,
    Extension,
    Kind,
    PartyRecord,
    ProductRecord,
    Quantity,
    SensorElement,
    SensorFacts,
    TransactionStatement,
    Typed,
)
from supplychain.formats.epcis_values import qualified
from supplychain.formats.errors import FormatError

Container = Sscc | epc.SerialItem


class Step(StrEnum):
    """What was done."""

    COMMISSIONED = "commissioned"
    PACKED = "packed"
    UNPACKED = "unpacked"
    SHIPPED = "shipped"
    VOIDED = "voided"
    RECEIVED = "received"
    RETURNED = "returned"
    HELD = "held"
    RELEASED = "released"
    DISPENSED = "dispensed"
    SAMPLED = "sampled"
    DESTROYED = "destroyed"
    DECOMMISSIONED = "decommissioned"
    EXPORTED = "exported"
    LOST = "lost"
    STOLEN = "stolen"
    TRANSFORMED = "transformed"
    MEASURED = "measured"
    UNDONE = "undone"
    RECALLED = "recalled"


# Kind of event, action, business step, disposition.
_EVENTS: Final[Mapping[Step, tuple[Kind, str, str, str]]] = {
    Step.COMMISSIONED: (Kind.OBJECT, "ADD", "commissioning", "active"),
    Step.PACKED: (Kind.AGGREGATION, "ADD", "packing", "in_progress"),
    Step.UNPACKED: (Kind.AGGREGATION, "DELETE", "unpacking", "in_progress"),
    Step.SHIPPED: (Kind.OBJECT, "OBSERVE", "shipping", "in_transit"),
    Step.VOIDED: (Kind.OBJECT, "OBSERVE", "void_shipping", "in_progress"),
    Step.RECEIVED: (Kind.OBJECT, "OBSERVE", "receiving", "in_progress"),
    Step.RETURNED: (Kind.OBJECT, "OBSERVE", "shipping", "returned"),
    Step.HELD: (Kind.OBJECT, "OBSERVE", "holding", "non_sellable_other"),
    Step.RELEASED: (Kind.OBJECT, "OBSERVE", "inspecting", "conformant"),
    Step.DISPENSED: (Kind.OBJECT, "OBSERVE", "dispensing", "dispensed"),
    Step.SAMPLED: (Kind.OBJECT, "OBSERVE", "sampling", "non_sellable_other"),
    Step.DESTROYED: (Kind.OBJECT, "DELETE", "destroying", "destroyed"),
    Step.DECOMMISSIONED: (Kind.OBJECT, "DELETE", "decommissioning", "inactive"),
    Step.EXPORTED: (Kind.OBJECT, "OBSERVE", "departing", "in_transit"),
    Step.LOST: (Kind.OBJECT, "OBSERVE", "other", "unknown"),
    Step.STOLEN: (Kind.OBJECT, "OBSERVE", "other", "stolen"),
    Step.TRANSFORMED: (Kind.TRANSFORMATION, "", "repackaging", "in_progress"),
    Step.MEASURED: (Kind.OBJECT, "OBSERVE", "sensor_reporting", ""),
    Step.UNDONE: (Kind.OBJECT, "OBSERVE", "stocking", "sellable_accessible"),
    Step.RECALLED: (Kind.OBJECT, "OBSERVE", "holding", "recalled"),
}


@dataclass(frozen=True)
class Goods:
    """What a step is about: packs, containers, and amounts of lots whose packs have no serials."""

    packs: tuple[epc.SerialItem, ...] = ()
    containers: tuple[Container, ...] = ()
    amounts: tuple[tuple[LotKey, int], ...] = ()


@dataclass(frozen=True)
class Journey:
    """A logger's readings, in °C; `device` names the logger by a URI.

    `alarm` says that the goods' limits were broken, `error` that something is not known of it:
    a gap, or a clock that was wrong. `file` is the SHA-256 (hex) of the raw file, `root` the Merkle
    root (hex) over the readings as it is signed, `kinetic` the mean kinetic temperature of the
    worst logger of the hand-off, where the goods' market asks for one.
    """

    device: str
    readings: tuple[tuple[datetime, Decimal], ...]
    alarm: bool = False
    error: bool = False
    file: str = ""
    root: str = ""
    kinetic: Kinetic | None = None


@dataclass(frozen=True)
class Declared:
    """That a step is declared wrong: when, why, and the ids of the steps that correct it."""

    at: datetime
    occurred: bool
    corrective_ids: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One step of the goods; `where` is the place, `id` a URI that stays the same for ever.

    `lot` and `expiry` are said at the birth, `parent` where something is packed, giver and receiver
    where something changes hands, `sale` where others own it before or after, `made` where
    something is made out of the goods.
    """

    step: Step
    at: datetime
    id: str
    goods: Goods
    where: Gln | None = None
    lot: LotKey | None = None
    expiry: date | None = None
    parent: Container | None = None
    giver: Gln | None = None
    receiver: Gln | None = None
    sale: Sale = NO_SALE
    order: str | None = None
    despatch_advice: str | None = None
    made: Goods = field(default_factory=Goods)
    journeys: tuple[Journey, ...] = ()
    declared: Declared | None = None


@dataclass(frozen=True, kw_only=True)
class History:
    """What happened, who tells it to whom, and what is known of products and parties."""

    deeds: tuple[Deed, ...]
    created: datetime
    instance: str
    sender: Gln
    receiver: Gln
    products: tuple[ProductRecord, ...] = ()
    parties: tuple[PartyRecord, ...] = ()
    statement: TransactionStatement | None = None


def urns(prefixes: CompanyPrefixes, default: int | None = None) -> epc.Naming:
    """Return how to name keys by URNs: with the longest of these company prefixes that fits.

    Codes under none of them get a prefix of `default` digits; without a default, naming one raises
    FormatError PREFIX_UNKNOWN: where the prefix ends is nowhere said.
    """

    def name(key: epc.Code) -> str:
        length = prefixes.length(epc.digits(key)) or default
        if length is None:
            message = (
                f"The company prefix in {epc.digits(key)} ({type(key).__name__} {key}) is not"
                " known, so there is no URN for it: say the prefix of that company, or how many"
                " digits unknown ones have, or write codes as links."
            )
            raise FormatError("PREFIX_UNKNOWN", message)
        return epc.write(key, length)

    return name


def document_of(history: History, name: epc.Naming) -> Document:
    """Return the history as an EPCIS document; `name` writes every code in it."""
    return Document(
        sha256="",
        version="2.0",
        created=history.created,
        instance=history.instance,
        sender=history.sender,
        receiver=history.receiver,
        products=history.products,
        parties=history.parties,
        statement=history.statement,
        events=tuple(_event(n, deed, name) for n, deed in enumerate(history.deeds, 1)),
    )


def _event(position: int, deed: Deed, name: epc.Naming) -> Event:
    kind, action, biz_step, disposition = _EVENTS[deed.step]
    inputs, outputs = deed.goods, deed.made
    if kind is Kind.AGGREGATION:
        inputs, outputs = outputs, inputs
    return Event(
        position=position,
        place="",
        kind=kind,
        raw_kind=kind.value,
        time=deed.at,
        offset=deed.at.isoformat()[-6:],
        event_id=deed.id,
        error=_error(deed.declared),
        action=action,
        biz_step=biz_step,
        disposition=disposition,
        epcs=_codes(inputs, name),
        quantities=_amounts(inputs, name),
        parent=name(deed.parent) if deed.parent else None,
        children=_codes(outputs, name),
        child_quantities=_amounts(outputs, name),
        ilmd=_ilmd(deed),
        read_point=name(deed.where) if deed.where else None,
        biz_location=name(deed.where) if deed.where and deed.step is not Step.SHIPPED else None,
        biz_transactions=_documents(deed),
        sources=_parties(deed.giver, deed.sale.seller, name),
        destinations=_parties(deed.receiver, deed.sale.buyer, name),
        sensors=tuple(_sensor(one) for one in deed.journeys if one.readings),
    )


def _codes(goods: Goods, name: epc.Naming) -> tuple[str, ...]:
    return tuple(name(one) for one in (*goods.containers, *goods.packs))


def _amounts(goods: Goods, name: epc.Naming) -> tuple[Quantity, ...]:
    return tuple(Quantity(name(lot), Decimal(amount)) for lot, amount in goods.amounts)


def _ilmd(deed: Deed) -> tuple[Extension, ...]:
    said = {EXPIRY: deed.expiry, LOT_NUMBER: deed.lot and deed.lot.lot}
    return tuple(Extension(name, str(value)) for name, value in said.items() if value)


def _documents(deed: Deed) -> tuple[Typed, ...]:
    """Return order and despatch advice; the buyer numbers the one, the giver the other."""
    numbered = (("po", deed.receiver, deed.order), ("desadv", deed.giver, deed.despatch_advice))
    return tuple(
        Typed(kind, f"urn:epcglobal:cbv:bt:{issuer}:{quote(number, safe='')}")
        for kind, issuer, number in numbered
        if issuer and number
    )


def _parties(holder: Gln | None, owner: Gln | None, name: epc.Naming) -> tuple[Typed, ...]:
    """Who owns the goods and, where that is somebody else, who has them."""
    if holder is None:
        return ()
    if owner is None:
        return (Typed("owning_party", name(holder)),)
    return Typed("owning_party", name(owner)), Typed("possessing_party", name(holder))


def _error(declared: Declared | None) -> ErrorDeclaration | None:
    if declared is None:
        return None
    reason = "incorrect_data" if declared.occurred else "did_not_occur"
    return ErrorDeclaration(declared.at, reason, declared.corrective_ids)


def _sensor(journey: Journey) -> SensorElement:
    times = [at for at, _ in journey.readings]
    raw = f"ni:///sha-256;{_base64url(journey.file)}" if journey.file else None  # RFC 6920
    said = (
        ("startTime", min(times)),
        ("endTime", max(times)),
        ("deviceID", journey.device),
        ("rawData", raw),
    )
    single = (
        SensorFacts((("type", "Temperature"), ("time", at), ("value", value), ("uom", "CEL")))
        for at, value in journey.readings
    )
    return SensorElement(
        SensorFacts(tuple((name, value) for name, value in said if value)),
        (*single, *_summaries(journey)),
        tuple(_own_words(journey)),
    )


def _own_words(journey: Journey) -> Iterator[Extension]:
    """What the standard has no word for: the signed root, and a mean that is no plain one."""
    if journey.root:
        yield Extension(qualified(OWN, "root"), journey.root)
    mean_of = journey.kinetic
    if mean_of is None:
        return
    said = {
        "market": mean_of.market,
        "from": instant_text(mean_of.at.start),
        "to": instant_text(mean_of.at.end),
        "coverage": f"{Decimal(mean_of.coverage_e4) / 10_000:f}",
        "heatOfActivation": str(mean_of.dh_j_mol),
        "gasConstant": f"{Decimal(mean_of.r_e7) / 10**7:f}",
    }
    if mean_of.value_e4_c is not None:
        said = {"value": f"{Decimal(mean_of.value_e4_c) / 10_000:f}", "uom": "CEL"} | said
    inside = tuple(Extension(qualified(OWN, name), text) for name, text in said.items())
    yield Extension(qualified(OWN, "meanKineticTemperature"), inside=inside)


def _summaries(journey: Journey) -> Iterator[SensorFacts]:
    """The lowest, the highest and the mean, once for each thing that is wrong with them."""
    values = [value for _, value in journey.readings]
    middle = Decimal(mean([int(100 * value) for value in values])) / 100
    facts = (("minValue", min(values)), ("maxValue", max(values)), ("meanValue", middle))
    wrong = (("ALARM_CONDITION", journey.alarm), ("ERROR_CONDITION", journey.error))
    for word, is_so in wrong:
        if is_so:
            said = (("type", "Temperature"), ("exception", word), *facts, ("uom", "CEL"))
            yield SensorFacts(said)


def _base64url(digest: str) -> str:
    return urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip("=")
