"""Dispatches that one giver sent under one number: what people call a shipment."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from supplychain.queries.stock import InTransit

LINES_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Shipment:
    """Several lots that one giver sent under one number, and that are still on the way."""

    giver: str
    giver_name: str
    number: str
    ways: tuple[InTransit, ...]


def shipments_in(ways: Iterable[InTransit]) -> list[Shipment]:
    """Those of several lots, oldest first; what goes back to a supplier is received by itself."""
    found: dict[tuple[str, str], list[InTransit]] = defaultdict(list)
    for way in ways:
        if not way.sent_back:
            found[way.giver, way.shipment].append(way)
    return [
        Shipment(giver, several[0].giver_name, number, tuple(several[:LINES_MAX]))
        for (giver, number), several in found.items()
        if len(several) > 1
    ]
