"""Storage profiles: within which limits a product has to be kept.

A profile is named by its id for ever; new limits are a new version, never a change of an old one,
because signed statements cite the id.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from supplychain.domain.errors import Invalid

Side = Literal["above", "below"]

# Limits are whole tenths of a degree: readings are rounded so that a value beside a tenth never
# becomes one (see `readings_csv`), and so no limit is ever met by rounding.
LIMIT_STEP_CENTI_C: Final = 10


@dataclass(frozen=True)
class StorageProfile:
    """Limits in hundredths of a degree Celsius, both inclusive, None where there is none.

    A deviation that lasts `excursion_delay_min` minutes (worst case) is an excursion (C2).
    """

    id: str
    name: str
    low_centi_c: int | None
    high_centi_c: int | None
    monitored: bool = True
    excursion_delay_min: int = 0
    do_not_freeze: bool = False

    def side(self, centi_c: int) -> Side | None:
        """Return the side on which a value is outside, None when it is inside (C1).

        >>> profile("refrigerated-2-8/1").side(800) is None
        True
        >>> profile("refrigerated-2-8/1").side(810)
        'above'
        """
        if self.high_centi_c is not None and centi_c > self.high_centi_c:
            return "above"
        if self.low_centi_c is not None and centi_c < self.low_centi_c:
            return "below"
        return None


def profile(profile_id: str) -> StorageProfile:
    """Return the profile of this id; raises Invalid PROFILE_UNKNOWN."""
    try:
        return PROFILES[profile_id]
    except KeyError:
        known = ", ".join(PROFILES)
        message = f"Unknown storage profile '{profile_id[:40]}': expected one of {known}."
        raise Invalid("PROFILE_UNKNOWN", message) from None


_SHIPPED: Final = (
    StorageProfile("refrigerated-2-8/1", "Refrigerated, 2 to 8 °C", 200, 800),
    StorageProfile(
        "refrigerated-2-8-no-freeze/1",
        "Refrigerated, 2 to 8 °C, do not freeze",
        200,
        800,
        do_not_freeze=True,
    ),
    StorageProfile("below-25/1", "Not above 25 °C", None, 2500),
    StorageProfile("room-15-25/1", "Room temperature, 15 to 25 °C", 1500, 2500),
    StorageProfile("below-30/1", "Not above 30 °C", None, 3000),
    StorageProfile("usp-controlled-room/1", "USP controlled room, 20 to 25 °C", 2000, 2500),
    StorageProfile("frozen-25-15/1", "Frozen, −25 to −15 °C", -2500, -1500),
    StorageProfile("ultra-cold-90-60/1", "Ultra-cold, −90 to −60 °C", -9000, -6000),
    StorageProfile("cryogenic/1", "Cryogenic, not above −150 °C", None, -15_000),
    StorageProfile("unmonitored/1", "No temperature requirement", None, None, monitored=False),
)

PROFILES: Final[Mapping[str, StorageProfile]] = MappingProxyType({p.id: p for p in _SHIPPED})
