"""The storage profiles that are shipped.

A profile is named by its id for ever; new limits are a new version, never a change of an old one,
because signed statements cite the id.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from supplychain.domain.errors import Invalid
from supplychain.domain.storage_profile import LIMIT_STEP_CENTI_C, Side, StorageProfile

__all__ = ["LIMIT_STEP_CENTI_C", "PROFILES", "Side", "StorageProfile", "profile"]


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
