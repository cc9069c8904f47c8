"""Which packs of which lots an event is about, while the events of a file are followed.

A GTIN that holds others anywhere in the document is packaging, and so are containers (SSCC): they
carry packs and are none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gtin, Serial
from supplychain.domain.lots import LotKey
from supplychain.formats import epc
from supplychain.formats.epcis_document import Event, Kind, Quantity
from supplychain.formats.lot_deeds import Known, LotGoods
from supplychain.formats.packing import Packing, RefusalError

_VALUE = attrgetter("value")
_COUNTED_IN = ("", "EA", "H87")  # pieces, in the units of UN/CEFACT recommendation 20


class Goods:
    """The packs and their packing as they stand after the events so far."""

    def __init__(self, events: Sequence[Event], known: Known) -> None:
        self.packing = Packing()
        self._lots = dict(known.lots)
        self._amounts = {code: dict(units) for code, units in known.amounts.items()}
        self._packaging = frozenset(_packaging(events))
        for child, parent in known.parents.items():
            self.packing.put(parent, [child])

    def born(self, goods: LotGoods) -> set[str]:
        """Take packs into account that are born now; return their canonical codes."""
        start = f"01/{goods.lot.gtin}/21/"
        born = {f"{start}{serial}": goods.lot for serial in goods.serials}
        self._lots |= born
        return set(born)

    def prove_lots(self, codes: Iterable[str], born_in: str = "") -> None:
        """That links which say a lot say that of their packs, or of what is `born_in` one now."""
        for code in codes:
            said = epc.lot_in(code)
            known = self._lots.get(epc.canonical(code)) if said else None
            lot = str(known.lot) if known else born_in
            if said and lot not in ("", said):
                reason = f"'{code[:80]}' says lot {said}, and the pack is of lot {lot}."
                raise RefusalError("LOT_DIFFERS", reason)

    def is_packaging(self, gtin: Gtin) -> bool:
        """Whether packs of this GTIN hold others in the document."""
        return gtin in self._packaging

    def containers_among(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Return those of the codes that are containers, or hold others."""
        holders = self.packing.children
        return tuple(
            code
            for code in codes
            if holders.get(code) or self._amounts.get(code) or code.startswith("00/")
        )

    def put(self, parent: str, children: Sequence[str], amounts: Sequence[LotGoods]) -> None:
        """Pack children and units without serial numbers; RefusalError when that cannot be."""
        self.packing.put(parent, children)
        inside = self._amounts.setdefault(parent, {})
        for one in amounts:
            inside[one.lot] = inside.get(one.lot, 0) + one.amount

    def take_out(self, parent: str, children: Sequence[str], amounts: Sequence[LotGoods]) -> None:
        """Unpack children and units; RefusalError if they are not inside."""
        inside = self._amounts.get(parent, {})
        for one in amounts:
            if one.amount > inside.get(one.lot, 0):
                found = inside.get(one.lot, 0)
                reason = f"{found} units of {one.lot} are known to be in '{parent}', no more."
                raise RefusalError("NOT_INSIDE", reason)
        if children:
            self.packing.take_out(parent, children)
        for one in amounts:
            inside[one.lot] -= one.amount

    def directly_in(self, parent: str) -> tuple[LotGoods, ...]:
        """Return the units without serial numbers directly in a container."""
        inside = self._amounts.get(parent, {})
        return tuple(LotGoods(lot, amount=count) for lot, count in inside.items() if count)

    def named(self, event: Event) -> tuple[LotGoods, ...]:
        """Return all goods that an event names, those inside containers included."""
        codes = [epc.canonical(code) for code in event.epcs]
        self._prove_loose(codes)
        amounts = [amount(one) for one in event.quantities]
        goods = self.inside(codes, amounts)
        if not goods:
            raise RefusalError("NOTHING_NAMED", "It names no goods.")
        return goods

    def inside(
        self, codes: Sequence[str], amounts: Sequence[LotGoods] = ()
    ) -> tuple[LotGoods, ...]:
        """Return the packs that these codes are or hold, by lot in the order of lots."""
        packs: dict[str, LotKey] = {}
        for code in codes:
            for pack in self.packing.innermost(code):
                if not self.directly_in(pack):
                    packs[pack] = self._known(pack, packs)
        units = summed([*amounts, *self._units_in(codes)])
        return _in_order([*_by_lot(packs), *units])

    def known_among(self, codes: Iterable[str]) -> tuple[LotGoods, ...]:
        """Return the packs that these codes are or hold, but for those that nobody commissioned."""
        named = tuple(codes)
        packs = [pack for code in named for pack in self.packing.innermost(code)]
        known = _by_lot({pack: lot for pack in packs if (lot := self._lots.get(pack))})
        return (*known, *summed(self._units_in(named)))

    def unknown_among(self, codes: Iterable[str]) -> tuple[str, ...]:
        """Return those of the packs' codes that nobody commissioned."""
        return tuple(code for code in codes if code not in self._lots)

    def _units_in(self, codes: Sequence[str]) -> Iterator[LotGoods]:
        """What has no serial number in these containers, at whatever depth."""
        if len(set(codes)) < len(codes):
            raise RefusalError("NAMED_TWICE", "A code is named twice.")
        if any(self._amounts.values()):
            for code in codes:
                for one in self.packing.every(code):
                    yield from self.directly_in(one)

    def _known(self, pack: str, so_far: dict[str, LotKey]) -> LotKey:
        if pack in so_far:
            raise RefusalError("NAMED_TWICE", f"'{pack}' is named twice.")
        lot = self._lots.get(pack)
        if lot is None:
            reason = f"Nobody has commissioned '{pack}', or said what is in it; send that with it."
            raise RefusalError("CONTENTS_UNKNOWN", reason)
        return lot

    def _prove_loose(self, codes: Iterable[str]) -> None:
        for code in codes:
            inside = self.packing.parents.get(code)
            if inside is not None:
                reason = f"'{code}' is packed in '{inside}' and does not move alone; unpack first."
                raise RefusalError("PACKED", reason)


def summed(amounts: Iterable[LotGoods]) -> tuple[LotGoods, ...]:
    """Return units without serial numbers with each lot once."""
    found: dict[LotKey, int] = {}
    for one in amounts:
        found[one.lot] = found.get(one.lot, 0) + one.amount
    return tuple(LotGoods(lot, amount=count) for lot, count in found.items())


def _in_order(goods: Sequence[LotGoods]) -> tuple[LotGoods, ...]:
    """Return goods by lot; RefusalError for a lot that is there by serial numbers and by amount."""
    if len({one.lot for one in goods}) < len(goods):
        reason = "It names packs of a lot and counts that lot too; say one or the other."
        raise RefusalError("SERIALS_DIFFER", reason)
    return tuple(sorted(goods, key=lambda one: one.lot))


def _by_lot(packs: Mapping[str, LotKey]) -> tuple[LotGoods, ...]:
    by_lot: dict[LotKey, list[Serial]] = {}
    last: LotKey | None = None
    serials: list[Serial] = []
    for pack, lot in packs.items():
        if lot is not last:  # a run of packs is of one lot, whose hash is slow
            last, serials = lot, by_lot.setdefault(lot, [])
        serials.append(serial_of(pack))
    return tuple(LotGoods(lot, tuple(sorted(some, key=_VALUE))) for lot, some in by_lot.items())


def amount(one: Quantity) -> LotGoods:
    """Return units of a lot whose packs have no serials."""
    try:
        lot = epc.lot(one.epc_class)
    except Invalid as error:
        message = f"{error.message} An amount needs the code of a lot."
        raise RefusalError("LOT_MISSING", message) from None
    units = one.quantity
    if units is None or units != units.to_integral_value() or not Decimal(1) <= units < 10**12:
        raise RefusalError("QUANTITY_WRONG", f"Expected whole units of {lot}, got {units}.")
    if one.uom not in _COUNTED_IN:
        raise RefusalError(
            "QUANTITY_WRONG", f"Expected units of {lot} by the piece, got {one.uom}."
        )
    return LotGoods(lot, amount=int(units))


@lru_cache(32_768)  # a pack is born, packed and sent off in one file
def serial_of(pack: str) -> Serial:
    """Return the serial in the canonical code of a pack."""
    return Serial(pack.split("/", 3)[3])


def _packaging(events: Iterable[Event]) -> Iterable[Gtin]:
    for event in events:
        packs = event.kind is Kind.AGGREGATION and event.action == "ADD" and not event.fault
        if packs and event.parent:
            key = epc.parse(event.parent)
            if isinstance(key, epc.SerialItem):
                yield key.gtin
