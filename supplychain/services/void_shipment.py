"""Take back what of a dispatch was not received."""

from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Void
from supplychain.queries.stock import in_transit
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import Recorded


def void_shipment(
    *, party: str, lot: LotKey, output: OutputRef, reason: str, at: datetime, nonce: bytes
) -> Recorded:
    """Void the whole of an output in transit: the giver has it again, as it was before.

    Raises Invalid, RuleBroken (NOT_IN_TRANSIT, NOT_GIVER) or LedgerError.
    """

    def act() -> Recorded:
        journey = in_transit(lot, output)
        if journey is None:
            message = (
                "These goods are not on the way: received, voided or lost before, or never sent."
            )
            raise RuleBroken("R3", "NOT_IN_TRANSIT", message, conflict=True)
        giver = Gln.parse(party)
        said = Void.of(
            giver=giver,
            dispatch=journey.dispatch,
            quantity=journey.quantity,
            reason=reason,
            state=State(journey.sent_back or State.HELD),
        )
        return sign_and_record(
            Draft(
                party=party,
                stream=lot.stream,
                said=said,
                at=at,
                nonce=nonce,
                consumes=(journey.output,),
            )
        )

    return once(party, lot.stream, nonce, act)
