"""The member `tracker` of a receipt: written as it is read, and refused when it is wrong."""

from typing import Any

import pytest

from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.errors import Invalid
from supplychain.domain.tracker_claim import TrackerClaim
from tests.supplychain.domain.wrong_members import each_wrong, is_named

DAY = "2026-11-01T0{}:00:00Z"
PLAIN: dict[str, Any] = {
    "device": "TRK-7",
    "batches": {"first": 3, "last": 9},
    "covers": {"from": DAY.format(1), "to": DAY.format(9)},
}
FULL = PLAIN | {
    "batches": {"first": 3, "last": 9, "missing": 2},
    "gaps": [
        {"from": DAY.format(1), "to": DAY.format(2)},
        {"from": DAY.format(8), "to": DAY.format(9)},
    ],
}


@pytest.mark.parametrize(("document", "whole"), [(PLAIN, True), (FULL, False)])
def test_it_is_written_as_it_is_read(document: dict[str, Any], *, whole: bool) -> None:
    found = ConditionsClaim.decode({"tracker": document})
    assert found.as_json() == {"tracker": document}
    assert found.tracker
    assert found.tracker.whole is whole


def test_what_is_only_missing_is_not_whole() -> None:
    document = PLAIN | {"batches": {"first": 3, "last": 9, "missing": 1}}
    assert not TrackerClaim.decode(document).whole


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"batches": {"first": 9, "last": 3}}, "WRONG_ORDER"),
        ({"batches": {"first": 0, "last": 3}}, "OUT_OF_BOUNDS"),
        ({"batches": {"first": 1, "last": 3, "missing": 0}}, "OUT_OF_BOUNDS"),
        ({"batches": {"first": 1}}, "MEMBER_MISSING"),
        ({"state": "IN_RANGE"}, "MEMBER_UNKNOWN"),
        ({"gaps": []}, "OUT_OF_BOUNDS"),
        ({"gaps": FULL["gaps"][:1] * 18}, "OUT_OF_BOUNDS"),
        ({"gaps": FULL["gaps"][::-1]}, "WRONG_ORDER"),
        ({"gaps": [{"from": DAY.format(0), "to": DAY.format(2)}]}, "WRONG_ORDER"),
        ({"gaps": [{"from": DAY.format(2), "to": "2026-11-01T09:00:01Z"}]}, "WRONG_ORDER"),
        ({"device": "x" * 65}, "TEXT_TOO_LONG"),
    ],
)
def test_what_is_wrong_is_refused(wrong: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as invalid:
        TrackerClaim.decode(PLAIN | wrong)
    assert invalid.value.code == code


def test_the_member_that_is_wrong_is_named() -> None:
    for name, document in each_wrong(FULL):
        if name in ("batches", "covers"):
            continue
        with pytest.raises(Invalid) as invalid:
            TrackerClaim.decode(document)
        assert is_named(name, invalid.value.message), (name, invalid.value.message)


def test_it_stands_alone() -> None:
    for other in ({"none": "logger_missing"}, {"profile": "refrigerated-2-8/1"}):
        with pytest.raises(Invalid):
            ConditionsClaim.decode({"tracker": PLAIN, **other})
    with pytest.raises(Invalid):
        ConditionsClaim()
