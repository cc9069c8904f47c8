"""The storage profiles that are shipped.

A profile is named by its id for ever; new limits are a new version, never a change of an old one,
because signed statements cite the id.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from supplychain.domain.errors import Invalid
from supplychain.domain.storage_profile import (
    LIMIT_STEP_CENTI_C,
    Activity,
    Band,
    Counting,
    FreezeRule,
    KineticRule,
    Side,
    StorageProfile,
)

__all__ = ["LIMIT_STEP_CENTI_C", "PROFILES", "Side", "StorageProfile", "profile"]


def profile(profile_id: str) -> StorageProfile:
    """Return the profile of this id; raises Invalid PROFILE_UNKNOWN."""
    try:
        return PROFILES[profile_id]
    except KeyError:
        known = ", ".join(PROFILES)
        message = f"Unknown storage profile '{profile_id[:40]}': expected one of {known}."
        raise Invalid("PROFILE_UNKNOWN", message) from None


_DAY_MIN: Final = 24 * 60
_DAY_S: Final = 60 * _DAY_MIN
_FREEZE: Final = FreezeRule(at_most_centi_c=-50, minutes=60)

# What lies between these bands is outside them all, be it only passed through. The month is one of
# 30 days: no month but February is shorter.
_THAWED_ONCE: Final = (
    Band("ultra-cold", -9000, -6000, None, frozen=True),
    Band("freezer", -2500, -1500, 14 * _DAY_MIN, counting=Counting.ONCE, frozen=True),
    Band("thawed", 200, 800, 30 * _DAY_MIN, counting=Counting.SINCE_FIRST),
    Band("transport", 200, 800, 12 * 60, within="thawed", activity=Activity.TRANSPORT),
    Band("cool", -300, 200, _DAY_MIN, side="below"),
    Band("warm", 800, 3000, 4 * 60, side="above"),
    Band("before-use", 800, 3000, 2 * 60, "above", within="warm", activity=Activity.BEFORE_USE),
)

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
    StorageProfile(
        "refrigerated-2-8/2",
        "Refrigerated, 2 to 8 °C, with freeze rule",
        200,
        800,
        freeze=_FREEZE,
    ),
    StorageProfile(
        "refrigerated-2-8-no-freeze/2",
        "Refrigerated, 2 to 8 °C, do not freeze, with freeze rule",
        200,
        800,
        do_not_freeze=True,
        freeze=_FREEZE,
    ),
    StorageProfile(
        "usp-controlled-room/2",
        "USP controlled room, 20 to 25 °C, mean kinetic temperature where it is asked for",
        2000,
        2500,
        mkt=KineticRule(("US",), 2500, 30 * _DAY_S, 1500, 3000, 4000, _DAY_S),
    ),
    StorageProfile(
        "usp-controlled-cold/2",
        "USP controlled cold, 2 to 8 °C, mean kinetic temperature where it is asked for",
        200,
        800,
        freeze=_FREEZE,
        mkt=KineticRule(("US",), 800, _DAY_S, 200, 1500, 2500, _DAY_S),
    ),
    StorageProfile(
        "cryogenic/2",
        "Cryogenic, not above −150 °C, with plausible values",
        None,
        -15_000,
        plausible_low_centi_c=-27_315,
    ),
    StorageProfile(
        "ultra-cold-thawed-once/2",
        "Ultra-cold vaccine that is thawed once (as Comirnaty in 2021)",
        -9000,
        -6000,
        bands=_THAWED_ONCE,
    ),
)


def _newer(one: StorageProfile, other: StorageProfile) -> bool:
    (name, version), (other_name, before) = (p.id.split("/") for p in (one, other))
    return name == other_name and int(version) > int(before)


PROFILES: Final[Mapping[str, StorageProfile]] = MappingProxyType({p.id: p for p in _SHIPPED})
NEWEST: Final = tuple(one for one in _SHIPPED if not any(_newer(other, one) for other in _SHIPPED))
"""Those to choose from: of each profile the last version."""
