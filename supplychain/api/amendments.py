"""What is added to what is known: later expiries, corrections, and goods sent too much."""

from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.change_shapes import NewCorrection, NewExpiry, NewSurplus
from supplychain.api.documented import ENTRY_ID, documented_signing
from supplychain.api.doors import Door, Right
from supplychain.api.shapes import checked, lot_of
from supplychain.api.signing import Turn, answer_signed
from supplychain.recording.submissions import Recorded
from supplychain.services.admit_surplus import admit_surplus
from supplychain.services.correct_entry import correct_entry
from supplychain.services.extend_expiry import extend_expiry

_LOT = {"gtin": "00614141000012", "lot": "A1"}


class Expiries(Door):
    """Lots that are good for longer."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Lots",
        "Extend the expiry",
        request=NewExpiry,
        example={**_LOT, "expiry": "2028-06-30", "reason": "Stability study 4711."},
    )
    def post(self, request: Request) -> Response:
        """By the lot's maker or an authority. Every scan shows it as extended (R12)."""
        given = checked(NewExpiry, request)
        lot = lot_of(given)

        def sign(turn: Turn) -> Recorded:
            return extend_expiry(
                party=turn.party,
                lot=lot,
                expiry=given["expiry"],
                expiry_zone=given["expiry_zone"],
                reason=given["reason"],
                at=turn.at,
                nonce=turn.nonce,
            )

        return answer_signed(request, sign)


class Corrections(Door):
    """What was wrong in entries."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Lots",
        "Correct an entry",
        request=NewCorrection,
        example={**_LOT, "entry": ENTRY_ID, "reason": "The order number was PO-78."},
    )
    def post(self, request: Request) -> Response:
        """By who signed it. It replaces nothing: the log keeps both (R14)."""
        given = checked(NewCorrection, request)
        lot = lot_of(given)

        def sign(turn: Turn) -> Recorded:
            return correct_entry(
                party=turn.party,
                lot=lot,
                entry=given["entry"],
                reason=given["reason"],
                at=turn.at,
                nonce=turn.nonce,
            )

        return answer_signed(request, sign)


class Surpluses(Door):
    """Goods that arrived and were never sent."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Hand-offs",
        "Admit a surplus",
        request=NewSurplus,
        example={**_LOT, "receipt": ENTRY_ID, "reason": "Three more were packed than counted."},
    )
    def post(self, request: Request) -> Response:
        """By the giver, out of its stock: the receiver's exception becomes stock (R6)."""
        given = checked(NewSurplus, request)
        lot = lot_of(given)

        def sign(turn: Turn) -> Recorded:
            return admit_surplus(
                party=turn.party,
                lot=lot,
                receipt=given["receipt"],
                reason=given["reason"],
                at=turn.at,
                nonce=turn.nonce,
            )

        return answer_signed(request, sign)
