"""Bring a lot into the world."""

from collections.abc import Sequence
from datetime import date, datetime

from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Gtin, LotNumber, Serial
from supplychain.domain.lots import Expiry, LotKey
from supplychain.domain.products import Product
from supplychain.domain.statements import LotRegister
from supplychain.queries import organisations
from supplychain.queries.descent import origin_of
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


def register_lot(
    *,
    party: str,
    gtin: str,
    lot: str,
    quantity: int,
    expiry: date,
    expiry_zone: str,
    at: datetime,
    nonce: bytes,
    packs: Sequence[Serial] | None = None,
    secret: bytes | None = None,
) -> Recorded:
    """Register a lot of a product of the catalogue: the party then holds all of it.

    Where units of other lots were transformed into this one, its birth says so.
    With `packs`, their serial numbers, each unit is a pack of its own; the salts of their set come
    from `secret`, 32 random bytes.
    Raises Invalid, RuleBroken (PRODUCT_UNKNOWN, BORN_TWICE, GTIN_NOT_YOURS, …) or LedgerError.
    """
    key = LotKey(Gtin.parse(gtin), LotNumber.parse(lot))

    def act() -> Recorded:
        product = _product(key.gtin)
        said = LotRegister.of(
            maker=Gln.parse(party),
            lot=key.lot,
            product=product,
            expiry=Expiry(expiry, expiry_zone),
            quantity=quantity,
            origin=origin_of(key, product.profile),
        )
        lists = PackLists({0: tuple(packs)}, secret=secret) if packs is not None else PackLists()
        return sign_and_record(
            Draft(party=party, stream=key.stream, said=said, at=at, nonce=nonce, packs=lists)
        )

    return once(party, key.stream, nonce, act)


def _product(gtin: Gtin) -> Product:
    found = organisations.product(str(gtin))
    if found is None:
        message = f"GTIN {gtin} is not in the catalogue: register the product first."
        raise RuleBroken("R1", "PRODUCT_UNKNOWN", message)
    return Product(gtin, found.name, found.strength, found.form, found.profile)
