"""One deed of a partner's file as entries: an entry for each lot that the party may sign about."""

from collections.abc import Iterator

from ledger.core.entry import stream_id
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import Expiry
from supplychain.domain.products import Product
from supplychain.domain.statements import (
    Decommission,
    Destroy,
    Dispense,
    LotRegister,
    LotStatement,
    Sample,
)
from supplychain.formats.lot_deeds import (
    Birth,
    Ending,
    HandOff,
    LotGoods,
    SignedDeed,
    Transformation,
    Withdrawal,
)
from supplychain.queries import organisations
from supplychain.queries.descent import origin_of
from supplychain.queries.lot_lines import LotLine, lot_line
from supplychain.queries.packs import is_serialised, places_of
from supplychain.recording.catalogue import put_product
from supplychain.recording.choosing import chosen
from supplychain.recording.import_hand_offs import handed
from supplychain.recording.import_source import Source, lists_of, once, sign
from supplychain.recording.import_transformations import use_up
from supplychain.recording.import_withdrawals import take_back
from supplychain.recording.submissions import PackLists, Recorded

_NOT_STATED = "not stated"
_ENDINGS = {"destroying": Destroy, "decommissioning": Decommission, "sampling": Sample}


def entries_of(source: Source, deed: SignedDeed) -> Iterator[Recorded]:
    """Sign for each lot of a deed what the party may sign. Raises LedgerError or RuleBroken."""
    match deed:
        case Birth():
            yield from (_register(source, deed, goods) for goods in deed.goods)
        case HandOff():
            yield from handed(source, deed)
        case Ending():
            yield from (_end(source, deed, goods) for goods in deed.goods)
        case Transformation():
            yield from use_up(source, deed)
            yield from (_register(source, birth, birth.goods[0]) for birth in deed.births)
        case Withdrawal():
            yield from take_back(source, deed)


def _register(source: Source, birth: Birth, goods: LotGoods) -> Recorded:
    line = lot_line(goods.lot)
    if line is not None:
        _prove_same(line, birth, goods)
        return Recorded(line.entry_id, goods.lot.stream, known=True)
    product = _product(source, birth)
    said = LotRegister.of(
        maker=Gln.parse(source.party),
        lot=goods.lot.lot,
        product=product,
        expiry=Expiry(birth.expiry),
        quantity=goods.units,
        origin=origin_of(goods.lot, product.profile),
    )
    lists = (
        PackLists({0: goods.serials}, secret=source.secret(goods.lot)) if goods.serials else None
    )
    nonce = source.nonce(birth, goods.lot)
    return sign(source, birth, said, goods.lot, nonce, packs=lists)


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


def _end(source: Source, deed: Ending, goods: LotGoods) -> Recorded:
    def act(nonce: bytes) -> Recorded:
        serials = goods.serials or None
        choice = chosen(source.party, goods.lot, goods.units, serials)
        said = _ended(source, deed.step, goods.units, choice.rest)
        lists = lists_of(serials, choice.rest)
        return sign(source, deed, said, goods.lot, nonce, choice.consumes, lists)

    return once(source, deed, goods.lot, act)


def _ended(source: Source, step: str, units: int, rest: int) -> LotStatement:
    holder = Gln.parse(source.party)
    if step == "dispensing":
        return Dispense.of(holder=holder, quantity=units, rest=rest)
    kind = _ENDINGS[step]
    return kind.of(holder=holder, quantity=units, rest=rest, reason=step)
