"""What an EPCIS document says was done to lots, packs and containers, in the order of time.

Packs are followed by serial, containers by id, and units of lots without serials by amount. Each
event gets an answer; what cannot be taken is refused with a reason and changes nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from supplychain.domain.identifiers import Gln
from supplychain.domain.sales import Sale
from supplychain.formats import epc
from supplychain.formats.epcis_document import (
    UNDATED,
    Document,
    ErrorDeclaration,
    Event,
    Kind,
)
from supplychain.formats.event_readings import readings_of
from supplychain.formats.fingerprints import declared_wrong, fingerprint
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
    LotGoods,
    LotStory,
    Packing,
    Transformation,
    Withdrawal,
    shares,
)
from supplychain.formats.lot_goods import Goods, amount, summed
from supplychain.formats.lot_papers import document_number
from supplychain.formats.lot_parties import holder, owner, place_of, prove_handed
from supplychain.formats.packing import RefusalError

ENDINGS: Final = ("dispensing", "destroying", "decommissioning", "sampling")
HAND_OFFS: Final = ("shipping", "void_shipping", "receiving")
_NOTHING_KNOWN: Final = Known()
_CONTAINER: Final = re.compile(r"00/|01/[0-9]{14}/21/", re.ASCII)

# What is no broken rule, but data and goods that do not fit together.
_CATEGORIES: Final[Mapping[str, Category]] = {
    "CONTENTS_UNKNOWN": Category.PRODUCT_WITHOUT_DATA,
    "NOTHING_NAMED": Category.DATA_ISSUE,
    "CODE_UNKNOWN": Category.DATA_ISSUE,
    "OUTPUT_UNCLEAR": Category.DATA_ISSUE,
    "ERROR_UNCLEAR": Category.DATA_ISSUE,
    "OWNER_ONLY": Category.DATA_ISSUE,
    "LOT_MISSING": Category.DATA_ISSUE,
    "ILMD_UNCLEAR": Category.DATA_ISSUE,
    "LOT_DIFFERS": Category.DATA_ISSUE,
    "INVALID_LOT": Category.DATA_ISSUE,
    "EVENT_ID_TWICE": Category.DATA_ISSUE,
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
        self._ids = {event.event_id for event in self.document.events if event.event_id}
        self._said = {
            self._prints[one.position]: one.position
            for one in self.document.events
            if one.time and not one.error
        }
        wrong = (event for event in self.document.events if event.error)
        self._withdrawn = {self._prints[event.position]: event.position for event in wrong}
        self._seen: dict[str, int] = {}
        self._named: dict[str, int] = {}

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
                declared_wrong(print_) if event.error and print_ else print_,
                self._entries(event) if answer is Answer.KNOWN else (),
            )
        )

    def _entries(self, event: Event) -> tuple[str, ...]:
        """What the same event led to before."""
        print_ = self._prints.get(event.position, "")
        return self.known.taken.get(declared_wrong(print_) if event.error else print_, ())

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
        self._prove_id(event)
        first = self._seen.setdefault(print_, event.position)
        if first != event.position and print_:
            return Answer.KNOWN, "DUPLICATE", f"It says again what event {first} says."
        return self._by_kind(event)

    def _prove_id(self, event: Event) -> None:
        """That an id names one event: which of two is meant, nobody could say."""
        first = self._named.setdefault(event.event_id or "", event.position)
        if event.event_id and self._prints.get(first) != self._prints.get(event.position):
            reason = f"Its eventID '{event.event_id[:80]}' is that of event {first}, which differs."
            raise RefusalError("EVENT_ID_TWICE", reason)

    def _declared(self, event: Event, error: ErrorDeclaration) -> _Taken:
        wrong = self._prints[event.position]
        print_ = declared_wrong(wrong)
        if event.event_id and event.event_id in error.corrective_ids:
            reason = "It names itself as its own correction; name the event that is right."
            raise RefusalError("CORRECTED_BY_ITSELF", reason)
        if print_ in self.known.taken:
            return Answer.KNOWN, "TAKEN_BEFORE", "It was taken before, in this file or another one."
        entries = self.known.taken.get(wrong)
        if not entries:
            return _noted("ERROR_DECLARATION", self._not_taken(wrong, known=entries is not None))
        if event.kind is Kind.AGGREGATION:
            self._repacked(event, entries, print_)
        else:
            self.deeds.append(_withdrawal(event, error, entries, wrong))
        reason = "It declares wrong what was taken before, and takes it back."
        return _noted("TAKEN_BACK", reason + self._absent(error))

    def _not_taken(self, wrong: str, *, known: bool) -> str:
        """Why a declaration takes nothing back."""
        if known:
            return (
                "What it declares wrong was taken before and led to no entry: nothing to take back."
            )
        if wrong in self._said:
            return f"It declares event {self._said[wrong]} wrong, which is not taken then."
        return "Nothing that was taken says the same as it, so nothing is taken back."

    def _absent(self, error: ErrorDeclaration) -> str:
        """A word about corrections that the file does not bring."""
        missing = sorted(set(error.corrective_ids) - self._ids)
        return f" Its correction '{missing[0][:80]}' is not in this file." if missing else ""

    def _by_kind(self, event: Event) -> _Taken:
        prove_handed(event, HAND_OFFS)
        if event.unclear:
            reason = f"Its ILMD says both '{event.unclear[0]}' and '{event.unclear[1]}'."
            raise RefusalError("ILMD_UNCLEAR", reason)
        self._goods.prove_lots((*event.epcs, *event.children), event.lot or "")
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
        out = event.action == "DELETE"
        parent, children, amounts = self._inside(event)
        if out and not (children or amounts):
            children = tuple(self._goods.packing.children.get(parent, ()))
            amounts = self._goods.directly_in(parent)
        (self._goods.take_out if out else self._goods.put)(parent, children, amounts)
        self.deeds.append(self._packing(event, parent, children, amounts, out=out))
        code, word = ("UNPACKED", "out of") if out else ("PACKED", "into")
        units = sum(one.amount for one in amounts)
        also = f" and {units} units" if units else ""
        return Answer.ACCEPTED, code, f"{len(children)}{also} {word} '{parent}'."

    def _repacked(self, event: Event, entries: tuple[str, ...], print_: str) -> None:
        """What an event put in comes out, what it took out goes in again."""
        parent, children, amounts = self._inside(event)
        if not (children or amounts):
            reason = (
                f"It does not say what came out of '{parent}'; pack that by an event of its own."
            )
            raise RefusalError("ERROR_UNCLEAR", reason)
        out = event.action == "ADD"
        (self._goods.take_out if out else self._goods.put)(parent, children, amounts)
        packing = self._packing(event, parent, children, amounts, out=out)
        self.deeds.append(replace(packing, fingerprint=print_, takes_back=entries))

    def _inside(self, event: Event) -> tuple[str, tuple[str, ...], tuple[LotGoods, ...]]:
        """What an event puts into what, or takes out of it."""
        parent = epc.canonical(event.parent or "")
        if not _CONTAINER.match(parent):
            reason = f"'{parent[:80]}' is no case or pallet here; name it by sscc or sgtin."
            raise RefusalError("PARENT_UNKNOWN", reason)
        children = tuple(epc.canonical(code) for code in event.children)
        return parent, children, summed(map(amount, event.child_quantities))

    def _packing(
        self,
        event: Event,
        parent: str,
        children: Sequence[str],
        amounts: Sequence[LotGoods],
        *,
        out: bool,
    ) -> Packing:
        containers = self._goods.containers_among(children)
        packs = [code for code in children if code not in containers]
        inner = tuple(Inner(one, self._goods.known_among([one])) for one in containers)
        empty = (one.container for one in inner if not one.goods)
        return Packing(
            event=event.position,
            at=time_of(event),
            fingerprint=self._prints[event.position],
            goods=(*self._goods.known_among(packs), *amounts),
            container=parent,
            inner=inner,
            unknown=(*self._goods.unknown_among(packs), *empty),
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
                order=document_number(event.biz_transactions, "po"),
                despatch_advice=document_number(event.biz_transactions, "desadv"),
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


def _withdrawal(
    event: Event, error: ErrorDeclaration, entries: tuple[str, ...], print_: str
) -> Withdrawal:
    return Withdrawal(
        event=event.position,
        at=time_of(event),
        fingerprint=print_,
        goods=(),
        declared=error.time.astimezone(UTC),
        reason=error.reason,
        entries=entries,
    )


def _noted(code: str, reason: str) -> _Taken:
    return Answer.ACCEPTED, code, reason


def _transaction(_: Event) -> _Taken:
    return _noted("DOCUMENT_LINK", "It links goods to business documents.")


def _association(_: Event) -> _Taken:
    return _noted("ASSET", "It is about equipment, not about medicines.")
