"""Exception cases: each kind has what it is about, and each fact is what it says."""

from typing import Any

import pytest

from supplychain.domain.errors import Invalid
from supplychain.domain.exception_cases import NEXT, ExceptionCase, Kind

GOODS = {"gtin": "00614141000012", "lot": "A1"}


def test_every_kind_has_a_next_action_in_one_sentence() -> None:
    assert set(NEXT) == set(Kind)
    assert all(words.endswith(".") and "\n" not in words for words in NEXT.values())


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": Kind.SHORT, **GOODS, "expected": 10, "found": 9},
        {"kind": Kind.SHORT, **GOODS, "expected": 10, "found": 0},
        {"kind": Kind.OVER, **GOODS, "expected": 10, "found": 13},
        {"kind": Kind.WRONG_LOT, **GOODS, "found_lot": "A2", "serial": "S1"},
        {"kind": Kind.DAMAGED, **GOODS, "found": 3, "partner": "9506000020013"},
        {"kind": Kind.UNREADABLE, "words": "A torn label"},
    ],
)
def test_what_is_whole_is_taken(facts: dict[str, Any]) -> None:
    assert ExceptionCase(**facts).kind is facts["kind"]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kind": Kind.SHORT, **GOODS, "expected": 10}, "CASE_INCOMPLETE"),
        ({"kind": Kind.SHORT, **GOODS, "found": 9}, "CASE_INCOMPLETE"),
        ({"kind": Kind.SHORT, "expected": 10, "found": 9}, "CASE_INCOMPLETE"),
        ({"kind": Kind.SHORT, **GOODS, "expected": 10, "found": 11}, "CASE_COUNTS"),
        ({"kind": Kind.OVER, **GOODS, "expected": 10, "found": 10}, "CASE_COUNTS"),
        ({"kind": Kind.WRONG_LOT, **GOODS}, "CASE_INCOMPLETE"),
        ({"kind": Kind.WRONG_LOT, "found_lot": "A2", "gtin": GOODS["gtin"]}, "CASE_INCOMPLETE"),
        ({"kind": Kind.DAMAGED, "gtin": "1"}, "INVALID_GTIN"),
        ({"kind": Kind.DAMAGED, "lot": "ä"}, "INVALID_LOT"),
        ({"kind": Kind.DAMAGED, "found_lot": "ä"}, "INVALID_LOT"),
        ({"kind": Kind.DAMAGED, "serial": "x" * 21}, "INVALID_SERIAL"),
        ({"kind": Kind.DAMAGED, "partner": "1"}, "INVALID_GLN"),
        ({"kind": Kind.DAMAGED, "found": -1}, "OUT_OF_BOUNDS"),
        ({"kind": Kind.DAMAGED, "expected": 10**10}, "OUT_OF_BOUNDS"),
        ({"kind": Kind.DAMAGED, "words": "x" * 501}, "TEXT_TOO_LONG"),
        ({"kind": Kind.DAMAGED, "shipment": "a\nb"}, "TEXT_CONTROL"),
        ({"kind": Kind.DAMAGED, "order": "x" * 101}, "TEXT_TOO_LONG"),
        ({"kind": Kind.DAMAGED, "file": "x" * 101}, "TEXT_TOO_LONG"),
    ],
)
def test_what_is_not_is_refused(facts: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as bad:
        ExceptionCase(**facts)
    assert bad.value.code == code
