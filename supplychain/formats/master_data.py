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


def _product(gtin: Gtin, code: str, known: Mapping[str, str]) -> ProductRecord:
    urn = code.startswith(epc.IDPAT_SGTIN)
    return ProductRecord(
        gtin=gtin,
        prefix=code.removeprefix(epc.IDPAT_SGTIN).partition(".")[0] if urn else "",
        name=known.get("regulatedProductName", ""),
        strength=known.get("strengthDescription", ""),
        form=known.get("dosageFormType", ""),
        maker=known.get("manufacturerOfTradeItemPartyName", ""),
        content=known.get("netContentDescription", ""),
        national_code=known.get("additionalTradeItemIdentification", ""),
    )


def _party(gln: Gln, known: Mapping[str, str]) -> PartyRecord:
    streets = (known.get("streetAddressOne", ""), known.get("streetAddressTwo", ""))
    return PartyRecord(
        gln=gln,
        name=known.get("name", ""),
        street=", ".join(filter(None, streets)),
        city=known.get("city", ""),
        state=known.get("state", ""),
        postal_code=known.get("postalCode", ""),
        country=known.get("countryCode", ""),
    )
