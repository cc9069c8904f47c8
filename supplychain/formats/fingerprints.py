"""The same event has one fingerprint, in whatever file, format and spelling it is said.

An index only: it leaves out what is not about the goods (ids, record time, sensors, extensions) and
is never signed.
"""

import json
from collections.abc import Iterable
from datetime import UTC
from hashlib import sha256

from supplychain.formats import epc
from supplychain.formats.epcis_document import Event, Quantity, Typed


def fingerprint(event: Event) -> str:
    """Return 64 hex digits for what an event says about goods; it must have a time."""
    at = event.time.astimezone(UTC).isoformat() if event.time else ""
    said = [
        [event.raw_kind, at, event.action, event.biz_step, event.disposition],
        [_name(event.parent), _name(event.read_point), _name(event.biz_location)],
        _names(event.epcs),
        _names(event.children),
        _amounts(event.quantities),
        _amounts(event.child_quantities),
        _typed(event.biz_transactions),
        _typed(event.sources),
        _typed(event.destinations),
        [event.lot or "", str(event.expiry or ""), event.transformation_id or ""],
    ]
    return sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def _name(code: str | None) -> str:
    return epc.canonical(code) if code else ""


def _names(codes: Iterable[str]) -> list[str]:
    return sorted(map(epc.canonical, codes))


def _amounts(quantities: Iterable[Quantity]) -> list[str]:
    return sorted(
        f"{epc.canonical(one.epc_class)} {one.quantity and one.quantity.normalize():f} {one.uom}"
        if one.quantity is not None
        else f"{epc.canonical(one.epc_class)} ? {one.uom}"
        for one in quantities
    )


def _typed(typed: Iterable[Typed]) -> list[str]:
    return sorted(f"{one.type} {epc.canonical(one.value)}" for one in typed)
