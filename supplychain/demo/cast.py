"""Who plays in the demonstration, and what they trade. Invented, but for two GLNs.

The prefix 952 is kept for demonstrations by GS1. The last two parties stand for the maker and the
buyer in GS1 US' own EPCIS example, so that its file can be imported.
"""

from dataclasses import dataclass
from typing import Final

from supplychain.domain.identifiers import Gln
from supplychain.domain.parties import Party, Role

PASSWORD: Final = "unbroken-demo"  # noqa: S105  shown on the start page; the site is on loopback
OPERATOR: Final = "operator"


def _party(gln: str, name: str, role: Role, *prefixes: str, country: str = "DE") -> Party:
    return Party(Gln.parse(gln), name, frozenset({role}), prefixes, country)


MAKER: Final = _party("9521101000016", "Alder Biologics", Role.MANUFACTURER, "9521101")
WHOLESALER: Final = _party("9521102000015", "Birch Wholesale", Role.WHOLESALER)
SECOND_WHOLESALER: Final = _party("9521103000014", "Cedar Distribution", Role.WHOLESALER)
PHARMACY: Final = _party("9521104000013", "Dogwood Pharmacy", Role.DISPENSER)
HOSPITAL: Final = _party("9521105000012", "Elm Hospital Pharmacy", Role.DISPENSER)
AUTHORITY: Final = _party("9521106000011", "Medicines Authority", Role.AUTHORITY)
EXAMPLE_MAKER: Final = _party(
    "0300011111116", "Example Maker (GS1 US)", Role.MANUFACTURER, "030001", country="US"
)
EXAMPLE_BUYER: Final = _party(
    "0399999999991", "Example Wholesaler (GS1 US)", Role.WHOLESALER, country="US"
)
#: The company prefixes of those who register no lots: who runs the installation says them.
COMPANY_PREFIXES: Final = {
    "9521102": WHOLESALER,
    "9521103": SECOND_WHOLESALER,
    "9521104": PHARMACY,
    "9521105": HOSPITAL,
    "9521106": AUTHORITY,
    "039999": EXAMPLE_BUYER,
}
CAST: Final = (
    MAKER,
    WHOLESALER,
    SECOND_WHOLESALER,
    PHARMACY,
    HOSPITAL,
    AUTHORITY,
    EXAMPLE_MAKER,
    EXAMPLE_BUYER,
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a log-in at one of the parties."""

    user: str
    party: Party
    role: str
    what: str


PEOPLE: Final = (
    Person("maria", MAKER, "signer", "registers lots, recalls"),
    Person("ben", WHOLESALER, "signer", "receives and passes on"),
    Person("cleo", SECOND_WHOLESALER, "signer", "receives and passes on"),
    Person("paula", PHARMACY, "signer", "scans and dispenses"),
    Person("quinn", PHARMACY, "qa", "decides about quality"),
    Person("hugo", HOSPITAL, "signer", "scans and dispenses"),
    Person("ines", AUTHORITY, "signer", "inspects, places holds"),
    Person("emma", EXAMPLE_MAKER, "signer", "imports the EPCIS example"),
    Person("ewan", EXAMPLE_BUYER, "signer", "receives the EPCIS example"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A product of the maker."""

    gtin: str
    name: str
    strength: str
    form: str
    profile: str

    @property
    def shown(self) -> str:
        """Name and strength."""
        return f"{self.name} {self.strength}"


INSULIN: Final = Item(
    "09521101000016",
    "Insulara",
    "100 IU/ml",
    "5 pens of 3 ml",
    "refrigerated-2-8-no-freeze/2",
)
TABLETS: Final = Item("09521101000023", "Paracetol", "500 mg", "20 tablets", "below-25/1")
VACCINE: Final = Item("09521101000030", "Varicella-Demo", "0.5 ml", "10 vials", "frozen-25-15/1")
ITEMS: Final = (INSULIN, TABLETS, VACCINE)
UNKNOWN_GTIN: Final = "09521999000013"
"""Of a maker that takes no part."""
