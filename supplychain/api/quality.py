"""Temperature of goods in stock: readings of how they were kept, and decisions about them."""

from rest_framework.request import Request
from rest_framework.response import Response

from ledger.core.links import OutputRef
from supplychain.api.conditions import conditions_of
from supplychain.api.documented import ENTRY_ID, documented_signing
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.shapes import NewKept, NewRelease, checked, lot_of
from supplychain.api.signing import Turn, answer_signed
from supplychain.domain.outputs import State
from supplychain.recording.submissions import Recorded
from supplychain.services.record_conditions import record_conditions
from supplychain.services.release_quality import release_quality

_LOT = {"gtin": "00614141000012", "lot": "A1"}
_KEPT = {
    **_LOT,
    "from": "2026-01-21T08:00:00Z",
    "to": "2026-01-22T08:00:00Z",
    "place": "Fridge 2",
    "conditions": {
        "readings": [
            {"time": "2026-01-21T08:00:00Z", "value": "5.1", "unit": "C"},
            {"time": "2026-01-21T08:30:00Z", "value": "5.3", "unit": "C"},
        ]
    },
}
RELEASE = {
    **_LOT,
    "outputs": [f"{ENTRY_ID}#0"],
    "reason": "Stable for 48 hours at up to 25 °C: study 4711.",
    "decided_by": "Quinn Ash",
}


class Stays(Door):
    """How goods were kept."""

    rights = {"POST": Right.SIGN}

    @documented_signing("Temperature", "Record a stay", request=NewKept, example=_KEPT)
    def post(self, request: Request) -> Response:
        """Readings of goods that stayed where they are, for the time that they have to cover."""
        given = checked(NewKept, request)
        lot, outputs = lot_of(given), outputs_of(given)

        def sign(turn: Turn) -> Recorded:
            return record_conditions(
                party=turn.party,
                lot=lot,
                conditions=conditions_of(given["conditions"], turn.at, turn.party),
                covers=(given["from"], given["to"]),
                at=turn.at,
                nonce=turn.nonce,
                place=given["place"],
                state=State(given["state"]),
                outputs=outputs,
            )

        return answer_signed(request, sign)


class Decisions(Door):
    """What quality decided."""

    rights = {"POST": Right.JUDGE}

    @documented_signing("Temperature", "Release by quality", request=NewRelease, example=RELEASE)
    def post(self, request: Request) -> Response:
        """Decide every open question about the temperature of these goods: they are fit.

        Where the organisation asks for four eyes: propose it instead.
        """
        given = checked(NewRelease, request)
        lot, outputs, person = lot_of(given), outputs_of(given), acting_of(request).name

        def sign(turn: Turn) -> Recorded:
            return release_quality(
                party=turn.party,
                lot=lot,
                reason=given["reason"],
                decided_by=given["decided_by"] or person,
                at=turn.at,
                nonce=turn.nonce,
                salt=turn.salt,
                state=State(given["state"]),
                outputs=outputs,
            )

        return answer_signed(request, sign)


def outputs_of(given: dict[str, list[str]]) -> tuple[OutputRef, ...]:
    """The outputs that a checked request names."""
    return tuple(map(OutputRef.parse, given["outputs"]))
