"""A product's own storage profile as a document: read strictly, and named by what it says.

Its id is `own:` and the SHA-256 (hex) of its RFC 8785 form, so that nobody needs to be trusted
for it: who has the document has the profile that a statement cites, or sees that it is another.
What is at its default is left out, so that there is one way to write a profile.
"""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from ledger.core import canonical
from ledger.core.canonical import Json
from supplychain.domain.errors import Invalid
from supplychain.domain.members import choice, members, sequence, text, whole, yes_or_no
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

OWN: Final = "own:"
BYTES_MAX: Final = 16_384
BANDS_MAX: Final = 20
MARKETS_MAX: Final = 50

_CENTI_C_MIN, _CENTI_C_MAX = -27_310, 20_000
_KINETIC_MIN = -15_000  # below it, weights get too small to be added up
_MINUTES_MAX = 10**7  # nineteen years
_NAME_MAX = 100
_BAND_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_MARKET = re.compile(r"[A-Z]{2}", re.ASCII)
_PLAUSIBLE = (-10_000, 8_000)
_OPTIONAL = (
    "low_centi_c",
    "high_centi_c",
    "delay_min",
    "do_not_freeze",
    "cumulative_above_min",
    "cumulative_below_min",
    "freeze",
    "bands",
    "mkt",
    "plausible",
)


def read_own(data: bytes) -> StorageProfile:
    """Read a document in its RFC 8785 form. Raises Malformed, Invalid among it."""
    return own(canonical.loads(data, max_bytes=BYTES_MAX))


def own(document: Json) -> StorageProfile:
    """Return the profile that a document says. Raises Invalid."""
    data = canonical.dumps(document)
    if len(data) > BYTES_MAX:
        raise Invalid("TOO_LARGE", f"profile: {len(data)} bytes, at most {BYTES_MAX}.")
    profile = _profile(document, f"{OWN}{sha256(data).hexdigest()}")
    _prove_bands(profile)
    if as_document(profile) != document:
        raise Invalid("NOT_PLAIN", "profile: leave out what is at its default.")
    return profile


def as_document(profile: StorageProfile) -> dict[str, Json]:
    """Return the document of a profile, without its id."""
    plain: dict[str, Json | None] = {
        "name": profile.name,
        "low_centi_c": profile.low_centi_c,
        "high_centi_c": profile.high_centi_c,
        "delay_min": profile.excursion_delay_min or None,
        "do_not_freeze": profile.do_not_freeze or None,
        "cumulative_above_min": profile.cumulative_above_min,
        "cumulative_below_min": profile.cumulative_below_min,
        "freeze": _freeze_json(profile.freeze) if profile.freeze else None,
        "bands": [_band_json(one) for one in profile.bands] or None,
        "mkt": _mkt_json(profile.mkt) if profile.mkt else None,
        "plausible": _plausible_json(profile),
    }
    return {name: value for name, value in plain.items() if value is not None}


def _profile(document: Json, own_id: str) -> StorageProfile:
    found = members(document, "profile", ("name",), _OPTIONAL)
    low, high = _limit(found, "low_centi_c"), _limit(found, "high_centi_c")
    if low is None and high is None:
        raise Invalid("LIMITS_MISSING", "profile: expected a low or a high limit, or both.")
    _prove_order("profile", low, high)
    plausible = _plausible(found["plausible"]) if "plausible" in found else _PLAUSIBLE
    bands = sequence(found["bands"], "bands", BANDS_MAX) if "bands" in found else ()
    if "mkt" in found and plausible[0] < _KINETIC_MIN:
        raise Invalid("MKT_TOO_COLD", "mkt: not for goods so cold: chemistry stands still there.")
    return StorageProfile(
        id=own_id,
        name=text(found["name"], "name", _NAME_MAX),
        low_centi_c=low,
        high_centi_c=high,
        excursion_delay_min=_minutes(found, "delay_min") or 0,
        do_not_freeze="do_not_freeze" in found
        and yes_or_no(found["do_not_freeze"], "do_not_freeze"),
        cumulative_above_min=_minutes(found, "cumulative_above_min"),
        cumulative_below_min=_minutes(found, "cumulative_below_min"),
        freeze=_freeze(found["freeze"]) if "freeze" in found else None,
        bands=tuple(_band(one) for one in bands),
        mkt=_mkt(found["mkt"]) if "mkt" in found else None,
        plausible_low_centi_c=plausible[0],
        plausible_high_centi_c=plausible[1],
    )


def _prove_bands(profile: StorageProfile) -> None:
    """Each band has a name of its own, and a part lies in the band that it is a part of."""
    by_id = {one.id: one for one in profile.bands}
    if len(by_id) != len(profile.bands):
        raise Invalid("BAND_TWICE", "bands: expected each id once.")
    for one in profile.bands:
        if not one.within:
            continue
        whole_band = by_id.get(one.within)
        if whole_band is None or whole_band.within or whole_band.side != one.side:
            raise Invalid("BAND_WITHIN", f"bands: '{one.id}' is no part of '{one.within}'.")
        if not whole_band.holds(one.low_centi_c) or not whole_band.holds(one.high_centi_c):
            raise Invalid("BAND_WITHIN", f"bands: '{one.id}' reaches beyond '{one.within}'.")


def _freeze(value: object) -> FreezeRule:
    found = members(value, "freeze", ("at_most_centi_c", "minutes"))
    return FreezeRule(
        _centi_c(found["at_most_centi_c"], "freeze.at_most_centi_c"),
        whole(found["minutes"], "freeze.minutes", 0, _MINUTES_MAX),
    )


def _freeze_json(rule: FreezeRule) -> dict[str, Json]:
    return {"at_most_centi_c": rule.at_most_centi_c, "minutes": rule.minutes}


def _band(value: object) -> Band:
    optional = ("total_min", "side", "counting", "within", "activity", "frozen")
    found = members(value, "band", ("id", "low_centi_c", "high_centi_c"), optional)
    low = _centi_c(found["low_centi_c"], "band.low_centi_c")
    high = _centi_c(found["high_centi_c"], "band.high_centi_c")
    _prove_order("band", low, high)
    return Band(
        id=_band_id(found["id"], "band.id"),
        low_centi_c=low,
        high_centi_c=high,
        total_min=_minutes(found, "total_min"),
        side=_side(found["side"]) if "side" in found else None,
        counting=choice(found.get("counting", Counting.SUM.value), "band.counting", Counting),
        within=_band_id(found["within"], "band.within") if "within" in found else "",
        activity=choice(found["activity"], "band.activity", Activity)
        if "activity" in found
        else None,
        frozen="frozen" in found and yes_or_no(found["frozen"], "band.frozen"),
    )


def _band_json(band: Band) -> dict[str, Json]:
    plain: dict[str, Json | None] = {
        "id": band.id,
        "low_centi_c": band.low_centi_c,
        "high_centi_c": band.high_centi_c,
        "total_min": band.total_min,
        "side": band.side,
        "counting": None if band.counting is Counting.SUM else band.counting.value,
        "within": band.within or None,
        "activity": band.activity.value if band.activity else None,
        "frozen": band.frozen or None,
    }
    return {name: value for name, value in plain.items() if value is not None}


def _mkt(value: object) -> KineticRule:
    numbers = ("at_most_centi_c", "low_centi_c", "high_centi_c", "spike_centi_c")
    found = members(value, "mkt", ("markets", "window_min", "spike_min", *numbers), ("transport",))
    limits = {name: _centi_c(found[name], f"mkt.{name}") for name in numbers}
    _prove_order("mkt", limits["low_centi_c"], limits["high_centi_c"])
    _prove_order("mkt", limits["high_centi_c"], limits["spike_centi_c"])
    return KineticRule(
        markets=_markets(found["markets"]),
        window_s=60 * whole(found["window_min"], "mkt.window_min", 1, _MINUTES_MAX),
        spike_s=60 * whole(found["spike_min"], "mkt.spike_min", 0, _MINUTES_MAX),
        transport="transport" in found and yes_or_no(found["transport"], "mkt.transport"),
        **limits,
    )


def _mkt_json(rule: KineticRule) -> dict[str, Json]:
    plain: dict[str, Json] = {
        "markets": list(rule.markets),
        "at_most_centi_c": rule.at_most_centi_c,
        "window_min": rule.window_s // 60,
        "low_centi_c": rule.low_centi_c,
        "high_centi_c": rule.high_centi_c,
        "spike_centi_c": rule.spike_centi_c,
        "spike_min": rule.spike_s // 60,
    }
    return plain | {"transport": True} if rule.transport else plain


def _markets(value: object) -> tuple[str, ...]:
    listed = tuple(text(one, "mkt.markets") for one in sequence(value, "markets", MARKETS_MAX))
    if not all(_MARKET.fullmatch(one) for one in listed) or sorted(set(listed)) != list(listed):
        raise Invalid("MARKETS", "mkt.markets: expected codes of ISO 3166-1, as FR, rising.")
    return listed


def _plausible(value: object) -> tuple[int, int]:
    found = members(value, "plausible", ("low_centi_c", "high_centi_c"))
    low = whole(found["low_centi_c"], "plausible.low_centi_c", -27_315, _CENTI_C_MAX)
    high = whole(found["high_centi_c"], "plausible.high_centi_c", -27_315, _CENTI_C_MAX)
    _prove_order("plausible", low, high)
    return low, high


def _plausible_json(profile: StorageProfile) -> dict[str, Json] | None:
    low, high = profile.plausible_low_centi_c, profile.plausible_high_centi_c
    return None if (low, high) == _PLAUSIBLE else {"low_centi_c": low, "high_centi_c": high}


def _side(value: object) -> Side:
    if value == "above":
        return "above"
    if value == "below":
        return "below"
    raise Invalid("NOT_A_CHOICE", "band.side: expected above or below.")


def _band_id(value: object, name: str) -> str:
    band_id = text(value, name, 40)
    if not _BAND_ID.fullmatch(band_id):
        raise Invalid("BAND_ID", f"{name}: {band_id!r}, expected a name such as before-use.")
    return band_id


def _limit(found: Mapping[str, object], name: str) -> int | None:
    return _centi_c(found[name], name) if name in found else None


def _minutes(found: Mapping[str, object], name: str) -> int | None:
    return whole(found[name], name, 0, _MINUTES_MAX) if name in found else None


def _centi_c(value: object, name: str) -> int:
    centi_c = whole(value, name, _CENTI_C_MIN, _CENTI_C_MAX)
    if centi_c % LIMIT_STEP_CENTI_C:
        raise Invalid("NOT_A_TENTH", f"{name}: {centi_c} is no whole tenth of a degree.")
    return centi_c


def _prove_order(name: str, low: int | None, high: int | None) -> None:
    if low is not None and high is not None and low > high:
        raise Invalid("LIMITS_REVERSED", f"{name}: {low} is higher than {high}.")
