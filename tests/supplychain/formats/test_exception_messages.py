"""Messages in the form that the PDG publishes (`ExceptionReport`), as this test understands it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from supplychain.domain.errors import Invalid
from supplychain.domain.exception_cases import ExceptionCase, Kind, Wanted
from supplychain.formats.exception_messages import Sender, case_uuid, exception_report

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
SENDER = Sender("9506000020013", "desk@example.org")
NAME = case_uuid(SENDER.gln, "receipt:x#1")
GOODS = {"gtin": "00614141000012", "lot": "A1", "shipment": "S-1"}
_TEXT, _COUNT, _OPTIONAL = {"type": "string"}, {"type": "integer"}, {"type": ["string", "null"]}
_WANTED = {"enum": [one.value for one in Wanted]}


def _object(**members: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def _items(**members: Any) -> dict[str, Any]:
    whole = {"exception_item_uuid": _TEXT, **members, "resolution_request": _WANTED}
    return {"type": "array", "items": _object(**whole)}


_COUNTED = _items(gtin=_TEXT, quantity_ordered=_COUNT, quantity_received=_COUNT)
_SIDES = {
    f"{side}_{what}": _OPTIONAL if what == "serial" else _TEXT
    for side in ("received_product", "product_data")
    for what in ("gtin", "lot", "expiry", "serial")
}
REPORT = _object(
    message_uuid=_TEXT,
    exception_case_uuid=_TEXT,
    timestamp=_COUNT,
    po_number=_TEXT,
    sender_information=_object(gln=_TEXT, email=_TEXT),
    exceptions={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "missing_product_data": _items(
                product_gtin=_TEXT,
                observation_source={"enum": ["Scan", "Packing Slip", "ASN", "Other"]},
                product_serial=_OPTIONAL,
            ),
            "missing_product": _items(file_id=_TEXT, product_gtin=_TEXT, product_serial=_TEXT),
            "data_misalignment": _items(**_SIDES),
            "overages": _COUNTED,
            "underages": _COUNTED,
        },
    },
    other_errors={"type": ["array", "null"], "items": _TEXT},
    case_resolved={"type": "boolean"},
)


def message(resolved: bool = False, at: datetime = AT, **facts: Any) -> dict[str, Any]:  # noqa: FBT001, FBT002
    case = ExceptionCase(**{**GOODS, **facts})
    found: dict[str, Any] = exception_report(
        case, name=NAME, sender=SENDER, expiry="2027-12-31", at=at, resolved=resolved
    )
    Draft202012Validator(REPORT).validate(found)
    return found


@pytest.mark.parametrize(
    ("facts", "section"),
    [
        ({"kind": Kind.SHORT, "expected": 100, "found": 95}, "underages"),
        ({"kind": Kind.OVER, "expected": 100, "found": 103}, "overages"),
        ({"kind": Kind.WRONG_LOT, "found_lot": "A2"}, "data_misalignment"),
        ({"kind": Kind.DATA_WITHOUT_PRODUCT, "serial": "S1"}, "missing_product"),
        ({"kind": Kind.PRODUCT_WITHOUT_DATA}, "missing_product_data"),
    ],
)
def test_each_kind_has_its_section(facts: dict[str, Any], section: str) -> None:
    found = message(**facts)
    assert list(found["exceptions"]) == [section]
    assert found["other_errors"] is None
    assert (found["po_number"], found["timestamp"]) == ("S-1", int(AT.timestamp()))


def test_what_has_no_section_is_said_in_words() -> None:
    found = message(kind=Kind.DAMAGED, found=3, wanted=Wanted.CREDIT_ACCOUNT, words="Wet")
    assert found["exceptions"] == {}
    assert found["other_errors"] == [
        "damaged 3 units of GTIN 00614141000012 lot A1: Credit account",
        "Wet",
    ]


def test_the_counts_are_those_of_the_case() -> None:
    (item,) = message(kind=Kind.SHORT, expected=100, found=95)["exceptions"]["underages"]
    assert (item["quantity_ordered"], item["quantity_received"]) == (100, 95)


def test_the_item_is_bound_to_the_entry_and_names_it() -> None:
    facts: dict[str, Any] = {"kind": Kind.SHORT, "expected": 2, "found": 1, "entry_id": "ab" * 32}
    first, other = message(**facts, output=1), message(**facts, output=0)
    uuids = [m["exceptions"]["underages"][0]["exception_item_uuid"] for m in (first, other)]
    assert uuids[0] != uuids[1]
    assert message(**facts, output=1, words="again")["exceptions"] == first["exceptions"]
    assert first["other_errors"] == [f"Entry {'ab' * 32}, output 1"]


def test_the_case_keeps_its_name_and_each_message_has_its_own() -> None:
    facts: dict[str, Any] = {"kind": Kind.SHORT, "expected": 2, "found": 1}
    first, later = message(**facts), message(**facts, at=AT.replace(hour=13))
    assert first["exception_case_uuid"] == later["exception_case_uuid"] == str(NAME)
    assert first["message_uuid"] != later["message_uuid"]
    assert UUID(first["message_uuid"]).version == 5


def test_a_closed_case_says_that_it_is_resolved() -> None:
    found = message(resolved=True, kind=Kind.SHORT, expected=2, found=1)
    assert (found["case_resolved"], found["exceptions"]) == (True, {})


@pytest.mark.parametrize(
    ("facts", "sender", "code"),
    [
        ({"kind": Kind.DAMAGED}, Sender(SENDER.gln, ""), "NO_CONTACT"),
        ({"kind": Kind.DAMAGED, "shipment": ""}, SENDER, "CASE_INCOMPLETE"),
        ({"kind": Kind.PRODUCT_WITHOUT_DATA, "gtin": ""}, SENDER, "CASE_INCOMPLETE"),
        ({"kind": Kind.DATA_WITHOUT_PRODUCT, "gtin": ""}, SENDER, "CASE_INCOMPLETE"),
    ],
)
def test_what_the_schema_requires_is_asked_for(
    facts: dict[str, Any], sender: Sender, code: str
) -> None:
    case = ExceptionCase(**{**GOODS, **facts})
    with pytest.raises(Invalid) as bad:
        exception_report(case, name=NAME, sender=sender, expiry="", at=AT, resolved=False)
    assert bad.value.code == code
