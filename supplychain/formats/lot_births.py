"""Commissioning: which packs of which lots are born, event by event; a lot is born once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gtin, LotNumber, Serial
from supplychain.domain.lots import Expiry, LotKey
from supplychain.formats import epc
from supplychain.formats.epcis_document import UNDATED, Document, Event
from supplychain.formats.lot_deeds import Birth, LotGoods
from supplychain.formats.lot_goods import Goods, amount, serial_of
from supplychain.formats.packing import RefusalError


@dataclass
class _Lot:
    at: datetime
    expiry: date
    serials: list[Serial] = field(default_factory=list)
    amount: int = 0
    events: list[int] = field(default_factory=list)
    fingerprints: list[str] = field(default_factory=list)


class Births:
    """The lots that a document brings."""

    def __init__(self, document: Document, goods: Goods) -> None:
        self._products = {product.gtin: product for product in document.products}
        self._goods = goods
        self._lots: dict[LotKey, _Lot] = {}
        self._named: set[str] = set()

    def take(self, event: Event, fingerprint: str) -> tuple[str, str]:
        """Take a commissioning event; return code and sentence, or raise RefusalError."""
        lots = self.lots(event)
        if not lots:
            reason = f"{len(event.epcs)} cases and containers: they hold packs and are none."
            return "PACKAGING", reason
        for one in lots:
            self._add(event, one, fingerprint)
        units = sum(one.units for one in lots)
        return "BIRTH", f"{units} packs of lot {lots[0].lot.lot}, good until {event.expiry}."

    def lots(self, event: Event) -> list[LotGoods]:
        """Return what an event brings of each lot, nothing where it names cases and containers.

        Raises RefusalError for what cannot be born.
        """
        codes = [epc.canonical(code) for code in event.epcs]
        _prove_named(codes)
        packs = {code: gtin for code in codes if (gtin := self._pack(code)) is not None}
        if not packs and not event.quantities:
            return []
        if len(set(codes)) < len(codes) or not self._named.isdisjoint(packs):
            raise RefusalError("BORN_TWICE", "A pack is commissioned twice; a pack is born once.")
        lots = [*self._serialised(event, packs), *self._counted(event)]
        if len({one.lot for one in lots}) < len(lots):
            raise RefusalError("SERIALS_DIFFER", "It counts a lot twice, or packs with serials.")
        for one in lots:
            self._prove(one, _expiry(event))
        return lots

    def alone(self, event: Event, made: Sequence[LotGoods], fingerprint: str) -> tuple[Birth, ...]:
        """Return the births of lots that this event makes of others; nothing is added to them."""
        for one in made:
            if one.lot in self._lots:
                raise RefusalError("BORN_TWICE", f"{one.lot} is commissioned too; it is born once.")
        for one in made:
            self._add(event, one, fingerprint)
        return tuple(self._deed(one.lot, self._lots.pop(one.lot)) for one in made)

    def deeds(self) -> list[Birth]:
        """Return the births, each at the time of its first event."""
        return [self._deed(key, lot) for key, lot in self._lots.items()]

    def _pack(self, code: str) -> Gtin | None:
        """Return the GTIN of a pack's canonical code, None for cases and containers."""
        if not code.startswith("01/"):
            return None
        gtin = Gtin(code.split("/", 2)[1])
        return None if self._goods.is_packaging(gtin) else gtin

    def _serialised(self, event: Event, packs: Mapping[str, Gtin]) -> Iterator[LotGoods]:
        if packs:
            number = _lot_text(event)
            by_gtin: dict[Gtin, list[Serial]] = {}
            for code, gtin in packs.items():
                by_gtin.setdefault(gtin, []).append(serial_of(code))
            for gtin, serials in by_gtin.items():
                yield LotGoods(LotKey(gtin, number), tuple(serials))

    def _counted(self, event: Event) -> Iterator[LotGoods]:
        yield from map(amount, event.quantities)

    def _prove(self, goods: LotGoods, expiry: date) -> None:
        before = self._lots.get(goods.lot)
        if before is None:
            return
        if before.expiry != expiry:
            reason = f"{goods.lot} is good until {before.expiry} in an earlier event."
            raise RefusalError("EXPIRY_DIFFERS", reason)
        if bool(before.amount) != bool(goods.amount):
            reason = (
                f"{goods.lot} has packs with serials and packs without; it is one or the other."
            )
            raise RefusalError("SERIALS_DIFFER", reason)

    def _add(self, event: Event, goods: LotGoods, fingerprint: str) -> None:
        lot = self._lots.setdefault(goods.lot, _Lot(time_of(event), _expiry(event)))
        lot.serials += goods.serials
        lot.amount += goods.amount
        lot.events.append(event.position)
        lot.fingerprints.append(fingerprint)
        self._named |= self._goods.born(goods)

    def _deed(self, key: LotKey, lot: _Lot) -> Birth:
        return Birth(
            event=lot.events[0],
            at=lot.at,
            fingerprint=lot.fingerprints[0],
            goods=(LotGoods(key, tuple(lot.serials), lot.amount),),
            expiry=lot.expiry,
            product=self._products.get(key.gtin),
            events=tuple(lot.events),
        )


def _prove_named(codes: Iterable[str]) -> None:
    """That every code names one thing: what nobody can read would be left out unsaid."""
    for code in codes:
        if not code.startswith(("01/", "00/", "urn:epc:id:")):
            reason = (
                f"'{code[:80]}' names no single pack, case or container; write it as sgtin or sscc,"
                " an amount of a lot in the quantityList."
            )
            raise RefusalError("CODE_UNKNOWN", reason)


def time_of(event: Event) -> datetime:
    """Return the time of an event, which it has when it has no fault."""
    return (event.time or UNDATED).astimezone(UTC)


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
