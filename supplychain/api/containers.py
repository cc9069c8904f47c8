"""Cases and pallets: packed, opened, shipped and received by their labels."""

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.answers import PackedShape
from supplychain.api.conditions import conditions_of
from supplychain.api.container_shapes import (
    NewContainerReceipt,
    NewContainerShipment,
    NewPacking,
    NewUnpacking,
)
from supplychain.api.documented import READING, documented, documented_signing
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.lists import PAGING, answer_page, page_shape
from supplychain.api.shapes import checked, lot_of, packs_of
from supplychain.api.signing import Turn, answer_signed_all
from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.queries.containers import Packed, inside, units_inside
from supplychain.queries.loads import PackedUnits
from supplychain.recording.submissions import Recorded
from supplychain.services.aggregate_packs import aggregate_packs
from supplychain.services.disaggregate_container import disaggregate_container
from supplychain.services.receive_containers import receive_containers
from supplychain.services.ship_containers import ship_containers

_PALLET, _CASE = "00/106141412345678908", "01/10614141000019/21/C1"
_PACK = {
    "container": _CASE,
    "packs": [{"gtin": "00614141000012", "lot": "A1", "packs": ["1", "2"]}],
}
_SHIP = {
    "containers": [_PALLET],
    "receiver": "9506000020013",
    "shipment": "S-1001",
    "conditions": {"none": "not_required"},
}
_RECEIVE = {"containers": [_PALLET], "conditions": {"none": "not_required"}}


class Packings(Door):
    """What goes into containers."""

    rights = {"POST": Right.SIGN}

    @documented_signing("Containers", "Pack", request=NewPacking, example=_PACK, several=True)
    def post(self, request: Request) -> Response:
        """Goods that the organisation holds, and containers of them: one entry for each lot."""
        given = checked(NewPacking, request)
        container, children = Container(given["container"]), _containers(given, "children")
        packs, units = _packs(given.get("packs", [])), _units(given.get("units", []))

        def sign(turn: Turn) -> Sequence[Recorded]:
            return aggregate_packs(
                party=turn.party,
                container=container,
                packs=packs,
                units=units,
                children=children,
                at=turn.at,
                nonce=turn.nonce,
            )

        return answer_signed_all(request, sign)


class Unpackings(Door):
    """What comes out of containers."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Containers",
        "Unpack",
        request=NewUnpacking,
        example={"container": _PALLET},
        several=True,
    )
    def post(self, request: Request) -> Response:
        """Everything in a container; the containers that were in it stay packed."""
        container = Container(checked(NewUnpacking, request)["container"])

        def sign(turn: Turn) -> Sequence[Recorded]:
            return disaggregate_container(
                party=turn.party, container=container, at=turn.at, nonce=turn.nonce
            )

        return answer_signed_all(request, sign)


class ContainerShipments(Door):
    """Cases and pallets that are sent."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Containers",
        "Ship containers",
        request=NewContainerShipment,
        example=_SHIP,
        several=True,
    )
    def post(self, request: Request) -> Response:
        """All that is in them: one entry for each lot, one shipment number."""
        given = checked(NewContainerShipment, request)
        containers = _containers(given, "containers")

        def sign(turn: Turn) -> Sequence[Recorded]:
            return ship_containers(
                party=turn.party,
                containers=containers,
                receiver=given["receiver"],
                shipment=given["shipment"],
                order=given.get("order"),
                conditions=conditions_of(given["conditions"], turn.at, turn.party),
                at=turn.at,
                nonce=turn.nonce,
                salt=turn.salt,
            )

        return answer_signed_all(request, sign)


class ContainerReceipts(Door):
    """Cases and pallets that arrived."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Containers",
        "Receive containers",
        request=NewContainerReceipt,
        example=_RECEIVE,
        several=True,
    )
    def post(self, request: Request) -> Response:
        """By their labels: what is in them is inferred, and the receipt says so."""
        given = checked(NewContainerReceipt, request)
        containers = _containers(given, "containers")

        def sign(turn: Turn) -> Sequence[Recorded]:
            return receive_containers(
                party=turn.party,
                containers=containers,
                conditions=conditions_of(given["conditions"], turn.at, turn.party),
                note=given["note"],
                at=turn.at,
                nonce=turn.nonce,
            )

        return answer_signed_all(request, sign)


class ContainerContents(Door):
    """What is in a container."""

    @documented(
        "Containers",
        "What is in a container",
        answers={200: page_shape(PackedShape)},
        problems=(400, *READING),
        parameters=PAGING,
    )
    def get(self, request: Request, container: str) -> Response:
        """Of the organisation's own goods, and those on the way to it or from it.

        Units of a lot without serial numbers have one row for each container and output.
        """
        gln, named = acting_of(request).gln, Container(container)
        goods: list[Packed | PackedUnits] = [*inside([named]), *units_inside([named])]
        rows = [one for one in goods if gln in (one.holder, one.receiver)]
        return answer_page(request, rows, PackedShape, _words)


def _containers(given: Mapping[str, Any], name: str) -> tuple[Container, ...]:
    return tuple(Container(one) for one in given.get(name, ()))


def _packs(listed: Sequence[Mapping[str, Any]]) -> dict[LotKey, tuple[Serial, ...]]:
    """The packs by lot; a lot that is named twice has both lists."""
    found: dict[LotKey, tuple[Serial, ...]] = {}
    for one in listed:
        lot = lot_of(one)
        found[lot] = (*found.get(lot, ()), *(packs_of(one) or ()))
    return found


def _units(listed: Sequence[Mapping[str, Any]]) -> dict[LotKey, int]:
    """The units by lot; a lot that is named twice has both amounts."""
    found: dict[LotKey, int] = {}
    for one in listed:
        lot = lot_of(one)
        found[lot] = found.get(lot, 0) + one["quantity"]
    return found


def _words(row: Packed | PackedUnits) -> tuple[str, ...]:
    serial = str(row.serial) if isinstance(row, Packed) else ""
    return (str(row.lot.gtin), str(row.lot.lot), serial, str(row.container))
