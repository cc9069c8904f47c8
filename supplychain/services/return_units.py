"""Send units back to a supplier."""

from collections.abc import Sequence
from datetime import datetime

from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import Return
from supplychain.recording.choosing import chosen, registered
from supplychain.recording.conditions import ConditionsInput, claim_of
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


def return_units(
    *,
    party: str,
    lot: LotKey,
    quantity: int,
    supplier: str,
    shipment: str,
    reason: str,
    conditions: ConditionsInput,
    at: datetime,
    nonce: bytes,
    state: State = State.HELD,
    packs: Sequence[Serial] | None = None,
) -> Recorded:
    """Send units in this `state` back to the party that they came from.

    Recalled, held back and expired goods may go back too. Raises Invalid, RuleBroken (NOT_HOLDER,
    NOT_THE_SUPPLIER, …) or LedgerError.
    """

    def act() -> Recorded:
        line = registered(lot)
        choice = chosen(party, lot, quantity, packs, state=state.value)
        said = Return.back(
            holder=Gln.parse(party),
            supplier=Gln.parse(supplier),
            quantity=quantity,
            rest=choice.rest,
            shipment=shipment,
            reason=reason,
            conditions=claim_of(conditions, line.profile, covers=None),
            state=state,
        )
        draft = Draft(
            party=party,
            stream=lot.stream,
            said=said,
            at=at,
            nonce=nonce,
            consumes=choice.consumes,
            readings=conditions.series,
            files=conditions.files,
            packs=PackLists.first(packs),
        )
        return sign_and_record(draft)

    return once(party, lot.stream, nonce, act)
