"""What stands against a whole lot: recalls and holds."""

from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.change_shapes import NewRecallLift
from supplychain.api.documented import ENTRY_ID, documented_signing
from supplychain.api.doors import Door, Right
from supplychain.api.shapes import NewHold, NewLift, NewRecall, checked, lot_of
from supplychain.api.signing import Turn, answer_signed
from supplychain.recording.submissions import Recorded
from supplychain.services.issue_recall import issue_recall
from supplychain.services.lift_hold import lift_hold
from supplychain.services.lift_recall import lift_recall
from supplychain.services.place_hold import place_hold

_LOT = {"gtin": "00614141000012", "lot": "A1"}


class Recalls(Door):
    """Lots called back."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Lots",
        "Recall a lot",
        request=NewRecall,
        example={**_LOT, "recall_class": "II", "reason": "Wrong leaflet."},
    )
    def post(self, request: Request) -> Response:
        """The whole lot, by its maker or an authority: the next scan anywhere says STOP."""
        given = checked(NewRecall, request)
        lot = lot_of(given)

        def sign(turn: Turn) -> Recorded:
            return issue_recall(
                party=turn.party,
                lot=lot,
                recall_class=given["recall_class"],
                reason=given["reason"],
                at=turn.at,
                nonce=turn.nonce,
            )

        return answer_signed(request, sign)


class Holds(Door):
    """Lots stopped until further word."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Lots",
        "Put a lot on hold",
        request=NewHold,
        example={**_LOT, "reason": "A complaint is looked into."},
    )
    def post(self, request: Request) -> Response:
        """The whole lot, by its maker or an authority."""
        given = checked(NewHold, request)
        lot = lot_of(given)

        def sign(turn: Turn) -> Recorded:
            return place_hold(
                party=turn.party, lot=lot, reason=given["reason"], at=turn.at, nonce=turn.nonce
            )

        return answer_signed(request, sign)


class Lifts(Door):
    """Holds that end."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Lots",
        "Lift a hold",
        request=NewLift,
        example={**_LOT, "hold": ENTRY_ID, "reason": "Nothing was found."},
    )
    def post(self, request: Request) -> Response:
        """By who placed it, or an authority."""
        given = checked(NewLift, request)
        lot = lot_of(given)

        def sign(turn: Turn) -> Recorded:
            return lift_hold(
                party=turn.party,
                lot=lot,
                hold=given["hold"],
                reason=given["reason"],
                at=turn.at,
                nonce=turn.nonce,
            )

        return answer_signed(request, sign)


class RecallLifts(Door):
    """Recalls that end."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Lots",
        "Lift a recall",
        request=NewRecallLift,
        example={**_LOT, "recall": ENTRY_ID, "reason": "It was about another lot."},
    )
    def post(self, request: Request) -> Response:
        """By who issued it, or an authority. An answer that was given before stays as given."""
        given = checked(NewRecallLift, request)
        lot = lot_of(given)

        def sign(turn: Turn) -> Recorded:
            return lift_recall(
                party=turn.party,
                lot=lot,
                recall=given["recall"],
                reason=given["reason"],
                at=turn.at,
                nonce=turn.nonce,
            )

        return answer_signed(request, sign)
