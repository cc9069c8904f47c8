"""What becomes of units in stock: dispensed, destroyed, lost; and what is there."""

from rest_framework.request import Request
from rest_framework.response import Response

from ledger.core.links import OutputRef
from supplychain.api.answers import StockShape
from supplychain.api.documented import READING, documented, documented_signing
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.lists import PAGING, answer_page, page_shape
from supplychain.api.shapes import NewDestruction, NewDispense, NewLoss, checked, lot_of, packs_of
from supplychain.api.signing import Turn, answer_signed
from supplychain.domain.outputs import State
from supplychain.queries.stock import Stock as StockLine
from supplychain.queries.stock import stock_of
from supplychain.recording.submissions import Recorded
from supplychain.services.destroy_units import destroy_units
from supplychain.services.dispense_units import dispense_units
from supplychain.services.report_loss import report_loss

_UNITS = {"gtin": "00614141000012", "lot": "A1", "quantity": 2}


class Stock(Door):
    """What the organisation holds."""

    @documented(
        "Organisation",
        "List the stock",
        answers={200: page_shape(StockShape)},
        problems=(400, *READING),
        parameters=PAGING,
    )
    def get(self, request: Request) -> Response:
        """By expiry: first expired, first out."""
        return answer_page(request, stock_of(acting_of(request).gln), StockShape, _words)


class Dispenses(Door):
    """Units for patients."""

    rights = {"POST": Right.SIGN}

    @documented_signing("Units", "Dispense", request=NewDispense, example=_UNITS)
    def post(self, request: Request) -> Response:
        """Hand units to patients."""
        given = checked(NewDispense, request)
        lot = lot_of(given)

        def sign(turn: Turn) -> Recorded:
            return dispense_units(
                party=turn.party,
                lot=lot,
                quantity=given["quantity"],
                at=turn.at,
                nonce=turn.nonce,
                packs=packs_of(given),
            )

        return answer_signed(request, sign)


class Destructions(Door):
    """Units that are no more."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Units",
        "Destroy",
        request=NewDestruction,
        example={**_UNITS, "reason": "Crushed.", "quarantined": True},
    )
    def post(self, request: Request) -> Response:
        """From stock, or from quarantine; recalled, held and expired goods too."""
        given = checked(NewDestruction, request)
        lot = lot_of(given)

        def sign(turn: Turn) -> Recorded:
            return destroy_units(
                party=turn.party,
                lot=lot,
                quantity=given["quantity"],
                reason=given["reason"],
                at=turn.at,
                nonce=turn.nonce,
                state=State.QUARANTINED if given["quarantined"] else State.HELD,
                packs=packs_of(given),
            )

        return answer_signed(request, sign)


class Losses(Door):
    """Units that are gone."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Units",
        "Report a loss",
        request=NewLoss,
        example={**_UNITS, "kind": "stolen", "reason": "Broken into on the night of 20 November."},
    )
    def post(self, request: Request) -> Response:
        """From stock, or with `output` on the way."""
        given = checked(NewLoss, request)
        lot = lot_of(given)
        output = OutputRef.parse(given["output"]) if "output" in given else None

        def sign(turn: Turn) -> Recorded:
            return report_loss(
                party=turn.party,
                lot=lot,
                quantity=given["quantity"],
                kind=given["kind"],
                reason=given["reason"],
                at=turn.at,
                nonce=turn.nonce,
                output=output,
                packs=packs_of(given),
            )

        return answer_signed(request, sign)


def _words(row: StockLine) -> tuple[str, ...]:
    return (str(row.lot.key.gtin), str(row.lot.key.lot), row.lot.name, row.lot.maker)
