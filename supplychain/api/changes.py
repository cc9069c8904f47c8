"""Units that come into another state for a reason: set aside, released, ended, or stock again."""

from collections.abc import Callable, Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.change_shapes import NewChange, NewKeptChange, NewStockAgain, NewUndo
from supplychain.api.documented import documented_signing
from supplychain.api.doors import Door, Right
from supplychain.api.shapes import checked, lot_of, packs_of
from supplychain.api.signing import Turn, answer_signed
from supplychain.domain.lots import Printed
from supplychain.domain.outputs import State
from supplychain.recording.submissions import Recorded
from supplychain.services.decommission_units import decommission_units
from supplychain.services.export_units import export_units
from supplychain.services.quarantine_units import quarantine_units
from supplychain.services.release_units import release_units
from supplychain.services.sample_units import sample_units
from supplychain.services.undo_units import undo_units

_LOT = {"gtin": "00614141000012", "lot": "A1"}
_UNITS = {**_LOT, "quantity": 2}


class Quarantines(Door):
    """Units set aside."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Units",
        "Quarantine",
        request=NewChange,
        example={**_UNITS, "reason": "The seals look odd."},
    )
    def post(self, request: Request) -> Response:
        """Out of stock, until they are released."""
        return _changed(request, checked(NewChange, request), quarantine_units)


class Releases(Door):
    """Units that are stock again."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Units",
        "Release",
        request=NewStockAgain,
        example={
            **_UNITS,
            "reason": "Unopened, and never out of the cold chain.",
            "printed": {**_LOT, "expiry": "2027-12-31"},
        },
    )
    def post(self, request: Request) -> Response:
        """Out of quarantine; or what came back, when what is printed on it is right (R8)."""
        given = checked(NewStockAgain, request)
        printed = given.get("printed")
        more = {
            "printed": Printed(lot_of(printed), printed["expiry"]) if printed else None,
            "state": State(given["state"]) if "state" in given else None,
        }
        return _changed(request, given, release_units, **more)


class Samples(Door):
    """Units taken as samples."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Units", "Sample", request=NewKeptChange, example={**_UNITS, "reason": "Retention."}
    )
    def post(self, request: Request) -> Response:
        """From stock, from quarantine or of what came back."""
        given = checked(NewKeptChange, request)
        return _changed(request, given, sample_units, state=State(given["state"]))


class Exports(Door):
    """Units that leave for where nobody reports here."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Units", "Export", request=NewChange, example={**_UNITS, "reason": "Sold to Norway."}
    )
    def post(self, request: Request) -> Response:
        """From stock, and only good ones."""
        return _changed(request, checked(NewChange, request), export_units)


class Decommissions(Door):
    """Units taken out of the trade."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Units",
        "Decommission",
        request=NewKeptChange,
        example={**_UNITS, "reason": "Given to a doctor as a free sample."},
    )
    def post(self, request: Request) -> Response:
        """For good: only an undo within ten days takes it back."""
        given = checked(NewKeptChange, request)
        return _changed(request, given, decommission_units, state=State(given["state"]))


class Undos(Door):
    """Ends that were mistakes."""

    rights = {"POST": Right.SIGN}

    @documented_signing(
        "Units",
        "Undo an end",
        request=NewUndo,
        example={**_UNITS, "reason": "Scanned by mistake.", "supplied": False},
    )
    def post(self, request: Request) -> Response:
        """The newest first; by who did it, within ten days, of what no patient has (R10)."""
        given = checked(NewUndo, request)
        more = {"state": State(given["state"]), "supplied": given["supplied"]}
        return _changed(request, given, undo_units, **more)


def _changed(
    request: Request, given: Mapping[str, Any], change: Callable[..., Recorded], **more: Any
) -> Response:
    """Let the service make the change, and answer with its receipt."""
    lot, packs = lot_of(given), packs_of(given)

    def sign(turn: Turn) -> Recorded:
        return change(
            party=turn.party,
            lot=lot,
            quantity=given["quantity"],
            reason=given["reason"],
            at=turn.at,
            nonce=turn.nonce,
            packs=packs,
            **more,
        )

    return answer_signed(request, sign)
