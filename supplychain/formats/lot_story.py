"""What an EPCIS document says was done to lots, packs and containers, in the order of time.

Packs are followed by serial, containers by id, and units of lots without serials by amount. Each
event gets an answer; what cannot be taken is refused with a reason and changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from supplychain.domain.identifiers import Gln
from supplychain.domain.sales import Sale
from supplychain.formats import epc
from supplychain.formats.epcis_document import (
    UNDATED,
    Document,
    ErrorDeclaration,
    Event,
    Kind,
    Typed,
)
from supplychain.formats.event_readings import readings_of
from supplychain.formats.fingerprints import fingerprint
from supplychain.formats.lot_births import Births, time_of
from supplychain.formats.lot_deeds import (
    Answer,
    Category,
    Ending,
    EventAnswer,
    HandOff,
    Inner,
    Known,
    LotDeed,
    LotStory,
    Packing,
    Transformation,
    Withdrawal,
    shares,
)
from supplychain.formats.lot_goods import Goods
from supplychain.formats.lot_parties import holder, owner, place_of
from supplychain.formats.packing import RefusalError

ENDINGS: Final = ("dispensing", "destroying", "decommissioning", "sampling")
HAND_OFFS: Final = ("shipping", "void_shipping", "receiving")
_DOCUMENT: Final = "urn:epcglobal:cbv:bt:"
_NOTHING_KNOWN: Final = Known()

# What is no broken rule, but data and goods that do not fit together.
_CATEGORIES: Final[Mapping[str, Category]] = {
    "CONTENTS_UNKNOWN": Category.PRODUCT_WITHOUT_DATA,
    "NOTHING_NAMED": Category.DATA_ISSUE,
    "OUTPUT_UNCLEAR": Category.DATA_ISSUE,
    "LOT_MISSING": Category.DATA_ISSUE,
    "INVALID_LOT": Category.DATA_ISSUE,
    "EXPIRY_MISSING": Category.DATA_ISSUE,
    "INVALID_EXPIRY": Category.DATA_ISSUE,
    "EXPIRY_DIFFERS": Category.DATA_ISSUE,
    "SERIALS_DIFFER": Category.DATA_ISSUE,
    "QUANTITY_WRONG": Category.DATA_ISSUE,
    "PARTY_MISSING": Category.DATA_ISSUE,
    "NAMED_TWICE": Category.DATA_ISSUE,
    "READINGS_WRONG": Category.DATA_ISSUE,
    "PACKED": Category.PACKAGING,
    "ALREADY_PACKED": Category.PACKAGING,
    "NOT_INSIDE": Category.PACKAGING,
    "CYCLE": Category.PACKAGING,
    "TOO_DEEP": Category.PACKAGING,
}


def plan_lot_story(document: Document, known: Known = _NOTHING_KNOWN) -> LotStory:
    """Return what the document says was done; never raises for what `epcis.read` gives back."""
    plot = _Plot(document, known)
    for event in sorted(document.events, key=_chronological):
        plot.take(event)
    deeds = [*plot.births.deeds(), *plot.deeds]
    return LotStory(
        deeds=tuple(sorted(deeds, key=lambda deed: deed.at)),  # births first, else as they came
        answers=tuple(sorted(plot.answers, key=lambda answer: answer.position)),
    )


def _chronological(event: Event) -> tuple[datetime, int, int]:
    """By time; at one moment packs are born first and sent last, however the file has it."""
    turn = 0 if event.biz_step == "commissioning" else 2 if event.biz_step == "shipping" else 1
    return event.time or UNDATED, turn, event.position


_Taken = tuple[Answer, str, str]


@dataclass
class _Plot:
    """The story so far, event by event."""

    document: Document
    known: Known
    deeds: list[LotDeed] = field(default_factory=list)
    answers: list[EventAnswer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._goods = Goods(self.document.events, self.known)
        self.births = Births(self.document, self._goods)
        self._prints = {e.position: fingerprint(e) for e in self.document.events if e.time}
        wrong = (event for event in self.document.events if event.error)
        self._withdrawn = {self._prints[event.position]: event.position for event in wrong}
        self._seen: dict[str, int] = {}

    def take(self, event: Event) -> None:
        """Take one event, or refuse it and change nothing."""
        category, print_ = None, self._prints.get(event.position, "")
        try:
            answer, code, reason = self._take(event)
        except RefusalError as refusal:
            code, reason = refusal.code, refusal.reason
            category = _CATEGORIES.get(code)
            answer = Answer.EXCEPTION if category else Answer.REFUSED
        said = " ".join(filter(None, (event.raw_kind, event.action, event.biz_step)))
        self.answers.append(
            EventAnswer(
                event.position,
                event.place,
                said,
                answer,
                code,
                reason,
                category,
                "" if event.error else print_,
                self.known.taken.get(print_, ()) if answer is Answer.KNOWN else (),
            )
        )

    def _take(self, event: Event) -> _Taken:
        if event.fault:
            raise RefusalError(event.fault.code, event.fault.message)
        print_ = self._prints.get(event.position, "")
        if event.error:
            return self._declared(event, event.error)
        if print_ in self.known.taken:
            return Answer.KNOWN, "TAKEN_BEFORE", "It was taken before, in this file or another one."
        if print_ in self._withdrawn:
            where = self._withdrawn[print_]
            reason = f"Its sender declares it wrong in event {where}, so it is not taken."
            return _noted("WITHDRAWN", reason)
        first = self._seen.setdefault(print_, event.position)
        if first != event.position and print_:
            return Answer.KNOWN, "DUPLICATE", f"It says again what event {first} says."
        return self._by_kind(event)

    def _declared(self, event: Event, error: ErrorDeclaration) -> _Taken:
        entries = self.known.taken.get(self._prints[event.position])
        if not entries:
            return _noted("ERROR_DECLARATION", "It declares another event wrong.")
        self.deeds.append(
            Withdrawal(
                event=event.position,
                at=time_of(event),
                fingerprint=self._prints[event.position],
                goods=(),
                declared=error.time.astimezone(UTC),
                reason=error.reason,
                entries=entries,
            )
        )
        return _noted("TAKEN_BACK", "It declares wrong what was taken before, and takes it back.")

    def _by_kind(self, event: Event) -> _Taken:
        takers: Mapping[Kind, Callable[[Event], _Taken]] = {
            Kind.OBJECT: self._object,
            Kind.AGGREGATION: self._aggregation,
            Kind.TRANSFORMATION: self._transformed,
            Kind.TRANSACTION: _transaction,
            Kind.ASSOCIATION: _association,
        }
        taker = takers.get(event.kind)
        if taker is None:
            reason = f"A {event.raw_kind} is not taken here; record what happened by hand."
            raise RefusalError("KIND_NOT_TAKEN", reason)
        return taker(event)

    def _object(self, event: Event) -> _Taken:
        if event.biz_step in ENDINGS:
            return self._ended(event)
        if event.action == "ADD":
            if event.biz_step != "commissioning":
                reason = f"Only commissioning makes packs, not '{event.biz_step}'."
                raise RefusalError("STEP_UNKNOWN", reason)
            code, reason = self.births.take(event, self._prints[event.position])
            return Answer.ACCEPTED, code, reason
        if event.action == "DELETE":
            reason = (
                f"It takes goods out of the trade by '{event.biz_step}'; say how, in CBV words."
            )
            raise RefusalError("STEP_UNKNOWN", reason)
        if event.biz_step in HAND_OFFS:
            return self._handed(event)
        return _noted("OBSERVED", "It was seen, and stays where it was.")

    def _aggregation(self, event: Event) -> _Taken:
        if event.action == "OBSERVE":
            return _noted("OBSERVED", "It was seen, and stays as it was packed.")
        if event.child_quantities:
            reason = "Only packs with serial numbers are packed; send their codes."
            raise RefusalError("CLASS_LEVEL", reason)
        parent = epc.canonical(event.parent or "")
        children = tuple(epc.canonical(code) for code in event.children)
        out = event.action == "DELETE"
        if out:
            children = children or tuple(self._goods.packing.children.get(parent, ()))
            self._goods.packing.take_out(parent, children)
        else:
            self._goods.packing.put(parent, children)
        self.deeds.append(self._packing(event, parent, children, out=out))
        code, word = ("UNPACKED", "out of") if out else ("PACKED", "into")
        return Answer.ACCEPTED, code, f"{len(children)} {word} '{parent}'."

    def _packing(self, event: Event, parent: str, children: Sequence[str], *, out: bool) -> Packing:
        containers = self._goods.containers_among(children)
        packs = [code for code in children if code not in containers]
        return Packing(
            event=event.position,
            at=time_of(event),
            fingerprint=self._prints[event.position],
            goods=self._goods.known_among(packs),
            container=parent,
            inner=tuple(Inner(one, self._goods.known_among([one])) for one in containers),
            out=out,
        )

    def _transformed(self, event: Event) -> _Taken:
        goods = self._goods.named(event)
        out = replace(event, epcs=event.children, quantities=event.child_quantities)
        made = self.births.lots(out)
        lots = ", ".join(str(one.lot) for one in made)
        if not made or any(shares(goods, made, one) is None for one in goods):
            reason = f"It does not say how much of {lots or 'what'} came of which; send them apart."
            raise RefusalError("OUTPUT_UNCLEAR", reason)
        print_ = self._prints[event.position]
        self.deeds.append(
            Transformation(
                event=event.position,
                at=time_of(event),
                fingerprint=print_,
                goods=goods,
                operation=event.transformation_id or f"event {print_[:16]}",
                step=event.biz_step or "transformation",
                births=self.births.alone(out, made, print_),
            )
        )
        units = sum(one.units for one in goods)
        out_units = sum(one.units for one in made)
        return _noted("TRANSFORMED", f"{units} units become {out_units} of {lots}.")

    def _ended(self, event: Event) -> _Taken:
        goods = self._goods.named(event)
        self.deeds.append(
            Ending(
                event=event.position,
                at=time_of(event),
                fingerprint=self._prints[event.position],
                goods=goods,
                step=event.biz_step,
            )
        )
        units = sum(one.units for one in goods)
        return Answer.ACCEPTED, event.biz_step.upper(), f"{units} packs: {event.biz_step}."

    def _handed(self, event: Event) -> _Taken:
        back = event.biz_step == "shipping" and event.disposition == "returned"
        step = "returning" if back else event.biz_step
        before, after = owner(event.sources, "source"), owner(event.destinations, "destination")
        giver = holder(event.sources, "source") or before
        receiver = self._goes_to(event, after)
        if event.biz_step == "shipping" and (giver is None or receiver is None):
            raise RefusalError("PARTY_MISSING", "It does not name both owners; add owning_party.")
        if giver is not None and giver == receiver:
            return _noted("SAME_OWNER", f"It stays with {giver}; only the place changes.")
        goods = self._goods.named(event)
        self.deeds.append(
            HandOff(
                event=event.position,
                at=time_of(event),
                fingerprint=self._prints[event.position],
                goods=goods,
                step=step,
                giver=giver,
                receiver=receiver,
                order=_document_number(event.biz_transactions, "po"),
                despatch_advice=_document_number(event.biz_transactions, "desadv"),
                containers=self._goods.containers_among(map(epc.canonical, event.epcs)),
                readings=readings_of(event),
                sale=Sale.between(before, after, giver=giver, receiver=receiver),
            )
        )
        units = sum(one.units for one in goods)
        return Answer.ACCEPTED, step.upper(), f"{units} packs, {giver or '?'} to {receiver or '?'}."

    def _goes_to(self, event: Event, buyer: Gln | None) -> Gln | None:
        """Who gets them in hand: as said, else an admitted party at the place, else the owner."""
        named = holder(event.destinations, "destination")
        if named is not None:
            return named
        places = (place_of(one.value) for one in event.destinations if one.type == "location")
        return next((one for one in places if one in self.known.parties), buyer)


def _document_number(transactions: Sequence[Typed], kind: str) -> str | None:
    """Return the number alone of `urn:epcglobal:cbv:bt:gln:number`, other names as they stand."""
    value = next((one.value for one in transactions if one.type == kind), None)
    if value is None or not value.startswith(_DOCUMENT):
        return value
    return unquote(value.removeprefix(_DOCUMENT).partition(":")[2]) or value


def _noted(code: str, reason: str) -> _Taken:
    return Answer.ACCEPTED, code, reason


def _transaction(_: Event) -> _Taken:
    return _noted("DOCUMENT_LINK", "It links goods to business documents.")


def _association(_: Event) -> _Taken:
    return _noted("ASSET", "It is about equipment, not about medicines.")
