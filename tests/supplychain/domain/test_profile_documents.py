"""A product's own profile: read strictly, one way to write it, named by what it says."""

from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import canonical
from ledger.core.errors import Malformed
from supplychain.domain.errors import Invalid
from supplychain.domain.profile_documents import as_document, own, read_own
from supplychain.domain.profiles import PROFILES
from supplychain.domain.storage_profile import (
    Activity,
    Band,
    Counting,
    FreezeRule,
    KineticRule,
    StorageProfile,
)
from tests.supplychain.domain.wrong_members import each_wrong, is_named

PLAIN: dict[str, Any] = {"name": "Eye drops", "low_centi_c": 200, "high_centi_c": 800}
WARM: dict[str, Any] = {
    "id": "warm",
    "low_centi_c": 800,
    "high_centi_c": 3000,
    "total_min": 240,
    "side": "above",
}
PART = WARM | {"id": "before-use", "total_min": 120, "within": "warm", "activity": "before_use"}
DEEP = {
    "id": "deep",
    "low_centi_c": -2500,
    "high_centi_c": -1500,
    "counting": "once",
    "frozen": True,
}
MKT: dict[str, Any] = {
    "markets": ["CA", "US"],
    "at_most_centi_c": 800,
    "window_min": 1440,
    "low_centi_c": 200,
    "high_centi_c": 1500,
    "spike_centi_c": 2500,
    "spike_min": 1440,
}
FULL: dict[str, Any] = PLAIN | {
    "delay_min": 30,
    "do_not_freeze": True,
    "cumulative_above_min": 120,
    "cumulative_below_min": 0,
    "freeze": {"at_most_centi_c": -50, "minutes": 60},
    "bands": [WARM, PART, DEEP],
    "mkt": MKT | {"transport": True},
    "plausible": {"low_centi_c": -5000, "high_centi_c": 7000},
}


def test_a_document_says_all_that_a_profile_can() -> None:
    assert own(FULL) == StorageProfile(
        id="own:" + sha256(canonical.dumps(FULL)).hexdigest(),
        name="Eye drops",
        low_centi_c=200,
        high_centi_c=800,
        excursion_delay_min=30,
        do_not_freeze=True,
        cumulative_above_min=120,
        cumulative_below_min=0,
        freeze=FreezeRule(-50, 60),
        bands=(
            Band("warm", 800, 3000, 240, "above"),
            Band(
                "before-use", 800, 3000, 120, "above", within="warm", activity=Activity.BEFORE_USE
            ),
            Band("deep", -2500, -1500, None, counting=Counting.ONCE, frozen=True),
        ),
        mkt=KineticRule(("CA", "US"), 800, 86_400, 200, 1500, 2500, 86_400, transport=True),
        plausible_low_centi_c=-5000,
        plausible_high_centi_c=7000,
    )


@pytest.mark.parametrize(
    "document",
    [
        FULL,
        PLAIN,
        {"name": "Cold only", "high_centi_c": 800},
        {"name": "Warm only", "low_centi_c": -30},
        PLAIN | {"bands": [WARM | {"side": "below"}], "mkt": MKT},
    ],
)
def test_what_is_read_is_written_back_and_named_by_its_hash(document: dict[str, Any]) -> None:
    data = canonical.dumps(document)
    profile = read_own(data)
    assert as_document(profile) == document
    assert profile.id == f"own:{sha256(data).hexdigest()}"
    assert profile == own(document)


def test_another_document_has_another_name() -> None:
    assert own(PLAIN).id != own(PLAIN | {"high_centi_c": 810}).id


@pytest.mark.parametrize("shipped", PROFILES.values(), ids=PROFILES)
def test_what_is_shipped_could_be_a_document_too(shipped: StorageProfile) -> None:
    if shipped.monitored:
        again = own(as_document(shipped))
        assert again.id.startswith("own:")
        assert as_document(again) == as_document(shipped)


def bands(**changed: object) -> dict[str, Any]:
    return PLAIN | {"bands": [WARM, PART | changed]}


def mkt(**changed: object) -> dict[str, Any]:
    return PLAIN | {"mkt": MKT | changed}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (7, "WRONG_SHAPE"),
        ({"low_centi_c": 200}, "MEMBER_MISSING"),
        (PLAIN | {"colour": "red"}, "MEMBER_UNKNOWN"),
        ({"name": "Nothing"}, "LIMITS_MISSING"),
        (PLAIN | {"low_centi_c": 810}, "LIMITS_REVERSED"),
        (PLAIN | {"high_centi_c": 805}, "NOT_A_TENTH"),
        (PLAIN | {"high_centi_c": 20_010}, "OUT_OF_BOUNDS"),
        (PLAIN | {"high_centi_c": "800"}, "WRONG_SHAPE"),
        (PLAIN | {"name": "x" * 101}, "TEXT_TOO_LONG"),
        (PLAIN | {"delay_min": -1}, "OUT_OF_BOUNDS"),
        (PLAIN | {"delay_min": 0}, "NOT_PLAIN"),
        (PLAIN | {"do_not_freeze": False}, "NOT_PLAIN"),
        (PLAIN | {"do_not_freeze": 1}, "WRONG_SHAPE"),
        (PLAIN | {"plausible": {"low_centi_c": -10_000, "high_centi_c": 8000}}, "NOT_PLAIN"),
        (PLAIN | {"plausible": {"low_centi_c": 9, "high_centi_c": 8}}, "LIMITS_REVERSED"),
        (PLAIN | {"bands": []}, "OUT_OF_BOUNDS"),
        (PLAIN | {"bands": [WARM] * 2}, "BAND_TWICE"),
        (PLAIN | {"bands": [WARM | {"id": "Warm"}]}, "BAND_ID"),
        (PLAIN | {"bands": [WARM | {"side": "left"}]}, "NOT_A_CHOICE"),
        (PLAIN | {"bands": [WARM | {"counting": "sum"}]}, "NOT_PLAIN"),
        (PLAIN | {"bands": [WARM | {"counting": "twice"}]}, "NOT_A_CHOICE"),
        (PLAIN | {"bands": [WARM | {"low_centi_c": 3010}]}, "LIMITS_REVERSED"),
        (PLAIN | {"bands": [PART]}, "BAND_WITHIN"),
        (bands(within="before-use"), "BAND_WITHIN"),
        (bands(side="below"), "BAND_WITHIN"),
        (bands(high_centi_c=3010), "BAND_WITHIN"),
        (bands(low_centi_c=790), "BAND_WITHIN"),
        (bands(activity="sport"), "NOT_A_CHOICE"),
        (mkt(markets=["US", "CA"]), "MARKETS"),
        (mkt(markets=["us"]), "MARKETS"),
        (mkt(markets=[]), "OUT_OF_BOUNDS"),
        (mkt(high_centi_c=100), "LIMITS_REVERSED"),
        (mkt(spike_centi_c=1400), "LIMITS_REVERSED"),
        (mkt(window_min=0), "OUT_OF_BOUNDS"),
        (mkt(transport=False), "NOT_PLAIN"),
        (mkt() | {"plausible": {"low_centi_c": -20_000, "high_centi_c": 0}}, "MKT_TOO_COLD"),
        (PLAIN | {"name": "x" * 17_000}, "TOO_LARGE"),
    ],
)
def test_anything_else_is_refused(document: Any, code: str) -> None:
    with pytest.raises(Invalid) as invalid:
        own(document)
    assert invalid.value.code == code


@pytest.mark.parametrize("data", [b"", b"{}x", b'{"name": "spaced"}', b'{"name":1.5}', b"[" * 99])
def test_bytes_that_are_not_in_the_one_form_are_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_own(data)


def test_a_refusal_names_the_member_that_is_wrong() -> None:
    for name, document in each_wrong(FULL):
        with pytest.raises(Invalid) as invalid:
            own(document)
        assert is_named(name, invalid.value.message)


@pytest.mark.parametrize(("member", "lowest"), [("window_min", 1), ("spike_min", 0)])
def test_the_minutes_of_a_mean_kinetic_temperature_are_bounded(member: str, lowest: int) -> None:
    for minutes in (lowest, 10**7):
        document = mkt(**{member: minutes})
        assert as_document(own(document)) == document
    for minutes in (lowest - 1, 10**7 + 1):
        with pytest.raises(Invalid, match=rf"^mkt\.{member}:"):
            own(mkt(**{member: minutes}))


def test_a_profile_may_allow_a_single_temperature() -> None:
    one = own(PLAIN | {"low_centi_c": 800})
    assert (one.low_centi_c, one.high_centi_c) == (800, 800)


# --- laws -------------------------------------------------------------------------------------

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.data(), anything)
def test_whatever_stands_in_a_document_is_read_as_it_is_written_or_refused(
    data: st.DataObject, other: Any
) -> None:
    name = data.draw(st.sampled_from(sorted(FULL)))
    inner = FULL[name]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        other = inner | {data.draw(st.sampled_from(sorted(inner))): other}
    if isinstance(inner, list) and data.draw(st.booleans()):
        band = data.draw(st.integers(0, 2))
        changed = inner[band] | {data.draw(st.sampled_from(sorted(PART))): other}
        other = [*inner[:band], changed, *inner[band + 1 :]]
    document = FULL | {name: other}
    try:
        profile = own(document)
    except Malformed:
        return
    assert as_document(profile) == document
    assert profile.id == f"own:{sha256(canonical.dumps(document)).hexdigest()}"
