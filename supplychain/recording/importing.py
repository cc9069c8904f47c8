"""From what a partner's file says to entries that the importing party can sign.

Nonces come from the file's hash and the place in it, so that a file read again makes no second
entry; what was refused the first time is tried again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256

from ledger.core.errors import LedgerError
from ledger.core.statement import Attachment
from supplychain.domain.conditions_claim import ConditionsClaim, NoReadings
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import Expiry, LotKey
from supplychain.domain.products import Product
from supplychain.domain.profiles import profile
from supplychain.domain.statements import LotRegister, Ship
from supplychain.formats.lot_story import Answer, EventAnswer, LotBirth, LotStory, Shipment
from supplychain.queries import organisations
from supplychain.queries.stock import parcels
from supplychain.recording.catalogue import put_product
from supplychain.recording.choosing import enough, registered
from supplychain.recording.retries import recorded_before
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import Recorded

_NOT_STATED = "not stated"
_TO_DO = {
    "RECEIVER_UNKNOWN": "Have the receiver admitted, then import the file again.",
    "NO_CUSTODIAL_KEY": "Have a key kept here for the party, then import the file again.",
    "PRODUCT_UNKNOWN": "Register the product, then import the file again.",
}


@dataclass(frozen=True, slots=True)
class EventReport:
    """What became of one event: used, kept or refused, and why; the entries that it led to."""

    number: int
    what: str
    outcome: str
    code: str
    reason: str
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file and who reads it. `seed` is secret and random: the salts come from it."""

    party: str
    file: Attachment
    profile: str
    seed: bytes
    at: datetime

    def nonce(self, *place: object) -> bytes:
        """The nonce of the entry for one place in the file."""
        words = "\n".join(["unbroken-import/v1", self.party, self.file.sha256, *map(str, place)])
        return sha256(words.encode()).digest()[:16]

    def salt(self, *place: object) -> bytes:
        """The salt of the sealed member for one place in the file."""
        return sha256(self.seed + self.nonce(*place)).digest()[:16]


def tell(source: Source, story: LotStory) -> tuple[EventReport, ...]:
    """Sign what the party may sign, births before dispatches, and report every event."""
    reports = {answer.position: _report(answer) for answer in story.answers}
    for birth in story.births:
        said = _attempt([birth.lot], partial(_register, source, birth))
        for number in birth.events:
            reports[number] = _with(reports[number], said)
    for shipment in story.shipments:
        reports[shipment.event] = _shipped(source, shipment, reports[shipment.event])
    return tuple(reports[number] for number in sorted(reports))


def _shipped(source: Source, shipment: Shipment, report: EventReport) -> EventReport:
    if str(shipment.giver) != source.party:
        reason = f"It says what {shipment.giver} did, and only {shipment.giver} can sign that."
        return replace(report, outcome=Answer.KEPT.value, code="NOT_THE_GIVER", reason=reason)
    units = dict(shipment.lots)
    said = _attempt(units, partial(_dispatch, source, shipment, units))
    return _with(report, said)


@dataclass(frozen=True, slots=True)
class _Said:
    entries: tuple[str, ...]
    refusal: LedgerError | RuleBroken | None = None


def _attempt(lots: Iterable[LotKey], sign: Callable[[LotKey], Recorded]) -> _Said:
    """Sign for each lot until one is refused."""
    entries: list[str] = []
    for lot in lots:
        try:
            entries.append(sign(lot).entry_id)
        except (LedgerError, RuleBroken) as refusal:
            return _Said(tuple(entries), refusal)
    return _Said(tuple(entries))


def _with(report: EventReport, said: _Said) -> EventReport:
    if said.refusal is None:
        return replace(report, entries=said.entries)
    code = said.refusal.code
    reason = " ".join(filter(None, (said.refusal.message, _TO_DO.get(code))))
    return replace(
        report, outcome=Answer.REFUSED.value, code=code, reason=reason, entries=said.entries
    )


def _report(answer: EventAnswer) -> EventReport:
    return EventReport(
        answer.position, answer.event, answer.answer.value, answer.code, answer.reason
    )


def _register(source: Source, birth: LotBirth, lot: LotKey) -> Recorded:
    nonce = source.nonce("birth", lot)
    known = recorded_before(source.party, lot.stream, nonce)
    if known is not None:
        return known
    said = LotRegister.of(
        maker=Gln.parse(source.party),
        lot=lot.lot,
        product=_product(source, birth),
        expiry=Expiry(birth.expiry),
        quantity=birth.units,
    )
    return sign_and_record(
        Draft(
            party=source.party,
            stream=lot.stream,
            said=said,
            at=birth.at,
            nonce=nonce,
            attachments=(source.file,),
        ),
        arrival=source.at,
    )


def _product(source: Source, birth: LotBirth) -> Product:
    """The product as the catalogue has it, else as the file's master data describe it."""
    known, gtin = organisations.product(str(birth.lot.gtin)), birth.lot.gtin
    if known is not None:
        return Product(gtin, known.name, known.strength, known.form, known.profile)
    if birth.product is None or not birth.product.name:
        message = f"GTIN {gtin} is not in the catalogue, and the file does not describe it."
        raise RuleBroken("R1", "PRODUCT_UNKNOWN", message)
    strength = birth.product.strength or _NOT_STATED
    form = birth.product.form or _NOT_STATED
    described = Product(gtin, birth.product.name, strength, form, source.profile)
    put_product(source.party, described)
    return described


def _dispatch(
    source: Source, shipment: Shipment, units: Mapping[LotKey, int], lot: LotKey
) -> Recorded:
    place = ("shipment", shipment.event, lot)
    known = recorded_before(source.party, lot.stream, source.nonce(*place))
    if known is not None:
        return known
    line = registered(lot)
    chosen = enough(parcels(source.party, lot), units[lot])
    monitored = profile(line.profile).monitored
    reason = NoReadings.LOGGER_MISSING if monitored else NoReadings.NOT_REQUIRED
    said = Ship.of(
        giver=shipment.giver,
        receiver=shipment.receiver,
        quantity=units[lot],
        rest=chosen.rest,
        shipment=shipment.despatch_advice or f"event {shipment.event}",
        conditions=ConditionsClaim(none=reason),
        order=shipment.order,
    )
    return sign_and_record(
        Draft(
            party=source.party,
            stream=lot.stream,
            said=said,
            at=shipment.at,
            nonce=source.nonce(*place),
            consumes=chosen.consumes,
            salts=(source.salt(*place),),
            attachments=(source.file,),
        ),
        arrival=source.at,
    )
