"""One deed of a partner's file as entries: an entry for each lot that the party may sign about.

Nonces come from what an event says, so that the same event makes no second entry, in whatever file
it comes; what was refused the first time is tried again.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from ledger.core.statement import Attachment
from supplychain.domain.conditions_claim import ConditionsClaim, NoReadings
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import Expiry, LotKey
from supplychain.domain.outputs import State
from supplychain.domain.products import Product
from supplychain.domain.profiles import profile
from supplychain.domain.statements import (
    Decommission,
    Destroy,
    Dispense,
    LotRegister,
    LotStatement,
    Receive,
    Sample,
    Ship,
    Void,
)
from supplychain.formats.lot_deeds import Birth, Deed, Ending, HandOff, LotGoods
from supplychain.queries import organisations
from supplychain.queries.containers import inside, those_with
from supplychain.queries.lot_lines import LotLine, lot_line
from supplychain.queries.packs import is_serialised, places_of
from supplychain.queries.stock import InTransit, in_transit, inbound_to, outbound_of
from supplychain.recording.catalogue import put_product
from supplychain.recording.choosing import chosen, registered
from supplychain.recording.retries import recorded_before
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded

_NOT_STATED = "not stated"
_ENDINGS = {"destroying": Destroy, "decommissioning": Decommission, "sampling": Sample}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file and who reads it. `seed` is secret and random: salts come from it."""

    party: str
    file: Attachment
    profile: str
    seed: bytes
    at: datetime

    def nonce(self, deed: Deed, lot: LotKey, *more: object) -> bytes:
        """The nonce of the entry that says what a deed did to a lot."""
        return self.nonce_of(lot, deed.fingerprint, *more)

    def nonce_of(self, lot: LotKey, *said: object) -> bytes:
        """The nonce of the entry that says this about a lot."""
        words = ["unbroken-import/v2", self.party, lot.stream, *map(str, said)]
        return sha256("\n".join(words).encode()).digest()[:16]

    def salt(self, nonce: bytes) -> bytes:
        """The salt of the sealed member of the entry with this nonce."""
        return sha256(self.seed + nonce).digest()[:16]

    def secret(self, lot: LotKey) -> bytes:
        """The secret of a lot's packs."""
        return sha256(b"packs\n" + self.seed + lot.stream.encode()).digest()


def entries_of(source: Source, deed: Birth | HandOff | Ending) -> Iterator[Recorded]:
    """Sign for each lot of a deed what the party may sign. Raises LedgerError or RuleBroken."""
    for goods in deed.goods:
        match deed:
            case Birth():
                yield _register(source, deed, goods)
            case HandOff(step="shipping"):
                yield _ship(source, deed, goods)
            case HandOff(step="void_shipping"):
                yield from _void(source, deed, goods)
            case HandOff():
                yield from _receive(source, deed, goods)
            case Ending():
                yield _end(source, deed, goods)


def _once(source: Source, deed: Deed, lot: LotKey, act: Callable[[bytes], Recorded]) -> Recorded:
    nonce = source.nonce(deed, lot)
    return recorded_before(source.party, lot.stream, nonce) or act(nonce)


def _sign(
    source: Source,
    deed: Deed,
    said: LotStatement,
    lot: LotKey,
    nonce: bytes,
    consumes: Sequence[OutputRef] = (),
    packs: PackLists | None = None,
) -> Recorded:
    draft = Draft(
        party=source.party,
        stream=lot.stream,
        said=said,
        at=deed.at,
        nonce=nonce,
        consumes=consumes,
        salts=(source.salt(nonce),),
        attachments=(source.file,),
        packs=packs or PackLists(),
    )
    return sign_and_record(draft, arrival=source.at)


# --- births -----------------------------------------------------------------------------------


def _register(source: Source, birth: Birth, goods: LotGoods) -> Recorded:
    line = lot_line(goods.lot)
    if line is not None:
        _prove_same(line, birth, goods)
        return Recorded(line.entry_id, goods.lot.stream, known=True)
    said = LotRegister.of(
        maker=Gln.parse(source.party),
        lot=goods.lot.lot,
        product=_product(source, birth),
        expiry=Expiry(birth.expiry),
        quantity=goods.units,
    )
    lists = (
        PackLists({0: goods.serials}, secret=source.secret(goods.lot)) if goods.serials else None
    )
    nonce = source.nonce(birth, goods.lot)
    return _sign(source, birth, said, goods.lot, nonce, packs=lists)


def _prove_same(line: LotLine, birth: Birth, goods: LotGoods) -> None:
    """That a lot which stands is the one of the file: same expiry, and its packs among them."""
    if line.expiry.on != birth.expiry:
        message = f"{goods.lot} stands with expiry {line.expiry.on}, not {birth.expiry}."
        raise RuleBroken("R1", "BORN_TWICE", message, conflict=True)
    stream = stream_id(goods.lot.stream)
    if is_serialised(stream) != bool(goods.serials):
        message = f"{goods.lot} stands, and not with the same kind of packs."
        raise RuleBroken("R1", "BORN_TWICE", message, conflict=True)
    if goods.serials and set(goods.serials) - places_of(stream, goods.serials).keys():
        message = f"{goods.lot} stands, and without some of these packs; a lot is born once."
        raise RuleBroken("R1", "BORN_TWICE", message, conflict=True)
    if not goods.serials and line.registered != goods.units:
        message = f"{goods.lot} stands with {line.registered} units, not {goods.units}."
        raise RuleBroken("R1", "BORN_TWICE", message, conflict=True)


def _product(source: Source, birth: Birth) -> Product:
    """The product as the catalogue has it, else as the file's master data describe it."""
    gtin = birth.lot.gtin
    known = organisations.product(str(gtin))
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


# --- hand-offs --------------------------------------------------------------------------------


def _ship(source: Source, deed: HandOff, goods: LotGoods) -> Recorded:
    def act(nonce: bytes) -> Recorded:
        line, serials = registered(goods.lot), goods.serials or None
        choice = chosen(source.party, goods.lot, goods.units, serials)
        if deed.receiver is None:
            raise RuleBroken("R3", "RECEIVER_UNKNOWN", "It does not say to whom.")
        said = Ship.of(
            giver=Gln.parse(source.party),
            receiver=deed.receiver,
            quantity=goods.units,
            rest=choice.rest,
            shipment=_shipment(deed),
            conditions=_no_readings(line.profile),
            order=deed.order,
        )
        lists = _lists(serials, choice.rest)
        return _sign(source, deed, said, goods.lot, nonce, choice.consumes, lists)

    return _once(source, deed, goods.lot, act)


def _lists(serials: Sequence[Serial] | None, rest: int) -> PackLists:
    """The packs that move, by name only where others stay."""
    return PackLists.first(serials if rest else None)


def _shipment(deed: HandOff) -> str:
    return deed.despatch_advice or f"event {deed.fingerprint[:16]}"


def _no_readings(profile_id: str) -> ConditionsClaim:
    monitored = profile(profile_id).monitored
    return ConditionsClaim(none=NoReadings.LOGGER_MISSING if monitored else NoReadings.NOT_REQUIRED)


def _void(source: Source, deed: HandOff, goods: LotGoods) -> Iterator[Recorded]:
    def act(journey: InTransit, some: LotGoods, nonce: bytes) -> Recorded:
        if some.units != journey.quantity:
            message = f"It takes back {some.units} of {journey.quantity} packs; void all of them."
            raise RuleBroken("R7", "VOID_IN_PART", message)
        said = Void.of(
            giver=Gln.parse(source.party),
            dispatch=journey.dispatch,
            quantity=journey.quantity,
            reason="void_shipping",
        )
        return _sign(source, deed, said, goods.lot, nonce, (journey.output,))

    return _each_journey(source, deed, goods, act)


def _receive(source: Source, deed: HandOff, goods: LotGoods) -> Iterator[Recorded]:
    def act(journey: InTransit, some: LotGoods, nonce: bytes) -> Recorded:
        said = Receive.of(
            giver=Gln.parse(journey.giver),
            receiver=Gln.parse(source.party),
            accepted=some.units,
            damaged=0,
            missing=journey.quantity - some.units,
            shipment=journey.shipment,
            conditions=_no_readings(journey.lot.profile),
            containers=_labels(deed, some),
        )
        lists = _lists(some.serials or None, journey.quantity - some.units)
        return _sign(source, deed, said, goods.lot, nonce, (journey.output,), lists)

    return _each_journey(source, deed, goods, act)


def _labels(deed: HandOff, goods: LotGoods) -> tuple[Container, ...]:
    """The containers that an event names instead of these packs: what is in them is inferred."""
    named = [Container(one) for one in deed.containers]
    here = set(goods.serials)
    packed = (one for one in inside(named) if one.lot == goods.lot and one.serial in here)
    return those_with(named, packed) if named else ()


def _each_journey(
    source: Source,
    deed: HandOff,
    goods: LotGoods,
    act: Callable[[InTransit, LotGoods, bytes], Recorded],
) -> Iterator[Recorded]:
    """Sign for each dispatch that the goods are on, unless that was done before.

    Raises RuleBroken NOT_IN_TRANSIT when some of them are on none.
    """
    before = list(_before(source, deed, goods.lot))
    if before:
        yield from before
        return
    ways = _named_journeys(goods) if goods.serials else _counted_journeys(source, deed, goods)
    for number, (journey, some) in enumerate(ways):
        yield act(journey, some, source.nonce(deed, goods.lot, number))


def _before(source: Source, deed: Deed, lot: LotKey) -> Iterator[Recorded]:
    for number in itertools.count():
        known = recorded_before(source.party, lot.stream, source.nonce(deed, lot, number))
        if known is None:
            return
        yield known


def _named_journeys(goods: LotGoods) -> list[tuple[InTransit, LotGoods]]:
    """The dispatches that these packs are on, and which of them are on each."""
    places = places_of(stream_id(goods.lot.stream), goods.serials)
    by_ref: dict[OutputRef, list[Serial]] = {}
    for serial in goods.serials:
        if serial not in places or places[serial].state != State.IN_TRANSIT.value:
            raise _not_in_transit(f"Pack {serial} of {goods.lot} is not on the way.")
        by_ref.setdefault(places[serial].ref, []).append(serial)
    found = [(in_transit(goods.lot, ref), tuple(by_ref[ref])) for ref in sorted(by_ref)]
    return [(way, LotGoods(goods.lot, serials)) for way, serials in found if way is not None]


def _counted_journeys(
    source: Source, deed: HandOff, goods: LotGoods
) -> list[tuple[InTransit, LotGoods]]:
    """The one dispatch of the party's that units without serials can be on."""
    void = deed.step == "void_shipping"
    ways = outbound_of(source.party) if void else inbound_to(source.party)
    for way in ways:
        numbered = deed.despatch_advice in (None, way.shipment)
        if way.lot.key == goods.lot and numbered and way.quantity >= goods.units:
            return [(way, goods)]
    raise _not_in_transit(f"No dispatch of {goods.units} units of {goods.lot} is on the way.")


def _not_in_transit(message: str) -> RuleBroken:
    return RuleBroken("R3", "NOT_IN_TRANSIT", message, conflict=True)


# --- endings ----------------------------------------------------------------------------------


def _end(source: Source, deed: Ending, goods: LotGoods) -> Recorded:
    def act(nonce: bytes) -> Recorded:
        serials = goods.serials or None
        choice = chosen(source.party, goods.lot, goods.units, serials)
        said = _ended(source, deed.step, goods.units, choice.rest)
        lists = _lists(serials, choice.rest)
        return _sign(source, deed, said, goods.lot, nonce, choice.consumes, lists)

    return _once(source, deed, goods.lot, act)


def _ended(source: Source, step: str, units: int, rest: int) -> LotStatement:
    holder = Gln.parse(source.party)
    if step == "dispensing":
        return Dispense.of(holder=holder, quantity=units, rest=rest)
    kind = _ENDINGS[step]
    return kind.of(holder=holder, quantity=units, rest=rest, reason=step)
