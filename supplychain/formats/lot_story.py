"""What an EPCIS document says of lots: which were born, with how many packs, and where they went.

Packs (serialised GTINs) are counted, not followed by serial. A GTIN that holds others anywhere in
the document is packaging, and so are containers (SSCC): they carry packs and are none. Events are
taken in the order of their time. Each event gets an answer; what cannot be taken is refused with a
reason and changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final
from urllib.parse import unquote

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln, Gtin, LotNumber
from supplychain.domain.lots import Expiry, LotKey
from supplychain.formats import epc
from supplychain.formats.epcis_document import Document, Event, Kind, ProductRecord, Typed
from supplychain.formats.packing import Packing, RefusalError

_DOCUMENT: Final = "urn:epcglobal:cbv:bt:"
_LEAVING: Final = frozenset({"decommissioning", "destroying", "dispensing", "sampling"})


class Answer(StrEnum):
    """What became of an event: it counts, it is only kept with the file, or it is refused."""

    USED = "used"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True)
class EventAnswer:
    """The answer to one event; `event` says what it is, `reason` is a sentence with what to do."""

    position: int
    place: str
    event: str
    answer: Answer
    code: str
    reason: str


@dataclass(frozen=True)
class LotBirth:
    """A lot with its packs: `events` are the positions it is born by, `at` the first of them.

    `prefix` is the company prefix in the packs' codes, `product` the master data where sent.
    """

    lot: LotKey
    expiry: date
    units: int
    at: datetime
    prefix: str
    product: ProductRecord | None
    events: tuple[int, ...]


@dataclass(frozen=True)
class Shipment:
    """A dispatch from owner to owner; `lots` gives packs for each lot, in the lots' order."""

    event: int
    at: datetime
    giver: Gln
    receiver: Gln
    order: str | None
    despatch_advice: str | None
    lots: tuple[tuple[LotKey, int], ...]
    codes: tuple[str, ...]


@dataclass(frozen=True)
class LotStory:
    """Births and shipments in the order of time, and an answer for every event by position."""

    births: tuple[LotBirth, ...]
    shipments: tuple[Shipment, ...]
    answers: tuple[EventAnswer, ...]


def plan_lot_story(document: Document) -> LotStory:
    """Return what the document says of lots; never raises for what `epcis.read` gives back."""
    plot = _Plot(document)
    for event in sorted(document.events, key=_chronological):
        plot.take(event)
    return LotStory(
        births=plot.lots_born(),
        shipments=tuple(sorted(plot.shipments.values(), key=lambda s: (s.at, s.event))),
        answers=tuple(sorted(plot.answers, key=lambda a: a.position)),
    )


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _chronological(event: Event) -> tuple[datetime, int]:
    return event.time or _EPOCH, event.position


_Taken = tuple[Answer, str, str]


class _Plot:
    """The story so far, event by event."""

    def __init__(self, document: Document) -> None:
        self.shipments: dict[int, Shipment] = {}
        self.answers: list[EventAnswer] = []
        self._births: dict[LotKey, LotBirth] = {}
        self._born_in: dict[LotKey, Counter[int]] = {}
        self._products = {product.gtin: product for product in document.products}
        self._packaging = frozenset(_packaging(document.events))
        self._withdrawn = {_gist(e): e.position for e in document.events if e.error}
        self._seen: dict[Event, int] = {}
        self._packs: dict[str, LotKey] = {}
        self._shipped: dict[str, int] = {}
        self._shipped_in: dict[int, tuple[str, ...]] = {}
        self._packing = Packing()

    def take(self, event: Event) -> None:
        """Take one event, or refuse it and change nothing."""
        try:
            answer, code, reason = self._take(event)
        except RefusalError as refusal:
            answer, code, reason = Answer.REFUSED, refusal.code, refusal.reason
        said = " ".join(filter(None, (event.raw_kind, event.action, event.biz_step)))
        self.answers.append(EventAnswer(event.position, event.place, said, answer, code, reason))

    def _take(self, event: Event) -> _Taken:
        if event.fault:
            raise RefusalError(event.fault.code, event.fault.message)
        if event.error:
            return _kept(
                "ERROR_DECLARATION", "It declares another event wrong, and counts no more."
            )
        gist = _gist(event)
        if gist in self._withdrawn:
            where = self._withdrawn[gist]
            raise RefusalError("WITHDRAWN", f"Its sender declares it wrong in event {where}.")
        first = self._seen.setdefault(gist, event.position)
        if first != event.position:
            return _kept("DUPLICATE", f"It says again what event {first} says.")
        return self._by_kind(event)

    def _by_kind(self, event: Event) -> _Taken:
        takers: Mapping[Kind, Callable[[Event], _Taken]] = {
            Kind.OBJECT: self._object,
            Kind.AGGREGATION: self._aggregation,
            Kind.TRANSACTION: _transaction,
            Kind.ASSOCIATION: _association,
        }
        taker = takers.get(event.kind)
        if taker is None:
            reason = f"A {event.raw_kind} is not taken here; record what happened by hand."
            raise RefusalError("KIND_NOT_TAKEN", reason)
        return taker(event)

    def _object(self, event: Event) -> _Taken:
        if event.action == "DELETE" or event.biz_step in _LEAVING:
            reason = "It takes packs out of stock; record it in the stock of the lot."
            raise RefusalError("LEAVES_STOCK", reason)
        if event.action == "ADD":
            return self._commissioned(event)
        if event.biz_step == "shipping":
            return self._shipping(event)
        if event.biz_step == "void_shipping":
            return self._voided(event)
        if event.biz_step == "receiving":
            return _kept("RECEIPT", "A receipt counts when the receiver itself signs it.")
        return _kept("OBSERVED", "It was seen, and stays where it was.")

    # --- births

    def _commissioned(self, event: Event) -> _Taken:
        if event.biz_step != "commissioning":
            reason = f"Only commissioning makes packs, not '{event.biz_step}'."
            raise RefusalError("STEP_UNKNOWN", reason)
        if event.quantities:
            raise _by_class()
        items = {urn: epc.sgtin(urn) for urn in event.epcs if urn.startswith(epc.SGTIN)}
        packs = {urn: one for urn, one in items.items() if one.gtin not in self._packaging}
        if not packs:
            cases, others = len(items), len(event.epcs) - len(items)
            reason = f"{cases} cases and {others} containers: they hold packs and are none."
            return _kept("PACKAGING", reason)
        lot, expiry = _lot_text(event), _expiry(event)
        if len(set(event.epcs)) < len(event.epcs) or not self._packs.keys().isdisjoint(packs):
            raise RefusalError("BORN_TWICE", "A pack is commissioned twice; a pack is born once.")
        keys = {urn: LotKey(one.gtin, lot) for urn, one in packs.items()}
        self._check_expiry(set(keys.values()), expiry)
        for urn, key in keys.items():
            self._born(event, key, expiry, packs[urn].prefix)
        self._packs |= keys
        return Answer.USED, "BIRTH", f"{len(packs)} packs of lot {lot}, good until {expiry}."

    def _check_expiry(self, keys: set[LotKey], expiry: date) -> None:
        for key in keys & self._births.keys():
            if self._births[key].expiry != expiry:
                reason = f"{key} is good until {self._births[key].expiry} in an earlier event."
                raise RefusalError("EXPIRY_DIFFERS", reason)

    def _born(self, event: Event, key: LotKey, expiry: date, prefix: str) -> None:
        """Count one pack of a lot."""
        if key not in self._births:
            product = self._products.get(key.gtin)
            self._births[key] = LotBirth(key, expiry, 0, _time(event), prefix, product, ())
            self._born_in[key] = Counter()
        self._born_in[key][event.position] += 1

    def lots_born(self) -> tuple[LotBirth, ...]:
        """Return the lots with their packs, in the order of time."""
        births = [
            replace(birth, units=self._born_in[key].total(), events=tuple(self._born_in[key]))
            for key, birth in self._births.items()
        ]
        return tuple(sorted(births, key=lambda b: (b.at, b.lot)))

    # --- packing

    def _aggregation(self, event: Event) -> _Taken:
        if event.action == "OBSERVE":
            return _kept("OBSERVED", "It was seen, and stays as it was packed.")
        if event.child_quantities:
            raise _by_class()
        if event.parent is None:
            raise RefusalError("PARENT_MISSING", "It does not say what it is packed into.")
        for code in (self._packing.outermost(event.parent), *event.children):
            if code in self._shipped:
                reason = f"'{code}' was shipped in event {self._shipped[code]}."
                raise RefusalError("SHIPPED", reason)
        if event.action == "DELETE":
            self._packing.take_out(event.parent, event.children)
            return Answer.USED, "UNPACKED", f"Out of '{event.parent}'."
        self._packing.put(event.parent, event.children)
        return Answer.USED, "PACKED", f"{len(event.children)} into '{event.parent}'."

    # --- shipping

    def _shipping(self, event: Event) -> _Taken:
        if event.quantities:
            raise _by_class()
        giver = _owner(event.sources, "source")
        receiver = _owner(event.destinations, "destination")
        if giver == receiver:
            return _kept("SAME_OWNER", f"It stays with {giver}; only the place changes.")
        packs = self._packs_in(event.epcs)
        lots = Counter(self._packs[code] for code in packs)
        self.shipments[event.position] = Shipment(
            event=event.position,
            at=_time(event),
            giver=giver,
            receiver=receiver,
            order=_document_number(event.biz_transactions, "po"),
            despatch_advice=_document_number(event.biz_transactions, "desadv"),
            lots=tuple(sorted(lots.items())),
            codes=event.epcs,
        )
        self._shipped_in[event.position] = (*dict.fromkeys((*event.epcs, *packs)),)
        self._shipped |= dict.fromkeys(self._shipped_in[event.position], event.position)
        return Answer.USED, "SHIPMENT", f"{len(packs)} packs from {giver} to {receiver}."

    def _packs_in(self, codes: Sequence[str]) -> list[str]:
        packs: dict[str, None] = {}
        for code in codes:
            if code in self._packing.parents:
                inside = self._packing.parents[code]
                reason = f"'{code}' is packed in '{inside}' and does not move alone; unpack first."
                raise RefusalError("PACKED", reason)
            for pack in self._packing.innermost(code):
                self._check_pack(pack, packs)
                packs[pack] = None
        if not packs:
            raise RefusalError("NOTHING_SHIPPED", "It names no goods.")
        return list(packs)

    def _check_pack(self, pack: str, packs: Mapping[str, None]) -> None:
        if pack not in self._packs:
            reason = f"'{pack}' is no pack commissioned before in this file; send that with it."
            raise RefusalError("CONTENTS_UNKNOWN", reason)
        if pack in packs or pack in self._shipped:
            raise RefusalError("SHIPPED_TWICE", f"'{pack}' is shipped already.")

    def _voided(self, event: Event) -> _Taken:
        where = {self._shipped.get(code) for code in event.epcs}
        position = where.pop() if len(where) == 1 else None
        shipment = self.shipments.get(position) if position else None
        if shipment is None or set(shipment.codes) != set(event.epcs):
            reason = "It voids no whole shipment of this file; void it in the stock of the lot."
            raise RefusalError("SHIPMENT_UNKNOWN", reason)
        del self.shipments[shipment.event]
        for code in self._shipped_in.pop(shipment.event):
            del self._shipped[code]
        return Answer.USED, "VOID", f"The shipment of event {shipment.event} did not take place."


def _packaging(events: Sequence[Event]) -> Iterator[Gtin]:
    for event in events:
        packs = event.kind is Kind.AGGREGATION and event.action == "ADD" and not event.fault
        if packs and event.parent and event.parent.startswith(epc.SGTIN):
            yield epc.sgtin(event.parent).gtin


def _gist(event: Event) -> Event:
    """Return what an event says, apart from where it stands and what is said about it."""
    return replace(event, position=0, place="", event_id=None, error=None)


def _time(event: Event) -> datetime:
    return (event.time or _EPOCH).astimezone(UTC)


def _lot_text(event: Event) -> LotNumber:
    if not event.lot:
        raise RefusalError("LOT_MISSING", "It gives no lot number; add lotNumber to its ILMD.")
    try:
        return LotNumber.parse(event.lot)
    except Invalid as error:
        raise RefusalError(error.code, error.message) from None


def _expiry(event: Event) -> date:
    if event.expiry is None:
        reason = "It gives no expiry; add itemExpirationDate to its ILMD."
        raise RefusalError("EXPIRY_MISSING", reason)
    try:
        return Expiry(event.expiry).on
    except Invalid as error:
        raise RefusalError(error.code, error.message) from None


def _owner(parties: Sequence[Typed], word: str) -> Gln:
    owners = {p.value for p in parties if p.type == "owning_party"}
    if len(owners) != 1:
        reason = f"Expected one owning_party as {word}, got {len(owners)}."
        raise RefusalError("PARTY_MISSING", reason)
    try:
        return epc.gln(owners.pop())
    except Invalid as error:
        raise RefusalError(error.code, error.message) from None


def _document_number(transactions: Sequence[Typed], kind: str) -> str | None:
    """Return the number alone of `urn:epcglobal:cbv:bt:gln:number`, other names as they stand."""
    value = next((t.value for t in transactions if t.type == kind), None)
    if value is None or not value.startswith(_DOCUMENT):
        return value
    return unquote(value.removeprefix(_DOCUMENT).partition(":")[2]) or value


def _by_class() -> RefusalError:
    reason = "It counts goods without serial numbers; send their serialised codes."
    return RefusalError("CLASS_LEVEL", reason)


def _kept(code: str, reason: str) -> _Taken:
    return Answer.KEPT, code, reason


def _transaction(_: Event) -> _Taken:
    return _kept("DOCUMENT_LINK", "It links goods to business documents.")


def _association(_: Event) -> _Taken:
    return _kept("ASSET", "It is about equipment, not about medicines.")
