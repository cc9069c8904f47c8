"""Record the temperature of goods that stayed where they are."""

from collections.abc import Sequence
from datetime import datetime

from ledger.core.links import OutputRef
from supplychain.domain.excursions import Covers
from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.statements import ConditionsRecord
from supplychain.queries.stock import Parcel
from supplychain.recording.choosing import registered
from supplychain.recording.conditions import ConditionsInput, claim_of
from supplychain.recording.keeping import Kept, record_kept
from supplychain.recording.submissions import Recorded


def record_conditions(
    *,
    party: str,
    lot: LotKey,
    conditions: ConditionsInput,
    covers: Covers,
    at: datetime,
    nonce: bytes,
    place: str = "",
    state: State = State.HELD,
    outputs: Sequence[OutputRef] = (),
) -> Recorded:
    """Say how goods of a lot were kept: all that the party has in this state, or some `outputs`.

    `covers` is the time that the readings have to speak of. Who signs says that the readings are
    of these goods: a room's logger speaks only of what was in the room. Raises Invalid
    (READINGS_NEEDED, …), RuleBroken (NOT_HOLDER, COVERS_AHEAD, …) or LedgerError.
    """

    def say(goods: list[Parcel]) -> ConditionsRecord:
        return ConditionsRecord.of(
            holder=Gln.parse(party),
            quantity=sum(one.quantity for one in goods),
            state=state,
            conditions=claim_of(conditions, registered(lot).profile, covers),
            place=place,
        )

    kept = Kept(party=party, lot=lot, state=state, outputs=outputs)
    return record_kept(kept, say, at=at, nonce=nonce, conditions=conditions)
