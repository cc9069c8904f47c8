"""Goods on the way: sent, received, taken back."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.core.links import OutputRef
from supplychain.api.answers import ShipmentShape
from supplychain.api.change_shapes import NewReturn
from supplychain.api.conditions import conditions_of
from supplychain.api.documented import ENTRY_ID, READING, documented, documented_signing
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.lists import PAGING, answer_page, choice, page_shape
from supplychain.api.shapes import (
    NewReceipt,
    NewShipment,
    NewVoid,
    checked,
    lot_of,
    packs_of,
    sale_of,
)
from supplychain.api.signing import Turn, answer_signed
from supplychain.domain.outputs import State
from supplychain.queries.stock import InTransit, inbound_to, outbound_of
from supplychain.recording.submissions import Recorded
from supplychain.services.receive_shipment import receive_shipment
from supplychain.services.return_units import return_units
from supplychain.services.ship_lot import ship_lot
from supplychain.services.void_shipment import void_shipment

_LOT = {"gtin": "00614141000012", "lot": "A1"}
_OUTPUT = f"{ENTRY_ID}#0"
_SHIP = {
    **_LOT,
    "quantity": 60,
    "receiver": "9506000020013",
    "shipment": "S-1001",
    "order": "PO-77",
    "conditions": {"none": "not_required"},
}
_CSV = "time,temperature_c\n2026-01-21T08:00:00Z,5.1\n2026-01-21T08:10:00Z,5.3\n"
_RECEIVE = {
    **_LOT,
    "output": _OUTPUT,
    "received": 58,
    "damaged": 2,
    "conditions": {"csv": _CSV, "device": "LOGGER-1"},
    "note": "Two cartons crushed.",
}
_RETURN = {
    **_LOT,
    "quantity": 4,
    "supplier": "9506000020013",
    "shipment": "R-7",
    "reason": "Ordered too many.",
    "conditions": {"none": "not_required"},
}
_DIRECTIONS = ("in", "out")


class Shipments(Door):
    """What is on the way to the organisation or from it."""

    rights = {"POST": Right.SIGN}

    @documented(
        "Hand-offs",
        "List what is on the way",
        answers={200: page_shape(ShipmentShape)},
        problems=(400, *READING),
        parameters=[*PAGING, OpenApiParameter("direction", enum=_DIRECTIONS)],
    )
    def get(self, request: Request) -> Response:
        """Both directions unless one is named, the oldest dispatch first."""
        gln = acting_of(request).gln
        direction = choice(request, "direction", _DIRECTIONS)
        rows = [] if direction == "out" else inbound_to(gln)
        rows += [] if direction == "in" else outbound_of(gln)
        return answer_page(request, rows, ShipmentShape, _words)

    @documented_signing("Hand-offs", "Ship", request=NewShipment, example=_SHIP)
    def post(self, request: Request) -> Response:
        """Dispatch units that the organisation holds. One lot is one shipment's line."""
        given = checked(NewShipment, request)
        lot = lot_of(given)

        def sign(turn: Turn) -> Recorded:
            return ship_lot(
                party=turn.party,
                lot=lot,
                quantity=given["quantity"],
                receiver=given["receiver"],
                shipment=given["shipment"],
                order=given.get("order"),
                conditions=conditions_of(given["conditions"], turn.at, turn.party),
                at=turn.at,
                nonce=turn.nonce,
                salt=turn.salt,
                packs=packs_of(given),
                sale=sale_of(given),
            )

        return answer_signed(request, sign)


class Receipts(Door):
    """What arrived."""

    rights = {"POST": Right.SIGN}

    @documented_signing("Hand-offs", "Receive", request=NewReceipt, example=_RECEIVE)
    def post(self, request: Request) -> Response:
        """Good and damaged units of an output on the way; what is missing stays on the way."""
        given = checked(NewReceipt, request)
        lot, output = lot_of(given), OutputRef.parse(given["output"])

        def sign(turn: Turn) -> Recorded:
            return receive_shipment(
                party=turn.party,
                output=output,
                lot=lot,
                received=given["received"],
                damaged=given["damaged"],
                conditions=conditions_of(given["conditions"], turn.at, turn.party),
                note=given["note"],
                at=turn.at,
                nonce=turn.nonce,
                packs=packs_of(given),
                damaged_packs=packs_of(given, "damaged_packs"),
                over=given["over"],
                over_packs=packs_of(given, "over_packs") or (),
                sale=sale_of(given),
                salt=turn.salt,
            )

        return answer_signed(request, sign)


class Voids(Door):
    """What comes back because it never arrived."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Hand-offs",
        "Void a dispatch",
        request=NewVoid,
        example={**_LOT, "output": _OUTPUT, "reason": "The lorry came back."},
    )
    def post(self, request: Request) -> Response:
        """An output on the way, or some of it, as long as nobody received it: you hold it again."""
        given = checked(NewVoid, request)
        lot, output = lot_of(given), OutputRef.parse(given["output"])

        def sign(turn: Turn) -> Recorded:
            return void_shipment(
                party=turn.party,
                lot=lot,
                output=output,
                reason=given["reason"],
                at=turn.at,
                nonce=turn.nonce,
                quantity=given.get("quantity"),
                packs=packs_of(given),
            )

        return answer_signed(request, sign)


class Returns(Door):
    """Goods that go back."""

    rights = {"POST": Right.SIGN}

    @documented_signing("Hand-offs", "Send back", request=NewReturn, example=_RETURN)
    def post(self, request: Request) -> Response:
        """To a supplier that these goods came from; recalled and expired ones too (R8).

        They are received as a dispatch is, and are no stock there until they were checked.
        """
        given = checked(NewReturn, request)
        lot = lot_of(given)

        def sign(turn: Turn) -> Recorded:
            return return_units(
                party=turn.party,
                lot=lot,
                quantity=given["quantity"],
                supplier=given["supplier"],
                shipment=given["shipment"],
                reason=given["reason"],
                conditions=conditions_of(given["conditions"], turn.at, turn.party),
                at=turn.at,
                nonce=turn.nonce,
                state=State(given["state"]),
                packs=packs_of(given),
            )

        return answer_signed(request, sign)


def _words(row: InTransit) -> tuple[str, ...]:
    ends = (row.giver, row.giver_name, row.receiver, row.receiver_name)
    return (str(row.lot.key.gtin), str(row.lot.key.lot), row.lot.name, row.shipment, *ends)
