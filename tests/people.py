"""The standing cast: one party for each role, so that every story reads alike.

Pure values; GLNs and prefixes are out of GS1's ranges for examples, with right check digits.
"""

from typing import Final

from supplychain.domain.identifiers import Gln
from supplychain.domain.parties import Party, Role


def _party(gln: str, name: str, *roles: Role, prefixes: tuple[str, ...] = ()) -> Party:
    return Party(Gln.parse(gln), name, frozenset(roles), prefixes, "DE")


MAKER: Final = _party("0614141000012", "Marlow Medicines", Role.MANUFACTURER, prefixes=("0614141",))
REPACKAGER: Final = _party(
    "9506000010014", "Refold Packing", Role.REPACKAGER, prefixes=("9506000",)
)
WHOLESALER: Final = _party("9506000020013", "Wendover Wholesale", Role.WHOLESALER)
CARRIER: Final = _party("9506000030012", "Carry & Cold", Role.CARRIER)
PHARMACY: Final = _party("9506000040011", "Poppy Pharmacy", Role.DISPENSER)
SECOND_PHARMACY: Final = _party("9506000050010", "Quince Pharmacy", Role.DISPENSER)
REGULATOR: Final = _party("9506000060019", "Regulator of Medicines", Role.AUTHORITY)
AUDITOR: Final = _party("9506000070018", "Audley Audits", Role.AUDITOR)
LIAR: Final = _party(
    "9506000080017", "Lyle & Sons Trading", Role.WHOLESALER, Role.DISPENSER, prefixes=("0999999",)
)
EVERYONE: Final = (
    MAKER,
    REPACKAGER,
    WHOLESALER,
    CARRIER,
    PHARMACY,
    SECOND_PHARMACY,
    REGULATOR,
    AUDITOR,
    LIAR,
)
