"""One event, read from its members and held against the standard's rules for its kind.

The rules are those of EPCIS 2.0, section 7.4, as its JSON and XML schemas hold them with formats
checked. Where the two differ, what either allows is read: a sensor report without a type, master
data of an instance or lot without ADD. EPCIS 1.2 is read as it comes: its URIs are not held to
RFC 3986, and its members stand in any order.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Final

from supplychain.formats import cbv, epc, epcis_values
from supplychain.formats.epcis_document import (
    EXPIRIES,
    ErrorDeclaration,
    Event,
    Extension,
    Fault,
    Kind,
    Quantity,
    Typed,
)
from supplychain.formats.epcis_members import (
    LISTS,
    MEMBERS,
    Members,
    closed,
    each,
    given,
    only,
    placed,
    required,
)
from supplychain.formats.epcis_sensors import sensors
from supplychain.formats.errors import FormatError

EVENTS_MAX: Final = 50_000

_ACTIONS: Final = ("ADD", "OBSERVE", "DELETE")
_NO_ACTION: Final = (Kind.TRANSFORMATION, Kind.QUANTITY)


def check_count(count: int, place: str) -> None:
    """Raise FormatError for more events than a file may have."""
    if count > EVENTS_MAX:
        message = f"{count} events, at most {EVENTS_MAX}; split the file."
        raise FormatError("TOO_LARGE", message, place=place)


def kind_of(name: str) -> Kind:
    """Return the kind of this name, UNKNOWN for any other."""
    return next((kind for kind in Kind if kind == name), Kind.UNKNOWN)


def read_event(bare: Event, has: Members) -> Event:
    """Return the event filled from its members; what is wrong with it becomes its `fault`."""
    try:
        event = _filled(bare, has)
        _check(event, has)
    except FormatError as error:
        return faulty(bare, error)
    return event


def faulty(bare: Event, error: FormatError) -> Event:
    """Return the event with its fault and nothing else."""
    fault = error.at(bare.place)
    return replace(bare, fault=Fault(fault.code, fault.message, fault.place))


def _filled(bare: Event, has: Members) -> Event:
    only(has, MEMBERS[bare.kind])
    epcs, children, quantities, child_quantities = LISTS[bare.kind]
    persistent = has.record("persistentDisposition")
    return replace(
        bare,
        time=required(has, "eventTime", epcis_values.moment),
        record_time=given(has, "recordTime", epcis_values.moment),
        offset=required(has, "eventTimeZoneOffset", partial(_offset, has)),
        event_id=given(has, "eventID", _uri(has)),
        error=_error(has.record("errorDeclaration")),
        certifications=each(has, "certificationInfo", _uri(has)),
        action=_action(bare.kind, has),
        biz_step=given(has, "bizStep", partial(cbv.word, cbv.BIZ_STEPS)) or "",
        disposition=given(has, "disposition", _disposition) or "",
        persistent_set=_persistent(persistent, "set"),
        persistent_unset=_persistent(persistent, "unset"),
        epcs=_codes(has, epcs),
        quantities=_quantities(has, quantities) or _quantity_of_class(bare.kind, has),
        parent=given(has, "parentID", partial(_code, has)),
        children=_codes(has, children),
        child_quantities=_quantities(has, child_quantities),
        transformation_id=given(has, "transformationID", _uri(has)),
        ilmd=_ilmd(has.record("ilmd")),
        read_point=_place_id(has, "readPoint"),
        biz_location=_place_id(has, "bizLocation"),
        biz_transactions=_typed(has, "bizTransaction", cbv.TRANSACTIONS),
        sources=_typed(has, "source", cbv.PARTIES),
        destinations=_typed(has, "destination", cbv.PARTIES),
        sensors=sensors(has),
        extensions=has.extensions(),
    )


# --- members ----------------------------------------------------------------------------------


def _uri(has: Members) -> Callable[[str], str]:
    return epcis_values.uri if has.strict else epcis_values.plain


def _offset(has: Members, text: str) -> str:
    return text if text == "Z" and not has.strict else epcis_values.offset(text)


def _disposition(text: str) -> str:
    return cbv.word(cbv.DISPOSITIONS, text)


def _action(kind: Kind, has: Members) -> str:
    if kind in _NO_ACTION:
        return ""
    return required(has, "action", _one_of_actions)


def _one_of_actions(text: str) -> str:
    if text not in _ACTIONS:
        message = f"Expected an action of {', '.join(_ACTIONS)}, got '{text[:20]}'."
        raise FormatError("ACTION_UNKNOWN", message)
    return text


def _error(has: Members | None) -> ErrorDeclaration | None:
    if has is None:
        return None
    only(has, ("declarationTime", "reason", "correctiveEventIDs"))
    return ErrorDeclaration(
        time=required(has, "declarationTime", epcis_values.moment),
        reason=given(has, "reason", partial(cbv.word, cbv.ERRORS)) or "",
        corrective_ids=each(has, "correctiveEventIDs", _uri(has)),
        extensions=has.extensions(),
    )


def _persistent(has: Members | None, name: str) -> tuple[str, ...]:
    if has is None:
        return ()
    closed(has, ("set", "unset"))
    if not has.names():
        message = "A persistentDisposition that says neither set nor unset; leave it out."
        raise FormatError("MEMBER_MISSING", message, place=has.place())
    return each(has, name, _disposition)


def _code(has: Members, text: str) -> str:
    (epcis_values.uri if has.strict else epcis_values.plain)(text)
    epc.check(text)
    return text


def _codes(has: Members, name: str) -> tuple[str, ...]:
    found = each(has, name, partial(_code, has)) if name else ()
    if has.strict and len(set(found)) < len(found):
        message = "A code stands twice in this list; say it once."
        raise FormatError("EPC_TWICE", message, place=has.place(name))
    return found


def _quantities(has: Members, name: str) -> tuple[Quantity, ...]:
    return tuple(_quantity(one) for one in has.records(name)) if name else ()


def _quantity(has: Members) -> Quantity:
    closed(has, ("epcClass", "quantity", "uom"))
    return Quantity(
        epc_class=required(has, "epcClass", partial(_code, has)),
        quantity=_amount(has),
        uom=given(has, "uom", epcis_values.uom) or "",
    )


def _amount(has: Members) -> Decimal | None:
    amount = has.number("quantity")
    if amount is not None and amount < 0:
        message = f"Expected a quantity of 0 or more, got {amount}."
        raise FormatError("NUMBER_MALFORMED", message, place=has.place("quantity"))
    return amount


def _quantity_of_class(kind: Kind, has: Members) -> tuple[Quantity, ...]:
    if kind is not Kind.QUANTITY:
        return ()
    return (Quantity(required(has, "epcClass", partial(_code, has)), _amount(has)),)


def _place_id(has: Members, name: str) -> str | None:
    place = has.record(name)
    if place is None:
        return None
    only(place, ("id",))
    return required(place, "id", partial(_code, has))


def _typed(has: Members, name: str, types: cbv.Vocabulary) -> tuple[Typed, ...]:
    found = []
    for one in has.records(f"{name}List"):
        closed(one, ("type", name))
        kind = given(one, "type", partial(cbv.word, types))
        if kind is None and types is cbv.PARTIES:
            message = "'type' is missing; say owning_party, possessing_party or location."
            raise FormatError("MEMBER_MISSING", message, place=one.place())
        found.append(Typed(kind or "", required(one, name, partial(_code, has))))
    return tuple(found)


def _ilmd(has: Members | None) -> tuple[Extension, ...]:
    if has is None:
        return ()
    for name in has.names():
        message = f"'{name[:40]}' of ilmd has no namespace; write cbvmda:{name[:40]}, or your own."
        raise FormatError("MEMBER_UNKNOWN", message, place=has.place(name))
    found = has.extensions()
    for one in found:
        if one.name in EXPIRIES:
            placed(has, "", partial(epcis_values.day, one.text))
    return found


# --- what each kind needs ---------------------------------------------------------------------


def _check(event: Event, has: Members) -> None:
    lacking = _NEEDS[event.kind](event, has.names())
    if lacking:
        raise FormatError("MEMBER_MISSING", f"{lacking}; add what is missing.", place=has.place())


def _object_lacks(event: Event, names: Sequence[str]) -> str:
    read_out = event.sensors and event.read_point
    if "epcList" in names or event.quantities or read_out:
        return ""
    return "It needs an epcList, a quantityList, or a sensorElementList with a readPoint"


def _group_lacks(event: Event, _names: Sequence[str]) -> str:
    if event.parent is None and event.action != "OBSERVE":
        return "It needs a parentID to put something in or take it out"
    if event.action != "DELETE" and not event.children and not event.child_quantities:
        return "It needs childEPCs or a childQuantityList"
    return ""


def _association_lacks(event: Event, names: Sequence[str]) -> str:
    return "It needs a parentID" if event.parent is None else _group_lacks(event, names)


def _transaction_lacks(event: Event, names: Sequence[str]) -> str:
    if not event.biz_transactions:
        return "It needs a bizTransactionList"
    if "epcList" in names or event.quantities or event.action == "DELETE":
        return ""
    return "It needs an epcList or a quantityList"


def _transformation_lacks(event: Event, _names: Sequence[str]) -> str:
    inputs = bool(event.epcs or event.quantities)
    outputs = bool(event.children or event.child_quantities)
    if (inputs and outputs) or (event.transformation_id and (inputs or outputs)):
        return ""
    return "It needs inputs and outputs, or a transformationID and one of them"


def _quantity_lacks(event: Event, _names: Sequence[str]) -> str:
    return "" if event.quantities[0].quantity is not None else "It needs a quantity"


_NEEDS: Final[dict[Kind, Callable[[Event, Sequence[str]], str]]] = {
    Kind.OBJECT: _object_lacks,
    Kind.AGGREGATION: _group_lacks,
    Kind.TRANSACTION: _transaction_lacks,
    Kind.TRANSFORMATION: _transformation_lacks,
    Kind.ASSOCIATION: _association_lacks,
    Kind.QUANTITY: _quantity_lacks,
}
