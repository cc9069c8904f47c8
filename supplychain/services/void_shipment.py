"""Take back what of a dispatch was not received."""

from collections.abc import Sequence
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Void
from supplychain.queries.stock import in_transit
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


def void_shipment(
    *,
    party: str,
    lot: LotKey,
    output: OutputRef,
    reason: str,
    at: datetime,
    nonce: bytes,
    quantity: int | None = None,
    packs: Sequence[Serial] | None = None,
) -> Recorded:
    """Void an output in transit, or `quantity` of it: the giver has it again, as it was before.

    Of a lot with serial numbers `packs` says which ones, where some go on. Raises Invalid,
    RuleBroken (NOT_IN_TRANSIT, NOT_GIVER, MASS_IMBALANCE) or LedgerError.
    """

    def act() -> Recorded:
        journey = in_transit(lot, output)
        if journey is None:
            message = (
                "These goods are not on the way: received, voided or lost before, or never sent."
            )
            raise RuleBroken("R3", "NOT_IN_TRANSIT", message, conflict=True)
        some = journey.quantity if quantity is None else quantity
        if not 0 < some <= journey.quantity:
            message = f"Asked for {some} of {journey.quantity}."
            raise RuleBroken("R4", "MASS_IMBALANCE", message)
        said = Void.of(
            giver=Gln.parse(party),
            dispatch=journey.dispatch,
            quantity=some,
            reason=reason,
            state=State(journey.sent_back or State.HELD),
            rest=journey.quantity - some,
            to=Gln.parse(journey.receiver),
        )
        return sign_and_record(
            Draft(
                party=party,
                stream=lot.stream,
                said=said,
                at=at,
                nonce=nonce,
                consumes=(journey.output,),
                packs=PackLists.first(packs),
            )
        )

    return once(party, lot.stream, nonce, act)
