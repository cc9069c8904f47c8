"""The same event has one fingerprint, in whatever file, format and spelling it is said.

An index only: it leaves out what is not about the goods (ids, record time, sensors, extensions) and
is never signed.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC
from hashlib import sha256

from supplychain.formats import epc
from supplychain.formats.epcis_document import Event, Quantity, Typed

Named = Callable[[str], str]


def fingerprint(event: Event, named: Named = epc.any_canonical) -> str:
    """Return 64 hex digits for what an event says about goods; it must have a time.

    `named` gives the one name of a code.
    """
    at = event.time.astimezone(UTC).isoformat() if event.time else ""
    said = [
        [event.raw_kind, at, event.action, event.biz_step, event.disposition],
        [named(one) if one else "" for one in (event.parent, event.read_point, event.biz_location)],
        sorted(map(named, event.epcs)),
        sorted(map(named, event.children)),
        _amounts(event.quantities, named),
        _amounts(event.child_quantities, named),
        _typed(event.biz_transactions, named),
        _typed(event.sources, named),
        _typed(event.destinations, named),
        [event.lot or "", str(event.expiry or ""), event.transformation_id or ""],
    ]
    return sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def declared_wrong(print_: str) -> str:
    """Return the fingerprint of the declaration that the event of this fingerprint is wrong."""
    return sha256(f"declared wrong\n{print_}".encode()).hexdigest()


def older_fingerprint(event: Event) -> str:
    """Return what was kept until classes and parties had one name too: events are known by it."""
    return fingerprint(event, epc.canonical)


def _amounts(quantities: Iterable[Quantity], named: Named) -> list[str]:
    return sorted(
        f"{named(one.epc_class)} {one.quantity and one.quantity.normalize():f} {one.uom}"
        if one.quantity is not None
        else f"{named(one.epc_class)} ? {one.uom}"
        for one in quantities
    )


def _typed(typed: Iterable[Typed], named: Named) -> list[str]:
    return sorted(f"{one.type} {named(one.value)}" for one in typed)
