"""The `conditions` member: strict reading of what is said about temperature."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import canonical
from supplychain.domain.conditions_claim import (
    ClaimedState,
    ConditionsClaim,
    Interval,
    NoReadings,
)
from supplychain.domain.errors import Invalid
from supplychain.domain.members import instant
from tests.supplychain.domain.wrong_members import each_wrong, is_named

SERIES: dict[str, Any] = {
    "root": "ab" * 32,
    "count": 720,
    "first": "2026-11-20T08:00:00Z",
    "last": "2026-11-21T08:00:00Z",
    "interval_s": 120,
    "min_centi_c": 210,
    "max_centi_c": 790,
    "mean_centi_c": 500,
    "device": "logger 7",
}
CONDITIONS: dict[str, Any] = {
    "profile": "refrigerated-2-8/1",
    "method": "worst-case/1",
    "state": "IN_RANGE",
    "covers": {"from": "2026-11-20T08:00:00Z", "to": "2026-11-21T08:00:00Z"},
    "series": [SERIES],
}


def series(**changed: object) -> dict[str, Any]:
    return CONDITIONS | {"series": [SERIES | changed]}


@pytest.mark.parametrize("reason", [*NoReadings])
def test_a_reason_for_no_readings_is_read_and_written(reason: NoReadings) -> None:
    claim = ConditionsClaim.decode({"none": reason.value})
    assert claim.none is reason
    assert claim.as_json() == {"none": reason.value}


@pytest.mark.parametrize(
    "value",
    [
        CONDITIONS,
        CONDITIONS | {"state": "EXCURSION", "series": [SERIES, SERIES | {"device": "logger 8"}]},
        series(file="cd" * 32, calibrated="2026-01-31"),
        series(interval_s=0, count=1, last=SERIES["first"]),
        series(min_centi_c=-8000, mean_centi_c=-7000, max_centi_c=-6000),
    ],
)
def test_a_summary_of_readings_is_read_and_written_back(value: dict[str, Any]) -> None:
    claim = ConditionsClaim.decode(value)
    assert claim.none is None
    assert claim.as_json() == value
    assert canonical.loads(canonical.dumps(claim.as_json())) == value


def test_a_summary_holds_values_and_not_text() -> None:
    readings = ConditionsClaim.decode(CONDITIONS).readings
    assert readings is not None
    assert readings.state is ClaimedState.IN_RANGE
    assert readings.covers == Interval(
        instant("2026-11-20T08:00:00Z", "from"), instant("2026-11-21T08:00:00Z", "to")
    )
    assert readings.series[0].count == 720


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "WRONG_SHAPE"),
        ([], "WRONG_SHAPE"),
        ({}, "MEMBER_MISSING"),
        ({"none": "forgot"}, "NOT_A_CHOICE"),
        ({"none": None}, "WRONG_SHAPE"),
        (CONDITIONS | {"none": "not_required"}, "MEMBER_UNKNOWN"),
        (CONDITIONS | {"mood": "good"}, "MEMBER_UNKNOWN"),
        (CONDITIONS | {"method": "mean/1"}, "METHOD_UNKNOWN"),
        (CONDITIONS | {"profile": ""}, "TEXT_EMPTY"),
        (CONDITIONS | {"state": "NO_DATA"}, "NOT_A_CHOICE"),
        (CONDITIONS | {"series": []}, "OUT_OF_BOUNDS"),
        (CONDITIONS | {"series": [SERIES] * 21}, "OUT_OF_BOUNDS"),
        (CONDITIONS | {"series": [7]}, "WRONG_SHAPE"),
        (
            CONDITIONS | {"covers": {"from": "2026-11-21T08:00:00Z", "to": "2026-11-20T08:00:00Z"}},
            "INTERVAL_REVERSED",
        ),
        (CONDITIONS | {"covers": {"from": "2026-11-21T08:00:00Z"}}, "MEMBER_MISSING"),
        (series(root="ab"), "WRONG_SHAPE"),
        (series(count=0), "OUT_OF_BOUNDS"),
        (series(count=True), "WRONG_SHAPE"),
        (series(first="2026-11-22T08:00:00Z"), "INTERVAL_REVERSED"),
        (series(interval_s=-1), "OUT_OF_BOUNDS"),
        (series(min_centi_c=501), "SUMMARY_IMPOSSIBLE"),
        (series(max_centi_c=499), "SUMMARY_IMPOSSIBLE"),
        (series(min_centi_c=-27_316), "OUT_OF_BOUNDS"),
        (series(mean_centi_c=5.0), "WRONG_SHAPE"),
        (series(device=""), "TEXT_EMPTY"),
        (series(file=None), "WRONG_SHAPE"),
        (series(calibrated="yesterday"), "WRONG_SHAPE"),
        (series(extra=1), "MEMBER_UNKNOWN"),
    ],
)
def test_anything_else_is_refused(value: object, code: str) -> None:
    with pytest.raises(Invalid) as invalid:
        ConditionsClaim.decode(value)
    assert invalid.value.code == code


OUTSIDE = {"above_s": 600, "below_s": 0}
SECOND: dict[str, Any] = CONDITIONS | {
    "method": "worst-case/2",
    "series": [SERIES | {"packed": "ef" * 32}],
    "outside": OUTSIDE,
}
USE = {
    "band": "warm",
    "s": 600,
    "from": "2026-11-20T09:00:00Z",
    "to": "2026-11-20T09:05:00Z",
    "periods": 1,
}
CUT = {"before": 7, "after": 2, "since": "2026-11-20T08:00:00Z", "until": "2026-11-21T08:00:00Z"}
WINDOW = {"from": "2026-11-20T08:00:00Z", "to": "2026-11-20T08:10:00Z"}
KINETIC = {
    "market": "US",
    "window_s": 86_400,
    "dh_j_mol": 83_144,
    "r_e7": 83_144_626,
    "from": "2026-11-20T08:00:00Z",
    "to": "2026-11-21T08:00:00Z",
    "count": 144,
    "coverage_e4": 10_000,
    "value_e4_c": 58_254,
}


def cut(**changed: Any) -> dict[str, Any]:
    """A claim whose file has more to say; members that are None are left out."""
    said = {name: one for name, one in (CUT | changed).items() if one is not None}
    return SECOND | {"series": [SECOND["series"][0] | {"file": "cd" * 32, "cut": said}]}


@pytest.mark.parametrize(
    "value",
    [
        SECOND,
        cut(),
        cut(before=0, since=None),
        cut(after=0, until=None),
        *(SECOND | {"state": state} for state in ("REVIEW", "FREEZE", "EXCURSION", "DATA_GAP")),
        SECOND | {"used": [USE, USE | {"band": "water"}]},
        SECOND | {"ignored": [WINDOW, WINDOW | {"from": "2026-11-20T08:05:00Z"}]},
        SECOND | {"mkt": KINETIC},
        SECOND | {"mkt": {k: v for k, v in KINETIC.items() if k != "value_e4_c"}},
        SECOND | {"findings": ["CLOCK_DRIFT", "DEVIATION"], "activity": "transport"},
    ],
)
def test_a_claim_of_the_second_method_is_read_and_written_back(value: dict[str, Any]) -> None:
    claim = ConditionsClaim.decode(value)
    assert claim.as_json() == value
    assert canonical.loads(canonical.dumps(claim.as_json())) == value
    assert claim.readings is not None
    assert (claim.readings.method, claim.readings.judged is None) == ("worst-case/2", False)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({k: v for k, v in SECOND.items() if k != "outside"}, "MEMBER_MISSING"),
        (SECOND | {"series": [SERIES]}, "MEMBER_MISSING"),
        (CONDITIONS | {"series": SECOND["series"]}, "MEMBER_UNKNOWN"),
        (CONDITIONS | {"outside": OUTSIDE}, "MEMBER_UNKNOWN"),
        (CONDITIONS | {"state": "REVIEW"}, "NOT_A_CHOICE"),
        (CONDITIONS | {"state": "FREEZE"}, "NOT_A_CHOICE"),
        (CONDITIONS | {"method": None}, "WRONG_SHAPE"),
        (SECOND | {"outside": OUTSIDE | {"above_s": -1}}, "OUT_OF_BOUNDS"),
        (SECOND | {"outside": OUTSIDE | {"below_s": -1}}, "OUT_OF_BOUNDS"),
        (SECOND | {"outside": OUTSIDE | {"left_s": 1}}, "MEMBER_UNKNOWN"),
        (SECOND | {"series": [SECOND["series"][0] | {"cut": CUT}]}, "MEMBER_MISSING"),
        (series(file="cd" * 32, cut=CUT), "MEMBER_UNKNOWN"),
        (cut(before=0, after=0, since=None, until=None), "WRONG_SHAPE"),
        (cut(before=0), "WRONG_SHAPE"),
        (cut(until=None), "WRONG_SHAPE"),
        (cut(after=-1), "OUT_OF_BOUNDS"),
        (cut(since="2026-11-20"), "WRONG_SHAPE"),
        (cut(because="warm"), "MEMBER_UNKNOWN"),
        (SECOND | {"used": []}, "OUT_OF_BOUNDS"),
        (SECOND | {"used": [USE] * 2}, "WRONG_ORDER"),
        (SECOND | {"used": [USE | {"band": "b"}, USE | {"band": "a"}]}, "WRONG_ORDER"),
        (SECOND | {"used": [USE | {"periods": 0}]}, "OUT_OF_BOUNDS"),
        (SECOND | {"used": [USE | {"to": "2026-11-20T08:59:59Z"}]}, "INTERVAL_REVERSED"),
        (SECOND | {"used": [7]}, "WRONG_SHAPE"),
        (SECOND | {"ignored": [WINDOW] * 3}, "OUT_OF_BOUNDS"),
        (SECOND | {"ignored": [WINDOW] * 2}, "WRONG_ORDER"),
        (SECOND | {"mkt": KINETIC | {"market": "USA"}}, "TEXT_TOO_LONG"),
        (SECOND | {"mkt": KINETIC | {"coverage_e4": 10_001}}, "OUT_OF_BOUNDS"),
        (SECOND | {"mkt": KINETIC | {"value_e4_c": None}}, "WRONG_SHAPE"),
        (SECOND | {"findings": ["RAIN"]}, "NOT_A_CHOICE"),
        (SECOND | {"findings": ["DEVIATION", "CLOCK_DRIFT"]}, "WRONG_ORDER"),
        (SECOND | {"activity": "storage"}, "WRONG_SHAPE"),
        (SECOND | {"activity": "sport"}, "NOT_A_CHOICE"),
    ],
)
def test_a_claim_of_the_second_method_has_one_way_to_be_written(value: object, code: str) -> None:
    with pytest.raises(Invalid) as invalid:
        ConditionsClaim.decode(value)
    assert invalid.value.code == code


STAY = [1_763_629_200, 1_763_629_200, 1_763_629_500, 1_763_629_800]
LATER = [one + 3600 for one in STAY]
TWICE = USE | {"s": 1200, "periods": 2, "stays": [STAY, LATER]}
THIRD: dict[str, Any] = SECOND | {"method": "worst-case/3", "used": [USE | {"stays": [STAY]}]}


@pytest.mark.parametrize(
    "value",
    [
        THIRD,
        {name: one for name, one in THIRD.items() if name != "used"},
        THIRD | {"used": [TWICE]},
        THIRD | {"outside": {"above_s": 600, "below_s": 600, "above": [STAY], "below": [LATER]}},
        THIRD | {"outside": OUTSIDE | {"frost": [STAY, LATER]}},
    ],
)
def test_a_claim_of_the_third_method_is_read_and_written_back(value: dict[str, Any]) -> None:
    claim = ConditionsClaim.decode(value)
    assert claim.as_json() == value
    assert claim.readings is not None
    assert claim.readings.method == "worst-case/3"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (THIRD | {"method": "worst-case/2"}, "MEMBER_UNKNOWN"),
        (SECOND | {"outside": OUTSIDE | {"above": [STAY]}}, "MEMBER_UNKNOWN"),
        (SECOND | {"outside": OUTSIDE | {"frost": [STAY]}}, "MEMBER_UNKNOWN"),
        (THIRD | {"outside": OUTSIDE | {"frost": [LATER, STAY]}}, "WRONG_ORDER"),
        (THIRD | {"method": "worst-case/4"}, "METHOD_UNKNOWN"),
        (THIRD | {"used": [USE]}, "MEMBER_MISSING"),
        (THIRD | {"used": [USE | {"stays": []}]}, "OUT_OF_BOUNDS"),
        (THIRD | {"used": [USE | {"stays": [STAY] * 33}]}, "OUT_OF_BOUNDS"),
        (THIRD | {"used": [USE | {"stays": [STAY[:3]]}]}, "INTERVAL_REVERSED"),
        (THIRD | {"used": [USE | {"stays": [STAY[::-1]]}]}, "INTERVAL_REVERSED"),
        (THIRD | {"used": [USE | {"stays": [[-1, *STAY[1:]]]}]}, "OUT_OF_BOUNDS"),
        (THIRD | {"used": [USE | {"stays": [[*STAY[:3], 2**40]]}]}, "OUT_OF_BOUNDS"),
        (THIRD | {"used": [TWICE | {"stays": [LATER, STAY]}]}, "WRONG_ORDER"),
        (THIRD | {"used": [TWICE | {"stays": [STAY, STAY]}]}, "WRONG_ORDER"),
        (THIRD | {"used": [TWICE | {"s": 1199}]}, "SUMMARY_IMPOSSIBLE"),
        (
            THIRD | {"outside": {"above_s": 599, "below_s": 0, "above": [STAY]}},
            "SUMMARY_IMPOSSIBLE",
        ),
        (
            THIRD | {"outside": {"above_s": 0, "below_s": 599, "below": [STAY]}},
            "SUMMARY_IMPOSSIBLE",
        ),
    ],
)
def test_a_claim_of_the_third_method_has_one_way_to_be_written(value: object, code: str) -> None:
    with pytest.raises(Invalid) as invalid:
        ConditionsClaim.decode(value)
    assert invalid.value.code == code


def test_conditions_are_readings_or_a_reason_never_both_nor_neither() -> None:
    readings = ConditionsClaim.decode(CONDITIONS).readings
    for none, some in ((None, None), (NoReadings.LOGGER_MISSING, readings)):
        with pytest.raises(Invalid) as invalid:
            ConditionsClaim(none=none, readings=some)
        assert invalid.value.code == "WRONG_SHAPE"


# --- laws -------------------------------------------------------------------------------------

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from([USE, WINDOW]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
FULL = SECOND | {
    "used": [USE],
    "ignored": [WINDOW],
    "mkt": KINETIC,
    "findings": ["DEVIATION"],
    "activity": "transport",
}


@given(st.sampled_from([CONDITIONS, FULL, THIRD]), st.data(), anything)
def test_whatever_stands_in_a_member_is_read_as_it_is_written_or_refused(
    good: dict[str, Any], data: st.DataObject, other: object
) -> None:
    name = data.draw(st.sampled_from(sorted(good)))
    inner = good[name]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        other = inner | {data.draw(st.sampled_from(sorted(inner))): other}
    value = good | {name: other}
    try:
        claim = ConditionsClaim.decode(value)
    except Invalid:
        return
    assert claim.as_json() == value


@pytest.mark.parametrize(
    ("member", "lowest", "highest"),
    [
        ("window_s", 1, 10**9),
        ("dh_j_mol", 1, 10**7),
        ("r_e7", 1, 10**9),
        ("count", 0, 10**9),
        ("coverage_e4", 0, 10_000),
        ("value_e4_c", -2_731_500, 10_000_000),
    ],
)
def test_a_mean_kinetic_temperature_is_bounded(member: str, lowest: int, highest: int) -> None:
    _is_bounded(lambda value: {"mkt": KINETIC | {member: value}}, member, lowest, highest)


@pytest.mark.parametrize(("member", "lowest", "highest"), [("s", 0, 10**12), ("periods", 1, 10**9)])
def test_what_was_used_of_a_budget_is_bounded(member: str, lowest: int, highest: int) -> None:
    _is_bounded(lambda value: {"used": [USE | {member: value}]}, member, lowest, highest)


@pytest.mark.parametrize("member", ["above_s", "below_s"])
def test_time_outside_is_bounded(member: str) -> None:
    _is_bounded(lambda value: {"outside": OUTSIDE | {member: value}}, member, 0, 10**12)


def _is_bounded(
    stating: Callable[[int], dict[str, Any]], member: str, lowest: int, highest: int
) -> None:
    for value in (lowest - 1, highest + 1):
        with pytest.raises(Invalid, match=member):
            ConditionsClaim.decode(FULL | stating(value))
    for value in (lowest, highest):
        good = FULL | stating(value)
        assert ConditionsClaim.decode(good).as_json() == good


def test_a_band_is_named_in_a_hundred_characters() -> None:
    longest = SECOND | {"used": [USE | {"band": "w" * 100}]}
    assert ConditionsClaim.decode(longest).as_json() == longest
    with pytest.raises(Invalid, match="at most 100"):
        ConditionsClaim.decode(SECOND | {"used": [USE | {"band": "w" * 101}]})


def test_a_refusal_names_the_member_that_is_wrong() -> None:
    for name, document in each_wrong(FULL):
        with pytest.raises(Invalid) as invalid:
            ConditionsClaim.decode(document)
        assert is_named(name, invalid.value.message)


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("conditions", 7),
        ("conditions.covers", FULL | {"covers": 7}),
        ("conditions.outside", FULL | {"outside": 7}),
        ("conditions.ignored", FULL | {"ignored": [7]}),
        ("conditions.findings", FULL | {"findings": [7]}),
        ("series", FULL | {"series": [7]}),
        ("series.cut", SECOND | {"series": [{**SECOND["series"][0], "file": "cd" * 32, "cut": 7}]}),
        ("used", FULL | {"used": [7]}),
        ("mkt", FULL | {"mkt": 7}),
    ],
)
def test_a_refusal_names_the_object_that_is_none(name: str, document: object) -> None:
    with pytest.raises(Invalid, match=rf"^{re.escape(name)}: expected"):
        ConditionsClaim.decode(document)
