"""Exception reports as the Partnership for DSCSA Governance publishes them (JSON, version of 2024).

The members are those of its `ExceptionReport` schema and no others. The schema has no place for
evidence: an item's UUID is made from the entry that it is bound to, and `other_errors` names it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from supplychain.domain.errors import Invalid
from supplychain.domain.exception_cases import ExceptionCase, Kind
from supplychain.formats.json_tree import Json

_NAMESPACE: Final = UUID("5c6f9f7e-9d0c-5c0e-8f0e-2b7a3f2f6d11")
_SECTIONS: Final = {
    Kind.DATA_WITHOUT_PRODUCT: "missing_product",
    Kind.PRODUCT_WITHOUT_DATA: "missing_product_data",
    Kind.WRONG_LOT: "data_misalignment",
    Kind.OVER: "overages",
    Kind.SHORT: "underages",
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who reports; the schema asks for an e-mail address."""

    gln: str
    email: str


def case_uuid(gln: str, source: str) -> UUID:
    """What names a party's case for ever, from what it arose of."""
    return uuid5(_NAMESPACE, f"case:{gln}:{source}")


def item_uuid(case: ExceptionCase, name: UUID) -> UUID:
    """What names the item: bound to an entry's output, or else to the case alone."""
    bound = f"entry:{case.entry_id}#{case.output}" if case.entry_id else f"item:{name}"
    return uuid5(_NAMESPACE, bound)


def exception_report(
    case: ExceptionCase, *, name: UUID, sender: Sender, expiry: str, at: datetime, resolved: bool
) -> dict[str, Json]:
    """The message. `expiry` (YYYY-MM-DD, or empty) is the lot's as its maker registered it.

    The same case said again at another moment is another message. Raises Invalid NO_CONTACT or
    CASE_INCOMPLETE for what the schema requires and the case does not have.
    """
    if not sender.email:
        raise Invalid("NO_CONTACT", "The message needs your organisation's e-mail address.")
    moment = int(at.timestamp())
    section = _SECTIONS.get(case.kind)
    item = _item(case, name, expiry)
    found: dict[str, Json] = {section: [item]} if section and not resolved else {}
    return {
        "message_uuid": str(uuid5(name, f"message:{moment}:{resolved}")),
        "exception_case_uuid": str(name),
        "timestamp": moment,
        "po_number": _needed(case.order or case.shipment, "order or shipment number"),
        "sender_information": {"gln": sender.gln, "email": sender.email},
        "exceptions": found,
        "other_errors": list(_others(case, spoken_for=section is not None)) or None,
        "case_resolved": resolved,
    }


def _item(case: ExceptionCase, name: UUID, expiry: str) -> dict[str, Json]:
    head: dict[str, Json] = {"exception_item_uuid": str(item_uuid(case, name))}
    tail: dict[str, Json] = {"resolution_request": case.wanted.value}
    match case.kind:
        case Kind.OVER | Kind.SHORT:
            counts: dict[str, Json] = {
                "gtin": case.gtin,
                "quantity_ordered": case.expected,
                "quantity_received": case.found,
            }
            return head | counts | tail
        case Kind.WRONG_LOT:
            return head | _misaligned(case, expiry) | tail
        case Kind.DATA_WITHOUT_PRODUCT:
            product: dict[str, Json] = {
                "file_id": _needed(case.file or case.shipment, "file or shipment"),
                "product_gtin": _needed(case.gtin, "product"),
                "product_serial": case.serial,
            }
            return head | product | tail
        case Kind.PRODUCT_WITHOUT_DATA:
            seen: dict[str, Json] = {
                "product_gtin": _needed(case.gtin, "product"),
                "observation_source": "Scan" if case.serial else "Other",
                "product_serial": case.serial or None,
            }
            return head | seen | tail
        case _:
            return {}


def _misaligned(case: ExceptionCase, expiry: str) -> dict[str, Json]:
    serial = case.serial or None
    return {
        "received_product_gtin": case.gtin,
        "received_product_lot": case.found_lot,
        "received_product_expiry": "",
        "received_product_serial": serial,
        "product_data_gtin": case.gtin,
        "product_data_lot": case.lot,
        "product_data_expiry": expiry,
        "product_data_serial": serial,
    }


def _others(case: ExceptionCase, *, spoken_for: bool) -> list[Json]:
    """What no section has a place for, and the entry that the case is bound to."""
    said: list[Json] = []
    if not spoken_for:
        amount = "" if case.found is None else f" {case.found} units"
        goods = f" of GTIN {case.gtin} lot {case.lot}" if case.gtin else ""
        said.append(f"{case.kind.value}{amount}{goods}: {case.wanted.value}")
    if case.words:
        said.append(case.words)
    if case.entry_id:
        output = "" if case.output is None else f", output {case.output}"
        said.append(f"Entry {case.entry_id}{output}")
    return said


def _needed(value: str, what: str) -> str:
    if not value:
        raise Invalid("CASE_INCOMPLETE", f"The message needs the {what}: the case has none.")
    return value
