"""Master data in the header of an EPCIS file (CBV 2.0, section 9), and the DSCSA statement.

Of products and parties the first description counts; other vocabularies are passed over.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from supplychain.domain.identifiers import Gln, Gtin
from supplychain.formats import epc
from supplychain.formats.epcis_document import (
    Extension,
    PartyRecord,
    ProductRecord,
    TransactionStatement,
)
from supplychain.formats.epcis_values import TEXT_MAX
from supplychain.formats.errors import FormatError

DSCSA: Final = "http://epcis.gs1us.org/hc/ns"

_PRODUCT: Final = {
    "name": "regulatedProductName",
    "strength": "strengthDescription",
    "form": "dosageFormType",
    "maker": "manufacturerOfTradeItemPartyName",
    "content": "netContentDescription",
    "national_code": "additionalTradeItemIdentification",
}
_PARTY: Final = {
    "name": "name",
    "street": "streetAddressOne",
    "city": "city",
    "state": "state",
    "postal_code": "postalCode",
    "country": "countryCode",
}
_NAME_ENDS: Final = re.compile(r"[#/:]")


@dataclass(frozen=True)
class Element:
    """One described thing: its code, what is said of it by full names, and its place."""

    code: str
    attributes: Mapping[str, str]
    place: str


def read_elements(
    elements: Iterable[Element],
) -> tuple[tuple[ProductRecord, ...], tuple[PartyRecord, ...]]:
    """Return the products and the parties among what is described."""
    products: dict[Gtin, ProductRecord] = {}
    parties: dict[Gln, PartyRecord] = {}
    for one in elements:
        try:
            key = epc.parse(one.code)
        except FormatError as error:
            raise error.at(one.place) from None
        known = {last_part(name): text[:TEXT_MAX] for name, text in one.attributes.items()}
        if isinstance(key, Gtin):
            products.setdefault(key, _product(key, one.code, known))
        elif isinstance(key, Gln):
            parties.setdefault(key, _party(key, known))
    return tuple(products.values()), tuple(parties.values())


def partner(code: str, place: str) -> Gln | None:
    """Return who sends or receives, None when it is named in another scheme than GLN."""
    try:
        key = epc.parse(code)
    except FormatError as error:
        raise error.at(place) from None
    return key if isinstance(key, Gln) else None


def statement(header: Iterable[Extension]) -> TransactionStatement | None:
    """Return the transaction statement among the header's foreign members (GS1 US, R1.3)."""
    for one in header:
        if last_part(one.name) == "dscsaTransactionStatement":
            said = {last_part(part.name): part.text for part in one.inside}
            affirmed = said.get("affirmTransactionStatement") in ("true", "1")
            return TransactionStatement(affirmed, said.get("legalNotice", "")[:TEXT_MAX])
    return None


def last_part(name: str) -> str:
    """Return `city` of `urn:epcglobal:cbv:mda#city` and of `cbvmda:city`."""
    return _NAME_ENDS.split(name)[-1]


def said_of_product(one: ProductRecord) -> Mapping[str, str]:
    """Return what is said of a product, by the CBV's names."""
    return {name: getattr(one, member) for member, name in _PRODUCT.items()}


def said_of_party(one: PartyRecord) -> Mapping[str, str]:
    """Return what is said of a party, by the CBV's names."""
    return {name: getattr(one, member) for member, name in _PARTY.items()}


def _product(gtin: Gtin, code: str, known: Mapping[str, str]) -> ProductRecord:
    urn = code.startswith(epc.IDPAT_SGTIN)
    prefix = code.removeprefix(epc.IDPAT_SGTIN).partition(".")[0] if urn else ""
    said = {member: known.get(name, "") for member, name in _PRODUCT.items()}
    return ProductRecord(gtin, prefix, **said)


def _party(gln: Gln, known: Mapping[str, str]) -> PartyRecord:
    said = {member: known.get(name, "") for member, name in _PARTY.items()}
    streets = filter(None, (said.pop("street"), known.get("streetAddressTwo", "")))
    return PartyRecord(gln, street=", ".join(streets), **said)
